"""Mesa's view of a run: the engine's own run, seen agent by agent."""

from __future__ import annotations

import copy
import gc
import math
import pickle
import warnings
import weakref
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from time import process_time

import mesa
import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.engine.block import Block, Simulation, simulate
from sim.errors import UserMistake
from sim.mesa_model import DeploymentModel, Gang, Haiti, Kenya, Officer, Squad, UnitedNations, UnitedStates
from sim.model.events import Condition, Event
from sim.model.state import Stage
from sim.model.withdrawal import THEORIES
from sim.outcomes import SERIES

SMALL = {"unknowns": "fixed", "pool": 60, "clock__end": "2024-03-20"}
WEEK = {"unknowns": "fixed", "pool": 20, "clock__end": "2023-10-08"}
WORDS = ("officers.pool=60", "clock.end=2024-03-20")
TRUCE = {"truce": {"date": "2023-11-01", "set": {"levers": {"gang_truce": 1}}}}


def column(case: Case, replicate: int, width: int = 3) -> Block:
    """A block in which the replicate is the middle one of its neighbours."""
    first = replicate - width // 2
    return Block((case,), np.zeros(width, dtype=np.int64), np.arange(first, first + width), 20240307)


def lived(**keywords: object) -> DeploymentModel:
    model = DeploymentModel(**{**SMALL, **keywords})
    model.run_model()
    return model


def same_state(model: DeploymentModel, world: Simulation, run: int) -> None:
    for name, array in world.state.take([run]).to_arrays().items():
        np.testing.assert_array_equal(model.state.to_arrays()[name], array, err_msg=name)


@pytest.mark.parametrize("theory", THEORIES)
def test_each_day_has_the_state_of_the_same_replicate_in_an_ensemble(theory: str, case: Callable[..., Case]):
    world = Simulation.of(column(case(*WORDS, f"theory={theory}"), replicate=5))
    model = DeploymentModel(theory=theory, replicate=5, **SMALL)
    same_state(model, world, 1)
    while model.running:
        model.step()
        world.step()
        if model.steps % 40 == 0:
            same_state(model, world, 1)
    same_state(model, world, 1)
    assert not world.running


@pytest.mark.parametrize("theory", THEORIES)
def test_series_and_outcomes_are_those_of_the_same_replicate_in_an_ensemble(theory: str, case: Callable[..., Case]):
    result = simulate(column(case(*WORDS, f"theory={theory}"), replicate=5))
    model = lived(theory=theory, replicate=5)
    days = model.datacollector.get_model_vars_dataframe()
    for series in SERIES:
        np.testing.assert_array_equal(days[series.name], result.series[series.name][:, 1], err_msg=series.name)
    for name, value in model.outcomes().items():
        number = value.toordinal() if isinstance(value, date) else math.nan if value is None else value
        np.testing.assert_array_equal(number, result.outcomes[name][1], err_msg=name)


def test_a_step_is_a_day_from_the_eve_of_the_start_to_the_end():
    model = DeploymentModel(**WEEK)
    assert (model.date, model.steps, model.running) == (date(2023, 10, 1), 0, True)
    model.step()
    assert (model.date, model.steps, model.running) == (date(2023, 10, 2), 1, True)
    model.run_model()
    assert (model.date, model.steps, model.running) == (date(2023, 10, 8), 7, False)


def test_steps_beyond_the_end_do_nothing_and_are_not_counted():
    model = DeploymentModel(**WEEK)
    for _ in range(10):
        model.step()
    assert (model.date, model.steps, model.running) == (date(2023, 10, 8), 7, False)
    assert len(model.datacollector.get_model_vars_dataframe()) == 7


def test_agents_are_officers_squads_gangs_and_four_governments():
    model = DeploymentModel(**WEEK)
    counts = {kind: len(agents) for kind, agents in model.agents_by_type.items()}
    assert counts[Officer] == 20
    assert counts[Gang] == 23
    assert sum(squad.size for squad in model.agents_by_type[Squad]) == 20
    assert all(counts[kind] == 1 for kind in (Haiti, Kenya, UnitedStates, UnitedNations))
    assert sum(officer.leads for officer in model.agents_by_type[Officer]) == counts[Squad]
    assert math.isclose(model.agents_by_type[Gang].agg("share", sum), 1, rel_tol=1e-6)


def test_agents_hold_nothing_and_show_the_state_of_today():
    model = DeploymentModel(replicate=1, **SMALL)
    kenya, officer = model.agents_by_type[Kenya][0], model.agents_by_type[Officer][5]
    before = officer.perceived
    while model.date < date(2023, 11, 1):
        model.step()
    assert officer.stage is Stage.SELECTED
    assert officer.perceived == model.state.perceived[5, 0] != before
    assert kenya.court_block is True
    assert kenya.levers["first_contingent"] == 300
    assert kenya.deploying_since is None


def test_every_attribute_of_every_agent_can_be_read():
    model = DeploymentModel(**WEEK)
    for agents in model.agents_by_type.values():
        names = [n for n in dir(agents[0]) if isinstance(getattr(type(agents[0]), n, None), property)]
        assert len([getattr(agents[0], name) for name in names]) >= 2


def test_an_agent_has_nothing_where_another_kind_has_something():
    """So that one reporter can be asked of all of them, as Mesa 3.5 does it."""
    model = DeploymentModel(agent_reporters={"stage": "stage", "readiness": "readiness"}, **WEEK)
    haiti, officer = model.agents_by_type[Haiti][0], model.agents_by_type[Officer][0]
    assert (haiti.stage, officer.readiness) == (None, None)
    model.step()
    seen = model.datacollector.get_agent_vars_dataframe()
    assert (seen["stage"].count(), seen["readiness"].count(), len(seen)) == (20, 1, len(model.agents))
    with pytest.raises(AttributeError, match="no attribute 'mood'"):
        _ = haiti.mood


def test_whoever_else_is_made_gets_the_next_number():
    model = DeploymentModel(**WEEK)
    assert sorted(model.agents.get("unique_id")) == list(range(1, len(model.agents) + 1))
    assert mesa.Agent(model).unique_id == len(model.agents)


def test_leavers_stay_among_the_agents_with_their_stage():
    model = lived(theory="constant", theory__base_hazard=0.005)
    left = model.agents.select(agent_type=Officer).select(lambda officer: officer.stage >= Stage.OPTED_OUT)
    assert len(left) == model.outcomes()["exits_by_end"] > 0
    assert not any(left.get("present"))
    assert len(model.agents_by_type[Officer]) == 60


def test_agent_sets_select_aggregate_group_and_shuffle():
    model = lived(replicate=3)
    officers = model.agents_by_type[Officer]
    groups = officers.groupby("squad")
    assert groups.count() == {squad.row: squad.size for squad in model.agents_by_type[Squad]}
    assert groups.agg("present", sum) == {squad.row: squad.present for squad in model.agents_by_type[Squad]}
    assert officers.agg("present", sum) == model.today("available")
    seen: list[int] = []
    model.agents.select(agent_type=Officer).shuffle_do(lambda officer: seen.append(officer.row))
    assert sorted(seen) == list(range(60)) != seen


def test_touching_agents_and_random_numbers_never_changes_a_run():
    quiet, busy = lived(replicate=3), DeploymentModel(replicate=3, **SMALL)
    while busy.running:
        busy.agents.shuffle_do("step")
        busy.rng.random()
        busy.step()
    assert busy.outcomes() == quiet.outcomes()


@pytest.mark.parametrize("change", [lambda o: setattr(o, "stage", 4), lambda o: setattr(o, "mood", 1), Officer.remove])
def test_an_agent_can_be_neither_set_nor_removed(change: Callable[[Officer], None]):
    model = DeploymentModel(**WEEK)
    with pytest.raises(AttributeError, match=r"^Officer.* is a view .*: orders go through events$"):
        change(model.agents_by_type[Officer][0])
    assert len(model.agents_by_type[Officer]) == 20


def test_four_hundred_agents_are_made_in_a_moment():
    DeploymentModel()
    tries = []
    for _ in range(5):
        began = process_time()
        assert len(DeploymentModel().agents) > 400
        tries.append(process_time() - began)
    assert min(tries) < 0.1


def test_the_same_replicate_repeats_and_another_differs():
    again = [lived(replicate=number).datacollector.get_model_vars_dataframe() for number in (4, 4, 5)]
    columns = [series.name for series in SERIES]
    assert again[0][columns].equals(again[1][columns])
    assert not again[0][columns].equals(again[2][columns])


def test_a_seed_is_the_replicate_of_its_number():
    assert DeploymentModel(seed=7, **WEEK).replicate == 7
    assert DeploymentModel(seed=2**31 + 7, **WEEK).replicate == 7
    assert (
        DeploymentModel(seed=7, replicate=7, **WEEK).random.random() == DeploymentModel(seed=7, **WEEK).random.random()
    )
    for name in ("rng", "replicate"):
        other = DeploymentModel(**{name: 7}, **WEEK)
        assert other.replicate == 7
        assert other.random.random() == DeploymentModel(seed=7, **WEEK).random.random()


def test_no_keyword_of_ours_draws_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in ("seed", "rng", "replicate"):
            DeploymentModel(**{name: 7}, **WEEK).run_model()


def test_without_seed_or_replicate_luck_is_drawn_and_noted():
    models = [DeploymentModel(**WEEK) for _ in range(3)]
    assert len({model.replicate for model in models}) == 3
    models[0].step()
    assert models[0].datacollector.model_vars["replicate"] == [models[0].replicate]


@pytest.mark.parametrize(
    ("keywords", "line"),
    [
        ({"poool": 60}, "poool=60: no such setting"),
        ({"gangs__branching": 0.4}, "gangs.branching=0.4: no such setting; near it: gangs.branching_ratio"),
        ({"gangs__branching_ratio": 2}, "gangs.branching_ratio=2: a number from 0 to 0.95"),
        ({"pool": "many"}, "officers.pool=many: a whole number from 1"),
        ({"scenario": "atlantis"}, "scenario=atlantis: no such choice; there are"),
        ({"theory": "breach,prospects"}, "theory=breach,prospects: one value at a time here"),
        ({"ensemble__replicates": 9}, "ensemble__replicates=9: no setting of one run"),
        ({"pool": 60, "officers__pool": 70}, "officers__pool=70: given twice"),
        ({"replicate": -1}, "replicate=-1: a whole number from 0"),
        ({"replicate": 2**31}, "replicate=2147483648: a whole number from 0"),
        ({"seed": 1.5}, "seed=1.5: a whole number from 0"),
        ({"seed": 3, "replicate": 4}, "seed=3: not replicate 4"),
        ({"rng": 3, "replicate": 4}, "rng=3: not replicate 4"),
        ({"seed": 3, "rng": 4}, "seed=3: not rng 4"),
        ({"rng": np.random.default_rng(3)}, "rng=Generator(PCG64): a whole number from 0"),
    ],
)
def test_what_the_user_gets_wrong_is_said_in_one_line(keywords: dict[str, object], line: str):
    with pytest.raises(UserMistake) as mistake:
        DeploymentModel(**keywords)
    assert str(mistake.value).startswith(line)
    assert "\n" not in str(mistake.value)


def test_settings_are_keywords_with_two_underscores_for_the_dot():
    model = DeploymentModel(
        scenario="no_surge",
        pool=np.int64(30),
        governments="rules",
        media__report_probability=np.float64(0.1),
        clock__end=date(2024, 3, 20),
        ensemble__root_seed=1,
    )
    values = model.case.values
    assert (model.case.scenario, model.root_seed) == ("no_surge", 1)
    assert (values["officers.pool"], values["governments.mode"]) == (30, "rules")
    assert (values["media.report_probability"], values["clock.end"]) == (0.1, date(2024, 3, 20))


def test_a_case_is_composed_once_for_all_its_replicates():
    assert DeploymentModel(replicate=1, **WEEK).case is DeploymentModel(replicate=2, **WEEK).case


def test_the_collector_has_a_row_a_day_and_the_outcomes_on_the_last():
    model = DeploymentModel(**WEEK)
    model.run_model()
    days = model.datacollector.get_model_vars_dataframe()
    assert list(days["date"]) == [date(2023, 10, day) for day in range(2, 9)]
    assert {series.name for series in SERIES} < set(days)
    assert days["outcomes"].iloc[-1] == model.outcomes()
    assert days["outcomes"].iloc[:-1].isna().all()


def test_agent_reporters_and_other_collectors_work():
    model = DeploymentModel(agent_reporters={"stage": "stage"}, **WEEK)
    model.step()
    assert len(model.datacollector.get_agent_vars_dataframe()) == len(model.agents)
    model.datacollector = mesa.DataCollector(
        {"out": lambda m: m.today("out")}, agenttype_reporters={Gang: {"e": "excitation"}}
    )
    model.datacollector.collect(DeploymentModel(**WEEK))
    model.run_model()
    assert len(model.datacollector.get_model_vars_dataframe()) == 7
    assert len(model.datacollector.get_agenttype_vars_dataframe(Gang)) == 7 * 23


def test_a_series_has_no_value_on_the_eve():
    assert math.isnan(DeploymentModel(**WEEK).today("available"))


def test_outcomes_are_known_after_the_end_only():
    model = DeploymentModel(**WEEK)
    model.step()
    with pytest.raises(UserMistake, match=r"outcomes: known after clock\.end; this run has lived to 2023-10-02"):
        model.outcomes()


def test_outcomes_of_a_faulty_run_are_null():
    model = DeploymentModel(**WEEK)
    model.state.fault[0] = date(2023, 10, 3).toordinal()
    model.run_model()
    assert set(model.outcomes().values()) == {None}


@pytest.mark.parametrize("when", ["2023-10-02", "2023-11-01"])
def test_an_order_is_one_more_row_of_the_scenario(when: str, case: Callable[..., Case]):
    row = Event(
        "truce", (("levers.gang_truce", "set", 1.0), ("levers.foreign_troops", "add", 900.0)), date.fromisoformat(when)
    )
    plain = case(*WORDS)
    table = sorted((*plain.events, row), key=lambda event: event.date or date.max)
    result = simulate(column(replace(plain, events=tuple(table)), replicate=2))
    model = DeploymentModel(replicate=2, **SMALL)
    if when == "2023-11-01":
        for _ in range(20):
            model.step()
    model.order(row)
    model.run_model()
    assert model.outcomes()["attacks"] == result.outcomes["attacks"][1] != lived(replicate=2).outcomes()["attacks"]
    assert model.outcomes()["control_share_end"] == result.outcomes["control_share_end"][1]


def test_an_order_may_be_given_as_conf_gives_events():
    model = DeploymentModel(**SMALL)
    (event,) = model.order(TRUCE)
    assert (event.origin, event.date) == ("player", date(2023, 11, 1))
    assert model.orders == (event,)
    haiti = model.agents_by_type[Haiti][0]
    while model.date < date(2023, 10, 31):
        model.step()
    assert haiti.gang_truce == 0
    model.step()
    assert haiti.gang_truce == 1


def test_a_conditional_order_is_watched_from_the_next_day_and_leaves_others_alone():
    model = DeploymentModel(**WEEK)
    always = Condition("control", above=True, threshold=0, days=2)
    model.order(Event("b", (("levers.gang_truce", "set", 1.0),), when=always))
    model.step()
    model.order(Event("a", (("levers.us_support", "set", 1.0),), when=always))
    model.step()
    levers = model.agents_by_type[Kenya][0].levers
    assert (levers["gang_truce"], levers["us_support"]) == (1, 0)
    model.step()
    assert model.agents_by_type[UnitedStates][0].us_support == 1
    assert model.state.fired.ravel().tolist() == [1, 1]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        ({"late": {"date": "2023-10-02", "set": {"levers": {"reserve": 9}}}},
         "order.late.date=2023-10-02: a day from 2023-10-03 to 2023-10-08"),
        ({"far": {"date": "2023-10-09", "set": {"levers": {"reserve": 9}}}},
         "order.far.date=2023-10-09: a day from 2023-10-03"),
        ({"typo": {"date": "2023-10-05", "set": {"levers": {"reserves": 9}}}},
         "order.typo.set.levers.reserves=9: no such level"),
        (Event("typo", (("levers.reserves", "set", 9.0),), date(2023, 10, 5)),
         "order.typo.levers.reserves: no such level"),
        (Event("undated", (("levers.reserve", "set", 9.0),)), "order.undated.date: a day from 2023-10-03"),
        ("truce", "order=truce: a mapping"),
    ],
)  # fmt: skip
def test_an_order_that_cannot_be_carried_out_is_refused_whole(event: object, line: str):
    model = DeploymentModel(**WEEK)
    model.step()
    with pytest.raises(UserMistake) as mistake:
        model.order(event)
    assert str(mistake.value).startswith(line)
    assert model.orders == ()


def test_no_order_is_taken_after_the_end():
    model = DeploymentModel(**WEEK)
    model.run_model()
    with pytest.raises(UserMistake, match="the run is over"):
        model.order(TRUCE)


@pytest.mark.parametrize("double", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copied_model_goes_on_by_itself_as_the_first_would(double: Callable[[DeploymentModel], DeploymentModel]):
    model = DeploymentModel(replicate=2, **SMALL)
    for _ in range(30):
        model.step()
    other = double(model)
    other.run_model()
    assert (model.steps, model.agents_by_type[Kenya][0].model) == (30, model)
    assert other.outcomes() == lived(replicate=2).outcomes()


@pytest.mark.parametrize("steps", [0, 3, 10])
def test_a_model_is_freed_finished_or_not(steps):
    model = DeploymentModel(**WEEK)
    for _ in range(steps):
        model.step()
    trace = weakref.ref(model)
    del model
    gc.collect()
    assert trace() is None


EVENTS = pytest.mark.skipif(not hasattr(mesa.Model, "run_for"), reason="Mesa has events from 3.5 on")


@EVENTS
def test_mesas_clock_counts_days_and_what_it_schedules_comes_after_the_day():
    model, seen = DeploymentModel(**WEEK), []

    def note() -> None:
        seen.append((model.time, model.steps, model.date.day))

    model.schedule_event(note, at=3)
    model.run_for(4)
    assert (model.steps, model.date, seen) == (4, date(2023, 10, 5), [(3, 3, 4)])
    model.run_until(30)
    assert (model.steps, model.date, model.running) == (7, date(2023, 10, 8), False)
    assert len(model.datacollector.get_model_vars_dataframe()) == 7


@EVENTS
def test_what_mesa_schedules_may_give_orders():
    model = DeploymentModel(replicate=2, **SMALL)

    def truce() -> None:
        model.order({"truce": {"date": str(model.date + timedelta(1)), "set": {"levers": {"gang_truce": 1}}}})

    model.schedule_event(truce, at=29)
    model.run_for(30)
    haiti = model.agents_by_type[Haiti][0]
    assert (model.date, haiti.gang_truce) == (date(2023, 10, 31), 1)
    early = DeploymentModel(replicate=2, **SMALL)
    early.order({"truce": {"date": "2023-10-31", "set": {"levers": {"gang_truce": 1}}}})
    early.run_model()
    model.run_model()
    assert model.outcomes() == early.outcomes()


def test_batch_run_gives_each_iteration_other_luck_and_the_outcomes():
    rows = mesa.batch_run(DeploymentModel, {"theory": ["breach"], **WEEK}, iterations=3, display_progress=False)
    assert len({row["replicate"] for row in rows}) == 3
    assert {row["date"] for row in rows} == {date(2023, 10, 8)}
    assert all(row["outcomes"]["exits_by_end"] == row["out"] for row in rows)


def test_batch_run_in_two_processes_pairs_cases_by_replicate():
    parameters = {
        "scenario": ["as_documented", "no_surge"],
        "theory": ["breach", "prospects"],
        "replicate": [3],
        **SMALL,
    }
    rows = mesa.batch_run(DeploymentModel, parameters, number_processes=2, display_progress=False)
    assert len(rows) == 4
    for row in rows:
        alone = lived(scenario=row["scenario"], theory=row["theory"], replicate=3)
        assert row["outcomes"] == alone.outcomes()


def test_batch_run_collects_agents_over_time():
    rows = mesa.batch_run(
        DeploymentModel,
        {"agent_reporters": [{"stage": "stage"}], **WEEK},
        data_collection_period=3,
        display_progress=False,
    )
    newer = tuple(map(int, mesa.__version__.split(".")[:2])) >= (3, 5)
    first = 1 if newer else 0
    assert {row["Step"]: row["date"].day for row in rows} == {first: 2, first + 3: 5, first + 6: 8}
    assert any(row.get("stage") is Stage.VOLUNTEER for row in rows)


# Worlds whose unknowns are drawn


def test_under_the_prior_a_model_has_the_unknowns_of_its_world(case: Callable[..., Case]) -> None:
    world = Simulation.of(column(case(*WORDS, "unknowns=prior", "theory=breach"), replicate=5))
    model = DeploymentModel(theory="breach", replicate=5, **{**SMALL, "unknowns": "prior"})
    same_state(model, world, 1)
    for _ in range(40):
        model.step()
        world.step()
    same_state(model, world, 1)


def test_as_a_user_makes_it_a_model_is_a_world_that_lived_the_record() -> None:
    models = [DeploymentModel(theory="breach", replicate=k) for k in (0, 1)]
    assert {model.case.mode for model in models} == {"posterior"}
    for k, model in enumerate(models):
        (world,), (future,) = model.case.addresses(np.array([k]))
        run = Simulation.of(Block.of_run((model.case,), int(world + future * FUTURES), model.root_seed))
        same_state(model, run, 0)


def test_an_order_may_refer_to_what_is_drawn() -> None:
    model = DeploymentModel(theory="breach", replicate=5, **{**WEEK, "unknowns": "prior"})
    key = "governments.imminence_accord"
    assert key in model.case.unknowns.drawn
    writes = (("kenya.readiness", "set", f"${{{key}}}"),)
    model.order(Event("at_once", writes, when=Condition("imminence", True, 0.0)))
    model.step()
    assert model.state.readiness[0] == pytest.approx(model._world.values[key][0], rel=1e-6)
