"""Two cases under the same luck: what an outcome is in one, run by run, less what it is in the other.

A pair is two good runs of the same (root_seed, replicate), one of each case, that both have the outcome. Because the
same officers meet the same luck in both, what they share drops out of the difference, and far fewer runs are needed
than with independent seeds (common random numbers; Law 2015, ch. 11). Where nothing pairs, the two cases are compared
as independent samples, and the comparison says so in ``paired``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sim.analysis.statistics import multiplicity
from sim.analysis.statistics.intervals import FEWEST, LEVEL, Interval, Mean, differing, wilson
from sim.analysis.statistics.summary import good
from sim.arrays import FloatArray
from sim.ensemble.design.stopping_rule import ALIKE
from sim.ensemble.store.tables.interface import LUCK
from sim.outcomes import outcome_of

POWER = 0.8
"""Probability with which the replicates that are advised would settle a difference as large as the one seen."""
_BEYOND = float(ndtri(POWER) / ndtri((1 + LEVEL) / 2))
"""How far beyond 0 the interval must be expected to lie for that, in half-widths."""
_MOST = 1_000_000
"""So many replicates are no advice."""


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """One outcome of one case against that of another.

    Attributes
    ----------
    baseline, other
        Ids of the two cases.
    outcome
        A column of the table of runs.
    pairs
        Pairs of runs that both have the outcome; unpaired, the runs of the smaller side that have it.
    difference
        Mean of other less baseline, in the outcome's unit, days for a date; None where there is nothing to subtract.
    low, high, method
        95 % interval of the mean difference, None where the data allow none, and how it was made.
    better, worse, tied
        Shares of the pairs in which the other case is better, worse and alike, by the outcome's good direction
        (:attr:`sim.outcomes.Outcome.better`); an outcome without one counts lower as better. Unpaired, shares of all
        ways to draw one run of each.
    better_low, better_high
        95 % interval of ``better`` (Wilson); None when unpaired.
    vr_factor
        Variance-reduction factor, (Var A + Var B) / Var(B − A): so many times fewer runs than with independent seeds.
        None when unpaired or when nothing varies; infinite when only the difference does not vary.
    more
        Replicates still needed, beyond those there are, until the interval excludes 0 with probability .8 if the
        difference is as large as it looks; 0 when it does; None when no number of them can tell.
    paired
        Whether the runs pair.
    without
        Pairs (or runs) left out because a value is null: a date never reached, or beyond the run's horizon.
    alone
        Good runs that have no partner on the other side, and are left out where others pair.
    p, adjusted_p, wide_low, wide_high
        Two-sided p-value of no difference; the same after Holm, and the simultaneous interval, over all comparisons
        that were made together (:mod:`sim.analysis.statistics.multiplicity`).
    baseline_mean, other_mean
        What the difference is one of: the mean of each side over the same pairs (or runs), in the outcome's unit; of a
        date the days since 1 January 1970. None where there is nothing to take a mean of.
    """

    baseline: str
    other: str
    outcome: str
    pairs: int
    difference: float | None
    low: float | None
    high: float | None
    method: str
    better: float | None
    worse: float | None
    tied: float | None
    better_low: float | None
    better_high: float | None
    vr_factor: float | None
    more: int | None
    paired: bool
    without: int = 0
    alone: int = 0
    p: float | None = None
    adjusted_p: float | None = None
    wide_low: float | None = None
    wide_high: float | None = None
    baseline_mean: float | None = None
    other_mean: float | None = None

    @property
    def same(self) -> bool:
        """Whether there are pairs, and all of them are alike in both cases."""
        return self.paired and self.pairs > 0 and self.better == self.worse == 0

    @property
    def settled(self) -> bool:
        """Whether the interval tells on which side of 0 the difference lies."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class Sample:
    """The values of an outcome in two cases: pair by pair, or as two samples where nothing pairs."""

    baseline: FloatArray
    other: FloatArray
    paired: bool
    without: int
    alone: int


def sample(baseline: pd.DataFrame, other: pd.DataFrame, outcome: str, *, pairs: bool = True) -> Sample:
    """Pair the good runs of two cases by their luck; where none pairs, or ``pairs`` is false, keep both sides.

    Futures of one world are a cluster: their mean is one value, of those futures that both sides have where they pair.
    """
    a, b = (_by_luck(good(runs), outcome) for runs in (baseline, other))
    shared = a.index.intersection(b.index) if pairs else a.index[:0]
    paired = len(shared) > 0
    alone = len(a) + len(b) - 2 * len(shared) if paired else 0
    first, second = (side.loc[shared] if paired else side for side in (a, b))
    if paired:
        known = ~(first.isna() | second.isna())
        return Sample(_by_world(first[known]), _by_world(second[known]), True, int((~known).sum()), alone)
    without = int(first.isna().sum() + second.isna().sum())
    return Sample(_by_world(first.dropna()), _by_world(second.dropna()), False, without, alone)


def _by_luck(runs: pd.DataFrame, outcome: str) -> pd.Series:
    """The outcome as numbers by root seed, replicate and future."""
    return pd.Series(_numbers(runs[outcome], outcome), index=pd.MultiIndex.from_frame(runs[list(LUCK)]))


def _by_world(numbers: pd.Series) -> FloatArray:
    """The means over the futures of each world; the numbers as they are where no world has several."""
    if not (numbers.index.get_level_values(LUCK[2]) > 0).any():
        return numbers.to_numpy()
    return numbers.groupby(level=list(LUCK[:2])).mean().to_numpy()


def compare_all(
    runs: pd.DataFrame,
    wanted: Iterable[tuple[str, str, str]],
    apart: Callable[[str, str], bool] = lambda baseline, other: False,
) -> tuple[PairedDifference, ...]:
    """Compare each (baseline, other, outcome), two case ids and a column of ``runs``, which holds the runs of all.

    ``apart`` says of two cases whether their runs are no pairs, whatever their numbers, and so are two samples.

    These comparisons are one family: ``adjusted_p`` is Holm's over all of them, and ``wide_low`` to ``wide_high`` holds
    for all of them together (Bonferroni). One without an interval is no member.
    """
    of_case = dict(iter(runs.groupby("case")))
    none = runs.head(0)
    listed = [
        (
            (first, second),
            outcome,
            sample(of_case.get(first, none), of_case.get(second, none), outcome, pairs=not apart(first, second)),
        )
        for first, second, outcome in wanted
    ]
    means = [mean_of(pairs) for _, _, pairs in listed]
    adjusted = multiplicity.holm([mean.p if mean else None for mean in means])
    level = multiplicity.bonferroni(LEVEL, sum(p is not None for p in adjusted))
    return tuple(
        _told(ids, outcome, pairs, mean, p, level) if mean else _nothing(ids, outcome, pairs)
        for (ids, outcome, pairs), mean, p in zip(listed, means, adjusted, strict=True)
    )


def mean_of(sides: Sample) -> Mean | None:
    """The mean difference of a sample; None where a side has no value."""
    if not min(len(sides.baseline), len(sides.other)):
        return None
    return Mean.of(sides.other - sides.baseline) if sides.paired else Mean.between(sides.baseline, sides.other)


def _told(
    ids: tuple[str, str], outcome: str, sides: Sample, mean: Mean, adjusted: float | None, level: float
) -> PairedDifference:
    a, b = sides.baseline, sides.other
    count, interval, wide = min(len(a), len(b)), mean.interval(), mean.interval(level)
    lower, higher = _sides(b - a) if sides.paired else _crossed(a, b)
    better, worse = (higher, lower) if outcome_of(outcome).higher_is_better else (lower, higher)
    sure = wilson(round(better * count), count) if sides.paired else None
    return PairedDifference(
        *ids,
        outcome,
        pairs=count,
        difference=mean.value,
        low=interval.low,
        high=interval.high,
        method=interval.method,
        better=better,
        worse=worse,
        tied=max(0.0, 1 - better - worse),
        better_low=float(sure[0]) if sure else None,
        better_high=float(sure[1]) if sure else None,
        vr_factor=variance_reduction(a, b) if sides.paired else None,
        more=more(mean.value, interval, count, differing(b - a) if sides.paired else 0),
        paired=sides.paired,
        without=sides.without,
        alone=sides.alone,
        p=mean.p,
        adjusted_p=adjusted,
        wide_low=wide.low,
        wide_high=wide.high,
        baseline_mean=float(a.mean()),
        other_mean=float(b.mean()),
    )


def _nothing(ids: tuple[str, str], outcome: str, sides: Sample) -> PairedDifference:
    """What is left to say where one side has no value at all."""
    return PairedDifference(
        *ids,
        outcome,
        pairs=0,
        difference=None,
        low=None,
        high=None,
        method="none",
        better=None,
        worse=None,
        tied=None,
        better_low=None,
        better_high=None,
        vr_factor=None,
        more=None,
        paired=sides.paired,
        without=sides.without,
        alone=sides.alone,
    )


def table(comparisons: Iterable[PairedDifference]) -> pd.DataFrame:
    """One row a comparison, its fields as columns."""
    return pd.DataFrame([asdict(one) for one in comparisons], columns=list(PairedDifference.__dataclass_fields__))


def variance_reduction(a: FloatArray, b: FloatArray) -> float | None:
    """(Var A + Var B) / Var(B − A) of paired values: what pairing saves against independent seeds."""
    if len(a) < 2:
        return None
    apart, together = float(a.var(ddof=1) + b.var(ddof=1)), float((b - a).var(ddof=1))
    if together == 0:
        return math.inf if apart > 0 else None
    return apart / together


def more(difference: float, interval: Interval, count: int, varied: int = 0) -> int | None:
    """Replicates still needed until the interval excludes 0, with probability :data:`POWER` if it is as it looks.

    The half-width towards 0 shrinks as one over the root of the replicates. Where too few of the ``count`` pairs are
    unlike for an interval, so many that enough of them will be; where none is, so many that this is believed.
    """
    if interval.low is None or interval.high is None:
        wanted = count * 2 * FEWEST / varied if varied else ALIKE
        return max(math.ceil(wanted) - count, 1)
    if interval.excludes_zero:
        return 0
    towards = interval.high - difference if difference < 0 else difference - interval.low
    if difference == 0 or towards <= 0:
        return None
    wanted = count * ((1 + _BEYOND) * towards / abs(difference)) ** 2
    return max(math.ceil(wanted) - count, 1) if wanted < _MOST else None


def _numbers(values: pd.Series, outcome: str) -> FloatArray:
    if outcome_of(outcome).type == "date":
        days = pd.to_datetime(values)
        numbers = (days - pd.Timestamp(0)) / pd.Timedelta(days=1)
        return np.asarray(numbers, dtype=np.float64)
    return np.asarray(values.to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64)


def _sides(difference: FloatArray) -> tuple[float, float]:
    """Shares of the pairs in which the other case is lower, and higher."""
    return float((difference < 0).mean()), float((difference > 0).mean())


def _crossed(a: FloatArray, b: FloatArray) -> tuple[float, float]:
    """The same over all ways to draw one run of each."""
    ordered = np.sort(a)
    below, upto = np.searchsorted(ordered, b, "left"), np.searchsorted(ordered, b, "right")
    return float((len(a) - upto).mean() / len(a)), float(below.mean() / len(a))
