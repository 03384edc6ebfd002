"""Intervals of means, of differences and of shares, each with the name of its method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval and the method that it comes from; None where the data do not allow one."""

    low: float | None
    high: float | None
    method: str


def of_mean(values: NDArray[np.float64], level: float = LEVEL) -> Interval:
    """Interval of the mean of independent values."""
    count = len(values)
    if count < 2:
        return Interval(None, None, "none")
    spread = float(values.std(ddof=1)) / count**0.5
    half = float(stats.t.ppf((1 + level) / 2, count - 1)) * spread
    mean = float(values.mean())
    return Interval(mean - half, mean + half, "Student's t")


def of_share(count: int, of: int, level: float = LEVEL) -> Interval:
    """Wilson's (1927) interval of a share."""
    if of < 1:
        return Interval(None, None, "none")
    found = stats.binomtest(count, of).proportion_ci(level, method="wilson")
    return Interval(float(found.low), float(found.high), "Wilson")


def of_difference(a: NDArray[np.float64], b: NDArray[np.float64], level: float = LEVEL) -> Interval:
    """Welch's (1947) interval of the mean of ``b`` less that of ``a``, two independent samples."""
    if min(len(a), len(b)) < 2 or (np.ptp(a) == 0 and np.ptp(b) == 0):
        return Interval(None, None, "none")
    found = stats.ttest_ind(b, a, equal_var=False).confidence_interval(level)
    return Interval(float(found.low), float(found.high), "Welch's t, unpaired")
