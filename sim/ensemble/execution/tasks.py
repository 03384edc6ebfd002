"""What a worker does: step one block and write its rows to the store as parts of its own.

A part is whole on the disk before the worker says so; whatever is killed after that, the runs are there. A worker that
cannot see the store's folder hands its rows back instead, and whoever asked writes them.
"""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa

from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.officer_table import officer_table
from sim.ensemble.engine.result_tables import day_table, failures, outcome_table
from sim.ensemble.execution.report import Failure
from sim.ensemble.store.store import Store
from sim.errors import TabletopError, UserMistake
from sim.model.events import Event


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
        return [replace(self, block=_alone(self.block, run)) for run in range(self.block.runs)]


@dataclass(frozen=True)
class Done:
    """What came of a task: its failed runs, and the parts it wrote or else the rows for them."""

    runs: int
    failures: tuple[Failure, ...]
    parts: tuple[str, ...] = ()
    rows: tuple[tuple[str, pa.Table], ...] = ()


def tasks(blocks: Iterable[Block], plan: Plan, store: Store) -> Iterator[Task]:
    """The tasks of a plan's blocks.

    Cases are stripped of what only people read, once, and equal event tables are made one object, because a table has
    dozens of rows and most of a sweep's cases share it: a block is then a tenth of the size on its way.
    """
    bare: dict[str, Case] = {}
    tables: dict[tuple[Event, ...], tuple[Event, ...]] = {}
    folder = str(store.folder.resolve())
    for block in blocks:
        for case in block.cases:
            if case.id not in bare:
                bare[case.id] = case.bare(tables.setdefault(case.events, case.events))
        sent = replace(block, cases=tuple(bare[case.id] for case in block.cases))
        yield Task(sent, plan.tables, folder, store.model_version, store.record)


Rows = list[tuple[str, pa.Table]]


def rows_of(block: Block, tables: Sequence[str]) -> tuple[Rows, tuple[Failure, ...]]:
    """Step a block: the rows of each table wanted, those of the runs last, and what failed."""
    result = simulate(block)
    rows: Rows = []
    if "days" in tables:
        rows.append(("days", day_table(result)))
    if "officers" in tables:
        good = [run for run, message in enumerate(result.messages) if not message]
        rows.append(("officers", officer_table(block, good)))
    rows.append(("runs", outcome_table(result)))
    return rows, tuple(failures(result))


def work(task: Task) -> Done:
    """Do one task; raises UserMistake when the store cannot be written."""
    rows, failed = rows_of(task.block, task.tables)
    if task.ships or not (Path(task.folder) / "manifest.json").exists():
        return Done(task.block.runs, failed, rows=tuple(rows))
    store = Store.open(task.folder, model_version=task.model_version, record=task.record, create=False)
    return Done(task.block.runs, failed, parts=write(store, rows))


def work_elsewhere(task: Task, asker: str) -> Done:
    """Do one task on another machine.

    Raises
    ------
    UserMistake
        When the store cannot be written, or other versions are installed here than where ``asker`` is.
    """
    if installed() != asker:
        right = f"a worker on {platform.node()} has {installed()}, and this is {asker}; install the same everywhere"
        raise UserMistake("executor", "dask", right)
    try:
        return work(task)
    except TabletopError:
        raise
    except Exception as fault:
        # Dask sends the traceback along, and a client waits for ever for one that cannot be sent.
        raise RuntimeError(f"{type(fault).__name__}: {fault}") from None


def write(store: Store, rows: Sequence[tuple[str, pa.Table]]) -> tuple[str, ...]:
    """Append rows, those of the runs last, since a run counts as finished only then; the parts' names."""
    before = len(store.parts_written)
    for name, table in rows:
        if len(table):
            store.add(name, table)
    return tuple(store.parts_written[before:])


def settle() -> None:
    """Prepare a worker process: an interrupt is its parent's to handle, and it must not outlive him."""
    import multiprocessing
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@cache
def installed() -> str:
    """What must be equal wherever runs of one store are computed."""
    from sim.model import MODEL_VERSION
    from sim.record import load

    return f"model version {MODEL_VERSION}, record {load().hash[:12]}, NumPy {np.__version__}"


def _alone(block: Block, run: int) -> Block:
    """One run with its own case only."""
    case = block.cases[int(block.case_of_run[run])]
    return replace(block, cases=(case,), case_of_run=np.zeros(1, dtype=np.int64),
                   replicates=block.replicates[run : run + 1])  # fmt: skip
