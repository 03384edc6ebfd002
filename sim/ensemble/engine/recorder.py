"""Watching a block: daily series and outcomes as reductions after each step. Watching never changes a trajectory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray, Floats
from sim.model import officer_kernels as kernels
from sim.model.layout import total
from sim.model.parameters import Parameters
from sim.model.state import State
from sim.outcomes import OUTCOMES, SERIES
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
    """Series of a block, ``(days, runs)`` each, and what the squads did within three days."""

    def __init__(self, p: Parameters) -> None:
        s = p.structure
        self._p = p
        self._start = s.start
        days = s.end - s.start + 1
        self.series = {series.name: np.zeros((days, p.runs), dtype=p.dtype) for series in SERIES}
        squads = (CASCADE_DAYS, s.layout.squads, p.runs)
        self._recent = np.zeros(squads, dtype=p.dtype)
        self._sizes = s.layout.sizes.astype(p.dtype)
        self._squad_share = np.zeros(p.runs, dtype=p.dtype)
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
        if state.day <= self._p.structure.record_end:
            self._recent[day % CASCADE_DAYS] = state.squad_exits
            kernels.largest_squad_share(self._recent, self._sizes, self._squad_share)
        if state.day == self._p.structure.target_date:
            self._reserve[...] = state.reserve
            self._first_contingent[...] = state.first_contingent
        if state.day == self._p.structure.end:
            self._squads_out[...] = np.add.reduceat(present == 0, [0], axis=0, dtype=np.int64)[0]

    def outcomes(self) -> Columns:
        """One array ``(runs,)`` for each outcome, in float64; NaN is null, dates are proleptic ordinals."""
        watched = Lived(self)
        with np.errstate(invalid="ignore"):
            return {outcome.name: outcome.compute(watched) for outcome in OUTCOMES}


class Lived:
    """Runs of a block that have been lived to their end, as :class:`sim.outcomes.Watched` has them."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder, self._p, structure = recorder, recorder._p, recorder._p.structure
        self.runs, self.pool = self._p.runs, structure.layout.officers
        self.start, self.end = structure.start, structure.end
        self.record_end, self.target_date = structure.record_end, structure.target_date
        self.squads_out = recorder._squads_out.copy()
        self.squad_share = recorder._squad_share.astype(np.float64)
        self.reserve, self.first_contingent = recorder._reserve.copy(), recorder._first_contingent.copy()

    def series(self, name: str) -> FloatArray:
        """A daily series, ``(days, runs)``."""
        return self._recorder.series[name].astype(np.float64)

    def on(self, name: str, day: int) -> FloatArray:
        """A daily series on one day, ``(runs,)``; null when the runs do not see it."""
        if not self.start <= day <= self.end:
            return np.full(self.runs, np.nan)
        return self._recorder.series[name][day - self.start].astype(np.float64)

    def total(self, name: str, first: int | None = None, last: int | None = None) -> FloatArray:
        """Its sum over a window of days, both ends included, ``(runs,)``; null unless the runs see all of it."""
        first, last = self.start if first is None else first, self.end if last is None else last
        if first < self.start or last > self.end:
            return np.full(self.runs, np.nan)
        days = self._recorder.series[name][first - self.start : last - self.start + 1].astype(np.float64)
        whole: FloatArray = np.add.reduceat(days, [0], axis=0)[0]
        return whole

    def setting(self, key: str) -> FloatArray:
        """A number among the settings, ``(runs,)``."""
        group, _, name = key.partition(".")
        values: FloatArray = getattr(getattr(self._p, group), name).astype(np.float64)
        return values


def mean_hazard(state: State) -> NDArray[np.floating]:
    """Mean σ(x) over those still in, ``(runs,)``; null when nobody is."""
    hazard = np.empty_like(state.media)
    kernels.mean_hazard(state.perceived, state.present, state.squad_present, hazard)
    return hazard
