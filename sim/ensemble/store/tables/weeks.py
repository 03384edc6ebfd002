"""The table of weeks: how many officers had left by the end of each."""

from __future__ import annotations

import pyarrow as pa

from sim.ensemble.engine.result_tables import week_table
from sim.ensemble.store.tables.block_table import BlockTable
from sim.ensemble.store.tables.interface import RUN, RUN_COLUMNS, Column


def columns() -> tuple[Column, ...]:
    """What names the run, the last day of the week, and who was out by then."""
    day = Column("day", pa.date32(), "date", "last day of a week, a Sunday, or of the run; values are those after it")
    return (*RUN_COLUMNS, day, Column("out", pa.float32(), "officers", "officers who have left so far"))


TABLE = BlockTable(
    name="weeks",
    text="One row a run and week, runs of good status only, from `tabletop explore`: a hundredth of what days take.",
    keys=(*RUN, "day"),
    columns=columns,
    rows=week_table,
    wanted=lambda settings: False,
)
"""No setting asks for it; a command that shows many cases in time does (``Plan.kept``)."""
