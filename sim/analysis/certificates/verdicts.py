"""What a run of a finding says: its effect with an interval, and whether the finding holds, shifts or flips.

The effect is a mean over worlds, each world a value of its own: option less baseline in the same world, or as a share
of the baseline's mean (linearised: R + (after − R·before)/mean(before), whose standard error is the delta method's,
Cochran 1977, 2.11). Intervals are Hall's, of shares of runs Wilson's (:mod:`sim.analysis.statistics.intervals`), 95 %.

Under what *may* matter:

- HOLDS: the interval lies where the finding says.
- FLIPS: the interval lies wholly where the finding says it does not.
- SHIFTS: neither, so that it cannot be told; or, of a finding that names a side and no size, the side stays and the
  effect is told (95 %, as of independent samples) to be less than half or more than twice the reference's.

Under what *must not* matter only the change of the effect counts: HOLDS unless its 99.9 % interval leaves nought out (a
page has hundreds of such rows, and at 95 % a twentieth of them would alarm by chance), else SHIFTS, or FLIPS where the
interval then lies wholly where the finding says it does not. Where nothing but bits may differ, any difference counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sim.analysis.certificates.claims import Claim, Region
from sim.analysis.statistics.intervals import LEVEL, NONE, Interval, Mean, wilson
from sim.analysis.statistics.summary import good
from sim.outcomes import outcome_of

HOLDS, SHIFTS, FLIPS = "HOLDS", "SHIFTS", "FLIPS"
VERDICTS = (HOLDS, SHIFTS, FLIPS)
NOT_TRIED = "not tried"
"""Where there is no world to try it in."""
SURE = 0.999
"""Level of the interval of a change under what must not matter."""
FACTOR = 2.0
"""An effect that is less than one over it, or more than it, of the reference's has another size."""
TOO_FEW, UNTOLD = "too few worlds differ to tell", "cannot be told"
PEOPLE = ("officers", "officers/day", "squads")
"""Units of outcomes that grow with the pool."""


@dataclass(frozen=True)
class Measured:
    """The effect of one finding in some worlds: the mean of ``values`` by world; a ``share`` where each is 0 or 1."""

    values: pd.Series
    share: bool = False

    @property
    def mean(self) -> Mean | None:
        """The effect; None where no world has a value."""
        return Mean.of(self.values.to_numpy(dtype=np.float64)) if len(self.values) else None

    @property
    def interval(self) -> Interval:
        """Of the effect, 95 %: Wilson's of a share, Hall's of any other mean."""
        mean = self.mean
        if mean is None:
            return Interval(None, None, NONE)
        if not self.share:
            return mean.interval()
        low, high = wilson(round(mean.value * len(self.values)), len(self.values))
        return Interval(float(low), float(high), "Wilson")


@dataclass(frozen=True)
class Judged:
    """A verdict, why where it is not plain, and the change against the reference with its interval where it counts."""

    verdict: str
    note: str = ""
    change: float = math.nan
    low: float = math.nan
    high: float = math.nan


def measure(
    claim: Claim, option: Sequence[str], against: Sequence[str], runs: pd.DataFrame, factor: float = 1.0
) -> Measured:
    """The effect in each world.

    Parameters
    ----------
    option, against
        Ids of the cases of either side.
    runs
        Rows of their runs, as a store has them, with the claim's outcomes.
    factor
        How many times as many officers there are; what counts people is divided by it.

    Returns
    -------
    A value a world that all of these cases have a good run of.
    """
    ok = good(runs)
    first = _side(claim, option, ok, factor)
    if not against:
        return Measured(first.dropna(), share=claim.counts is not None and len(option) == 1)
    both = pd.concat([first, _side(claim, against, ok, factor)], axis=1, keys=["after", "before"]).dropna()
    after, before = both["after"], both["before"]
    if not claim.relative or not len(both):
        return Measured(after - before)
    base = float(before.mean())
    if base == 0:
        return Measured(after.head(0))
    ratio = float(after.mean()) / base
    return Measured(ratio - 1 + (after - ratio * before) / base)


def _side(claim: Claim, cases: Sequence[str], runs: pd.DataFrame, factor: float) -> pd.Series:
    """Mean value of some cases by world, null where one of them lacks it."""
    parts = []
    for case in cases:
        rows = runs[runs["case"] == case]
        values = np.zeros(len(rows))
        for name, weight in claim.outcome.items():
            scale = factor if outcome_of(name).unit in PEOPLE else 1.0
            values = values + weight * rows[name].to_numpy(dtype=np.float64, na_value=np.nan) / scale
        if claim.counts:
            values = claim.counts.of(values)
        parts.append(pd.Series(values, index=pd.Index(rows["replicate"].to_numpy(dtype=np.int64), name="world")))
    return pd.concat(parts, axis=1).mean(axis=1, skipna=False)


def judge(region: Region, found: Measured, reference: Measured | None = None) -> Judged:
    """The verdict on an effect under what may matter; without a reference sizes are compared with nothing."""
    mean = found.mean
    if mean is None:
        return Judged(SHIFTS, "no world has a value")
    ends = found.interval
    if ends.low is None or ends.high is None:
        return Judged(SHIFTS, TOO_FEW)
    if _outside(region, ends.low, ends.high):
        return Judged(FLIPS)
    if not _inside(region, ends.low, ends.high):
        return Judged(SHIFTS, "no effect" if ends.low == ends.high == 0 else UNTOLD)
    usual = reference.mean if reference else None
    if region.side and usual is not None and usual.error is not None and mean.error is not None:
        return _sized(mean, usual)
    return Judged(HOLDS)


def _sized(mean: Mean, usual: Mean) -> Judged:
    """Of an effect on the right side: whether it is told to have another size than the usual one."""
    z, mine, other = float(ndtri((1 + LEVEL) / 2)), abs(mean.value), abs(usual.value)
    change = mean.value - usual.value
    for times, word, sign in ((1 / FACTOR, "less than half", -1), (FACTOR, "more than twice", 1)):
        half = z * math.hypot(mean.error or 0, times * (usual.error or 0))
        if sign * (mine - times * other) > half:
            return Judged(SHIFTS, f"{word} the size", change)
    return Judged(HOLDS, change=change)


def judge_unchanged(region: Region, found: Measured, reference: Measured, *, exact: bool = False) -> Judged:
    """The verdict on an effect under what must not matter.

    Where both have the same worlds the change is that of each world; else they are two samples. ``exact`` counts any
    difference.
    """
    paired = found.values.index.equals(reference.values.index)
    mine, usual = (one.values.to_numpy(dtype=np.float64) for one in (found, reference))
    if not len(mine) or not len(usual):
        return Judged(SHIFTS, "no world has a value")
    mean = Mean.of(mine - usual) if paired else Mean.between(usual, mine)
    ends = mean.interval(SURE)
    if exact or (paired and not np.any(mine != usual)):
        differ = int(np.count_nonzero(mine != usual)) if paired else len(mine)
        told, note = differ > 0, f"{differ} of {len(mine)} worlds differ" if differ else "equal to the last bit"
    elif ends.low is None or ends.high is None:
        differ = int(np.count_nonzero(mine != usual)) if paired else 0
        told, note = False, f"{differ} of {len(mine)} worlds differ" if paired else TOO_FEW
    else:
        told, note = ends.excludes_zero, ""
    low, high = (math.nan if end is None else end for end in (ends.low, ends.high))
    if not told:
        return Judged(HOLDS, note, mean.value, low, high)
    turned = judge(region, found).verdict == FLIPS and judge(region, reference).verdict != FLIPS
    return Judged(FLIPS if turned else SHIFTS, note or "the change is told", mean.value, low, high)


def _inside(region: Region, low: float, high: float) -> bool:
    if region.side:
        return (region.low is None or low > region.low) and (region.high is None or high < region.high)
    return (region.low is None or low >= region.low) and (region.high is None or high <= region.high)


def _outside(region: Region, low: float, high: float) -> bool:
    return (region.low is not None and high < region.low) or (region.high is not None and low > region.high)


def worst(verdicts: Sequence[str]) -> str:
    """The verdict on several rows together: FLIPS before SHIFTS before HOLDS."""
    order: Mapping[str, int] = {verdict: place for place, verdict in enumerate(VERDICTS)}
    return max(verdicts, key=lambda verdict: order[verdict], default=HOLDS)
