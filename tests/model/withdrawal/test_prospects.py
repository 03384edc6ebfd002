"""T2: pay and duty weighed against a loss whose chance is unclear."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.model.withdrawal.prospects import CURVATURE, value, weight

THEORY = (
    "theory=prospects",
    "theory.pessimism=0.6",
    "theory.loss_aversion=2",
    "theory.weighting=0.65",
    "theory.harm=160",
    "theory.noise=1.5",
    "theory.hazard_max=0.03",
    "officers.allowance_ratio=5",
    "governments.arrears_scale=45",
    "officers.killed_share=0.25",
)


@pytest.fixture
def officer(small: Callable[..., Simulation]) -> Callable[..., Simulation]:
    """A force of officers who all fear, need and feel bound alike."""

    def build(*words: str, x: float = -4.0, need: float = 1.2, duty: float = 3.0, dtype: str = "float64") -> Simulation:
        world = small(*THEORY, *words, runs=1, dtype=dtype)
        world.state.perceived.fill(x)
        world.state.traits["gain"].fill(need**CURVATURE)
        world.state.traits["duty"].fill(duty)
        return world

    return build


@pytest.mark.parametrize("arrears", [0, 45])
@pytest.mark.parametrize("u", [0, 0.8])
def test_the_equation_by_hand(
    u: float, arrears: float, officer: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    death = 0.6 * expit(-4 + u) + 0.4 * expit(-4 - u)
    chance = 1 - (1 - death) ** 4  # of a casualty, of which one in four is a death
    pay = value(np.array(1.2 * 5 * np.exp(-arrears / 45)), 2)
    worth = pay + 3 + weight(np.array(chance), np.array(0.65)) * value(np.array(-160.0), 2)
    found = hazard(officer(), ambiguity=u, arrears=arrears)
    assert found == pytest.approx(np.full((40, 1), 0.03 * expit(-worth / 1.5)), rel=1e-9)


@pytest.mark.parametrize(("killed", "casualties"), [(1, 1), (0.5, 2), (0.1, 10), (0.001, 1000), (0, 1000)])
def test_the_fewer_casualties_are_deaths_the_likelier_is_a_loss_of_life_or_limb(
    killed: float, casualties: float, officer: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    chance = 1 - (1 - expit(-4.0)) ** casualties
    worth = value(np.array(6.0), 2) + 3 + weight(np.array(chance), np.array(0.65)) * value(np.array(-160.0), 2)
    found = hazard(officer(f"officers.killed_share={killed}"), ambiguity=0, arrears=0)
    assert found == pytest.approx(np.full((40, 1), 0.03 * expit(-worth / 1.5)), rel=1e-6)


def test_every_motive_moves_the_hazard_its_own_way(
    officer: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    def h(world: Simulation, **seen: float) -> float:
        return float(hazard(world, **{"ambiguity": 0.5, "arrears": 0.0, **seen})[0, 0])

    base = h(officer())
    assert h(officer(x=-3)) > base
    assert h(officer(), arrears=30) > base
    assert h(officer("theory.loss_aversion=2.25")) > base
    assert h(officer("theory.harm=300")) > base
    assert h(officer("officers.killed_share=0.1")) > base > h(officer("officers.killed_share=0.9"))
    assert h(officer(need=2)) < base
    assert h(officer(duty=5)) < base
    assert h(officer("officers.allowance_ratio=6")) < base
    assert h(officer("theory.hazard_max=0.06")) == pytest.approx(2 * base, rel=1e-12)


def test_ambiguity_frightens_those_who_look_at_the_worst_case(
    officer: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    def gap(worst: float) -> float:
        # At even odds the worst and the best that he thinks possible lie evenly around the middle.
        world = officer(f"theory.pessimism={worst}", "theory.harm=15", "officers.killed_share=1", x=0)
        return float((hazard(world, ambiguity=1) - hazard(world, ambiguity=0))[0, 0])

    assert gap(0.9) > 0 > gap(0.1)
    assert gap(0.5) == pytest.approx(0, abs=1e-12)


def test_a_briefed_leader_weighs_less_ambiguity(
    officer: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    world = officer("theory.pessimism=1", "levers.leaders_briefed=1")
    leaders = world.parameters.layout.leads[:, 0]
    full, half = (hazard(officer("theory.pessimism=1"), ambiguity=u) for u in (1, 0.5))
    h = hazard(world, ambiguity=1)
    assert np.array_equal(h[leaders], half[leaders])
    assert np.array_equal(h[~leaders], full[~leaders])


def test_who_needs_pay_more_gains_more_of_it(small: Callable[..., Simulation]) -> None:
    state = small("theory=prospects", dtype="float64").state
    assert state.traits["gain"] == pytest.approx(state.pay_need**0.88, rel=1e-12)


def test_duty_is_drawn_around_its_mean(small: Callable[..., Simulation]) -> None:
    words = ("theory=prospects", "theory.duty_mean=4", "theory.duty_sd=0.5", "officers.pool=400")
    duty = small(*words, runs=25).state.traits["duty"]
    assert abs(duty.mean() - 4) < 4 * 0.5 / np.sqrt(duty.size)
    assert duty.std() == pytest.approx(0.5, rel=4 / np.sqrt(2 * duty.size))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("gamma", [0.28, 0.65, 2])
@pytest.mark.parametrize("x", [-1e4, -30, 0, 30, 1e4])
def test_the_hazard_stays_between_nothing_and_its_maximum(
    x: float, gamma: float, dtype: str, officer: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    world = officer(f"theory.weighting={gamma}", "theory.harm=1e6", x=x, dtype=dtype)
    h = hazard(world, ambiguity=2)
    assert (h >= 0).all()
    assert (h <= world.parameters.theory.hazard_max).all()


def test_nothing_is_decided_without_a_chance_to_act(
    officer: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    assert (hazard(officer("theory.hazard_max=0", x=10)) == 0).all()
