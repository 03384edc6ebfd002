"""T0: a steady rate, whatever happens."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.model.state import State


def test_the_hazard_is_the_same_for_everybody_on_every_day(
    small: Callable[..., Simulation], hazard: Callable[..., Floats], live: Callable[..., State]
) -> None:
    world = small("theory=constant", "theory.base_hazard=0.001", dtype="float64")
    for day in ("2023-10-02", "2024-03-05", "2024-03-20"):
        live(world, day)
        assert (hazard(world, slips=2, arrears=60, ambiguity=3) == 0.001).all()


@pytest.mark.parametrize(("rate", "gone"), [(0.0, 0), (1.0, 1)])
def test_at_its_ends_nobody_or_everybody_leaves(
    rate: float, gone: int, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    world = small("theory=constant", f"theory.base_hazard={rate}", "officers.friction_before=0")
    assert (live(world, "2023-10-30").present == 1).all()  # selection is on the 31st
    assert (live(world, "2023-10-31").present.mean() < 0.5) == gone  # but for the least frail, a matter of a day
    assert (live(world).present == 1 - gone).all()


@pytest.mark.parametrize(
    "other",
    [
        "scenario=no_surge",
        "officers.violence_felt=0",
        "officers.ambiguity_felt=0",
        "officers.imminence_felt=0",
        "officers.peers_felt=0",
        "officers.rumours_felt=0",
        "governments.imminence_start=0.9",
    ],
)
def test_violence_and_diplomacy_leave_the_null_alone(
    other: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    words = ("theory=constant", "theory.base_hazard=0.01")
    told, changed = live(small(*words)), live(small(*words, other))
    of_the_hazard_alone = other == "officers.imminence_felt=0"
    assert np.array_equal(told.perceived, changed.perceived) == of_the_hazard_alone
    assert np.array_equal(told.letter, changed.letter)
    assert (told.present == 0).any()


def test_it_says_that_it_is_the_null(small: Callable[..., Simulation]) -> None:
    assert small("theory=constant").theory.null
    for rival in ("threat_efficacy", "prospects", "squad_threshold", "breach"):
        assert not small(f"theory={rival}").theory.null
