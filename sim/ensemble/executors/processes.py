"""Runs in processes on this machine, started fresh (spawn) so that they share nothing, and one may die alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from typing import ClassVar

from sim.ensemble.executors.interface import Done, FuturesPool, Pool, Task, a_core_each, cores
from sim.ensemble.executors.main_guard import main_left_alone
from sim.errors import UserMistake
from sim.settings.variants import setting
from sim.signals import deferred


@dataclass(frozen=True)
class Processes:
    """In processes on this machine, however little there is to do; each needs about a second to start.

    Attributes
    ----------
    workers
        Processes; None: a core each.
    """

    name: ClassVar[str] = "processes"
    text: ClassVar[str] = "in processes on this machine, each with a second to start and a death of its own"

    workers: int | None = setting(None, a_core_each)

    def wants_pool(self, several: bool) -> bool:
        """Always."""
        return True

    def pool(self) -> Pool:
        """Processes on this machine."""
        return ProcessPool(self.workers or cores())


class ProcessPool(FuturesPool):
    """Worker processes, replaced together when one of them dies."""

    def __init__(self, workers: int) -> None:
        super().__init__(_start(workers), workers)

    def submit(self, work: Callable[[Task], Done], task: Task) -> Future[Done]:
        """Hand a task out; a pool that broke meanwhile says so through the future."""
        try:
            with main_left_alone():
                return super().submit(work, task)
        except BrokenProcessPool as fault:
            broken: Future[Done] = Future()
            broken.set_exception(fault)
            return broken

    def renew(self) -> bool:
        """Start another pool, and see that its workers live."""
        self.close()
        self._futures = _start(self.workers)
        try:
            with deferred(), main_left_alone():
                started = self._futures.submit(os.getpid)
            started.result()
        except BrokenProcessPool as fault:
            right = "worker processes die as soon as they start; use executor=serial"
            raise UserMistake("executor", "processes", right) from fault
        return True


def _start(workers: int) -> ProcessPoolExecutor:
    if os.name == "posix":
        resource_tracker.ensure_running()  # it must not inherit what `deferred` holds back
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=settle)


def settle() -> None:
    """Prepare a worker process: an interrupt is its parent's to handle, and it must not outlive him."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


EXECUTOR = Processes
