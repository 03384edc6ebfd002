"""What the drawn settings are in runs that have been made: a function of their addresses, so nothing need be kept."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.arrays import FloatArray, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import RUN
from sim.ensemble.cases.unknown_draws import prior_quantiles
from sim.ensemble.engine.block import Block, values_of_runs


def values_in_worlds(case: Case, root_seed: int, worlds: Ints) -> dict[str, FloatArray]:
    """Each drawn setting of a case in some worlds, ``(worlds,)`` each, in its own unit."""
    numbers = np.asarray(worlds, dtype=np.int64)
    values = values_of_runs(Block((case,), np.zeros(len(numbers), dtype=np.int64), numbers, root_seed))
    return {key: values[key] for key in case.unknowns.drawn}


def quantiles_in_worlds(case: Case, root_seed: int, worlds: Ints) -> pd.DataFrame:
    """Where in its prior each drawn setting of a case lies, 0 to 1: a row a world, a column a setting."""
    drawn = case.unknowns.drawn
    return pd.DataFrame(prior_quantiles(drawn, case.theory, case.luck_seed(root_seed), np.asarray(worlds)))


def unknowns_of_runs(cases: Iterable[Case], runs: pd.DataFrame) -> pd.DataFrame:
    """The drawn settings of rows of a table of runs, in its order.

    Returns
    -------
    Columns ``case``, ``root_seed``, ``replicate``, ``future``, and every setting that one of the cases draws; null
    where another holds it.
    """
    parts = []
    for case in cases:
        for seed, rows in runs[runs["case"] == case.id].groupby("root_seed"):
            values = values_in_worlds(case, int(str(seed)), rows["replicate"].to_numpy())
            parts.append(pd.DataFrame({**{key: rows[key].to_numpy() for key in RUN}, **values}, index=rows.index))
    return pd.concat(parts).sort_index() if parts else pd.DataFrame(columns=list(RUN))
