"""From what is asked to what is on disk: run what is missing, here or on a crew of workers, and append it to a store.

What this process finishes is written every few seconds, and on the way out whatever happens; a worker writes each of
its blocks as soon as it is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain

import pandas as pd
import pyarrow as pa

from sim.ensemble.design.executor_settings import cores
from sim.ensemble.design.plan import Missing, Plan, blocks, distinct, missing_runs
from sim.ensemble.design.stopping_rule import Reached, judge, next_size
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.officer_table import officer_table
from sim.ensemble.engine.result_tables import day_table, failures, outcome_table
from sim.ensemble.execution import tasks as workers
from sim.ensemble.execution.report import Failed, Failure, Progress, Report
from sim.ensemble.execution.signals import heard
from sim.ensemble.execution.tasks import Done
from sim.ensemble.execution.worker_pool import Crew, Processes, spread
from sim.ensemble.store.store import Store

FLUSH_SECONDS = 5.0
"""Finished runs wait no longer than this for their place on disk."""
FLUSH_ROWS = 400_000
"""Daily rows wait in memory up to this many."""
PAYS_SECONDS = 6.0
"""So much work must be left before ``auto`` takes workers: each needs about a second to start."""


@dataclass
class _Tally:
    computed: int = 0
    found: int = 0
    failures: list[Failure] = field(default_factory=list)
    workers: int = 0


def fill(plan: Plan, store: Store, progress: Progress | None = None, failed: Failed | None = None) -> Report:
    """Run what is missing and append it; asking again runs nothing.

    Failed runs become rows with a status and a message, and are tried again by the next call. Interrupting keeps what
    is finished.

    Parameters
    ----------
    progress
        Called with the number of runs of each block that is done.
    failed
        Called with case, replicate and message as soon as a run has failed.

    Raises
    ------
    UserMistake
        When the store cannot be written, or the executor is not to be had.
    StoreDamaged
        When a part of the store is damaged.
    """
    with heard() as check:
        try:
            return _fill(plan, store, progress, failed, check)
        except Exception:
            check()  # an interrupt that compiled code turned into another fault is still an interrupt
            raise


def _fill(
    plan: Plan, store: Store, progress: Progress | None, failed: Failed | None, check: Callable[[], None]
) -> Report:
    began = time.perf_counter()
    store.add_cases(pd.DataFrame([case.row() for case in distinct(plan.cases)]))
    tally = _Tally()

    def note(done: Done) -> None:
        check()
        tally.failures += done.failures
        for failure in done.failures:
            if failed:
                failed(*failure)
        if progress:
            progress(done.runs)

    reached: tuple[Reached, ...] = ()
    if plan.until is None:
        _fill_once(plan, store, {case.id: plan.replicates for case in distinct(plan.cases)}, tally, note)
    else:
        reached = _fill_until(plan, store, tally, note)
    seconds = time.perf_counter() - began
    return Report(tally.computed, tally.found, tuple(tally.failures), seconds, reached, tally.workers)


def _fill_once(plan: Plan, store: Store, spans: dict[str, range], tally: _Tally, note: Callable[[Done], None]) -> None:
    missing = missing_runs(plan, store, spans)
    count = sum(map(len, missing.values()))
    wanted = plan.wanted if plan.only is not None else sum(map(len, spans.values()))
    tally.found += wanted - count
    for done in _compute(plan, store, missing, tally):
        note(done)
    tally.computed += count


def _fill_until(plan: Plan, store: Store, tally: _Tally, note: Callable[[Done], None]) -> tuple[Reached, ...]:
    """Rounds of runs, until the rule is met by each case; a case that meets it takes no part in the next."""
    rule, first = plan.until, plan.replicates.start
    assert rule is not None
    spans = {case.id: plan.replicates for case in distinct(plan.cases)}
    sizes = {case: len(plan.replicates) for case in spans}
    reached: dict[str, Reached] = {}
    while spans:
        _fill_once(plan, store, spans, tally, note)
        runs = store.runs(cases=list(spans), columns=[rule.outcome])
        good = (runs["status"] == "ok") & (runs["root_seed"] == plan.root_seed) & (runs["replicate"] >= first)
        values = {str(case): rows for case, rows in runs[good].groupby("case")}
        for case in list(spans):
            rows = values.get(case, runs.head(0))
            inside = rows["replicate"] < first + sizes[case]
            now = reached[case] = judge(rule, case, sizes[case], rows.loc[inside, rule.outcome])
            spans[case] = range(first + sizes[case], first + next_size(rule, now))
            sizes[case] += len(spans[case])
            if not spans[case]:
                del spans[case]
    return tuple(reached[case.id] for case in distinct(plan.cases))


def _compute(plan: Plan, store: Store, missing: Missing, tally: _Tally) -> Iterator[Done]:
    """Do the blocks of a plan with its executor."""
    queue, name = blocks(plan, missing), plan.executor.name
    if name in ("serial", "auto"):
        many = name == "auto" and plan.executor.processes > 1 and cores() > 1
        yield from _here(plan, store, queue, sum(map(len, missing.values())) if many else None)
    first = next(queue, None)
    if first is None:
        return
    crew = _crew(plan)
    tally.workers = max(tally.workers, plan.executor.processes)
    try:
        for done in spread(workers.tasks(chain([first], queue), plan, store), crew):
            yield _received(done, store)
    finally:
        crew.close()


def _crew(plan: Plan) -> Crew:
    if plan.executor.name == "dask":
        from sim.ensemble.execution.dask_pool import Cluster

        return Cluster(plan.executor)
    return Processes(plan.executor.processes)


def _received(done: Done, store: Store) -> Done:
    """Keep rows that a worker could not write, and take over the names of the parts that it did."""
    if done.rows:
        workers.write(store, done.rows)
    store.parts_written.extend(done.parts)
    return replace(done, rows=())


def _here(plan: Plan, store: Store, queue: Iterator[Block], left: int | None) -> Iterator[Done]:
    """Step blocks in this process: all, or until the work of the ``left`` runs is seen to pay for workers."""
    began, runs = time.perf_counter(), 0
    with closing(_Writer(store)) as writer:
        for block in queue:
            result = simulate(block)
            if plan.days:
                writer.take("days", day_table(result))
            if plan.officers:
                good = [run for run, message in enumerate(result.messages) if not message]
                writer.take("officers", officer_table(block, good))
            writer.take("runs", outcome_table(result))
            writer.rest()
            runs += block.runs
            yield Done(block.runs, tuple(failures(result)))
            if left is not None and (time.perf_counter() - began) / runs * (left - runs) > PAYS_SECONDS:
                return


class _Writer:
    """Gathers finished blocks and appends them now and then: few parts, and little to lose."""

    def __init__(self, store: Store) -> None:
        self._store = store
        # A run counts as finished only when its outcomes are there, so they are written last.
        self._waiting: dict[str, list[pa.Table]] = {"days": [], "officers": [], "runs": []}
        self._since = time.monotonic()

    def take(self, table: str, rows: pa.Table) -> None:
        """Keep rows of a block until they are written."""
        if len(rows):
            self._waiting[table].append(rows)

    def rest(self) -> None:
        """A block is complete: write, if it is time."""
        waiting = sum(len(table) for name in ("days", "officers") for table in self._waiting[name])
        if time.monotonic() - self._since > FLUSH_SECONDS or waiting > FLUSH_ROWS:
            self.close()

    def close(self) -> None:
        """Write what waits."""
        for name, tables in self._waiting.items():
            if tables:
                self._store.add(name, pa.concat_tables(tables))
            tables.clear()
        self._since = time.monotonic()
