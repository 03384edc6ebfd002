"""Saltelli's scheme for Sobol' indices, without second order (Saltelli & al. 2010), drawn by SALib."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.arrays import FloatArray
from sim.ensemble.design.designs.interface import Sampling, unit_problem
from sim.errors import UserMistake, of_extra


@dataclass(frozen=True)
class Sobol(Sampling):
    """``size`` base samples, ``size × (settings + 2)`` points."""

    name: ClassVar[str] = "sobol"
    text: ClassVar[str] = "Saltelli's scheme for Sobol' indices: size × (settings + 2) points"

    def check(self) -> None:
        """Raise UserMistake for a size that Sobol' sequences do not have."""
        if self.size & (self.size - 1):
            right = f"a power of two, such as {1 << (self.size - 1).bit_length()}"
            raise UserMistake("design.size", self.size, right)

    def count(self, settings: int) -> int:
        """A base sample is as many points as settings and two more."""
        return self.size * (settings + 2)

    def unit(self, count: int) -> FloatArray:
        """As SALib draws it."""
        with of_extra("sensitivity", "design", self.name):
            from SALib.sample import sobol  # takes a second to load, and most commands have no design

        points = sobol.sample(unit_problem(count), self.size, calc_second_order=False, seed=self.seed)
        return np.asarray(points, dtype=np.float64)


DESIGN = Sobol
