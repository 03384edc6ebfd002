"""Results that others published, found again by the parts of this model that rest on them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import poisson

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.model import gangs, officers
from sim.model.tile import Tile, Tiles
from sim.model.withdrawal.look import look
from sim.model.withdrawal.prospects import value, weight
from tests.ensemble.tiny_worlds import decide
from tests.worlds import make_world, select

# --- Granovetter 1978, "Threshold models of collective behavior", AJS 83:1420, pp. 1424–1425


@pytest.fixture
def crowd(small: Callable[..., Simulation]) -> Callable[..., Simulation]:
    """A hundred people in one squad; each acts for sure once as many others as he demands have acted."""

    def build(thresholds: Floats, dtype: str) -> Simulation:
        world = small(
            "theory=squad_threshold", "theory.hazard=1", "theory.threat=0", "theory.leader_weight=1",
            "officers.pool=100", "officers.squad_min=100", "officers.squad_max=100", "officers.remote_hazard=1",
            "officers.friction_before=0", "officers.cohesion=none", "levers.first_contingent=100",
            runs=1, dtype=dtype,
        )  # fmt: skip
        world.state.lot.fill(np.exp(-1e-6))  # nobody hesitates: the theory's hazard alone decides
        select(world).state.limit[...] = world.state.lot
        world.state.traits["threshold"][:, 0] = thresholds
        return world

    return build


def acted(world: Simulation, days: int) -> list[int]:
    """How many have acted after each day."""
    counts = []
    for _ in range(days):
        decide(world)
        counts.append(100 - int(world.state.present.sum()))
    return counts


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("order", ["rising", "mixed"])
def test_granovetter_thresholds_0_to_99_bring_all_hundred_out_one_by_one(
    order: str, dtype: str, crowd: Callable[..., Simulation]
) -> None:
    people = np.arange(100)
    if order == "mixed":
        people = np.random.default_rng(1978).permutation(people)
    world = crowd(people / 100, dtype)  # as many others as he demands, out of a hundred
    assert acted(world, 100) == list(range(1, 101))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_granovetter_one_threshold_moved_from_1_to_2_leaves_the_instigator_alone(
    dtype: str, crowd: Callable[..., Simulation]
) -> None:
    people = np.arange(100)
    people[people == 1] = 2
    assert acted(crowd(people / 100, dtype), 100) == [1] * 100


# --- Tversky & Kahneman 1992, "Advances in prospect theory", J. Risk Uncertainty 5:297, eqs. (5) and (6)
# with the median estimates of pp. 311–312: α = β = .88, λ = 2.25, γ = .61 for gains and δ = .69 for losses.


@pytest.mark.parametrize(
    ("exponent", "weights"),
    [
        (0.61, {0.01: 0.055, 0.05: 0.132, 0.1: 0.186, 0.25: 0.291, 0.5: 0.421, 0.75: 0.568, 0.9: 0.712, 0.99: 0.912}),
        (0.69, {0.01: 0.040, 0.05: 0.111, 0.1: 0.170, 0.25: 0.294, 0.5: 0.454, 0.75: 0.626, 0.9: 0.775, 0.99: 0.945}),
    ],
)
def test_tversky_kahneman_eq_6_weights_of_gains_and_losses(exponent: float, weights: dict[float, float]) -> None:
    # The table is eq. (6) worked out to three figures.
    chances = np.array(list(weights))
    assert np.round(weight(chances, np.array(exponent)), 3).tolist() == list(weights.values())


@pytest.mark.parametrize("exponent", [0.61, 0.69])
def test_tversky_kahneman_eq_6_certainty_and_impossibility_are_not_distorted(exponent: float) -> None:
    assert weight(np.array([0.0, 1.0]), np.array(exponent)).tolist() == [0, 1]


def test_tversky_kahneman_fig_3_small_chances_are_overweighted_and_gains_bend_more_than_losses() -> None:
    p = np.linspace(0.01, 0.99, 99)
    gains, losses = weight(p, np.array(0.61)), weight(p, np.array(0.69))
    cross_gains, cross_losses = (brentq(lambda x, g=g: weight(x, g) - x, 0.1, 0.9) for g in (0.61, 0.69))
    assert (gains > p).tolist() == (p < cross_gains).tolist()
    assert (losses > p).tolist() == (p < cross_losses).tolist()
    assert 0.3 < cross_gains < cross_losses < 0.4
    assert gains[49] < losses[49] < 0.5  # an even chance is underweighted, of a gain more than of a loss


def test_tversky_kahneman_eq_5_values_of_gains_and_losses() -> None:
    gains = value(np.array([0.0, 1.0, 50.0, 100.0, 200.0]), 2.25)
    assert np.round(gains, 2).tolist() == [0, 1, 31.27, 57.54, 105.9]
    losses = value(-np.array([1.0, 50.0, 100.0, 200.0]), 2.25)
    assert np.round(losses, 2).tolist() == [-2.25, -70.35, -129.47, -238.28]


def test_tversky_kahneman_an_even_bet_needs_more_than_twice_the_loss() -> None:
    half = np.array(0.5)
    up, down = weight(half, np.array(0.61)), weight(half, np.array(0.69))

    def worth(gain: float) -> float:
        return float(up * value(np.array(gain), 2.25) + down * value(np.array(-100.0), 2.25))

    needed = brentq(worth, 100, 1000)
    assert needed == pytest.approx(100 * (2.25 * down / up) ** (1 / 0.88), rel=1e-9)
    assert needed > 225


# --- Hawkes & Oakes 1974, "A cluster process representation of a self-exciting process", J. Appl. Prob. 11:493:
# an immigrant and all its offspring are 1/(1 − n) events in the mean.


@pytest.mark.parametrize("n", [0, 0.37, 0.43, 0.5, 0.95])
@pytest.mark.parametrize("decay", [0.07, 0.14, 5])
def test_hawkes_one_attack_and_its_offspring_are_1_over_1_minus_n(
    n: float, decay: float, small: Callable[..., Simulation], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (f"gangs.branching_ratio={n}", f"gangs.excitation_decay={decay}")
    world = small(*words, runs=1, dtype="float64", events=[])
    state, p = world.state, world.parameters
    p = replace(p, derived=replace(p.derived, background=np.zeros_like(p.derived.background)))
    state.excitation.fill(0)

    (tile,) = Tiles(state, p)
    expected = np.empty_like(tile.excitation)  # in place of counts

    def strike(tile: Tile, day: int) -> None:
        expected[...] = tile.rates + tile.bloc_share * state.documented_attacks[0]
        state.attacks[...] = expected[:, 0].sum()

    aftermath = gangs._aftermath
    monkeypatch.setattr(gangs, "_strike", strike)
    monkeypatch.setattr(gangs, "_count", lambda tile, day: None)
    monkeypatch.setattr(gangs, "_aftermath", lambda s, p, excitation, counts: aftermath(s, p, excitation, expected))
    state.documented_attacks.fill(1)
    family = 0.0
    for _ in range(20_000):
        gangs.act.py_func(tile, p.structure.start)  # any day will do: its luck is not asked
        state.documented_attacks.fill(0)
        family += float(state.attacks[0])
        if state.excitation.sum() < 1e-15:
            break
    assert family == pytest.approx(1 / (1 - n), rel=1e-10)


# --- Friedkin & Johnsen 1990, "Social influence and opinions", J. Math. Sociol. 15:193, and
# DeGroot 1974, "Reaching a consensus", JASA 69:118


@pytest.fixture
def talk(small: Callable[..., Simulation]) -> Callable[..., Floats]:
    """Where perceptions end when the news is always the same, fear falls as fast as it rises, and all talk on."""

    def until_rest(
        rise: float, squad: float, force: float, news: float = 1.0, habit: float = 0.6
    ) -> tuple[Simulation, Floats, Floats]:
        world = small(
            f"officers.rise_rate={rise}", f"officers.squad_pull={squad}", f"officers.force_pull={force}",
            "officers.fall_ratio=1", "officers.ambiguity_weight=0", "officers.habituation_days=30",
            f"officers.habituation_share={habit}", runs=2, dtype="float64",
        )  # fmt: skip
        state = world.state
        state.perceived += np.random.default_rng(1990).normal(size=state.perceived.shape)
        first = state.perceived.copy()
        state.media.fill(1.12 * news)  # against what is heard in the reference state, news of 1 and rumour of .12
        (tile,) = Tiles(state, world.parameters)
        for _ in range(3000):
            officers.perceive(tile)
        return world, first, state.perceived

    return until_rest


@pytest.mark.parametrize("habit", [0, 0.6, 1])
@pytest.mark.parametrize(("rise", "squad", "force"), [(0.4, 0.1, 0.05), (0.05, 0.5, 0.1), (0.3, 0.2, 0), (0.3, 0, 0.4)])
def test_friedkin_johnsen_equilibrium_in_closed_form(
    rise: float, squad: float, force: float, habit: float, talk: Callable[..., tuple[Simulation, Floats, Floats]]
) -> None:
    world, _, end = talk(rise, squad, force, news=3.0, habit=habit)
    layout = world.parameters.layout
    count = layout.officers
    openness = (squad + force) / (rise + squad + force)  # a: how far an officer gives way to others
    alone = world.state.baseline + world.state.dread * 1.2 * (1 - habit) * np.log(3)  # what he would think by himself
    for run in range(2):
        together = layout.squad_of[:, run, None] == layout.squad_of[None, :, run]
        influence = (squad * together / together.sum(axis=1) + force / count) / (squad + force)  # W, rows sum to one
        expected = np.linalg.solve(np.eye(count) - openness * influence, (1 - openness) * alone[:, run])
        assert end[:, run] == pytest.approx(expected, rel=1e-9)


def test_friedkin_johnsen_who_talks_to_nobody_ends_at_what_is_left_of_his_fear(
    talk: Callable[..., tuple[Simulation, Floats, Floats]],
) -> None:
    for news in (0.25, 1, 6):
        world, _, end = talk(rise=0.2, squad=0, force=0, news=news, habit=0.7)
        expected = world.state.baseline + world.state.dread * 1.2 * 0.3 * np.log(news)
        assert end == pytest.approx(expected, rel=1e-9)


def test_degroot_those_who_listen_to_all_agree_on_their_mean(
    talk: Callable[..., tuple[Simulation, Floats, Floats]],
) -> None:
    _, first, end = talk(rise=0, squad=0.1, force=0.05)
    assert end == pytest.approx(np.broadcast_to(first.mean(axis=0), end.shape), rel=1e-9)


def test_degroot_squads_that_listen_to_themselves_alone_agree_within_and_not_across(
    talk: Callable[..., tuple[Simulation, Floats, Floats]],
) -> None:
    world, first, end = talk(rise=0, squad=0.1, force=0)
    layout = world.parameters.layout
    means = layout.by_squad(first) / np.maximum(layout.sizes, 1)
    assert end == pytest.approx(layout.to_officers(means), rel=1e-9)
    assert all(means[layout.sizes[:, run] > 0, run].std() > 0.1 for run in range(2))


# --- Watts 2002, "A simple model of global cascades on random networks", PNAS 99:5766, eq. (5) and fig. 1:
# with thresholds of .18 for all on a random graph, one node can set off all others only for mean degrees in a window.

PHI = 0.18


def largest_cascade(mean_degree: float, trials: int = 40, nodes: int = 1000) -> float:
    """Largest share that acts in the end, of several trials that each begin with another single node.

    Everybody is a squad of his own, and what the theory is told of it is how many neighbours he has in a random graph,
    and how many of them have not acted.
    """
    luck = np.random.default_rng(2002)
    above = np.triu(luck.random((nodes, nodes)) < mean_degree / (nodes - 1), k=1)
    linked = (above | above.T).astype(np.float32)
    degree = np.maximum(linked.sum(axis=1), 1)  # who has no neighbour never sees one act
    words = (f"officers.pool={nodes}", "officers.squad_min=1", "officers.squad_max=1", "clock.end=2024-03-20")
    of_theory = ("theory=squad_threshold", "theory.hazard=1", "theory.threat=0", "theory.leader_weight=1")
    world = make_world(*words, *of_theory, runs=trials)
    state, p = world.state, world.parameters
    assert p.layout.sizes.shape == (nodes, trials)
    p = replace(p, layout=replace(p.layout, sizes=np.repeat(degree.astype(np.int64)[:, None], trials, axis=1)))
    state.traits["threshold"].fill(PHI)
    state.present[np.arange(trials), np.arange(trials)] = 0
    willing, before = np.zeros_like(state.perceived), -1.0
    while before != state.present.sum():
        before = state.present.sum()
        state.squad_present[...] = degree[:, None] - linked @ (1 - state.present)
        world.theory.hazard(look(state, p), p, willing)
        state.present[willing > 0] = 0
    return float(1 - state.present.mean(axis=0).min())


def vulnerable_offspring(z: float) -> float:
    """Σ k(k − 1) p_k / z over those whom one neighbour moves, k ≤ 1/φ, with p Poisson: cascades where it passes one."""
    k = np.arange(2, math.floor(1 / PHI) + 1)
    return float(np.sum(k * (k - 1) * poisson.pmf(k, z)) / z)


def test_watts_eq_5_bounds_the_window_of_a_random_graph() -> None:
    low, high = (brentq(lambda z: vulnerable_offspring(z) - 1, *around) for around in ((0.5, 2), (4, 8)))
    assert low == pytest.approx(1.03, abs=0.01)
    assert high == pytest.approx(5.76, abs=0.01)


@pytest.mark.parametrize("mean_degree", [2, 3, 4, 5])
def test_watts_inside_the_window_one_node_moves_nearly_all(mean_degree: float) -> None:
    assert vulnerable_offspring(mean_degree) > 1
    assert largest_cascade(mean_degree) > 0.7


@pytest.mark.parametrize("mean_degree", [0.5, 8, 10])
def test_watts_outside_the_window_nobody_gets_far(mean_degree: float) -> None:
    assert vulnerable_offspring(mean_degree) < 1
    assert largest_cascade(mean_degree) < 0.02
