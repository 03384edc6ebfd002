"""Events: what is set or added on a date, what waits for a condition, and what a block keeps apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Simulation
from sim.model import events
from sim.model.events import MEASURES, PULSES, TARGETS, Condition, Event
from sim.model.state import State
from tests.worlds import part

START = date(2023, 10, 2)


def on(day: int, *writes: tuple[str, str, float], id: str = "event") -> Event:
    """An event of the clock's ``day``, the first being 1."""
    return Event(id, writes, date=START + timedelta(days=day - 1))  # type: ignore[arg-type]


def once(when: Condition, *writes: tuple[str, str, float], id: str = "watch") -> Event:
    return Event(id, writes, when=when)  # type: ignore[arg-type]


def dawn(world: Simulation) -> State:
    """The start of a next day on which nothing happens but its events."""
    world.state.day += 1
    events.apply(world.state, world.schedule)
    return world.state


def mornings(world: Simulation, name: str, days: int) -> list[float]:
    """A level of the first run on the mornings of the next days."""
    return [round(float(getattr(dawn(world), name)[0]), 6) for _ in range(days)]


def test_an_event_sets_a_level_on_its_day_and_the_level_stays(small: Callable[..., Simulation]) -> None:
    world = small(events=[on(2, ("haiti.authority", "set", 0.1))])
    assert mornings(world, "authority", 4) == [0.3, 0.1, 0.1, 0.1]


def test_an_event_adds_to_a_level(small: Callable[..., Simulation]) -> None:
    world = small(events=[on(2, ("kenya.slips", "add", 1)), on(4, ("kenya.slips", "add", 1))])
    assert mornings(world, "slips", 5) == [0, 1, 1, 2, 2]


def test_events_of_one_day_happen_in_the_order_of_their_table(small: Callable[..., Simulation]) -> None:
    first, then = ("haiti.authority", "set", 0.5), ("haiti.authority", "add", 0.2)
    assert mornings(small(events=[on(1, first), on(1, then)]), "authority", 1) == [0.7]
    assert mornings(small(events=[on(1, then), on(1, first)]), "authority", 1) == [0.5]
    assert mornings(small(events=[on(1, first, then)]), "authority", 1) == [0.7]


@pytest.mark.parametrize(("change", "level"), [(5.0, 1.0), (-5.0, 0.0)])
def test_a_level_stays_within_its_limits(change: float, level: float, small: Callable[..., Simulation]) -> None:
    world = small(events=[on(1, ("kenya.readiness", "add", change))])
    assert mornings(world, "readiness", 1) == [level]


@pytest.mark.parametrize(("name", "noted"), [("kenya.imminence", "announced_on"), ("kenya.accord", "accord_on")])
def test_an_announcement_keeps_the_day_on_which_it_was_last_made(
    name: str, noted: str, small: Callable[..., Simulation]
) -> None:
    world = small(events=[on(2, (name, "set", 0.3)), on(4, (name, "set", 0.3)), on(6, (name, "add", 0))])
    first = world.state.day
    days = [int(getattr(dawn(world), noted)[0]) for _ in range(7)]
    assert days == [0] + [first + 2] * 2 + [first + 4] * 2 + [first + 6] * 2


def test_a_conditional_announcement_keeps_its_day_in_the_runs_where_it_was_made(
    small: Callable[..., Simulation],
) -> None:
    world = small(events=[once(Condition("media", True, 2), ("kenya.imminence", "set", 0.8))], runs=2)
    world.state.media[...] = [1.5, 2.5]
    assert dawn(world).announced_on.tolist() == [0, world.state.day]


@pytest.mark.parametrize("name", ["gangs.documented_attacks", "media.documented_salience", "media.kenya_salience"])
def test_a_pulse_lasts_a_day(name: str, small: Callable[..., Simulation]) -> None:
    target = TARGETS[name]
    assert target.attribute in PULSES
    world = small(events=[on(2, (name, "add", 6), (name, "add", 2)), on(3, (name, "add", 1))])
    assert mornings(world, target.attribute, 4) == [0, 8, 1, 0]


def test_foreign_troops_arrive_a_fortnight_after_the_order(small: Callable[..., Simulation]) -> None:
    world = small(events=[on(3, ("levers.foreign_troops", "set", 1000), ("levers.us_support", "set", 1))])
    days = [(dawn(world).foreign_troops[0], world.state.us_support[0]) for _ in range(17)]
    assert days == [(0, 0)] * 2 + [(0, 1)] * 14 + [(1000, 1)]


def test_foreign_troops_ordered_on_a_condition_travel_as_long(small: Callable[..., Simulation]) -> None:
    world = small(events=[once(Condition("authority", False, 0.5), ("levers.foreign_troops", "set", 1000))])
    assert mornings(world, "foreign_troops", 15) == [0] * 14 + [1000]


def test_an_order_that_is_given_again_does_not_put_off_the_first(small: Callable[..., Simulation]) -> None:
    watch = Condition("authority", False, 0.5, once=False)
    world = small(events=[once(watch, ("levers.foreign_troops", "set", 1000))])
    assert mornings(world, "foreign_troops", 20) == [0] * 14 + [1000] * 6


def test_what_arrives_at_once_does_so_on_every_firing_while_the_troops_are_under_way(
    small: Callable[..., Simulation],
) -> None:
    watch = Condition("authority", False, 0.5, once=False)
    world = small(events=[once(watch, ("levers.foreign_troops", "add", 1000), ("levers.reserve", "add", 5))])
    days = [(dawn(world).foreign_troops[0], world.state.reserve[0]) for _ in range(16)]
    assert days == [(0 if day < 15 else 1000, 5 * day) for day in range(1, 17)]


def test_a_row_that_is_switched_off_does_nothing(
    small: Callable[..., Simulation], daily: Callable[..., object], case: Callable[..., Case]
) -> None:
    row = "{date: 2023-10-04, set: {haiti: {authority: 0.9}}, text: a dream"
    silent = small(f"+scenario.events.dream={row}, happens: false}}", "theory=constant")
    as_it_was = small("theory=constant")
    assert silent.schedule.days == as_it_was.schedule.days
    for _ in range(10):
        silent.step(), as_it_was.step()
    assert all(np.array_equal(a, as_it_was.state.to_arrays()[n]) for n, a in silent.state.to_arrays().items())
    loud = small(f"+scenario.events.dream={row}}}", "theory=constant")
    assert mornings(loud, "authority", 3) == [0.3, 0.3, 0.9]


def test_a_documented_row_can_be_switched_off_by_its_name(
    small: Callable[..., Simulation], daily: Callable[..., object]
) -> None:
    def documented(*words: str) -> dict[date, float]:
        world = small(*words, "clock.start=2024-02-28")
        return {
            date.fromordinal(world.state.day): float(world.state.documented_attacks[0])
            for _ in range(9)
            if dawn(world).documented_attacks[0]
        }

    march = {date(2024, 2, 29): 6, date(2024, 3, 1): 3, date(2024, 3, 2): 8, date(2024, 3, 3): 6}
    after = {date(2024, 3, 6): 2}
    assert documented() == march | {date(2024, 3, 4): 8} | after
    assert documented("scenario.events.airport_assault.happens=false") == march | {date(2024, 3, 4): 2} | after
    assert documented("scenario.events.prison_break.happens=false")[date(2024, 3, 3)] == 6
    assert date(2024, 3, 2) not in documented("scenario.events.prison_break.happens=false")


def test_a_condition_waits_for_its_days_in_a_row_and_fires_once(small: Callable[..., Simulation]) -> None:
    world = small(
        events=[once(Condition("control", True, 0.5, days=3), ("kenya.slips", "add", 1))],
    )
    slips = []
    for control in (0.9, 0.9, 0.4, 0.9, 0.9, 0.9, 0.9, 0.4, 0.9, 0.9, 0.9):
        world.state.control.fill(control)  # as yesterday left it
        slips.append(dawn(world).slips[0])
    assert slips == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert world.state.fired[0].tolist() == [1] * 4


def test_a_condition_that_may_repeat_fires_whenever_it_holds(small: Callable[..., Simulation]) -> None:
    watch = once(Condition("control", False, 0.5, days=2, once=False), ("kenya.slips", "add", 1))
    world = small(events=[watch])
    slips = []
    for control in (0.4, 0.4, 0.4, 0.9, 0.4, 0.4):
        world.state.control.fill(control)
        slips.append(dawn(world).slips[0])
    assert slips == [0, 1, 2, 2, 2, 3]
    assert world.state.fired[0, 0] == 3


def test_a_level_at_its_threshold_is_neither_above_nor_below_it(small: Callable[..., Simulation]) -> None:
    at = [Condition("control", above, 0.5) for above in (True, False)]
    world = small(events=[once(when, ("kenya.slips", "add", 1), id=str(i)) for i, when in enumerate(at)])
    world.state.control.fill(0.5)
    assert mornings(world, "slips", 3) == [0, 0, 0]


def test_a_condition_fires_in_the_runs_where_it_holds_and_in_no_other(small: Callable[..., Simulation]) -> None:
    world = small(events=[once(Condition("media", True, 2), ("haiti.authority", "set", 0.9))], runs=3)
    world.state.media[...] = [1.5, 2.5, 3.5]
    assert dawn(world).authority == pytest.approx([0.3, 0.9, 0.9], rel=1e-6)
    world.state.media[...] = [2.5, 1.5, 1.5]
    assert dawn(world).authority == pytest.approx([0.9, 0.9, 0.9], rel=1e-6)
    assert world.state.fired.tolist() == [[1, 1, 1]]


def test_what_a_condition_did_is_undone_by_a_dated_event_of_the_same_day(small: Callable[..., Simulation]) -> None:
    watch = once(Condition("authority", True, 0), ("haiti.authority", "set", 0.9))
    world = small(events=[watch, on(1, ("haiti.authority", "set", 0.2))])
    assert mornings(world, "authority", 2) == [0.2, 0.2]


@pytest.mark.parametrize("name", MEASURES)
def test_a_condition_sees_a_measure_as_yesterday_left_it(name: str, small: Callable[..., Simulation]) -> None:
    world = small(runs=3)
    state = world.state
    seen = MEASURES[name](state)
    assert seen.shape == (3,)
    if name == "available":
        assert seen.tolist() == [40] * 3
        part(world, 0)
        assert MEASURES[name](state).tolist() == [39] * 3
    else:
        getattr(state, name)[...] = [0.25, 0.5, 0.75]
        assert MEASURES[name](state).tolist() == [0.25, 0.5, 0.75]


def test_cases_in_one_block_do_not_touch_each_others_runs(
    case: Callable[..., Case], side_by_side: Callable[..., Simulation]
) -> None:
    watch = Condition("control", True, 0)
    tables = [
        [on(1, ("haiti.authority", "set", 0.9)), on(2, ("kenya.slips", "add", 3))],
        [on(1, ("haiti.authority", "set", 0.5)), once(watch, ("kenya.slips", "add", 1), id="a")],
        [on(2, ("haiti.authority", "add", 0.3)), once(watch, ("kenya.slips", "add", 2), id="a")],
        [],
    ]
    world = side_by_side([case("officers.pool=10", events=table) for table in tables], runs=2)
    assert dawn(world).authority == pytest.approx(np.repeat([0.9, 0.5, 0.3, 0.3], 2), rel=1e-6)
    assert world.state.slips.tolist() == [0, 0, 1, 1, 2, 2, 0, 0]
    assert dawn(world).authority == pytest.approx(np.repeat([0.9, 0.5, 0.6, 0.3], 2), rel=1e-6)
    assert world.state.slips.tolist() == [3, 3, 1, 1, 2, 2, 0, 0]


def test_the_same_condition_in_two_cases_is_watched_once_and_kept_apart(
    case: Callable[..., Case], side_by_side: Callable[..., Simulation]
) -> None:
    watch = once(Condition("media", True, 2), ("kenya.slips", "add", 1))
    with_it, without = case("officers.pool=10", events=[watch]), case("officers.pool=10", events=[])
    world = side_by_side([with_it, without, with_it], runs=1)
    assert len(world.schedule.watches) == 1
    world.state.media[...] = [3, 3, 1]
    assert dawn(world).slips.tolist() == [1, 0, 0]
    world.state.media[...] = [1, 1, 3]
    assert dawn(world).slips.tolist() == [1, 0, 1]


def test_every_level_that_an_event_may_write_is_a_level_of_the_state(small: Callable[..., Simulation]) -> None:
    for name, target in TARGETS.items():
        world = small(events=[on(1, (name, "set", target.high))], runs=1)
        for _ in range(target.delay + 1):
            dawn(world)
        assert getattr(world.state, target.attribute)[0] == np.float32(target.high), name
