"""Proper scores of predictions by runs: Brier and the logarithm for yes or no, CRPS for a number; 0 is best.

A forecaster who is scored by these does best by saying what he believes (Gneiting & Raftery 2007, J. Am. Stat. Assoc.
102:359). A share of runs is itself an estimate; each score here is monotone in it for an answer that is known, so an
interval of the share gives one of the score, as exact as that is.
"""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import FloatArray, Ints

RESAMPLES = 2000
SEED = 1
"""Of the bootstrap, so that a table comes out the same again."""
EVEN = 0.5
"""What somebody says who knows nothing."""
_TAILS = (0.025, 0.975)


def brier(probability: float, answer: bool) -> float:
    """The squared distance of a probability from what came (Brier 1950); a fair coin has .25, whatever comes.

    >>> brier(1.0, True), brier(0.5, False), round(brier(0.8, False), 2)
    (0.0, 0.25, 0.64)
    """
    return (probability - float(answer)) ** 2


def log_score(probability: float, answer: bool) -> float:
    """Minus the natural logarithm of the probability of what came; infinite where it was said to be impossible.

    >>> round(log_score(0.5, True), 3), log_score(1.0, True), log_score(0.0, True)
    (0.693, 0.0, inf)
    """
    given = probability if answer else 1 - probability
    return -math.log(given) + 0.0 if given > 0 else math.inf


def rule_of_succession(hits: int, of: int) -> float:
    """The base rate of what came about in some of several earlier periods, as Laplace has it; an even chance of none.

    It is never a certainty, so no score of it is infinite.

    >>> rule_of_succession(0, 0), rule_of_succession(1, 4)
    (0.5, 0.3333333333333333)
    """
    return (hits + 1) / (of + 2)


def crps(values: FloatArray, observed: float) -> float:
    """Continuous ranked probability score: ∫ (F(x) − 1{x ≥ y})² dx of the runs' distribution F, in their unit.

    It is the mean distance from what was observed less half of that between runs; of one run it is the distance.

    >>> crps(np.array([1.0, 3.0]), 2.0), crps(np.array([5.0]), 2.0)
    (0.5, 3.0)

    Parameters
    ----------
    values
        One a run, ``(runs,)``, at least one.
    observed
        What came.
    """
    return float(_crps(np.sort(values), np.full((1, len(values)), 1 / len(values)), observed)[0])


def crps_interval(values: FloatArray, cluster: Ints, observed: float) -> tuple[float, float]:
    """The 95 % bootstrap interval of :func:`crps`, of ``(runs,)`` values in clusters that are drawn whole."""
    order = np.argsort(values, kind="stable")
    weights = resampled(cluster)[:, order]
    low, high = np.quantile(_crps(values[order], weights, observed), _TAILS)
    return float(low), float(high)


def resampled(cluster: Ints) -> FloatArray:
    """Weights of runs, ``(resamples, runs)``, each row adding up to 1, in resamples of their clusters."""
    of = np.unique(cluster, return_inverse=True)[1]
    clusters = int(of.max()) + 1
    drawn = np.random.default_rng(SEED).multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES)
    weights = drawn[:, of].astype(np.float64)
    normed: FloatArray = weights / weights.sum(axis=1, keepdims=True)
    return normed


def difference(mine: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, float, float]:
    """One score less another, each ``(score, low, high)`` and independent, with the interval that theirs give.

    Method of variance estimates recovery (Zou & Donner 2008, Stat. Med. 27:1693), which needs no normal distribution,
    and no variance where all runs agree.

    >>> difference((0.2, 0.1, 0.3), (0.5, 0.5, 0.5))
    (-0.3, -0.4, -0.2)
    """
    (a, a_low, a_high), (b, b_low, b_high) = mine, other
    low = a - b - math.hypot(a - a_low, b_high - b)
    high = a - b + math.hypot(a_high - a, b - b_low)
    return a - b, low, high


def _crps(ordered: FloatArray, weights: FloatArray, observed: float) -> FloatArray:
    """Of values in ascending order, with weights ``(samples, runs)``; ``(samples,)``.

    Between two neighbours, what was observed counted among them, F and the step are constant.
    """
    points = np.append(ordered, observed)
    order = np.argsort(points, kind="stable")
    with_it = np.concatenate([weights, np.zeros((len(weights), 1))], axis=1)[:, order]
    below = np.cumsum(with_it, axis=1)[:, :-1]
    step = points[order] >= observed
    score: FloatArray = ((below - step[:-1]) ** 2 * np.diff(points[order])).sum(axis=1)
    return score
