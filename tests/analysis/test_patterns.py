from __future__ import annotations

import pandas as pd
import pytest

from sim.analysis.patterns import PATTERNS, relative_drop, scores
from sim.record import load


def run(**given):
    base = {
        "first_report_date": pd.Timestamp(2024, 3, 5), "max_squad_share_3d": 0.6, "exits_by_record_end": 20.0,
        "exits_before_surge": 10.0, "deaths_q4_2023": 12.0 * 91, "deaths_q1_2024": 18.2 * 91,
        "deaths_surge_week": 200.0,
    }  # fmt: skip
    return pd.DataFrame([{**base, **given}])


def test_a_run_like_the_record_passes_every_pattern():
    assert scores(run(), 400) == {"C1": 1, "C2": 1, "C3": 1, "C5": 1, "C6": 1}


@pytest.mark.parametrize(
    ("pattern", "given"),
    [
        ("C1", {"first_report_date": pd.Timestamp(2024, 2, 28)}),
        ("C2", {"first_report_date": pd.Timestamp(2024, 2, 29)}),
        ("C2", {"first_report_date": pd.Timestamp(2024, 3, 12)}),
        ("C2", {"first_report_date": pd.NaT}),
        ("C3", {"max_squad_share_3d": 0.49}),
        ("C5", {"exits_by_record_end": 0.0}),
        ("C5", {"exits_before_surge": 41.0}),
        ("C5", {"exits_by_record_end": float("nan")}),
        ("C6", {"deaths_q4_2023": 14.5 * 91}),
        ("C6", {"deaths_q1_2024": 14.5 * 91}),
        ("C6", {"deaths_surge_week": 18.2 * 7}),
    ],
)
def test_each_pattern_fails_where_the_record_is_missed(pattern, given):
    assert scores(run(**given), 400)[pattern] == 0


def test_no_report_at_all_is_quiet_before_the_surge():
    assert scores(run(first_report_date=pd.NaT), 400)["C1"] == 1


def test_the_drop_is_a_ratio_of_sums_over_paired_replicates():
    base = pd.DataFrame({"root_seed": 1, "replicate": [0, 1, 2], "exits_by_record_end": [10.0, 30.0, 99.0]})
    without = pd.DataFrame({"root_seed": 1, "replicate": [0, 1], "exits_by_record_end": [9.0, 21.0]})
    assert relative_drop(base, without) == pytest.approx(0.25)
    with pytest.raises(ValueError, match="no paired exits"):
        relative_drop(base, without.assign(root_seed=2))


def test_every_pattern_of_the_record_has_a_score():
    scored = {fact for pattern in PATTERNS for fact in pattern.facts}
    assert {fact.id for fact in load().where(use="pattern")} <= scored
