"""The table of unknowns: the value of each drawn setting in each run, for readers that cannot draw them again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sim.ensemble.cases.priors import priors_of
from sim.ensemble.engine.block import Result, values_of_runs
from sim.ensemble.engine.result_tables import keys
from sim.ensemble.store.tables.block_table import BlockTable
from sim.ensemble.store.tables.interface import RUN, RUN_COLUMNS, Column
from sim.model.withdrawal import THEORIES
from sim.settings.schema import FIXED


def columns() -> tuple[Column, ...]:
    """What names the run, and every setting that may be drawn under some theory."""
    known = {p.key: p for theory in THEORIES.values() for p in (*FIXED, *theory.parameters)}
    drawn = dict.fromkeys(key for theory in THEORIES for key in priors_of(theory))
    units = {key: "" if key.startswith("theory.") else known[key].unit for key in drawn}
    return (*RUN_COLUMNS, *(Column(key, pa.float64(), units[key], known[key].text) for key in drawn))


def rows(result: Result) -> pa.Table:
    """One row a run of good status, of cases that draw something; null where a setting is held."""
    block = result.block
    drawn = np.array([bool(case.unknowns.drawn) for case in block.cases])[block.case_of_run]
    good = np.flatnonzero(np.array([not message for message in result.messages]) & drawn)
    if not len(good):
        return pa.table({})
    values, table = values_of_runs(block), keys(block, good)
    for key in dict.fromkeys(key for case in block.cases for key in case.unknowns.drawn):
        has = np.array([key in case.unknowns.drawn for case in block.cases])[block.case_of_run[good]]
        table[key] = pa.array(values[key][good], mask=~has)
    return pa.table(table)


TABLE = BlockTable(
    name="unknowns",
    text="One row a run of a case that draws settings, runs of good status only; with `ensemble.unknowns=true`. "
    "Without it they can be computed at any time (`Runs.unknowns` in Python).",
    keys=RUN,
    columns=columns,
    rows=rows,
    wanted=lambda settings: bool(settings["ensemble.unknowns"]),
)
