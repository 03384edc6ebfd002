"""T3: an officer leaves when enough of his squad has left."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.model.state import Letter, Stage, State
from sim.model.tile import Tiles
from sim.model.withdrawal.squad_threshold import terms
from tests.worlds import select

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
    assert world.parameters.layout.sizes.T.tolist() == [[4, 1]] * 4
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


def test_a_stronger_response_to_fear_loosens_only_those_who_are_more_afraid_than_usual(
    squads: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    z = np.array([-3, -1, -0.1, -1e-9, 0, 0, 1e-9, 0.1, 1, 3, 0.5, -0.5])
    willing_at = []
    for kappa in (0, 0.05, 0.14, 0.4, 2):
        found = []
        world = squads(f"theory.threat={kappa}", out=(2, 5, 9))
        world.state.perceived[:, 0] = -5.61 + 0.7 * z
        for at in np.linspace(-0.5, 1, 61):
            world.state.traits["threshold"].fill(at)
            found.append(hazard(world)[:, 0] > 0)
        willing_at.append(found)
    grown = np.diff(np.array(willing_at).astype(int), axis=0)  # by κ, threshold and officer
    assert (grown[..., z > -1e-6] >= 0).all()
    assert (grown[..., z < 0] <= 0).all()
    assert (grown[..., z > 0.05] > 0).any()
    assert (grown[..., z < -0.05] < 0).any()
    assert (grown[..., np.abs(z) < 1e-6] == 0).all()


def test_where_peers_are_not_felt_nobody_counts_as_out(
    squads: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    assert willing(hazard(squads("officers.peers_felt=0", out=(0, 1, 2), at=0.01))) == []
    world = squads("officers.peers_felt=0", "theory.threat=0.1", out=(0, 1, 2), at=0.05)
    world.state.perceived[[1, 7]] = -5.61 + 0.7 * 0.6  # .06 of fear needs nobody
    assert willing(hazard(world)) == [1, 7]


def test_a_squad_that_a_run_lacks_is_nobodys(small: Callable[..., Simulation], hazard: Callable[..., Floats]) -> None:
    world = small("theory=squad_threshold", "officers.squad_min=1", "theory.leader_weight=0", runs=20)
    lacking = world.parameters.layout.sizes == 0
    assert lacking.any()
    world.state.present[-1] = 0  # the row that stands in for the leaders of squads that are not there
    for tile in Tiles(world.state, world.parameters, world.theory.reads):
        terms(tile)
        assert np.isfinite(tile.told[0]).all()
    assert np.isfinite(hazard(world)).all()


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
    # Everybody is more afraid than usual: whoever is less so is held by a stronger response to fear.
    words = ("theory=squad_threshold", "officers.squad_pull=0", "officers.force_pull=0", "media.report_probability=0",
             "theory.hazard=0.1", "theory.threat=0.1")  # fmt: skip

    def lived(*looser: str) -> State:
        world = small(*words, *looser, runs=20)
        world.state.baseline += 1.5 * 0.7 + np.maximum(-5.61 - world.state.baseline, 0)
        world.state.perceived[...] = world.state.baseline
        return live(world)

    tight = lived()
    for looser in ("theory.hazard=0.5", "theory.threat=0.2"):
        loose = lived(looser)
        assert (loose.present <= tight.present).all()
        assert loose.present.sum() < tight.present.sum()


def test_a_cascade_stops_at_the_edge_of_its_squad(small: Callable[..., Simulation], live: Callable[..., State]) -> None:
    words = (*FOURS, "theory.threat=0", "theory.hazard=1", "officers.friction_before=0", "officers.cohesion=none")
    world = small(*words, "officers.remote_hazard=1", "officers.frailty_sd=0")
    world.state.lot.fill(np.exp(-1e-6))
    select(world).state.limit[...] = world.state.lot
    world.state.traits["threshold"].fill(0.05)
    world.state.traits["threshold"][5] = -1
    state = live(world, days=10)
    assert state.squad_present.tolist() == [[4] * 4, [0] * 4, [4] * 4]
    assert (state.letter[4:8] == Letter.ACCEPTED).all()
