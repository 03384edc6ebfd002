"""Media: what of the violence reaches officers at home, and what outsiders see of withdrawals."""

from __future__ import annotations

from sim.settings.parameter import constant, rows, uncertainty

# fmt: off
MEDIA = rows(
    "media",
    # role       name                  unit                bounds      prior        status
    uncertainty( "half_life_fast",     "days",             (0.5, 365), (7, 15),     "derived",
        "half-life of the fast memory of news", "attention to news items"),
    uncertainty( "half_life_slow",     "days",             (1, 2_000), (40, 120),   "derived",
        "half-life of the slow memory (strategic and documented events only)", "attention to lasting themes",
        scale="log"),
    uncertainty( "slow_weight",        "1",                (0, 1),     (0.1, 0.6),  "assumed",
        "share of the slow memory in the mix"),
    uncertainty( "strategic_salience", "civilian attacks", (0, 100),   (2, 10),     "assumed",
        "salience of an attack on police, prison, airport or mission", scale="log"),
    uncertainty( "documented_scale",   "1",                (0, 20),    (0.3, 3),    "assumed",
        "multiplies the salience of every documented event", scale="log"),
    uncertainty( "kenya_relevance",    "1",                (0, 20),    (0.3, 3),    "assumed",
        "κ_K: extra weight of news that concerns the Kenyan mission", scale="log"),
    uncertainty( "report_salience",    "civilian attacks", (0, 100),   (1, 10),     "assumed",
        "salience of a published withdrawal", scale="log"),
    uncertainty( "rumour_rate",        "1/day",            (0, 5),     (0.03, 0.5), "assumed",
        "r: how fast news breeds rumours", scale="log"),
    constant(    "rumour_retention",   "1/day",            (0, 0.999),    None,        "assumed",
        "share of rumour and denial left a day later"),
    uncertainty( "denial_credibility", "1",                (0, 1),     (0.2, 0.9),  "assumed",
        "cred: how far a denial quells rumours"),
    uncertainty( "denial_probability", "1",                (0, 1),     (0.1, 0.6),  "assumed",
        "p_d: a report is denied"),
    uncertainty( "report_probability", "1/exit",           (0, 1),     (0.01, 0.3), "assumed",
        "p_j: one exit under full attention is reported", facts=("withdrawal_report",), scale="log"),
    uncertainty( "attention_floor",    "1",                (0, 1),     (0.02, 0.3), "assumed",
        "att₀: attention to the mission while departure seems remote"),
)
