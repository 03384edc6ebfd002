"""Which curves of an ensemble are central, as whole curves.

Pointwise quantiles hide peaks that come on different days; curves ranked as wholes keep them (Juul, Græsbøll,
Christiansen and Lehmann 2021, *Nature Physics* 17). The rank is the modified band depth of López-Pintado and
Romo (2009), by counting ranks as in Sun, Genton and Nychka (2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import FloatArray


def modified_band_depth(curves: FloatArray) -> FloatArray:
    """How central each curve is: the share of pairs of curves that enclose it, averaged over days.

    Each pair's band includes its edges, so a curve lies within every pair that it is part of, and ties count
    as enclosed. Costs a sort a day. Days on which a curve is missing (NaN) do not count for it; a curve that
    is missing on all days has depth 0.

    Parameters
    ----------
    curves
        Runs × days, two runs or more.

    Returns
    -------
    Depths from 0 to 1, one a run.

    Example
    -------
    >>> modified_band_depth(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])).round(3).tolist()
    [0.667, 1.0, 0.667]
    """
    runs = len(curves)
    if runs < 2:
        raise ValueError(f"{runs} curve: depth compares two or more")
    enclosed, counted = np.zeros(runs), np.zeros(runs)
    for today in curves.T:
        there = ~np.isnan(today)
        present = today[there]
        if present.size < 2:
            continue
        ordered = np.sort(present)
        below = np.searchsorted(ordered, present, side="left")
        above = present.size - np.searchsorted(ordered, present, side="right")
        enclosed[there] += 1 - (_pairs(below) + _pairs(above)) / _pairs(np.asarray(present.size))
        counted[there] += 1
    return np.divide(enclosed, counted, out=np.zeros(runs), where=counted > 0)


def _pairs(count: np.ndarray) -> np.ndarray:
    return count * (count - 1) / 2


@dataclass(frozen=True, slots=True)
class Centre:
    """The most central curves: the envelope of the deepest half, and the place of the deepest one.

    ``low`` and ``high`` have one value a day, NaN where none of the central curves has one.
    """

    low: FloatArray
    high: FloatArray
    deepest: int


def centre(curves: FloatArray) -> Centre:
    """The envelope of the deepest half of the curves (runs × days), or one; ties go to the first."""
    if len(curves) == 1:
        return Centre(curves[0], curves[0], 0)
    order = np.argsort(-modified_band_depth(curves), kind="stable")
    chosen = curves[order[: int(np.ceil(len(curves) / 2))]]
    gone = np.isnan(chosen).all(axis=0)
    low = np.where(np.isnan(chosen), np.inf, chosen).min(axis=0)
    high = np.where(np.isnan(chosen), -np.inf, chosen).max(axis=0)
    low[gone] = high[gone] = np.nan
    return Centre(low, high, int(order[0]))
