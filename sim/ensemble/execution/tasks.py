"""What a worker does: step one block, write what is bulky of it to the store, and hand back the rest.

A part is whole on the disk before the worker says so. Few rows are handed back to whoever asked, who writes those of
many blocks as one part, so that a store of many runs does not become one of many small parts. A worker that cannot see
the store's folder hands back all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.result_tables import Failure, failures
from sim.ensemble.store.store import RUNS, Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.block_table import BlockTable
from sim.model.events import Event

BULKY = 2_000_000
"""Bytes of a block's rows of one table that make a part of their own."""
Rows = tuple[tuple[str, pa.Table], ...]
"""Names of tables, and rows for them."""


@dataclass(frozen=True)
class Task:
    """A block to be done, the tables wanted, and the store that they go to; small enough to be sent around."""

    block: Block
    tables: tuple[str, ...]
    folder: str
    model_version: int
    record: str
    ships: bool = False

    def singles(self) -> list[Task]:
        """A task for each run."""
        return [replace(self, block=self.block.single(run)) for run in range(self.block.runs)]


@dataclass(frozen=True)
class Done:
    """What came of a task: its failed runs, the parts it wrote or else the rows for them.

    ``faults`` are those of outcomes that someone added, by name.
    """

    runs: int
    failures: tuple[Failure, ...]
    parts: tuple[str, ...] = ()
    rows: Rows = ()
    faults: tuple[tuple[str, str], ...] = ()


def tasks(blocks: Iterable[Block], tables: Sequence[str], store: Store) -> Iterator[Task]:
    """The tasks of these blocks, for rows of these tables.

    Cases are stripped of what only people read, once, and equal event tables are made one object, because a table has
    dozens of rows and most of a sweep's cases share it: a block is then a tenth of the size on its way.
    """
    bare: dict[str, Case] = {}
    events: dict[tuple[Event, ...], tuple[Event, ...]] = {}
    folder = str(store.folder.resolve())
    for block in blocks:
        for case in block.cases:
            if case.id not in bare:
                bare[case.id] = case.bare(events.setdefault(case.events, case.events))
        sent = replace(block, cases=tuple(bare[case.id] for case in block.cases))
        yield Task(sent, tuple(tables), folder, store.model_version, store.record)


def compute(block: Block, tables: Sequence[str]) -> Done:
    """Step a block: the rows of each table that is named, in that order, and what failed."""
    result = simulate(block)
    chosen = [table for name in tables if isinstance(table := TABLES[name], BlockTable)]
    rows = tuple((table.name, table.rows(result)) for table in chosen)
    return Done(block.runs, tuple(failures(result)), rows=rows, faults=tuple(result.added.faults.items()))


def work(task: Task) -> Done:
    """Do one task; raises UserMistake when the store cannot be written."""
    done = compute(task.block, task.tables)
    bulky = [(name, table) for name, table in done.rows if table.nbytes > BULKY]
    if any(name == RUNS for name, _ in bulky):  # a run counts as finished with its row there, so all else comes first
        bulky = list(done.rows)
    if not bulky or task.ships or not (Path(task.folder) / "manifest.json").exists():
        return done
    store = Store.open(task.folder, model_version=task.model_version, record=task.record, create=False)
    written = {name for name, _ in bulky}
    light = tuple((name, table) for name, table in done.rows if name not in written)
    return replace(done, parts=write(store, bulky), rows=light)


def write(store: Store, rows: Sequence[tuple[str, pa.Table]]) -> tuple[str, ...]:
    """Append rows, those of the runs last, since a run counts as finished only then; the parts' names."""
    before = len(store.parts_written)
    for name, table in rows:
        if len(table):
            store.add(name, table)
    return tuple(store.parts_written[before:])
