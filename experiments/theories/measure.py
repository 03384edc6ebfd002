"""What is seen of exits, and how well it tells theories apart: exits in, areas under curves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata

from experiments.paired_options import simulated
from sim.analysis.statistics.intervals import LEVEL
from sim.arrays import FloatArray, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.officer_table import officer_table
from sim.outcomes.windows import CASCADE_DAYS, SURGE

ACCORD = (date(2024, 3, 1), date(2024, 3, 3))
MONTH_END = 3
"""Exits on the first so many days of a month come after its pay date."""
SQUADS, SENIORITY, TIMING, PAY, NUMBER, ALL = "squads", "seniority", "timing", "pay dates", "number", "all together"
GROUPS = {
    SQUADS: ("with_mate", "after_leader"),
    SENIORITY: ("leader",),
    TIMING: ("before_surge", "accord_days", "later"),
    PAY: ("month_end",),
}
"""What is seen of each exit, by group."""
SEEN = {
    "with_mate": "another of his squad leaves within three days",
    "after_leader": "the leader of his squad left before him",
    "leader": "he is a squad leader",
    "before_surge": "he left before 29 February",
    "accord_days": "he left on 1 to 3 March, after the accord",
    "later": "he left after 7 March",
    "month_end": "he left on the first three days of a month",
}
SEED = 20240307
FEWEST = 60
"""Worlds of a theory below which nothing is told: a half of them has to show how its theory's worlds differ."""


def exits_of(case: Case, replicates: int) -> pd.DataFrame:
    """Every exit of the first so many worlds: world, squad, leader (0 or 1), day (ordinal)."""
    parts = []
    for result in simulated(case, replicates):
        officers = officer_table(result).to_pandas()
        left = officers[officers["left_date"].notna()]
        parts.append(pd.DataFrame({
            "world": left["replicate"].to_numpy(), "squad": left["squad"].to_numpy(),
            "leader": left["leader"].to_numpy(),
            "day": [day.toordinal() for day in left["left_date"]],
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True).astype("int64")


def seen(exits: pd.DataFrame, last: date, record_end: date) -> pd.DataFrame:
    """What is seen of each exit by a day: world, and a column of 0 and 1 for each of :data:`SEEN`."""
    some = exits[exits["day"] <= last.toordinal()].sort_values(["world", "squad", "day"], kind="stable")
    some = some.reset_index(drop=True)
    squad = some.groupby(["world", "squad"])["day"]
    near = CASCADE_DAYS - 1
    mate = (squad.diff().fillna(np.inf) <= near) | (-squad.diff(-1).fillna(-np.inf) <= near)
    led = some["day"].where(some["leader"] == 1).groupby([some["world"], some["squad"]]).transform("min")
    day, months = some["day"], np.array([date.fromordinal(day).day for day in some["day"]], dtype=np.int64)
    first, final = (end.toordinal() for end in ACCORD)
    return pd.DataFrame({
        "world": some["world"],
        "with_mate": mate, "after_leader": (led < day), "leader": some["leader"] == 1,
        "before_surge": day < SURGE.toordinal(), "accord_days": (day >= first) & (day <= final),
        "later": day > record_end.toordinal(), "month_end": months <= MONTH_END,
    }).astype(dict.fromkeys(SEEN, float))  # fmt: skip


def shares(exits: pd.DataFrame, count: int, seed: int = SEED) -> pd.DataFrame:
    """Of so many exits that were seen in each world, the share of which each thing holds: a row a world.

    Parameters
    ----------
    exits
        As :func:`seen` has them.
    count
        Exits seen, drawn at random from a world's; worlds with fewer are left out. 0: all of them, and ``number``, the
        logarithm of how many there are.
    """
    if not count:
        groups = exits.groupby("world")
        return groups[list(SEEN)].mean().assign(number=np.log1p(groups.size()))
    order = np.random.default_rng(seed).random(len(exits))
    place = pd.Series(order).groupby(exits["world"].to_numpy()).rank(method="first")
    many = exits.groupby("world")["world"].transform("size") >= count
    return exits[(place.to_numpy() <= count) & many.to_numpy()].groupby("world")[list(SEEN)].mean()


class Told(NamedTuple):
    """What cross-fitted scores tell.

    ``scores`` are by theory ``(worlds, theories)``: the logarithm of each theory's density at what was seen in worlds
    that the fit did not see.
    """

    theories: tuple[str, ...]
    scores: dict[str, FloatArray]


def judged(features: Mapping[str, FloatArray], seed: int = SEED) -> Told:
    """Score each world under every theory, by a normal density with the spread that all theories share.

    That is Fisher's linear discriminant (1936), with theories weighed alike. Means and spread are learnt from one half
    of the worlds and judged on the other, and the other way round, so that no world is judged by itself.

    Parameters
    ----------
    features
        By theory ``(worlds, columns)``.
    """
    luck, theories = np.random.default_rng(seed), tuple(features)
    halves = {theory: luck.permutation(len(values)) % 2 for theory, values in features.items()}
    scores = {theory: np.full((len(values), len(theories)), np.nan) for theory, values in features.items()}
    for half in (0, 1):
        learnt = {theory: values[halves[theory] == half] for theory, values in features.items()}
        means = {theory: values.mean(axis=0) for theory, values in learnt.items()}
        off = np.concatenate([values - means[theory] for theory, values in learnt.items()])
        spread = np.linalg.pinv(off.T @ off / len(off), rcond=1e-8, hermitian=True)
        for theory, values in features.items():
            other = halves[theory] != half
            for k, named in enumerate(theories):
                apart = values[other] - means[named]
                scores[theory][other, k] = -0.5 * np.einsum("ij,jk,ik->i", apart, spread, apart)
    return Told(theories, scores)


class Area(NamedTuple):
    """Area under the receiver operating characteristic, and its 95 % interval."""

    value: float
    low: float
    high: float


def area(truly: FloatArray, otherwise: FloatArray) -> Area:
    """In how many of 100 pairs, one world of each theory, the first scores higher; a tie counts half.

    The interval is DeLong's (1988), on the logit so that it stays between 0 and 1.

    >>> area(np.array([3.0, 4.0, 5.0, 6.0]), np.array([1.0, 2.0, 3.5, 2.5])).value
    0.9375
    """
    m, n = len(truly), len(otherwise)
    both = rankdata(np.concatenate([truly, otherwise]))
    above = (both[:m] - rankdata(truly)) / n  # of each, the share of the others that it beats
    below = 1 - (both[m:] - rankdata(otherwise)) / m
    value = float(above.mean())
    error = float(np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n))
    if not 0 < value < 1 or not error:
        return Area(value, np.nan, np.nan)
    middle, half = np.log(value / (1 - value)), ndtri((1 + LEVEL) / 2) * error / (value * (1 - value))
    low, high = 1 / (1 + np.exp([half - middle, -half - middle]))
    return Area(value, float(low), float(high))


def pairs(told: Told) -> Iterable[tuple[str, str, Area, float]]:
    """For each two theories: how well their worlds are told apart, and the median likelihood ratio for the true one."""
    for one, two in combinations(range(len(told.theories)), 2):
        ratios = [told.scores[told.theories[k]][:, one] - told.scores[told.theories[k]][:, two] for k in (one, two)]
        towards = np.concatenate([ratios[0], -ratios[1]])
        yield told.theories[one], told.theories[two], area(*ratios), float(np.exp(np.median(towards)))


def rightly(told: Told) -> dict[str, tuple[int, int]]:
    """By theory, of how many worlds the true theory scores highest, and how many there are."""
    return {
        theory: (int((told.scores[theory].argmax(axis=1) == k).sum()), len(told.scores[theory]))
        for k, theory in enumerate(told.theories)
    }


def enough(features: Mapping[str, pd.DataFrame], worlds: int) -> bool:
    """Whether every theory has worlds enough, and at least half of all: the rest would be odd ones."""
    return len(features) > 1 and min(map(len, features.values())) >= max(FEWEST, worlds / 2)


def columns_of(group: str, count: int) -> list[str]:
    """What a group looks at when so many exits are seen."""
    if group == NUMBER:
        return ["number"]
    if group == ALL:
        return [name for names in GROUPS.values() for name in names] + ([] if count else ["number"])
    return list(GROUPS[group])


def used(features: Mapping[str, pd.DataFrame], names: list[str]) -> dict[str, FloatArray]:
    """The columns that vary at all, by theory."""
    whole = pd.concat([frame[names] for frame in features.values()])
    varied = [name for name in names if whole[name].nunique() > 1]
    return {theory: frame[varied].to_numpy(dtype=np.float64) for theory, frame in features.items()}


def first_with(counts: Ints, areas: FloatArray, goal: float) -> float:
    """The first of ascending counts from which on every area reaches the goal; NaN where there is none.

    >>> first_with(np.array([1, 5, 20, 80]), np.array([0.5, 0.81, 0.79, 0.9]), 0.8)
    80.0
    """
    missed = np.flatnonzero(~(areas >= goal))
    first = int(missed[-1]) + 1 if len(missed) else 0
    return float(counts[first]) if first < len(counts) else np.nan
