"""Every combination of the values given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.ensemble.design.designs.interface import Design


@dataclass(frozen=True)
class Factorial(Design):
    """Every combination; what a sweep does when no design is named."""

    name: ClassVar[str] = "factorial"
    text: ClassVar[str] = "every combination of the values given"


DESIGN = Factorial
