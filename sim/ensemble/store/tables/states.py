"""The table of states: what each day of a run was like beyond its daily series."""

from __future__ import annotations

import pyarrow as pa

from sim.ensemble.engine.state_table import state_table
from sim.ensemble.store.tables.block_table import BlockTable
from sim.ensemble.store.tables.interface import RUN, RUN_COLUMNS, Column, column_of
from sim.outcomes.states import STATES


def columns() -> tuple[Column, ...]:
    """What names the run, the day, and every state."""
    day = Column("day", pa.date32(), "date", "calendar day; values are those after the day is over")
    return (*RUN_COLUMNS, day, *map(column_of, STATES))


TABLE = BlockTable(
    name="states",
    text="One row a run and day, runs of good status only, with `ensemble.states=true`: what the daily series leave "
    "out.",
    keys=(*RUN, "day"),
    columns=columns,
    rows=state_table,
    wanted=lambda settings: bool(settings["ensemble.states"]),
)
