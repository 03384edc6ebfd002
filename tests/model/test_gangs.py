"""Gangs: a coalition that triggers unite, attacks that excite attacks, and what an attack costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.stats import poisson as poisson_law

from sim.arrays import EPOCH, Array, Floats, Ints
from sim.ensemble.engine.block import Simulation
from sim.model import gangs, governments
from sim.model.lanes import LANES
from sim.model.luck import Purpose
from sim.model.parameters import DEATHS_CAP, P
from sim.model.state import Stage, State
from sim.model.tile import ATTACK_SLOTS
from tests.worlds import act_on, begin


@dataclass
class Fate:
    """Luck by hand: the same draw for every bloc and day, and for every attack the mark and severity given.

    The addresses of the attacks' draws, as the gangs ask for them, are kept in ``asked``, ``(4, attacks)``.
    """

    day: float = 1e-12  # so low that nobody attacks but those whom the record sends
    mark: float = 0.99
    deadly: float = 1e-12
    asked: Ints = field(default_factory=lambda: np.empty((4, 0), np.uint32))

    def draw_day(self, luck: Array, day: int, purpose: int, block: int, room: Ints, out: Floats) -> None:
        out.fill(self.day)

    def mix(self, words: Ints, count: int, k0: int, k1: int, rounds: int) -> None:
        self.asked = words[:, :count].copy()
        words[0, :count], words[1, :count] = word(self.mark), self.severity(self.asked)

    def severity(self, words: Ints) -> Ints:
        return word(self.deadly)


def word(uniform: float | Floats) -> Ints:
    """The word that is drawn for a uniform, the nearest of its 2³²."""
    return np.round(np.clip(np.asarray(uniform) * 2.0**32 - 0.5, 0, 2**32 - 1)).astype(np.uint32)


def documented(world: Simulation, attacks: float, fate: Fate | None = None) -> State:
    """A day on which the record sends attacks, under the luck of the world, or by hand, in plain Python."""
    world.state.documented_attacks.fill(attacks)
    day = world.state.day
    if fate is None:
        act_on(world, lambda tile: gangs.act(tile, day))
        return world.state
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_strike", "_count"):
            patch.setattr(gangs, name, getattr(gangs, name).py_func)
        patch.setattr(gangs, "draw_day", fate.draw_day)
        patch.setattr(gangs, "mix", fate.mix)
        act_on(world, lambda tile: gangs.act.py_func(tile, day))
    return world.state


def pulled(world: Simulation) -> Floats:
    """How hard the gangs are pulled together today."""
    day = world.state.day
    return act_on(world, lambda tile: governments.heard(tile.s, tile.p, tile.w),
                    lambda tile: gangs.trigger(tile.s, tile.d, tile.p, tile.w, day), room="pull")  # fmt: skip


def rates(world: Simulation) -> Floats:
    """Attacks a day of each bloc today, ``(blocs, runs)``."""
    tile, runs = begin(world), world.state.runs
    gangs.intensity(tile)
    found = tile.rates
    assert world.state.intensity == pytest.approx(found.sum(axis=0)[:runs], rel=1e-6)
    return found[:, :runs]


def poisson(uniform: Floats, rate: Floats) -> Ints:
    out = np.empty(uniform.shape, np.int64)
    gangs.poisson(uniform, rate, out)
    return out


def spread(attacks: float, share: Floats) -> Ints:
    """A documented count as each bloc gets it, ``(blocs, runs)``."""
    parts = np.zeros(share.shape, np.int64)
    for run in range(share.shape[1]):
        gangs.spread(attacks, share, np.empty(len(share), np.int64), parts, run)
    return parts


def severities(uniform: Floats, scale: float, tail: float) -> Floats:
    """Deaths of attacks of one run, by the uniforms of their severities."""
    deaths, run = np.empty(len(uniform)), np.zeros(len(uniform), np.int64)
    p = np.empty(max(P.death_scale, P.gangs_death_tail) + LANES)
    p[P.death_scale], p[P.gangs_death_tail] = scale, tail
    gangs.severity(word(uniform), run, p, deaths, len(uniform))
    return deaths


# --- the coalition


def test_the_reference_state_has_no_trigger(small: Callable[..., Simulation]) -> None:
    world = small()
    assert pulled(world).tolist() == [0] * 4


@pytest.mark.parametrize(
    ("absent", "imminence", "shut_out", "pull"),
    [
        (1, 0.3, 0, 0.6),
        (0, 1.0, 0, 0.25),
        (0, 0.65, 0, 0.125),
        (0, 0.1, 0, 0),
        (0, 0.3, 1, 0.25),
        (1, 1.0, 1, 1 - 0.4 * 0.75 * 0.75),
    ],
)
def test_triggers_add_their_pull_to_what_is_left(
    absent: float, imminence: float, shut_out: float, pull: float, small: Callable[..., Simulation]
) -> None:
    world = small(dtype="float64")
    world.state.prime_minister.fill(1 - absent)
    world.state.announced.fill(imminence)
    world.state.shut_out.fill(shut_out)
    assert pulled(world) == pytest.approx([pull] * 4, rel=1e-12)


def test_the_prime_ministers_return_calms_the_gangs_even_while_a_force_is_near(
    small: Callable[..., Simulation],
) -> None:
    world = small(runs=2)
    world.state.announced.fill(1)
    world.state.prime_minister[...] = [0, 1]
    absent, home = pulled(world)
    assert absent > home > 0


def pulls(world: Simulation, days: int) -> list[float]:
    """How hard the gangs are pulled together on each of the next days, of which the first is tomorrow."""
    found = []
    for _ in range(days):
        world.state.day += 1
        found.append(float(pulled(world)[0]))
    return found


@pytest.mark.parametrize("days", [14, 71, 365])
def test_what_unites_the_gangs_tires(days: int, small: Callable[..., Simulation]) -> None:
    world = small(f"gangs.trigger_days={days}", dtype="float64")
    world.state.prime_minister.fill(0)
    assert pulls(world, 60) == pytest.approx(0.6 * np.exp(-np.arange(60) / days), rel=1e-12)
    world.state.day += 100 * days
    assert pulled(world) == pytest.approx([0] * 4, abs=1e-12)


def test_a_trigger_is_fresh_again_only_when_it_has_been_nothing(small: Callable[..., Simulation]) -> None:
    world = small("gangs.trigger_days=10", dtype="float64")
    state = world.state
    first = state.day + 1
    state.prime_minister.fill(0.5)
    assert pulls(world, 3) == pytest.approx(0.3 * np.exp([0, -0.1, -0.2]), rel=1e-12)
    state.prime_minister.fill(0)  # he goes for good, which the gangs had seen coming
    assert pulls(world, 2) == pytest.approx(0.6 * np.exp([-0.3, -0.4]), rel=1e-12)
    assert state.trigger_on[:, 0].tolist() == [first, 0, 0]
    state.prime_minister.fill(1)
    assert pulls(world, 2) == [0, 0]
    assert state.trigger_on[:, 0].tolist() == [0, 0, 0]
    state.prime_minister.fill(0)
    assert pulls(world, 2) == pytest.approx(0.6 * np.exp([0, -0.1]), rel=1e-12)
    assert state.trigger_on[:, 0].tolist() == [first + 7, 0, 0]


def test_each_trigger_tires_by_itself_and_in_its_own_run(small: Callable[..., Simulation]) -> None:
    world = small("gangs.trigger_days=10", "gangs.weight_talks=0.3", runs=2, dtype="float64")
    state = world.state
    state.prime_minister[...] = [0, 1]
    pulls(world, 5)
    state.shut_out.fill(1)
    state.announced.fill(0.65)  # half of the way from .3 to tomorrow
    pulls(world, 4)
    absent, force, talks = 0.6 * np.exp(-0.8), 0.125 * np.exp(-0.3), 0.3 * np.exp(-0.3)
    expected = [1 - (1 - absent) * (1 - force) * (1 - talks), 1 - (1 - force) * (1 - talks)]
    assert pulled(world) == pytest.approx(expected, rel=1e-12)


def test_the_gangs_hear_what_was_announced_which_does_not_fade(small: Callable[..., Simulation]) -> None:
    world = small("gangs.trigger_days=10000", "governments.imminence_half_life=20", dtype="float64", runs=2)
    state = world.state
    state.announced.fill(0.8)
    state.announced_on.fill(state.day - 200)
    state.kit_first[...] = [0, 1]  # in the second run nothing is announced until the kit is ready
    act_on(world, lambda tile: governments.heard(tile.s, tile.p, tile.w),
             lambda tile: governments.feel_near(tile.s, tile.d, tile.p, tile.w, state.day))  # fmt: skip
    assert state.imminence[0] == pytest.approx(0.3 + 0.5 / 2**10, rel=1e-9)
    pull = 0.25 * 0.5 / 0.7
    assert pulled(world) == pytest.approx([pull, 0], rel=1e-12)


def test_where_departure_is_for_tomorrow_from_the_start_it_can_come_no_nearer(small: Callable[..., Simulation]) -> None:
    world = small("governments.imminence_start=1")
    assert pulled(world).tolist() == [0] * 4


def test_the_coalition_grows_with_its_trigger_and_falls_to_its_floor(small: Callable[..., Simulation]) -> None:
    world = small(dtype="float64")
    state = world.state
    state.prime_minister.fill(0)
    documented(world, 0)
    assert state.coalition == pytest.approx([0.15 + 0.14 * 0.6 * 0.85] * 4, rel=1e-12)
    before = state.coalition[0]
    documented(world, 0)
    assert state.coalition[0] == pytest.approx(before + 0.14 * 0.6 * (1 - before) - 0.03 * (before - 0.15), rel=1e-12)
    state.prime_minister.fill(1)
    for _ in range(1000):
        documented(world, 0)
    assert state.coalition == pytest.approx([0.15] * 4, rel=1e-9)


# --- how often they attack


def test_intensity_by_hand(small: Callable[..., Simulation]) -> None:
    world = small("governments.police_active=9000", dtype="float64")
    state, p = world.state, world.parameters
    state.coalition.fill(0.5)
    state.authority.fill(0.1)
    state.police.fill(8100)
    state.excitation.fill(2)
    expected = p.derived.background * (1 + 3 * 0.5) * (1 + 0.5 * 0.9) * np.exp(0.1) + 0.43 * 2
    assert rates(world) == pytest.approx(expected, rel=1e-12)


def test_police_troops_and_deployed_officers_press_alike(small: Callable[..., Simulation]) -> None:
    def pressed(police: float = 9000, troops: float = 0, deployed: int = 0) -> float:
        world = small(runs=1, dtype="float64")
        world.state.police.fill(police)
        world.state.foreign_troops.fill(troops)
        world.state.stage[:deployed] = Stage.DEPLOYED
        world.state.deploying_since.fill(world.state.day if deployed else 0)
        return float(rates(world).sum())

    assert pressed(troops=30) == pytest.approx(pressed(police=9030), rel=1e-12)
    assert pressed(deployed=30) == pytest.approx(pressed(police=9030), rel=1e-12)
    assert pressed(troops=30) < pressed()
    assert pressed(police=8000) > pressed()


def test_where_the_police_are_gone_the_attacks_are_many_and_still_a_number(small: Callable[..., Simulation]) -> None:
    world = small("governments.police_active=100000", "gangs.pressure_gain=20", "gangs.reference_attacks=100")
    world.state.police.fill(0)
    found = rates(world)
    assert np.isfinite(found).all()
    assert (found > 1000).all()


def test_a_truce_leaves_its_share_of_the_attacks(small: Callable[..., Simulation]) -> None:
    world = small("gangs.truce_factor=0.4", runs=3, dtype="float64")
    world.state.gang_truce[...] = [0, 1, 0.5]
    war, truce, half = rates(world).sum(axis=0)
    assert truce == pytest.approx(0.4 * war, rel=1e-12)
    assert half == pytest.approx(0.7 * war, rel=1e-12)


def test_an_attack_excites_its_own_bloc_and_is_forgotten_at_rate_omega(small: Callable[..., Simulation]) -> None:
    world = small("gangs.blocs=2", "gangs.size_exponent=3", "gangs.excitation_decay=0.2", dtype="float64")
    world.state.excitation.fill(0)
    documented(world, 1, Fate())  # one attack, by the larger bloc
    assert world.state.excitation[:, 0] == pytest.approx([1 - np.exp(-0.2), 0], rel=1e-12)
    documented(world, 0, Fate())
    assert world.state.excitation[0] == pytest.approx([(1 - np.exp(-0.2)) * np.exp(-0.2)] * 4, rel=1e-12)


@pytest.mark.parametrize("rate", [0.0, 0.01, 0.7, 3.0, 25.0, 140.0, 500.0])
def test_counts_are_those_of_the_inverse_poisson(rate: float) -> None:
    uniform = (np.arange(2000) + 0.5) / 2000
    assert poisson(uniform, np.full(2000, rate)).tolist() == poisson_law.ppf(uniform, rate).tolist()


def test_a_higher_rate_never_means_fewer_attacks_under_the_same_luck() -> None:
    luck = np.random.default_rng(3)
    edge = [2.0**-33, 1e-6, 0.5, 1 - 1e-6, 1 - 2.0**-33]
    uniform = np.concatenate([luck.random(200), edge])
    rates = np.concatenate([[0], np.geomspace(1e-4, 600, 400)])[:, None]
    counts = np.array([poisson(uniform, np.broadcast_to(rate, uniform.shape)) for rate in rates])
    assert (np.diff(counts, axis=0) >= 0).all()
    assert (counts[0] == 0).all()
    assert (counts[rates[:, 0] > 500] == counts[rates[:, 0] > 500][:1]).all()


# --- the record's attacks


def test_documented_attacks_are_spread_by_size_and_add_up_exactly(small: Callable[..., Simulation]) -> None:
    share = small(runs=1).parameters.derived.bloc_share
    for count in range(0, 200):
        parts = spread(np.float32(count), share)
        assert parts.sum() == count
        assert parts.min() >= 0
        assert np.abs(parts - share * count).max() < 1 + 1e-3


@pytest.mark.parametrize("exponent", [0, 0.8, 3])
@pytest.mark.parametrize("blocs", [1, 2, 200])
def test_the_largest_documented_count_adds_up_too(
    exponent: float, blocs: int, small: Callable[..., Simulation]
) -> None:
    world = small(f"gangs.blocs={blocs}", f"gangs.size_exponent={exponent}", runs=2)
    for count in (10_000, 9_999):
        parts = spread(np.float32(count), world.parameters.derived.bloc_share)
        assert parts.sum(axis=0).tolist() == [count] * 2
        assert parts.min() >= 0


def test_a_larger_documented_count_takes_no_attack_from_any_bloc(small: Callable[..., Simulation]) -> None:
    share = small(runs=1).parameters.derived.bloc_share
    parts = np.hstack([spread(np.float32(count), share) for count in range(40)])
    assert (np.diff(parts, axis=1) >= 0).all()


def test_documented_attacks_add_to_those_that_the_gangs_make_anyway(small: Callable[..., Simulation]) -> None:
    quiet, told = small(runs=200, dtype="float64"), small(runs=200, dtype="float64")
    quiet.state.day, told.state.day = quiet.state.day + 1, told.state.day + 1
    documented(quiet, 0)
    documented(told, 8)
    assert quiet.state.attacks.sum() > 0
    assert np.array_equal(told.state.attacks, quiet.state.attacks + 8)
    assert (told.state.deaths_gang >= quiet.state.deaths_gang).all()
    lasting = (told.state.excitation - quiet.state.excitation).sum(axis=0)
    assert lasting == pytest.approx(np.full(200, 8 * (1 - np.exp(-0.14))), rel=1e-9)


# --- what an attack costs


@pytest.mark.parametrize("tail", [1.5, 2.0, 3.0])
def test_the_mean_attack_kills_as_many_as_the_reference_quarter_says(
    tail: float, small: Callable[..., Simulation]
) -> None:
    p = small(f"gangs.death_tail={tail}", runs=1, dtype="float64").parameters
    draws = 1_000_000
    deaths = severities((np.arange(draws) + 0.5) / draws, float(p.derived.death_scale[0]), float(p.gangs.death_tail[0]))
    assert deaths.max() == DEATHS_CAP
    assert np.array_equal(deaths, np.floor(deaths))
    # Each of the cap's 60 steps is hit to within one draw.
    assert deaths.mean() == pytest.approx(12 * (1 - 0.3 - 0.07) / 4.5, abs=DEATHS_CAP / draws)


def test_one_more_attack_leaves_the_dead_of_the_others_alone(small: Callable[..., Simulation]) -> None:
    class Fixed(Fate):
        def severity(self, words: Ints) -> Ints:
            return word(np.array([0.9, 0.99, 0.5, 0.999])[words[0] & 0xFFFF])  # by the attack's ordinal

    dead = []
    for attacks in range(5):
        world = small("gangs.blocs=1", runs=1)
        dead.append(float(documented(world, attacks, Fixed()).deaths_gang[0]))
    p = world.parameters
    each = severities(np.array([0.9, 0.99, 0.5, 0.999]), float(p.derived.death_scale[0]), float(p.gangs.death_tail[0]))
    assert dead == [0, *np.cumsum(each)]


def test_an_attack_draws_at_the_address_of_its_bloc_day_ordinal_and_run(small: Callable[..., Simulation]) -> None:
    world, fate = small("gangs.blocs=2", "gangs.size_exponent=0", runs=3, first=7), Fate()
    documented(world, 4, fate)  # two of each bloc
    address = [
        ((world.state.day - EPOCH << 16) + slot, bloc, 7 + run, Purpose.ATTACK << 24)
        for bloc in range(2) for run in range(3) for slot in range(2)
    ]  # fmt: skip
    assert sorted(map(tuple, fate.asked.T.tolist())) == sorted(address)


def test_the_dead_of_the_day_are_those_of_the_draws_at_these_addresses(small: Callable[..., Simulation]) -> None:
    world = small("gangs.blocs=1", "gangs.reference_attacks=1", runs=LANES + 3, dtype="float64")
    state, p = world.state, world.parameters
    documented(world, 5)
    count = np.minimum(state.attacks.astype(np.int64), ATTACK_SLOTS)
    run = np.repeat(np.arange(state.runs), count)
    slot = np.concatenate([np.arange(own) for own in count])
    mark, deadly = world.draws.marks(np.zeros_like(run), state.day, slot, run)
    deaths = severities(deadly, float(p.derived.death_scale[0]), float(p.gangs.death_tail[0]))
    assert state.deaths_gang.tolist() == np.bincount(run, deaths, state.runs).tolist()
    share = (p.gangs.strategic_base + p.gangs.strategic_gain * state.coalition)[run]
    assert state.salience_civilian.tolist() == np.bincount(run, mark >= share, state.runs).tolist()


def test_deaths_are_read_at_ten_attacks_of_a_bloc_and_attacks_are_counted_on(small: Callable[..., Simulation]) -> None:
    world = small("gangs.blocs=1", runs=1)
    state = documented(world, 25, Fate(deadly=0.999))
    p = world.parameters
    one = severities(np.array([0.999]), float(p.derived.death_scale[0]), float(p.gangs.death_tail[0]))
    assert state.attacks[0] == 25
    assert state.deaths_gang[0] == ATTACK_SLOTS * one[0]


@pytest.mark.parametrize(
    ("mark", "salience", "civilians"),
    [
        (0.0, 4.5, False),
        (0.047, 4.5, False),  # of the strategic share, .095 at the floor, half hits the police,
        (0.048, 4.5, True),
        (0.066, 4.5, True),  # a fifth airport or port,
        (0.067, 9.0, True),
        (0.085, 9.0, True),  # a fifth the mission, which concerns Kenya,
        (0.086, 4.5, True),
        (0.094, 4.5, True),  # a tenth prisons;
        (0.096, 1.0, True),  # all else civilians
    ],
)
def test_a_mark_says_whom_an_attack_hits(
    mark: float, salience: float, civilians: bool, small: Callable[..., Simulation]
) -> None:
    world = small("gangs.civilian_share=0", runs=2)
    state = documented(world, 1, Fate(mark=mark, deadly=0.99))
    strategic = mark < 0.05 + 0.3 * 0.15
    assert state.salience_strategic.tolist() == [salience * strategic] * 2
    assert state.salience_civilian.tolist() == [1 - strategic] * 2
    assert state.deaths_gang.min() > 0
    assert np.array_equal(state.civilian_harm, state.deaths_gang * civilians)


def test_those_killed_by_police_and_vigilantes_are_counted_apart_and_partly_civilians(
    small: Callable[..., Simulation],
) -> None:
    world = small("gangs.civilian_share=0.25", "gangs.reference_attacks=0.1", runs=1)
    world.state.excitation.fill(0)
    state = documented(world, 0, Fate(day=0.5))  # the median of a rare attack is none
    assert (state.attacks[0], state.deaths_gang[0]) == (0, 0)
    assert state.deaths_operations[0] == poisson_law.ppf(0.5, 3.6)
    assert state.deaths_vigilantes[0] == poisson_law.ppf(0.5, 0.84)
    assert state.civilian_harm[0] == 0.25 * (state.deaths_operations[0] + state.deaths_vigilantes[0])


def test_operations_answer_a_united_enemy_harder(small: Callable[..., Simulation]) -> None:
    def killed(coalition: float) -> float:
        world = small("gangs.coalition_growth=0", "gangs.coalition_decay=0", runs=1)
        world.state.coalition.fill(coalition)
        return float(documented(world, 0, Fate(day=0.5)).deaths_operations[0])

    assert killed(0.15) == poisson_law.ppf(0.5, 3.6)
    assert killed(0.95) == poisson_law.ppf(0.5, 3.6 * (1 + 3.5 * 0.8))


def test_ground_is_taken_by_attacks_and_taken_back_by_the_day(small: Callable[..., Simulation]) -> None:
    world = small("gangs.control_gain=0.002", "gangs.control_loss=0.001", dtype="float64")
    state = documented(world, 6, Fate())
    assert state.control == pytest.approx([0.8 + 0.002 * 6 * 0.2 - 0.001 * 0.8] * 4, rel=1e-12)


# --- the calm quarter, lived through


@pytest.fixture(scope="module")
def calm(world: Callable[..., Simulation]) -> dict[str, Floats]:
    """Daily means of 400 runs of ninety days in which nothing happens and the police do not shrink."""
    days = 90
    quiet = world("officers.pool=3", "governments.police_attrition=0", "theory=constant", runs=400, events=[])
    names = ("attacks", "deaths_gang", "deaths_operations", "deaths_vigilantes", "news_fast", "news_slow")
    sums = {name: np.zeros(400) for name in names}
    for _ in range(days):
        state = quiet.step()
        for name in names:
            sums[name] += getattr(state, name)
    return {name: value / days for name, value in sums.items()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("attacks", 4.5),
        ("deaths_gang", 12 * 0.63),
        ("deaths_operations", 12 * 0.3),
        ("deaths_vigilantes", 12 * 0.07),
        ("news_fast", 1),
        ("news_slow", 1),
    ],
)
def test_the_reference_quarter_stays_at_its_reference(name: str, expected: float, calm: dict[str, Floats]) -> None:
    means = calm[name]
    error = means.std(ddof=1) / np.sqrt(len(means))
    assert abs(means.mean() - expected) < 4 * error
    assert 4 * error < 0.05 * expected  # so that a miss of five per cent would be seen


def test_attacks_are_clustered_as_self_exciting_ones_are(calm: dict[str, Floats]) -> None:
    # The count's variance, exactly: N = λ + ε with λ = μ + nS and var ε = E λ; S′ = kS + (1 − k)N.
    n, keep, rate, days = 0.43, np.exp(-0.14), 4.5, 90
    persistence = keep + (1 - keep) * n
    of_memory = both = of_count = 0.0
    for _ in range(days):
        of_count += n**2 * of_memory + 2 * n * both + rate
        both = persistence * (both + n * of_memory) + (1 - keep) * rate
        of_memory = persistence**2 * of_memory + (1 - keep) ** 2 * rate
    counts = calm["attacks"] * days
    assert of_count > 2 * rate * days  # far from Poisson
    assert counts.var(ddof=1) == pytest.approx(of_count, rel=4 * np.sqrt(2 / (len(counts) - 1)))


def test_a_bloc_that_holds_just_its_share_gets_no_further_documented_attack() -> None:
    """Of two attacks the quota of the largest is one: the second goes to the next, however large its own claim."""
    share = np.array([[0.5], [0.125], [0.125], [0.125], [0.125]])
    assert spread(2.0, share)[:, 0].tolist() == [1, 1, 0, 0, 0]
