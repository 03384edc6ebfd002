"""First-order shares of variance from given data: the correlation ratio of each input, corrected for its bias.

No design is needed, and inputs may depend on each other: the share of an input is Var(E[Y | X]) / Var(Y), estimated by
cutting the sample into classes of X that are alike in size and comparing the class means (Pearson 1905; Plischke,
Borgonovo & Smith 2013, Eur. J. Oper. Res. 226:536). Class means differ by sampling alone, too; what they are expected
to do so is taken away (Kelley 1935, "epsilon squared"). Where inputs depend on each other, one has its part in
another's share, and shares need not add up to anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import f as variance_ratio

from sim.arrays import FloatArray, Ints

LEVEL = 0.95
"""Of the intervals."""
RESAMPLES = 1000
SEED = 1
"""Of the bootstrap, so that a table comes out the same again."""
LEAST = 50
"""Fewer data than these are not cut into classes."""
_AT_ONCE = 50
"""Resamples that are counted together."""


@dataclass(frozen=True)
class CorrelationRatios:
    """The shares of several inputs.

    Attributes
    ----------
    share
        Estimates, corrected for bias, ``(inputs,)``; below nought by sampling where there is nothing.
    low, high
        Ends of the 95 % bootstrap interval of each.
    p
        How often a share as large would come about if the input told nothing (F-test of the class means); 1 where the
        input, or the outcome, never varies.
    classes
        How many classes each input was cut into.
    """

    share: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    classes: Ints


def class_count(data: int) -> int:
    """How many classes a sample is cut into: half of the root of its size, so that a share's error stays about .01.

    >>> class_count(400), class_count(10_000)
    (10, 50)
    """
    return max(2, round(np.sqrt(data) / 2))


def correlation_ratios(inputs: FloatArray, outcome: FloatArray, seed: int = SEED) -> CorrelationRatios:
    """Shares of the outcome's variance that go with each input alone.

    Parameters
    ----------
    inputs
        ``(data, inputs)``; only their order counts, and equal values stay in one class.
    outcome
        ``(data,)``.
    seed
        Of the bootstrap.

    Raises
    ------
    ValueError
        For fewer than :data:`LEAST` data, and for anything that is not a number: a mean of such is no number either.

    Examples
    --------
    >>> import numpy as np
    >>> two = np.random.default_rng(1).uniform(size=(2000, 2))
    >>> found = correlation_ratios(two, two @ [2.0, 1.0])  # variances of 4 to 1
    >>> [round(float(share), 1) for share in found.share]
    [0.8, 0.2]
    """
    inputs, outcome = np.asarray(inputs, dtype=float), np.asarray(outcome, dtype=float)
    data, count = inputs.shape
    if data < LEAST:
        raise ValueError(f"{data} data; shares need at least {LEAST}")
    if not (np.isfinite(inputs).all() and np.isfinite(outcome).all()):
        raise ValueError("an input or an outcome that is not a number; leave its row out")
    if np.ptp(outcome) == 0:
        none = np.zeros(count)
        return CorrelationRatios(none, none, none, np.ones(count), np.ones(count, dtype=np.int64))
    labels = [_classes(column, class_count(data)) for column in inputs.T]
    sizes = np.array([label.max() + 1 for label in labels])
    begin = np.concatenate([[0], np.cumsum(sizes)])
    # One column a class of an input: a resample's counts and sums of all classes are one product with it.
    member = np.zeros((data, int(begin[-1])))
    for place, label in enumerate(labels):
        member[np.arange(data), begin[place] + label] = 1.0
    centred = outcome - outcome.mean()
    sums = np.hstack([member, member * centred[:, None]])
    raw, share = _ratios(np.ones((1, data)), sums, centred, begin[:-1])
    luck, roots = np.random.default_rng(seed), []
    for first in range(0, RESAMPLES, _AT_ONCE):
        several = min(_AT_ONCE, RESAMPLES - first)
        drawn = luck.integers(0, data, size=(several, data)) + data * np.arange(several)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=several * data).reshape(several, data).astype(float)
        # To a resample the sample is the whole truth, and the truth's share is the sample's own, uncorrected.
        roots.append(_ratios(weights, sums, centred, begin[:-1])[1] - raw)
    ends = np.quantile(np.concatenate(roots), [(1 + LEVEL) / 2, (1 - LEVEL) / 2], axis=0)
    low, high = share[0] - ends
    return CorrelationRatios(share[0], low, high, _p_values(raw[0], sizes, data), sizes)


def _classes(column: FloatArray, count: int) -> Ints:
    """The class of each datum, numbered from 0 without gaps: as many data in each as ties allow."""
    values, inverse, often = np.unique(column, return_inverse=True, return_counts=True)
    if len(values) <= count:
        return np.asarray(inverse, dtype=np.int64)
    middle = np.cumsum(often) - often / 2  # of the places that equal values take together
    of_value = np.minimum((middle * count / len(column)).astype(np.int64), count - 1)
    return np.asarray(np.unique(of_value, return_inverse=True)[1][inverse], dtype=np.int64)


def _ratios(
    weights: FloatArray, of_class: FloatArray, outcome: FloatArray, begin: Ints
) -> tuple[FloatArray, FloatArray]:
    """Raw and corrected ratios of each input, ``(resamples, inputs)``, where each datum counts as often as it weighs.

    ``of_class`` says which data are in which class, and beside that what their outcome is, ``(data, 2 × classes)``.
    """
    data = weights.shape[1]
    counts, sums = np.hsplit(weights @ of_class, 2)
    mean, square = weights @ outcome / data, weights @ outcome**2
    whole = (square - data * mean**2)[:, None]
    filled = counts > 0
    squares = np.divide(sums**2, counts, out=np.zeros_like(sums), where=filled)
    between = np.add.reduceat(squares, begin, axis=1) - data * mean[:, None] ** 2
    classes = np.add.reduceat(filled.astype(float), begin, axis=1)
    raw = np.divide(between, whole, out=np.zeros_like(between), where=(whole > 0) & (classes > 1))
    return raw, 1 - (1 - raw) * (data - 1) / np.maximum(data - classes, 1)


def _p_values(raw: FloatArray, sizes: Ints, data: int) -> FloatArray:
    """Of the F-test of each input's class means."""
    between, within = sizes - 1, data - sizes
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (raw / between) / ((1 - raw) / within)
        p = variance_ratio.sf(ratio, between, within)
    return np.where(sizes > 1, np.nan_to_num(p, nan=1.0), 1.0)
