"""Media: what of the violence reaches officers at home, and what outsiders see of withdrawals."""

from __future__ import annotations

from sim.settings.parameter import Parameter, Role, Status

_U: Role = "uncertainty"
_A: Status = "assumed"

MEDIA: tuple[Parameter, ...] = (
    Parameter(
        "media.half_life_fast",
        "days",
        (0.5, 365),
        (7, 15),
        _U,
        "derived",
        "attention to news items",
        "half-life of the fast memory of news",
    ),
    Parameter(
        "media.half_life_slow",
        "days",
        (1, 2000),
        (40, 120),
        _U,
        "derived",
        "attention to lasting themes",
        "half-life of the slow memory (strategic and documented events only)",
    ),
    Parameter("media.slow_weight", "1", (0, 1), (0.1, 0.6), _U, _A, "", "share of the slow memory in the mix"),
    Parameter(
        "media.strategic_salience",
        "civilian attacks",
        (0, 100),
        (2, 10),
        _U,
        _A,
        "",
        "salience of an attack on police, prison, airport or mission",
    ),
    Parameter(
        "media.documented_scale",
        "1",
        (0, 20),
        (0.3, 3),
        _U,
        _A,
        "",
        "multiplies the salience of every documented event",
    ),
    Parameter(
        "media.kenya_relevance",
        "1",
        (0, 20),
        (0.3, 3),
        _U,
        _A,
        "",
        "κ_K: extra weight of news that concerns the Kenyan mission",
    ),
    Parameter(
        "media.report_salience", "civilian attacks", (0, 100), (1, 10), _U, _A, "", "salience of a published withdrawal"
    ),
    Parameter("media.rumour_rate", "1/day", (0, 5), (0.03, 0.5), _U, _A, "", "r: how fast news breeds rumours"),
    Parameter(
        "media.rumour_retention",
        "1/day",
        (0, 1),
        None,
        "constant",
        _A,
        "",
        "share of rumour and denial left a day later",
    ),
    Parameter("media.denial_credibility", "1", (0, 1), (0.2, 0.9), _U, _A, "", "cred: how far a denial quells rumours"),
    Parameter("media.denial_probability", "1", (0, 1), (0.1, 0.6), _U, _A, "", "p_d: a report is denied"),
    Parameter(
        "media.report_probability",
        "1/exit",
        (0, 1),
        (0.01, 0.3),
        _U,
        _A,
        "",
        "p_j: one exit under full attention is reported",
        ("withdrawal_report",),
    ),
    Parameter(
        "media.attention_floor",
        "1",
        (0, 1),
        (0.02, 0.3),
        _U,
        _A,
        "",
        "att₀: attention to the mission while departure seems remote",
    ),
    Parameter(
        "media.threat_signal",
        "1",
        (0, 1),
        None,
        "constant",
        _A,
        "off-switch of the model",
        "1: violence and reports drive news; 0: news held at its reference",
        ("reason_violence",),
    ),
)
