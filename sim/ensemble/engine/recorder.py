"""Watching a block: daily series and outcomes as reductions after each step. Watching never changes a trajectory."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim import outcomes as table
from sim.arrays import FloatArray
from sim.model import officer_kernels as kernels
from sim.model.layout import total
from sim.model.parameters import Parameters
from sim.model.state import State

Columns = dict[str, FloatArray]


class Recorder:
    """Series of a block, ``(days, runs)`` each, and what the squads did within three days."""

    def __init__(self, p: Parameters) -> None:
        s = p.structure
        self._p = p
        self._start = s.start
        days = s.end - s.start + 1
        self.series = {o.name: np.zeros((days, p.runs), dtype=p.dtype) for o in table.SERIES}
        squads = (table.CASCADE_DAYS, s.layout.squads, p.runs)
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
        today = {
            "exits": state.exits,
            "intents": state.intents,
            "available": total(present),
            "casualties": state.casualties,
            "attacks": state.attacks,
            "deaths_gang": state.deaths_gang,
            "deaths_operations": state.deaths_operations,
            "deaths_vigilantes": state.deaths_vigilantes,
            "civilian_harm": state.civilian_harm,
            "coalition": state.coalition,
            "control": state.control,
            "authority": state.authority,
            "media": state.media,
            "rumour": state.rumour,
            "imminence": state.imminence,
            "assurance": state.assurance,
            "perceived_hazard": mean_hazard(state),
            "reports": state.report,
            "denials": state.denied,
        }
        for name, values in today.items():
            self.series[name][day] = values
        self.series["out"][day] = state.exits if day == 0 else self.series["out"][day - 1] + state.exits
        if state.day <= self._p.structure.record_end:
            self._recent[day % table.CASCADE_DAYS] = state.squad_exits
            kernels.largest_squad_share(self._recent, self._sizes, self._squad_share)
        if state.day == self._p.structure.target_date:
            self._reserve[...] = state.reserve
            self._first_contingent[...] = state.first_contingent
        if state.day == self._p.structure.end:
            self._squads_out[...] = np.add.reduceat(present == 0, [0], axis=0, dtype=np.int64)[0]

    def outcomes(self) -> Columns:
        """One array ``(runs,)`` for each outcome, in float64; NaN is null, dates are proleptic ordinals."""
        s, runs = self._p.structure, self._p.runs
        pool = s.layout.officers
        exits_by_record_end = self._on("out", s.record_end)
        by_end = self._on("out", s.end)
        reports = self._sum("reports")
        with np.errstate(invalid="ignore"):
            ratio = np.where(by_end > 0, reports / np.maximum(by_end, 1), np.nan)
        available = self._on("available", s.target_date) + self._reserve
        shortfall = np.maximum(self._first_contingent - available, 0)
        inside = s.start <= s.target_date <= s.end
        reported = self.series["reports"] > 0
        first = np.where(reported.any(axis=0), s.start + reported.argmax(axis=0), np.nan)
        return {
            "exits_before_surge": self._on("out", table.SURGE.toordinal() - 1),
            "exits_by_record_end": exits_by_record_end,
            "exits_by_end": by_end,
            "intents_by_end": self._sum("intents"),
            "share_out_by_record_end": exits_by_record_end / pool,
            "share_out_by_end": by_end / pool,
            "peak_daily_exits": self.series["exits"].max(axis=0).astype(np.float64),
            "squads_fully_out": self._squads_out,
            "max_squad_share_3d": self._squad_share.astype(np.float64)
            if s.start <= s.record_end <= s.end
            else np.full(runs, np.nan),
            "largest_cascade": self._largest_cascade(),
            "first_report_date": first,
            "withdrawal_reports": reports,
            "rumours": self.series["rumour"].max(axis=0).astype(np.float64),
            "reported_to_real": ratio,
            "available_on_target": available,
            "target_shortfall": shortfall if inside else np.full(runs, np.nan),
            "attacks": self._sum("attacks"),
            "deaths_gang": self._sum("deaths_gang"),
            "deaths_operations": self._sum("deaths_operations"),
            "deaths_vigilantes": self._sum("deaths_vigilantes"),
            "civilian_harm": self._sum("civilian_harm"),
            "deaths_q4_2023": self._deaths(table.QUARTER_4_2023),
            "deaths_q1_2024": self._deaths(table.QUARTER_1_2024),
            "deaths_surge_week": self._deaths(table.SURGE_WEEK),
            "control_share_end": self._on("control", s.end),
            "assurance_record_end": self._on("assurance", s.record_end),
            "perceived_hazard_record_end": self._on("perceived_hazard", s.record_end),
            "knowable_hazard": self._knowable_hazard(),
        }

    def _on(self, name: str, day: int) -> FloatArray:
        """Value on a day; null when the run does not see it."""
        s = self._p.structure
        if not s.start <= day <= s.end:
            return np.full(self._p.runs, np.nan)
        return self.series[name][day - s.start].astype(np.float64)

    def _sum(self, name: str, window: tuple[int, int] | None = None) -> FloatArray:
        """Sum over a window of days, both ends included; null unless the run sees all of it."""
        s = self._p.structure
        first, last = window or (s.start, s.end)
        if first < s.start or last > s.end:
            return np.full(self._p.runs, np.nan)
        days = self.series[name][first - s.start : last - s.start + 1].astype(np.float64)
        return np.add.reduceat(days, [0], axis=0)[0]

    def _deaths(self, window: tuple[date, date]) -> FloatArray:
        days = window[0].toordinal(), window[1].toordinal()
        return sum(
            (self._sum(name, days) for name in ("deaths_gang", "deaths_operations", "deaths_vigilantes")),
            np.zeros(self._p.runs),
        )

    def _largest_cascade(self) -> FloatArray:
        out = self.series["out"].astype(np.float64)
        before = np.zeros_like(out)
        before[table.CASCADE_DAYS :] = out[: -table.CASCADE_DAYS]
        return (out - before).max(axis=0)

    def _knowable_hazard(self) -> FloatArray:
        """σ(x₀) × attacks of the last days of the record / reference attacks; 48 of 13,196 a year at the reference."""
        end = self._p.structure.record_end
        attacks = self._sum("attacks", (end - table.KNOWABLE_DAYS + 1, end)) / table.KNOWABLE_DAYS
        baseline = 1 / (1 + np.exp(-self._p.officers.baseline.astype(np.float64)))
        return np.minimum(baseline * attacks / self._p.gangs.reference_attacks.astype(np.float64), 1)


def mean_hazard(state: State) -> NDArray[np.floating]:
    """Mean σ(x) over those still in, ``(runs,)``; null when nobody is."""
    hazard = np.empty_like(state.media)
    kernels.mean_hazard(state.perceived, state.present, state.squad_present, hazard)
    return hazard
