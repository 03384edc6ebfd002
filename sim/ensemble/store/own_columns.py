"""Outcomes that someone added, from rows of their own table to columns of the runs."""

from __future__ import annotations

import pandas as pd

from sim.arrays import EPOCH
from sim.ensemble.store.tables.interface import RUN


def is_date(name: str) -> bool:
    """Whether an outcome is a date: the register has every date called so, and no other (:mod:`sim.outcomes.entry`)."""
    return name.endswith("_date")


def beside(runs: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """The table of runs with a column for each outcome that has rows in ``own``.

    Parameters
    ----------
    runs
        One row a run, with case, root_seed and replicate.
    own
        Rows of the table ``own``: the run, the outcome and its value, each once.

    Returns
    -------
    The runs in their order; added columns by name, float64, or datetime64 for a date, null where a run has no row.
    """
    if own.empty:
        return runs
    wide = own.astype({"value": float}).pivot(index=list(RUN), columns="outcome", values="value")
    wide = wide[[name for name in wide.columns if name not in runs]]
    for name in filter(is_date, wide.columns):
        wide[name] = pd.to_datetime(wide[name] - EPOCH, unit="D").astype("datetime64[ms]")
    return runs.merge(wide.reset_index(), how="left", on=list(RUN))
