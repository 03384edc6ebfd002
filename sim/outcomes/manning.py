"""Who is there when the first contingent is to leave."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from sim.arrays import FloatArray
from sim.outcomes.entry import Outcome, Series
from sim.outcomes.watched import Watched


def _available(watched: Watched) -> FloatArray:
    return watched.on("available", watched.target_date) + watched.reserve


def _shortfall(watched: Watched) -> FloatArray:
    seen = watched.start <= watched.target_date <= watched.end
    shortfall = np.maximum(watched.first_contingent - _available(watched), 0)
    return shortfall if seen else np.full(watched.runs, np.nan)


OUTCOMES = (
    Outcome("available_on_target", "count", "officers",
            "officers in the pool on clock.target_date, and the reserve", _available, better="higher",
            does="has {} officers left"),
    Outcome("target_shortfall", "count", "officers",
            "first contingent less those available on clock.target_date, or 0", _shortfall, better="lower",
            does="lacks {} officers", asked="lacks {} officers for the first contingent on clock.target_date",
            led="{} officers are lacking for the first contingent on clock.target_date in"),
)  # fmt: skip

SERIES = (Series("available", "count", "officers", "officers in the pool", attrgetter("available")),)
