"""Runs on threads of the command's own process, which share its memory and start at once.

What is compiled, and NumPy's own loops, hold no global lock, so that blocks are stepped side by side; what Python does
between them is a small part of a block's time. All that is shared is read only: every block has its own state, and
Numba compiles and loads under a lock of its own. A run that takes its worker down takes the command with it here, as
with ``serial``; what was finished is on the disk.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import ClassVar

from sim.ensemble.executors.interface import FuturesPool, Pool, a_core_each, cores
from sim.settings.variants import setting
from sim.signals import leave_signals

IN_HAND = 4
"""Tasks that may wait besides those that are being done, so that no thread waits for one."""


@dataclass(frozen=True)
class Threads:
    """On threads of the command's own process, however little there is to do.

    Attributes
    ----------
    workers
        Threads; None: a core each.
    """

    name: ClassVar[str] = "threads"
    text: ClassVar[str] = "on threads of the command's own process, which use this machine's cores"

    workers: int | None = setting(None, a_core_each)

    def wants_pool(self, several: bool) -> bool:
        """Always."""
        return True

    def pool(self) -> Pool:
        """Threads of this process."""
        return ThreadPool(self.workers or cores())


class ThreadPool(FuturesPool):
    """Threads, started as tasks come, that live and die with the command."""

    def __init__(self, workers: int) -> None:
        super().__init__(ThreadPoolExecutor(workers, "tabletop", initializer=leave_signals), workers)

    def room(self) -> int:
        """A task for each thread and a few in hand."""
        return self.workers + min(self.workers, IN_HAND)


EXECUTOR = Threads
