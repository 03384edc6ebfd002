"""Intervals of means, of differences, of shares and of relative drops, each with the name of its method.

The interval of a mean inverts Hall's (1992) cubic transformation of the t-statistic, which takes its skewness out:

    g(T) = T + a T²/3 + a² T³/27 + a/6,    a = third cumulant of the mean / its standard error³,

read against Student's t (Zhou & Dinh 2005, Biostatistics 6, 187–200, who give it for two samples too; the skewness is
the one corrected for small samples, as there). Differences of runs are skewed, tied and full of zeros, and there a
plain t-interval misses too often; experiments/coverage/ shows what was tried and how often each covers.

Where fewer than :data:`FEWEST` values differ from the commonest one there is no interval, because no method covers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from sim.arrays import FloatArray, Ints
from sim.ensemble.design.stopping_rule import ALIKE

LEVEL = 0.95
FEWEST = 5
"""So many values at least must differ from the commonest one; experiments/coverage/ chose it."""
HALL = "Hall's skewness-corrected t"
UNPAIRED = "Hall's skewness-corrected t of two samples, unpaired"
CONSTANT = "no variation"
NONE = "none"


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval and the method that it comes from; None where the data do not allow one."""

    low: float | None
    high: float | None
    method: str

    @property
    def excludes_zero(self) -> bool:
        """Whether it tells on which side of 0 the truth lies."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Mean:
    """An estimated mean, or difference of means, with all that its interval at any level needs.

    ``error`` is its standard error, ``skewness`` the a of the module's formula, ``freedom`` the degrees of freedom.
    ``error`` is 0 where nothing varies and that is believed, None where the data allow no interval.
    """

    value: float
    error: float | None
    skewness: float
    freedom: float
    method: str

    @classmethod
    def of(cls, values: FloatArray) -> Self:
        """The mean of independent values, at least one."""
        count, mean = len(values), float(values.mean())
        if not enough(values):
            return cls(mean, *_too_few(count, differing(values)))
        spread, third = _moments(values)
        error = math.sqrt(spread / count)
        return cls(mean, error, third / count**2 / error**3, count - 1, HALL)

    @classmethod
    def between(cls, a: FloatArray, b: FloatArray) -> Self:
        """The mean of ``b`` less that of ``a``, two independent samples, with Welch's degrees of freedom."""
        value = float(b.mean() - a.mean())
        if not (enough(a) or enough(b)) or not (_known(a) and _known(b)):
            return cls(value, *_too_few(min(len(a), len(b)), differing(a) + differing(b)))
        (spread_a, third_a), (spread_b, third_b) = _moments(a), _moments(b)
        parts = spread_a / len(a), spread_b / len(b)
        error = math.sqrt(sum(parts))
        third = third_b / len(b) ** 2 - third_a / len(a) ** 2
        freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1))
        return cls(value, error, third / error**3, freedom, UNPAIRED)

    def interval(self, level: float = LEVEL) -> Interval:
        """The two-sided interval at this level."""
        if self.error is None:
            return Interval(None, None, NONE)
        if self.error == 0:
            return Interval(self.value, self.value, CONSTANT)
        point = float(special.stdtrit(self.freedom, (1 + level) / 2))
        low = self.value - self._back(point) * self.error
        return Interval(low, self.value - self._back(-point) * self.error, self.method)

    @property
    def p(self) -> float | None:
        """Two-sided p-value of a mean of 0: the level at which the interval begins to hold it. None without one."""
        if not self.error:
            return None
        t, a = self.value / self.error, self.skewness
        moved = t + a * t**2 / 3 + a**2 * t**3 / 27 + a / 6
        return float(2 * special.stdtr(self.freedom, -abs(moved)))

    def _back(self, y: float) -> float:
        """Where g takes the value ``y``: g is a cube in disguise, so this is exact."""
        a = self.skewness
        if abs(a) < 1e-8:
            return y
        return float(3 / a * (np.cbrt(1 + a * (y - a / 6)) - 1))


def wilson(count: ArrayLike, of: ArrayLike, level: float = LEVEL) -> tuple[FloatArray, FloatArray]:
    """Wilson's (1927) interval of shares, one or many at once.

    >>> low, high = wilson([0, 83], [100, 100])
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 0.745], [0.037, 0.891])

    Parameters
    ----------
    count, of
        How many of how many; arrays of one shape, or numbers.

    Returns
    -------
    Low and high ends, of the same shape; from 0 to 1 where ``of`` is 0.
    """
    some, all_ = np.asarray(count, dtype=np.float64), np.asarray(of, dtype=np.float64)
    z2 = float(special.ndtri((1 + level) / 2)) ** 2
    share = np.divide(some, all_, out=np.full(all_.shape, 0.5), where=all_ > 0)
    middle = (share * all_ + z2 / 2) / (all_ + z2)
    half = np.sqrt(z2 * (share * (1 - share) * all_ + z2 / 4)) / (all_ + z2)
    low, high = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return np.where(share == 0, 0.0, low), np.where(share == 1, 1.0, high)


def exact(count: float, of: float, level: float = LEVEL) -> tuple[float, float]:
    """Clopper and Pearson's (1934) interval of a share, which covers at least as often as it says.

    >>> low, high = exact(10, 10)
    >>> round(low, 3) == round(0.025 ** (1 / 10), 3), high
    (True, 1.0)

    Parameters
    ----------
    count, of
        How many of how many; fractions where ``of`` is an effective number, 0 to 1 where it is 0.
    """
    tail = (1 - level) / 2
    low = float(special.betaincinv(count, of - count + 1, tail)) if count > 0 else 0.0
    high = float(special.betaincinv(count + 1, of - count, 1 - tail)) if count < of else 1.0
    return low, high


def exact_of_clusters(passed: FloatArray, cluster: Ints, level: float = LEVEL) -> tuple[float, float]:
    """The same of runs that come in clusters, by the effective number of runs (Korn & Graubard 1998, Survey Methodology
    24:193): as many independent ones as would vary alike, between the number of clusters and that of runs.

    >>> exact_of_clusters(np.ones(4), np.array([0, 0, 1, 1])) == exact(2, 2)
    True

    Parameters
    ----------
    passed, cluster
        Of each run whether it passes, 0 or 1, and the number of its cluster, ``(runs,)`` each.
    """
    runs, share = len(passed), float(passed.mean())
    sizes = np.bincount(cluster, minlength=int(cluster.max()) + 1)
    off = np.bincount(cluster, weights=passed - share)[sizes > 0]
    clusters = len(off)
    if clusters == runs:
        return exact(float(passed.sum()), runs, level)
    effective = float(clusters)
    if 0 < share < 1 and clusters > 1 and (spread := float((off**2).sum()) * clusters / (clusters - 1) / runs**2) > 0:
        effective = float(np.clip(share * (1 - share) / spread, clusters, runs))
    return exact(share * effective, effective, level)


class Quantile(NamedTuple):
    """A quantile of values and the ends of its interval; NaN where so few values know no end."""

    value: float
    low: float
    high: float


def quantile(values: FloatArray, share: float, level: float = LEVEL) -> Quantile:
    """The smallest value that ``share`` of the values do not exceed, with an interval that assumes no distribution.

    The ends are order statistics (David & Nagaraja 2003, Order Statistics, 7.1): how many of n independent values lie
    at or below the true quantile is binomial. Values that are tied make it cover more often, never less.

    >>> quantile(np.arange(1.0, 101.0), 0.8)
    Quantile(value=80.0, low=72.0, high=89.0)
    >>> quantile(np.arange(1.0, 4.0), 0.8)
    Quantile(value=3.0, low=1.0, high=nan)

    Parameters
    ----------
    values
        Independent values, at least one.
    share
        From 0 to 1, both excluded.
    """
    ordered, count = np.sort(values), len(values)
    chances = special.bdtr(np.arange(count + 1), count, share)  # of so many, or fewer, at or below the quantile
    low, high = np.searchsorted(chances, [(1 - level) / 2, (1 + level) / 2])
    ends = [float(ordered[place - 1]) if 1 <= place <= count else math.nan for place in (low, high + 1)]
    return Quantile(float(ordered[max(math.ceil(share * count - 1e-9), 1) - 1]), *ends)


class Drop(NamedTuple):
    """A relative drop and the ends of its interval; NaN where there is none."""

    share: float
    low: float
    high: float


def relative_drop(before: FloatArray, after: FloatArray) -> Drop:
    """1 − Σ after / Σ before over pairs, and its interval by the delta method for a ratio of sums.

    The variance of the ratio R is Σ(after − R·before)² / (n(n − 1)) / mean(before)² (Cochran 1977, Sampling Techniques,
    2.11); it uses the pairing, so common draws make it narrow. Student's t with n − 1 degrees. A ratio of sums is not
    harmed by pairs in which nothing is there to drop.

    >>> relative_drop(np.array([10.0, 30.0]), np.array([9.0, 21.0])).share
    0.25

    Parameters
    ----------
    before, after
        What is counted with and without something, pair by pair.

    Returns
    -------
    The share that vanishes (negative where more is there after), and its ends, the upper at most 1. No interval for one
    pair, nothing at all where ``before`` adds up to 0 or there is no pair.
    """
    count, total = len(before), float(before.sum())
    if total == 0:
        return Drop(math.nan, math.nan, math.nan)
    ratio = float(after.sum()) / total
    if count < 2:
        return Drop(1 - ratio, math.nan, math.nan)
    spread = np.sqrt(((after - ratio * before) ** 2).sum() / (count * (count - 1))) / (total / count)
    half = float(special.stdtrit(count - 1, 0.5 + LEVEL / 2) * spread)
    return Drop(1 - ratio, 1 - ratio - half, min(1 - ratio + half, 1.0))


def differing(values: FloatArray) -> int:
    """How many values are not the commonest one."""
    return len(values) - int(np.unique(values, return_counts=True)[1].max())


def enough(values: FloatArray) -> bool:
    """Whether so many values differ that there is an interval."""
    return len(values) > FEWEST and differing(values) >= FEWEST


def _too_few(count: int, varied: int) -> tuple[float | None, float, float, str]:
    """What stands in the place of error, skewness, freedom and method where too little varies.

    No variation at all is believed from ALIKE values on: what happens in one of a hundred would have been seen.
    """
    believed = not varied and count >= ALIKE
    return 0.0 if believed else None, 0.0, 0.0, CONSTANT if believed else NONE


def _known(values: FloatArray) -> bool:
    """Whether a sample's spread can be told, be it none at all."""
    return enough(values) or (len(values) >= ALIKE and not differing(values))


def _moments(values: FloatArray) -> tuple[float, float]:
    """Variance and third central moment, both unbiased."""
    count, off = len(values), values - values.mean()
    third = float((off**3).sum()) * count / ((count - 1) * (count - 2))
    return float((off**2).sum()) / (count - 1), third
