"""T4: broken promises drive officers out, and make danger count."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation

THEORY = (
    "theory=breach",
    "theory.base_hazard=5e-4",
    "theory.arrears=0.5",
    "theory.slips=0.55",
    "theory.kit=0.85",
    "theory.threat_breach=0.6",
    "officers.baseline=-5.61",
    "officers.baseline_sd=0.7",
)
KEPT = {"arrears": 0.0, "slips": 0.0, "kit_gap": 0.0, "terms": 1.0}


@pytest.fixture
def log_odds(small: Callable[..., Simulation], hazard: Callable[..., Floats]) -> Callable[..., float]:
    """Log odds of an officer who feels a threat z, with every promise kept but those named."""

    def of(z: float = 0.0, **broken: float) -> float:
        world = small(*THEORY, runs=1, dtype="float64")
        world.state.perceived.fill(-5.61 + 0.7 * z)
        h = hazard(world, **{**KEPT, **broken})[0, 0]
        return float(np.log(h / (1 - h)))

    return of


BASE = np.log(5e-4)


def test_whose_promises_are_kept_leaves_at_the_base_whatever_the_danger(log_odds: Callable[..., float]) -> None:
    for z in (-3, 0, 5):
        assert log_odds(z) == pytest.approx(BASE, rel=1e-12)


@pytest.mark.parametrize(
    ("broken", "rise"),
    [
        ({"arrears": 30}, 0.5),
        ({"arrears": 60}, 1.0),
        ({"slips": 2}, 1.1),
        ({"kit_gap": 0.7}, 0.85 * 0.7),
        ({"terms": 0}, 0),
    ],
)
def test_each_broken_promise_has_its_price_without_any_danger(
    broken: dict[str, float], rise: float, log_odds: Callable[..., float]
) -> None:
    assert log_odds(0, **broken) == pytest.approx(BASE + rise, rel=1e-9)


def test_danger_counts_as_far_as_promises_are_broken(log_odds: Callable[..., float]) -> None:
    assert log_odds(2, terms=0) == pytest.approx(BASE + 0.6 * 2 * 0.5, rel=1e-9)
    assert log_odds(2, kit_gap=1) == pytest.approx(BASE + 0.85 + 0.6 * 2 * 0.5, rel=1e-9)
    assert log_odds(2, kit_gap=1, terms=0) == pytest.approx(BASE + 0.85 + 0.6 * 2, rel=1e-9)
    assert log_odds(-2, kit_gap=1, terms=0) == pytest.approx(BASE + 0.85, rel=1e-9)  # safety makes up for nothing


def test_every_breach_never_lowers_the_hazard(log_odds: Callable[..., float]) -> None:
    worse = {"arrears": (0, 10, 90), "slips": (0, 1, 5), "kit_gap": (0, 0.3, 1), "terms": (1, 0.4, 0)}
    for name, steps in worse.items():
        odds = [log_odds(1.5, **{name: step}) for step in steps]
        assert odds == sorted(odds)
        assert odds[0] < odds[-1]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_hazard_stays_a_probability_however_much_is_broken(
    dtype: str, small: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    world = small(*THEORY, "theory.slips=10", dtype=dtype)
    h = hazard(world, slips=1000, arrears=10_000)
    assert (h == 1).all()
    assert (hazard(small(*THEORY, "theory.slips=-10", dtype=dtype), slips=1000) >= 0).all()
