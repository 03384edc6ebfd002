"""Watching a block: daily series and outcomes as reductions after each step. Watching never changes a trajectory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, FloatArray, Floats
from sim.model import officer_kernels as kernels
from sim.model.layout import total
from sim.model.parameters import Parameters
from sim.model.state import State
from sim.outcomes import OUTCOMES, SERIES, added_series
from sim.outcomes.windows import CASCADE_DAYS

Columns = dict[str, FloatArray]


@dataclass(frozen=True, slots=True)
class Evening:
    """A day that is over, as :class:`sim.outcomes.Today` has it."""

    state: State
    available: Floats
    out: Floats
    perceived_hazard: Floats


class Recorder:
    """Series of a block, ``(days, runs)`` each, and what the squads did within three days.

    Series that someone added are watched beside those of the model version (``added``); one that fails has no numbers,
    and what asks for it fails.
    """

    def __init__(self, p: Parameters) -> None:
        s = p.structure
        self._p = p
        self._start = s.start
        days = s.end - s.start + 1
        self.series = {series.name: np.zeros((days, p.runs), dtype=p.dtype) for series in SERIES}
        self._added_series = added_series()
        self.added = {series.name: np.zeros((days, p.runs), dtype=p.dtype) for series in self._added_series}
        self._faults: dict[str, str] = {}
        self._recent = np.zeros((CASCADE_DAYS, p.layout.squads, p.runs), dtype=p.dtype)
        self._sizes = p.layout.sizes.astype(p.dtype)
        self._squad_share, self._squad_members = np.zeros((2, p.runs), dtype=p.dtype)
        self._squads_out = np.zeros(p.runs)
        self._reserve = np.zeros(p.runs)
        self._first_contingent = np.zeros(p.runs)

    def watch(self, state: State) -> None:
        """Note today."""
        day = state.day - self._start
        present = state.squad_present
        out = state.exits if day == 0 else self.series["out"][day - 1] + state.exits
        evening = Evening(state, total(present), out, mean_hazard(state))
        for series in SERIES:
            self.series[series.name][day] = series.read(evening)
        if self.added:
            self._watch_added(evening, day)
        if state.day <= self._p.structure.record_end:
            self._recent[day % CASCADE_DAYS] = state.squad_exits
            kernels.together(self._recent, self._sizes, self._squad_share, self._squad_members)
        if state.day == self._p.structure.target_date:
            self._reserve[...] = state.reserve
            self._first_contingent[...] = state.first_contingent
        if state.day == self._p.structure.end:
            self._squads_out[...] = np.add.reduceat((present == 0) & (self._sizes > 0), [0], axis=0, dtype=np.int64)[0]

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
        self.squads_out, self.squad_share = self._of(recorder._squads_out), self._of(recorder._squad_share)
        self.squad_members = self._of(recorder._squad_members)
        self.reserve, self.first_contingent = self._of(recorder._reserve), self._of(recorder._first_contingent)

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


def mean_hazard(state: State) -> NDArray[np.floating]:
    """Mean σ(x) over those still in, ``(runs,)``; null when nobody is."""
    hazard = np.empty_like(state.media)
    kernels.mean_hazard(state.perceived, state.present, state.squad_present, hazard)
    return hazard
