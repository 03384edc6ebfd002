"""Levers: what someone can decide. Each is a setting (from the start) and an event's target (from its date)."""

from __future__ import annotations

from sim.settings.parameter import Parameter


def _switch(name: str, text: str, facts: tuple[str, ...] = ()) -> Parameter:
    return Parameter(f"levers.{name}", "1", (0, 1), None, "lever", "assumed", "size of its effect assumed", text, facts)


LEVERS: tuple[Parameter, ...] = (
    _switch("pay_escrow", "pay held in escrow: terms secured before departure, no arrears after"),
    _switch("insurance", "life and injury insurance signed"),
    _switch("evacuation", "medical evacuation guaranteed"),
    _switch("rules_published", "rules of engagement published"),
    _switch("kit_first", "announce only when the kit is ready: imminence at most .3 until readiness .8"),
    _switch("leaders_briefed", "squad leaders briefed: their ambiguity halved"),
    _switch("credible_denial", "denials that are believed: credibility and probability .8"),
    _switch("squad_opt_out", "a squad leaves only together: when half of those who stay intend to"),
    _switch("mandatory", "service made mandatory: every intent is blocked", ("voluntary",)),
    Parameter(
        "levers.first_contingent",
        "officers",
        (0, 10_000_000),
        (50, 400),
        "lever",
        "documented",
        "",
        "n: officers of the first contingent; departure is half as imminent to the others",
        ("start_slips_february",),
    ),
    Parameter(
        "levers.reserve", "officers", (0, 10_000_000), (0, 200), "lever", "assumed", "", "officers on a reserve list"
    ),
    Parameter(
        "levers.foreign_troops",
        "troops",
        (0, 100_000),
        (0, 3000),
        "lever",
        "documented",
        "",
        "foreign troops in Haiti; they arrive 14 days after the order",
        ("us_no_troops",),
    ),
    _switch("us_support", "funding and logistics by the United States", ("us_other_support",)),
    _switch("gang_truce", "a truce of the gangs: attacks × truce_factor"),
)
