"""A day in its order: each reads today's values of those before it, and yesterday's of those after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Simulation
from sim.model.day import step
from sim.model.events import Condition, Event
from sim.model.lanes import LANES
from sim.model.parameters import Parameters
from sim.model.state import WATCHED, H, State
from sim.model.tile import Tiles
from sim.model.withdrawal.compiled import CompiledTheory
from sim.model.withdrawal.interface import Memory, Perception, TheoryWrapper
from tests.worlds import give_lots, select

FIRST = date(2023, 10, 2)


def today(*writes: tuple[str, str, float]) -> list[Event]:
    return [Event("today", writes, date=FIRST)]  # type: ignore[arg-type]


def test_a_day_passes_in_place(small: Callable[..., Simulation]) -> None:
    world = small()
    before = world.state
    after = world.step()
    assert after is before
    assert date.fromordinal(after.day) == FIRST


def test_an_event_of_the_morning_is_felt_before_night(small: Callable[..., Simulation]) -> None:
    quiet, struck = (select(small(events=e)) for e in ([], today(("media.documented_salience", "add", 20))))
    quiet.step(), struck.step()
    assert (struck.state.media > quiet.state.media).all()
    assert (struck.state.perceived > quiet.state.perceived).all()
    assert (struck.state.cumulated > quiet.state.cumulated).all()


def test_governments_act_before_gangs_and_gangs_before_the_news(small: Callable[..., Simulation]) -> None:
    far, near = (select(small(events=e)) for e in ([], today(("kenya.imminence", "set", 1))))
    far.step(), near.step()
    assert near.state.imminence.tolist() == [1] * 4
    assert (near.state.coalition > far.state.coalition).all()
    attacked = small(events=today(("gangs.documented_attacks", "set", 30)))
    assert (attacked.step().media > far.state.media).all()


def test_a_theory_remembers_after_perceiving_and_before_anyone_leaves(small: Callable[..., Simulation]) -> None:
    """It remembers what it sees: today's perception of all who were in this morning."""

    class Diary(TheoryWrapper):
        def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
            today["seen"][...], today["in_squad"][...] = see.state.perceived, see.state.squad_present

    world = select(small("theory=constant", "theory.base_hazard=1", "officers.friction_before=0"))
    state, world.theory = world.state, Diary(world.theory)
    world.theory.memory = (Memory("seen", "officer", 0, ""), Memory("in_squad", "squad", 0, ""))
    state.memory = {"seen": np.zeros_like(state.perceived), "in_squad": np.zeros_like(state.squad_present)}
    world.step()
    assert np.array_equal(state.memory["seen"], state.perceived)
    assert state.exits.min() > 0
    assert np.array_equal(state.memory["in_squad"], state.squad_present + state.squad_exits)


def test_a_report_is_of_today_and_heard_tomorrow(small: Callable[..., Simulation]) -> None:
    certain = ("media.report_probability=1", "officers.friction_before=0", "theory=constant", "theory.base_hazard=1")
    loud, hushed = (
        select(small(*certain, f"media.report_salience={salience}", events=today(("kenya.imminence", "set", 1))))
        for salience in (100, 0)
    )
    loud.step(), hushed.step()
    assert loud.state.report.tolist() == [1] * 4
    assert np.array_equal(loud.state.media, hushed.state.media)
    loud.step(), hushed.step()
    assert (loud.state.media > hushed.state.media).all()


def test_a_condition_sees_the_evening_before(small: Callable[..., Simulation]) -> None:
    watch = Event("watch", (("haiti.authority", "set", 0.9),), when=Condition("attacks", True, 25))
    world = small(events=[*today(("gangs.documented_attacks", "set", 30)), watch])
    assert world.step().authority == pytest.approx([0.3] * 4)
    assert world.step().authority == pytest.approx([0.9] * 4)


def test_who_is_selected_in_the_morning_may_want_out_by_night(small: Callable[..., Simulation]) -> None:
    world = small("theory=constant", "theory.base_hazard=1", events=today(("officers.selected", "set", 1)))
    assert world.state.at_risk.sum() == 0
    state = world.step()
    assert (state.intents > 0).all()
    assert state.selected_on.tolist() == [FIRST.toordinal()] * 4


def test_habituation_moves_after_todays_news_has_been_read(small: Callable[..., Simulation]) -> None:
    world = small(
        "officers.habituation_days=10", events=today(("media.documented_salience", "add", 40)), dtype="float64"
    )
    before = world.state.habituation.copy()
    state = world.step()
    assert state.habituation == pytest.approx(before + (state.media - before) / 10, rel=1e-12)
    alone = small("officers.squad_pull=0", "officers.force_pull=0", "officers.ambiguity_weight=0", dtype="float64",
                  events=today(("media.documented_salience", "add", 40)))  # fmt: skip
    risen = alone.step().perceived - alone.state.baseline
    assert risen == pytest.approx(0.4 * 1.2 * alone.state.dread * np.log(alone.state.media / 1.12), rel=1e-9)


def test_a_leader_who_leaves_today_is_missed_tomorrow(small: Callable[..., Simulation]) -> None:
    words = ("theory=squad_threshold", "theory.threat=0", "theory.hazard=1", "officers.friction_before=0")
    squads = ("officers.cohesion=none", "officers.squad_min=4", "officers.squad_max=4", "officers.pool=4")
    world = select(small(*words, *squads, "officers.remote_hazard=1", runs=1))
    give_lots(world.state, np.exp(-1e-6))
    world.state.traits["threshold"][...] = np.array([[-1.0], [0.1], [0.6], [0.7]])
    days = [np.flatnonzero(world.step().present[:, 0] == 0).tolist() for _ in range(4)]
    # The leader weighs 2.5 of 5.5: .45 of the squad is out; with the next .64, then .82.
    assert days == [[0], [0, 1], [0, 1, 2], [0, 1, 2, 3]]


@pytest.mark.parametrize("cohesion", ["hold", "carry"])
def test_rooms_to_work_in_carry_nothing_from_day_to_day(cohesion: str, small: Callable[..., Simulation]) -> None:
    words = ("theory=squad_threshold", "theory.hazard=0.2", f"officers.cohesion={cohesion}", "clock.start=2024-02-20")
    kept, fresh = (select(small(*words)) for _ in range(2))
    theory = kept.theory
    assert isinstance(theory, CompiledTheory)
    tiles = Tiles(kept.state, kept.parameters, theory.reads)
    for _ in range(25):
        tiles.draw(kept.draws.luck(kept.state.day + 1))
        step(kept.state, kept.parameters, kept.schedule, theory, tiles)
        for tile in tiles:
            for room in (tile.w, tile.told, tile.hot[:, H.so_far : H.so_far + LANES]):
                room.fill(np.nan)
        tiles.bring_back()
        fresh.step()
    assert (fresh.state.present == 0).any()
    _same(kept.state, fresh.state)


@pytest.mark.parametrize("theory", ["constant", "threat_efficacy", "prospects", "squad_threshold", "breach"])
def test_days_that_are_lived_in_one_go_are_those_lived_one_by_one(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    words = (f"theory={theory}", "clock.start=2024-02-20", "clock.end=2024-04-20", "governments=rules")
    one_by_one, in_one_go = small(*words), small(*words)
    evenings = []
    while in_one_go.running:
        first = in_one_go.state.day + 1
        watched = in_one_go.go_on(in_one_go.parameters.structure.end)
        assert watched.shape == (in_one_go.state.day + 1 - first, len(WATCHED), 4)
        evenings.append(watched)
    assert max(len(watched) for watched in evenings) > 10  # and not always one day after another
    for watched in np.concatenate(evenings):
        state = one_by_one.step()
        assert np.array_equal(watched, [getattr(state, name) for name in WATCHED])
    assert not one_by_one.running
    _same(one_by_one.state, in_one_go.state)


@pytest.mark.parametrize("theory", ["constant", "threat_efficacy", "prospects", "squad_threshold", "breach"])
def test_a_theory_that_is_asked_from_outside_gives_the_same_days_to_the_last_bit(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    words = (f"theory={theory}", "clock.start=2024-02-20", "clock.end=2024-04-20", "governments=rules")
    more = ("officers.cohesion=hold", "levers.leaders_briefed=1", "levers.first_contingent=20", "officers.reactance=1")
    within, outside = (small(*words, *more, "levers.mandatory=0.2") for _ in range(2))
    outside.theory = TheoryWrapper(outside.theory)
    live(within), live(outside)
    assert (within.state.survival < 1).any()
    _same(within.state, outside.state)


@pytest.mark.parametrize("theory", ["constant", "threat_efficacy", "prospects", "squad_threshold", "breach"])
def test_a_run_alone_is_the_run_in_company_to_the_last_bit(
    theory: str, case: Callable[..., Case], side_by_side: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    clock = ("clock.start=2024-02-20", "clock.end=2024-04-20")
    words = ("officers.pool=30", *clock, f"theory={theory}", "governments=rules")
    crowd = [
        case(*words),
        case(*words, "gangs.branching_ratio=0.5", "levers.first_contingent=10", "levers.leaders_briefed=1"),
        case(*words, "levers.squad_opt_out=1", "officers.reactance=1", "levers.mandatory=0.5"),
        case(*words, "scenario=terms_settled", "levers.gang_truce=1", "levers.credible_denial=1"),
    ]
    together = live(side_by_side(crowd, runs=3))
    for position, one in enumerate(crowd):
        _same(live(side_by_side([one], runs=3)), together.take(list(range(3 * position, 3 * position + 3))))


def test_a_second_opinion_in_double_precision_agrees(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    quick, exact = (live(small("theory=threat_efficacy", runs=20, dtype=dtype)) for dtype in ("float32", "float64"))
    assert np.array_equal(quick.stage, exact.stage)
    assert quick.perceived == pytest.approx(exact.perceived, abs=2e-4)
    assert quick.cumulated == pytest.approx(exact.cumulated, rel=2e-3)
    assert quick.media == pytest.approx(exact.media, rel=1e-4)


def _same(one: State, other: State) -> None:
    theirs = other.to_arrays()
    for name, array in one.to_arrays().items():
        assert np.array_equal(array, theirs[name]), name
