"""Two programs, one page: the plain Mesa model of ``tests/second_opinion`` and the engine agree day by day.

Both follow ``docs/ODD.md``; they share draws and settings and nothing else. What is counted agrees exactly, what is
measured to a billionth, since sums are taken in another order.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from operator import attrgetter
from pathlib import Path

import mesa
import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, Simulation
from sim.ensemble.engine.recorder import Recorder
from sim.model.events import Condition, Event
from sim.model.withdrawal import THEORIES
from sim.paths import conf_folder
from tests.second_opinion import agents, theories
from tests.second_opinion.agents import DEPLOYED, HOME, INJURED, KILLED, Officer, poisson
from tests.second_opinion.model import SERIES, TutorialModel
from tests.second_opinion.omissions import OMISSIONS, Omission
from tests.second_opinion.outcomes import Outcomes

ROOT_SEED = 20240307
COUNTED = {
    *("exits", "out", "intents", "available", "casualties", "reports", "denials"),
    *("attacks", "deaths_gang", "deaths_operations", "deaths_vigilantes"),
}
"""Daily series that agree exactly; the others within the tolerance."""

OF_OFFICERS_COUNTED = ("stage", "letter", "present", "at_risk")
OF_OFFICERS_MEASURED = ("perceived", "cumulated", "tolerance", "casualty")
OF_THE_WORLD: dict[str, Callable[[TutorialModel], float | Sequence[float]]] = {
    **{name: attrgetter(f"gangs.{name}") for name in ("trigger_on", "shut_out", "intensity")},
    "excitation": lambda model: [bloc.excitation for bloc in model.gangs.blocs],
    **{name: attrgetter(f"haiti.{name}") for name in ("police", "prime_minister")},
    **{name: attrgetter(f"kenya.{name}") for name in ("phase", "court_block", "accord", "accord_on", "funds_first")},
    **{name: attrgetter(f"kenya.{name}") for name in ("readiness", "kit_gap", "funding", "arrears", "slips")},
    **{name: attrgetter(f"kenya.{name}") for name in ("announced", "announced_on", "imminence", "deploying_since")},
    **{name: attrgetter(f"kenya.{name}") for name in ("selected", "selected_on")},
    **{name: attrgetter(f"press.{name}") for name in ("news_fast", "news_slow", "denial")},
    "habituation": attrgetter("habituation"),
}
"""Further levels of an evening, by the names of section 2.2 of the page."""

DEPLOYS = (
    "governments=rules",
    "governments.readiness=0.6",
    "governments.pause_authority=0.05",
    "governments.resume_authority=0.12",
    "governments.wave_size=12",
    "governments.wave_days=10.5",
    "officers.friction_theatre=0.3",
    "officers.casualty_scale=40",
)
"""Kenya decides in spring, waves of twelve leave, and danger in theatre is great enough to be seen in a small pool."""

WORLDS: dict[str, tuple[str, ...]] = {
    "held": (),
    "levers": (
        "scenario=us_troops",
        "levers.insurance=0.5",
        "levers.leaders_briefed=0.6",
        "levers.credible_denial=0.7",
        "levers.first_contingent=25",
        "officers.cohesion=hold",
    ),
    "together": (
        "scenario=no_court_block",
        "levers.squad_opt_out=1",
        "levers.gang_truce=0.5",
        "levers.kit_first=1",
        "officers.cohesion=none",
        "media.report_probability=0.5",
    ),
    "default rules": ("governments=rules", "levers.us_support=1", "levers.pay_escrow=0.5"),
    "deploys": (*DEPLOYS, "levers.pay_escrow=0.3"),
    "deploys unpaid": (
        *(*DEPLOYS, "scenario.events.no_funds.happens=false", "governments.resume_funding=0.9"),
        "levers.pay_escrow=0.1",
    ),
    "deploys under orders": (
        *(*DEPLOYS, "scenario=squads_of_three", "levers.mandatory=0.4", "officers.reactance=0.8"),
        *("levers.squad_opt_out=1", "levers.leaders_briefed=1"),
    ),
    "deploys with kit first": (*DEPLOYS, "levers.kit_first=1", "levers.us_support=1", "officers.cohesion=hold"),
    "nothing is felt": (
        *("officers.violence_felt=0", "officers.rumours_felt=0", "officers.ambiguity_felt=0"),
        *("officers.imminence_felt=0", "officers.peers_felt=0"),
    ),
    "felt in part": (
        *("officers.violence_felt=0.8", "officers.rumours_felt=0.3", "officers.ambiguity_felt=0.4"),
        *("officers.imminence_felt=0.7", "officers.peers_felt=0.6", "officers.cohesion=hold", "levers.insurance=0.5"),
        *("levers.leaders_briefed=0.5", "media.report_probability=0.5"),
    ),
    "forgotten quickly": (
        *("governments=rules", "gangs.trigger_days=14", "governments.imminence_half_life=7"),
        *("officers.habituation_share=0.2", "officers.ambiguity_remote=0.1", "officers.remote_hazard=0.6"),
        *("governments.weight_readiness=0.5", "governments.weight_terms=0.2", "governments.weight_protection=1"),
        *("governments.pause_authority=0.05", "governments.resume_authority=0.9", "levers.kit_first=1"),
        *("governments.readiness=0.7", "levers.us_support=1"),
    ),
}


@pytest.fixture
def lived_twice(case: Callable[..., Case]) -> Callable[..., list[TutorialModel]]:
    """Live a case under some replicates in both programs, compare each evening, and hand back the plain models."""

    def live(
        *words: str,
        replicates: Sequence[int] = (0, 1, 2),
        events: Sequence[Event] | None = None,
        omit: Callable[[TutorialModel], None] | None = None,
    ) -> list[TutorialModel]:
        world_case = case("officers.pool=60", *words, events=events)
        of_run, luck = np.zeros(len(replicates), dtype=np.int64), np.array(replicates)
        world = Simulation.of(Block((world_case,), of_run, luck, ROOT_SEED, "float64"))
        models = [TutorialModel(world_case, ROOT_SEED, number) for number in replicates]
        if omit:
            for model in models:
                omit(model)
        recorder = Recorder(world.parameters)
        same_evening(models, world) if omit is None else None
        while world.running:
            recorder.watch(world.step())
            for model in models:
                model.step()
            same_evening(models, world) if omit is None else same_officers(models, world)
        assert not any(model.running for model in models)
        assert [model.fault for model in models] == world.state.fault.tolist()
        same_series(models, recorder)
        same_outcomes(models, recorder)
        return models

    return live


def same_evening(models: list[TutorialModel], world: Simulation) -> None:
    """The world and every officer of every run, this evening."""
    for name, look in OF_THE_WORLD.items():
        engine = getattr(world.state, name)
        mine = np.array([look(model) for model in models], dtype=float).T
        if far(mine, engine).any():
            pytest.fail(f"{models[0].today}: {name} is {mine.tolist()}, the engine's {engine.tolist()}")
    same_squads(models, world)
    same_officers(models, world)


def same_squads(models: list[TutorialModel], world: Simulation) -> None:
    """Every squad of every run; runs of a block with fewer squads than others have empty ones at the end."""
    for run, model in enumerate(models):
        for name in ("present", "exits"):
            engine = getattr(world.state, f"squad_{name}")[:, run].tolist()
            mine = [getattr(squad, name) for squad in model.squads]
            mine += [0] * (len(engine) - len(mine))
            if mine != engine:
                pytest.fail(f"{model.today}, run {run}: squads' {name} are {mine}, the engine's {engine}")


def same_officers(models: list[TutorialModel], world: Simulation) -> None:
    """Every officer of every run, this evening."""
    for name in (*OF_OFFICERS_COUNTED, *OF_OFFICERS_MEASURED):
        mine = np.array([[getattr(officer, name) for officer in model.officers] for model in models]).T
        engine = getattr(world.state, name)
        differ = mine != engine if name in OF_OFFICERS_COUNTED else far(mine, engine)
        if differ.any():
            officer, run = (int(number) for number in np.argwhere(differ)[0])
            pair = mine[officer, run], engine[officer, run]
            pytest.fail(f"{models[0].today}, run {run}, officer {officer}: {name} is {pair[0]}, the engine's {pair[1]}")


def same_series(models: list[TutorialModel], recorder: Recorder) -> None:
    """All daily series from the first day to the last."""
    assert set(recorder.series) == set(SERIES)
    for name, engine in recorder.series.items():
        mine = np.array([model.datacollector.model_vars[name] for model in models], dtype=float).T
        differ = mine != engine if name in COUNTED else far(mine, engine)
        if differ.any():
            day, run = (int(number) for number in np.argwhere(differ)[0])
            pair = mine[day, run], engine[day, run]
            pytest.fail(f"day {day}, run {run}: {name} is {pair[0]}, the engine's {pair[1]}")


def same_outcomes(models: list[TutorialModel], recorder: Recorder) -> None:
    """All outcomes of every run."""
    lived, engine = [Outcomes(model).all() for model in models], recorder.outcomes()
    assert set(lived[0]) == set(engine)
    for name, values in engine.items():
        mine = np.array([outcomes[name] for outcomes in lived], dtype=float)
        if far(mine, values).any():
            pytest.fail(f"{name} is {mine.tolist()}, the engine's {values.tolist()}")


def far(mine: np.ndarray, engine: np.ndarray) -> np.ndarray:
    """Where two measurements differ by more than sums in another order can explain; null is near null alone."""
    near = np.abs(mine - engine) <= 1e-9 * np.abs(engine) + 1e-12
    return ~(near | (np.isnan(mine) & np.isnan(engine)))


def ever(models: list[TutorialModel], name: str) -> float:
    return sum(sum(model.datacollector.model_vars[name]) for model in models)


def officers(models: list[TutorialModel]) -> list[Officer]:
    return [officer for model in models for officer in model.officers]


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("theory", THEORIES)
def test_both_programs_live_the_same_days(theory: str, world: str, lived_twice: Callable[..., list[TutorialModel]]):
    models = lived_twice(f"theory={theory}", *WORLDS[world])
    if world.startswith("deploys"):
        assert ever(models, "casualties") > 0
        assert {INJURED, KILLED} & {officer.stage for officer in officers(models)}
        assert (models[0].kenya.arrears > 1) == (world == "deploys unpaid")
        if world == "deploys with kit first":
            assert models[0].settings.governments.readiness < 0.8 <= models[0].kenya.readiness
    else:
        # where no comrade counts, no share of a squad is reached
        alone = theory == "squad_threshold" and world == "nothing is felt"
        assert (ever(models, "intents") > 0) != alone


@pytest.mark.parametrize("term", OMISSIONS)
def test_a_term_left_out_would_be_seen(
    term: str, lived_twice: Callable[..., list[TutorialModel]], case: Callable[..., Case]
):
    omission: Omission = OMISSIONS[term]
    added = [Event(f"order {day} {level}", ((level, "set", to),), date=day) for day, level, to in omission.writes]
    events = (*case("officers.pool=60", *omission.words).events, *added)
    lived_twice(*omission.words, replicates=(0, 1), events=events)
    with pytest.raises(pytest.fail.Exception, match="the engine's"):
        lived_twice(*omission.words, replicates=(0, 1), events=events, omit=omission.omit)


@pytest.mark.parametrize("theory", THEORIES)
def test_nobody_leaves_a_mission_for_which_nobody_was_selected(
    theory: str, lived_twice: Callable[..., list[TutorialModel]]
):
    models = lived_twice(f"theory={theory}", "scenario.events.selection.happens=false", "clock.end=2024-04-01")
    assert not any(officer.at_risk or officer.cumulated for officer in officers(models))
    assert any(officer.perceived != officer.baseline for officer in officers(models))


@pytest.mark.parametrize("start", ["2023-11-10", "2024-02-29", "2024-03-08", "2024-04-20"])
def test_a_late_start_remembers_what_was_announced(start: str, lived_twice: Callable[..., list[TutorialModel]]):
    words = ("governments.imminence_half_life=20", "gangs.trigger_days=20", "levers.kit_first=1")
    lived_twice(f"clock.start={start}", "clock.end=2024-06-15", *words[:2])
    lived_twice(f"clock.start={start}", "clock.end=2024-06-15", *words, "governments=rules")


def test_officers_also_leave_from_theatre(lived_twice: Callable[..., list[TutorialModel]]):
    models = lived_twice("theory=breach", *DEPLOYS, "officers.casualty_scale=1", "theory.base_hazard=0.003")
    assert HOME in {officer.stage for officer in officers(models)}


@pytest.mark.parametrize("scenario", sorted(path.stem for path in (conf_folder() / "scenario").glob("*.yaml")))
def test_every_scenario_is_played_alike(scenario: str, lived_twice: Callable[..., list[TutorialModel]]):
    lived_twice(f"scenario={scenario}", "clock.start=2024-01-20", "clock.end=2024-04-15", replicates=(3,))


def test_conditional_events_are_played_alike(
    lived_twice: Callable[..., list[TutorialModel]], case: Callable[..., Case]
):
    first, often = date(2023, 10, 20), Condition("attacks", True, 3.0, 1, False)
    orders = (
        Event("z", (("kenya.slips", "add", 1.0),), when=Condition("exits", True, 0.0, 1, False)),
        Event("y", (("levers.foreign_troops", "set", 2000.0),), when=Condition("attacks", True, 6.0, 2, True)),
        Event("x", (("levers.pay_escrow", "add", 0.25),), when=Condition("available", False, 59.0, 3, True)),
        Event("w", (("haiti.police", "add", 300.0),), when=Condition("control", True, 0.7, 30, False)),
        Event("v", (("kenya.imminence", "set", 0.9),), when=Condition("media", True, 1.1, 2, True)),
        Event("u", (("gangs.shut_out", "set", 1.0),), when=Condition("imminence", True, 0.8, 1, True)),
        Event("t", (("levers.foreign_troops", "add", 500.0),), date=first - timedelta(days=20)),
        Event("s", (("levers.foreign_troops", "add", 500.0),), date=first - timedelta(days=5)),
        Event("r", (("levers.foreign_troops", "add", 9.0), ("levers.reserve", "add", 5.0)), when=often),
    )
    known = [event for event in case("theory=breach").events if event.id != "us_declines"]
    models = lived_twice(
        *("theory=breach", f"clock.start={first}", "clock.end=2024-06-30", "theory.base_hazard=0.002"),
        events=(*known, *orders),
    )
    fired = [event.fired for event in models[0].calendar.conditional]
    assert min(fired) == 1
    assert max(fired) > 10
    assert models[0].levers.foreign_troops >= 2000
    assert models[0].levers.reserve > 5 * (models[0].levers.foreign_troops - 2000) / 9


@pytest.mark.parametrize("mode", ["scripted", "rules"])
def test_an_order_to_depart_is_carried_out_alike(mode: str, lived_twice: Callable[..., list[TutorialModel]]):
    def on(day: date, level: str, value: float) -> Event:
        return Event(f"{level} {day}", ((level, "set", value),), date=day)

    orders = (
        on(date(2023, 10, 31), "officers.selected", 1.0),
        on(date(2024, 3, 1), "kenya.departure_held", 1.0),
        on(date(2024, 3, 15), "kenya.court_block", 1.0),
        on(date(2024, 3, 18), "kenya.departure", 1.0),
        on(date(2024, 3, 24), "kenya.court_block", 0.0),
        on(date(2024, 4, 2), "kenya.court_block", 1.0),
        on(date(2024, 4, 4), "kenya.departure", 0.0),
    )
    words = (*(word for word in DEPLOYS if word != "governments=rules"), f"governments={mode}", "clock.end=2024-05-15")
    models = lived_twice("theory=breach", *words, events=orders)
    assert {model.kenya.deploying_since for model in models} == {date(2024, 3, 25).toordinal()}
    assert DEPLOYED in {officer.stage for officer in officers(models)}


def test_squads_that_wait_are_let_go_alike(lived_twice: Callable[..., list[TutorialModel]]):
    lifted = Event("lifted", (("levers.squad_opt_out", "set", 0.0),), date=date(2024, 4, 1))
    chosen = Event("chosen", (("officers.selected", "set", 1.0),), date=date(2023, 10, 31))
    ordered = Event("ordered", (("levers.mandatory", "set", 1.0),), date=date(2024, 3, 20))
    allowed = Event("allowed", (("levers.mandatory", "set", 0.0),), date=date(2024, 4, 10))
    models = lived_twice(
        *("levers.squad_opt_out=1", "theory.base_hazard=0.003", "clock.end=2024-05-15"),
        events=(chosen, ordered, lifted, allowed),
    )
    day = (date(2024, 4, 10) - date(2023, 10, 2)).days
    assert sum(model.datacollector.model_vars["exits"][day] for model in models) > 2
    assert not ever_between(models, "exits", date(2024, 3, 20), date(2024, 4, 9))


def ever_between(models: list[TutorialModel], name: str, first: date, last: date) -> float:
    start = date(2023, 10, 2)
    days = slice((first - start).days, (last - start).days + 1)
    return sum(sum(model.datacollector.model_vars[name][days]) for model in models)


def test_examples_of_the_page():
    model = TutorialModel(replicate=0, pool=20)
    model.gangs.documented_attacks = 6.0
    assert poisson(0.5, 4.5) == 4
    assert poisson(0.999999999, 4.5) == 22
    assert model.settings.death_scale == pytest.approx(2.18244387, abs=1e-8)
    assert model.gangs.documented_by_bloc()[:6] == [2, 1, 1, 1, 1, 0]


def test_mesa_runs_it_in_batches():
    rows = mesa.batch_run(
        TutorialModel,
        {"scenario": "as_documented", "theory": ["constant", "breach"], "pool": 12, "replicate": [0, 1]},
        data_collection_period=-1,
        display_progress=False,
    )
    assert len(rows) == 4
    assert {row["theory"] for row in rows} == {"constant", "breach"}
    assert all(row["available"] + row["out"] == 12 for row in rows)
    assert set(SERIES) <= set(rows[0])


def test_it_shares_only_draws_and_settings_with_the_engine():
    folder = Path(agents.__file__).parent
    names = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module)
    own = {name for name in names if name.partition(".")[0] == "sim"}
    assert own == {
        "sim.ensemble.cases.case",
        "sim.ensemble.design.request",
        "sim.ensemble.engine.addressed_draws",
        "sim.model.luck",
    }


def test_it_knows_every_theory():
    assert set(theories.THEORIES) == set(THEORIES)
