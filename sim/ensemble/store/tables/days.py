"""The table of days: the daily series of each run."""

from __future__ import annotations

import pyarrow as pa

from sim.ensemble.engine.result_tables import day_table
from sim.ensemble.store.tables.block_table import BlockTable
from sim.ensemble.store.tables.interface import RUN, RUN_COLUMNS, Column, column_of
from sim.outcomes import SERIES


def columns() -> tuple[Column, ...]:
    """What names the run, the day, and every series."""
    day = Column("day", pa.date32(), "date", "calendar day; values are those after the day is over")
    return (*RUN_COLUMNS, day, *map(column_of, SERIES))


TABLE = BlockTable(
    name="days",
    text="One row a run and day, runs of good status only. `tabletop run` keeps it; `ensemble.days=false` does not.",
    keys=(*RUN, "day"),
    columns=columns,
    rows=day_table,
    wanted=lambda settings: bool(settings["ensemble.days"]),
)
