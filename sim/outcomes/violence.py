"""What happens in Haiti: attacks, deaths, control of the capital."""

from __future__ import annotations

from datetime import date
from operator import attrgetter

import numpy as np

from sim.arrays import FloatArray
from sim.outcomes.entry import Outcome, Series
from sim.outcomes.watched import Watched
from sim.outcomes.windows import QUARTER_1_2024, QUARTER_4_2023, SURGE_WEEK

_DEATHS = ("deaths_gang", "deaths_operations", "deaths_vigilantes")


def _killed(name: str, text: str) -> Outcome:
    """All of a daily series of deaths."""
    return Outcome(name, "count", "people", text, lambda watched: watched.total(name), better="lower",
                   does="sees {} people killed")  # fmt: skip


def _deaths(name: str, days: str, window: tuple[date, date]) -> Outcome:
    """All deaths of a window of days."""
    first, last = (day.toordinal() for day in window)

    def compute(watched: Watched) -> FloatArray:
        return sum((watched.total(name, first, last) for name in _DEATHS), np.zeros(watched.runs))

    return Outcome(name, "count", "people", f"all deaths, {days}", compute, better="lower",
                   does="sees {} people killed", asked=f"sees {{}} deaths, {days}",
                   led=f"{{}} deaths, {days}")  # fmt: skip


OUTCOMES = (
    Outcome("attacks", "count", "attacks", "gang attacks in the run", lambda watched: watched.total("attacks"),
            better="lower"),
    _killed("deaths_gang", "people killed in gang attacks"),
    _killed("deaths_operations", "people killed in security operations"),
    _killed("deaths_vigilantes", "people killed by vigilantes"),
    _killed("civilian_harm", "civilians killed, by gangs, security forces and vigilantes"),
    _deaths("deaths_q4_2023", "2 October to 31 December 2023", QUARTER_4_2023),
    _deaths("deaths_q1_2024", "1 January to 31 March 2024", QUARTER_1_2024),
    _deaths("deaths_surge_week", "29 February to 6 March 2024", SURGE_WEEK),
    Outcome("control_share_end", "share", "of the capital", "share of the capital under gang control on the last day",
            lambda watched: watched.on("control", watched.end), better="lower"),
)  # fmt: skip

SERIES = (
    Series("attacks", "count", "attacks/day", "gang attacks today", attrgetter("state.attacks")),
    Series("deaths_gang", "count", "people/day", "killed in gang attacks today", attrgetter("state.deaths_gang")),
    Series("deaths_operations", "count", "people/day", "killed in security operations today",
           attrgetter("state.deaths_operations")),
    Series("deaths_vigilantes", "count", "people/day", "killed by vigilantes today",
           attrgetter("state.deaths_vigilantes")),
    Series("civilian_harm", "count", "people/day", "civilians killed today", attrgetter("state.civilian_harm")),
    Series("coalition", "share", "0 to 1", "unity of the gangs", attrgetter("state.coalition")),
    Series("control", "share", "of the capital", "share under gang control", attrgetter("state.control")),
    Series("authority", "share", "0 to 1", "Haitian authority", attrgetter("state.authority")),
)  # fmt: skip
