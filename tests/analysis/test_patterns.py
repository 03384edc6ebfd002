from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.patterns import PATTERNS, both_reasons, drops_without_reasons, scores
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
        ("C6", {"deaths_q4_2023": 9.5 * 91}),
        ("C6", {"deaths_q1_2024": 14.5 * 91}),
        ("C6", {"deaths_q1_2024": 21.9 * 91}),
        ("C6", {"deaths_surge_week": 18.2 * 7}),
    ],
)
def test_each_pattern_fails_where_the_record_is_missed(pattern, given):
    assert scores(run(**given), 400)[pattern] == 0


@pytest.mark.parametrize(
    ("pattern", "given"),
    [
        ("C1", {"first_report_date": pd.Timestamp(2024, 2, 29)}),
        ("C2", {"first_report_date": pd.Timestamp(2024, 3, 1)}),
        ("C2", {"first_report_date": pd.Timestamp(2024, 3, 11)}),
        ("C3", {"max_squad_share_3d": 0.5}),
        ("C5", {"exits_by_record_end": 1.0}),
        ("C5", {"exits_by_record_end": 400.0}),
        ("C5", {"exits_before_surge": 40.0}),
        ("C6", {"deaths_q4_2023": 14.39 * 91}),
        ("C6", {"deaths_q4_2023": 9.61 * 91}),
        ("C6", {"deaths_q1_2024": 21.83 * 91}),
        ("C6", {"deaths_q1_2024": 14.57 * 91}),
    ],
)
def test_each_pattern_passes_up_to_its_edge(pattern, given):
    assert scores(run(**given), 400)[pattern] == 1


def test_no_report_at_all_is_quiet_before_the_surge():
    assert scores(run(first_report_date=pd.NaT), 400)["C1"] == 1


def paired(exits, **without):
    """Runs of a case and rows of its attribution: exits with each cause, and without."""
    base = pd.DataFrame({"root_seed": 1, "replicate": range(len(exits)), "status": "ok", "exits_in_surge": exits})
    rows = [
        pd.DataFrame({"cause": cause, "root_seed": 1, "replicate": range(len(left)), "exits_in_surge": left})
        for cause, left in without.items()
    ]
    return base, pd.concat(rows, ignore_index=True)


def test_a_drop_is_a_ratio_of_sums_over_the_runs_that_both_have():
    base, without = paired([10.0, 30.0, 99.0], violence=[9.0, 21.0], ambiguity=[20.0, 0.0])
    assert drops_without_reasons(base, without) == pytest.approx({"violence": 0.25, "ambiguity": 0.5})
    apart = drops_without_reasons(base, without.assign(root_seed=2))
    assert np.isnan(list(apart.values())).all()
    failed = drops_without_reasons(base.assign(status=["ok", "failed", "ok"]), without)
    assert failed == pytest.approx({"violence": 0.1, "ambiguity": -1.0})


@pytest.mark.parametrize(
    ("violence", "ambiguity", "passed"),
    [(0.3, 0.3, True), (0.1, 0.1, True), (0.3, 0.09, False), (0.09, 0.3, False), (-0.5, 0.9, False), (0.0, 0.0, False),
     (float("nan"), 0.9, None), (0.9, float("nan"), None)],
)  # fmt: skip
def test_c4_asks_for_both_reasons_and_not_for_either(violence, ambiguity, passed):
    assert both_reasons({"violence": violence, "ambiguity": ambiguity}) is passed


def test_every_pattern_of_the_record_has_a_score():
    scored = {fact for pattern in PATTERNS for fact in pattern.facts}
    assert {fact.id for fact in load().where(use="pattern")} <= scored
