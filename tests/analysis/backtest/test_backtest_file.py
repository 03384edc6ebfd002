"""A file of a backtest is read strictly: what it says, and the line of what is wrong with it."""

from __future__ import annotations

from datetime import date

import pytest

from sim.analysis.backtest.backtest_file import load_backtest
from sim.analysis.backtest.backtest_request import request_of
from sim.analysis.backtest.scored_patterns import DayQuantity
from sim.analysis.day_windows import DayWindow
from sim.ensemble.cases.posterior import load_posterior
from sim.errors import UserMistake
from tests.analysis.backtest.files import EXITS, written

INPUT = {"date": "2024-04-02", "set": {"levers": {"pay_escrow": 1}}, "text": "pay", "source": "made up"}
SEEN = {"observed": 3, "source": "made up"}


def test_a_file_says_which_worlds_and_what_is_put_in_and_asked(tmp_path):
    given = load_backtest(written(tmp_path, {"few": {**EXITS, **SEEN}}, inputs={"pay": INPUT}))
    assert (given.name, given.theories, given.horizon) == ("story", ("constant", "breach"), date(2024, 4, 30))
    assert given.sources == {"pay": "made up"}
    (event,) = given.events({})
    assert (event.date, event.writes) == (date(2024, 4, 2), (("levers.pay_escrow", "set", 1.0),))
    (pattern,) = given.patterns
    assert pattern.quantity == DayQuantity("exits", DayWindow.read("2024-04"), "total")
    assert (pattern.answer(400), pattern.number) == (True, 3.0)


def test_the_inputs_are_events_of_each_theory_and_the_past_is_nobodys(tmp_path):
    file = written(tmp_path, {"few": EXITS}, inputs={"pay": {**INPUT, "set": {"kenya": {
        "imminence": "${governments.imminence_accord}"}}}})  # fmt: skip
    request = request_of(load_backtest(file))
    assert [case.theory for case in request.cases] == ["constant", "breach"]
    assert [case.mode for case in request.cases] == ["prior", "posterior"]
    for case in request.cases:
        assert case.events[-1].writes == (("kenya.imminence", "set", "${governments.imminence_accord}"),)
        assert str(case.values["clock.end"]) == "2024-04-30"
        assert case.scenario == "backtest story", "in a store it does not pass for the record's world"


def test_the_reference_comes_along_with_a_theory_that_is_typed(tmp_path):
    request = request_of(load_backtest(written(tmp_path, {"few": EXITS})), ["theory=breach", "ensemble.replicates=3"])
    assert [case.theory for case in request.cases] == ["constant", "breach"]
    assert len(request.plan.replicates) == 3
    assert request.plan.kept == ("days",)


def test_only_what_is_asked_for_is_kept(tmp_path):
    phase = {"text": "t", "series": "phase", "window": "2024-04-20", "comparison": "at_least", "value": "authorised"}
    assert request_of(load_backtest(written(tmp_path, {"on": phase}))).plan.kept == ("states",)
    known = {"text": "t", "outcome": "knowable_hazard", "comparison": "below", "value": 1}
    assert request_of(load_backtest(written(tmp_path, {"one": known}))).plan.kept == ()


def test_a_list_typed_takes_the_place_of_the_files_and_must_be_the_same(tmp_path):
    file = written(tmp_path, {"few": EXITS})
    (tmp_path / "kept.json").rename(tmp_path / "moved.json")
    with pytest.raises(UserMistake, match="cannot be read"):
        load_backtest(file)
    assert load_backtest(file, tmp_path / "moved.json").posterior.path == tmp_path / "moved.json"
    with pytest.raises(UserMistake, match=load_posterior().hash):
        load_backtest(file, load_posterior().path)


def test_what_decides_the_worlds_is_in_the_hash_and_nothing_else(tmp_path):
    from dataclasses import replace

    from tests.analysis.backtest.files import kept

    listed = kept(tmp_path)
    assert listed.hash == load_posterior(tmp_path / "kept.json").hash
    assert replace(listed, luck=({"outcome": "x"},), path=tmp_path).hash == listed.hash
    others = [replace(listed, root_seed=1), replace(listed, digest="f"), replace(listed, parts=date(2024, 5, 1)),
              replace(listed, ranges={"a": (0.0, 1.0)}), kept(tmp_path, 99)]  # fmt: skip
    assert len({listed.hash, *(one.hash for one in others)}) == 6


@pytest.mark.parametrize(("change", "where", "right"), [
    ({"series": "exist"}, "series=exist", "near it: exits"),
    ({"series": None}, "series", "no such daily series"),
    ({"outcome": "exits_by_end"}, "series=exits", "either series or outcome"),
    ({"window": "2024-05"}, "window=2024-05", "ends after 2024-04-30, the last day of the runs, so no run can tell"),
    ({"window": "2023-09"}, "window=2023-09", "begins before 2023-10-02"),
    ({"window": ["2024-04-09", "2024-04-08"]}, "window=[2024-04-09, 2024-04-08]", "no day lies in it"),
    ({"window": "April"}, "window=April", "such as 2024-Q2"),
    ({"value": "few"}, "value=few", "must be a finite number"),
    ({"value": "9"}, "value=9", "without quotes"),
    ({"value": True}, "value=True", "must be a finite number"),
    ({"value": 10**400}, "value=1000", "must be a finite number"),
    ({"comparison": ["at_most"]}, "comparison=[", "must be one of at_least"),
    ({"measure": {"total": 1}}, "measure={total: 1}", "one of total"),
    ({"observed": 10**400, "source": "s"}, "observed=1000", "a finite number"),
    ({"value": [1, 2]}, "value=[1, 2]", "must be a finite number"),
    ({"comparison": "atmost"}, "comparison=atmost", "must be one of at_least"),
    ({"comparison": "after"}, "comparison=after", "is a number; say above or below"),
    ({"comparison": "between", "value": [9, 1]}, "value=[9, 1]", "ends before it begins"),
    ({"comparison": "within"}, "tolerance", "within needs one"),
    ({"comparison": "above", "tolerance": 2}, "tolerance=2", "has no place beside above"),
    ({"measure": "sum"}, "measure=sum", "one of total"),
    ({"measure": "first_day"}, "comparison=at_most|value=9", "must be a date of the calendar"),
    ({"per_days": 30}, "per_days=30", "a series has the measure mean"),
    ({"observed": "many", "source": "s"}, "observed=many", "true or false, or what was observed"),
    ({"observed": 3}, "source", "is missing; what was observed stands somewhere"),
    ({"known": "2026-11-30"}, "known=2026-11-30", "is of what was observed, and nothing is"),
    ({"treshold": 3}, "treshold=3", "no such field"),
    ({"past": {"values": {"2024-03": 1}, "source": "s"}}, "past.values.2024-03", "a climatology looks back"),
    ({"past": {"values": {"2023-Q4": 1}, "source": "s"}}, "past.values.2023-Q4", "is of 92 days"),
    ({"past": {"values": {"2023-11": "x"}, "source": "s"}}, "past.values.2023-11=x", "a finite number, or whether"),
    ({"past": {"values": {"2023-11": 1, "2023-12": True}, "source": "s"}}, "past.values=", "but not both"),
    ({"past": {"values": {}, "source": "s"}}, "past.values=", "not empty"),
])  # fmt: skip
def test_a_pattern_that_is_none_or_that_no_run_can_tell(tmp_path, change, where, right):
    with pytest.raises(UserMistake) as told:
        load_backtest(written(tmp_path, {"few": {**EXITS, **change}}))
    said = str(told.value)
    assert said.startswith(f"{tmp_path / 'story.yaml'}, line "), said
    assert any(f"patterns.few.{one}" in said for one in where.split("|")), said
    assert right in said


@pytest.mark.parametrize(("change", "right"), [
    ({"series": "phase", "window": "2024-04-20", "value": "in_theater"}, "one of blocked, authorised"),
    ({"series": "phase", "window": "2024-04-20", "value": "paused"}, "by script Kenya is blocked or authorised"),
    ({"series": "deployed", "window": "2024-04-20", "value": "pool"}, "by script Kenya deploys nobody"),
    ({"series": "out", "measure": "total"}, "say one of mean"),
])  # fmt: skip
def test_states_that_stand_still_are_not_asked_what_they_cannot_do(tmp_path, change, right):
    with pytest.raises(UserMistake, match=right):
        load_backtest(written(tmp_path, {"few": {**EXITS, **change}}))


@pytest.mark.parametrize(("change", "right"), [
    ({"window": "2024-04"}, "exits_by_end has days of its own"), ({"measure": "total"}, "has days of its own"),
    ({"outcome": "exits_by_ende"}, "near it: exits_by_end"), ({"per_days": 0}, "a whole number of days"),
    ({"outcome": "available_on_target"}, "looks to 2024-06-01, and the runs end on 2024-04-30"),
    ({"outcome": "first_report_date", "per_days": 3, "comparison": "after"}, "has no rate"),
    ({"outcome": "first_report_date", "comparison": "after", "value": "2024-02-31"}, "a date of the calendar"),
])  # fmt: skip
def test_an_outcome_that_is_none_or_that_no_run_can_tell(tmp_path, change, right):
    one = {"text": "t", "outcome": "exits_by_end", "comparison": "below", "value": 3}
    with pytest.raises(UserMistake, match=right):
        load_backtest(written(tmp_path, {"few": {**one, **change}}))


@pytest.mark.parametrize(("change", "where", "right"), [
    ({"set": {"levers": {"pay_escro": 1}}}, "set.levers.pay_escro=1", "near it: levers.pay_escrow"),
    ({"set": {"levers": {"pay_escrow": 2}}}, "set.levers.pay_escrow=2", "a number from 0 to 1"),
    ({"date": "2024-03-07"}, "date=2024-03-07", "not after 2024-03-07, the end of the record"),
    ({"date": "2023-12-01"}, "date=2023-12-01", "it would rewrite what the worlds were kept for"),
    ({"date": "2024-05-01"}, "date=2024-05-01", "so it never happens"),
    ({"date": "2024-04-31"}, "date=2024-04-31", "a date such as"),
    ({"date": None}, "date", "is missing"),
    ({"when": {"measure": "exits", "above": 3}}, "when=", "an input has a date"),
    ({"set": {}}, "inputs.pay", "writes nothing"),
    ({"sett": {"levers": {"pay_escrow": 1}}}, "sett=", "a row has"),
    ({"source": 3}, "source=3", "must be a text"),
])  # fmt: skip
def test_an_input_that_is_none_or_that_rewrites_the_record(tmp_path, change, where, right):
    with pytest.raises(UserMistake) as told:
        load_backtest(written(tmp_path, {"few": EXITS}, inputs={"pay": {**INPUT, **change}}))
    said = str(told.value)
    assert ", line " in said
    assert where in said
    assert right in said


@pytest.mark.parametrize(("change", "right"), [
    ({"posterior": None}, "posterior: is missing; the installed list is '"),
    ({"posterior": "0123456789ab"}, "so these are not the worlds that this file was written for"),
    ({"posterior": 123456789012}, "12 hex digits in quotes"),
    ({"written": None}, "written: is missing"),
    ({"written": "soon"}, "written=soon: must be a date of the calendar"),
    ({"knew": ""}, "knew"),
    ({"synthetic": "yes"}, "synthetic=yes: must be true or false"),
    ({"theories": ["breech"]}, "near it: breach"),
    ({"theories": "breach"}, "a list of some of"),
    ({"theories": ["breach", "breach"]}, "named twice"),
    ({"horizon": "2024-03-07"}, "must be after 2024-03-07"),
    ({"governments": "rule"}, "must be one of scripted, rules"),
    ({"patterns": {}}, "must be a mapping, name by name, and not empty"),
    ({"patterns": ["few"]}, "must be a mapping"),
    ({"inputs": {"a.b": INPUT}}, "a name is made of letters"),
    ({"inputs": ["x"]}, "must be a mapping"),
    ({"horizn": "2024-05-01"}, "horizn=2024-05-01: no such field"),
])  # fmt: skip
def test_a_file_that_says_too_little_or_something_else(tmp_path, change, right):
    patterns = change.pop("patterns", {"few": EXITS})
    with pytest.raises(UserMistake) as told:
        load_backtest(written(tmp_path, patterns, **change))
    assert right in str(told.value)


def test_a_name_that_stands_twice_and_what_is_no_yaml_have_their_line(tmp_path):
    (tmp_path / "twice.yaml").write_text("patterns:\n  few: {}\n  few: {}\n")
    with pytest.raises(UserMistake, match="line 3: few is given twice"):
        load_backtest(tmp_path / "twice.yaml")
    (tmp_path / "none.yaml").write_text("")
    with pytest.raises(UserMistake, match="is missing"):
        load_backtest(tmp_path / "none.yaml")
    with pytest.raises(UserMistake, match="cannot be read: No such file"):
        load_backtest(tmp_path / "nowhere.yaml")


def test_answers_are_what_the_pattern_makes_of_what_was_observed(tmp_path):
    late = {"text": "t", "series": "reports", "window": "2024-04", "measure": "first_day", "comparison": "after",
            "value": "2024-04-10", "missing": "passes"}  # fmt: skip
    rate = {"text": "t", "outcome": "deaths_q1_2024", "per_days": 91, "comparison": "within", "value": 20,
            "tolerance": "10 %"}  # fmt: skip
    told = {
        "none": EXITS, "yes": {**EXITS, "observed": True, "source": "s"}, "more": {**EXITS, **SEEN, "observed": 10},
        "late": {**late, "observed": "2024-04-11", "source": "s"}, "rate": {**rate, **SEEN, "observed": 21},
    }  # fmt: skip
    read = {one.id: one for one in load_backtest(written(tmp_path, told)).patterns}
    answers = {"none": None, "yes": True, "more": False, "late": True, "rate": True}
    assert {id: one.answer(400) for id, one in read.items()} == answers
    assert {id: one.number for id, one in read.items() if one.number is not None} == {"more": 10, "rate": 21}


def test_a_climatology_counts_earlier_periods_or_is_a_fair_coin(tmp_path):
    past = {"values": {"2023-11": 4, "2023-12": 12, "2024-01": 9, "2024-02": 0}, "source": "s"}
    held = {"values": {"2023-11": False, "2023-12": True}, "source": "s"}
    told = {"none": EXITS, "numbers": {**EXITS, "past": past}, "held": {**EXITS, "past": held}}
    read = {one.id: one.climatology(400) for one in load_backtest(written(tmp_path, told)).patterns}
    assert read == {"none": 0.5, "numbers": pytest.approx(4 / 6), "held": 0.5}


def test_what_the_authors_knew_when(tmp_path):
    told = {id: {**EXITS, **SEEN, "known": known} for id, known in (("before", "2026-11-30"), ("after", "2026-12-01"))}
    given = load_backtest(written(tmp_path, {**told, "unsaid": {**EXITS, **SEEN}, "none": EXITS}))
    assert {one.id: one.out_of_sample(given.written) for one in given.patterns} == {
        "before": False, "after": True, "unsaid": False, "none": False,
    }  # fmt: skip
