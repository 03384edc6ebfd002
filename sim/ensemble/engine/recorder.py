"""Watching a block: daily series and outcomes as reductions after each step. Watching never changes a trajectory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.arrays import Array, FloatArray, Floats
from sim.model.parameters import Parameters
from sim.model.state import WATCHED, State
from sim.outcomes import OUTCOMES, SERIES, added_series

Columns = dict[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Evening:
    """A day that is over, as :class:`sim.outcomes.Today` has it; or many, where only levels are read of the state."""

    state: Any
    available: Floats
    out: Floats
    perceived_hazard: Floats


class Recorder:
    """Series of a block, ``(days, runs)`` each, from the levels that are watched evening by evening.

    Series that someone added are watched beside those of the model version (``added``); one that fails has no numbers,
    and what asks for it fails.
    """

    def __init__(self, p: Parameters) -> None:
        s = p.structure
        self._p = p
        self._start = s.start
        days = s.end - s.start + 1
        self._levels = np.zeros((days, len(WATCHED), p.runs), dtype=p.dtype)
        self._out = np.zeros((days, p.runs), dtype=p.dtype)
        self._added_series = added_series()
        self.added = {series.name: np.zeros((days, p.runs), dtype=p.dtype) for series in self._added_series}
        self._faults: dict[str, str] = {}
        self._squads_out = np.zeros(p.runs)

    def __getstate__(self) -> dict[str, Any]:
        """What a copy is made of: series are views of the levels, and a copy makes its own."""
        return {name: value for name, value in vars(self).items() if name != "series"}

    @property
    def daily(self) -> bool:
        """Whether something must be looked at each evening that is no level."""
        return bool(self._added_series)

    def watch(self, state: State) -> None:
        """Note today."""
        self.take(state, state.levels[None, : len(WATCHED)])
        if self.added:
            day = state.day - self._start
            self._watch_added(Evening(state, state.available, self._out[day], state.perceived_hazard), day)

    def take(self, state: State, watched: Array) -> None:
        """Note the days up to the state's, of which ``watched`` has the levels, ``(days, levels, runs)``."""
        last = state.day - self._start + 1
        days = slice(last - len(watched), last)
        self._levels[days] = watched
        self._out[days] = self._level("exits")[days]
        if days.start:
            self._out[days.start] += self._out[days.start - 1]
        np.cumsum(self._out[days], axis=0, out=self._out[days])
        if state.day == self._p.structure.end:
            gone = (state.squad_present == 0) & (self._p.layout.sizes > 0)
            self._squads_out[...] = np.add.reduceat(gone, [0], axis=0, dtype=np.int64)[0]

    @cached_property
    def series(self) -> Mapping[str, Floats]:
        """The daily series of the model version, by name: views, which fill up day by day."""
        levels = SimpleNamespace(**{name: self._level(name) for name in WATCHED})
        evenings = Evening(levels, levels.available, self._out, levels.perceived_hazard)
        return {series.name: series.read(evenings) for series in SERIES}

    def level(self, name: str, day: int) -> Floats:
        """A watched level in the evening of a day, ``(runs,)``; that of the last day where the runs end before it."""
        s = self._p.structure
        return self._level(name)[min(max(day, s.start), s.end) - s.start]

    def _level(self, name: str) -> Floats:
        return self._levels[:, WATCHED.index(name)]

    def _watch_added(self, evening: Evening, day: int) -> None:
        for series in self._added_series:
            if series.name not in self._faults:
                try:
                    self.added[series.name][day] = series.read(evening)
                except Exception as fault:  # whatever somebody's series does, the run goes on
                    self._faults[series.name] = f"daily series {series.name}: {type(fault).__name__}: {fault}"

    def of_series(self, name: str) -> Floats:
        """A series by name, ``(days, runs)``, be it the version's or an added one.

        Raises
        ------
        LookupError
            When there is no such series, or an added one failed.
        """
        if name in self._faults:
            raise LookupError(self._faults[name])
        series = self.series.get(name, self.added.get(name))
        if series is None:
            raise LookupError(f"there is no daily series {name}")
        return series

    def outcomes(self) -> Columns:
        """One array ``(runs,)`` for each outcome, in float64; NaN is null, dates are proleptic ordinals."""
        watched = Lived(self)
        with np.errstate(invalid="ignore"):
            return {outcome.name: outcome.compute(watched) for outcome in OUTCOMES}


class Lived:
    """Runs of a block, all or ``chosen`` ones, that have been lived to their end, as :class:`sim.outcomes.Watched`."""

    def __init__(self, recorder: Recorder, chosen: slice = slice(None)) -> None:
        self._recorder, self._p, self._chosen = recorder, recorder._p, chosen
        structure = recorder._p.structure
        self.runs, self.pool = len(range(*chosen.indices(recorder._p.runs))), structure.pool
        self.start, self.end = structure.start, structure.end
        self.record_end, self.target_date = structure.record_end, structure.target_date
        self.squads_out = self._of(recorder._squads_out)
        until = structure.record_end
        self.squad_share = self._of(recorder.level("together_share", until))
        self.squad_members = self._of(recorder.level("together_members", until))
        asked = structure.start <= structure.target_date <= structure.end
        self.reserve, self.first_contingent = (
            self._of(recorder.level(name, structure.target_date)) * asked for name in ("reserve", "first_contingent")
        )

    def series(self, name: str) -> FloatArray:
        """A daily series, ``(days, runs)``."""
        return self._of(self._recorder.of_series(name))

    def on(self, name: str, day: int) -> FloatArray:
        """A daily series on one day, ``(runs,)``; null when the runs do not see it."""
        if not self.start <= day <= self.end:
            return np.full(self.runs, np.nan)
        return self._of(self._recorder.of_series(name)[day - self.start])

    def total(self, name: str, first: int | None = None, last: int | None = None) -> FloatArray:
        """Its sum over a window of days, both ends included, ``(runs,)``; null unless the runs see all of one."""
        first, last = self.start if first is None else first, self.end if last is None else last
        if first < self.start or last > self.end or first > last:
            return np.full(self.runs, np.nan)
        days = self._of(self._recorder.of_series(name)[first - self.start : last - self.start + 1])
        whole: FloatArray = np.add.reduceat(days, [0], axis=0)[0]
        return whole

    def setting(self, key: str) -> FloatArray:
        """A number among the settings, ``(runs,)``."""
        group, _, name = key.partition(".")
        return self._of(getattr(getattr(self._p, group), name))

    def _of(self, values: Array) -> FloatArray:
        """The chosen runs of an array whose last axis is the runs, in float64 and as a copy."""
        return values[..., self._chosen].astype(np.float64)
