"""What an analysis of a design's points is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np

from sim.arrays import FloatArray

LEVEL = 0.95
"""Of the intervals."""
RESAMPLES = 1000
SEED = 1
"""Of the bootstrap, so that a table comes out the same again."""

ByIndex = Mapping[str, tuple[FloatArray, FloatArray]]
"""Values and half-widths (NaN where none is known) by the name of the index, each ``(settings,)``."""


class Indices(Protocol):
    """Indices of sensitivity from the points of one design.

    Attributes
    ----------
    name
        The design's.
    ranks
        The index by which settings are ordered, the most important first.
    least
        What no index can be below, so that no interval is; None where there is no such bound.
    """

    name: str
    ranks: str
    least: float | None

    def of(self, unit: FloatArray, mean: FloatArray, design: Mapping[str, Any]) -> ByIndex:
        """The indices of each setting.

        Parameters
        ----------
        unit
            The points as the design drew them, from 0 to 1, ``(points, settings)``.
        mean
            The outcome's mean over replicates at each point, ``(points,)``.
        design
            The design's settings, by name.
        """


def check_numbers(mean: FloatArray) -> None:
    """Refuse means of which one is not a number: SALib answers 0 ± 0 for every index then, and says nothing.

    Raises
    ------
    ValueError
        With how many there are, and the place of the first.
    """
    bad = np.flatnonzero(~np.isfinite(mean))
    if len(bad):
        raise ValueError(f"{len(bad)} of {len(mean)} points have no number, the first is point {bad[0]}")
