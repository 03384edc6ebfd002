"""What holds in every world: under settings drawn from their ranges, at the ends of their bounds, and between worlds
that share their luck and differ in one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Simulation
from sim.model import officers
from sim.model.events import TARGETS, Condition, Event
from sim.model.parameters import Parameters
from sim.model.state import Letter, Phase, Stage, State
from sim.model.tile import Tiles, W
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import Perception, TheoryWrapper
from sim.model.withdrawal.look import look
from sim.settings import schema
from tests.worlds import in_room, shares, unlike

SCENARIOS = ("as_documented", "no_surge", "us_troops", "terms_settled", "mandatory", "prime_minister_returns")
SWITCHES = tuple(p.key for p in schema.FIXED if p.role == "lever" and p.bounds == (0, 1))
OFF_SWITCHES = tuple(f"officers.{cause}_felt" for cause in ("violence", "rumours", "ambiguity", "imminence", "peers"))
LEVELS = {t.attribute for t in TARGETS.values() if t.high == 1}
LEVELS |= {"imminence", "denial", "report", "denied", "present", "at_risk", "friction", "survival", "lot", "share"}
SIGNED = {"perceived", "baseline", "efficacy", "casualty", "limit", "traits.duty"}
"""All else is a count, a level or a size, and never below zero."""
CASUALTY = (Stage.INJURED, Stage.KILLED)


class Watched(TheoryWrapper):
    """A theory whose hazards are checked as they are given."""

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        super().hazard(see, p, out)
        assert ((out >= 0) & (out <= 1)).all()
        assert ((see.terms >= 0) & (see.terms <= 1)).all()
        assert (see.ambiguity >= 0).all()


def drawn(case: Case, luck: np.random.Generator) -> Case:
    """The case with every setting that has a range drawn from it, and each lever pulled, half pulled or left."""
    ranged = [p for p in (*schema.FIXED, *THEORIES[case.theory].parameters) if p.prior and p.kind == "float"]
    values: dict[str, object] = {p.key: float(luck.uniform(*p.prior)) for p in ranged}  # type: ignore[misc]
    values |= {key: float(luck.choice([0, 0, 0, 0.5, 1])) for key in SWITCHES}
    values |= {key: float(luck.choice([0, 0.5, 1, 1, 1])) for key in OFF_SWITCHES}
    values |= {"officers.casualty_scale": float(luck.choice([1, 100])), "governments.resume_authority": 0.1}
    late = Event("troops", (("levers.foreign_troops", "set", 800.0),), when=Condition("control", True, 0.7, days=5))
    return case.varied(values, "drawn", [late])


def clone(state: State) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in state.to_arrays().items()}


def check(state: State, before: dict[str, np.ndarray], world: Simulation) -> None:
    """Everything that must hold of a day, given the evening before it."""
    layout = world.parameters.layout
    one = 1 + 4 * np.finfo(state.present.dtype).eps  # weights of a mean add up to one but for the last bits
    assert not state.fault.any()
    for name in LEVELS:
        level = getattr(state, name)
        assert (level >= 0).all(), name
        assert (level <= 1).all(), name
    assert (state.assurance >= 0).all()
    assert (state.assurance <= one).all()
    for name, array in state.to_arrays().items():
        assert name in SIGNED or (array >= 0).all(), name
    for name in ("media", "habituation", "news_fast", "news_slow"):
        assert (getattr(state, name) > 0).all(), name
    for name in ("perceived", "cumulated", "casualty"):
        assert np.isfinite(getattr(state, name)).all(), name
    assert (state.denied <= state.report).all()
    assert (state.report <= (state.exits > 0)).all()
    assert set(np.unique(state.phase)) <= set(Phase)

    # Officers are conserved, and nobody who has left comes back.
    stage, letter, present = state.stage, state.letter, state.present
    assert set(np.unique(stage)) <= set(Stage)
    assert set(np.unique(letter)) <= set(Letter)
    assert np.array_equal(present == 1, stage < Stage.OPTED_OUT)
    assert np.array_equal(state.squad_present, layout.by_squad(present))
    assert np.array_equal(state.available, present.sum(axis=0))
    assert np.array_equal(state.share, shares(world))
    assert np.array_equal(state.limit, np.where(state.at_risk == 1, state.lot, -1))
    assert np.array_equal(before["present"].sum(axis=0) - present.sum(axis=0), state.exits + state.casualties)
    assert np.array_equal(layout.by_squad(_left(stage) - _left(before["stage"])), state.squad_exits)
    moved, gone = stage != before["stage"], before["present"] == 0
    assert not moved[gone].any()
    assert (stage >= before["stage"]).all()
    assert (stage[before["stage"] == Stage.DEPLOYED] != Stage.OPTED_OUT).all()
    hit = moved & np.isin(stage, CASUALTY)
    assert np.array_equal(hit.sum(axis=0), state.casualties)
    assert (before["stage"][hit] >= Stage.SELECTED).all()

    # Whoever wants out has asked once; whoever was stopped is still there, unless he was hit.
    assert (state.at_risk <= present).all()
    chosen_today = (state.selected_on == state.day) & (before["selected_on"] == 0)
    assert (state.at_risk <= np.where(chosen_today, before["present"], before["at_risk"])).all()
    assert (state.at_risk[:, state.selected_on == 0] == 0).all()
    assert (letter[:, state.selected_on == 0] == Letter.NONE).all()
    assert (state.survival == before["survival"])[before["at_risk"] + chosen_today == 0].all()
    assert np.array_equal(letter == Letter.ACCEPTED, _left(stage) == 1)
    assert (_left(stage)[letter == Letter.BLOCKED] == 0).all()
    assert (letter[state.at_risk == 1] == Letter.NONE).all()
    asked = (letter != Letter.NONE).sum(axis=0) - (before["letter"] != Letter.NONE).sum(axis=0)
    assert np.array_equal(asked, state.intents)
    assert (state.exits <= (letter != Letter.NONE).sum(axis=0)).all()

    assert np.array_equal(state.deployed, (stage == Stage.DEPLOYED).sum(axis=0))
    stopped = (letter == Letter.BLOCKED) | (letter == Letter.WAITING)
    assert np.array_equal(state.held_back, (stopped & (stage < Stage.OPTED_OUT)).sum(axis=0))

    # What cumulates never falls, and an officer at risk has not passed what he tolerates.
    assert (state.survival <= before["survival"]).all()
    assert (state.survival > state.lot)[state.at_risk == 1].all()
    assert (state.cumulated <= state.tolerance)[state.at_risk == 1].all()
    assert np.array_equal(state.perceived[gone], before["perceived"][gone])
    assert (state.trigger_on <= state.day).all()
    assert (state.announced_on <= state.day + 1).all()  # tomorrow at the earliest, while the kit is waited for
    floor = np.minimum(state.announced, world.parameters.governments.imminence_start)
    assert (state.imminence >= floor - 1e-6).all()
    assert (state.imminence <= np.maximum(state.announced, floor) + 1e-6).all()
    for name in ("lot", "frailty", "baseline", "dread", "efficacy", "pay_need", "friction"):
        assert np.array_equal(getattr(state, name), before[name]), name


def nearness(state: State, p: Parameters) -> tuple[Floats, Floats]:
    """Today's factors of imminence of the first contingent, and of the rest."""
    tiles = Tiles(state, p)
    for tile in tiles:
        officers._feel_near(tile, False)
    return in_room(tiles, W.near), in_room(tiles, W.far)


def _left(stage: np.ndarray) -> np.ndarray:
    return np.isin(stage, (Stage.OPTED_OUT, Stage.HOME)).astype(np.float64)


@pytest.mark.parametrize(("cohesion", "mode"), [("carry", "rules"), ("hold", "rules"), ("none", "scripted")])
@pytest.mark.parametrize("theory", THEORIES)
def test_a_world_drawn_from_the_ranges_is_consistent_on_every_day(
    theory: str,
    cohesion: str,
    mode: str,
    case: Callable[..., Case],
    side_by_side: Callable[..., Simulation],
    daily: Callable[..., Iterator[State]],
) -> None:
    start = "2023-10-25" if mode == "scripted" else "2024-01-15"  # before selection, or after it
    frame = ("officers.pool=25", f"clock.start={start}", "clock.end=2024-05-31", f"theory={theory}")
    luck = np.random.default_rng([list(THEORIES).index(theory), len(cohesion), len(mode)])
    scenario = SCENARIOS[int(luck.integers(len(SCENARIOS)))]
    base = case(*frame, f"officers.cohesion={cohesion}", f"governments.mode={mode}", f"scenario={scenario}")
    world = side_by_side([drawn(base, luck) for _ in range(8)], runs=2)
    world.theory = Watched(world.theory)  # type: ignore[assignment]
    before = clone(world.state)
    for state in daily(world):
        check(state, before, world)
        before = clone(state)


def test_the_drawn_worlds_reach_every_stage_and_letter(
    case: Callable[..., Case], side_by_side: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    # Otherwise the test above would look at worlds in which little happens.
    luck = np.random.default_rng(1)
    base = case("officers.pool=25", "clock.start=2024-01-15", "clock.end=2024-05-31", "governments.mode=rules")
    state = live(side_by_side([drawn(base, luck) for _ in range(120)], runs=2))
    assert set(np.unique(state.letter)) == set(Letter)
    assert {Stage.TRAINED, Stage.DEPLOYED, Stage.OPTED_OUT, Stage.HOME, Stage.INJURED, Stage.KILLED} <= set(
        np.unique(state.stage)
    )


# --- the ends of the bounds

EAGER = ("officers.friction_before=0", "officers.remote_hazard=1", "officers.frailty_sd=0")
"""Settings outside their ranges and inside their bounds, under which whoever can leave soon does."""
ZERO = {
    "constant": "theory.base_hazard=0",
    "threat_efficacy": "theory.base_hazard=0",
    "prospects": "theory.hazard_max=0",
    "squad_threshold": "theory.hazard=0",
    "breach": "theory.base_hazard=0",
}
HIGH = {
    "constant": "theory.base_hazard=0.01",
    "threat_efficacy": "theory.base_hazard=0.01",
    "prospects": "theory.hazard_max=0.2",
    "squad_threshold": "theory.hazard=1",
    "breach": "theory.base_hazard=0.002",
}


@pytest.mark.parametrize("theory", THEORIES)
@pytest.mark.parametrize("cohesion", ["carry", "hold", "none"])
def test_without_any_hazard_nobody_leaves(
    cohesion: str, theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    state = live(small(*EAGER, f"theory={theory}", ZERO[theory], f"officers.cohesion={cohesion}"))
    assert (state.present == 1).all()
    assert (state.letter == Letter.NONE).all()
    assert (state.cumulated == 0).all()


@pytest.mark.parametrize("theory", THEORIES)
@pytest.mark.parametrize("cohesion", ["carry", "hold"])
def test_without_selection_nobody_ever_leaves_and_nothing_is_reported(
    cohesion: str, theory: str, small: Callable[..., Simulation], daily: Callable[..., Iterator[State]]
) -> None:
    told = ("scenario.events.selection.happens=false", "media.report_probability=1", f"officers.cohesion={cohesion}")
    before = None
    for state in daily(small(*EAGER, f"theory={theory}", HIGH[theory], *told)):
        before = state.perceived.copy() if before is None else before
        assert state.intents.tolist() == state.exits.tolist() == state.report.tolist() == [0] * 4
    assert (state.present == 1).all()
    assert (state.letter == Letter.NONE).all()
    assert (state.stage == Stage.VOLUNTEER).all()
    assert (state.cumulated == 0).all()
    assert not np.array_equal(state.perceived, before)  # they fear for all that


@pytest.mark.parametrize("theory", THEORIES)
def test_nobody_leaves_before_he_is_selected_and_some_soon_after(
    theory: str, small: Callable[..., Simulation], daily: Callable[..., Iterator[State]]
) -> None:
    selection = date(2023, 10, 31).toordinal()
    # The prime minister is away and the news is bad from the start, so that every theory has its reasons.
    event = "{date: 2023-10-02, add: {media: {documented_salience: 100}}, text: bad news"
    world = small(*EAGER, f"theory={theory}", HIGH[theory], f"+scenario.events.early={event}}}", runs=20)
    first = np.zeros(20)
    for state in daily(world, "2023-12-31"):
        assert state.exits.sum() == 0 or state.day >= selection
        first = np.where((first == 0) & (state.exits > 0), state.day, first)
    assert (first > 0).sum() > 5
    assert first[first > 0].min() <= selection + 14


@pytest.mark.parametrize("theory", THEORIES)
@pytest.mark.parametrize("order", ["levers.mandatory=1", "scenario=mandatory"])
def test_in_a_mandatory_service_officers_want_to_leave_and_do_not(
    order: str, theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    state = live(small(*EAGER, f"theory={theory}", HIGH[theory], order))
    assert (state.letter == Letter.BLOCKED).sum() > 0
    assert set(np.unique(state.letter)) == {Letter.NONE, Letter.BLOCKED}
    assert (state.present == 1).all()


@pytest.mark.parametrize("theory", THEORIES)
def test_compulsion_does_not_breed_intents(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    words = ("officers.reactance=0", f"theory={theory}", HIGH[theory])
    forced, free = (live(small(*words, f"levers.mandatory={on}", runs=20)) for on in (1, 0))
    wanted = [(state.letter != Letter.NONE).sum() for state in (forced, free)]
    assert 0 < wanted[0] <= wanted[1]


@pytest.mark.parametrize("theory", THEORIES)
def test_without_friction_every_intent_is_an_exit(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    state = live(small(*EAGER, "officers.friction_theatre=0", f"theory={theory}", HIGH[theory]))
    assert set(np.unique(state.letter)) == {Letter.NONE, Letter.ACCEPTED}
    assert np.array_equal(state.letter == Letter.ACCEPTED, state.present == 0)


@pytest.mark.parametrize("theory", THEORIES)
def test_with_full_friction_no_intent_is_an_exit(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    state = live(small("officers.remote_hazard=1", "officers.friction_before=1", f"theory={theory}", HIGH[theory]))
    assert (state.letter == Letter.BLOCKED).any()
    assert (state.present == 1).all()


def test_in_theatre_friction_is_its_own(small: Callable[..., Simulation], live: Callable[..., State]) -> None:
    ready = [f"governments.{name}=0" for name in ("resume_authority", "pause_authority", "resume_readiness")]
    ready += ["governments.resume_funding=0", "officers.casualty_scale=0"]
    arrive = ("governments=rules", "clock.end=2024-06-01", *ready)
    hazard = ("theory=constant", "theory.base_hazard=0.003", "officers.friction_before=0")
    shut, open_ = (live(small(*arrive, *hazard, f"officers.friction_theatre={f}", runs=8)) for f in (1, 0))
    assert (shut.stage == Stage.DEPLOYED).any()
    assert (shut.stage != Stage.HOME).all()
    assert (shut.letter == Letter.BLOCKED).any()
    assert (open_.stage == Stage.HOME).any()
    assert (open_.letter != Letter.BLOCKED).all()


# --- both reasons switched off

QUIET = ("officers.violence_felt=0", "officers.ambiguity_felt=0", "officers.rumours_felt=0", "officers.peers_felt=0",
         "officers.imminence_felt=0")  # fmt: skip
"""Every cause is held at its reference."""
MUTE = ("media.report_probability=0", "scenario.events.accord_signed.happens=false",
        "scenario.events.new_challenge.happens=false")  # fmt: skip
"""Nor is there news of the mission, which no switch holds: what is left of perceived hazard is each officer's own."""


@pytest.mark.parametrize("theory", THEORIES)
def test_with_every_cause_at_its_reference_fear_stays_where_it_was(
    theory: str, small: Callable[..., Simulation], daily: Callable[..., Iterator[State]]
) -> None:
    world = small(*QUIET, *MUTE, f"theory={theory}", dtype="float64")
    for state in daily(world):
        near, far = nearness(state, world.parameters)
        assert near == pytest.approx([1] * 4, rel=1e-14)
        assert far == pytest.approx([(0.22 + 0.78 * 0.15) / 0.454] * 4, rel=1e-12)
    assert state.perceived == pytest.approx(state.baseline, rel=1e-9)
    assert state.media == pytest.approx([1.12] * 4, rel=1e-9)
    assert state.imminence.min() < 0.1  # the record goes on: without an accord the court's ruling stands


def test_with_every_cause_at_its_reference_and_nothing_missing_breach_is_its_base_alone(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    # Odds of .01 a day are a probability of .01/1.01: the null with that hazard loses the same officers.
    words = (*QUIET, *MUTE, "officers.remote_hazard=1", "officers.cohesion=none", "levers.first_contingent=40")
    kept = ("levers.pay_escrow=1", "governments.kit_gap=0")
    breach = live(small(*words, *kept, "theory=breach", "theory.base_hazard=0.01", dtype="float64"))
    null = live(small(*words, "theory=constant", f"theory.base_hazard={0.01 / 1.01:.12g}", dtype="float64"))
    assert breach.cumulated == pytest.approx(null.cumulated, rel=1e-9)
    assert np.array_equal(breach.letter, null.letter)
    assert (breach.present == 0).any()


@pytest.mark.parametrize("theory", ["threat_efficacy", "prospects", "squad_threshold", "breach"])
def test_fewer_leave_when_both_reasons_are_switched_off(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    loud, quiet = (
        live(small("officers.pool=100", f"theory={theory}", *off, runs=20))
        for off in ((), ("officers.violence_felt=0", "officers.ambiguity_felt=0"))
    )
    assert (quiet.present == 0).sum() < 0.8 * (loud.present == 0).sum()


# --- each switch moves its own cause

CAUSES = {
    "violence": {"news_fast", "news_slow", "rumour", "media", "habituation"},
    "rumours": {"media", "habituation"},
    "ambiguity": set(),
    "imminence": set(),
    "peers": set(),
}
"""What of the world each switch may move, while nobody leaves; all else is as it would have been."""
OF_OFFICERS = {"violence": True, "rumours": True, "ambiguity": True, "imminence": False, "peers": True}
"""Whether it moves what officers perceive."""


@pytest.mark.parametrize("cause", CAUSES)
def test_an_off_switch_moves_its_own_cause_and_no_other(
    cause: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    stay = ("theory=threat_efficacy", "theory.base_hazard=0", "clock.end=2024-03-12")
    on, off = small(*stay, dtype="float64"), small(*stay, f"officers.{cause}_felt=0", dtype="float64")
    moved = set(unlike(live(on), live(off)))
    assert moved == CAUSES[cause] | ({"perceived", "perceived_hazard"} if OF_OFFICERS[cause] else set())
    seen = [look(w.state, w.parameters) for w in (on, off)]
    for name in ("ambiguity", "clarity", "arrears", "slips", "terms"):  # the kit gap is that of the start in the record
        same = np.array_equal(*(getattr(see, name) for see in seen))
        assert same == (cause != "ambiguity" or name in ("arrears", "terms")), name
    factors = [nearness(w.state, w.parameters) for w in (on, off)]
    assert np.array_equal(factors[0], factors[1]) == (cause != "imminence")


def test_imminence_that_is_not_felt_leaves_ambiguity_gangs_and_press_to_the_record(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    words = ("theory=constant", "theory.base_hazard=0.01", "media.report_probability=0.3")  # whom no imminence moves
    told, deaf = (small(*words, f"officers.imminence_felt={felt}", runs=20) for felt in (1, 0))
    assert unlike(live(told, "2024-03-12"), live(deaf, "2024-03-12")) == []
    assert told.state.imminence.min() > 0.7
    assert look(told.state, told.parameters).ambiguity.min() > 1.1  # of 1.0 at the start: departure is near


def test_where_peers_are_not_felt_squads_do_not_matter(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    for theory in ("threat_efficacy", "squad_threshold"):
        for cohesion in ("carry", "hold"):
            words = (f"theory={theory}", HIGH[theory], f"officers.cohesion={cohesion}", "officers.peers_felt=0")
            sizes = (
                ("officers.squad_min=3",),
                ("officers.squad_min=1", "officers.squad_max=1"),
                ("officers.squad_min=12",),
            )
            lived = [live(small(*words, *size, "officers.leader_shock=3")) for size in sizes]
            assert (lived[0].present == 0).any()
            for other in lived[1:]:
                assert np.array_equal(lived[0].letter, other.letter)
                assert np.array_equal(lived[0].perceived, other.perceived)
            felt = live(small(*words[:-1], *sizes[0], "officers.leader_shock=3"))
            assert not np.array_equal(lived[0].letter, felt.letter)


@pytest.mark.parametrize(("beta", "eta", "rumour"), [(0.5, 1, 0.03), (3, 0.2, 0.5), (1.2, 0.6, 0.12)])
def test_a_quiet_autumn_is_at_rest(
    beta: float, eta: float, rumour: float, small: Callable[..., Simulation], daily: Callable[..., Iterator[State]]
) -> None:
    felt = (f"officers.threat_sensitivity={beta}", f"officers.habituation_share={eta}", f"media.rumour_rate={rumour}")
    held = ("officers.violence_felt=0", "officers.rumours_felt=0", "officers.peers_felt=0")
    world = small(*felt, *held, dtype="float64", events=[])
    for state in daily(world, "2023-12-31"):
        assert state.media == pytest.approx([1 + rumour] * 4, rel=1e-12)
        assert state.rumour == pytest.approx([rumour] * 4, rel=1e-9)
        assert state.habituation == pytest.approx([1 + rumour] * 4, rel=1e-12)
        assert state.perceived == pytest.approx(state.baseline, rel=1e-9)
        assert state.trigger_on.tolist() == [[0] * 4] * 3
        assert state.coalition == pytest.approx([0.15] * 4, rel=1e-12)


def test_ambiguity_rises_with_the_accord_and_falls_when_a_lever_settles_it(
    small: Callable[..., Simulation], daily: Callable[..., Iterator[State]]
) -> None:
    def felt(*words: str) -> dict[date, float]:
        world = small(*words, "theory=constant", "theory.base_hazard=0", dtype="float64", runs=1)
        return {
            date.fromordinal(state.day): float(look(state, world.parameters).ambiguity[0])
            for state in daily(world, "2024-03-08")
        }

    eve, accord = date(2024, 2, 29), date(2024, 3, 1)
    open_ = felt()
    assert open_[date(2023, 10, 2)] == pytest.approx(0.3 + 1.2 * 0.9 * 0.65, rel=1e-12)
    assert open_[eve] == pytest.approx(0.3 + 1.2 * 0.9 * 0.525, rel=1e-12)  # the court's ruling stands: .05
    assert open_[accord] == pytest.approx(0.3 + 1.2 * 0.9 * 0.9, rel=1e-12)
    assert open_[date(2024, 3, 2)] < open_[accord]  # and is forgotten by and by
    settled = felt("scenario=terms_settled")
    assert all(settled[day] == open_[day] for day in open_ if day < accord)
    assert settled[accord] == pytest.approx(0.3 + 1.2 * (0.7 / 3) * 0.9, rel=1e-9)
    for lever in ("pay_escrow", "insurance", "evacuation", "rules_published"):
        one = felt(f"+scenario.events.given={{date: 2024-03-01, set: {{levers: {{{lever}: 1}}}}, text: settled}}")
        assert one[eve] == open_[eve]
        share = 1 / 3 if lever == "pay_escrow" else 1 / 9
        assert one[accord] == pytest.approx(open_[accord] - 1.2 * share * 0.9, rel=1e-9), lever


def test_a_world_whose_plans_are_clear_leaves_only_what_no_plan_removes(
    small: Callable[..., Simulation], daily: Callable[..., Iterator[State]]
) -> None:
    for scenario in ("plans_clear", "calm_and_clear"):
        world = small(f"scenario={scenario}", "theory=breach", dtype="float64")
        told = 0.0
        for state in daily(world):
            see = look(state, world.parameters)
            assert see.ambiguity == pytest.approx([0.3] * 4, rel=1e-12)
            assert (see.slips.tolist(), see.kit_gap.tolist(), see.terms.tolist()) == ([0] * 4, [0] * 4, [1] * 4)
            told += state.documented_attacks.sum() + state.documented_salience.sum()
        assert (told > 0) == (scenario == "plans_clear")
        assert (state.authority == (0.1 if scenario == "plans_clear" else 0.3)).all()
        said_a_fortnight_ago = 0.3 + 0.45 * 0.5 ** (14 / 63)  # the diplomacy is the record's, the challenge its last
        assert state.imminence == pytest.approx([said_a_fortnight_ago] * 4, rel=1e-9)


def test_neither_switch_moves_the_null(small: Callable[..., Simulation], live: Callable[..., State]) -> None:
    words = ("theory=constant", "theory.base_hazard=0.003")
    loud = live(small(*words))
    assert (loud.present == 0).any()
    assert np.array_equal(loud.stage, live(small(*words, *QUIET)).stage)


# --- worlds that share their luck and differ in one thing

ALONE = ("officers.cohesion=none", "officers.squad_pull=0", "officers.force_pull=0", "media.report_probability=0",
         "gangs.weight_force=0")  # fmt: skip
"""No officer moves another, directly or through the news; nor does an imminent force move the gangs."""


def more_leave(tight: State, loose: State) -> None:
    """Everyone who leaves one world leaves the other, where more do."""
    assert (loose.present <= tight.present).all()
    assert loose.present.sum() < tight.present.sum()


@pytest.mark.parametrize("theory", ["constant", "threat_efficacy", "breach"])
def test_a_higher_base_hazard_keeps_nobody_who_would_have_left(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    worlds = [
        live(small(*ALONE, f"theory={theory}", f"theory.base_hazard={h}", "clock.end=2024-03-10", runs=20))
        for h in (1e-4, 1e-3, 1e-2)
    ]
    more_leave(worlds[0], worlds[1])
    more_leave(worlds[1], worlds[2])


@pytest.mark.parametrize(
    "loosened",
    [
        ("governments.imminence_accord=1", "governments.imminence_challenge=1"),
        ("governments.imminence_half_life=200",),
        ("governments.imminence_court_order=0.25", "governments.imminence_ruling=0.2"),
        ("levers.first_contingent=40",),
    ],
)
def test_a_nearer_departure_keeps_nobody_under_threat_and_efficacy(
    loosened: tuple[str, ...], small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    base = ("theory=threat_efficacy", "theory.base_hazard=0.002", "levers.first_contingent=20")
    tight, loose = (live(small(*ALONE, *base, *words, runs=20)) for words in ((), loosened))
    more_leave(tight, loose)


@pytest.mark.parametrize("lever", ["insurance", "evacuation", "rules_published", "pay_escrow"])
def test_assurance_given_drives_nobody_out_under_threat_and_efficacy(
    lever: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    base = ("theory=threat_efficacy", "theory.base_hazard=0.006", "theory.assurance=2", "officers.ambiguity_weight=1")
    bare, assured = (live(small(*ALONE, *base, *words, runs=20)) for words in ((), (f"levers.{lever}=1",)))
    more_leave(assured, bare)


def test_among_officers_who_move_each_other_it_still_holds_in_total(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    base = ("theory=threat_efficacy", "theory.base_hazard=0.003", "officers.pool=100", "officers.cohesion=none")

    def left(*words: str) -> int:
        return int((live(small(*base, *words, runs=20)).present == 0).sum())

    as_it_is = left()
    assert left("theory.base_hazard=0.006") > as_it_is
    assert left("governments.imminence_accord=1", "governments.imminence_challenge=1") > as_it_is
    assert left(*(f"levers.{given}=1" for given in ("insurance", "evacuation", "rules_published"))) < as_it_is
    assert left("scenario=no_surge") < as_it_is


def test_a_calmer_gang_world_has_fewer_attacks_run_by_run(
    small: Callable[..., Simulation], daily: Callable[..., Iterator[State]]
) -> None:
    def attacks(*words: str) -> Floats:
        world = small("officers.pool=5", "theory=constant", "media.report_probability=0", *words, runs=30)
        return np.sum([state.attacks.copy() for state in daily(world)], axis=0)

    as_it_is = attacks()
    for calmer in ("levers.gang_truce=1", "levers.foreign_troops=2000", "gangs.weight_prime_minister=0.4"):
        assert (attacks(calmer) <= as_it_is).all(), calmer
        assert attacks(calmer).sum() < as_it_is.sum()
