"""Up to which day an outcome looks.

It is not written down a second time: an outcome is shown a run in which nothing happens, and the days that it asks for
are noted. So it holds for outcomes that somebody adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import FloatArray
from sim.outcomes import outcome_of

_DAYS = ("clock.start", "clock.end", "clock.record_end", "clock.target_date")


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
