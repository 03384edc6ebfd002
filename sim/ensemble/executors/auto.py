"""Runs here at first, and on the cores of this machine once it pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.ensemble.executors.interface import Pool, cores
from sim.ensemble.executors.processes import ProcessPool, a_core_each
from sim.settings.variants import setting

PAYS_SECONDS = 6.0
"""So much work must be left before workers are started: each needs about a second for that."""


@dataclass(frozen=True)
class Auto:
    """In the command's own process; on this machine's cores as soon as seconds of work are left.

    Attributes
    ----------
    workers
        Processes; None: a core each.
    """

    name: ClassVar[str] = "auto"
    text: ClassVar[str] = "in the command's own process, and on this machine's cores once seconds of work are left"

    workers: int | None = setting(None, a_core_each)

    def wants_pool(self, seconds_left: float | None) -> bool:
        """Once it is known that it pays, and there are cores to pay for it."""
        known = seconds_left is not None and seconds_left > PAYS_SECONDS
        return known and (self.workers or cores()) > 1 and cores() > 1

    def pool(self) -> Pool:
        """Processes on this machine."""
        return ProcessPool(self.workers or cores())


EXECUTOR = Auto
