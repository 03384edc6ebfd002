"""What a theory makes of a day that is described by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.model.withdrawal.look import look


@pytest.fixture(scope="session")
def hazard() -> Callable[..., Floats]:
    """``hazard(world, slips=2, ...)``: the theory's hazard today, with what officers see given in place of what is."""

    def of(world: Simulation, **seen: float | Floats) -> Floats:
        see = look(world.state, world.parameters)
        given = {name: np.full_like(see.slips, 1) * value for name, value in seen.items()}
        out = np.full_like(world.state.perceived, np.nan)
        world.theory.hazard(replace(see, **given), world.parameters, out)
        return out

    return of
