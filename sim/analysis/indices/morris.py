"""μ* and σ of the elementary effects, over the whole of each range (Morris 1991; Campolongo & al. 2007), by SALib."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.analysis.indices.interface import LEVEL, RESAMPLES, SEED, ByIndex, check_numbers
from sim.arrays import FloatArray
from sim.ensemble.design.designs.interface import unit_problem
from sim.errors import of_extra


class MorrisIndices:
    """``mu_star`` and ``sigma``, in the outcome's unit."""

    name = "morris"
    ranks = "mu_star"
    least = 0.0

    def of(self, unit: FloatArray, mean: FloatArray, design: Mapping[str, Any]) -> ByIndex:
        """See the class."""
        check_numbers(mean)
        with of_extra("sensitivity", "design", self.name):
            from SALib.analyze import morris  # takes a second to load, and most commands have no design

        options = {"num_resamples": RESAMPLES, "conf_level": LEVEL, "seed": SEED}
        effects = morris.analyze(unit_problem(unit.shape[1]), unit, mean, num_levels=int(design["levels"]), **options)
        sigma = np.asarray(effects["sigma"], dtype=float)
        return {
            "mu_star": (np.asarray(effects["mu_star"], dtype=float), np.asarray(effects["mu_star_conf"], dtype=float)),
            "sigma": (sigma, np.full_like(sigma, np.nan)),
        }


INDICES = MorrisIndices()
