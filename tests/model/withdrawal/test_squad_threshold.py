"""T3: an officer leaves when enough of his squad has left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.model.state import Letter, Stage, State

FOURS = ("theory=squad_threshold", "officers.pool=12", "officers.squad_min=4", "officers.squad_max=4")
"""Three squads of four; rows 0, 4 and 8 lead, and count for 2.5."""


@pytest.fixture
def squads(small: Callable[..., Simulation]) -> Callable[..., Simulation]:
    """Squads of four who feel the reference threat; ``out`` lists who has left, ``at`` is everybody's threshold."""

    def build(*words: str, out: tuple[int, ...] = (), at: float = 0.5, **keywords: object) -> Simulation:
        world = small(*FOURS, "theory.leader_weight=2.5", *words, **{"dtype": "float64", "runs": 1, **keywords})
        state = world.state
        state.perceived.fill(-5.61)
        state.traits["threshold"].fill(at)
        for who in out:
            state.present[who] = 0
            state.squad_present[who // 4] -= 1
        return world

    return build


def willing(h: Floats) -> list[int]:
    return np.flatnonzero(h[:, 0] > 0).tolist()


def test_nobody_moves_while_nobody_has_moved(squads: Callable[..., Simulation], hazard: Callable[..., Floats]) -> None:
    assert willing(hazard(squads(at=0.01))) == []


def test_a_leader_counts_for_more_than_a_man(squads: Callable[..., Simulation], hazard: Callable[..., Floats]) -> None:
    assert willing(hazard(squads(out=(0,), at=0.45))) == [0, 1, 2, 3]  # 2.5 of 5.5
    assert willing(hazard(squads(out=(1,), at=0.45))) == []  # 1 of 5.5
    assert willing(hazard(squads(out=(1, 2), at=0.36))) == [0, 1, 2, 3]  # 2 of 5.5
    assert willing(hazard(squads(out=(1, 2), at=0.37))) == []


def test_a_leader_may_count_like_anybody_or_not_at_all(
    squads: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    assert willing(hazard(squads("theory.leader_weight=1", out=(0,), at=0.25))) == [0, 1, 2, 3]
    assert willing(hazard(squads("theory.leader_weight=1", out=(0,), at=0.26))) == []
    assert willing(hazard(squads("theory.leader_weight=0", out=(0,), at=0.01))) == []
    assert willing(hazard(squads("theory.leader_weight=0", out=(1,), at=0.33))) == [0, 1, 2, 3]


def test_a_squad_of_one_whose_leader_does_not_count_is_still_a_squad(
    small: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    words = ("theory=squad_threshold", "officers.pool=5", "officers.squad_min=4", "officers.squad_max=4")
    world = small(*words, "theory.leader_weight=0")
    assert world.parameters.structure.layout.sizes.tolist() == [4, 1]
    assert np.isfinite(hazard(world)).all()


def test_whoever_is_gone_counts_how_he_went_does_not(
    squads: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    world = squads(out=(5,), at=0.1)
    for stage in (Stage.OPTED_OUT, Stage.HOME, Stage.INJURED, Stage.KILLED):
        world.state.stage[5] = stage
        assert willing(hazard(world)) == [4, 5, 6, 7]


def test_no_squad_looks_at_another(squads: Callable[..., Simulation], hazard: Callable[..., Floats]) -> None:
    assert willing(hazard(squads(out=(4, 5, 6, 7), at=0.2))) == [4, 5, 6, 7]


def test_fear_lowers_the_threshold_and_below_zero_starts_a_cascade(
    squads: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    world = squads("theory.threat=0.14", out=(1,), at=0.3)  # 1 of 5.5 is out: a threshold below .182 is met
    world.state.perceived[2] = -5.61 + 0.7 * 0.84
    world.state.perceived[3] = -5.61 + 0.7 * 0.85
    world.state.perceived[9] = -5.61 + 0.7 * 2.2
    assert willing(hazard(world)) == [3, 9]


def test_whoever_is_willing_acts_at_the_same_rate(
    squads: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    h = hazard(squads("theory.hazard=0.16", out=(0, 1), at=0.2))
    assert h[:, 0].tolist() == [0.16] * 4 + [0] * 8


@pytest.mark.parametrize(("a", "b"), [(3, 3), (1.5, 5), (1, 1), (0.1, 50)])
def test_thresholds_follow_kumaraswamy(a: float, b: float, small: Callable[..., Simulation]) -> None:
    words = ("theory=squad_threshold", f"theory.threshold_a={a}", f"theory.threshold_b={b}", "officers.pool=400")
    theta = small(*words, runs=25, dtype="float64").state.traits["threshold"]
    assert theta.min() >= 0
    assert theta.max() <= 1
    uniform = np.sort(1 - (1 - theta.ravel() ** a) ** b)
    assert np.max(np.abs(uniform - np.arange(theta.size) / theta.size)) < 1.95 / np.sqrt(theta.size)


def test_more_of_anything_that_loosens_a_squad_never_keeps_an_officer(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    # Nothing but squads ties officers together here, so who leaves a looser world includes who leaves a tighter one.
    words = ("theory=squad_threshold", "officers.squad_pull=0", "officers.force_pull=0", "media.report_probability=0")
    for looser in ("theory.hazard=0.5", "theory.threat=0.4", "officers.remote_hazard=0.15"):
        tight = live(small(*words, "theory.hazard=0.1", "theory.threat=0.1", runs=20))
        loose = live(small(*words, "theory.hazard=0.1", "theory.threat=0.1", looser, runs=20))
        assert (loose.present <= tight.present).all()
        assert loose.present.sum() < tight.present.sum()


def test_a_cascade_stops_at_the_edge_of_its_squad(small: Callable[..., Simulation], live: Callable[..., State]) -> None:
    words = (*FOURS, "theory.threat=0", "theory.hazard=1", "officers.friction_before=0", "officers.cohesion=none")
    world = small(*words, "officers.remote_hazard=1", "officers.frailty_sd=0")
    world.state.tolerance.fill(1e-6)
    world.state.traits["threshold"].fill(0.05)
    world.state.traits["threshold"][5] = -1
    state = live(world, days=10)
    assert state.squad_present.tolist() == [[4] * 4, [0] * 4, [4] * 4]
    assert (state.letter[4:8] == Letter.ACCEPTED).all()
