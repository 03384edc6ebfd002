"""What can be told apart: pretend that each theory is true, and see which one is named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.analysis.calibration.prior_draws import PriorDraws
from sim.arrays import FloatArray, Ints

EVERY_RUN, ALL_HOLD = "every run", "all patterns hold"


def confusion_table(banks: Sequence[PriorDraws]) -> pd.DataFrame:
    """Which theory yes-or-no patterns name, for runs of each theory.

    A run's cell is which patterns hold in it and which do not. Named is the theory with the highest share of its prior
    runs in that cell, theories weighted alike; the run itself is left out of its theory's share, and a tie is split
    evenly. In the cell of the record all runs get the same answer, so what stands there is 0 or 1, or split.

    Parameters
    ----------
    banks
        One bank a theory, all of the same patterns.

    Returns
    -------
    Two rows a true theory. Columns: theory (the true one), given (``every run`` or ``all patterns hold``), n (its
    runs), and for each theory, by its name, the share of them for which it is named; NaN where n is 0.

    Raises
    ------
    ValueError
        Where the banks do not have the same patterns.

    Examples
    --------
    >>> def bank(theory, holds):
    ...     return PriorDraws(theory, np.arange(4), pd.DataFrame(index=range(4)), pd.DataFrame(index=range(4)),
    ...         pd.DataFrame({"P": holds}), 400, pd.DataFrame({"setting": [], "status": []}))
    >>> mostly, never = bank("mostly", [True, True, True, False]), bank("never", [False] * 4)
    >>> confusion_table([mostly, never]).to_numpy().tolist()
    [['mostly', 'every run', 4, 0.75, 0.25], ['mostly', 'all patterns hold', 3, 1.0, 0.0],
     ['never', 'every run', 4, 0.0, 1.0], ['never', 'all patterns hold', 0, nan, nan]]
    """
    names = [bank.theory for bank in banks]
    if len({tuple(bank.passes.columns) for bank in banks}) > 1:
        raise ValueError("banks of different patterns cannot be compared")
    if not banks:
        return pd.DataFrame(columns=["theory", "given", "n"])
    cells, inverse = np.unique(np.concatenate([bank.cells for bank in banks]), return_inverse=True)
    ends = np.cumsum([len(bank) for bank in banks])[:-1]
    counts = np.array([np.bincount(part, minlength=len(cells)) for part in np.split(inverse, ends)])
    whole = 2 ** banks[0].passes.shape[1] - 1
    rows: list[list[object]] = []
    for true, named in enumerate(left_out_names(counts)):
        for given, among in ((EVERY_RUN, counts[true]), (ALL_HOLD, np.where(cells == whole, counts[true], 0))):
            n = int(among.sum())
            shares = among @ named / n if n else np.full(len(names), np.nan)
            rows.append([names[true], given, n, *shares.tolist()])
    return pd.DataFrame(rows, columns=["theory", "given", "n", *names])


def left_out_names(counts: Ints) -> list[FloatArray]:
    """For each theory, which one a run of it in each cell would be named, itself left out.

    Parameters
    ----------
    counts
        (theories, cells): runs in each cell.

    Returns
    -------
    An array (cells, theories) a true theory: 1 for the theory that is named, an even split where several are level.
    """
    n = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(n, 1)
    named = []
    for true in range(len(counts)):
        others = shares.copy()
        others[true] = np.maximum(counts[true] - 1, 0) / max(int(n[true, 0]) - 1, 1)
        best = others == others.max(axis=0)
        named.append((best / best.sum(axis=0)).T)
    return named
