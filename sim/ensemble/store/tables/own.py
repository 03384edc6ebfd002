"""The table of own outcomes: those that someone added, one row each, since parts of runs must have the same columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sim.ensemble.engine.block import Result
from sim.ensemble.engine.result_tables import keys
from sim.ensemble.store.tables.block_table import BlockTable
from sim.ensemble.store.tables.interface import RUN, RUN_COLUMNS, Column
from sim.outcomes import added_outcomes


def columns() -> tuple[Column, ...]:
    """What names the run, the outcome, and its value."""
    return (
        *RUN_COLUMNS,
        Column("outcome", pa.string(), "word", "name of the outcome"),
        Column("value", pa.float64(), "the outcome's",
               "its value; a date is its proleptic ordinal, 1 for 1 January of the year 1"),
    )  # fmt: skip


def rows(result: Result) -> pa.Table:
    """One row a run and added outcome, of runs of good status; none where the outcome could not be computed."""
    good = np.array([not message for message in result.messages])
    by_outcome = []
    for name, values in result.added.values.items():
        runs = np.flatnonzero(good & result.added.known[name])
        own = {"outcome": pa.array([name] * len(runs), pa.string()), "value": pa.array(values[runs], from_pandas=True)}
        by_outcome.append(pa.table({**keys(result.block, runs), **own}))
    return pa.concat_tables(by_outcome) if by_outcome else pa.table({})


TABLE = BlockTable(
    name="own",
    text="One row a run and outcome that someone added (docs/EXTENDING.md), runs of good status only. `sim.load`, "
    "`tabletop query` and all that reads runs here give each of these outcomes as one more column of the runs.",
    keys=(*RUN, "outcome"),
    columns=columns,
    needs=("outcome", lambda: [outcome.name for outcome in added_outcomes()]),
    rows=rows,
    wanted=lambda settings: bool(added_outcomes()),
)
