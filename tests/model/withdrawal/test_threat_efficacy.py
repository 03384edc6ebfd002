"""T1: fear drives out those who doubt that they could cope."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation

THEORY = (
    "theory=threat_efficacy",
    "theory.base_hazard=0.001",
    "theory.threat=0.4",
    "theory.efficacy=0.9",
    "theory.interaction=0.2",
    "theory.assurance=1",
    "officers.baseline=-5.61",
    "officers.baseline_sd=0.7",
)


@pytest.fixture
def people(small: Callable[..., Simulation]) -> Callable[..., Simulation]:
    """Officers whose threat z and efficacy e are given, in their order."""

    def build(z: list[float], e: list[float], *words: str, **keywords: object) -> Simulation:
        world = small(*THEORY, *words, **{"dtype": "float64", "runs": 1, **keywords})
        world.state.perceived[: len(z)] = -5.61 + 0.7 * np.array(z)[:, None]
        world.state.efficacy[: len(e)] = np.array(e)[:, None]
        return world

    return build


def odds(h: Floats) -> Floats:
    return h[:, 0] / (1 - h[:, 0])


def test_at_the_reference_the_odds_are_the_base(
    people: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    assert odds(hazard(people([0], [0]), clarity=0))[0] == pytest.approx(0.001, rel=1e-12)


def test_the_equation_by_hand(people: Callable[..., Simulation], hazard: Callable[..., Floats]) -> None:
    cases = [(2, 0.5), (2, -1.5), (-2, 0.5), (-2, -1.5), (0, 1), (3, -0.2)]
    z, e = zip(*cases, strict=True)
    found = np.log(odds(hazard(people(list(z), list(e)), clarity=0.3))[:6])
    expected = [
        np.log(0.001) + 0.4 * zi - 0.9 * (ei + 0.3) + 0.2 * max(zi, 0) * max(-(ei + 0.3), 0) for zi, ei in cases
    ]
    assert found == pytest.approx(expected, rel=1e-9)


def test_threat_counts_more_for_those_who_doubt(
    people: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    calm_able, scared_able, calm_helpless, scared_helpless = np.log(
        odds(hazard(people([0, 2, 0, 2], [1, 1, -1, -1]), clarity=0))[:4]
    )
    assert scared_able - calm_able == pytest.approx(0.8, rel=1e-9)
    assert scared_helpless - calm_helpless == pytest.approx(0.8 + 0.2 * 2, rel=1e-9)


def test_clear_plans_are_efficacy(people: Callable[..., Simulation], hazard: Callable[..., Floats]) -> None:
    given = hazard(people([1, 1], [0.5, -2], "theory.assurance=2"), clarity=0.25)[:2]
    born = hazard(people([1, 1], [1.0, -1.5], "theory.assurance=2"), clarity=0)[:2]
    assert given == pytest.approx(born, rel=1e-12)


def test_more_threat_or_less_clarity_never_lowers_the_hazard(
    people: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    z = np.linspace(-4, 6, 40).tolist()
    for e in (-2.0, 0.0, 2.0):
        assert (np.diff(hazard(people(z, [e] * 40), clarity=0)[:, 0]) > 0).all()
    world = people(z, [0.3] * 40)
    by_clarity = np.hstack([hazard(world, clarity=gain) for gain in np.linspace(-1, 1, 9)])
    assert (np.diff(by_clarity, axis=1) < 0).all()


def test_on_the_eve_plans_are_as_clear_as_at_the_reference(
    people: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    assert odds(hazard(people([0], [0])))[0] == pytest.approx(0.001, rel=1e-12)
    # On the accord's day all is as open as ever and departure is near: .9·.9 of the plans are unclear, not .9·.65.
    world = people([0, 0], [0, 0.225], "theory.assurance=1")
    world.state.imminence.fill(0.8)
    afraid, abler = odds(hazard(world))[:2]
    assert afraid == pytest.approx(0.001 * np.exp(0.9 * 0.225), rel=1e-9)
    assert abler == pytest.approx(0.001, rel=1e-9)
    world.state.assurance.fill(1)
    assert odds(hazard(world))[0] == pytest.approx(0.001 * np.exp(-0.9 * 0.585), rel=1e-9)


@pytest.mark.parametrize("gain", [0.5, 2])
def test_clarity_has_no_unit_of_ambiguity(
    gain: float, people: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    world = people([0], [0.5], f"officers.ambiguity_gain={gain}")
    world.state.assurance.fill(0.6)
    assert odds(hazard(world))[0] == pytest.approx(0.001 * np.exp(-0.9 * (0.5 + (0.9 - 0.4) * 0.65)), rel=1e-9)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("x", [-1e4, -100, 100, 1e4])
def test_the_hazard_stays_a_probability_however_much_is_felt(
    x: float, dtype: str, people: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    world = people([0], [0], dtype=dtype)
    world.state.perceived.fill(x)
    h = hazard(world)
    assert (h >= 0).all()
    assert (h <= 1).all()
