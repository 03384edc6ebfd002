"""A Latin hypercube: each setting evenly over its range (McKay, Beckman & Conover 1979)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sim.arrays import FloatArray
from sim.ensemble.design.designs.interface import Sampling
from sim.settings.overrides import SweptRange


@dataclass(frozen=True)
class LatinHypercube(Sampling):
    """``size`` points, one in each slice of each setting."""

    name: ClassVar[str] = "lhs"
    text: ClassVar[str] = "a Latin hypercube: each setting evenly over its range"

    def unit(self, count: int) -> FloatArray:
        """As SciPy draws it."""
        from scipy.stats import qmc  # takes a second to load, and most commands have no design

        cube: FloatArray = qmc.LatinHypercube(d=count, rng=self.seed).random(self.size)
        return cube

    def explore(self, ranges: Sequence[SweptRange]) -> list[dict[str, float]]:
        """A hypercube of the shared settings, the same for every theory so that they compare, and one of its own."""
        own = [r for r in ranges if r.key.startswith("theory.")]
        shared = [r for r in ranges if not r.key.startswith("theory.")]
        halves = self.points(shared), replace(self, seed=self.seed + 1).points(own)
        return [first | second for first, second in zip(*halves, strict=True)]


DESIGN = LatinHypercube
