"""The state: copied, cut, repeated, saved, and gone on from as if nothing had happened."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest

from sim.ensemble.engine.block import Simulation
from sim.model.state import State
from tests.worlds import unlike


def test_the_last_axis_of_every_array_is_the_run(small: Callable[..., Simulation]) -> None:
    state = small(runs=5).state
    shapes = {name: array.shape for name, array in state.to_arrays().items() if name != "day"}
    assert {shape[-1] for shape in shapes.values()} == {5}
    assert shapes["perceived"] == shapes["traits.casualty_kind"] == (40, 5)
    assert shapes["excitation"] == (23, 5)
    assert state.runs == 5


def test_what_happens_to_a_copy_does_not_happen_to_the_original(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    world = small("theory=prospects")
    before = world.state.copy()
    kept = world.state.copy()
    for array in kept.to_arrays().values():
        assert not any(np.shares_memory(array, own) for own in before.to_arrays().values())
    live(world, days=30)
    assert unlike(before, kept) == []
    assert unlike(before, world.state)


def test_runs_are_taken_in_the_order_given_and_as_often_as_asked(small: Callable[..., Simulation]) -> None:
    state = small(runs=4).state
    state.attacks[...] = [10, 11, 12, 13]
    state.perceived[3] = [0, 1, 2, 3]
    chosen = state.take([3, 0, 3])
    assert chosen.attacks.tolist() == [13, 10, 13]
    assert chosen.perceived[3].tolist() == [3, 0, 3]
    assert np.array_equal(chosen.traits["casualty_kind"], state.traits["casualty_kind"][:, [3, 0, 3]])
    assert chosen.day == state.day


def test_repeated_runs_stand_beside_each_other(small: Callable[..., Simulation]) -> None:
    state = small(runs=2).state
    state.attacks[...] = [5, 9]
    futures = state.repeat(3)
    assert futures.attacks.tolist() == [5, 5, 5, 9, 9, 9]
    assert futures.traits["casualty_kind"].shape == (40, 6)


@pytest.mark.parametrize("theory", ["constant", "prospects", "squad_threshold"])
def test_a_state_that_was_saved_goes_on_as_if_it_had_never_stopped(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    straight, stopped = small(f"theory={theory}"), small(f"theory={theory}")
    live(straight)
    live(stopped, "2024-03-02")
    file = io.BytesIO()
    np.savez(file, **stopped.state.to_arrays())
    file.seek(0)
    resumed = small(f"theory={theory}")
    with np.load(file) as saved:
        resumed.state = State.from_arrays(dict(saved))
    assert resumed.state.day == stopped.state.day
    live(resumed)
    assert unlike(straight.state, resumed.state) == []
    assert set(resumed.state.traits) == set(straight.state.traits)
