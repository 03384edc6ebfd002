"""Crews of workers behind :mod:`concurrent.futures`, and one loop that keeps them busy and survives their deaths.

Only a few tasks are out at a time, so that a death has few suspects. Suspects are done again, each with nobody beside
it; a block that still takes its worker down is split into single runs, and a single run that does so alone becomes a
failed row. What other suspects had finished is on the disk already, and is the same part when it is done again.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from typing import Protocol

from sim.ensemble.engine.result_tables import failed_table
from sim.ensemble.execution.signals import deferred
from sim.ensemble.execution.spawning import main_left_alone
from sim.ensemble.execution.tasks import Done, Task, settle, work
from sim.errors import UserMistake


class Crew(Protocol):
    """Workers that take tasks."""

    deaths: int
    """How often a single run may take its worker down, alone, before it is given up."""
    sure: bool
    """Whether a death names the task that caused it; else all that were out are suspects, and done again alone."""

    def submit(self, task: Task) -> Future[Done]:
        """Hand a task out."""

    def room(self) -> int:
        """Tasks that may be out at a time."""

    def is_death(self, fault: BaseException) -> bool:
        """Whether a fault of a task means that its worker died under it."""

    def renew(self) -> bool:
        """Replace what died; True when the tasks that are still out died with it."""

    def close(self) -> None:
        """Let the tasks that run come to their end, and send the workers home."""


@dataclass(frozen=True)
class _Try:
    task: Task
    alone: bool = False
    deaths: int = 0


def spread(tasks: Iterable[Task], crew: Crew) -> Iterator[Done]:
    """What comes of the tasks, in the order in which they are finished.

    Raises
    ------
    UserMistake
        When the store cannot be written, or no workers are to be had.
    """
    source = iter(tasks)
    again: deque[_Try] = deque()
    alone: deque[_Try] = deque()
    out: dict[Future[Done], _Try] = {}
    while True:
        _hand_out(source, again, alone, out, crew)
        if not out:
            return
        dead: list[_Try] = []
        for future in wait(out, return_when=FIRST_COMPLETED).done:
            tried = out.pop(future)
            try:
                done = future.result()
            except BaseException as fault:
                if not crew.is_death(fault):
                    raise
                dead.append(tried)
            else:
                yield done
        if dead and crew.renew():
            for future, tried in list(out.items()):
                if future.done() and future.exception() is None:
                    yield future.result()
                else:
                    dead.append(tried)
            out.clear()
        for tried in dead:
            yield from _after_death(tried, again, alone, crew)


def _hand_out(
    source: Iterator[Task], again: deque[_Try], alone: deque[_Try], out: dict[Future[Done], _Try], crew: Crew
) -> None:
    if any(tried.alone for tried in out.values()):
        return
    if alone:
        if not out:
            tried = alone.popleft()
            out[crew.submit(tried.task)] = tried
        return
    while len(out) < crew.room():
        if again:
            tried = again.popleft()
        else:
            task = next(source, None)
            if task is None:
                return
            tried = _Try(task)
        out[crew.submit(tried.task)] = tried


def _after_death(tried: _Try, again: deque[_Try], alone: deque[_Try], crew: Crew) -> Iterator[Done]:
    task = tried.task
    if not tried.alone and not (crew.sure and task.block.runs > 1):
        alone.append(_Try(task, alone=True))
    elif task.block.runs > 1:
        again.extend(_Try(single) for single in task.singles())
    elif tried.deaths + 1 < crew.deaths:
        alone.append(_Try(task, alone=True, deaths=tried.deaths + 1))
    else:
        yield _given_up(task)


def _given_up(task: Task) -> Done:
    block = task.block
    message = f"{block.cases[0].theory}: took its worker down (killed, or out of memory)"
    failure = (block.cases[0].id, int(block.replicates[0]), message)
    return Done(1, (failure,), rows=(("runs", failed_table(block, message)),))


class Processes:
    """Processes on this machine, started fresh (spawn) so that they share nothing."""

    deaths = 2
    sure = False

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: Executor = self._start()

    def _start(self) -> Executor:
        if os.name == "posix":
            resource_tracker.ensure_running()  # it must not inherit what `deferred` holds back
        return ProcessPoolExecutor(self._workers, mp_context=get_context("spawn"), initializer=settle)

    def submit(self, task: Task) -> Future[Done]:
        """Hand a task out; a pool that broke meanwhile says so through the future."""
        try:
            with deferred(), main_left_alone():
                return self._pool.submit(work, task)
        except BrokenProcessPool as fault:
            broken: Future[Done] = Future()
            broken.set_exception(fault)
            return broken

    def room(self) -> int:
        """A task for each worker and one in hand for each, so that none waits."""
        return 2 * self._workers

    def is_death(self, fault: BaseException) -> bool:
        """A pool breaks as a whole when one of its processes dies."""
        return isinstance(fault, BrokenProcessPool)

    def renew(self) -> bool:
        """Start another pool, and see that its workers live."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._start()
        try:
            with deferred(), main_left_alone():
                started = self._pool.submit(os.getpid)
            started.result()
        except BrokenProcessPool as fault:
            right = "worker processes die as soon as they start; use executor=serial"
            raise UserMistake("executor", "processes", right) from fault
        return True

    def close(self) -> None:
        """Wait for the tasks that run; drop those that do not."""
        self._pool.shutdown(wait=True, cancel_futures=True)
