"""Enough replicates: add runs in rounds until a mean is known as well as was asked.

The interval is Student's t-interval of the mean over the good runs of a case that have the outcome. Looking at the data
to decide when to stop makes the interval somewhat optimistic: a fixed-width rule covers 95 % only as the width goes to
zero (Chow & Robbins 1965), and stops too early when the first variance happens to be small. Three things hold that in
check: a first round of at least :data:`FIRST` runs; few looks, because a round at most doubles a case; and the term
1/n that Chow and Robbins add to the variance, here in units of the variance itself, (1 + 1/n) s²/n.

Runs that are all alike have no variance to go by. They are believed from :data:`ALIKE` runs on: what happens in one of
a hundred runs would then have been seen with probability .95 (the rule of three, Hanley & Lippman-Hand 1983).

The rounds depend on the first one and on the values alone, never on what a store held before; so a command that was
interrupted comes to the same end, and a narrower interval asked for later only adds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from sim.ensemble.cases.case import Case
from sim.ensemble.design.last_day import Clock, last_day
from sim.errors import UserMistake
from sim.outcomes import check_outcome

LEVEL = 0.95
FIRST = 50
"""Runs of a first round at least."""
ALIKE = 300
"""Runs from which on no variation at all is believed."""
GROWTH = 2.0
"""A round makes a case at most so many times as large, since an early variance may be far off."""
METHOD = (
    f"two-sided {100 * LEVEL:.0f} % t-interval of the mean with variance (1 + 1/n) s^2/n, looked at after each round; "
    f"first round at least {FIRST}, each further one at most doubles a case; "
    f"no variation is believed from {ALIKE} runs on"
)


@dataclass(frozen=True)
class Until:
    """Stop when the interval of the mean of ``outcome`` is at most ``half_width`` from it, or at ``cap`` runs a case.

    The half-width is in the outcome's own unit, days for a date.
    """

    half_width: float
    outcome: str
    cap: int

    @property
    def text(self) -> str:
        """The rule in one line."""
        return f"until the mean of {self.outcome} is known to ±{self.half_width:g} in every case, or {self.cap} runs"


@dataclass(frozen=True)
class Reached:
    """Where one case stopped: its replicates, its mean and half-width (None where nothing is known), and why."""

    case: str
    replicates: int
    mean: float | None
    half_width: float | None
    met: bool

    def plain(self) -> dict[str, Any]:
        """As an invocation notes it."""
        return {"replicates": self.replicates, "mean": self.mean, "half_width": self.half_width, "met": self.met}


def read_until(values: Mapping[str, Any]) -> Until | None:
    """The rule that checked settings ask for, or None.

    Raises
    ------
    UserMistake
        For an outcome that there is not, a first round too small to go by, or a cap below it.
    """
    width, outcome, cap = (values[f"ensemble.{name}"] for name in ("until", "outcome", "cap"))
    check_outcome("ensemble.outcome", outcome)
    if not width:
        return None
    first = values["ensemble.replicates"]
    if first < FIRST:
        right = f"with ensemble.until, the first round has at least {FIRST}"
        raise UserMistake("ensemble.replicates", first, right)
    if cap < first:
        raise UserMistake("ensemble.cap", cap, f"at least ensemble.replicates={first}, the first round")
    return Until(float(width), str(outcome), int(cap))


def most_of(case: Case, rule: Until) -> int:
    """Runs of a case from which on no more of them tell more: its kept worlds, for what they settle before they part.

    The cap of the rule where there is no such end.
    """
    clock, parts = Clock.of(case.values), case.unknowns.parts
    if case.worlds is None or parts is None or clock is None or last_day(rule.outcome, clock) >= parts:
        return rule.cap
    return min(rule.cap, len(case.worlds))


def judge(rule: Until, case: str, size: int, rows: pd.DataFrame) -> Reached:
    """Where a case stands after ``size`` replicates, ``rows`` being its good runs.

    Futures of one world are a cluster: the mean is that of the worlds' means, and worlds are what is counted.
    """
    numbers = _of_worlds(rows, _numbers(rows[rule.outcome]))
    count = len(numbers)
    if not count:
        return Reached(case, size, None, None, size >= ALIKE)  # an outcome that these runs do not have
    mean = float(numbers.mean())
    if count < 2:
        return Reached(case, size, mean, None, False)
    if np.ptp(numbers) == 0:
        return Reached(case, size, mean, 0.0, count >= ALIKE)
    width = _half_width(float(numbers.var(ddof=1)), count)
    return Reached(case, size, mean, width, width <= rule.half_width)


def next_size(rule: Until, now: Reached, most: int | None = None) -> int:
    """Replicates that a case shall have after the next round, ``most`` or the cap at most; those it has, when done."""
    most_of_all = rule.cap if most is None else most
    if now.met or now.replicates >= most_of_all:
        return now.replicates
    if not now.half_width:
        wanted: float = ALIKE
    else:
        wanted = math.ceil(1.05 * now.replicates * (now.half_width / rule.half_width) ** 2)
    grown = GROWTH * now.replicates
    return int(min(most_of_all, grown, max(wanted, math.ceil(1.1 * now.replicates))))


def _half_width(variance: float, count: int) -> float:
    return float(stdtrit(count - 1, (1 + LEVEL) / 2) * math.sqrt(variance * (1 + 1 / count) / count))


def _numbers(values: pd.Series) -> np.ndarray:
    """As floats, NaN where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return np.where(values.isna(), np.nan, values.to_numpy("datetime64[D]").astype(np.float64))
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _of_worlds(rows: pd.DataFrame, numbers: np.ndarray) -> np.ndarray:
    """The known values, or the mean of each world's where it has several futures."""
    known = ~np.isnan(numbers)
    if not (rows["future"] > 0).any():
        return numbers[known]
    return pd.Series(numbers[known]).groupby(rows.loc[known, "replicate"].to_numpy()).mean().to_numpy()
