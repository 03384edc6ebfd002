"""The table of attribution: each run without one of its causes (:mod:`sim.analysis.explain.attribution`)."""

from __future__ import annotations

import pyarrow as pa

from sim.ensemble.store.tables.interface import RUN, RUN_COLUMNS, Column, Table


def columns() -> tuple[Column, ...]:
    """What names the run, the cause that it is without, and who left."""
    return (
        *RUN_COLUMNS,
        Column("cause", pa.string(), "word", "the cause that is switched off"),
        Column("exits_in_surge", pa.float32(), "officers",
               "officers who left from 29 February to clock.record_end without that cause"),
        Column("exits_after_record", pa.float32(), "officers",
               "officers who left after clock.record_end without that cause"),
        Column("exits_by_end", pa.float32(), "officers", "officers who left by the end without that cause"),
    )  # fmt: skip


TABLE = Table(
    name="attribution",
    text="One row a run and cause, from `tabletop why DIR CASE`: the run without that cause.",
    keys=(*RUN, "cause"),
    columns=columns,
)
