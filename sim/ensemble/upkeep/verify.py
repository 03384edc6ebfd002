"""Is a store what it was? Every part's bytes against its name, and a sample of runs lived again, bit by bit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import run_numbers
from sim.ensemble.design.plan import Plan, blocks
from sim.ensemble.engine.block import simulate
from sim.ensemble.engine.result_tables import outcome_rows
from sim.ensemble.store.store import OWN, RUNS, Store
from sim.ensemble.store.tables import own
from sim.ensemble.store.tables.interface import RUN
from sim.outcomes import OUTCOMES, Outcome


@dataclass(frozen=True)
class Difference:
    """An outcome of one run that is stored with another value than the run has when it is lived again."""

    case: str
    root_seed: int
    replicate: int
    future: int
    outcome: str
    stored: Any
    again: Any


def set_damaged_aside(store: Store) -> dict[Path, Path]:
    """Move every damaged part out of its table; where each was, and where it is now."""
    return {part: store.set_aside(part) for part in store.damaged()}


def sample_runs(store: Store, size: int, seed: int) -> pd.DataFrame:
    """``size`` good runs at random, or all when there are fewer, of cases whose settings the store has."""
    runs = store.finished_runs().sort_values(list(RUN), ignore_index=True)
    runs = runs[runs["case"].isin(store.cases()["case"])]
    chosen = np.random.default_rng(seed).choice(len(runs), size=min(size, len(runs)), replace=False)
    return runs.iloc[np.sort(chosen)].reset_index(drop=True)


def relive(
    store: Store, runs: pd.DataFrame, progress: Callable[[int], None] | None = None, block: int = 128
) -> list[Difference]:
    """Live runs again from the settings that the store has, and name every outcome that is not the same bit for bit.

    Parameters
    ----------
    runs
        case, root_seed, replicate and future of good runs.

    Raises
    ------
    StoreDamaged
        When a case cannot be rebuilt from its row.
    """
    rows = store.cases().set_index("case", drop=False)
    cases = {str(name): Case.from_row(rows.loc[name].to_dict()) for name in runs["case"].unique()}
    stored, added = (store.table(name, list(cases)) for name in (RUNS, OWN))
    return relive_rows(cases, stored, added, runs, progress, block)


def relive_rows(
    cases: Mapping[str, Case],
    stored: pd.DataFrame,
    added: pd.DataFrame,
    runs: pd.DataFrame,
    progress: Callable[[int], None] | None = None,
    block: int = 128,
) -> list[Difference]:
    """As :func:`relive`, of tables wherever they come from.

    Parameters
    ----------
    cases
        By id, those of the runs.
    stored, added
        What was kept of the runs: a store's tables of runs and of added outcomes, or rows like them.
    """
    stored = stored.set_index(list(RUN))
    differences: list[Difference] = []
    for root_seed, of_seed in runs.groupby("root_seed"):
        wanted = {str(case): run_numbers(rows) for case, rows in of_seed.groupby("case")}
        plan = Plan(tuple(cases[name] for name in wanted), range(0), int(str(root_seed)), block=block)
        for of in blocks(plan, wanted):
            result = simulate(of)
            again = outcome_rows(result).set_index(list(RUN))
            differences += _differences(stored.loc[again.index], again)
            differences += _added_differences(added, own.rows(result))
            if progress:
                progress(of.runs)
    return differences


def _differences(stored: pd.DataFrame, again: pd.DataFrame) -> list[Difference]:
    differences = []
    runs = list(again.index)
    for outcome in OUTCOMES:
        name = outcome.name
        before = stored[name] if name in stored else pd.Series(np.nan, index=again.index)
        unlike = _bits(outcome, before) != _bits(outcome, again[name])
        for row in map(int, np.flatnonzero(unlike)):
            case, seed, replicate, future = runs[row]
            run = str(case), int(seed), int(replicate), int(future)
            differences.append(Difference(*run, name, before.iloc[row], again[name].iloc[row]))
    return differences


def _added_differences(stored: pd.DataFrame, again: pa.Table) -> list[Difference]:
    """The same of outcomes that someone added, as far as the store has them."""
    if stored.empty or not len(again):
        return []
    keys = list(own.TABLE.keys)
    both = stored.merge(again.to_pandas(), on=keys, suffixes=("", "_again"))
    before, after = both["value"].to_numpy(dtype=float), both["value_again"].to_numpy(dtype=float)
    unlike = both[(before != after) & ~(np.isnan(before) & np.isnan(after))]
    return [Difference(*row) for row in unlike[[*keys, "value", "value_again"]].itertuples(index=False)]


def _bits(outcome: Outcome, values: pd.Series) -> np.ndarray:
    """A column as whole numbers that are equal where the stored bits are; every null is the same."""
    if outcome.type == "date":
        return pd.to_datetime(values).to_numpy("datetime64[D]").astype(np.int64)
    numbers = values.to_numpy(dtype=np.float32, na_value=np.nan)
    return np.where(np.isnan(numbers), np.float32(np.nan), numbers).view(np.int32)
