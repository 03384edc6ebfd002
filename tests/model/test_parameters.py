"""Settings as arrays, and what follows from them once and for all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import Request
from sim.ensemble.engine.block import Simulation
from sim.model.parameters import DEATHS_CAP, Group, lomax_scale


def test_a_setting_that_does_not_exist_is_named(small: Callable[..., Simulation]) -> None:
    with pytest.raises(AttributeError, match="branching_factor"):
        _ = small().parameters.gangs.branching_factor
    assert Group(a=1).a == 1


def test_the_worlds_of_these_tests_are_those_that_their_words_ask_for(
    ask: Callable[..., Request], case: Callable[..., Case]
) -> None:
    groups = ("theory=breach", "scenario=no_surge", "governments=rules")
    single = ("theory.slips=3e-1", "governments.imminence_accord=0.9", "clock.end=2024-03-20", "officers.cohesion=hold")
    words = (*groups, *single, "levers.foreign_troops=500")
    assert case(*words).canonical == ask(*words).case.canonical
    assert case(*words, events=[]).events == ()


def test_each_run_has_its_own_settings(case: Callable[..., Case], side_by_side: Callable[..., Simulation]) -> None:
    calm, wild = (case("officers.pool=10", f"gangs.branching_ratio={n}") for n in (0.37, 0.5))
    p = side_by_side([calm, wild], runs=2).parameters
    assert p.runs == 4
    assert p.gangs.branching_ratio == pytest.approx([0.37, 0.37, 0.5, 0.5], rel=1e-7)


def test_precision_does_not_reach_what_is_derived(small: Callable[..., Simulation]) -> None:
    exact, quick = small(dtype="float64").parameters.derived, small(dtype="float32").parameters.derived
    for name, value in vars(exact).items():
        pairs = zip(value, vars(quick)[name], strict=True) if isinstance(value, tuple) else [(value, vars(quick)[name])]
        for one, other in pairs:
            assert other.dtype == np.float32
            assert np.array_equal(one.astype(np.float32), other), name


@pytest.mark.parametrize("mean", [0.05, 0.5, 1.68, 5.0, 20.0, 40.0])
@pytest.mark.parametrize("tail", [1.05, 1.5, 2.0, 3.0, 20.0])
def test_the_scale_of_deaths_gives_the_floored_and_capped_mean(mean: float, tail: float) -> None:
    scale = lomax_scale(np.array([mean]), np.array([tail]))[0]
    at_least = np.array([(1 + k / scale) ** -tail for k in range(1, DEATHS_CAP + 1)])
    chance = -np.diff(np.append(at_least, 0))  # of exactly 1, 2, … deaths; the cap takes the rest of the tail
    assert np.sum(chance * np.arange(1, DEATHS_CAP + 1)) == pytest.approx(mean, rel=1e-9)


def test_a_mean_that_the_cap_does_not_allow_gives_the_nearest_scale() -> None:
    scale = lomax_scale(np.array([0.0, 100.0]), np.array([2.0, 2.0]))
    assert scale == pytest.approx([1e-4, 1e4], rel=1e-9)


def test_cases_that_repeat_are_solved_alike() -> None:
    mean, tail = np.array([2.0, 5.0, 2.0, 5.0]), np.array([2.0, 2.0, 2.0, 3.0])
    scale = lomax_scale(mean, tail)
    assert scale[0] == scale[2]
    assert scale[1] != scale[3]
    assert [lomax_scale(mean[i : i + 1], tail[i : i + 1])[0] for i in range(4)] == scale.tolist()


def test_the_reference_state_attacks_at_the_reference_rate(small: Callable[..., Simulation]) -> None:
    p = small("gangs.reference_attacks=5", "gangs.branching_ratio=0.4", dtype="float64").parameters
    d = p.derived
    lift = (1 + 3 * 0.15) * (1 + 0.5 * 0.7)  # coalition at its floor of .15, authority at .3
    assert d.background.sum(axis=0) == pytest.approx([5 * 0.6 / lift] * 4, rel=1e-12)
    assert d.stationary.sum(axis=0) == pytest.approx([5] * 4, rel=1e-12)
    assert d.background * lift + 0.4 * d.stationary == pytest.approx(d.stationary, rel=1e-12)


def test_larger_blocs_come_first_and_shares_add_up(small: Callable[..., Simulation]) -> None:
    share = small("gangs.size_exponent=1", "gangs.blocs=3", dtype="float64").parameters.derived.bloc_share[:, 0]
    assert share == pytest.approx(np.array([6, 3, 2]) / 11, rel=1e-12)


def test_deaths_of_the_reference_quarter_are_shared_out(small: Callable[..., Simulation]) -> None:
    d = small("gangs.operations_share=0.3", "gangs.vigilante_share=0.1", dtype="float64").parameters.derived
    assert d.operations_rate[0] == pytest.approx(3.6, rel=1e-12)
    assert d.vigilante_rate[0] == pytest.approx(1.2, rel=1e-12)
    per_attack = sum((1 + k / d.death_scale[0]) ** -2 for k in range(1, DEATHS_CAP + 1))
    assert 4.5 * per_attack + 3.6 + 1.2 == pytest.approx(12, rel=1e-9)


def test_a_memory_of_news_halves_in_its_half_life(small: Callable[..., Simulation]) -> None:
    d = small("media.half_life_fast=7", "media.half_life_slow=100", dtype="float64").parameters.derived
    assert d.news_keep_fast[0] ** 7 == pytest.approx(0.5, rel=1e-12)
    assert d.news_keep_slow[0] ** 100 == pytest.approx(0.5, rel=1e-12)


def test_a_years_attrition_takes_a_years_share_of_the_police(small: Callable[..., Simulation]) -> None:
    d = small("governments.police_attrition=0.126", dtype="float64").parameters.derived
    assert 1 - d.police_keep[0] ** 365 == pytest.approx(0.126, rel=1e-12)


def test_weights_of_assurance_add_up_to_one_whatever_is_typed(small: Callable[..., Simulation]) -> None:
    words = [f"governments.weight_{name}" for name in ("readiness", "terms", "protection")]
    p = small(*(f"{word}={w}" for word, w in zip(words, (0.5, 0.2, 0.1), strict=True)), dtype="float64").parameters
    assert [w[0] for w in p.derived.weights] == pytest.approx([0.625, 0.25, 0.125], rel=1e-12)
    unclear = (1 - 0.625 * 0.3) * (0.5 + 0.5 * 0.3)
    assert p.derived.unclear_start[0] == pytest.approx(unclear, rel=1e-12)
    assert p.derived.ambiguity_reference[0] == pytest.approx(0.3 + 1.2 * unclear, rel=1e-12)
    none = small(*(f"{word}=0" for word in words), dtype="float64").parameters.derived
    assert [w[0] for w in none.weights] == [0, 0, 0]
    assert none.unclear_start[0] == pytest.approx(0.65, rel=1e-12)


def test_no_lever_moves_the_reference_of_ambiguity(small: Callable[..., Simulation]) -> None:
    pulled = small("levers.pay_escrow=1", "levers.insurance=1", "levers.kit_first=1", dtype="float64")
    assert pulled.parameters.derived.unclear_start == pytest.approx([0.9 * 0.65] * 4, rel=1e-12)


@pytest.mark.parametrize(("remote", "start", "unit"), [(0.22, 0.3, 0.454), (1, 0.3, 1), (0.05, 1, 1), (0.05, 0, 0.05)])
def test_the_unit_of_the_hazard_is_what_imminence_leaves_of_it_at_the_start(
    remote: float, start: float, unit: float, small: Callable[..., Simulation]
) -> None:
    d = small(f"officers.remote_hazard={remote}", f"governments.imminence_start={start}", dtype="float64").parameters
    assert d.derived.hazard_unit[0] == pytest.approx(unit, rel=1e-12)


def test_what_officers_hear_at_the_start_is_news_and_the_rumour_that_it_keeps_up(
    small: Callable[..., Simulation],
) -> None:
    d = small("media.rumour_rate=0.4", "media.rumour_retention=0.8", dtype="float64").parameters.derived
    assert (d.rumour_start[0], d.heard_start[0]) == pytest.approx((0.2, 1.2), rel=1e-12)


def test_news_has_a_reference_even_where_no_attack_is_news(small: Callable[..., Simulation]) -> None:
    # Every attack strategic, and strategic attacks without salience: within the bounds, and still no division by zero.
    words = ("gangs.strategic_base=1", "media.strategic_salience=0")
    d = small(*words).parameters.derived
    assert (d.news_reference_slow > 0).all()
    assert (d.news_reference_fast > 0).all()
