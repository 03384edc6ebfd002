"""The table of runs: who has a row here with a good status is finished."""

from __future__ import annotations

import pyarrow as pa

from sim.ensemble.engine.result_tables import outcome_table
from sim.ensemble.store.tables.block_table import BlockTable
from sim.ensemble.store.tables.interface import GOOD, RUN, RUN_COLUMNS, Column, column_of
from sim.outcomes import OUTCOMES


def columns() -> tuple[Column, ...]:
    """What names the run, how it ended, and every outcome."""
    return (
        *RUN_COLUMNS,
        Column("world", pa.int32(), "number", "draw of what nobody knows; null under unknowns=fixed"),
        Column("status", pa.string(), "word", "ok or failed; a good row of the same run outranks a failed one"),
        Column("message", pa.string(), "text", "why a run failed: theory, day and cause; empty otherwise"),
        *map(column_of, OUTCOMES),
    )


TABLE = BlockTable(
    name="runs",
    text="One row a run, failed ones included; the outcomes are null there.",
    keys=RUN,
    columns=columns,
    first=("status", GOOD),
    rows=outcome_table,
    wanted=lambda settings: True,
)
