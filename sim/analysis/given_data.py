"""Which settings an outcome goes with over worlds that are there already: first-order shares, without any design.

Worlds that lived the record have unknowns that depend on each other, because the record ties them together. Indices
that rest on independent inputs, as Sobol' and Morris do, cannot be had of them; shares of each setting alone can
(:mod:`sim.analysis.statistics.correlation_ratio`), if one bears in mind that a setting's share holds what goes with it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.lived_record import luck_share
from sim.analysis.sensitivity import COLUMNS, Sensitivity
from sim.analysis.statistics.correlation_ratio import LEAST, correlation_ratios
from sim.analysis.statistics.multiplicity import holm
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.run_unknowns import values_in_worlds
from sim.errors import UserMistake
from sim.outcomes import check_outcome

WORLDS = "worlds"
"""What stands where a design's name would."""


def shares_in_worlds(case: Case, root_seed: int, runs: pd.DataFrame, outcome: str) -> Sensitivity:
    """Of what an outcome varies by from world to world, the share that goes with each drawn setting.

    Parameters
    ----------
    case
        Whose settings are drawn.
    root_seed
        Family of luck of its runs.
    runs
        Rows of the table of runs; the 0th future of each world counts, so that every world does so once.
    outcome
        Name of a number that runs have.

    Returns
    -------
    ``table`` has one row a drawn setting, the largest share first, and as columns those of a design's table: index is
    ``first``, its value and interval (95 %, bootstrap over worlds) shares of the variance of single runs from 0 to 1,
    low_input and high_input the least and the largest value among the worlds in the setting's unit, effect_low and
    effect_high the mean outcome over the quarter of worlds in which the setting is lowest and highest; and beside them
    ``p``, Holm's p-value over all settings of there being no share at all. ``luck_share`` is that of the packaged split
    of luck and unknowns, NaN where it does not know these worlds, and ``parameter_share`` the rest; ``points`` counts
    worlds, ``lacking`` are runs without a value.

    Raises
    ------
    UserMistake
        For an outcome that is a date or that there is not, and for fewer than 50 worlds with a value.
    """
    check_outcome("--outcome", outcome, drawn=True, among=runs)
    rows = runs[(runs["case"] == case.id) & (runs["root_seed"] == root_seed) & (runs["future"] == 0)]
    numbers = rows[outcome].to_numpy(dtype=float)
    has = np.isin(rows["replicate"], good(rows)["replicate"]) & np.isfinite(numbers)
    lacking = rows.loc[~has, ["case", "replicate", "future"]].reset_index(drop=True)
    worlds, values = rows["replicate"].to_numpy()[has], numbers[has]
    if len(worlds) < LEAST:
        raise UserMistake("--outcome", outcome, f"{len(worlds)} worlds have a value of it; shares need {LEAST}")
    drawn = values_in_worlds(case, root_seed, worlds)
    inputs = np.column_stack(list(drawn.values()))
    found = correlation_ratios(inputs, values)
    ends = [_outer_quarters(column, values) for column in inputs.T]
    table = pd.DataFrame([
        [key, "first", *np.maximum([found.share[n], found.low[n], found.high[n]], 0), inputs[:, n].min(),
         inputs[:, n].max(), *ends[n]]
        for n, key in enumerate(drawn)
    ], columns=COLUMNS)  # fmt: skip
    table["p"] = holm([float(p) for p in found.p])
    order = np.lexsort((np.arange(len(table)), -found.share))
    luck = luck_share(case, worlds, outcome)
    nothing = float("nan")
    return Sensitivity(
        (f"theory={case.theory}",), WORLDS, outcome, table.iloc[order].reset_index(drop=True),
        nothing if luck is None else 1 - luck, nothing if luck is None else luck, len(worlds), 1, case.id, lacking,
    )  # fmt: skip


def _outer_quarters(column: np.ndarray, outcome: np.ndarray) -> tuple[float, float]:
    """Mean outcome where a setting is lowest and where it is highest, equal values all taken in."""
    low, high = np.quantile(column, [0.25, 0.75])
    return float(outcome[column <= low].mean()), float(outcome[column >= high].mean())
