"""The result of a block as rows of the store's tables.

Arrow tables from arrays, column by column: through pandas a block's rows would cost several times as much, and with
blocks of a hundred runs that is seen in the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.arrays import EPOCH
from sim.ensemble.cases.unknowns import FIXED
from sim.ensemble.engine.block import Block, Result
from sim.outcomes import OUTCOMES

Failure = tuple[str, int, str]
"""Case, replicate and message of a run that failed."""


def outcome_rows(result: Result) -> pd.DataFrame:
    """One row a run, as the store keeps them."""
    return outcome_table(result).to_pandas()


def outcome_table(result: Result) -> pa.Table:
    """:func:`outcome_rows` as the store takes them."""
    columns = keys(result.block)
    columns["world"] = _worlds(result.block)
    columns["status"] = pa.array(["failed" if message else "ok" for message in result.messages], pa.string())
    columns["message"] = pa.array(result.messages, pa.string())
    for outcome in OUTCOMES:
        values = result.outcomes[outcome.name]
        columns[outcome.name] = days_of(values) if outcome.type == "date" else numbers(values)
    return pa.table(columns)


def day_table(result: Result) -> pa.Table:
    """One row a run and day, runs of good status only, as the store takes them."""
    good = np.array([not message for message in result.messages])
    if not result.series or not good.any():
        return pa.table({})
    return by_day(result.block, np.flatnonzero(good), {name: values[:, good] for name, values in result.series.items()})


def week_table(result: Result) -> pa.Table:
    """One row a run and week, runs of good status only: the officers out by its last day, or by the run's."""
    good = np.array([not message for message in result.messages])
    if not result.series or not good.any():
        return pa.table({})
    start = result.block.cases[0].values["clock.start"]
    assert isinstance(start, date)
    days = len(result.series["out"])
    ends = week_ends(start, days)
    columns = keys(result.block, np.repeat(np.flatnonzero(good), len(ends)))
    when = (np.datetime64(start, "D") + ends).astype("datetime64[s]")
    columns["day"] = pa.array(np.tile(when, int(good.sum())))
    columns["out"] = numbers(result.series["out"][ends][:, good].T.ravel())
    return pa.table(columns)


def week_ends(start: date, days: int) -> np.ndarray:
    """Places, among so many days from ``start`` on, of Sundays and of the last day.

    >>> week_ends(date(2024, 3, 1), 12)
    array([ 2,  9, 11])
    """
    ends = np.arange(6 - start.weekday(), days, 7)
    return ends if len(ends) and ends[-1] == days - 1 else np.append(ends, days - 1)


def by_day(block: Block, runs: np.ndarray, series: Mapping[str, np.ndarray]) -> pa.Table:
    """Values ``(days, runs)`` by name, from the first day of a block on, as one row a run and day; run after run."""
    days = next(iter(series.values())).shape[0]
    start = block.cases[0].values["clock.start"]
    assert isinstance(start, date)
    columns = keys(block, np.repeat(runs, days))
    when = (np.datetime64(start, "D") + np.arange(days)).astype("datetime64[s]")
    columns["day"] = pa.array(np.tile(when, len(runs)))
    for name, values in series.items():
        columns[name] = numbers(values.T.ravel())
    return pa.table(columns)


def failed_table(block: Block, message: str) -> pa.Table:
    """One row a run for runs that never came back."""
    columns = keys(block)
    columns["world"] = _worlds(block)
    columns["status"] = pa.array(["failed"] * block.runs, pa.string())
    columns["message"] = pa.array([message] * block.runs, pa.string())
    return pa.table(columns)


def failures(result: Result) -> Iterator[Failure]:
    """The runs of a block that failed."""
    for run, message in enumerate(result.messages):
        if message:
            case = result.block.cases[result.block.case_of_run[run]]
            yield case.id, int(result.block.replicates[run]), message


def keys(block: Block, runs: np.ndarray | None = None) -> dict[str, pa.Array]:
    """Columns that say which run of the block each row belongs to; ``runs`` by row, or each run once."""
    runs = np.arange(block.runs) if runs is None else runs
    ids = pa.array([case.id for case in block.cases], pa.string())
    return {
        "case": ids.take(pa.array(block.case_of_run[runs])),
        "replicate": pa.array(block.replicates[runs]),
        "root_seed": pa.array(np.full(len(runs), block.root_seed, dtype=np.int64)),
        "future": pa.array(block.future_of_run[runs]),
    }


def _worlds(block: Block) -> pa.Array:
    """World of each run; null where nothing is drawn."""
    drawn = np.array([case.mode != FIXED for case in block.cases])[block.case_of_run]
    return pa.array(block.world_of_run, mask=~drawn)


def numbers(values: np.ndarray) -> pa.Array:
    """A column of float32 in which NaN is null."""
    return pa.array(values.astype(np.float32), from_pandas=True)


def days_of(ordinals: np.ndarray) -> pa.Array:
    """A column of dates from proleptic ordinals; NaN is null."""
    known = ~np.isnan(ordinals)
    since = np.where(known, ordinals, EPOCH).astype(np.int32) - np.int32(EPOCH)
    return pa.array(since, mask=~known).cast(pa.date32())
