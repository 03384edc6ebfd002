"""A small stochastic model with yes-or-no patterns, which two calibrations share: squads that officers leave.

It is written once, over any number of runs; where a library calls its model a particle at a time, that number is 1.
Nothing here needs more than NumPy, so that it runs in any peer's environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SQUADS, SIZE, DAYS, SURGE = 12, 3, 16, 12
OFFICERS = SQUADS * SIZE
PRIORS = {
    "hazard": (0.0005, 0.02, "log"),
    "surge": (1.0, 25.0, "log"),
    "follow": (0.0, 4.0, "uniform"),
}
"""Of each unknown the ends of its range, and its scale: an officer's chance to leave on a day before the surge, how
many times as high it is from then on, and what a squad that has left adds to its logarithm."""
FEW, LEAST, MOST, TOGETHER = 1, 4, 10, 0.5
PATTERNS = {
    "quiet": ("exits_before_surge", "at_most", FEW),
    "some": ("exits_by_record_end", "at_least", LEAST),
    "not many": ("exits_by_record_end", "at_most", MOST),
    "together": ("max_squad_share_3d", "at_least", TOGETHER),
}
"""Outcome, comparison and value; a run is kept when all of them hold."""


def simulate(values: Mapping[str, Array], luck: Callable[[int], Array]) -> dict[str, Array]:
    """Run it: the outcomes of each run.

    Parameters
    ----------
    values
        The unknowns of :data:`PRIORS`, ``(runs,)`` each.
    luck
        Uniforms of a day, ``(OFFICERS, runs)``.
    """
    runs = len(values["hazard"])
    out = np.zeros((SQUADS, SIZE, runs), dtype=bool)
    gone = np.zeros((DAYS + 1, SQUADS, runs))
    for day in range(DAYS):
        chance = values["hazard"] * (values["surge"] if day >= SURGE else 1.0)
        chance = chance * np.exp(values["follow"] * (gone[day] / SIZE))
        out |= luck(day).reshape(SQUADS, SIZE, runs) < chance[:, None]
        gone[day + 1] = out.sum(axis=1)
    within = gone[3:] - gone[:-3]
    return {
        "exits_before_surge": gone[SURGE].sum(axis=0),
        "exits_by_record_end": gone[DAYS].sum(axis=0),
        "max_squad_share_3d": within.max(axis=(0, 1)) / SIZE,
    }


def missed(outcomes: Mapping[str, Array]) -> Array:
    """How many of :data:`PATTERNS` do not hold in each run: the distance to the record that a calibration takes."""
    total: Array = np.zeros_like(outcomes["exits_before_surge"])
    for outcome, comparison, value in PATTERNS.values():
        total = total + (outcomes[outcome] < value if comparison == "at_least" else outcomes[outcome] > value)
    return total


def valued(quantiles: Mapping[str, Array]) -> dict[str, Array]:
    """The unknowns at these quantiles of their priors."""
    values = {}
    for name, (low, high, scale) in PRIORS.items():
        at = quantiles[name]
        values[name] = low * (high / low) ** at if scale == "log" else low + at * (high - low)
    return values
