"""First and total indices (Saltelli & al. 2010), by SALib."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.analysis.indices.interface import LEVEL, RESAMPLES, SEED, ByIndex, check_numbers
from sim.arrays import FloatArray
from sim.ensemble.design.designs.interface import unit_problem
from sim.errors import of_extra


class SobolIndices:
    """``first`` and ``total`` as shares of the variance, those of an outcome that never varies nought."""

    name = "sobol"
    ranks = "total"
    least = None

    def of(self, unit: FloatArray, mean: FloatArray, design: Mapping[str, Any]) -> ByIndex:
        """See the class."""
        check_numbers(mean)
        with of_extra("sensitivity", "design", self.name):
            from SALib.analyze import sobol  # takes a second to load, and most commands have no design

        count = unit.shape[1]
        if np.ptp(mean) == 0:
            nothing = np.zeros(count)
            return {"first": (nothing, nothing), "total": (nothing, nothing)}
        options = {"num_resamples": RESAMPLES, "conf_level": LEVEL, "seed": SEED}
        shares = sobol.analyze(unit_problem(count), mean, calc_second_order=False, **options)
        return {
            name: (np.asarray(shares[key], dtype=float), np.asarray(shares[f"{key}_conf"], dtype=float))
            for name, key in (("first", "S1"), ("total", "ST"))
        }


INDICES = SobolIndices()
