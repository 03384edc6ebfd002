"""One test of a pattern: what passes, at the edges, without an outcome, and with another tolerance."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from sim.analysis.pattern_tests import COMPARISONS, read_test
from sim.errors import UserMistake


def passes(test, values, pool=400, tolerance=1.0, **others):
    runs = pd.DataFrame({test["outcome"]: values, **others})
    return read_test("", test, of_ensemble=False).passes(runs, pool, tolerance).tolist()


EXITS = "exits_by_record_end"


@pytest.mark.parametrize(
    ("said", "passing", "failing"),
    [
        ({"comparison": "at_least", "value": 3}, [3, 4], [2, None]),
        ({"comparison": "at_most", "value": 3}, [3, 0], [4, None]),
        ({"comparison": "above", "value": 3}, [4], [3, 2, None]),
        ({"comparison": "below", "value": 3}, [2], [3, 4, None]),
        ({"comparison": "between", "window": [3, 5]}, [3, 4, 5], [2, 6, None]),
        ({"comparison": "between", "window": [3, 3]}, [3], [2, 4]),
        ({"comparison": "within", "value": 20, "tolerance": 5}, [15, 20, 25], [14, 26, None]),
        ({"comparison": "within", "value": 20, "tolerance": "20 %"}, [16, 24], [15, 25]),
        ({"comparison": "within", "value": -20, "tolerance": "20%"}, [-16, -24], [-15, -25, 20]),
        ({"comparison": "within", "value": 20, "tolerance": 0}, [20], [19, 21]),
        ({"comparison": "at_least", "value": 3, "per_days": 2}, [6], [5]),
        ({"comparison": "at_most", "value": "pool"}, [400], [401]),
        ({"comparison": "at_least", "value": 3, "missing": "passes"}, [3, None], [2]),
    ],
    ids=str,
)
def test_a_number_passes_up_to_its_edge_and_a_missing_one_fails_unless_it_is_said(said, passing, failing):
    test = {"outcome": EXITS, **said}
    assert passes(test, passing) == [True] * len(passing)
    assert passes(test, failing) == [False] * len(failing)


@pytest.mark.parametrize(
    ("said", "passing", "failing"),
    [
        ({"comparison": "after", "value": "2024-02-28"}, ["2024-02-29"], ["2024-02-28", None]),
        ({"comparison": "before", "value": "2024-02-28"}, ["2024-02-27"], ["2024-02-28", None]),
        ({"comparison": "at_most", "value": "2024-02-28"}, ["2024-02-28"], ["2024-02-29", None]),
        ({"comparison": "between", "window": ["2024-03-01", "2024-03-11"]}, ["2024-03-01", "2024-03-11"],
         ["2024-02-29", "2024-03-12", None]),
        ({"comparison": "within", "value": "2024-03-06", "tolerance": 2}, ["2024-03-04", "2024-03-08"],
         ["2024-03-03", "2024-03-09"]),
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("kind", ["timestamps", "dates"])
def test_a_day_is_compared_as_a_day_however_a_table_holds_it(said, passing, failing, kind):
    def column(days):
        known = pd.to_datetime(pd.Series(days))
        return known if kind == "timestamps" else known.dt.date.astype(object)

    test = {"outcome": "first_report_date", **said}
    assert passes(test, column(passing)) == [True] * len(passing)
    assert passes(test, column(failing)) == [False] * len(failing)


def test_one_outcome_is_set_against_another_of_the_same_run_each_with_its_own_days():
    test = {"outcome": "deaths_surge_week", "per_days": 7, "comparison": "above",
            "than": {"outcome": "deaths_q1_2024", "per_days": 91}}  # fmt: skip
    assert passes(test, [71, 70, 71, None], deaths_q1_2024=[910, 910, None, 910]) == [True, False, False, False]


@pytest.mark.parametrize(
    ("said", "scale", "passing", "failing"),
    [
        ({"comparison": "within", "value": 30, "tolerance": 9}, 4 / 3, [18, 42], [17, 43]),
        ({"comparison": "within", "value": 30, "tolerance": 9}, 2 / 3, [24, 36], [23, 37]),
        ({"comparison": "within", "value": 30, "tolerance": "30 %"}, 2 / 3, [24, 36], [23, 37]),
        ({"comparison": "between", "window": [21, 39]}, 4 / 3, [18, 42], [17, 43]),
        ({"comparison": "at_least", "value": 30, "tolerance": 9}, 4 / 3, [18], [17]),
        ({"comparison": "at_most", "value": 0, "tolerance": 9}, 2 / 3, [6], [7]),
        ({"comparison": "at_least", "value": 21}, 4 / 3, [21], [20]),
        ({"comparison": "at_most", "value": "pool"}, 4 / 3, [400], [401]),
    ],
    ids=str,
)
def test_a_tolerance_stretches_and_what_has_none_stays(said, scale, passing, failing):
    test = {"outcome": EXITS, **said}
    assert passes(test, passing, tolerance=scale) == [True] * len(passing)
    assert passes(test, failing, tolerance=scale) == [False] * len(failing)


def test_a_third_of_a_squad_is_a_third_in_single_precision_too():
    test = {"outcome": "max_squad_share_3d", "comparison": "at_least", "value": 1, "tolerance": 0.5}
    third, less = [1 / 3], [0.33]
    for width in ("float32", "float64"):
        assert passes(test, pd.Series(third, dtype=width), tolerance=4 / 3) == [True]
        assert passes(test, pd.Series(less, dtype=width), tolerance=4 / 3) == [False]


def test_a_column_of_nullable_whole_numbers_is_read_as_any_other():
    test = {"outcome": EXITS, "comparison": "at_least", "value": 3}
    assert passes(test, pd.Series([3, None, 2], dtype="Int64")) == [True, False, False]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ({"comparison": "after", "value": "2024-02-28", "missing": "passes"}, date(2024, 2, 28)),
        ({"comparison": "between", "window": ["2024-03-01", "2024-03-11"]}, date(2024, 3, 11)),
        ({"comparison": "within", "value": "2024-03-06", "tolerance": 2}, date(2024, 3, 8)),
        ({"comparison": "before", "value": "2024-03-06"}, date(2024, 3, 6)),
        ({"comparison": "after", "value": "2024-02-28"}, None),
    ],
    ids=str,
)
def test_a_day_is_decided_when_it_is_past_unless_something_is_still_to_come(said, day):
    test = read_test("", {"outcome": "first_report_date", **said}, of_ensemble=False)
    assert test.last_date() == day


WRONG = [
    ({}, "comparison", "missing"),
    ({"comparison": "near"}, "comparison=near", "at_least, at_most"),
    ({"comparison": ["at_least"]}, "comparison=[at_least]", "at_least, at_most"),
    ({"comparison": "at_least"}, "value", "missing"),
    ({"comparison": "at_least", "value": "many"}, "value=many", "finite number"),
    ({"comparison": "at_least", "value": True}, "value=True", "finite number"),
    ({"comparison": "at_least", "value": float("inf")}, "value=inf", "finite number"),
    ({"comparison": "at_least", "value": None}, "value", "finite number"),
    ({"comparison": "at_least", "value": 3, "than": {"outcome": "attacks"}}, "value=3", "either value or than"),
    ({"comparison": "at_least", "value": 3, "window": [1, 2]}, "window=[1, 2]", "no such field"),
    ({"comparison": "at_least", "value": 3, "tolerance": "20 %"}, "tolerance=20 %", "within"),
    ({"comparison": "at_least", "value": 3, "per_days": 0}, "per_days=0", "whole number of days"),
    ({"comparison": "at_least", "value": 3, "missing": True}, "missing=True", "passes, fails"),
    ({"comparison": "at_least", "than": 3}, "than=3", "must have the fields"),
    ({"comparison": "at_least", "than": {"outcome": "killed"}}, "than.outcome=killed", "no such outcome"),
    ({"comparison": "at_least", "than": {"outcome": "first_report_date"}}, "than.outcome=first_report_date",
     "a number with a number"),
    ({"comparison": "after", "value": 3}, f"{EXITS} is a number", "above or below"),
    ({"comparison": "between"}, "window", "missing"),
    ({"comparison": "between", "window": [1, 2, 3]}, "window=[1, 2, 3]", "two values"),
    ({"comparison": "between", "window": [5, 3]}, "window=[5, 3]", "ends before it begins"),
    ({"comparison": "within", "value": 20}, "tolerance", "missing"),
    ({"comparison": "within", "value": 20, "tolerance": -1}, "tolerance=-1", "0 or more"),
    ({"comparison": "within", "value": 20, "tolerance": "a fifth"}, "tolerance=a fifth", "percentage"),
    ({"comparison": "within", "value": 0, "tolerance": "20 %"}, "tolerance=20 %", "other than 0"),
    ({"comparison": "drops_by", "value": 0.1, "without": "violence"}, "comparison=drops_by", "of: ensemble"),
    ({"comparison": "after", "value": "28 February", "outcome": "first_report_date"}, "=28 February", "2024-03-07"),
    ({"comparison": "above", "value": 3, "outcome": "first_report_date"}, "comparison=above", "after or before"),
    ({"comparison": "after", "value": "2024-02-28", "per_days": 7, "outcome": "first_report_date"}, "per_days=7",
     "no rate"),
    ({"comparison": "between", "window": ["2024-03-11", "2024-03-01"], "outcome": "first_report_date"},
     "2024-03-11", "ends before it begins"),
    ({"comparison": "at_least", "value": 3, "outcome": "exits_by_recordend"}, "exits_by_recordend", EXITS),
]  # fmt: skip


@pytest.mark.parametrize(("said", "key", "right"), WRONG, ids=lambda one: str(one))
def test_what_is_no_test_is_told_in_one_line_with_its_place(said, key, right):
    with pytest.raises(UserMistake) as told:
        read_test("mine.yaml: patterns.N.tests.1.", {"outcome": EXITS, **said}, of_ensemble=False)
    line = str(told.value)
    assert line.startswith("mine.yaml: patterns.N.tests.1.")
    assert key in line
    assert right in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ({"comparison": "at_least", "value": 3}, "of single runs"),
        ({"comparison": "drops_by", "value": 0.1, "without": "weather"}, "no such cause; there are violence"),
        ({"comparison": "drops_by", "value": 1.1, "without": "violence"}, "above 0, at most 1"),
        ({"comparison": "drops_by", "value": 0.1}, "is missing"),
        ({"comparison": "drops_by", "value": 0.1, "without": "violence", "outcome": "attacks"}, "not counted without"),
        ({"comparison": "drops_by", "value": 0.1, "without": "violence", "missing": "passes"}, "no such field"),
    ],
    ids=str,
)
def test_of_the_ensemble_only_a_drop_without_a_cause_is_asked(said, right):
    with pytest.raises(UserMistake, match=right):
        read_test("", {"outcome": "exits_in_surge", **said}, of_ensemble=True)


def test_what_is_no_mapping_is_no_test():
    for given in (None, 3, "exits", ["exits"]):
        with pytest.raises(UserMistake, match="must have the fields"):
            read_test("mine.yaml: patterns.N.tests.1.", given, of_ensemble=False)


def test_every_comparison_is_told_of_in_the_file_of_the_record():
    from sim.paths import conf_folder

    head = (conf_folder() / "patterns" / "record.yaml").read_text(encoding="utf-8").partition("patterns:\n")[0]
    assert [name for name in COMPARISONS if name not in head] == []
