"""Who leaves, in the windows that outcomes look at: the surge, its month, what follows the record; and in squads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pytest

from sim.ensemble.engine.block import Simulation
from sim.ensemble.engine.recorder import Recorder
from tests.ensemble.tiny_worlds import let_go
from tests.worlds import make_world

NULL = pytest.approx(np.nan, nan_ok=True)
WINDOWS = ("exits_before_surge", "exits_in_surge", "exits_surge_month", "exits_after_record", "intents_in_surge")


def told(
    exits: Mapping[str, float] | None = None,
    start: str = "2024-02-20",
    end: str = "2024-04-30",
    record_end: str = "2024-03-07",
    every: float = 0,
) -> dict[str, float]:
    """Outcomes of a run in which so many leave on these days, and twice as many come to want out."""
    clock = (f"clock.start={start}", f"clock.end={end}", f"clock.record_end={record_end}")
    world = make_world("officers.pool=10", "theory=constant", *clock, runs=1)
    recorder, state = Recorder(world.parameters), world.state
    while state.day < world.parameters.structure.end:
        state.day += 1
        state.exits.fill((exits or {}).get(date.fromordinal(state.day).isoformat(), every))
        state.intents[...] = 2 * state.exits
        recorder.watch(state)
    return {name: float(values[0]) for name, values in recorder.outcomes().items()}


def test_each_window_has_its_first_day_and_its_last() -> None:
    # The n-th edge gets 2ⁿ exits, so that a sum says which days it is of.
    edges = ("2024-02-28", "2024-02-29", "2024-03-07", "2024-03-08", "2024-03-31", "2024-04-01", "2024-04-30")
    outcome = told({day: 2**n for n, day in enumerate(edges)})
    assert {name: outcome[name] for name in WINDOWS} == {
        "exits_before_surge": 1,
        "exits_in_surge": 2 + 4,
        "exits_surge_month": 2 + 4 + 8 + 16,
        "exits_after_record": 8 + 16 + 32 + 64,
        "intents_in_surge": 2 * (2 + 4),
    }
    assert (outcome["exits_by_record_end"], outcome["exits_by_end"], outcome["intents_by_end"]) == (7, 127, 254)


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        ("2024-02-29", "2024-04-30", {"exits_in_surge", "exits_surge_month", "exits_after_record", "intents_in_surge"}),
        ("2024-03-01", "2024-04-30", {"exits_after_record"}),  # a day of the surge is missing
        ("2024-03-08", "2024-03-31", {"exits_after_record"}),
        ("2024-03-09", "2024-03-31", set()),  # and of what follows the record, too
        ("2024-02-28", "2024-03-30", set(WINDOWS) - {"exits_surge_month"}),
        ("2024-02-28", "2024-03-08", set(WINDOWS) - {"exits_surge_month"}),
        ("2024-02-28", "2024-03-07", {"exits_before_surge", "exits_in_surge", "intents_in_surge"}),
        ("2024-02-28", "2024-03-06", {"exits_before_surge"}),
        ("2024-02-20", "2024-02-27", set()),
    ],
)
def test_a_window_that_the_run_does_not_see_whole_is_null(start: str, end: str, seen: set[str]) -> None:
    outcome = told(start=start, end=end, every=1)
    assert {name for name in WINDOWS if not np.isnan(outcome[name])} == seen


@pytest.mark.parametrize("record_end", ["2024-02-28", "2024-02-10", "2024-05-01"])
def test_a_record_that_ends_before_the_surge_or_after_the_run_has_no_surge_in_it(record_end: str) -> None:
    outcome = told(record_end=record_end, every=1)
    assert np.isnan([outcome["exits_in_surge"], outcome["intents_in_surge"]]).all()
    assert outcome["exits_surge_month"] == 32  # whatever the record knew of it


def test_the_surge_ends_with_the_record() -> None:
    assert told(record_end="2024-02-29", every=1)["exits_in_surge"] == 1
    assert told(record_end="2024-04-30", every=1)["exits_in_surge"] == 62


def test_what_follows_the_record_begins_the_day_after_it_and_needs_one_day() -> None:
    assert told(record_end="2024-04-29", every=1)["exits_after_record"] == 1
    assert told(record_end="2024-04-30", every=1)["exits_after_record"] == NULL


def test_before_in_and_after_the_surge_is_everybody() -> None:
    words = ("theory=constant", "theory.base_hazard=0.01", "officers.friction_before=0.2")
    world = make_world("officers.pool=40", "clock.end=2024-04-10", *words, runs=6)
    recorder = Recorder(world.parameters)
    while world.running:
        recorder.watch(world.step())
    of = recorder.outcomes()
    assert (of["exits_in_surge"] > 0).any()
    parts = of["exits_before_surge"] + of["exits_in_surge"] + of["exits_after_record"]
    assert np.array_equal(parts, of["exits_by_end"])
    assert np.array_equal(of["exits_before_surge"] + of["exits_in_surge"], of["exits_by_record_end"])
    assert (of["intents_in_surge"] >= of["exits_in_surge"]).all()
    assert (of["exits_surge_month"] >= of["exits_in_surge"]).all()


# Squads


@pytest.fixture
def uneven() -> Simulation:
    """Runs that differ in how many squads they have."""
    clock = ("clock.start=2024-03-01", "clock.record_end=2024-03-04", "clock.end=2024-03-06")
    world = make_world("officers.pool=20", "theory=constant", "officers.squad_min=1", *clock, runs=8)
    squads = (world.parameters.layout.sizes > 0).sum(axis=0)
    assert len(set(squads)) > 1
    return world


def lived(world: Simulation, left: Mapping[int, np.ndarray] | None = None) -> dict[str, np.ndarray]:
    """Outcomes of a world in which so many of each squad leave on the days of these numbers, 0 the first."""
    recorder, state, first = Recorder(world.parameters), world.state, world.state.day + 1
    while state.day < world.parameters.structure.end:
        state.day += 1
        recorder.watch(let_go(world, (left or {}).get(state.day - first, 0)))
    return recorder.outcomes()


def test_a_squad_that_a_run_lacks_is_not_out(uneven: Simulation) -> None:
    assert lived(uneven)["squads_fully_out"].tolist() == [0] * 8


def test_where_all_have_left_all_squads_of_the_run_are_out(uneven: Simulation) -> None:
    sizes = uneven.parameters.layout.sizes
    of = lived(uneven, {1: sizes})
    assert of["squads_fully_out"].tolist() == (sizes > 0).sum(axis=0).tolist()
    assert of["squad_members_3d"].tolist() == sizes.max(axis=0).tolist()
    assert of["max_squad_share_3d"].tolist() == [1] * 8


def test_members_are_counted_over_three_days_and_shares_are_of_each_runs_own_squads(uneven: Simulation) -> None:
    sizes = uneven.parameters.layout.sizes
    one = (np.arange(len(sizes)) == sizes.argmax(axis=0)[:, None]).T * 1.0  # of the largest squad of each run
    of = lived(uneven, {0: one, 2: 2 * one, 4: 2 * one})
    assert (sizes.max(axis=0) >= 5).all()
    assert of["squad_members_3d"].tolist() == [3] * 8  # the fifth day lies after the record
    assert of["max_squad_share_3d"] == pytest.approx(3 / sizes.max(axis=0), rel=1e-6)
    assert of["squads_fully_out"].tolist() == (sizes.max(axis=0) == 5).tolist()


def test_the_most_members_and_the_largest_share_may_be_of_two_squads(uneven: Simulation) -> None:
    sizes = uneven.parameters.layout.sizes.astype(float)
    smallest = np.where(sizes > 0, sizes, np.inf).min(axis=0)
    left = np.where(sizes == smallest, sizes, np.minimum(sizes, 2) * (sizes > 2))
    of = lived(uneven, {3: left})
    assert of["max_squad_share_3d"].tolist() == [1] * 8
    assert of["squad_members_3d"].tolist() == left.max(axis=0).tolist()


@pytest.mark.parametrize("end", [timedelta(days=-1), timedelta(days=0)])
def test_members_of_a_squad_are_null_where_the_run_does_not_see_the_records_end(end: timedelta) -> None:
    last = date(2024, 3, 4) + end
    clock = ("clock.start=2024-03-01", "clock.record_end=2024-03-04", f"clock.end={last}")
    world = make_world("officers.pool=20", "theory=constant", *clock, runs=1)
    assert np.isnan(lived(world)["squad_members_3d"][0]) == (end < timedelta(0))
