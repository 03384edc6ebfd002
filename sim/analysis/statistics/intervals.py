"""Intervals of means, of differences and of shares, each with the name of its method.

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
from typing import Self

import numpy as np
from scipy import special, stats

from sim.arrays import FloatArray
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


def of_share(count: int, of: int, level: float = LEVEL) -> Interval:
    """Wilson's (1927) interval of a share."""
    if of < 1:
        return Interval(None, None, NONE)
    found = stats.binomtest(count, of).proportion_ci(level, method="wilson")
    return Interval(float(found.low), float(found.high), "Wilson")


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
