"""Which further observation would tell the theories apart, if it could be made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from sim.arrays import FloatArray, Ints

BINS, WORLDS_A_BIN = 10, 10
"""Bins of an observation at most, and worlds of the theory with the fewest that each must be good for."""
BOOTSTRAPS, SPLITS = 1000, 50
LEVEL = 0.95


def observation_table(features: Mapping[str, pd.DataFrame], seed: int = 20240307) -> pd.DataFrame:
    """How well each possible observation would tell the theories apart, among worlds that lived the record.

    The measure is the mutual information of theory and observation (Shannon 1948; Lindley 1956 for its use in choosing
    what to observe), with theories weighted alike: 0 bits if the observation says nothing, log2 of the number of
    theories if it names each. An observation is put into bins that hold as many worlds each as ties allow, a missing
    one into a bin of its own.

    Parameters
    ----------
    features
        For each theory one row a kept world and a column an observation: a number, a date, a truth value or a word.
        All have the same columns; a theory without worlds is left out.
    seed
        Of the bootstrap and of the splits.

    Returns
    -------
    One row an observation, the most telling first. Columns: observation, theories, worlds (of the theory with the
    fewest), bins, bits, low, high (percentile bootstrap over worlds within theories, 95 %, between 0 and the most there
    can be), right (share of worlds whose theory is named rightly by the theory with the highest share in the bin,
    learnt from one half of the worlds and judged on the other, over 50 splits), chance (the same without any
    observation: one over the number of theories). ``bits`` is corrected for the bias of small samples (Miller 1955 and
    Madow: half the number of free cells over the number of worlds), and so may be a little below 0. No row with fewer
    than two theories.

    Raises
    ------
    ValueError
        Where the theories do not have the same observations.

    Examples
    --------
    >>> luck = np.random.default_rng(1)
    >>> worlds = {name: pd.DataFrame({"squads": luck.poisson(mean, 500), "rain": luck.random(500)})
    ...     for name, mean in {"breach": 2, "prospects": 9}.items()}
    >>> observation_table(worlds)[["observation", "bits", "right"]].round(2).to_numpy().tolist()
    [['squads', 0.74, 0.93], ['rain', 0.0, 0.52]]
    """
    held = {theory: frame for theory, frame in features.items() if len(frame)}
    columns = ["observation", "theories", "worlds", "bins", "bits", "low", "high", "right", "chance"]
    if len(held) < 2:
        return pd.DataFrame(columns=columns)
    first = next(iter(held.values()))
    if any(set(frame.columns) != set(first.columns) for frame in held.values()):
        raise ValueError("the theories do not have the same observations")
    fewest, theories = min(map(len, held.values())), len(held)
    bins = int(np.clip(fewest // WORLDS_A_BIN, 2, BINS))
    luck = np.random.default_rng(seed)
    rows: list[list[object]] = []
    for name in first.columns:
        counts = _counts([frame[name] for frame in held.values()], bins)
        bits, low, high = _information(counts, luck)
        right = _named_rightly(counts, luck)
        rows.append([name, theories, fewest, counts.shape[1], bits, low, high, right, 1 / theories])
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("bits", ascending=False, kind="stable", ignore_index=True)


def _counts(columns: list[pd.Series], bins: int) -> Ints:
    """(theories, bins): worlds of each theory in each bin of one observation; no bin is empty."""
    values = pd.concat(columns, ignore_index=True)
    weights = np.concatenate([np.full(len(column), 1 / len(column)) for column in columns])
    known = values.notna().to_numpy()
    codes = np.zeros(len(values), dtype=np.int64)  # 0 is for what is missing
    if known.any():
        codes[known] = 1 + _codes(values[known], weights[known], bins)
    theory = np.repeat(np.arange(len(columns)), [len(column) for column in columns])
    counts = np.zeros((len(columns), codes.max() + 1), dtype=np.int64)
    np.add.at(counts, (theory, codes), 1)
    return counts[:, counts.sum(axis=0) > 0]


def _codes(values: pd.Series, weights: FloatArray, bins: int) -> Ints:
    """The bin of each value, all known."""
    if isinstance(values.iloc[0], date):  # a Timestamp is one, too
        values = pd.to_datetime(values)
    ordered = pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_numeric_dtype(values)
    if pd.api.types.is_bool_dtype(values) or not ordered:
        words, codes = np.unique(values.astype(str).to_numpy(dtype=str), return_inverse=True)
        common = np.argsort(-np.bincount(codes, weights), kind="stable")
        place = np.empty(len(words), dtype=np.int64)
        place[common] = np.arange(len(words))
        return np.minimum(place[codes], bins - 1)  # the rarest words share the last bin
    is_date = pd.api.types.is_datetime64_any_dtype(values)
    numbers = values.astype("int64").to_numpy() if is_date else values.to_numpy(dtype=np.float64)
    order = np.argsort(numbers, kind="stable")
    reached = np.cumsum(weights[order]) / weights.sum()
    at = np.searchsorted(reached, np.arange(1, bins) / bins - 1e-12)
    cuts = np.unique(numbers[order[at]])
    return np.searchsorted(cuts, numbers, side="left")


def _information(counts: Ints, luck: np.random.Generator) -> tuple[float, float, float]:
    """Bits, corrected for bias, and the ends of their interval."""
    n = counts.sum(axis=1)
    bits, plain = float(_bits(counts) - _bias(counts)), float(_bits(counts))
    again = np.stack(
        [luck.multinomial(size, row / size, BOOTSTRAPS) for size, row in zip(n, counts, strict=True)], axis=1
    )
    # In the bootstrap's world the truth is the plain estimate, so that is what the error is counted from. Percentiles,
    # not their mirror image, the basic bootstrap: next to 0 errors are skewed, and the mirror puts the tail below 0.
    off = _bits(again) - _bias(again) - plain
    low, high = np.clip(bits + np.quantile(off, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]), 0, np.log2(len(counts)))
    return bits, float(low), float(high)


def _bits(counts: Ints) -> FloatArray:
    """Mutual information of theory and bin, theories weighted alike; counts are (…, theories, bins)."""
    shares = counts / counts.sum(axis=-1, keepdims=True)
    mean = np.broadcast_to(shares.mean(axis=-2, keepdims=True), shares.shape)
    ratio = np.divide(shares, mean, out=np.ones_like(shares), where=shares > 0)
    bits: FloatArray = (shares * np.log2(ratio)).sum(axis=(-2, -1)) / counts.shape[-2]
    return bits


def _bias(counts: Ints) -> FloatArray:
    """By how much :func:`_bits` is too high, to the first order: Miller's term of each theory's entropy, less that of
    their mixture (the variance of each share over twice the share, by the delta method).
    """
    n = counts.sum(axis=-1, keepdims=True)
    shares, theories = counts / n, counts.shape[-2]
    mixture = shares.mean(axis=-2)
    variance = (shares * (1 - shares) / n).sum(axis=-2) / theories**2
    of_mixture = np.divide(variance, mixture, out=np.zeros_like(mixture), where=mixture > 0).sum(axis=-1) / 2
    of_theories = (((counts > 0).sum(axis=-1) - 1) / (2 * n[..., 0])).mean(axis=-1)
    bias: FloatArray = (of_theories - of_mixture) / np.log(2)
    return bias


def _named_rightly(counts: Ints, luck: np.random.Generator) -> float:
    """Share of worlds named rightly by the theory with the highest share in the bin, judged on the other half.

    Halves, since leaving one out names a little less than chance where there is nothing to be learnt: the world that
    is left out is then always on the losing side of a draw.
    """
    halves = np.stack(
        [luck.multivariate_hypergeometric(row, row.sum() // 2, SPLITS, method="marginals") for row in counts], axis=1
    )
    shares = []
    for learnt, judged in ((halves, counts - halves), (counts - halves, halves)):
        of_bin = learnt / np.maximum(learnt.sum(axis=-1, keepdims=True), 1)
        best = of_bin == of_bin.max(axis=-2, keepdims=True)
        named = best / best.sum(axis=-2, keepdims=True)
        shares.append((judged * named).sum(axis=-1) / np.maximum(judged.sum(axis=-1), 1))
    return float(np.mean(shares))
