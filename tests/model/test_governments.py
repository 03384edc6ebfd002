"""Governments: levels as the record leaves them, rules after it, and what an officer is assured of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation
from sim.model import governments, officers
from sim.model.events import Event
from sim.model.state import Phase, Stage, State
from tests.worlds import act_on

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
    structure = world.parameters.structure
    for _ in range(days):
        world.state.day += 1
        day = world.state.day
        by_rules = structure.rules and day > structure.record_end
        act_on(world, lambda tile, day=day: officers.muster(tile, day),
                 lambda tile, day=day, by_rules=by_rules: governments.act(tile, day, by_rules))  # fmt: skip
    return world.state


def assured(world: Simulation) -> Floats:
    """What an officer is assured of, as things stand."""
    act_on(world, lambda tile: governments.assure(tile.s, tile.d, tile.p, tile.w))
    return world.state.assurance


def heard(world: Simulation) -> Floats:
    """What has been announced, as things stand."""
    return act_on(world, lambda tile: governments.heard(tile.s, tile.p, tile.w), room="heard")


def felt_near(world: Simulation) -> Floats:
    """How near departure feels today."""
    day = world.state.day
    act_on(world, lambda tile: governments.heard(tile.s, tile.p, tile.w),
             lambda tile: governments.feel_near(tile.s, tile.d, tile.p, tile.w, day))  # fmt: skip
    return world.state.imminence


def capable(world: Simulation) -> Simulation:
    """Everything that Kenya waits for is there."""
    world.state.authority.fill(0.3)
    world.state.readiness.fill(0.9)
    world.state.funding.fill(0.5)
    return world


# --- what holds at all times


def test_assurance_by_hand(small: Callable[..., Simulation]) -> None:
    words = [f"governments.weight_{name}" for name in ("readiness", "terms", "protection")]
    world = small(*(f"{word}={w}" for word, w in zip(words, (0.3, 0.4, 0.3), strict=True)), dtype="float64")
    state = world.state
    state.readiness.fill(0.6)
    state.insurance.fill(1)
    state.rules_published.fill(1)
    assert assured(world) == pytest.approx([0.18 + 0 + 0.3 * 2 / 3] * 4, rel=1e-12)
    state.pay_escrow.fill(1)
    state.evacuation.fill(1)
    assert assured(world) == pytest.approx([0.18 + 0.4 + 0.3] * 4, rel=1e-12)
    state.readiness.fill(1)
    assert assured(world) == pytest.approx([1] * 4, rel=1e-12)
    for name in ("readiness", "pay_escrow", "insurance", "evacuation", "rules_published"):
        getattr(state, name).fill(0)
    assert assured(world).tolist() == [0] * 4


def test_assurance_is_about_how_and_not_whether(small: Callable[..., Simulation]) -> None:
    world = small()
    before = next_day(world).assurance.copy()
    for name, level in {"court_block": 1, "accord": 1, "announced": 1, "funds_first": 1, "authority": 0}.items():
        getattr(world.state, name).fill(level)
        assert np.array_equal(next_day(world).assurance, before), name


def test_terms_are_a_promise_before_departure_and_a_record_of_pay_after_it(small: Callable[..., Simulation]) -> None:
    world = small("governments.arrears_scale=45", dtype="float64")
    state = world.state
    state.pay_escrow[...] = [0, 1, 0, 1]
    state.deploying_since[...] = [0, 0, state.day, state.day]
    state.arrears[...] = [90, 90, 90, 0]
    terms = act_on(world, lambda tile: governments.settle_terms(tile.s, tile.d, tile.p, tile.w), room="terms")
    assert terms == pytest.approx([0, 1, np.exp(-2), 1], rel=1e-12)


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


# --- an announcement that nothing follows is forgotten


def announce(world: Simulation, level: float) -> State:
    """Announced yesterday, so that its age is a day on the next."""
    world.state.announced.fill(level)
    world.state.announced_on.fill(world.state.day)
    return world.state


@pytest.mark.parametrize("half_life", [20, 63, 200])
def test_an_announcement_halves_towards_the_start_in_its_half_life(
    half_life: int, small: Callable[..., Simulation]
) -> None:
    world = small(f"governments.imminence_half_life={half_life}", dtype="float64")
    announce(world, 0.8)
    felt = [float(next_day(world).imminence[0]) for _ in range(3 * half_life)]
    assert felt[0] == pytest.approx(0.3 + 0.5 * 0.5 ** (1 / half_life), rel=1e-12)
    halves = [felt[k * half_life - 1] for k in (1, 2, 3)]
    assert halves == pytest.approx([0.3 + 0.25, 0.3 + 0.125, 0.3 + 0.0625], rel=1e-12)
    assert np.all(np.diff(felt) < 0)
    assert min(felt) > 0.3


def test_on_its_day_an_announcement_is_felt_whole(small: Callable[..., Simulation]) -> None:
    written = Event("said", (("kenya.imminence", "set", 0.8),), date=date(2023, 10, 5))
    world = small("governments.imminence_half_life=50", dtype="float64", events=[written])
    felt = [float(world.step().imminence[0]) for _ in range(5)]
    assert felt == pytest.approx([0.3, 0.3, 0.3, 0.8, 0.3 + 0.5 * 0.5**0.02], rel=1e-12)


@pytest.mark.parametrize("level", [0, 0.05, 0.15, 0.3])
def test_what_is_no_nearer_than_at_the_start_does_not_fade(level: float, small: Callable[..., Simulation]) -> None:
    world = small("governments.imminence_half_life=20", dtype="float64")
    announce(world, level)
    assert {float(next_day(world).imminence[0]) for _ in range(100)} == {level}


@pytest.mark.parametrize("again", ["set", "add"])
def test_every_write_is_an_announcement_even_of_the_same_level(again: str, small: Callable[..., Simulation]) -> None:
    events = [
        Event("said", (("kenya.imminence", "set", 0.8),), date=date(2023, 10, 2)),
        Event("repeated", (("kenya.imminence", again, 0.8 if again == "set" else 0.0),), date=date(2023, 10, 12)),  # type: ignore[arg-type]
    ]
    world = small("governments.imminence_half_life=40", dtype="float64", events=events)
    felt = [float(world.step().imminence[0]) for _ in range(12)]
    faded = [0.3 + 0.5 * 0.5 ** (age / 40) for age in (*range(10), 0, 1)]
    assert felt == pytest.approx(faded, rel=1e-12)


def test_who_deploys_or_has_arrived_is_as_near_as_announced(small: Callable[..., Simulation]) -> None:
    world = small("governments.imminence_half_life=20", dtype="float64", runs=5)
    state = world.state
    announce(world, 0.8)
    state.day += 40
    state.phase[...] = list(Phase)
    assert felt_near(world) == pytest.approx([0.425] * 3 + [0.8] * 2, rel=1e-12)


def test_what_was_never_announced_has_no_age(small: Callable[..., Simulation]) -> None:
    world = small(dtype="float64")
    world.state.announced.fill(0.8)  # a level without a day
    assert {float(next_day(world).imminence[0]) for _ in range(100)} == {0.8}


def test_under_kit_first_an_announcement_counts_from_the_day_the_kit_is_ready(small: Callable[..., Simulation]) -> None:
    world = small("levers.kit_first=1", "governments.imminence_half_life=30", dtype="float64")
    state = announce(world, 0.8)
    assert {float(next_day(world).imminence[0]) for _ in range(60)} == {0.3}
    state.readiness.fill(0.8)
    assert next_day(world).imminence == pytest.approx([0.8] * 4, rel=1e-12)  # of age nought, sixty days late
    assert next_day(world, days=30).imminence == pytest.approx([0.55] * 4, rel=1e-12)
    state.readiness.fill(0.7)  # kit goes missing, and comes back
    assert next_day(world).imminence == pytest.approx([0.3] * 4, rel=1e-12)
    state.readiness.fill(0.8)
    assert next_day(world).imminence == pytest.approx([0.8] * 4, rel=1e-12)


def test_what_is_heard_does_not_fade(small: Callable[..., Simulation]) -> None:
    world = small("governments.imminence_half_life=20", dtype="float64", runs=2)
    state = announce(world, 0.8)
    state.kit_first[...] = [0, 1]
    next_day(world, days=200)
    assert heard(world) == pytest.approx([0.8, 0.3], rel=1e-12)
    assert state.imminence == pytest.approx([0.3 + 0.5 / 2**10, 0.3], rel=1e-9)


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
        names = ("authority", "readiness", "funding", "kit_gap", "announced", "announced_on", "assurance")
        now = [getattr(state, name).tolist() for name in names]
        held = held or now
        assert now == held
        # The challenge of 6 March, at .75, is the last that was said, and is forgotten by half in 63 days.
        age = state.day - date(2024, 3, 6).toordinal()
        assert state.imminence == pytest.approx([0.3 + 0.45 * 0.5 ** (age / 63)] * 4, rel=1e-5)
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
    world = after("governments.authority_recovery=0", "governments.imminence_half_life=30")
    state = world.state
    become(world, phase)
    state.accord.fill(accord)
    next_day(world)
    assert state.phase.tolist() == [phase] * 4
    arrived = phase == Phase.IN_THEATRE  # the last wave says nothing that the first had not said the day before
    assert state.announced_on.tolist() == [state.day - arrived] * 4
    assert state.imminence == pytest.approx([imminence] * 4)
    gone = state.phase[0] >= Phase.DEPLOYING
    later = imminence if imminence <= 0.3 or gone else 0.3 + (imminence - 0.3) / 2
    assert next_day(world, days=30).imminence == pytest.approx([later] * 4)  # said once, and not every day anew


def become(world: Simulation, phase: Phase) -> None:
    """The evening before Kenya enters a phase."""
    state = world.state
    state.phase.fill({Phase.AUTHORISED: Phase.BLOCKED}.get(phase, Phase.AUTHORISED))
    state.court_block.fill(phase == Phase.BLOCKED)
    state.authority.fill({Phase.PAUSED: 0.1, Phase.DEPLOYING: 0.3, Phase.IN_THEATRE: 0.3}.get(phase, 0.2))
    if phase >= Phase.DEPLOYING:
        capable(world)
    if phase == Phase.IN_THEATRE:  # nobody is left to send, so that the first wave is the last
        next_day(world)


def test_what_an_event_announces_stands_until_the_phase_next_changes(after: Callable[..., Simulation]) -> None:
    world = after("governments.authority_recovery=0")
    state = world.state
    state.authority.fill(0.2)
    state.accord.fill(1)
    state.accord_on.fill(state.day - 6)
    state.announced.fill(0.75)
    state.announced_on.fill(state.day - 1)
    said = state.announced_on.copy()
    next_day(world, days=20)
    assert state.announced == pytest.approx([0.75] * 4)
    assert np.array_equal(state.announced_on, said)
    state.authority.fill(0.1)
    assert next_day(world).announced == pytest.approx([0.1] * 4)  # Kenya pauses
    assert state.announced_on.tolist() == [state.day] * 4


def test_an_accord_is_an_announcement_on_its_own_day_alone(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    signed = Event("signed", (("kenya.accord", "set", 1),), date=date(2024, 3, 12))
    world = small(RULES, "governments.authority_recovery=0", dtype="float64", events=[signed])
    assert live(world, "2024-03-11").announced == pytest.approx([0.3] * 4)
    assert world.state.announced_on.tolist() == [0] * 4
    state = live(world, "2024-03-12")
    assert (state.announced.tolist(), state.imminence.tolist()) == ([0.8] * 4, [0.8] * 4)
    live(world, "2024-03-20")
    assert state.announced_on.tolist() == [date(2024, 3, 12).toordinal()] * 4
    assert state.imminence == pytest.approx([0.3 + 0.5 * 0.5 ** (8 / 63)] * 4, rel=1e-12)


def test_an_accord_says_nothing_of_a_mission_that_a_court_blocks(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    signed = Event("signed", (("kenya.accord", "set", 1), ("kenya.court_block", "set", 1)), date=date(2024, 3, 12))
    world = small(RULES, dtype="float64", events=[signed])
    assert live(world, "2024-03-13").announced == pytest.approx([0.1] * 4)  # what the change of phase said
    assert world.state.announced_on.tolist() == [date(2024, 3, 12).toordinal()] * 4


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


# --- an order to depart


@pytest.fixture
def ordered(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> Callable[..., tuple[Simulation, Callable[[str], State]]]:
    """A world in which Kenya is ordered to depart on 12 March 2024, and what lives it to the evening of a day."""

    def build(mode: str, *more: Event) -> tuple[Simulation, Callable[[str], State]]:
        order = Event("depart", (("kenya.departure", "set", 1),), date=date(2024, 3, 12))
        words = ("clock.start=2023-10-20", "clock.end=2024-05-31", "officers.pool=40", "governments.wave_size=15")
        selection = Event("selection", (("officers.selected", "set", 1),), date=date(2023, 10, 31))
        world = small(f"governments={mode}", *words, "gangs.coalition_gain=0", events=[selection, order, *more])
        return world, lambda day: live(world, day)

    return build


@pytest.mark.parametrize("mode", ["scripted", "rules"])
def test_an_order_to_depart_sends_the_first_wave_the_day_after_it(
    mode: str, ordered: Callable[..., tuple[Simulation, Callable[[str], State]]]
) -> None:
    _, until = ordered(mode)
    state = until("2024-03-11")
    assert (state.phase < Phase.DEPLOYING).all()
    state = until("2024-03-12")
    day = date(2024, 3, 12).toordinal()
    assert state.phase.tolist() == [Phase.DEPLOYING] * 4
    assert state.deploying_since.tolist() == [day + 1] * 4
    assert (state.announced.tolist(), state.announced_on.tolist()) == ([1] * 4, [day] * 4)
    assert state.imminence.tolist() == [1] * 4
    assert not (state.stage == Stage.DEPLOYED).any()
    state = until("2024-03-13")
    assert ((state.stage == Stage.DEPLOYED).sum(axis=0) == 15).all()
    state = until("2024-05-31")
    assert state.phase.tolist() == [Phase.IN_THEATRE] * 4
    assert state.imminence.tolist() == [1] * 4
    assert state.announced_on.tolist() == [day] * 4  # what was ordered once is announced once


@pytest.mark.parametrize("mode", ["scripted", "rules"])
def test_an_order_to_depart_waits_for_the_court(
    mode: str, ordered: Callable[..., tuple[Simulation, Callable[[str], State]]]
) -> None:
    blocked = Event("blocked", (("kenya.court_block", "set", 1),), date=date(2024, 3, 10))
    lifted = Event("lifted", (("kenya.court_block", "set", 0),), date=date(2024, 3, 20))
    again = Event("again", (("kenya.court_block", "set", 1),), date=date(2024, 3, 22))
    _, until = ordered(mode, blocked, lifted, again)
    assert until("2024-03-19").phase.tolist() == [Phase.BLOCKED] * 4
    assert until("2024-03-20").phase.tolist() == [Phase.DEPLOYING] * 4
    assert (until("2024-03-25").phase >= Phase.DEPLOYING).all()  # nothing takes it back


def test_rules_that_are_held_do_not_start_the_deployment(after: Callable[..., Simulation]) -> None:
    world = capable(after("officers.pool=10"))
    world.state.departure_held[...] = [1, 1, 0, 0]
    world.state.departure[...] = [0, 1, 0, 1]
    before = Phase.AUTHORISED
    assert next_day(world).phase.tolist() == [before, Phase.DEPLOYING, Phase.DEPLOYING, Phase.DEPLOYING]
    assert (world.state.deploying_since > 0).tolist() == [False, True, True, True]
