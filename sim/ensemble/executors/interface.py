"""What an executor is: when it takes workers, and the pool of them that it makes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from concurrent.futures import Executor as Futures
from typing import ClassVar, Protocol, TypeVar

from sim.settings.variants import optional, whole_number

Task = TypeVar("Task")
Done = TypeVar("Done")
a_core_each = optional(whole_number(1, 10_000, "a whole number of workers, at least 1, or null: a core each"))
"""The check of a number of workers."""


class Pool(Protocol):
    """Workers that take tasks.

    Attributes
    ----------
    workers
        How many there are at most, for the report.
    deaths
        How often a single run may take its worker down, alone, before it is given up.
    sure
        Whether a death names the task that caused it; else all that were out are suspects, and done again alone.
    """

    workers: int
    deaths: int
    sure: bool

    def submit(self, work: Callable[[Task], Done], task: Task) -> Future[Done]:
        """Hand a task out: ``work(task)`` is to be called by a worker; both can be pickled.

        Whoever calls it holds interrupts back (:func:`sim.signals.deferred`).
        """

    def room(self) -> int:
        """Tasks that may be out at a time."""

    def is_death(self, fault: BaseException) -> bool:
        """Whether a fault of a task means that its worker died under it."""

    def renew(self) -> bool:
        """Replace what died; True when the tasks that are still out died with it."""

    def close(self) -> None:
        """Let the tasks that run come to their end, and send the workers home."""


class Executor(Protocol):
    """Where the runs of a command are computed: a frozen dataclass whose fields are its settings.

    Attributes
    ----------
    name
        As it is typed, ``executor=processes``, and its file in ``conf/executor/`` is called.
    text
        One line on where runs are computed.
    """

    name: ClassVar[str]
    text: ClassVar[str]

    def wants_pool(self, several: bool) -> bool:
        """Whether the blocks shall go to workers, asked before the first one; ``several``: whether there are more."""

    def pool(self) -> Pool:
        """Start the workers.

        Raises UserMistake when they are not to be had.
        """


class FuturesPool:
    """Workers behind any executor of :mod:`concurrent.futures` whose workers cannot die one by one."""

    deaths = 2
    sure = False

    def __init__(self, futures: Futures, workers: int) -> None:
        self.workers = workers
        self._futures = futures

    def submit(self, work: Callable[[Task], Done], task: Task) -> Future[Done]:
        """Hand a task out."""
        return self._futures.submit(work, task)

    def room(self) -> int:
        """A task for each worker and one in hand for each, so that none waits."""
        return 2 * self.workers

    def is_death(self, fault: BaseException) -> bool:
        """A pool breaks as a whole when one of its workers dies."""
        return isinstance(fault, BrokenExecutor)

    def renew(self) -> bool:
        """Nothing is replaced."""
        return False

    def close(self) -> None:
        """Wait for the tasks that run; drop those that do not."""
        self._futures.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
