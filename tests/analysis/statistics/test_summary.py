from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from sim.analysis.statistics.summary import Ask, quantiles, sentence

ASK = Ask("as_documented", "breach", 400, 300, date(2024, 3, 7))


def runs(exits, reports=0, short=0.0, status="ok"):
    count = len(exits)
    return pd.DataFrame(
        {
            "status": status,
            "exits_by_record_end": np.array(exits, dtype=float),
            "withdrawal_reports": np.full(count, reports, dtype=float),
            "target_shortfall": np.full(count, short, dtype=float),
            "first_report_date": pd.Series([pd.Timestamp(2024, 3, 1 + k % 9) for k in range(count)]),
        }
    )


def test_quantiles_are_those_of_runs_and_dates_stay_dates():
    table = quantiles(runs(range(1, 101))).set_index("outcome")
    assert table.loc["exits_by_record_end", "median"] == 50
    assert table.loc["exits_by_record_end", "low"] == 5
    assert table.loc["first_report_date", "median"] == date(2024, 3, 5)


def test_failed_runs_do_not_count():
    assert quantiles(runs([1, 2], status="failed"))["runs"].eq(0).all()


def test_the_sentence_says_how_many_how_often_and_what_it_is_not():
    said = sentence(runs(range(1, 101), reports=1, short=3), ASK)
    assert "5 to 95 of 400 officers (90 of 100 runs; half of them at most 50)" in said
    assert "reported by the end in 100 of 100 runs" in said
    assert "first contingent of 300 in 100 of 100 runs" in said
    assert said.endswith("Exploratory, not a forecast.")


def test_a_rare_event_is_never_rounded_to_none():
    table = runs([1] * 1000)
    table.loc[0, "withdrawal_reports"] = 1
    assert "in fewer than 1 of 100 runs" in sentence(table, ASK)


def test_one_run_and_no_run_and_a_short_horizon_have_their_own_words():
    assert "in one run 7 of 400 officers" in sentence(runs([7]), ASK)
    assert "nothing to say" in sentence(runs([1], status="failed"), ASK)
    assert "do not include 7 March 2024" in sentence(runs([np.nan, np.nan]), ASK)


def test_a_force_that_nobody_leaves_is_no_range_from_nought_to_nought():
    said = sentence(runs([0] * 50), ASK)
    assert "none of 400 officers had stepped out by 7 March 2024 in any run; a withdrawal" in said


def test_fewer_than_a_hundred_runs_are_counted_plainly():
    assert "in 3 of 3 runs" in sentence(runs([1, 2, 3], reports=1), ASK)
    assert "in 1 of 1 run;" in sentence(runs([1], reports=1), ASK)
