"""What all theories share: their register, their settings, and the logistic function they stand on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import logistic


def test_there_are_five_rivals_in_their_order() -> None:
    assert [theory.number for theory in THEORIES.values()] == ["T0", "T1", "T2", "T3", "T4"]
    assert list(THEORIES) == ["constant", "threat_efficacy", "prospects", "squad_threshold", "breach"]
    assert all(name == theory.name for name, theory in THEORIES.items())


@pytest.mark.parametrize("name", THEORIES)
def test_a_theory_has_a_range_for_every_setting_and_its_default_inside(
    name: str, small: Callable[..., Simulation]
) -> None:
    theory, world = THEORIES[name], small(f"theory={name}", runs=1, dtype="float64")
    for parameter in theory.parameters:
        low, high = parameter.prior or (None, None)
        value = getattr(world.parameters.theory, parameter.key.removeprefix("theory."))[0]
        assert parameter.bounds[0] <= low <= value <= high <= parameter.bounds[1], parameter.key
        assert parameter.status in ("documented", "derived", "assumed")
        assert parameter.text.startswith(name.replace("_", " ")[:5])


@pytest.mark.parametrize("name", THEORIES)
def test_a_theory_looks_and_does_not_touch(
    name: str, small: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    world = small(f"theory={name}")
    before = world.state.copy().to_arrays()
    first = hazard(world).copy()
    assert np.array_equal(hazard(world), first)
    for key, array in world.state.to_arrays().items():
        assert np.array_equal(array, before[key]), key


@pytest.mark.parametrize("name", THEORIES)
def test_a_theory_fills_the_whole_of_its_answer_with_probabilities(
    name: str, small: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    h = hazard(small(f"theory={name}", "officers.leader_shock=0"))
    assert h.dtype == np.float32
    assert h.shape == (40, 4)
    assert ((h >= 0) & (h <= 1)).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_logistic_function_in_place(dtype: type) -> None:
    x = np.linspace(-70, 70, 281).astype(dtype)
    room = x.copy()
    assert logistic(room) is room
    assert room == pytest.approx(expit(x.astype(np.float64)), rel=2e-6 if dtype is np.float32 else 1e-13)
    ends = logistic(np.array([-np.inf, -1e5, 1e5, np.inf], dtype=dtype))
    assert ends == pytest.approx([0, 0, 1, 1], abs=2e-35)
    assert np.isnan(logistic(np.array([np.nan], dtype=dtype)))[0]
