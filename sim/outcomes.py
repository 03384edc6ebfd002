"""What a run is asked about: the one table of outcomes and of daily series, and the windows they look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Literal

from sim.errors import UserMistake

SURGE = date(2024, 2, 29)
"""First day of the coordinated attacks (fact ``coordinated_attacks``)."""
SURGE_WEEK = (date(2024, 2, 29), date(2024, 3, 6))
QUARTER_4_2023 = (date(2023, 10, 2), date(2023, 12, 31))
"""The quarter from the mandate on; the record's own figure counts from 1 October (fact ``killed_q4_2023``)."""
QUARTER_1_2024 = (date(2024, 1, 1), date(2024, 3, 31))
"""Fact ``killed_q1_2024``; the part after the record's end is played with levers held."""
CASCADE_DAYS = 3
"""Exits within so many days, today and the two before, count as leaving together."""
KNOWABLE_DAYS = 30
"""Days of attacks that the knowable hazard looks back on."""

Type = Literal["count", "share", "level", "date", "text"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One column of the table of runs."""

    name: str
    type: Type
    unit: str
    text: str


def _row(name: str, type: Type, unit: str, text: str) -> Outcome:
    return Outcome(name, type, unit, text)


OUTCOMES: tuple[Outcome, ...] = (
    _row("exits_before_surge", "count", "officers", "officers who left by 28 February 2024, the day before the surge"),
    _row("exits_by_record_end", "count", "officers", "officers who left by clock.record_end"),
    _row("exits_by_end", "count", "officers", "officers who left by the run's last day"),
    _row("intents_by_end", "count", "officers", "officers who came to want out, whether they left or not"),
    _row("share_out_by_record_end", "share", "of the pool", "exits_by_record_end / officers.pool"),
    _row("share_out_by_end", "share", "of the pool", "exits_by_end / officers.pool"),
    _row("peak_daily_exits", "count", "officers/day", "most exits on one day"),
    _row("squads_fully_out", "count", "squads", "squads with nobody left on the last day"),
    _row("max_squad_share_3d", "share", "of a squad", "largest share of one squad out in 3 days, by record_end"),
    _row("largest_cascade", "count", "officers", "most exits of the whole force within 3 days"),
    _row("first_report_date", "date", "date", "first day on which a withdrawal is reported; null if never"),
    _row("withdrawal_reports", "count", "days", "days with a published report of withdrawals"),
    _row("rumours", "level", "reference news", "highest level of rumour"),
    _row("reported_to_real", "level", "reports/exit", "withdrawal_reports / exits_by_end; null without exits"),
    _row("available_on_target", "count", "officers", "officers in the pool on clock.target_date, and the reserve"),
    _row("target_shortfall", "count", "officers", "first contingent less those available on clock.target_date, or 0"),
    _row("attacks", "count", "attacks", "gang attacks in the run"),
    _row("deaths_gang", "count", "people", "people killed in gang attacks"),
    _row("deaths_operations", "count", "people", "people killed in security operations"),
    _row("deaths_vigilantes", "count", "people", "people killed by vigilantes"),
    _row("civilian_harm", "count", "people", "civilians killed, by gangs, security forces and vigilantes"),
    _row("deaths_q4_2023", "count", "people", "all deaths, 2 October to 31 December 2023"),
    _row("deaths_q1_2024", "count", "people", "all deaths, 1 January to 31 March 2024"),
    _row("deaths_surge_week", "count", "people", "all deaths, 29 February to 6 March 2024"),
    _row("control_share_end", "share", "of the capital", "share of the capital under gang control on the last day"),
    _row("assurance_record_end", "level", "0 to 1", "assurance on clock.record_end"),
    _row("perceived_hazard_record_end", "share", "probability", "mean perceived hazard of a tour on clock.record_end"),
    _row("knowable_hazard", "share", "probability",
         "killed a year among Haitian police, moved by the attacks of the last 30 days of the record"),
)  # fmt: skip

Side = Literal["lower", "higher"]

_LOWER = (
    "exits_before_surge", "exits_by_record_end", "exits_by_end", "intents_by_end", "share_out_by_record_end",
    "share_out_by_end", "peak_daily_exits", "squads_fully_out", "max_squad_share_3d", "largest_cascade",
    "target_shortfall", "attacks", "deaths_gang", "deaths_operations", "deaths_vigilantes", "civilian_harm",
    "deaths_q4_2023", "deaths_q1_2024", "deaths_surge_week", "control_share_end", "knowable_hazard",
)  # fmt: skip
BETTER: Mapping[str, Side] = {
    **dict.fromkeys(_LOWER, "lower"),
    "available_on_target": "higher",
    "assurance_record_end": "higher",
}
"""The good direction of an outcome, for whoever wants the mission manned and people unharmed.

Stepping out stays a legitimate choice. What is reported, rumoured or felt has no good direction.
"""

SERIES: tuple[Outcome, ...] = (
    _row("exits", "count", "officers/day", "officers who left today"),
    _row("out", "count", "officers", "officers who have left so far"),
    _row("intents", "count", "officers/day", "officers who came to want out today"),
    _row("available", "count", "officers", "officers in the pool"),
    _row("casualties", "count", "officers/day", "officers injured or killed today"),
    _row("attacks", "count", "attacks/day", "gang attacks today"),
    _row("deaths_gang", "count", "people/day", "killed in gang attacks today"),
    _row("deaths_operations", "count", "people/day", "killed in security operations today"),
    _row("deaths_vigilantes", "count", "people/day", "killed by vigilantes today"),
    _row("civilian_harm", "count", "people/day", "civilians killed today"),
    _row("coalition", "share", "0 to 1", "unity of the gangs"),
    _row("control", "share", "of the capital", "share under gang control"),
    _row("authority", "share", "0 to 1", "Haitian authority"),
    _row("media", "level", "reference news", "news and rumour that reach officers; 1 is the reference"),
    _row("rumour", "level", "reference news", "the part of it that is rumour"),
    _row("imminence", "share", "0 to 1", "how real departure feels"),
    _row("assurance", "level", "0 to 1", "what officers are assured of"),
    _row(
        "perceived_hazard",
        "share",
        "probability",
        "mean perceived hazard of a 12-month tour, of those still in",
    ),
    _row("reports", "count", "0 or 1", "a withdrawal is reported today"),
    _row("denials", "count", "0 or 1", "a report is denied today"),
)


def check_outcome(key: str, name: object) -> Outcome:
    """The outcome of this name; a UserMistake for ``key`` where there is none."""
    found = next((o for o in OUTCOMES if o.name == name), None)
    if found is None:
        close = get_close_matches(str(name), [o.name for o in OUTCOMES], n=3, cutoff=0.5)
        near = f"near it: {', '.join(close)}" if close else "`tabletop show outcomes` lists them"
        raise UserMistake(key, name, f"no such outcome; {near}")
    return found
