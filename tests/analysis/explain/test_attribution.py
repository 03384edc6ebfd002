"""Which cause drives exits: each cause is off by itself, shares are of paired sums, and nothing is run twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.analysis.explain import attribution
from sim.analysis.explain.attribution import (
    fill,
    how_off,
    sentence,
    sentence_of_theories,
    shares,
    side_by_side,
)
from sim.analysis.explain.causes import CAUSES, because, counterfactuals
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.design.request import request
from sim.ensemble.engine.block import Block, Simulation, simulate, values_of_runs
from sim.ensemble.execution.runner import Plan
from sim.ensemble.execution.runner import fill as run_all
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.model.events import Event
from sim.model.withdrawal import THEORIES
from sim.settings.schema import FIXED
from tests import posteriors
from tests.worlds import SEED

CAUSE = {cause.name: cause for cause in CAUSES}


@pytest.fixture
def lively(short):
    """A world in which many leave soon."""
    return short("theory=breach", "theory.base_hazard=0.01")


@pytest.fixture
def store(tmp_path):
    return Store.open(tmp_path / "s", model_version=MODEL_VERSION, record="r")


def _filled(store: Store, case, replicates: Sequence[int]):
    run_all(Plan((case,), range(max(replicates) + 1), SEED), store)
    report = fill(case, replicates, SEED, store)
    return report, store.runs(), store.table("attribution")


# The causes


def test_the_settings_that_switch_a_cause_off_exist_and_allow_it():
    known = {p.key: p for p in FIXED} | {p.key: p for theory in THEORIES.values() for p in theory.parameters}
    for cause in CAUSES:
        for key, value in cause.off.items():
            low, high = known[key].bounds
            assert low <= value <= high, key


@pytest.mark.parametrize("theory", THEORIES)
def test_each_cause_changes_what_is_its_own_and_nothing_else(short, theory):
    case = short(f"theory={theory}")
    found = counterfactuals(case)
    assert list(found) == ["violence", "ambiguity", "imminence", "peers", "leaders", "rumours"]
    for name, changed in found.items():
        differing = {key for key in case.values if case.values[key] != changed.values[key]}
        assert differing == {key for key in CAUSE[name].off if key in case.values}
        assert changed.events == case.events
        assert changed.structure == case.structure


def test_a_cause_that_is_off_already_is_left_out(short):
    assert "rumours" not in counterfactuals(short("officers.rumours_felt=0"))
    assert "leaders" not in counterfactuals(short("theory=breach", "officers.leader_shock=0"))


def test_without_imminence_only_the_hazard_knows_no_departure(short):
    """Gangs, press and ambiguity go by the record; what moves the hazard stays where it was at the start."""
    case = short()
    lived, without = (
        Simulation.of(Block((one,), np.zeros(2, dtype=np.int64), np.arange(2), SEED))
        for one in (case, counterfactuals(case)["imminence"])
    )
    while lived.running:
        one, other = lived.step(), without.step()
        for name in ("imminence", "assurance", "coalition"):
            assert (getattr(one, name) == getattr(other, name)).all()
    assert lived.state.imminence[0] > 0.4
    assert without.state.cumulated.sum() < lived.state.cumulated.sum()


def test_arrears_are_a_cause_only_where_pay_may_be_owed(short):
    owed = Event("o", (("kenya.arrears", "set", 30.0),), date=date(2024, 3, 1))
    assert "arrears" not in counterfactuals(short("theory=breach"))
    assert "arrears" in counterfactuals(short("theory=breach", "governments.mode=rules"))
    without = counterfactuals(short("theory=breach", events=[owed]))["arrears"]
    assert without.events[0].writes == (("kenya.arrears", "set", 0.0),)
    assert without.values["theory.arrears"] == 0


# Shares


def test_shares_pair_replicates_and_leave_out_failed_runs(short):
    runs = pd.DataFrame({"replicate": [0, 1, 2], "future": 0, "status": ["ok", "ok", "failed"],
                         "exits_in_surge": [4.0, 6.0, np.nan], "exits_after_record": [6.0, 4.0, np.nan],
                         "exits_by_end": [10.0, 10.0, np.nan]})  # fmt: skip
    table = pd.DataFrame({"replicate": [1, 0, 2, 1], "future": 0, "cause": ["peers"] * 3 + ["violence"],
                          "exits_in_surge": [3.0, 4.0, 1.0, 0.0], "exits_after_record": [2.0, 6.0, 0.0, 2.0],
                          "exits_by_end": [5.0, 10.0, 1.0, 2.0]})  # fmt: skip
    found = shares(runs, table).set_index(["cause", "by"])
    horizons = ("surge", "after_record", "end")
    assert list(found.index) == [(cause, by) for cause in ("violence", "peers") for by in horizons]
    assert found.loc[("peers", "end"), ["runs", "exits", "exits_without", "share"]].tolist() == [2, 20, 15, 0.25]
    assert found.loc[("violence", "end"), "runs"] == 1


def test_an_interval_of_a_share_is_of_worlds_and_not_of_their_futures():
    """Each of ten worlds has four futures that end alike: no more is known than from one future of each."""
    rng = np.random.default_rng(3)
    on = rng.integers(5, 20, 10).astype(float)
    off = np.floor(on * rng.uniform(0.4, 1, 10))

    def found(futures):
        run = {"replicate": np.repeat(range(10), futures), "future": np.tile(range(futures), 10)}
        sides = [np.repeat(side, futures) for side in (on, off)]
        mine, without = (dict.fromkeys(attribution.HORIZONS, side) for side in sides)
        runs, table = pd.DataFrame(run | mine | {"status": "ok"}), pd.DataFrame(run | without | {"cause": "peers"})
        return shares(runs, table).set_index("by").loc["end"]

    once, often = found(1), found(4)
    assert (often["runs"], often["exits"]) == (40, 4 * on.sum())
    assert often["share"] == once["share"] == pytest.approx(1 - off.sum() / on.sum())
    assert once["low"] < once["share"] < once["high"]
    assert tuple(often[["low", "high"]]) == pytest.approx(tuple(once[["low", "high"]]))


def test_a_horizon_that_the_runs_do_not_reach_has_no_row():
    short = {"exits_in_surge": np.nan, "exits_after_record": np.nan}
    runs = pd.DataFrame({"replicate": [0, 1], "future": 0, "status": "ok", "exits_by_end": [1.0, 2]} | short)
    table = pd.DataFrame({"replicate": [0, 1], "future": 0, "cause": "peers", "exits_by_end": [1.0, 1.0]} | short)
    assert list(shares(runs, table)["by"]) == ["end"]


def test_no_cause_moves_the_reference_theory(store, short):
    _, runs, table = _filled(store, short("theory=constant", "theory.base_hazard=0.02"), range(4))
    found = shares(runs, table)
    assert (found["exits"] > 0).all()
    assert (found[["share", "low", "high"]] == 0).all(axis=None)


# Filling the table


def test_each_row_is_the_run_of_its_counterfactual_under_the_same_draws(store, lively):
    report, runs, table = _filled(store, lively, range(3))
    assert (report.computed, report.found, report.failures) == (18, 0, ())
    assert len(table) == 18
    for name, changed in counterfactuals(lively).items():
        alone = simulate(Block((changed,), np.zeros(3, dtype=np.int64), np.arange(3), SEED))
        mine = table[table["cause"] == name].sort_values("replicate")
        for outcome in attribution.HORIZONS:
            assert list(mine[outcome]) == list(alone.outcomes[outcome])
    assert set(table["case"]) == {lively.id}
    assert shares(runs, table)["exits"].min() > 0


def test_asking_again_runs_nothing_and_asking_for_more_runs_only_what_is_missing(store, lively):
    _filled(store, lively, range(2))
    again = fill(lively, range(2), SEED, store)
    assert (again.computed, again.found) == (0, 12)
    more = fill(lively, range(3), SEED, store)
    assert (more.computed, more.found) == (6, 12)
    assert fill(lively, range(2), SEED + 1, store).computed == 12  # another family of luck


def test_an_interruption_keeps_what_is_finished(store, lively, monkeypatch):
    monkeypatch.setattr(attribution, "blocks", lambda plan, missing: _narrow(plan, missing, width=6))
    done = []

    def stop(count):
        done.append(count)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(lively, range(4), SEED, store, stop)
    assert len(store.table("attribution")) == 12
    report = fill(lively, range(4), SEED, store)
    assert (report.computed, report.found) == (12, 12)


def _narrow(plan, missing, width):
    from dataclasses import replace

    from sim.ensemble.execution.runner import blocks

    yield from blocks(replace(plan, block=width), missing)


def test_a_counterfactual_that_fails_is_reported_and_tried_again(store, lively, monkeypatch):
    def broken(block):
        result = simulate(block)
        places = [place for place, case in enumerate(block.cases) if "without peers" in case.label]
        messages = tuple("odd" if case in places else "" for case in block.case_of_run)
        return type(result)(block, result.outcomes, result.series, messages)

    monkeypatch.setattr(attribution, "simulate", broken)
    report = fill(lively, range(2), SEED, store)
    assert report.failures == (("peers", "0", "odd"), ("peers", "1", "odd"))
    assert "peers" not in set(store.table("attribution")["cause"])
    monkeypatch.undo()
    assert fill(lively, range(2), SEED, store).computed == 2


# In words


def test_the_sentence_names_the_cause_that_takes_most_exits_away(store, lively):
    _, runs, table = _filled(store, lively, range(4))
    found = shares(runs, table)
    ended = found[found["by"] == "end"]
    top = ended.loc[ended["share"].idxmax()]
    said = sentence(lively, found)
    assert f"{100 * top['share']:.0f} of 100 exits by 20 March 2024" in said
    assert "Not in this case: arrears" in said
    assert "need not add to one" in said
    assert said.endswith("Exploratory, not a forecast.")


def test_the_sentence_says_so_where_no_cause_takes_exits_away(store, short):
    case = short("theory=constant", "theory.base_hazard=0")
    _, runs, table = _filled(store, case, range(2))
    assert "no cause switched off alone" in sentence(case, shares(runs, table))


def test_a_case_with_no_cause_left_has_no_shares(store, short):
    off = {key: value for cause in CAUSES for key, value in cause.off.items() if not key.startswith("theory.")}
    case = short("theory=constant", events=[]).varied(off, "nothing")
    report, runs, table = _filled(store, case, range(2))
    assert (report.computed, report.found) == (0, 0)
    found = shares(runs, table)
    assert found.empty
    assert "no cause switched off alone" in sentence(case, found)


def test_theories_stand_side_by_side_and_the_leader_s_share_is_named(store, short):
    tables = {}
    for theory in ("constant", "breach"):
        case = short(f"theory={theory}", "theory.base_hazard=0.01")
        _, runs, kept = _filled(store, case, range(4))
        mine = [table[table["case"] == case.id] for table in (runs, kept)]
        tables[theory] = shares(*mine)
    table = side_by_side(tables)
    assert list(table.columns) == ["cause", "by", "constant", "breach"]
    ended = table[table["by"] == "end"].set_index("cause")
    exits = tables["breach"].loc[tables["breach"]["by"] == "end", "exits"].iloc[0] / 4
    assert float(ended.loc["exits a run", "breach"]) == pytest.approx(exits, abs=0.051)
    shown = tables["breach"].set_index(["cause", "by"])["share"]
    for cause in ("violence", "leaders"):
        first = ended.loc[cause, "breach"].split(" ")[0].replace("−", "-")
        assert float(first) == pytest.approx(100 * shown[cause, "end"], abs=1)
    said = sentence_of_theories("as_documented", tables, date(2024, 3, 20))
    assert said.startswith("In this model (as documented), the most exits by 20 March 2024 would not have happened ")
    led = 100 * shown["leaders", "end"]
    assert "so many would not have happened without a leader who leaves: 0 (constant), " in said
    assert f"{led:.2g} (breach)" in said.replace("−", "-")


def test_a_theory_without_a_cause_says_so_and_every_switch_is_told():
    row = {"cause": "rumours", "by": "end", "runs": 4, "exits": 8.0, "share": 0.5, "low": 0.25, "high": 0.75}
    table = pd.DataFrame([row])
    found = side_by_side({"breach": table, "constant": table.assign(cause="peers", share=float("nan"))})
    assert found.to_numpy().tolist() == [
        ["exits a run", "end", "2", "2"], ["peers", "end", "not in it", "no exits"],
        ["rumours", "end", "50 (25 to 75)", "not in it"],
    ]  # fmt: skip
    told = how_off()
    assert all(f"{cause.name} (" in told for cause in CAUSES)
    assert "violence (officers.violence_felt = 0)" in told


@pytest.mark.parametrize(
    ("kept", "gaps", "said"),
    [
        (["peers"], {}, "without peers he would not have by May"),
        (["peers", "leaders"], {"violence": 3}, "without peers, or without a leader who leaves he would not have"),
        (["peers", "rumours", "imminence"], {}, "any one of peers, rumours and departure that comes near he would not"),
        ([], {"violence": 3, "peers": 1}, "without violence it would have come 3 days later"),
        ([], {"violence": 1}, "a day later"),
        ([], {"violence": -4}, "no cause switched off alone would have prevented or delayed it"),
        ([], {}, "no cause switched off alone would have prevented or delayed it"),
    ],
)
def test_what_brought_it_about_is_told_in_words(kept, gaps, said):
    assert said in because(kept, gaps, "May")


# Worlds of which settings are drawn


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The record's world under breach, its unknowns drawn, in the tests' own kept worlds."""
    path = posteriors.saved(tmp_path_factory.mktemp("kept"), "breach")
    return request(["theory=breach", f"unknowns.posterior={path}", "clock.end=2024-04-20"]).case


def test_a_cause_that_is_off_holds_what_was_drawn_and_nothing_else(lived):
    """Which settings a cause switches off is conf's business; under breach some are drawn, and that is the point."""
    tried = set()
    for name, changed in counterfactuals(lived).items():
        off = {key: value for key, value in CAUSE[name].off.items() if key in lived.values}
        assert {key: changed.values[key] for key in off} == off
        assert set(lived.unknowns.drawn) - set(changed.unknowns.drawn) == set(lived.unknowns.drawn) & set(off)
        assert changed.unknowns.bank == lived.unknowns.bank
        tried |= set(off) & set(lived.unknowns.drawn)
    assert tried, "no cause switches anything off that is drawn, and nothing is tried here"


def test_without_a_cause_a_world_is_itself_in_all_else_that_is_drawn(lived):
    number = lived.worlds[3]
    cases = (lived, *counterfactuals(lived).values())
    drawn = values_of_runs(Block.of_run(cases, number, SEED))
    for place, changed in enumerate(cases[1:], start=1):
        for key in changed.unknowns.drawn:
            assert drawn[key][place] == drawn[key][0], key


def test_kept_worlds_are_attributed_by_their_own_numbers_futures_included(store, lived):
    first, second = lived.worlds[:2]
    numbers = [first, second, first + FUTURES]
    report = fill(lived, numbers, SEED, store)
    causes = counterfactuals(lived)
    assert (report.computed, report.found) == (3 * len(causes), 0)
    assert fill(lived, numbers, SEED, store).computed == 0
    table = store.table("attribution")
    for name, changed in causes.items():
        alone = [simulate(Block.of_run((changed,), number, SEED)).outcomes["exits_by_end"][0] for number in numbers]
        mine = table[table["cause"] == name].set_index(["replicate", "future"])["exits_by_end"]
        assert [mine[first, 0], mine[second, 0], mine[first, 1]] == alone
