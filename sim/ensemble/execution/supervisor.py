"""One loop that keeps a pool of workers busy and survives their deaths.

Only a few tasks are out at a time, so that a death has few suspects. Suspects are done again, each with nobody beside
it; a block that still takes its worker down is split into single runs, and a single run that does so alone becomes a
failed row. What other suspects had finished is on the disk already, and is the same part when it is done again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass

from sim.ensemble.engine.result_tables import failed_table
from sim.ensemble.execution.tasks import Done, Task, work
from sim.ensemble.executors.interface import Pool
from sim.ensemble.store.store import RUNS
from sim.signals import deferred


@dataclass(frozen=True)
class _Try:
    task: Task
    alone: bool = False
    deaths: int = 0


def supervise(tasks: Iterable[Task], pool: Pool, receive: Callable[[Done], Done]) -> Generator[Done, None, None]:
    """What comes of the tasks, in the order in which they are finished, each through ``receive``.

    Whoever leaves before the end still has received what was being done: workers come to the end of their tasks.

    Raises
    ------
    UserMistake
        When the store cannot be written, or no workers are to be had.
    """
    source = iter(tasks)
    again: deque[_Try] = deque()
    alone: deque[_Try] = deque()
    out: dict[Future[Done], _Try] = {}
    try:
        while True:
            _hand_out(source, again, alone, out, pool)
            if not out:
                return
            dead: list[_Try] = []
            for future in wait(out, return_when=FIRST_COMPLETED).done:
                tried = out.pop(future)
                try:
                    done = future.result()
                except BaseException as fault:
                    if not pool.is_death(fault):
                        raise
                    dead.append(tried)
                else:
                    yield receive(done)
            if dead and pool.renew():
                for future, tried in list(out.items()):
                    if future.done() and future.exception() is None:
                        yield receive(future.result())
                    else:
                        dead.append(tried)
                out.clear()
            for tried in dead:
                for given_up in _after_death(tried, again, alone, pool):
                    yield receive(given_up)
    finally:
        if out:
            _receive_the_rest(out, pool, receive)


def _receive_the_rest(out: Iterable[Future[Done]], pool: Pool, receive: Callable[[Done], Done]) -> None:
    """What comes of tasks that are being done as somebody leaves; those that wait are dropped."""
    pool.close()
    for future in out:
        if future.done() and not future.cancelled() and future.exception() is None:
            receive(future.result())


def _hand_out(
    source: Iterator[Task], again: deque[_Try], alone: deque[_Try], out: dict[Future[Done], _Try], pool: Pool
) -> None:
    if any(tried.alone for tried in out.values()):
        return
    if alone:
        if not out:
            _submit(alone.popleft(), out, pool)
        return
    while len(out) < pool.room():
        if again:
            tried = again.popleft()
        else:
            task = next(source, None)
            if task is None:
                return
            tried = _Try(task)
        _submit(tried, out, pool)


def _submit(tried: _Try, out: dict[Future[Done], _Try], pool: Pool) -> None:
    """Hand a task out; an interrupt waits until it is noted, since what is not would be done and then lost."""
    with deferred():
        out[pool.submit(work, tried.task)] = tried


def _after_death(tried: _Try, again: deque[_Try], alone: deque[_Try], pool: Pool) -> Iterator[Done]:
    task = tried.task
    if not tried.alone and not (pool.sure and task.block.runs > 1):
        alone.append(_Try(task, alone=True))
    elif task.block.runs > 1:
        again.extend(_Try(single) for single in task.singles())
    elif tried.deaths + 1 < pool.deaths:
        alone.append(_Try(task, alone=True, deaths=tried.deaths + 1))
    else:
        yield _given_up(task)


def _given_up(task: Task) -> Done:
    block = task.block
    message = f"{block.cases[0].theory}: took its worker down (killed, or out of memory)"
    failure = (block.cases[0].id, int(block.replicates[0]), message)
    return Done(1, (failure,), rows=((RUNS, failed_table(block, message)),))
