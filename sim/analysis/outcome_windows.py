"""Up to which day an outcome looks, from which day two cases can differ, and so which outcome can tell them apart.

The last day is not written down a second time: an outcome is shown a run in which nothing happens, and the days that it
asks for are noted. So it holds for outcomes that somebody adds.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import FloatArray
from sim.model.events import TARGETS
from sim.outcomes import Outcome, outcome_of

NEVER = date.max
_DAYS = ("clock.start", "clock.end", "clock.record_end", "clock.target_date")
_FURTHEST = "target_shortfall"
"""What is asked last, where nothing of the outcome's own kind tells: whether the mission is manned."""
_ONLY_READ = (*_DAYS[1:], "case", "label", "scenario.name", "scenario.texts", "scenario.events")
"""Columns of a table of cases that change no day of a run, or are looked at by themselves."""


@dataclass(frozen=True)
class Clock:
    """The days of a case that outcomes ask about, as proleptic ordinals."""

    start: int
    end: int
    record_end: int
    target_date: int

    @classmethod
    def of(cls, case: Mapping[Any, Any]) -> Clock | None:
        """Those of a row of a table of cases; None where it lacks one."""
        days = [case.get(key) for key in _DAYS]
        known = [pd.Timestamp(day).toordinal() for day in days if day is not None and not pd.isna(day)]
        return cls(*known) if len(known) == len(days) else None


class _Quiet:
    """One run in which nothing happens, that notes which days it is asked about."""

    runs, pool = 1, 400

    def __init__(self, clock: Clock) -> None:
        self.start, self.end = clock.start, clock.end
        self.record_end, self.target_date = clock.record_end, clock.target_date
        self.last = clock.start

    def _seen(self, day: int) -> FloatArray:
        self.last = max(self.last, min(day, self.end))
        return np.zeros(1)

    @property
    def squads_out(self) -> FloatArray:
        return self._seen(self.end)

    @property
    def squad_share(self) -> FloatArray:
        return self._seen(self.record_end)

    @property
    def squad_members(self) -> FloatArray:
        return self._seen(self.record_end)

    @property
    def reserve(self) -> FloatArray:
        return self._seen(self.target_date)

    @property
    def first_contingent(self) -> FloatArray:
        return self._seen(self.target_date)

    def series(self, name: str) -> FloatArray:
        self._seen(self.end)
        return np.zeros((self.end - self.start + 1, 1))

    def on(self, name: str, day: int) -> FloatArray:
        return self._seen(day)

    def total(self, name: str, first: int | None = None, last: int | None = None) -> FloatArray:
        return self._seen(self.end if last is None else last)

    def setting(self, key: str) -> FloatArray:
        return np.ones(1)

    def __getattr__(self, name: str) -> Any:
        """Whatever else may be watched one day is watched to the end."""
        return self._seen(self.end)


@lru_cache(maxsize=4096)
def last_day(name: str, clock: Clock) -> date:
    """The last day that an outcome looks at in a run of this clock; the run's last where that cannot be told."""
    run = _Quiet(clock)
    with np.errstate(all="ignore"):
        try:
            outcome_of(name).compute(run)
        except Exception:  # an outcome of somebody's own may want what no quiet run has
            return date.fromordinal(clock.end)
    return date.fromordinal(run.last)


def differ_from(first: Mapping[Any, Any], second: Mapping[Any, Any]) -> date:
    """The first day on which two cases, rows of a table of cases, can differ; :data:`NEVER` where none is.

    That of the first write of an event that only one of them has, and for what takes its time (troops) the day on which
    it comes; or the first day of the run where a setting differs, or an event waits for a condition.
    """
    start = min((clock.start for case in (first, second) if (clock := Clock.of(case))), default=1)
    for key in {*first, *second} - {*_ONLY_READ}:
        one, other = first.get(key), second.get(key)
        if one != other and not (_missing(one) and _missing(other)):
            return date.fromordinal(start)
    mine, theirs = (_writes(case) for case in (first, second))
    apart = [*(mine - theirs).elements(), *(theirs - mine).elements()]
    if not apart and first.get("scenario.events") != second.get("scenario.events"):  # the same in another order
        apart = [*mine]
    return min((_day(write, start) for write in apart), default=NEVER)


def later_outcomes(name: str, clock: Clock, among: Sequence[str]) -> list[str]:
    """Outcomes that count the same as this one over a window that ends later, the first to end first.

    The same is what has the same words (``does``), unit and good side; then comes how many lack on the day of leaving.
    """
    asked, day = outcome_of(name), last_day(name, clock)
    same = [other for other in among if other != name and _alike(outcome_of(other), asked)]
    later = sorted((other for other in same if last_day(other, clock) > day), key=lambda other: last_day(other, clock))
    manned = _FURTHEST in among and asked.unit == outcome_of(_FURTHEST).unit and last_day(_FURTHEST, clock) > day
    return [*later, *([_FURTHEST] if manned and name != _FURTHEST else [])]


def _alike(one: Outcome, other: Outcome) -> bool:
    return (one.does, one.unit, one.better, one.type) == (other.does, other.unit, other.better, other.type)


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def _writes(case: Mapping[Any, Any]) -> Counter[str]:
    """Each write of each event of a case as text, with its day and its condition, so that they can be told apart."""
    text = case.get("scenario.events")
    events = json.loads(text) if isinstance(text, str) else []
    return Counter(json.dumps([day, when, write]) for day, when, writes in events for write in writes)


def _day(write: str, start: int) -> date:
    day, condition, (target, *_) = json.loads(write)
    if not day or condition:
        return date.fromordinal(start)
    late = TARGETS[target].delay if target in TARGETS else 0
    return date.fromisoformat(day) + timedelta(days=late)
