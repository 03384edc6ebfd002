"""Morris' elementary effects (Morris 1991), drawn by SALib: to screen many settings cheaply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.arrays import FloatArray
from sim.ensemble.design.designs.interface import Sampling, unit_problem
from sim.errors import UserMistake, of_extra
from sim.settings.variants import setting, whole_number


@dataclass(frozen=True)
class Morris(Sampling):
    """``size`` trajectories of ``settings + 1`` points each.

    Attributes
    ----------
    levels
        Levels of the grid that the trajectories walk on.
    """

    name: ClassVar[str] = "morris"
    text: ClassVar[str] = "Morris' elementary effects, to screen many settings: size × (settings + 1) points"

    levels: int = setting(4, whole_number(2, 1000))

    def check(self) -> None:
        """Raise UserMistake for a number of levels that would not be equally likely."""
        if self.levels % 2:
            raise UserMistake("design.levels", self.levels, "an even number, so that all levels are equally likely")

    def count(self, settings: int) -> int:
        """A trajectory moves each setting once."""
        return self.size * (settings + 1)

    def unit(self, count: int) -> FloatArray:
        """As SALib draws it."""
        with of_extra("sensitivity", "design", self.name):
            from SALib.sample import morris  # takes a second to load, and most commands have no design

        points = morris.sample(unit_problem(count), self.size, num_levels=self.levels, seed=self.seed)
        return np.asarray(points, dtype=np.float64)


DESIGN = Morris
