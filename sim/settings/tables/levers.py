"""Levers: what someone can decide. Each is a setting (from the start) and an event's target (from its date)."""

from __future__ import annotations

from sim.settings.parameter import lever, rows

_SIZE = "size of its effect assumed"

# fmt: off
LEVERS = rows(
    "levers",
    # role name                unit        bounds           prior       status
    lever( "pay_escrow",       "1",        (0, 1),          None,       "assumed",
        "pay held in escrow: terms secured before departure, no arrears after", _SIZE),
    lever( "insurance",        "1",        (0, 1),          None,       "assumed",
        "life and injury insurance signed", _SIZE),
    lever( "evacuation",       "1",        (0, 1),          None,       "assumed",
        "medical evacuation guaranteed", _SIZE),
    lever( "rules_published",  "1",        (0, 1),          None,       "assumed",
        "rules of engagement published", _SIZE),
    lever( "kit_first",        "1",        (0, 1),          None,       "assumed",
        "announce only when the kit is ready: until readiness is .8 it looks no nearer than at the start", _SIZE),
    lever( "leaders_briefed",  "1",        (0, 1),          None,       "assumed",
        "squad leaders briefed: their ambiguity halved", _SIZE),
    lever( "credible_denial",  "1",        (0, 1),          None,       "assumed",
        "denials that are believed: credibility and probability .8", _SIZE),
    lever( "squad_opt_out",    "1",        (0, 1),          None,       "assumed",
        "a squad leaves only together: when half of those who stay intend to", _SIZE),
    lever( "mandatory",        "1",        (0, 1),          None,       "assumed",
        "service made mandatory: every intent is blocked", _SIZE, ("voluntary",)),
    lever( "first_contingent", "officers", (0, 10_000_000), (50, 400),  "documented",
        "officers of the first contingent; departure is half as imminent to the others",
        facts=("start_slips_february",)),
    lever( "reserve",          "officers", (0, 10_000_000), (0, 200),   "assumed",
        "officers on a reserve list"),
    lever( "foreign_troops",   "troops",   (0, 100_000),    (0, 3_000), "documented",
        "foreign troops in Haiti; they arrive 14 days after the order", facts=("us_no_troops",)),
    lever( "us_support",       "1",        (0, 1),          None,       "assumed",
        "funding and logistics by the United States", _SIZE, ("us_other_support",)),
    lever( "gang_truce",       "1",        (0, 1),          None,       "assumed",
        "a truce of the gangs: attacks fall to a share of what they were", _SIZE),
)
