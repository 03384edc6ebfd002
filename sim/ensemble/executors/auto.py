"""Runs on this machine's cores as soon as there are two blocks to be done, and here if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.ensemble.executors.interface import Pool, a_core_each, cores
from sim.ensemble.executors.threads import ThreadPool
from sim.settings.variants import setting


@dataclass(frozen=True)
class Auto:
    """On threads where there are several blocks and several cores; else one block after the other, here.

    Threads start in a fraction of a millisecond and the smallest block takes several, so that two blocks pay.

    Attributes
    ----------
    workers
        Threads; None: a core each.
    """

    name: ClassVar[str] = "auto"
    text: ClassVar[str] = "on threads that use this machine's cores, once there is more than one block"

    workers: int | None = setting(None, a_core_each)

    def wants_pool(self, several: bool) -> bool:
        """Where there is something to share, and somebody to share it with."""
        return several and (self.workers or cores()) > 1 and cores() > 1

    def pool(self) -> Pool:
        """Threads of this process."""
        return ThreadPool(self.workers or cores())


EXECUTOR = Auto
