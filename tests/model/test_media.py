"""Media: news remembered fast and slow, rumours and denials, and what outsiders see of withdrawals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from sim.arrays import Floats, Ints
from sim.ensemble.engine.block import Simulation
from sim.errors import UserMistake
from sim.model import media, officers
from sim.model.lanes import LANES
from sim.model.state import State
from sim.model.tile import Tile
from tests.worlds import act_on, make_case


def leavers(*exits: int) -> tuple[Ints, Ints]:
    """So many officers who leave in each run: officer and run of each."""
    return np.concatenate([np.arange(n) for n in exits]), np.repeat(np.arange(len(exits)), exits)


def reference_day(world: Simulation) -> State:
    """A day whose news is exactly what the reference state expects."""
    strategic = 0.05 + 0.3 * 0.15
    world.state.salience_civilian.fill(4.5 * (1 - strategic))
    world.state.salience_strategic.fill(4.5 * strategic * 4.5 * (1 + 0.2 * 1))
    return hear(world)


def hear(world: Simulation) -> State:
    act_on(world, media.report_news)
    return world.state


def observe(
    world: Simulation, exits: tuple[Ints, Ints], report: float | Floats = 0.5, denial: float | Floats = 0.5
) -> State:
    """A day on which these leave, with luck by hand: whether an exit is reported, and whether that is denied.

    The luck is that of all leavers, or of each officer.
    """
    nobody, most = np.empty(0, np.int64), np.zeros(1 + int(exits[0].max(initial=0)))
    told, disputed = most + report, most + denial

    def ask(tile: Tile) -> None:
        officers.leave(tile, world.state.day, nobody, nobody, 0, 0)
        media.forget_report(tile)
        for officer, run in zip(*exits, strict=True):
            media.ask_press(tile, officer, run, told[officer], disputed[officer])

    act_on(world, ask)
    return world.state


def leave(world: Simulation, exits: tuple[Ints, Ints]) -> State:
    """What a day on which these want out, and nothing holds them back, leaves of a world that stays as it is."""
    left = replace(world, state=world.state.copy())
    left.state.friction.fill(1)
    who, where = exits

    def go(tile: Tile, first: int) -> None:
        mine = (where >= first) & (where < first + LANES)
        room = np.empty((2, len(tile.hot) * LANES), np.int64)
        room[:, : mine.sum()] = who[mine], where[mine] - first
        media.report_exits(tile, *room, officers.leave(tile, left.state.day, *room, int(mine.sum()), 0))

    firsts = count(0, LANES)
    act_on(left, lambda tile: go(tile, next(firsts)))
    return left.state


# --- news


def test_both_memories_stay_at_one_while_the_news_is_what_it_always_is(small: Callable[..., Simulation]) -> None:
    world = small(dtype="float64")
    for _ in range(200):
        state = reference_day(world)
    assert state.news_fast == pytest.approx([1] * 4, rel=1e-12)
    assert state.news_slow == pytest.approx([1] * 4, rel=1e-12)


def test_a_memory_without_news_halves_in_its_half_life(small: Callable[..., Simulation]) -> None:
    world = small("media.half_life_fast=11", "media.half_life_slow=70", dtype="float64")
    fast, slow = zip(*((hear(world).news_fast[0], world.state.news_slow[0]) for _ in range(70)), strict=True)
    assert fast[10] == pytest.approx(0.5, rel=1e-12)
    assert slow[69] == pytest.approx(0.5, rel=1e-12)


def test_civilian_attacks_and_reports_pass_and_strategic_and_documented_events_last(
    small: Callable[..., Simulation],
) -> None:
    def moved(**today: float) -> tuple[bool, bool]:
        world, empty = small(runs=1, dtype="float64"), small(runs=1, dtype="float64")
        for name, value in today.items():
            getattr(world.state, name).fill(value)
        return bool(hear(world).news_fast > hear(empty).news_fast), bool(world.state.news_slow > empty.state.news_slow)

    assert moved(salience_civilian=3) == (True, False)
    assert moved(report=1) == (True, False)
    assert moved(salience_strategic=3) == (True, True)
    assert moved(documented_salience=3) == (True, True)
    assert moved(kenya_salience=3) == (True, True)


def test_news_by_hand(small: Callable[..., Simulation]) -> None:
    world = small("media.kenya_relevance=2", "media.documented_scale=0.5", "media.report_salience=4", dtype="float64")
    state, d = world.state, world.parameters.derived
    state.salience_civilian.fill(3)
    state.salience_strategic.fill(9)
    state.documented_salience.fill(20)
    state.kenya_salience.fill(2)
    state.report.fill(1)
    hear(world)
    lasting = 9 + (20 + 2 * 3) * 0.5
    passing = 3 + 4 * 3
    fast = d.news_keep_fast + (1 - d.news_keep_fast) * (lasting + passing) / d.news_reference_fast
    slow = d.news_keep_slow + (1 - d.news_keep_slow) * lasting / d.news_reference_slow
    assert state.news_fast == pytest.approx(fast, rel=1e-12)
    assert state.news_slow == pytest.approx(slow, rel=1e-12)
    assert state.media - state.rumour == pytest.approx(0.65 * fast + 0.35 * slow, rel=1e-12)


def test_news_of_the_mission_weighs_as_much_as_kenya_minds(small: Callable[..., Simulation]) -> None:
    def heard(name: str, *words: str) -> float:
        world = small(*words, "media.half_life_fast=11", runs=1, dtype="float64")
        getattr(world.state, name).fill(5)
        return float(hear(world).news_fast[0] - world.parameters.derived.news_keep_fast[0])

    assert heard("kenya_salience") == pytest.approx(2 * heard("documented_salience"), rel=1e-9)
    deaf = "media.kenya_relevance=0"
    assert heard("kenya_salience", deaf) == pytest.approx(heard("documented_salience", deaf), rel=1e-9)


def test_the_violence_off_switch_holds_news_at_its_reference(
    small: Callable[..., Simulation], daily: Callable[..., object]
) -> None:
    silent = ("scenario.events.accord_signed.happens=false", "scenario.events.new_challenge.happens=false")
    words = ("officers.violence_felt=0", "media.report_probability=0", "clock.end=2024-07-31")
    world = small(*words, *silent, dtype="float64")
    attacks = 0.0
    for state in daily(world):  # type: ignore[attr-defined]
        assert state.news_fast == pytest.approx([1] * 4, rel=1e-12)
        assert state.news_slow == pytest.approx([1] * 4, rel=1e-12)
        assert state.media == pytest.approx([1.12] * 4, rel=1e-12)
        assert state.habituation == pytest.approx([1.12] * 4, rel=1e-12)
        attacks += state.attacks.sum()
    assert attacks > 0  # the violence itself goes on


def test_the_violence_off_switch_leaves_news_of_the_mission(small: Callable[..., Simulation]) -> None:
    deaf = small("officers.violence_felt=0", dtype="float64")
    state, d = deaf.state, deaf.parameters.derived
    state.salience_civilian.fill(30)
    state.salience_strategic.fill(90)
    state.documented_salience.fill(20)
    state.kenya_salience.fill(3)
    state.report.fill(1)
    hear(deaf)
    accord, report = 3 * 2, 3 * 2  # salience three each, and κ_K of 1 on top
    fast = 1 + (1 - d.news_keep_fast) * (accord + report) / d.news_reference_fast
    assert state.news_fast == pytest.approx(fast, rel=1e-12)
    assert state.news_slow == pytest.approx(1 + (1 - d.news_keep_slow) * accord / d.news_reference_slow, rel=1e-12)


def test_the_rumour_off_switch_lets_officers_hear_as_much_of_it_as_at_the_start(
    small: Callable[..., Simulation],
) -> None:
    deaf, keen = small("officers.rumours_felt=0", dtype="float64"), small(dtype="float64")
    for world in (deaf, keen):
        world.state.documented_salience.fill(30)
        for _ in range(3):
            hear(world)
    assert np.array_equal(deaf.state.rumour, keen.state.rumour)  # it is about as much as ever
    assert (keen.state.rumour > 0.12).all()
    news = keen.state.media - keen.state.rumour
    assert deaf.state.media == pytest.approx(news + 0.12, rel=1e-12)


def test_news_can_fall_silent_without_stopping_anybodys_mind(
    small: Callable[..., Simulation], daily: Callable[..., object]
) -> None:
    # An army ends all attacks, memory is short and nobody spreads rumours: what officers hear comes to nothing.
    peace = ("levers.foreign_troops=100000", "gangs.pressure_gain=20")
    silence = ("media.half_life_fast=0.5", "media.slow_weight=0", "media.rumour_rate=0")
    world = small(*peace, *silence, "theory=constant", events=[])
    for state in daily(world):  # type: ignore[attr-defined]
        assert np.isfinite(state.perceived).all()


# --- rumours and denials


def test_rumour_feeds_on_news_and_fades(small: Callable[..., Simulation]) -> None:
    world = small("media.rumour_rate=0.2", dtype="float64")
    world.state.rumour.fill(0)
    reference_day(world)
    assert world.state.rumour == pytest.approx([0.1 * 0.2] * 4, rel=1e-12)
    reference_day(world)
    assert world.state.rumour == pytest.approx([0.9 * 0.02 + 0.02] * 4, rel=1e-12)
    for _ in range(400):
        reference_day(world)
    assert world.state.rumour == pytest.approx([0.2] * 4, rel=1e-12)
    assert world.state.media == pytest.approx([1.2] * 4, rel=1e-12)


@pytest.mark.parametrize(("rate", "kept", "rumour"), [(0.2, 0.9, 0.2), (0, 0.9, 0), (0.5, 0, 0.05), (0.5, 0.99, 5)])
def test_rumour_starts_where_it_stays(
    rate: float, kept: float, rumour: float, small: Callable[..., Simulation]
) -> None:
    world = small(f"media.rumour_rate={rate}", f"media.rumour_retention={kept}", dtype="float64")
    for day in range(40):
        assert world.state.rumour == pytest.approx([rumour] * 4, rel=1e-9, abs=1e-12), day
        assert world.state.media == pytest.approx([1 + rumour] * 4, rel=1e-9), day
        reference_day(world)


def test_rumour_that_never_fades_is_refused() -> None:
    with pytest.raises(UserMistake, match=r"media\.rumour_retention"):
        make_case("media.rumour_retention=1")


def test_a_denial_quells_rumours_and_wears_off(small: Callable[..., Simulation]) -> None:
    world = small("media.denial_credibility=0.5", runs=2, dtype="float64")
    world.state.rumour.fill(0)
    world.state.denied[...] = [0, 1]
    reference_day(world)
    quiet = world.state.rumour.copy()
    assert quiet[1] == pytest.approx(0.5 * quiet[0], rel=1e-12)
    assert world.state.denial.tolist() == [0, 1]
    world.state.denied.fill(0)
    reference_day(world)
    assert world.state.denial == pytest.approx([0, 0.9], rel=1e-12)
    assert world.state.rumour[1] == pytest.approx(0.9 * quiet[1] + 0.1 * 0.12 * (1 - 0.5 * 0.9), rel=1e-12)
    world.state.denied[1] = 1
    assert reference_day(world).denial[1] == 1  # a new denial renews the stock, and does not add to it


def test_rumour_never_becomes_news(small: Callable[..., Simulation]) -> None:
    sober, wild = small(dtype="float64"), small(dtype="float64")
    wild.state.rumour.fill(50)
    for _ in range(30):
        reference_day(sober), reference_day(wild)
        assert np.array_equal(sober.state.news_fast, wild.state.news_fast)
        assert np.array_equal(sober.state.news_slow, wild.state.news_slow)
    assert (wild.state.media > sober.state.media).all()
    gap = wild.state.rumour - sober.state.rumour
    assert gap == pytest.approx([(50 - 0.12) * 0.9**30] * 4, rel=1e-9)  # nor does it breed rumour


# --- what outsiders see


def test_each_exit_may_be_the_one_that_is_reported(small: Callable[..., Simulation]) -> None:
    world = small("media.report_probability=0.1", "media.attention_floor=0.2", dtype="float64")
    world.state.imminence.fill(0.5)
    chance = 0.1 * (0.2 + 0.8 * 0.5)
    luck = np.full(30, chance)
    assert observe(world, leavers(0, 1, 2, 30), report=luck).report.tolist() == [0, 0, 0, 0]
    luck[1] = np.nextafter(chance, 0)
    assert observe(world, leavers(0, 1, 2, 30), report=luck).report.tolist() == [0, 0, 1, 1]
    luck[1], luck[29] = chance, 0.9 * chance
    assert observe(world, leavers(0, 1, 2, 30), report=luck).report.tolist() == [0, 0, 0, 1]


def test_what_is_certain_to_be_reported_is_and_what_cannot_be_never_is(small: Callable[..., Simulation]) -> None:
    open_, shut = small("media.report_probability=1"), small("media.report_probability=0")
    for world in (open_, shut):
        world.state.imminence.fill(1)
    assert observe(open_, leavers(0, 1, 2, 30), report=1 - 2.0**-33).report.tolist() == [0, 1, 1, 1]
    assert observe(shut, leavers(0, 1, 2, 30), report=2.0**-33).report.tolist() == [0, 0, 0, 0]


def test_reports_come_as_often_as_their_probability_says(small: Callable[..., Simulation]) -> None:
    world = small("officers.pool=3", "media.report_probability=0.3", runs=4000)
    world.state.imminence.fill(1)
    state = leave(world, leavers(*[3] * 4000))
    assert (state.exits == 3).all()
    p = 1 - 0.7**3
    assert abs(state.report.mean() - p) < 4 * np.sqrt(p * (1 - p) / 4000)
    denied = state.denied.sum() / state.report.sum()
    assert abs(denied - 0.35) < 4 * np.sqrt(0.35 * 0.65 / state.report.sum())
    assert (state.denied <= state.report).all()


def test_the_press_treats_an_officer_the_same_whenever_he_leaves(small: Callable[..., Simulation]) -> None:
    world = small("media.report_probability=0.5", runs=40)
    world.state.imminence.fill(1)

    def heard(day: int, gone: tuple[Ints, Ints]) -> list[tuple[float, float]]:
        world.state.day = day
        state = leave(world, gone)
        return list(zip(state.report.tolist(), state.denied.tolist(), strict=True))

    third = np.full(40, 3), np.arange(40)
    once = heard(738900, third)
    assert once == heard(738907, third)  # a week later
    assert 5 < sum(report for report, _ in once) < 35
    backwards = third[0][::-1], third[1][::-1]
    assert once == heard(738900, backwards)


def test_of_two_reports_on_a_day_the_denial_is_that_of_the_first_officer(small: Callable[..., Simulation]) -> None:
    world = small("media.report_probability=1", "media.denial_probability=0.4", runs=1)
    world.state.imminence.fill(1)
    luck = np.array([0.9, 0.1, 0.9])
    for order in ([1, 2], [2, 1]):
        gone = np.array(order), np.zeros(2, dtype=np.int64)
        assert observe(world, gone, report=0.5, denial=luck).denied.tolist() == [1]
    assert observe(world, (np.array([2, 1, 0]), np.zeros(3, dtype=np.int64)), denial=luck).denied.tolist() == [0]


def test_yesterdays_report_is_gone_today(small: Callable[..., Simulation]) -> None:
    world = small("media.report_probability=1")
    world.state.imminence.fill(1)
    assert observe(world, leavers(5, 5, 5, 5), report=0.5, denial=0.3).report.tolist() == [1] * 4
    assert world.state.denied.tolist() == [1] * 4
    assert observe(world, leavers(0, 0, 0, 0), report=1e-9, denial=1e-9).report.tolist() == [0] * 4
    assert world.state.denied.tolist() == [0] * 4


def test_a_denial_needs_a_report_and_its_share_of_luck(small: Callable[..., Simulation]) -> None:
    world = small("media.report_probability=1", "media.denial_probability=0.4")
    world.state.imminence.fill(1)
    assert observe(world, leavers(0, 1, 1, 1), denial=0.39).denied.tolist() == [0, 1, 1, 1]
    assert observe(world, leavers(0, 1, 1, 1), denial=0.41).denied.tolist() == [0, 0, 0, 0]


def test_a_credible_denial_is_likelier_and_believed(small: Callable[..., Simulation]) -> None:
    world = small("media.report_probability=1", "media.denial_probability=0.4", "media.denial_credibility=0.3", runs=2)
    world.state.imminence.fill(1)
    world.state.credible_denial[...] = [0, 1]
    assert observe(world, leavers(1, 1), denial=0.79).denied.tolist() == [0, 1]
    world.state.denied.fill(1)
    world.state.rumour.fill(0)
    plain, credible = reference_day(world).rumour
    assert plain / (1 - 0.3) == pytest.approx(credible / (1 - 0.8), rel=1e-6)


def test_the_lever_never_makes_a_denial_worse_than_it_is(small: Callable[..., Simulation]) -> None:
    world = small("media.denial_credibility=0.9", "media.denial_probability=1", runs=2)
    world.state.credible_denial[...] = [0, 1]
    world.state.denied.fill(1)
    rumour = reference_day(world).rumour
    assert rumour[1] == rumour[0]
    assert observe(world, leavers(9, 9), report=1e-9, denial=0.99).denied.tolist() == [1, 1]
