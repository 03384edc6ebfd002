"""The patterns of docs/EXTENDING.md, as they stand there."""

from __future__ import annotations

from datetime import date

import pandas as pd

from sim.analysis.patterns import load_patterns


def test_the_patterns_of_the_page_judge_runs_and_say_how_far_these_must_go(example):
    mine = load_patterns(example("A pattern") / "patterns" / "published.yaml")
    days = pd.to_datetime(["2024-02-29", "2024-03-01", "2024-05-31", "2024-06-01"])
    runs = pd.DataFrame({"exits_by_record_end": [14.0, 15.0, 25.0, 26.0], "first_report_date": days})
    passed = mine.passes(runs, pool=400)
    assert passed["twenty"].tolist() == passed["spring"].tolist() == [False, True, True, False]
    assert mine.variant_passes(mine.variants[0], runs, passed, 400).tolist() == [False, True, True, False]
    assert mine.last_day == date(2024, 6, 15)  # with the window a third wider, as a calibration is repeated
