"""The table of officers: when each came to want out, when he left, where he stood at the end, and who he was."""

from __future__ import annotations

import pyarrow as pa

from sim.ensemble.engine.officer_table import officer_table
from sim.ensemble.store.tables.block_table import BlockTable
from sim.ensemble.store.tables.interface import RUN, RUN_COLUMNS, Column
from sim.model.state import Letter, Stage

_WHOLE, _NUMBER, _DATE, _WORD = pa.int32(), pa.float32(), pa.date32(), pa.string()


def columns() -> tuple[Column, ...]:
    """What names the run, and what is kept of an officer."""
    return (
        *RUN_COLUMNS,
        Column("officer", _WHOLE, "number",
               "place in the pool, from 0; the same officer in every case of the root seed"),
        Column("squad", _WHOLE, "number", "his squad, from 0"),
        Column("leader", _WHOLE, "0 or 1", "1 if he leads it"),
        Column("intent_date", _DATE, "date", "day on which he came to want out; null if never"),
        Column("left_date", _DATE, "date", "day on which he left; null if he did not"),
        Column("stage", _WORD, "word", f"where he stands at the end: {', '.join(s.name.lower() for s in Stage)}"),
        Column("letter", _WORD, "word", f"what became of his wish: {', '.join(s.name.lower() for s in Letter)}"),
        Column("perceived_hazard", _NUMBER, "probability", "hazard of a tour that he perceives on the last day"),
        Column("baseline", _NUMBER, "logits", "trait: the hazard of a tour that he perceives at the reference"),
        Column("dread", _NUMBER, "1", "trait: how strongly news moves him; median 1"),
        Column("efficacy", _NUMBER, "sd", "trait: how able he thinks the mission is; standard normal"),
        Column("pay_need", _NUMBER, "1", "trait: how much the pay means to him; median 1"),
        Column("frailty", _NUMBER, "1", "trait: what his hazard is multiplied by; mean 1"),
        Column("tolerance", _NUMBER, "1", "what his cumulated hazard must reach before he wants out"),
        Column("friction", _NUMBER, "1",
               "trait: his wish is blocked where this is below the friction; uniform on 0 to 1"),
    )  # fmt: skip


TABLE = BlockTable(
    name="officers",
    text="One row a run and officer, runs of good status only, with `ensemble.officers=true`.",
    keys=(*RUN, "officer"),
    columns=columns,
    rows=officer_table,
    wanted=lambda settings: bool(settings["ensemble.officers"]),
)
