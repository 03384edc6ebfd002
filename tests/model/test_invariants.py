"""What holds in every world: under settings drawn from their ranges, at the ends of their bounds, and between worlds
that share their luck and differ in one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Simulation
from sim.model.events import TARGETS, Condition, Event
from sim.model.parameters import Parameters
from sim.model.state import Letter, Phase, Stage, State
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import Perception, TheoryWrapper
from sim.settings import schema

SCENARIOS = ("as_documented", "no_surge", "us_troops", "terms_settled", "mandatory", "prime_minister_returns")
SWITCHES = tuple(p.key for p in schema.FIXED if p.role == "lever" and p.bounds == (0, 1))
LEVELS = {t.attribute for t in TARGETS.values() if t.high == 1}
LEVELS |= {"imminence", "denial", "report", "denied", "present", "at_risk", "friction"}
SIGNED = {"perceived", "baseline", "efficacy", "casualty", "traits.duty"}
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
    values |= {"officers.casualty_scale": float(luck.choice([1, 100])), "governments.resume_authority": 0.1}
    late = Event("troops", (("levers.foreign_troops", "set", 800.0),), when=Condition("control", True, 0.7, days=5))
    return case.varied(values, "drawn", [late])


def clone(state: State) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in state.to_arrays().items()}


def check(state: State, before: dict[str, np.ndarray], world: Simulation) -> None:
    """Everything that must hold of a day, given the evening before it."""
    layout = world.parameters.structure.layout
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
    assert (state.at_risk <= before["at_risk"]).all()
    assert np.array_equal(letter == Letter.ACCEPTED, _left(stage) == 1)
    assert (_left(stage)[letter == Letter.BLOCKED] == 0).all()
    assert (letter[state.at_risk == 1] == Letter.NONE).all()
    asked = (letter != Letter.NONE).sum(axis=0) - (before["letter"] != Letter.NONE).sum(axis=0)
    assert np.array_equal(asked, state.intents)
    assert (state.exits <= (letter != Letter.NONE).sum(axis=0)).all()

    # What cumulates never falls, and an officer at risk has not passed what he tolerates.
    assert (state.cumulated >= before["cumulated"]).all()
    assert (state.cumulated < state.tolerance)[state.at_risk == 1].all()
    assert np.array_equal(state.perceived[gone], before["perceived"][gone])
    for name in ("tolerance", "frailty", "baseline", "dread", "efficacy", "pay_need", "friction"):
        assert np.array_equal(getattr(state, name), before[name]), name


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
    frame = ("officers.pool=25", "clock.start=2024-01-15", "clock.end=2024-05-31", f"theory={theory}")
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
    state = live(side_by_side([drawn(base, luck) for _ in range(40)], runs=2))
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

QUIET = ("media.threat_signal=0", "officers.ambiguity_felt=0", "officers.ambiguity_weight=0", "media.rumour_rate=0",
         "officers.squad_pull=0", "officers.force_pull=0")  # fmt: skip
"""No violence, no open question, nobody else's fear: what is left of perceived hazard is each officer's own."""


@pytest.mark.parametrize("theory", THEORIES)
def test_without_violence_and_with_full_assurance_fear_stays_where_it_was(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    state = live(small(*QUIET, f"theory={theory}", dtype="float64"))
    assert state.perceived == pytest.approx(state.baseline, rel=1e-9)


def test_without_violence_and_with_full_assurance_breach_is_its_base_alone(
    small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    # Odds of .01 a day are a probability of .01/1.01: the null with that hazard loses the same officers.
    words = ("officers.remote_hazard=1", "officers.cohesion=none", "levers.first_contingent=40")
    breach = live(small(*QUIET, *words, "theory=breach", "theory.base_hazard=0.01", dtype="float64"))
    null = live(small(*QUIET, *words, "theory=constant", f"theory.base_hazard={0.01 / 1.01:.12g}", dtype="float64"))
    assert breach.cumulated == pytest.approx(null.cumulated, rel=1e-9)
    assert np.array_equal(breach.letter, null.letter)
    assert (breach.present == 0).any()


@pytest.mark.parametrize("theory", ["threat_efficacy", "prospects", "squad_threshold", "breach"])
def test_fewer_leave_when_both_reasons_are_switched_off(
    theory: str, small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    loud, quiet = (
        live(small("officers.pool=100", f"theory={theory}", *off, runs=20))
        for off in ((), ("media.threat_signal=0", "officers.ambiguity_felt=0"))
    )
    assert (quiet.present == 0).sum() < 0.8 * (loud.present == 0).sum()


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
        ("governments.imminence_start=0.45",),
        ("officers.remote_hazard=0.15",),
    ],
)
def test_a_nearer_departure_keeps_nobody_under_threat_and_efficacy(
    loosened: tuple[str, ...], small: Callable[..., Simulation], live: Callable[..., State]
) -> None:
    base = ("theory=threat_efficacy", "theory.base_hazard=0.006")
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
