"""What a table shows and forecasts: daily numbers of worlds, and what they come to over some days.

Most are the daily series of the register (:mod:`sim.outcomes`). A few stand here alone, because what the tables of a
model version hold is fixed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from operator import attrgetter
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim import text as words
from sim.arrays import Array, FloatArray
from sim.ensemble.engine.recorder import Evening
from sim.errors import UserMistake
from sim.language import _, translated
from sim.model.state import WATCHED, Stage, State
from sim.outcomes import DAILY, Side, Type
from sim.outcomes.entry import WORDS, Series, Words

Sight = Literal["public", "kenya", "hidden"]
"""Who can see a measure: everybody, Kenya's police alone, or nobody at the table."""
How = Literal["total", "level"]


_OWN = (
    Series("deaths", "count", "people/day", "people killed today, by gangs, in operations and by vigilantes",
           lambda day: day.state.deaths_gang + day.state.deaths_operations + day.state.deaths_vigilantes),
    Series("deployed", "count", "officers", "officers in theatre", attrgetter("state.deployed")),
    Series("held_back", "count", "officers", "officers who asked to leave and are still there",
           attrgetter("state.held_back")),
    Series("readiness", "share", "0 to 1", "how ready Kenya's mission is", attrgetter("state.readiness")),
    Series("funding", "share", "of the need", "funding that is secured", attrgetter("state.funding")),
    Series("arrears", "count", "days", "days of pay that are owed", attrgetter("state.arrears")),
    Series("police", "count", "officers", "Haitian police in active service", attrgetter("state.police")),
)  # fmt: skip
"""Daily series of the table alone."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a table asks of a world.

    Attributes
    ----------
    name
        What it is called in a log, and its column in every table.
    series
        The daily series that it reads; ``daily`` has its values by this measure's name.
    how
        ``total`` over the days that are asked about, or the ``level`` on the last of them.
    type, unit, text
        As in :class:`sim.outcomes.entry.Entry`; the text fits into "how many …" and on an axis.
    better
        Its good side, for whoever wants the mission manned and people unharmed; None where it has none.
    sight
        Who can see it.
    """

    name: str
    series: Series
    how: How
    type: Type
    unit: str
    text: str
    better: Side | None
    sight: Sight

    @property
    def words(self) -> Words:
        """Its words for less and more."""
        return WORDS[self.type]

    @property
    def gain(self) -> int:
        """What a difference is multiplied by so that more of it is better: 1 or −1; without a side less is."""
        return 1 if self.better == "higher" else -1

    def said(self, side: str) -> str:
        """What an option has: "fewer officers who leave", "a lower share of the capital under gang control"."""
        told = {"side": translated(side), "measure": translated(self.text)}
        if self.type == "count":
            return _("{side} {measure}").format(**told)
        return _("a {side} {measure}").format(**told)

    def value(self, days: Array) -> FloatArray:
        """What it comes to over these days, ``(days, runs) -> (runs,)``."""
        if self.how == "level":
            return np.asarray(days[-1], dtype=np.float64)
        whole: FloatArray = np.add.reduceat(np.asarray(days, dtype=np.float64), [0], axis=0)[0]
        return whole

    def so_far(self, days: Array) -> FloatArray:
        """The same on each evening, had it been the last, ``(days, runs)``."""
        numbers = np.asarray(days, dtype=np.float64)
        return numbers.cumsum(axis=0) if self.how == "total" else numbers

    def over(self, first: date, last: date) -> str:
        """The days that it is about, in words."""
        if self.how == "level":
            return _("on {day}").format(day=words.day(last))
        return _("from {first} to {last}").format(first=words.day(first), last=words.day(last))


def _measure(
    name: str, how: How, better: Side | None, sight: Sight, unit: str = "", text: str = "", type: Type | None = None
) -> Measure:
    series = _SERIES[name]
    unit = unit or series.unit.removesuffix("/day")
    return Measure(name, series, how, type or series.type, unit, text or series.text, better, sight)


_SERIES: Mapping[str, Series] = DAILY | {series.name: series for series in _OWN}

MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        _measure("reports", "total", "lower", "public", "days", "days with a published report of withdrawals"),
        _measure("denials", "total", None, "public", "days", "days on which a report is denied"),
        _measure("attacks", "total", "lower", "public", text="gang attacks"),
        _measure("deaths", "total", "lower", "public", text="people killed"),
        _measure("deaths_gang", "total", "lower", "public", text="people killed in gang attacks"),
        _measure("deaths_operations", "total", "lower", "public", text="people killed in security operations"),
        _measure("deaths_vigilantes", "total", "lower", "public", text="people killed by vigilantes"),
        _measure("civilian_harm", "total", "lower", "public", text="civilians killed"),
        _measure("control", "level", "lower", "public", text="share of the capital under gang control"),
        _measure("casualties", "total", "lower", "public", text="Kenyan officers injured or killed"),
        _measure("deployed", "level", "higher", "public"),
        _measure("police", "level", "higher", "public"),
        _measure("funding", "level", "higher", "public", text="share of the funding that is secured"),
        _measure("available", "level", "higher", "kenya", text="officers still in the pool"),
        _measure("exits", "total", "lower", "kenya", text="officers who leave"),
        _measure("out", "level", "lower", "kenya", text="officers who have left"),
        _measure("held_back", "level", "lower", "kenya"),
        _measure("readiness", "level", "higher", "kenya", text="readiness of the mission"),
        _measure("arrears", "level", "lower", "kenya"),
        _measure("authority", "level", "higher", "hidden", text="level of Haitian authority"),
        _measure("coalition", "level", "lower", "hidden"),
        _measure("intents", "total", "lower", "hidden", text="officers who come to want out"),
        _measure("media", "level", None, "hidden", text="level of news and rumour that reach officers"),
        _measure("rumour", "level", None, "hidden", text="level of rumour"),
        _measure("imminence", "level", None, "hidden", text="feeling that departure is near"),
        _measure("assurance", "level", "higher", "hidden", text="level of what officers are assured of"),
        _measure("perceived_hazard", "level", None, "hidden", text="mean perceived hazard of those still in"),
    )
}
"""Everything that a table may ask about, by name."""


def visible(*sights: Sight) -> tuple[Measure, ...]:
    """The measures that these can see.

    >>> [measure.name for measure in visible("kenya")][:3]
    ['available', 'exits', 'out']
    """
    return tuple(measure for measure in MEASURES.values() if measure.sight in sights)


def measure_of(key: str, name: object, among: Collection[str] = MEASURES) -> Measure:
    """The measure that someone named by ``key``.

    Raises
    ------
    UserMistake
        For a name that there is not, with those near it.
    """
    if str(name) in among and str(name) in MEASURES:
        return MEASURES[str(name)]
    near = get_close_matches(str(name), list(among), n=3, cutoff=0.5) or sorted(among)
    raise UserMistake(key, name, _("no such measure; there are {names}").format(names=", ".join(near)))


Days = dict[str, Array]
"""Daily values by measure, ``(days, runs)`` each."""


class Watch:
    """Notes the measures of a block day by day; watching never changes a trajectory.

    Parameters
    ----------
    state
        The evening before the first day that is noted.
    days
        How many days will be.
    """

    def __init__(self, state: State, days: int) -> None:
        left = (state.stage == Stage.OPTED_OUT.value) | (state.stage == Stage.HOME.value)
        self._out = np.add.reduceat(left, [0], axis=0, dtype=state.present.dtype)[0]
        self.days: Days = {name: np.zeros((days, state.runs), dtype=state.present.dtype) for name in MEASURES}
        self._at = 0

    def note(self, state: State) -> None:
        """Note the day that is over."""
        self.note_days(state.levels[None, : len(WATCHED)])

    def note_days(self, watched: Array) -> None:
        """Note days, of which ``watched`` has the levels, ``(days, levels, runs)``."""
        levels = SimpleNamespace(**{name: watched[:, row] for row, name in enumerate(WATCHED)})
        out = self._out + np.cumsum(levels.exits, axis=0, dtype=watched.dtype)
        evenings = Evening(levels, levels.available, out, levels.perceived_hazard)
        days = slice(self._at, self._at + len(watched))
        for name, measure in MEASURES.items():
            self.days[name][days] = measure.series.read(evenings)
        self._at, self._out = days.stop, out[-1]


def joined(earlier: Days, later: Days) -> Days:
    """Days that follow one another."""
    return {name: np.concatenate([earlier[name], later[name]]) for name in MEASURES}


def frame(days: Days, first: date, run: int = 0) -> pd.DataFrame:
    """The days of one run as a table: date × measures."""
    columns: dict[str, Any] = {name: np.asarray(values[:, run], dtype=np.float64) for name, values in days.items()}
    count = len(next(iter(columns.values()))) if columns else 0
    index = pd.Index([first + timedelta(days=k) for k in range(count)], name="date")
    return pd.DataFrame(columns, index=index)
