"""The state: copied, cut, repeated, saved, and gone on from as if nothing had happened."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Simulation
from sim.model.events import Condition, Event
from sim.model.lanes import LANES, tiles
from sim.model.state import HOT, OF_SQUADS, State
from sim.model.tile import KEPT
from sim.model.withdrawal.interface import TheoryWrapper
from tests.worlds import block, identical, part, put_at_risk, select, shares, unlike

LATE = ("clock.start=2024-02-20", "clock.end=2024-03-20")
LIVELY = (
    *(*LATE, "theory=squad_threshold", "theory.hazard=1", "theory.threat=2"),
    *("levers.squad_opt_out=1", "officers.squad_max=6", "officers.friction_before=0.2"),
)
"""Some leave, some wait for their squad, and squads and traits are read every day."""
WATCH = Event("watch", (("kenya.slips", "add", 1.0),), when=Condition("exits", True, 0, once=False))
BEHIND = ("levels", "days", "hot", *KEPT, "traits.casualty_kind", "traits.threshold")
"""Arrays behind which there is more memory than runs."""


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


# --- behind the arrays


@pytest.mark.parametrize("runs", [1, 5, LANES, LANES + 1])
def test_behind_the_runs_memory_has_whole_tiles_that_no_array_shows(
    runs: int, small: Callable[..., Simulation]
) -> None:
    state = small("theory=squad_threshold", runs=runs).state
    for name in BEHIND:
        whole = state.whole(name)
        kind, _, own = name.rpartition(".")
        shown = getattr(state, kind)[own] if kind else getattr(state, name)
        assert whole.shape == (*shown.shape[:-1], tiles(runs) * LANES), name
        assert shown.shape[-1] == runs
        assert np.shares_memory(whole, shown), name
        assert identical(np.ascontiguousarray(whole[..., :runs]), np.ascontiguousarray(shown)), name
        copied = state.copy().whole(name)
        assert (copied[..., runs:] == copied[..., runs - 1 : runs]).all(), name
    assert {array.shape[-1] for name, array in state.to_arrays().items() if name != "day"} == {runs}


@pytest.mark.parametrize("runs", [3, LANES + 2])
def test_what_lies_behind_the_runs_moves_none_of_them(
    runs: int, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    clean, spoilt = (select(small(*LIVELY, runs=runs, events=[WATCH])) for _ in range(2))
    for name in BEHIND:
        whole = spoilt.state.whole(name)
        other = whole[..., :1] * whole.dtype.type(3) if whole.dtype.kind == "f" else whole[..., :1]
        whole[..., runs:] = other
    assert unlike(clean.state, spoilt.state) == []
    assert unlike(clean.state.copy(), spoilt.state.copy()) == []
    live(clean), live(spoilt)
    assert (clean.state.present == 0).any()
    assert unlike(clean.state, spoilt.state) == []
    assert unlike(clean.state.repeat(2), spoilt.state.repeat(2)) == []


def test_rows_of_the_tables_are_the_state_s_by_name(small: Callable[..., Simulation]) -> None:
    state = small().state
    for name in HOT:
        assert np.shares_memory(getattr(state, name), state.hot), name
    state.media[...] = [1, 2, 3, 4]
    state.trigger_on[1] = 7
    assert state.copy().media.tolist() == [1, 2, 3, 4]
    assert (state.trigger_on_1 == 7).all()
    assert (state.trigger_on_0 == 0).all()
    with pytest.raises(AttributeError, match="rumours"):
        _ = state.rumours


def test_what_was_cumulated_is_what_survival_lost(small: Callable[..., Simulation]) -> None:
    state = small(dtype="float64", runs=2).state
    state.survival[3] = [0.5, 1]
    state.lot[3] = [0.25, 0.125]
    assert state.cumulated[3] == pytest.approx([np.log(2), 0], rel=1e-15)
    assert state.tolerance[3] == pytest.approx([np.log(4), np.log(8)], rel=1e-15)
    for name in ("cumulated", "tolerance"):
        with pytest.raises(AttributeError):
            setattr(state, name, 0)


def test_worlds_that_a_test_changes_by_hand_are_those_that_the_model_knows(small: Callable[..., Simulation]) -> None:
    world = select(small())
    world.state.limit.fill(0)
    put_at_risk(world.state, world.state.at_risk)
    part(world, 3), part(world, 0, 2)
    again = world.state.copy()
    state, layout = world.step(), world.parameters.layout
    assert again.available.tolist() == [39, 39, 38, 39]
    assert state.present[:, 2].sum() == 38 - state.exits[2] - state.casualties[2]
    assert np.array_equal(state.share, shares(world))
    assert np.array_equal(state.squad_present, layout.by_squad(state.present))
    assert np.array_equal(state.limit, np.where(state.at_risk > 0, state.lot, -1))


# --- copies


def test_copies_share_no_memory_with_the_original(small: Callable[..., Simulation]) -> None:
    state = small("theory=squad_threshold", runs=LANES, events=[WATCH]).state
    state.memory = {"seen": np.ones_like(state.perceived)}
    names = [name for name in state.to_arrays() if name != "day"]
    for other in (state.copy(), state.take(list(range(LANES))), state.take(slice(None)), state.repeat(1)):
        assert unlike(state, other) == []
        theirs, mine = other.to_arrays(), state.to_arrays()
        assert not [name for name in names if np.shares_memory(theirs[name], mine[name])]
        assert not [name for name in BEHIND if np.shares_memory(other.whole(name), state.whole(name))]
        assert not np.shares_memory(other.trigger_on, state.trigger_on)
        assert np.shares_memory(other.media, other.whole("levels"))


ROUND_TRIPS: dict[str, Callable[[State], State]] = {
    "copied": lambda state: state.copy(),
    "taken": lambda state: state.take([2, 0, 1]).take([1, 2, 0]),
    "repeated and taken": lambda state: state.repeat(3).take(np.array([1, 5, 6])),
    "saved": lambda state: State.from_arrays({name: array.copy() for name, array in state.to_arrays().items()}),
    "widened beyond a tile": lambda state: state.repeat(LANES).take([0, LANES + 1, 3 * LANES - 1]),
}


@pytest.mark.parametrize("way", ROUND_TRIPS)
def test_a_state_that_went_round_is_the_same_and_so_is_what_comes_of_it(
    way: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    world = select(small(*LIVELY, runs=3, events=[WATCH]))
    live(world, "2024-02-27")
    other = replace(world, state=ROUND_TRIPS[way](world.state))
    assert other.state.day == world.state.day
    assert unlike(world.state, other.state) == []
    live(world, "2024-03-05"), live(other, "2024-03-05")
    assert unlike(world.state, other.state) == []
    other.state = ROUND_TRIPS[way](other.state)  # between days of one world
    live(world), live(other)
    assert (world.state.present == 0).any()
    assert unlike(world.state, other.state) == []


def test_each_future_of_a_repeated_state_goes_on_as_the_run_itself(
    small: Callable[..., Simulation], case: Callable[..., Case], live: Callable[..., State]
) -> None:
    words = ("officers.pool=40", *LIVELY)
    world = select(small(*LIVELY, runs=3))
    live(world, "2024-02-27")
    times = LANES // 3 + 1  # more futures than a tile has room for
    futures = Simulation.of(block(case(*words), replicates=np.repeat(np.arange(3), times).tolist()))
    futures.state = world.state.repeat(times)
    live(world), live(futures)
    for future in (0, 1, times - 1):
        assert unlike(world.state, futures.state.take([future, times + future, 2 * times + future])) == []


# --- wider than a tile


def _same_run(alone: State, company: State, run: int) -> None:
    """A run alone lacks only the squads that others have more than it."""
    mine, theirs = alone.to_arrays(), company.take([run]).to_arrays()
    assert mine.keys() == theirs.keys()
    for name, array in mine.items():
        other = theirs[name]
        if name in OF_SQUADS:
            assert not other[len(array) :].any(), name
            other = other[: len(array)]
        assert identical(array, np.array(other)), name


@pytest.mark.parametrize("how", ["day by day", "in one go", "by hand"])
def test_a_state_wider_than_a_tile_lives_as_single_runs_do(
    how: str, case: Callable[..., Case], live: Callable[..., State]
) -> None:
    quiet, loud = case("officers.pool=40", *LIVELY), case("officers.pool=40", *LIVELY, "scenario=terms_settled")
    wide = block(quiet, loud, replicates=range(LANES // 2 + 2))  # four runs more than a tile has
    world = Simulation.of(wide)
    if how == "by hand":
        world.theory = TheoryWrapper(world.theory)
    if how == "in one go":
        while world.running:
            world.go_on(world.parameters.structure.end, tables_only=True)
        world.catch_up()
    else:
        live(world)
    assert (world.state.present == 0).any()
    for run in (0, LANES - 1, LANES, wide.runs - 1):
        alone = Simulation.of(wide.single(run))
        if how == "by hand":
            alone.theory = TheoryWrapper(alone.theory)
        _same_run(live(alone), world.state, run)
