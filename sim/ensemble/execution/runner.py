"""From what is asked to what is on disk: run what is missing, here or on a crew of workers, and append it to a store.

What this process finishes, and what workers hand back, is written every few seconds, and on the way out whatever
happens; a worker writes what is bulky of a block as soon as it is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain, islice

import numpy as np
import pandas as pd

from sim.ensemble.design.plan import Missing, Plan, blocks, distinct, lacking
from sim.ensemble.design.stopping_rule import Reached, judge, most_of, next_size
from sim.ensemble.engine.block import Block
from sim.ensemble.engine.result_tables import Failure
from sim.ensemble.execution import tasks as workers
from sim.ensemble.execution.report import Failed, Progress, Report
from sim.ensemble.execution.supervisor import supervise
from sim.ensemble.execution.tasks import Done
from sim.ensemble.store.buffered_writer import BufferedWriter
from sim.ensemble.store.store import Store
from sim.signals import heard


@dataclass
class _Tally:
    computed: int = 0
    found: int = 0
    failures: list[Failure] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
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
    by_name = {(case.id, case.label): case for case in plan.cases}
    store.add_cases(pd.DataFrame([case.row() for case in by_name.values()]))
    tally = _Tally()

    def note(done: Done) -> None:
        check()
        tally.failures += done.failures
        tally.faults = dict(done.faults) | tally.faults
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
    again = "null there, and tried again by the next command"
    faults = tuple(f"outcome {name}: {fault}; {again}" for name, fault in tally.faults.items())
    return Report(tally.computed, tally.found, tuple(tally.failures), seconds, reached, tally.workers, faults)


def _fill_once(plan: Plan, store: Store, spans: dict[str, range], tally: _Tally, note: Callable[[Done], None]) -> None:
    missing, tables = lacking(plan, store, spans)
    count = sum(map(len, missing.values()))
    wanted = plan.wanted if plan.only is not None else sum(map(len, spans.values()))
    tally.found += wanted - count
    for done in _compute(plan, store, missing, tables, tally):
        note(done)
    tally.computed += count


def _fill_until(plan: Plan, store: Store, tally: _Tally, note: Callable[[Done], None]) -> tuple[Reached, ...]:
    """Rounds of runs, until the rule is met by each case; a case that meets it takes no part in the next."""
    rule, first = plan.until, plan.replicates.start
    assert rule is not None
    cases = {case.id: case for case in distinct(plan.cases)}
    spans = dict.fromkeys(cases, plan.replicates)
    sizes = {case: len(plan.replicates) for case in spans}
    reached: dict[str, Reached] = {}
    while spans:
        _fill_once(plan, store, spans, tally, note)
        runs = store.runs(cases=list(spans), columns=[rule.outcome])
        if rule.outcome not in runs:  # one that someone added and that could not be computed
            runs[rule.outcome] = np.nan
        good = (runs["status"] == "ok") & (runs["root_seed"] == plan.root_seed)
        values = {str(case): rows for case, rows in runs[good].groupby("case")}
        for case in list(spans):
            rows = values.get(case, runs.head(0))
            places = cases[case].places(rows["replicate"].to_numpy(), rows["future"].to_numpy()) - first
            inside = (places >= 0) & (places < sizes[case])
            now = reached[case] = judge(rule, case, sizes[case], rows[inside])
            spans[case] = range(first + sizes[case], first + next_size(rule, now, most_of(cases[case], rule)))
            sizes[case] += len(spans[case])
            if not spans[case]:
                del spans[case]
    return tuple(reached[case.id] for case in distinct(plan.cases))


def _compute(plan: Plan, store: Store, missing: Missing, tables: Sequence[str], tally: _Tally) -> Iterator[Done]:
    """Do what a plan is missing, for tables that lack it: here, or on workers where its executor wants them."""
    queue, executor = blocks(plan, missing), plan.executor
    begin = list(islice(queue, 2))
    if not begin:
        return
    queue = chain(begin, queue)
    if not executor.wants_pool(len(begin) > 1):
        yield from _here(queue, tables, store)
        return
    with closing(executor.pool()) as pool, closing(BufferedWriter(store)) as writer:
        tally.workers = max(tally.workers, pool.workers)

        def receive(done: Done) -> Done:
            """Keep what a worker handed back, and take over the names of the parts that it wrote."""
            writer.take(done.rows)
            store.parts_written.extend(done.parts)
            return replace(done, rows=())

        tasks = workers.tasks(queue, tables, store)
        with closing(supervise(tasks, pool, receive)) as finished:
            try:
                yield from finished
            finally:
                writer.close()  # before what is being done comes to its end, which may be cut short


def _here(queue: Iterator[Block], tables: Sequence[str], store: Store) -> Iterator[Done]:
    """Step the blocks in this process, one after the other."""
    with closing(BufferedWriter(store)) as writer:
        for block in queue:
            done = workers.compute(block, tables)
            writer.take(done.rows)
            yield replace(done, rows=())
