"""What is asked of worlds: read as typed, true of the right ones, and refused in a line where nothing can be told."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from sim.analysis.discovery.cases_of_interest import Better, Passing, ask, of_plain, plain
from sim.analysis.discovery.rules import TooFew
from sim.ensemble.design.request import request
from sim.ensemble.engine.run_unknowns import values_in_worlds
from sim.errors import UserMistake
from tests.worlds import SEED

PRIOR = "unknowns=prior"


@pytest.fixture(scope="module")
def case():
    return request(["theory=breach", PRIOR]).case


@pytest.fixture(scope="module")
def settled():
    return request(["scenario=terms_settled", "theory=breach", PRIOR]).case


def runs_of(case, exits, name="exits_surge_month", **columns):
    rows = pd.DataFrame({"case": case.id, "root_seed": SEED, "replicate": np.arange(len(exits)), "future": 0,
                         "status": "ok", name: np.asarray(exits, dtype=float)})  # fmt: skip
    return rows.assign(**columns)


# Reading


@pytest.mark.parametrize(("typed", "sign", "value"), [
    ("exits_surge_month>100", ">", 100), ("exits_surge_month >= 1e2", ">=", 100), ("exits_surge_month<0.5", "<", 0.5),
    ("exits_surge_month<=-1", "<=", -1),
])  # fmt: skip
def test_a_question_is_read_as_typed(typed, sign, value):
    assert Passing.read(typed) == Passing("exits_surge_month", sign, value)


@pytest.mark.parametrize(("typed", "right"), [
    ("exits_surge_munth>100", "no such outcome; near it: exits_surge_month"),
    (">100", "an outcome and a number, as in"),
    ("exits_surge_month>", "nothing is no number"),
    ("exits_surge_month>many", "many is no number"),
    ("exits_surge_month>nan", "nan is no number"),
    ("exits_surge_month>inf", "inf is no number"),
    ("exits_surge_month>1>2", "no number"),
    ("exits_surge_month<>3", ">3 is no number"),
    ("first_report_date>3", "first_report_date is a date"),
])  # fmt: skip
def test_what_is_no_question_is_refused_with_what_would_be_right(typed, right):
    with pytest.raises(UserMistake, match=r"^discover=") as mistake:
        Passing.read(typed)
    assert right in str(mistake.value)


@pytest.mark.parametrize(
    "asked", [Passing("attacks", "<=", 3.5), Better("attacks", ("terms_settled", "as_documented"))]
)
def test_a_question_travels_as_json(asked):
    assert of_plain(json.loads(json.dumps(plain(asked)))) == asked


@pytest.mark.parametrize("given", [
    {}, {"outcome": "attacks", "sign": "=", "value": 3}, {"outcome": "attacks", "sign": ">"},
    {"outcome": "attacks", "names": ["one"]},
])  # fmt: skip
def test_what_travelled_badly_is_no_question(given):
    with pytest.raises((KeyError, TypeError, ValueError)):
        of_plain(given)


def test_it_is_said_in_words(case):
    assert Passing("exits_surge_month", ">", 100).said(case) == "a run loses more than 100 officers"
    assert Passing("available_on_target", "<", 300).said(case) == "a run has fewer than 300 officers left"
    assert Passing("share_out_by_record_end", ">=", 0.25).said(case) == (
        "share of the pool out by 7 March 2024 is at least 0.25"
    )
    assert Better("exits_surge_month", ("terms_settled", "as_documented")).said(case) == (
        "terms settled loses fewer officers than as documented"
    )
    assert (
        Better("assurance_record_end", ("a", "b")).said(case)
        == "under a assurance on 7 March 2024 is higher than under b"
    )


# Asking


@pytest.mark.parametrize(("sign", "true"), [(">", [0, 0, 1]), (">=", [0, 1, 1]), ("<", [1, 0, 0]), ("<=", [1, 1, 0])])
def test_it_is_true_of_the_runs_that_pass(case, sign, true):
    told = ask(Passing("exits_surge_month", sign, 20), (case,), runs_of(case, [10, 20, 30]))
    assert told.cases.tolist() == [bool(one) for one in true]
    assert told.amount.tolist() == [10, 20, 30]


def test_inputs_are_what_each_world_drew_in_its_own_unit_by_name(case):
    told = ask(Passing("exits_surge_month", ">", 15), (case,), runs_of(case, [10, 20, 30]))
    drawn = values_in_worlds(case, SEED, np.arange(3))
    assert list(told.inputs) == sorted(told.inputs)
    assert set(told.inputs) <= set(case.unknowns.drawn)
    assert "officers.frailty_sd" in told.inputs
    for name in told.inputs:
        assert told.inputs[name].tolist() == np.asarray(drawn[name], dtype=float).tolist()


def test_failed_runs_and_runs_without_a_value_are_left_out(case):
    rows = runs_of(case, [10, np.nan, 30, 40])
    rows.loc[3, "status"] = "failed"
    told = ask(Passing("exits_surge_month", ">", 15), (case,), rows)
    assert told.worlds.tolist() == [0, 2]
    assert told.left_out == 1


def test_of_several_futures_of_a_world_the_first_is_asked(case):
    rows = pd.concat([runs_of(case, [50, 10], future=1), runs_of(case, [10, 50])])
    told = ask(Passing("exits_surge_month", ">", 15), (case,), rows)
    assert told.worlds.tolist() == [0, 1]
    assert told.cases.tolist() == [False, True]


def test_pairs_are_of_one_world_and_better_is_what_the_outcome_calls_good(case, settled):
    runs = pd.concat([runs_of(case, [10, 20, 30, 40]), runs_of(settled, [5, 20, 31])])
    fewer = ask(Better("exits_surge_month", ("terms_settled", "as_documented")), (settled, case), runs)
    assert fewer.cases.tolist() == [True, False, False]
    assert fewer.amount.tolist() == [5, 0, -1]
    runs = pd.concat(
        [runs_of(case, [10, 20, 30], "available_on_target"), runs_of(settled, [5, 20, 31], "available_on_target")]
    )
    more = ask(Better("available_on_target", ("terms_settled", "as_documented")), (settled, case), runs)
    assert more.cases.tolist() == [False, False, True]


def test_of_a_date_the_good_side_counts_in_days(case, settled):
    days = [pd.to_datetime(["2024-03-01", "2024-03-05"]), pd.to_datetime(["2024-03-04", "2024-03-04"])]
    runs = pd.concat([runs_of(one, [0, 0]).assign(first_report_date=when)
                      for one, when in zip((case, settled), days, strict=True)])  # fmt: skip
    told = ask(Better("first_report_date", ("terms_settled", "as_documented")), (settled, case), runs)
    assert sorted(np.abs(told.amount)) == [1, 3]


@pytest.mark.parametrize(("exits", "asked", "why"), [
    ([7, 7, 7], ">5", "it is 7 in every run, so nothing tells runs apart"),
    ([1, 5, 9], ">100", "true in no run: the runs have 1 to 9"),
    ([1, 5, 9], ">0", "true in every run: the runs have 1 to 9"),
    ([0, 1, 1], ">1", "true in no run: the runs have 0 or 1; only exits_surge_month>0 tells the two apart"),
    ([np.nan] * 3, ">1", "no run has a value of it"),
])  # fmt: skip
def test_what_tells_no_runs_apart_is_said(case, exits, asked, why):
    with pytest.raises(TooFew) as told:
        ask(Passing.read(f"exits_surge_month{asked}"), (case,), runs_of(case, exits))
    assert str(told.value) == why


@pytest.mark.parametrize(("mine", "its", "why"), [
    ([3, 4], [3, 4], "it is the same in both in every pair of runs, so nothing tells them apart"),
    ([3, 4], [5, 6], "true in every run, so nothing tells them apart"),
    ([5, 4], [3, 4], "true in no run, so nothing tells them apart"),
    ([np.nan, np.nan], [3, 4], "no pair of runs has a value of it"),
])  # fmt: skip
def test_what_tells_no_pairs_apart_is_said(case, settled, mine, its, why):
    runs = pd.concat([runs_of(settled, mine), runs_of(case, its)])
    with pytest.raises(TooFew) as told:
        ask(Better("exits_surge_month", ("terms_settled", "as_documented")), (settled, case), runs)
    assert str(told.value) == why


def test_an_outcome_of_two_values_can_be_asked(case):
    told = ask(Passing.read("exits_surge_month>0"), (case,), runs_of(case, [0, 1, 1]))
    assert told.cases.tolist() == [False, True, True]
