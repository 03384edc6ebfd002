"""Runs in the command's own process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.ensemble.executors.interface import Pool


@dataclass(frozen=True)
class Serial:
    """One block after the other, here."""

    name: ClassVar[str] = "serial"
    text: ClassVar[str] = "in the command's own process"

    def wants_pool(self, several: bool) -> bool:
        """Never."""
        return False

    def pool(self) -> Pool:
        """There is none."""
        raise AssertionError("executor=serial has no workers")


EXECUTOR = Serial
