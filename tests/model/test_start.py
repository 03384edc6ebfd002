"""The eve of the first day: who the officers are, and the world as earlier events left it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from scipy.special import ndtr

from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Simulation
from sim.model.events import Condition, Event
from sim.model.start import exponential
from sim.model.state import Letter, Phase, Stage
from tests.worlds import shares

LATE = "clock.start=2024-03-05"


def test_the_eve_of_the_mandate(small: Callable[..., Simulation]) -> None:
    state = small(dtype="float64").state
    assert date.fromordinal(state.day) == date(2023, 10, 1)
    levels = {
        "coalition": 0.15, "control": 0.8, "authority": 0.3, "police": 9000, "readiness": 0.3,
        "kit_gap": 0.7, "funding": 0.1, "announced": 0.3, "imminence": 0.3, "assurance": 0.1, "prime_minister": 1,
        "news_fast": 1, "news_slow": 1, "rumour": 0.12, "media": 1.12, "habituation": 1.12, "first_contingent": 300,
    }  # fmt: skip
    for name, level in levels.items():
        assert getattr(state, name) == pytest.approx([level] * 4, rel=1e-12), name
    none = ("denial", "arrears", "slips", "accord", "attacks", "report", "exits", "mandatory", "fault", "selected",
            "selected_on", "announced_on", "accord_on", "deploying_since")  # fmt: skip
    for name in none:
        assert getattr(state, name).tolist() == [0] * 4, name
    assert state.trigger_on.tolist() == [[0] * 4] * 3
    assert state.excitation.sum(axis=0) == pytest.approx([4.5] * 4, rel=1e-12)
    assert (state.phase == Phase.AUTHORISED).all()


def test_everybody_is_a_volunteer_who_has_asked_for_nothing(small: Callable[..., Simulation]) -> None:
    world = small()
    state = world.state
    assert (state.stage == Stage.VOLUNTEER).all()
    assert (state.letter == Letter.NONE).all()
    assert (state.present == 1).all()
    assert (state.at_risk == 0).all()  # nobody has selected him
    assert (state.limit == -1).all()
    assert (state.survival == 1).all()
    assert (state.cumulated == 0).all()
    assert np.array_equal(state.squad_present, world.parameters.layout.sizes)
    assert np.array_equal(state.share, shares(world))
    assert state.available.tolist() == [40] * 4


def test_an_officer_fears_at_first_what_he_always_feared(small: Callable[..., Simulation]) -> None:
    state = small().state
    assert np.array_equal(state.perceived, state.baseline)
    assert not np.shares_memory(state.perceived, state.baseline)


def test_levers_pulled_from_the_start_are_pulled_on_the_eve(small: Callable[..., Simulation]) -> None:
    state = small("levers.insurance=1", "levers.pay_escrow=1", "levers.reserve=30", "levers.gang_truce=0.5").state
    assert (state.insurance[0], state.pay_escrow[0], state.reserve[0], state.gang_truce[0]) == (1, 1, 30, 0.5)
    assert state.assurance == pytest.approx([(0.3 + 1 + 1 / 3) / 3] * 4, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "words", "law"),
    [
        ("baseline", ("officers.baseline=-5", "officers.baseline_sd=0.5"), lambda x: ndtr((x + 5) / 0.5)),
        ("dread", ("officers.dread_sd=0.5",), lambda x: ndtr(np.log(x) / 0.5)),
        ("efficacy", (), ndtr),
        ("pay_need", ("officers.pay_need_sd=0.3",), lambda x: ndtr(np.log(x) / 0.3)),
        ("frailty", ("officers.frailty_sd=1.2",), lambda x: ndtr(np.log(x) / 1.2 + 0.6)),
        ("friction", (), lambda x: x),
        ("casualty", (), lambda x: -np.expm1(-x)),
    ],
)
def test_traits_follow_their_distributions(
    name: str, words: tuple[str, ...], law: Callable[[np.ndarray], np.ndarray], small: Callable[..., Simulation]
) -> None:
    state = small("officers.pool=400", *words, runs=25, dtype="float64").state
    values = np.sort(law(getattr(state, name)).ravel())
    steps = np.arange(len(values)) / len(values)
    distance = max(np.max(values - steps), np.max(steps + 1 / len(values) - values))
    assert distance < 1.95 / np.sqrt(len(values))  # Kolmogorov and Smirnov, one in a thousand


def test_what_an_officer_tolerates_is_exponential_over_his_frailty(small: Callable[..., Simulation]) -> None:
    state = small("officers.pool=400", runs=25, dtype="float64").state
    born_with = np.sort(-np.expm1(-state.tolerance * state.frailty).ravel())
    steps = np.arange(len(born_with)) / len(born_with)
    assert np.max(np.abs(born_with - steps)) < 1.95 / np.sqrt(len(born_with))
    u = np.array([0.1, 0.5, 0.9])
    assert exponential(u) == pytest.approx(-np.log(1 - u), rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_an_officer_of_hardly_any_frailty_tolerates_is_a_number(
    dtype: str, small: Callable[..., Simulation]
) -> None:
    state = small("officers.frailty_sd=1.2", runs=20, dtype=dtype).state
    assert state.frailty.min() < 0.01
    assert (state.lot > 0).all()
    assert np.isfinite(state.tolerance).all()


def test_the_officers_of_a_smaller_pool_are_the_first_of_a_larger_one(small: Callable[..., Simulation]) -> None:
    few, many = small("officers.pool=40").state, small("officers.pool=60").state
    for name in ("baseline", "dread", "efficacy", "pay_need", "lot", "friction", "casualty"):
        assert np.array_equal(getattr(few, name), getattr(many, name)[:40]), name


def test_only_its_own_theory_gives_an_officer_a_trait(small: Callable[..., Simulation]) -> None:
    traits = {name: set(small(f"theory={name}").state.traits) for name in ("constant", "prospects", "squad_threshold")}
    assert traits == {
        "constant": {"casualty_kind"},
        "prospects": {"casualty_kind", "duty", "gain"},
        "squad_threshold": {"casualty_kind", "threshold"},
    }


# --- a late start


def test_a_late_start_takes_levels_as_earlier_events_left_them(small: Callable[..., Simulation]) -> None:
    state = small(LATE).state
    assert date.fromordinal(state.day) == date(2024, 3, 4)
    left = {"authority": 0.1, "prime_minister": 0, "police": 8996, "slips": 2, "accord": 1, "court_block": 0,
            "announced": 0.8, "imminence": 0.3 + 0.5 * 0.5 ** (3 / 63), "funds_first": 1, "selected": 1}  # fmt: skip
    for name, level in left.items():
        assert getattr(state, name) == pytest.approx([level] * 4, rel=1e-6), name
    assert state.assurance == pytest.approx([0.1] * 4, rel=1e-6)
    days = {"announced_on": (2024, 3, 1), "accord_on": (2024, 3, 1), "selected_on": (2023, 10, 31)}
    for name, day in days.items():
        assert getattr(state, name).tolist() == [date(*day).toordinal()] * 4, name
    assert state.trigger_on.tolist() == [[0] * 4] * 3  # the gangs have not acted yet


def test_a_late_start_finds_media_and_excitation_at_their_reference(small: Callable[..., Simulation]) -> None:
    late, early = small(LATE).state, small().state
    for name in ("news_fast", "news_slow", "media", "habituation", "rumour", "excitation", "coalition", "perceived"):
        assert np.array_equal(getattr(late, name), getattr(early, name)), name
    for name in ("documented_attacks", "documented_salience", "kenya_salience"):
        assert getattr(late, name).tolist() == [0] * 4, name


def test_the_events_of_the_first_day_are_still_to_come(small: Callable[..., Simulation]) -> None:
    world = small("clock.start=2024-03-06")
    assert world.state.announced == pytest.approx([0.8] * 4)
    assert world.step().announced == pytest.approx([0.75] * 4)


@pytest.mark.parametrize(
    ("start", "stage"),
    [
        ("2023-10-31", Stage.VOLUNTEER),
        ("2023-11-01", Stage.SELECTED),
        ("2023-12-15", Stage.SELECTED),
        ("2023-12-16", Stage.TRAINED),
    ],
)
def test_who_was_selected_before_the_start_is_as_far_as_the_calendar_says(
    start: str, stage: Stage, small: Callable[..., Simulation]
) -> None:
    state = small(f"clock.start={start}").state
    assert (state.stage == stage).all()  # selected on 31 October, trained 45 days later
    assert (state.at_risk == (stage != Stage.VOLUNTEER)).all()
    assert np.array_equal(state.limit, np.where(state.at_risk > 0, state.lot, -1))


def test_before_a_late_start_an_announcement_waits_for_the_kit_too(small: Callable[..., Simulation]) -> None:
    world = small(LATE, "levers.kit_first=1")
    assert world.state.imminence == pytest.approx([0.3] * 4)
    assert world.step().imminence == pytest.approx([0.3] * 4)


def test_a_late_start_joins_the_calendar_of_an_early_one(
    small: Callable[..., Simulation], live: Callable[..., object]
) -> None:
    stay = ("theory=constant", "theory.base_hazard=0")
    early = small(*stay)
    live(early, "2023-12-14")
    late = small(*stay, "clock.start=2023-12-15")
    for _ in range(3):
        assert np.array_equal(early.step().stage, late.step().stage)
    assert (late.state.stage == Stage.TRAINED).all()


def test_troops_that_were_ordered_before_the_start_are_still_on_their_way(small: Callable[..., Simulation]) -> None:
    order = Event("order", (("levers.foreign_troops", "set", 500.0),), date=date(2024, 2, 25))
    world = small("clock.start=2024-03-05", events=[order])
    troops = [float(world.step().foreign_troops[0]) for _ in range(6)]
    assert troops == [0, 0, 0, 0, 0, 500]
    assert small("clock.start=2024-03-11", events=[order]).state.foreign_troops[0] == 500


def test_no_condition_is_watched_before_the_clock_starts(small: Callable[..., Simulation]) -> None:
    # Before the start there are no days in a row, only dates on which something was done.
    dates = [Event(f"e{day}", (("kenya.slips", "set", 0.0),), date=date(2024, 1, day)) for day in (3, 10, 17, 24)]
    watch = Event("watch", (("haiti.authority", "set", 0.9),), when=Condition("control", True, 0.5, days=3))
    world = small("clock.start=2024-02-01", events=[*dates, watch])
    assert world.state.authority == pytest.approx([0.3] * 4)
    assert world.state.streak.tolist() == world.state.fired.tolist() == [[0] * 4]
    authority = [round(float(world.step().authority[0]), 6) for _ in range(4)]
    assert authority == [0.3, 0.3, 0.9, 0.9]


def test_the_eve_of_a_case_does_not_depend_on_what_shares_its_block(
    case: Callable[..., Case], side_by_side: Callable[..., Simulation]
) -> None:
    words = ("officers.pool=10", "clock.start=2024-02-01")
    watch = Event("watch", (("haiti.authority", "set", 0.9),), when=Condition("control", True, 0.5, days=3))
    busy = [Event(f"e{day}", (("kenya.slips", "set", 0.0),), date=date(2024, 1, day)) for day in (3, 10, 17, 24)]
    watched, neighbour = case(*words, events=[watch]), case(*words, events=busy)
    alone = side_by_side([watched], runs=1).state
    beside = side_by_side([watched, neighbour], runs=1).state.take([0])
    for name, array in alone.to_arrays().items():
        if np.ndim(array):
            assert np.array_equal(array, beside.to_arrays()[name]), name
