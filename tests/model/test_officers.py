"""Officers: what they perceive, when they want to leave, what stands in their way, and who then goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.errors import UserMistake
from sim.model import officers
from sim.model.day import asked
from sim.model.elementary_arrays import exponentials
from sim.model.events import Event
from sim.model.lanes import LANES
from sim.model.parameters import Parameters
from sim.model.state import H, Letter, Phase, Stage, State
from sim.model.tile import W
from sim.model.withdrawal.interface import Perception, Theory
from sim.model.withdrawal.look import look
from tests.worlds import give_lots, in_room, make_case, on_tiles, part, put_at_risk, select, tiles_of

SQUADS = ("officers.squad_min=4", "officers.squad_max=4", "officers.pool=12")
"""Three squads of four; rows 0, 4 and 8 lead."""
HEARD = 1 + 0.12
"""What officers hear in the reference state: news, and the rumour of which it breeds .012 a day and a tenth fades."""
ALONE = ("officers.squad_pull=0", "officers.force_pull=0", "officers.ambiguity_weight=0")


@dataclass
class Told(Theory):
    """A theory that does as it is told."""

    h: Floats | float = 0.0
    null: bool = False
    name = "told"
    number = "T9"
    text = ""
    parameters = ()

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        out[...] = self.h


@pytest.fixture
def squads(small: Callable[..., Simulation]) -> Callable[..., Simulation]:
    """Three squads of four who are selected, felt nothing so far, tolerate 1 each, and live under ``Told``'s theory.

    Departure is as near as at the start, where its factor of the hazard is one.
    """

    def build(*words: str, null: bool = False, **keywords: object) -> Simulation:
        world = select(small(*SQUADS, *words, **{"dtype": "float64", "runs": 1, **keywords}))
        world.theory = Told(null=null)
        give_lots(world.state, np.exp(-1))
        world.state.friction.fill(0.5)
        world.state.imminence.fill(0.3)
        return world

    return build


def want(world: Simulation, *who: int) -> State:
    """A day on which these officers, and nobody else, come to want out."""
    give_lots(world.state, world.state.survival[list(who)], *who)
    return decide(world)


def decide(world: Simulation, h: Floats | float = 0.0) -> State:
    """A day on which nothing happens but that officers want out, and leave, by hazards from outside."""
    state, structure = world.state, world.parameters.structure
    state.day += 1
    world.theory.h = h  # type: ignore[attr-defined]
    hazards = asked(world.theory, look(state, world.parameters), world.parameters)
    tiles = tiles_of(world)
    for tile, given in zip(tiles, tiles.cut(hazards), strict=True):
        intents = officers.pass_over_given(tile, officers.COHESION[structure.cohesion], world.theory.null, given)
        officers.leave(tile, state.day, tile.who, tile.where, intents, structure.record_end)
    tiles.bring_back()
    return state


def perceive(world: Simulation) -> State:
    on_tiles(world, officers.perceive)
    return world.state


def suffer(world: Simulation) -> State:
    on_tiles(world, officers.suffer)
    return world.state


def ambiguity(world: Simulation) -> Floats:
    return look(world.state, world.parameters).ambiguity


def left(state: State) -> list[int]:
    return np.flatnonzero(state.present[:, 0] == 0).tolist()


# --- perceiving


@pytest.mark.parametrize(
    ("beta", "eta", "rumour"), [(1.2, 0.6, 0.12), (0, 1, 0.5), (50, 0, 0), (3, 0.2, 0.5), (3, 1, 5)]
)
def test_nothing_moves_an_officer_in_the_reference_state(
    beta: float, eta: float, rumour: float, small: Callable[..., Simulation]
) -> None:
    felt = (f"officers.threat_sensitivity={beta}", f"officers.habituation_share={eta}", f"media.rumour_rate={rumour}")
    world = small(*felt, "officers.squad_pull=0", "officers.force_pull=0", dtype="float64")
    before = world.state.perceived.copy()
    for _ in range(50):
        perceive(world)
    assert world.state.perceived == pytest.approx(before, rel=1e-12)
    assert world.state.habituation == pytest.approx([1 + rumour] * 4, rel=1e-12)


def test_fear_rises_at_its_rate_and_falls_at_a_share_of_it(small: Callable[..., Simulation]) -> None:
    world = small(*ALONE, "officers.rise_rate=0.4", "officers.fall_ratio=0.25", dtype="float64", runs=2)
    state = world.state
    state.perceived[...] = state.baseline + np.array([-1, 1])
    perceive(world)
    assert state.perceived - state.baseline == pytest.approx(np.tile([-1 + 0.4, 1 - 0.1], (40, 1)), rel=1e-9)


def test_news_moves_officers_by_their_dread_of_it(small: Callable[..., Simulation]) -> None:
    world = small(*ALONE, "officers.threat_sensitivity=1.5", "officers.rise_rate=1", dtype="float64", runs=1)
    state = world.state
    state.dread[0], state.dread[1] = 1, 2
    state.media.fill(3 * HEARD)
    perceive(world)
    moved = (state.perceived - state.baseline)[:2, 0]
    assert moved == pytest.approx([1.5 * np.log(3), 3 * np.log(3)], rel=1e-12)


@pytest.mark.parametrize("share", [1, 0.6, 0.2])
def test_officers_get_used_to_their_share_of_a_lasting_level_of_news(
    share: float, small: Callable[..., Simulation]
) -> None:
    habit = ("officers.habituation_days=30", f"officers.habituation_share={share}")
    world = small(*ALONE, *habit, "officers.fall_ratio=1", "officers.threat_sensitivity=1.2", dtype="float64", runs=1)
    state = world.state
    state.media.fill(3 * HEARD)
    fear = [float((perceive(world).perceived - state.baseline).mean()) for _ in range(700)]
    assert state.habituation[0] == pytest.approx(HEARD * (3 - 2 * (29 / 30) ** 700), rel=1e-12)
    left_of_it = state.dread * 1.2 * (1 - share) * np.log(3)
    assert state.perceived - state.baseline == pytest.approx(left_of_it, abs=1e-8)
    peak = int(np.argmax(fear))
    assert fear[peak] > fear[-1] + 0.1
    assert np.all(np.diff(fear[: peak + 1]) > 0)
    assert np.all(np.diff(fear[peak:400]) < 0)


def test_who_gets_used_to_nothing_fears_on(small: Callable[..., Simulation]) -> None:
    world = small(*ALONE, "officers.habituation_share=0", "officers.habituation_days=30", dtype="float64", runs=1)
    world.state.media.fill(3 * HEARD)
    fear = [float((perceive(world).perceived - world.state.baseline).mean()) for _ in range(300)]
    assert np.all(np.diff(fear) > -1e-12)
    assert world.state.perceived - world.state.baseline == pytest.approx(world.state.dread * 1.2 * np.log(3), rel=1e-9)


def test_news_that_goes_quiet_after_a_loud_time_is_felt_as_relief(small: Callable[..., Simulation]) -> None:
    world = small(
        *ALONE,
        "officers.rise_rate=1",
        "officers.fall_ratio=1",
        "officers.habituation_share=0.6",
        runs=1,
        dtype="float64",
    )
    world.state.habituation.fill(3 * HEARD)
    world.state.media.fill(HEARD)
    moved = perceive(world).perceived - world.state.baseline
    assert moved == pytest.approx(-world.state.dread * 1.2 * 0.6 * np.log(3), rel=1e-12)


def test_unclear_plans_raise_fear_and_clear_ones_lower_it(small: Callable[..., Simulation]) -> None:
    words = ("officers.squad_pull=0", "officers.force_pull=0", "officers.ambiguity_weight=0.5", "officers.rise_rate=1")
    world = small(*words, "officers.ambiguity_gain=1.2", "officers.fall_ratio=1", dtype="float64", runs=3)
    state = world.state
    state.assurance[...] = [0, 0.1, 1]  # a third of a readiness of .3 is what they are assured of at the start
    perceive(world)
    moved = state.perceived - state.baseline
    near = 0.5 + 0.5 * 0.3
    assert moved == pytest.approx(np.tile([0.5 * 1.2 * near * 0.1, 0, -0.5 * 1.2 * near * 0.9], (40, 1)), rel=1e-9)


def test_unclear_plans_trouble_those_who_are_about_to_leave(small: Callable[..., Simulation]) -> None:
    world = small("officers.ambiguity_remote=0.4", dtype="float64", runs=4)
    state = world.state
    state.assurance[...] = [0.1, 0.1, 0.1, 1]
    state.imminence[...] = [0, 0.3, 0.8, 1]
    unclear = np.array([0.9 * 0.4, 0.9 * 0.58, 0.9 * 0.88, 0])
    assert ambiguity(world) == pytest.approx(0.3 + 1.2 * unclear, rel=1e-12)


@pytest.mark.parametrize(("remote", "nearness"), [(0, [0, 0.3, 1]), (1, [1, 1, 1])])
def test_ambiguity_may_be_all_of_the_near_or_none_of_it(
    remote: float, nearness: list[float], small: Callable[..., Simulation]
) -> None:
    world = small(f"officers.ambiguity_remote={remote}", dtype="float64", runs=3)
    world.state.assurance.fill(0.25)
    world.state.imminence[...] = [0, 0.3, 1]
    expected = 0.3 + 1.2 * 0.75 * np.array(nearness)
    assert ambiguity(world) == pytest.approx(expected, rel=1e-12)


def test_ambiguity_by_hand_and_its_off_switch(small: Callable[..., Simulation]) -> None:
    # Off, plans are as unclear as at the start: a tenth is assured, and departure is at .3.
    for felt, expected in ((1, 0.3 + 1.2 * 0.6 * 0.9), (0, 0.3 + 1.2 * 0.9 * 0.65)):
        world = small(f"officers.ambiguity_felt={felt}", dtype="float64")
        world.state.assurance.fill(0.4)
        world.state.imminence.fill(0.8)
        assert ambiguity(world) == pytest.approx([expected] * 4, rel=1e-12)


def test_the_off_switch_holds_slips_kit_and_clarity_at_the_start_and_leaves_terms_and_arrears(
    small: Callable[..., Simulation],
) -> None:
    # Unclear are (1 − A)(.5 + .5 I): .9·.65 at the start, .6·.9 here.
    for felt, seen in ((1, (2, 0.5, 0.585 - 0.54)), (0, (0, 0.7, 0))):
        world = small(f"officers.ambiguity_felt={felt}", dtype="float64", runs=1)
        state = world.state
        state.slips.fill(2)
        state.kit_gap.fill(0.5)
        state.assurance.fill(0.4)
        state.imminence.fill(0.8)
        state.pay_escrow.fill(0.25)
        state.arrears.fill(9)
        see = look(state, world.parameters)
        assert (see.slips[0], see.kit_gap[0], see.clarity[0]) == pytest.approx(seen, rel=1e-12)
        assert (see.terms[0], see.arrears[0]) == (0.25, 9)


def test_a_briefed_leader_feels_half_the_ambiguity_and_his_squad_all_of_it(squads: Callable[..., Simulation]) -> None:
    words = ("officers.squad_pull=0", "officers.force_pull=0", "officers.rise_rate=1", "officers.fall_ratio=1")
    world = squads(*words, "officers.ambiguity_weight=0.5", runs=2)
    state = world.state
    state.leaders_briefed[...] = [0, 1]
    u = ambiguity(world)
    see = look(state, world.parameters)
    perceive(world)
    gap = state.perceived[:, 0] - state.perceived[:, 1]
    gap -= state.baseline[:, 0] - state.baseline[:, 1]
    assert gap == pytest.approx([0.25 * u[0] if i in (0, 4, 8) else 0 for i in range(12)], abs=1e-12)
    own = see.own_ambiguity()
    assert own[:, 1] == pytest.approx([u[1] / (2 if i in (0, 4, 8) else 1) for i in range(12)], rel=1e-12)
    assert own[:, 0] == pytest.approx([u[0]] * 12, rel=1e-12)


def test_peers_pull_towards_the_means_of_those_still_in_as_yesterday_left_them(
    squads: Callable[..., Simulation],
) -> None:
    world = squads("officers.squad_pull=0.1", "officers.force_pull=0.05", "officers.rise_rate=0")
    state = world.state
    want(world, 1, 4)
    x = state.perceived[:, 0].copy()
    perceive(world)
    still = [i for i in range(12) if i not in (1, 4)]
    for i in still:
        squad = [j for j in still if j // 4 == i // 4]
        pull = 0.1 * (x[squad].mean() - x[i]) + 0.05 * (x[still].mean() - x[i])
        assert state.perceived[i, 0] == pytest.approx(x[i] + pull, rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_all_perceive_adds_up_to_the_same_bits_alone_and_in_company(
    dtype: str, small: Callable[..., Simulation]
) -> None:
    crowd = small(runs=LANES + 1, dtype=dtype)
    luck = np.random.default_rng(5)
    crowd.state.perceived[...] = luck.lognormal(size=crowd.state.perceived.shape)
    part(crowd, 3), part(crowd, 17)
    in_company = on_tiles(crowd, officers._gather)
    sums, squads = in_room(in_company, W.whole), in_company.join([tile.hot[:, H.so_far :] for tile in in_company])
    expected = (crowd.state.perceived * crowd.state.present).sum(axis=0, dtype=np.float64)
    assert sums == pytest.approx(expected, rel=1e-5 if dtype == "float32" else 1e-13)
    for run in (0, 7, LANES - 1, LANES):
        alone = small(runs=1, first=run, dtype=dtype)
        alone.state.perceived[...] = crowd.state.perceived[:, run : run + 1]
        part(alone, 3), part(alone, 17)
        room = on_tiles(alone, officers._gather)
        assert in_room(room, W.whole)[0] == sums[run]
        assert np.array_equal(next(iter(room)).hot[:, H.so_far], squads[:, run])


def test_where_peers_are_not_felt_nobody_is_pulled(squads: Callable[..., Simulation]) -> None:
    felt = ("officers.squad_pull=0.3", "officers.force_pull=0.2", "officers.rise_rate=0.4", "officers.fall_ratio=0.5")
    alone = squads("officers.peers_felt=0", *felt)
    never = squads("officers.squad_pull=0", "officers.force_pull=0", *felt[2:])
    for world in (alone, never):
        world.state.media.fill(2)
        for _ in range(5):
            perceive(world)
    assert np.array_equal(alone.state.perceived, never.state.perceived)


def test_who_has_left_fears_no_more_and_no_less(squads: Callable[..., Simulation]) -> None:
    world = squads()
    want(world, 2, 8)
    frozen = world.state.perceived[[2, 8]].copy()
    world.state.media.fill(20)
    for _ in range(10):
        perceive(world)
    assert np.array_equal(world.state.perceived[[2, 8]], frozen)
    others = np.delete(np.arange(12), [2, 8])
    assert (world.state.perceived[others] > world.state.baseline[others]).all()


# --- wanting to leave


def test_hazards_add_up_until_they_pass_what_an_officer_tolerates(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.friction_before=0", "officers.cohesion=none")
    h, state = 0.2, world.state
    step = -np.log1p(-h)
    give_lots(state, np.exp(-np.concatenate([[3 * step - 1e-9, 3 * step + 1e-9], np.full(10, 100)]))[:, None])
    exits = [float(decide(world, h).exits[0]) for _ in range(4)]
    assert exits == [0, 0, 1, 1]
    assert state.cumulated[5, 0] == pytest.approx(4 * step, rel=1e-12)
    assert left(state) == [0, 1]


def test_the_share_who_left_is_what_the_hazard_says(small: Callable[..., Simulation]) -> None:
    world = small("officers.pool=400", "officers.frailty_sd=0", "officers.friction_before=0", runs=50)
    world.theory = Told(null=True)
    select(world)
    for _ in range(100):
        decide(world, 0.01)
    gone = 1 - world.state.present.mean()
    expected = 1 - 0.99**100
    assert abs(gone - expected) < 4 * np.sqrt(expected * (1 - expected) / (400 * 50))


def test_frail_officers_leave_earlier_and_the_mean_frailty_is_one(small: Callable[..., Simulation]) -> None:
    world = small("officers.pool=400", "officers.frailty_sd=0.5", runs=50, dtype="float64")
    state = world.state
    spread = np.sqrt(np.exp(0.25) - 1)
    assert abs(state.frailty.mean() - 1) < 4 * spread / np.sqrt(400 * 50)
    even = small("officers.pool=400", "officers.frailty_sd=0", runs=50, dtype="float64").state
    assert state.tolerance * state.frailty == pytest.approx(even.tolerance, rel=1e-12)


@pytest.mark.parametrize(
    ("imminence", "felt"), [(0, 0.04 / 0.328), (0.3, 1), (0.5, 0.52 / 0.328), (0.8, 0.808 / 0.328), (1, 1 / 0.328)]
)
def test_a_remote_departure_is_hardly_worth_leaving(
    imminence: float, felt: float, squads: Callable[..., Simulation]
) -> None:
    world = squads("officers.remote_hazard=0.04")
    world.state.imminence.fill(imminence)
    assert decide(world, 0.1).cumulated[:, 0] == pytest.approx([-np.log1p(-0.1 * felt)] * 12, rel=1e-12)


@pytest.mark.parametrize("start", [0, 0.15, 0.3, 0.45, 1])
@pytest.mark.parametrize("remote", [0.001, 0.05, 0.22, 1])
def test_at_the_start_the_first_contingents_hazard_is_what_the_theory_says(
    remote: float, start: float, squads: Callable[..., Simulation]
) -> None:
    world = squads(f"officers.remote_hazard={remote}", f"governments.imminence_start={start}", "officers.cohesion=none")
    world.state.imminence.fill(start)
    assert decide(world, 0.1).cumulated[:, 0] == pytest.approx([-np.log1p(-0.1)] * 12, rel=1e-14)


def test_where_imminence_is_not_felt_the_hazard_knows_that_of_the_start_alone(
    squads: Callable[..., Simulation],
) -> None:
    world = squads("officers.imminence_felt=0", "levers.first_contingent=5", "officers.cohesion=none", runs=3)
    world.state.imminence[...] = [0, 0.3, 1]
    near, far = -np.log1p(-0.1), -np.log1p(-0.1 * (0.22 + 0.78 * 0.15) / (0.22 + 0.78 * 0.3))
    expected = np.repeat([[near], [far]], [5, 7], axis=0) * np.ones(3)
    assert decide(world, 0.1).cumulated == pytest.approx(expected, rel=1e-12)


def test_the_floor_of_the_hazard_has_one_of_its_own_so_that_nothing_is_divided_by_zero(
    squads: Callable[..., Simulation],
) -> None:
    with pytest.raises(UserMistake, match=r"officers\.remote_hazard"):
        make_case("officers.remote_hazard=0.0009")
    world = squads("officers.remote_hazard=0.001", "governments.imminence_start=0", "officers.cohesion=none", runs=2)
    world.state.imminence[...] = [0.0, 1.0]
    state = decide(world, 0.0005)
    assert state.cumulated[0] == pytest.approx([-np.log1p(-0.0005), -np.log1p(-0.5)], rel=1e-9)
    assert np.isfinite(decide(world, 0.9).cumulated).all()
    assert state.fault.tolist() == [0, 0]


def test_before_selection_nobody_cumulates_anything(squads: Callable[..., Simulation]) -> None:
    for null in (True, False):
        world = squads("officers.cohesion=carry", null=null)
        put_at_risk(world.state, 0)
        world.state.leader_left.fill(1)
        state = decide(world, 1.0)
        assert (state.cumulated == 0).all()
        assert (state.intents[0], state.exits[0]) == (0, 0)


def test_the_null_knows_neither_imminence_nor_leaders_nor_comrades(squads: Callable[..., Simulation]) -> None:
    for cohesion in ("carry", "hold"):
        world = squads(f"officers.cohesion={cohesion}", "officers.reactance=1", "levers.mandatory=0.5", null=True)
        world.state.imminence.fill(0)
        world.state.leader_left.fill(1)
        assert decide(world, 0.1).cumulated[:, 0] == pytest.approx([-np.log1p(-0.1)] * 12, rel=1e-12)


def test_departure_is_half_as_near_to_those_behind_the_first_contingent(squads: Callable[..., Simulation]) -> None:
    world = squads("levers.first_contingent=5", "officers.remote_hazard=0.1", "officers.cohesion=none", runs=2)
    world.state.imminence.fill(0.8)
    world.state.first_contingent[1] = 12
    cumulated = decide(world, 0.1).cumulated
    near, far = (-np.log1p(-0.1 * (0.1 + 0.9 * i) / (0.1 + 0.9 * 0.3)) for i in (0.8, 0.4))
    assert cumulated[:, 0] == pytest.approx([near] * 5 + [far] * 7, rel=1e-12)
    assert cumulated[:, 1] == pytest.approx([near] * 12, rel=1e-12)


def test_comrades_who_stay_hold_a_man_back(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.cohesion=hold", "officers.holding=0.6", "officers.friction_before=0")
    cumulated = decide(world, 0.1).cumulated[:, 0].copy()
    assert cumulated == pytest.approx([-np.log1p(-0.1 * np.exp(-0.6))] * 12, rel=1e-12)
    want(world, 1, 2)
    gain = decide(world, 0.1).cumulated[:, 0] - cumulated
    assert gain[3] == pytest.approx(-np.log1p(-0.1 * np.exp(-0.6 * 0.5)), rel=1e-12)
    assert gain[5] == pytest.approx(-np.log1p(-0.1 * np.exp(-0.6)), rel=1e-12)


def test_where_peers_are_not_felt_all_are_held_as_in_a_whole_squad_and_no_leader_shakes_them(
    squads: Callable[..., Simulation],
) -> None:
    world = squads(
        "officers.cohesion=hold", "officers.holding=0.6", "officers.peers_felt=0", "officers.friction_before=0"
    )
    want(world, 0, 1)
    gain = decide(world, 0.1).cumulated[[2, 3, 5], 0]
    assert gain == pytest.approx([-np.log1p(-0.1 * np.exp(-0.6))] * 3, rel=1e-12)
    world = squads(
        "officers.cohesion=carry", "officers.leader_shock=5", "officers.peers_felt=0", "officers.friction_before=0"
    )
    want(world, 4)
    assert decide(world).cumulated[:, 0].tolist() == [0] * 12


def test_a_leader_who_leaves_shakes_his_squad_the_day_after_and_only_then(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.cohesion=carry", "officers.leader_shock=0.75", "officers.friction_before=0")
    want(world, 4)
    assert world.state.cumulated[:, 0].tolist() == [0] * 12
    shaken = exponentials(np.array([-0.75])).tolist() * 3
    assert decide(world).survival[:, 0].tolist() == [1] * 5 + shaken + [1] * 4
    assert world.state.cumulated[:, 0] == pytest.approx([0] * 5 + [0.75] * 3 + [0] * 4, rel=1e-14, abs=0)
    assert decide(world).survival[:, 0].tolist() == [1] * 5 + shaken + [1] * 4


def test_a_member_who_leaves_shakes_nobody(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.cohesion=carry", "officers.friction_before=0")
    want(world, 5)
    assert decide(world).cumulated[:, 0].tolist() == [0] * 12
    assert left(world.state) == [5]


@pytest.mark.parametrize("cohesion", ["hold", "none"])
def test_a_leader_carries_nobody_where_cohesion_does_not(cohesion: str, squads: Callable[..., Simulation]) -> None:
    world = squads(f"officers.cohesion={cohesion}", "officers.friction_before=0")
    want(world, 0)
    assert decide(world).cumulated[:, 0].tolist() == [0] * 12


def test_a_strong_shock_takes_the_squad_out_with_its_leader(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.cohesion=carry", "officers.leader_shock=1.5", "officers.friction_before=0")
    want(world, 8)
    assert (left(world.state), world.state.squad_present[:, 0].tolist()) == ([8], [4, 4, 3])
    decide(world)
    assert (left(world.state), world.state.squad_present[:, 0].tolist()) == ([8, 9, 10, 11], [4, 4, 0])
    assert world.state.squad_exits[:, 0].tolist() == [0, 0, 3]


def test_compulsion_breeds_intents_only_with_reactance(squads: Callable[..., Simulation]) -> None:
    def gain(reactance: float) -> float:
        world = squads("levers.mandatory=1", f"officers.reactance={reactance}", "officers.cohesion=none")
        return float(decide(world, 0.1).cumulated[0, 0])

    assert gain(0) == pytest.approx(-np.log1p(-0.1), rel=1e-12)
    assert gain(1) == pytest.approx(-np.log1p(-0.1 * np.e), rel=1e-12)
    assert np.isfinite(gain(10))


def test_a_certain_hazard_stays_a_number(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.friction_before=0")
    state = decide(world, 1.0)
    assert state.exits[0] == 12
    assert np.isfinite(state.cumulated).all()
    assert state.fault[0] == 0


@pytest.mark.parametrize("wrong", [np.nan, -0.1, 1.1, np.inf])
def test_a_hazard_that_is_no_probability_stops_its_own_run_and_no_other(
    wrong: float, squads: Callable[..., Simulation]
) -> None:
    world = squads("officers.friction_before=0", "officers.cohesion=none", runs=3)
    h = np.full((12, 3), 0.1)
    h[5, 1] = wrong
    state = decide(world, h)
    faulty = state.day
    decide(world, h)
    assert state.fault.tolist() == [0, faulty, 0]  # the first day counts
    assert state.cumulated[0] == pytest.approx([-2 * np.log1p(-0.1), 0, -2 * np.log1p(-0.1)], rel=1e-12)


# --- leaving


def test_an_intent_becomes_an_exit_unless_friction_stops_it(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.friction_before=0.3", "officers.friction_theatre=0.7")
    state = world.state
    state.friction[:4, 0] = [0.29, 0.31, 0.69, 0.71]
    state.stage[2:4] = Stage.DEPLOYED
    want(world, 0, 1, 2, 3)
    assert (state.intents[0], state.exits[0]) == (4, 2)
    assert state.letter[:4, 0].tolist() == [Letter.BLOCKED, Letter.ACCEPTED, Letter.BLOCKED, Letter.ACCEPTED]
    assert (state.letter[4:] == Letter.NONE).all()
    assert state.stage[:4, 0].tolist() == [Stage.SELECTED, Stage.OPTED_OUT, Stage.DEPLOYED, Stage.HOME]
    assert state.present[:4, 0].tolist() == [1, 0, 1, 0]
    assert state.squad_present[:, 0].tolist() == [2, 4, 4]


def test_a_blocked_officer_stays_asks_no_more_and_counts_as_in(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.friction_before=0.6")
    want(world, 3)
    assert world.state.at_risk[:, 0].tolist() == [1, 1, 1, 0] + [1] * 8
    before = float(world.state.cumulated[3, 0])
    state = decide(world, 0.5)
    assert state.cumulated[3, 0] == before
    assert (state.intents[0], state.present.sum()) == (0, 12)


def test_nobody_leaves_a_mandatory_service_however_free_it_was(squads: Callable[..., Simulation]) -> None:
    world = squads("levers.mandatory=1", "officers.friction_before=0")
    world.state.friction.fill(1 - 2.0**-33)
    state = decide(world, 1.0)
    assert (state.intents[0], state.exits[0]) == (12, 0)
    assert (state.letter == Letter.BLOCKED).all()


def test_counts_are_those_of_the_day(squads: Callable[..., Simulation]) -> None:
    world = squads("officers.friction_before=0", "officers.cohesion=none")
    want(world, 0, 5)
    assert (world.state.intents[0], world.state.exits[0]) == (2, 2)
    assert world.state.squad_exits[:, 0].tolist() == [1, 1, 0]
    assert world.state.leader_left[:, 0].tolist() == [1, 0, 0]
    decide(world)
    assert (world.state.intents[0], world.state.exits[0]) == (0, 0)
    assert world.state.squad_exits.sum() == world.state.leader_left.sum() == 0


# --- leaving together


def test_a_squad_leaves_when_half_of_it_waits_to(squads: Callable[..., Simulation]) -> None:
    world = squads("levers.squad_opt_out=1", "officers.friction_before=0", "officers.cohesion=none")
    want(world, 1)
    assert (world.state.intents[0], world.state.exits[0]) == (1, 0)
    assert world.state.letter[1, 0] == Letter.WAITING
    want(world, 6)  # of another squad
    assert left(world.state) == []
    want(world, 3)
    assert (world.state.intents[0], world.state.exits[0]) == (1, 2)
    assert left(world.state) == [1, 3]
    assert world.state.squad_present[:, 0].tolist() == [2, 4, 4]
    assert world.state.letter[:4, 0].tolist() == [Letter.NONE, Letter.ACCEPTED, Letter.NONE, Letter.ACCEPTED]


def test_of_those_who_stay_the_next_need_only_be_half_of_the_rest(squads: Callable[..., Simulation]) -> None:
    world = squads("levers.squad_opt_out=1", "officers.friction_before=0", "officers.cohesion=none")
    want(world, 1, 3)
    want(world, 0)  # one of the two who are left
    assert left(world.state) == [0, 1, 3]


def test_a_blocked_officer_is_no_voice_for_leaving_together(squads: Callable[..., Simulation]) -> None:
    world = squads("levers.squad_opt_out=1", "officers.friction_before=0.3", "officers.cohesion=none")
    world.state.friction[0] = 0.1
    want(world, 0, 1)
    assert left(world.state) == []
    want(world, 2)
    assert left(world.state) == [1, 2]


def test_a_dead_officer_does_not_leave_with_his_squad(squads: Callable[..., Simulation]) -> None:
    world = squads("levers.squad_opt_out=1", "officers.friction_theatre=0", "officers.cohesion=none")
    state = world.state
    state.stage.fill(Stage.DEPLOYED)
    state.deploying_since.fill(state.day)
    want(world, 1)
    state.casualty[1] = 0  # he waits for his comrades, and is hit
    state.traits["casualty_kind"][1] = 0
    suffer(world)
    assert (state.stage[1, 0], state.squad_present[0, 0]) == (Stage.KILLED, 3)
    want(world, 2, 3)
    assert state.stage[1, 0] == Stage.KILLED
    assert state.squad_present[:, 0].tolist() == [1, 4, 4]
    assert state.exits[0] == 2


def test_who_waits_for_his_squad_may_go_alone_once_the_rule_is_lifted(squads: Callable[..., Simulation]) -> None:
    world = squads("levers.squad_opt_out=1", "officers.friction_before=0.3", "officers.cohesion=none", runs=2)
    world.state.friction[6] = 0.1
    want(world, 1, 6)
    world.state.squad_opt_out[...] = [1, 0]
    state = decide(world)
    assert state.exits.tolist() == [0, 1]
    assert state.present[:, 0].sum() == 12
    assert np.flatnonzero(state.present[:, 1] == 0).tolist() == [1]
    assert state.letter[[1, 6], 1].tolist() == [Letter.ACCEPTED, Letter.BLOCKED]


def test_an_order_that_makes_service_mandatory_stops_those_who_still_wait(squads: Callable[..., Simulation]) -> None:
    world = squads("levers.squad_opt_out=1", "officers.friction_theatre=0", "officers.cohesion=none")
    state = world.state
    state.stage.fill(Stage.DEPLOYED)
    state.deploying_since.fill(state.day)
    want(world, 1)
    state.mandatory.fill(1)
    state.casualty[[2, 3]] = 0
    suffer(world)  # now he is half of his squad
    assert state.squad_present[0, 0] == 2
    assert decide(world).exits[0] == 0
    assert state.present[1, 0] == 1


# --- stages


def test_volunteers_are_selected_and_trained(small: Callable[..., Simulation]) -> None:
    told = Event("selection", (("officers.selected", "set", 1),), date=date(2023, 10, 4))
    world = small("officers.training_days=5", "theory=constant", "theory.base_hazard=0", events=[told])
    days = [(int(world.step().stage[0, 0]), float(world.state.at_risk.mean())) for _ in range(9)]
    assert [stage for stage, _ in days] == [0, 0, 1, 1, 1, 1, 1, 2, 2]
    assert [risk for _, risk in days] == [0, 0, 1, 1, 1, 1, 1, 1, 1]  # from the day of selection, that day included


@pytest.mark.parametrize("days", [0, 4.5])
def test_training_of_any_length_ends(days: float, small: Callable[..., Simulation]) -> None:
    told = Event("selection", (("officers.selected", "set", 1),), date=date(2023, 10, 4))
    world = small(f"officers.training_days={days}", "theory=constant", "theory.base_hazard=0", events=[told])
    for _ in range(10):
        world.step()
    assert (world.state.stage == Stage.TRAINED).all()


def test_who_opted_out_is_not_selected_again(small: Callable[..., Simulation]) -> None:
    told = Event("selection", (("officers.selected", "set", 1),), date=date(2023, 10, 4))
    world = small("officers.training_days=1", "theory=constant", "theory.base_hazard=0", events=[told])
    part(world, 7)
    for _ in range(10):
        world.step()
    assert world.state.at_risk[:, 0].tolist() == [1] * 7 + [0] + [1] * 32
    assert world.state.stage[:, 0].tolist() == [Stage.TRAINED] * 7 + [Stage.OPTED_OUT] + [Stage.TRAINED] * 32


# --- in theatre


def in_theatre(world: Simulation, intensity: float = 4.5) -> Simulation:
    world.state.stage.fill(Stage.DEPLOYED)
    world.state.phase.fill(Phase.IN_THEATRE)
    world.state.deploying_since.fill(world.state.day)
    world.state.intensity.fill(intensity)
    return world


def test_nobody_is_hit_before_he_is_there(squads: Callable[..., Simulation]) -> None:
    world = in_theatre(squads())
    world.state.casualty.fill(-1)
    world.state.stage[3:] = Stage.TRAINED
    suffer(world)
    assert world.state.casualties[0] == 3
    assert left(world.state) == [0, 1, 2]


def test_the_hazard_in_theatre_is_that_of_the_police_moved_by_the_attacks(squads: Callable[..., Simulation]) -> None:
    world = in_theatre(squads("officers.casualty_scale=2", "officers.killed_share=0.5"), intensity=9)
    before = world.state.casualty.copy()
    suffer(world)
    killed_a_year = 1 / (1 + np.exp(5.61))
    daily = 2 * killed_a_year / 365 / 0.5 * 9 / 4.5
    assert before - world.state.casualty == pytest.approx(np.full((12, 1), daily), rel=1e-9)


def test_a_casualty_is_killed_or_injured_leaves_his_squad_and_is_no_exit(squads: Callable[..., Simulation]) -> None:
    world = in_theatre(squads("officers.killed_share=0.25", "officers.leader_shock=5"))
    state = world.state
    state.casualty[[0, 5]] = 0
    state.traits["casualty_kind"][[0, 5], 0] = [0.24, 0.26]
    suffer(world)
    assert (state.stage[0, 0], state.stage[5, 0]) == (Stage.KILLED, Stage.INJURED)
    assert (state.casualties[0], state.exits[0]) == (2, 0)
    assert state.squad_present[:, 0].tolist() == [3, 3, 4]
    assert (state.at_risk[[0, 5]] == 0).all()
    assert decide(world).cumulated.sum() == 0  # a leader who falls does not carry his squad out
    suffer(world)
    assert state.casualties[0] == 0


def test_what_a_theory_sees_is_shared_by_all_theories(small: Callable[..., Simulation]) -> None:
    views = []
    for theory in ("constant", "threat_efficacy", "prospects", "squad_threshold", "breach"):
        world = small(f"theory={theory}", dtype="float64")
        see = look(world.state, world.parameters)
        views.append(see)
    for name in ("ambiguity", "clarity", "arrears", "slips", "kit_gap", "terms"):
        first = getattr(views[0], name)
        assert first.shape == (4,)
        assert all(np.array_equal(getattr(view, name), first) for view in views)
    assert all(np.array_equal(view.state.perceived, views[0].state.perceived) for view in views)
