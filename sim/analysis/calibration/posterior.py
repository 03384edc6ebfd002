"""What the patterns say about the settings: kept worlds against the prior, one by one and in pairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from sim.analysis.calibration.prior_draws import PriorDraws
from sim.analysis.statistics.multiplicity import holm
from sim.arrays import FloatArray

ALPHA = 0.05
"""Chance of naming any setting, or pair, of a theory about which the patterns say nothing."""
PRIOR_SD = float(np.sqrt(1 / 12))
"""Standard deviation of a prior quantile."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
PAIRS_FEWEST = 10
"""Kept worlds from which on the normal distribution of a rank correlation's transform is near enough."""
PAIRS_PRIOR = 20_000
"""Prior draws that tell how two settings hang together before anything is kept."""
_FIELLER = 1.06
"""Variance of Fisher's z of Spearman's correlation, times n − 3 (Fieller, Hartley and Pearson 1957, Biometrika 44)."""


def shift_table(draws: PriorDraws) -> pd.DataFrame:
    """How far each setting moved from its prior in the worlds that are kept.

    Whether it moved at all is asked of its whole distribution, by the test of Kolmogorov and Smirnov against the prior,
    which is known exactly; so a setting that only narrowed is found, too.

    Parameters
    ----------
    draws
        The bank of one theory.

    Returns
    -------
    One row a setting, those that moved most first. Columns: theory, setting, kept (worlds), q05, q25, q50, q75, q95
    (posterior quantiles, in prior quantiles), shift (of the mean, in prior standard deviations), narrowing (1 − sd /
    prior sd; negative where it spread), ks (the largest distance between the distribution functions), p, p_holm (Holm
    over the settings of the theory), told (p_holm below .05). NaN, and nothing told, where no world is kept.

    Examples
    --------
    >>> u = np.random.default_rng(1).random((4000, 2))
    >>> bank = PriorDraws("toy", np.arange(4000), pd.DataFrame(u, columns=["moves", "idle"]),
    ...     pd.DataFrame(index=range(4000)), pd.DataFrame({"P": u[:, 0] > 0.75}), 400,
    ...     pd.DataFrame({"setting": ["moves", "idle"], "status": "assumed"}))
    >>> shift_table(bank)[["setting", "kept", "shift", "narrowing", "told"]].round(2).to_dict("list")
    {'setting': ['moves', 'idle'], 'kept': [990, 990], 'shift': [1.29, 0.0], 'narrowing': [0.75, -0.02],
     'told': [True, False]}
    """
    u = draws.quantiles.iloc[np.flatnonzero(draws.kept)].to_numpy(dtype=np.float64)
    kept, settings = len(u), draws.settings
    empty = np.full(len(settings), np.nan)
    points = np.quantile(u, QUANTILES, axis=0) if kept else np.tile(empty, (len(QUANTILES), 1))
    tested = [stats.kstest(column, "uniform") for column in u.T] if kept else []
    p = [float(test.pvalue) for test in tested] if kept else [None] * len(settings)
    adjusted = np.array(holm(p), dtype=np.float64)
    table = pd.DataFrame({"theory": draws.theory, "setting": settings, "kept": kept})
    for quantile, row in zip(QUANTILES, points, strict=True):
        table[f"q{round(100 * quantile):02d}"] = row
    table["shift"] = (u.mean(axis=0) - 0.5) / PRIOR_SD if kept else empty
    table["narrowing"] = 1 - u.std(axis=0, ddof=1) / PRIOR_SD if kept > 1 else empty
    table["ks"] = [float(test.statistic) for test in tested] if kept else empty
    table["p"], table["p_holm"], table["told"] = np.array(p, dtype=np.float64), adjusted, adjusted < ALPHA
    return table.sort_values("shift", key=abs, ascending=False, kind="stable", ignore_index=True)


def dependence_table(draws: PriorDraws) -> pd.DataFrame:
    """The pairs of settings that hang together in kept worlds otherwise than in the prior.

    Such a pair is what the patterns cannot tell apart: one may be higher if the other is lower. Spearman's correlations
    of kept worlds and of prior draws are compared by Fisher's z. Most settings are independent in the prior; shares
    that add up to one are not, so its correlation is measured, and not taken to be 0.

    Parameters
    ----------
    draws
        The bank of one theory.

    Returns
    -------
    One row a pair that Holm's rule over all pairs of the theory lets stand, the strongest first. Columns: theory,
    first, second (settings), kept, correlation (in kept worlds), prior (the same in prior draws), p, p_holm. No row
    where fewer than 10 worlds are kept.

    Examples
    --------
    >>> u = np.random.default_rng(1).random((4000, 3))
    >>> bank = PriorDraws("toy", np.arange(4000), pd.DataFrame(u, columns=["a", "b", "c"]),
    ...     pd.DataFrame(index=range(4000)), pd.DataFrame({"P": np.abs(u[:, 0] + u[:, 1] - 1) < 0.1}), 400,
    ...     pd.DataFrame({"setting": ["a", "b", "c"], "status": "assumed"}))
    >>> dependence_table(bank)[["first", "second"]].to_numpy().tolist()
    [['a', 'b']]
    """
    columns = ["theory", "first", "second", "kept", "correlation", "prior", "p", "p_holm"]
    rows = np.flatnonzero(draws.kept)
    pairs = list(combinations(range(len(draws.settings)), 2))
    if len(rows) < PAIRS_FEWEST or not pairs:
        return pd.DataFrame(columns=columns)
    # The whole prior, not the draws that were turned down: those hang together the other way round.
    before = draws.quantiles.iloc[:PAIRS_PRIOR].to_numpy(dtype=np.float64)
    after = draws.quantiles.iloc[rows].to_numpy(dtype=np.float64)
    one, two = np.array(pairs).T
    r, prior = _spearman(after)[one, two], _spearman(before)[one, two]
    spread = np.sqrt(_FIELLER / (len(after) - 3) + _FIELLER / (len(before) - 3))
    p = 2 * stats.norm.sf(np.abs(_fisher(r) - _fisher(prior)) / spread)
    table = pd.DataFrame(
        {
            "theory": draws.theory,
            "first": _named(draws.settings, one),
            "second": _named(draws.settings, two),
            "kept": len(after),
            "correlation": r,
            "prior": prior,
            "p": p,
            "p_holm": np.array(holm([None if np.isnan(value) else float(value) for value in p]), dtype=np.float64),
        }
    )
    told = table[table["p_holm"] < ALPHA]
    order = (told["correlation"] - told["prior"]).abs().sort_values(ascending=False, kind="stable").index
    return told.loc[order].reset_index(drop=True)


def _spearman(u: FloatArray) -> FloatArray:
    """Rank correlations of all columns; NaN for a column that does not vary."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.atleast_2d(np.corrcoef(stats.rankdata(u, axis=0), rowvar=False))


def _fisher(r: FloatArray) -> FloatArray:
    return np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))


def _named(settings: Sequence[str], positions: np.ndarray) -> list[str]:
    return [settings[position] for position in positions]
