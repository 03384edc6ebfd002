"""Governments: levels as the record leaves them, rules after it, and what an officer is assured of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pytest

from sim.ensemble.engine.block import Simulation
from sim.model import governments, officers
from sim.model.state import Phase, Stage, State

RULES = "governments=rules"


@pytest.fixture
def after(small: Callable[..., Simulation]) -> Callable[..., Simulation]:
    """A world by rules on the last evening of the record, lawful, with every level at its start."""

    def build(*words: str, **keywords: object) -> Simulation:
        world = small(RULES, *words, **{"dtype": "float64", "events": [], **keywords})
        world.state.day = world.parameters.structure.record_end
        world.state.phase.fill(Phase.AUTHORISED)
        return world

    return build


def next_day(world: Simulation, days: int = 1) -> State:
    for _ in range(days):
        world.state.day += 1
        officers.muster(world.state, world.parameters)
        governments.act(world.state, world.parameters)
    return world.state


def capable(world: Simulation) -> Simulation:
    """Everything that Kenya waits for is there."""
    world.state.authority.fill(0.3)
    world.state.readiness.fill(0.9)
    world.state.funding.fill(0.5)
    return world


# --- what holds at all times


def test_assurance_by_hand(small: Callable[..., Simulation]) -> None:
    words = [f"governments.weight_{name}" for name in ("readiness", "legal", "terms", "protection")]
    world = small(*(f"{word}={w}" for word, w in zip(words, (0.1, 0.2, 0.4, 0.3), strict=True)), dtype="float64")
    state, p = world.state, world.parameters
    state.readiness.fill(0.6)
    state.legal_basis.fill(0.8)
    state.insurance.fill(1)
    state.rules_published.fill(1)
    assert governments.assurance(state, p) == pytest.approx([0.06 + 0.16 + 0 + 0.3 * 2 / 3] * 4, rel=1e-12)
    state.pay_escrow.fill(1)
    state.evacuation.fill(1)
    assert governments.assurance(state, p) == pytest.approx([0.06 + 0.16 + 0.4 + 0.3] * 4, rel=1e-12)
    for name in ("readiness", "legal_basis"):
        getattr(state, name).fill(1)
    assert governments.assurance(state, p) == pytest.approx([1] * 4, rel=1e-12)


def test_terms_are_a_promise_before_departure_and_a_record_of_pay_after_it(small: Callable[..., Simulation]) -> None:
    world = small("governments.arrears_scale=45", dtype="float64")
    state, p = world.state, world.parameters
    state.pay_escrow[...] = [0, 1, 0, 1]
    state.deploying_since[...] = [0, 0, state.day, state.day]
    state.arrears[...] = [90, 90, 90, 0]
    assert governments.terms(state, p) == pytest.approx([0, 1, np.exp(-2), 1], rel=1e-12)


def test_pay_in_escrow_leaves_no_arrears(small: Callable[..., Simulation]) -> None:
    world = small(runs=2)
    world.state.arrears.fill(30)
    world.state.pay_escrow[...] = [0, 1]
    assert next_day(world).arrears.tolist() == [30, 0]


@pytest.mark.parametrize(
    ("lever", "readiness", "felt"), [(0, 0.3, 0.8), (1, 0.3, 0.3), (1, 0.79, 0.3), (1, 0.8, 0.8), (1, 0.9, 0.8)]
)
def test_kit_first_keeps_departure_far_until_the_kit_is_ready(
    lever: float, readiness: float, felt: float, small: Callable[..., Simulation]
) -> None:
    world = small(dtype="float64")
    world.state.announced.fill(0.8)
    world.state.readiness.fill(readiness)
    world.state.kit_first.fill(lever)
    assert next_day(world).imminence == pytest.approx([felt] * 4)


def test_kit_first_does_not_make_a_remote_departure_nearer(small: Callable[..., Simulation]) -> None:
    world = small("levers.kit_first=1", dtype="float64")
    world.state.announced.fill(0.05)
    assert next_day(world).imminence == pytest.approx([0.05] * 4)


def test_the_haitian_police_shrink_by_their_yearly_attrition(small: Callable[..., Simulation]) -> None:
    world = small("governments.police_attrition=0.1", dtype="float64")
    assert next_day(world, days=365).police == pytest.approx([8100] * 4, rel=1e-12)


@pytest.mark.parametrize("mode", ["scripted", "rules"])
def test_until_the_records_end_nothing_moves_but_what_the_record_moves(
    mode: str, small: Callable[..., Simulation]
) -> None:
    world = small(f"governments={mode}", "levers.us_support=1", events=[])
    before = world.state.copy()
    world.state.day = world.parameters.structure.record_end - 1
    after = next_day(world)
    for name in ("authority", "readiness", "funding", "kit_gap", "announced", "arrears"):
        assert np.array_equal(getattr(after, name), getattr(before, name)), name
    assert after.phase.tolist() == [Phase.AUTHORISED] * 4
    after.court_block.fill(1)
    world.state.day -= 1
    assert next_day(world).phase.tolist() == [Phase.BLOCKED] * 4


def test_scripted_governments_hold_every_level_after_the_record(
    small: Callable[..., Simulation], daily: Callable[..., Iterator[State]]
) -> None:
    world = small("clock.end=2024-07-31", "theory=constant")
    held = None
    for state in daily(world):
        if state.day < date(2024, 3, 7).toordinal():
            continue
        names = ("authority", "readiness", "funding", "kit_gap", "announced", "imminence", "assurance", "legal_basis")
        now = [getattr(state, name).tolist() for name in names]
        held = held or now
        assert now == held
        assert state.phase.tolist() == [Phase.AUTHORISED] * 4
    assert (state.stage != Stage.DEPLOYED).all()


# --- by rules


def test_authority_recovers_towards_its_start(after: Callable[..., Simulation]) -> None:
    world = after("governments.authority_recovery=0.02")
    world.state.authority.fill(0.1)
    assert next_day(world).authority == pytest.approx([0.1 + 0.02 * 0.2] * 4)
    assert next_day(world, days=2000).authority == pytest.approx([0.3] * 4)
    world.state.authority.fill(0.5)
    assert next_day(world).authority == pytest.approx([0.5] * 4)  # it recovers, and is not pulled down


@pytest.mark.parametrize(("us", "fund", "gain"), [(0, 0, 0), (1, 0, 0.002), (0, 1, 0.002), (1, 1, 0.002)])
def test_funding_grows_while_somebody_pays(
    us: float, fund: float, gain: float, after: Callable[..., Simulation]
) -> None:
    world = after()
    world.state.us_support.fill(us)
    world.state.trust_fund.fill(fund)
    assert next_day(world).funding == pytest.approx([0.1 + gain] * 4)


@pytest.mark.parametrize(("funding", "blocked", "gain"), [(0.1, 0, 0), (0.11, 0, 0.01), (0.11, 1, 0), (1, 0, 0.01)])
def test_readiness_grows_while_it_is_lawful_and_funded(
    funding: float, blocked: float, gain: float, after: Callable[..., Simulation]
) -> None:
    world = after()
    world.state.funding.fill(funding)
    world.state.court_block.fill(blocked)
    state = next_day(world)
    assert state.readiness == pytest.approx([0.3 + gain] * 4)
    assert state.kit_gap == pytest.approx([0.7 - gain] * 4)


def test_readiness_and_funding_end_at_one(after: Callable[..., Simulation]) -> None:
    world = after("levers.us_support=1")
    world.state.funding.fill(0.9)
    state = next_day(world, days=200)
    assert (state.readiness.tolist(), state.funding.tolist()) == ([1] * 4, [1] * 4)
    assert state.kit_gap.tolist() == [0] * 4


@pytest.mark.parametrize(
    ("authority", "control", "phase"),
    [(0.14, 0.5, Phase.PAUSED), (0.15, 0.5, Phase.AUTHORISED), (0.3, 0.91, Phase.PAUSED), (0.3, 0.9, Phase.AUTHORISED)],
)
def test_kenya_pauses_where_authority_is_gone_or_the_capital_taken(
    authority: float, control: float, phase: Phase, after: Callable[..., Simulation]
) -> None:
    world = after("governments.authority_recovery=0")
    world.state.authority.fill(authority)
    world.state.control.fill(control)
    assert next_day(world).phase.tolist() == [phase] * 4


def test_a_pause_lasts_until_authority_readiness_and_funds_are_there(after: Callable[..., Simulation]) -> None:
    missing = {"authority": 0.24, "readiness": 0.55, "funding": 0.29}
    for name, low in missing.items():
        world = capable(after("governments.authority_recovery=0"))
        world.state.phase.fill(Phase.PAUSED)
        world.state.funds_first.fill(1)
        getattr(world.state, name).fill(low)
        assert next_day(world).phase.tolist() == [Phase.PAUSED] * 4, name
    world = capable(after())
    world.state.phase.fill(Phase.PAUSED)
    world.state.funds_first.fill(1)
    assert next_day(world).phase.tolist() == [Phase.DEPLOYING] * 4


def test_funds_hold_kenya_back_only_where_it_said_that_they_come_first(after: Callable[..., Simulation]) -> None:
    world = capable(after(runs=2))
    world.state.funding.fill(0.15)
    world.state.funds_first[...] = [0, 1]
    assert next_day(world).phase.tolist() == [Phase.DEPLOYING, Phase.AUTHORISED]


def test_a_court_blocks_even_a_ready_force_and_frees_it_one_step_at_a_time(after: Callable[..., Simulation]) -> None:
    world = capable(after())
    world.state.court_block.fill(1)
    assert next_day(world).phase.tolist() == [Phase.BLOCKED] * 4
    world.state.court_block.fill(0)
    assert next_day(world).phase.tolist() == [Phase.AUTHORISED] * 4
    assert next_day(world).phase.tolist() == [Phase.DEPLOYING] * 4


def test_who_has_departed_stays_whatever_happens_in_haiti(after: Callable[..., Simulation]) -> None:
    world = capable(after())
    since = next_day(world).deploying_since.copy()
    world.state.authority.fill(0)
    world.state.control.fill(1)
    world.state.court_block.fill(1)
    state = next_day(world, days=5)
    assert (state.phase >= Phase.DEPLOYING).all()
    assert state.deploying_since.tolist() == since.tolist()


@pytest.mark.parametrize(
    ("phase", "accord", "imminence"),
    [
        (Phase.BLOCKED, 1, 0.1),
        (Phase.AUTHORISED, 0, 0.3),
        (Phase.AUTHORISED, 1, 0.8),
        (Phase.PAUSED, 1, 0.1),
        (Phase.DEPLOYING, 0, 1),
        (Phase.IN_THEATRE, 0, 1),
    ],
)
def test_departure_feels_as_near_as_the_phase_makes_it(
    phase: Phase, accord: float, imminence: float, after: Callable[..., Simulation]
) -> None:
    world = after("governments.authority_recovery=0")
    state = world.state
    state.accord.fill(accord)
    state.phase.fill(phase)
    state.court_block.fill(phase == Phase.BLOCKED)
    state.authority.fill(0.1 if phase == Phase.PAUSED else 0.2)
    next_day(world)
    assert state.phase.tolist() == [phase] * 4
    assert state.imminence == pytest.approx([imminence] * 4)


def test_arrears_grow_a_day_a_day_while_the_mission_is_unpaid_and_shrink_as_fast(
    after: Callable[..., Simulation],
) -> None:
    world = after()
    state = world.state
    state.funding.fill(0.2)
    assert next_day(world, days=3).arrears.tolist() == [0] * 4  # nobody has departed
    state.phase.fill(Phase.DEPLOYING)
    state.deploying_since.fill(state.day)
    assert next_day(world, days=10).arrears.tolist() == [10] * 4
    state.funding.fill(0.3)
    assert next_day(world, days=4).arrears.tolist() == [6] * 4
    assert next_day(world, days=10).arrears.tolist() == [0] * 4


# --- waves


def waves(world: Simulation, days: int) -> dict[int, int]:
    """How many officers leave for Haiti, by days since Kenya began to deploy."""
    sent, before = {}, 0
    for _ in range(days):
        state = next_day(world)
        out = int((state.stage[:, 0] == Stage.DEPLOYED).sum())
        if out > before:
            sent[int(state.day - state.deploying_since[0])] = out - before
        before = out
    return sent


def test_kenya_deploys_in_waves_until_everybody_is_there(after: Callable[..., Simulation]) -> None:
    world = capable(after("governments.wave_size=15", "governments.wave_days=10", "officers.pool=40"))
    world.state.stage.fill(Stage.TRAINED)
    sent = waves(world, days=45)
    assert sent == {0: 15, 10: 15, 20: 10}
    assert world.state.phase.tolist() == [Phase.IN_THEATRE] * 4


def test_waves_keep_their_distance_when_it_is_no_whole_number_of_days(after: Callable[..., Simulation]) -> None:
    world = capable(after("governments.wave_size=10", "governments.wave_days=7.5", "officers.pool=40"))
    world.state.stage.fill(Stage.TRAINED)
    assert waves(world, days=60) == {0: 10, 8: 10, 15: 10, 23: 10}


def test_the_first_wave_leaves_the_day_after_kenya_decides(after: Callable[..., Simulation]) -> None:
    world = capable(after("governments.wave_size=15", "officers.pool=40"))
    world.state.stage.fill(Stage.TRAINED)
    assert next_day(world).phase.tolist() == [Phase.DEPLOYING] * 4
    assert (world.state.stage == Stage.TRAINED).all()
    assert (next_day(world).stage == Stage.DEPLOYED).sum(axis=0).tolist() == [15] * 4


def test_only_trained_officers_who_are_still_in_are_sent(after: Callable[..., Simulation]) -> None:
    world = capable(after("governments.wave_size=1000", "governments.wave_days=1", "officers.pool=10"))
    state = world.state
    state.stage[...] = np.array([0, 1, 2, 2, 2, 4, 2, 1, 0, 2])[:, None]
    next_day(world, days=3)
    assert state.stage[:, 0].tolist() == [0, 1, 3, 3, 3, 4, 3, 1, 0, 3]


def test_after_the_record_a_kenya_that_is_ready_arrives(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    world = small(RULES, "clock.end=2024-07-31", "governments.readiness_growth=0.015", "governments.funding=0.3",
                  "governments.authority_recovery=0.03", "governments.resume_authority=0.25")  # fmt: skip
    assert live(world, "2024-03-08").phase.tolist() == [Phase.PAUSED] * 4  # authority is at .1
    state = live(world)
    assert (state.phase == Phase.IN_THEATRE).all()
    assert (state.stage == Stage.DEPLOYED).any(axis=0).all()
