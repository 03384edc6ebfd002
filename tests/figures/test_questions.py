"""What a figure asks of an outcome: its axis, its threshold, and whether the whole pool stands apart."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.figures.questions import everyone_out, question


@pytest.mark.parametrize(("out", "everyone"), [([3, 39], False), ([3, 40], True), ([], False), ([None, 40], True)])
def test_everyone_is_out_where_a_run_loses_the_whole_pool(short, out: list[float], everyone: bool) -> None:
    assert everyone_out(short("theory=breach"), pd.Series(out, dtype=float)) is everyone


def test_policy_asks_whether_the_first_contingent_is_there_and_nothing_of_other_outcomes(short) -> None:
    case = short("theory=breach", "levers.first_contingent=35", "clock.target_date=2024-03-18")
    there, lacking = (question(case, False, name) for name in ("available_on_target", "target_shortfall"))
    assert (there.threshold, there.beyond) == (35, "below")
    assert there.finding == "fewer than 35 officers are available on 18 March 2024"
    assert there.threshold_text == "fewer than 35 officers: the first contingent is 35"
    assert (lacking.threshold, lacking.beyond) == (0, "above")
    assert lacking.finding == "more than 0 are lacking on 18 March 2024"
    assert question(case, True, "exits_by_end").threshold is None


def test_the_axis_of_who_is_out_reaches_to_the_pool_where_a_run_does(short) -> None:
    case = short("theory=breach")
    asked = question(case, True, "exits_by_end", 5)
    assert (asked.threshold, asked.upper) == (5, 40)
    assert asked.finding == "more than 5 of 40 officers are out by 20 March 2024"
    assert question(case, False, "exits_by_end").upper is None


def test_another_outcome_has_a_threshold_where_somebody_gives_one(short) -> None:
    case = short("theory=breach")
    assert question(case, False, "attacks").threshold is None
    assert question(case, False, "attacks", 300).threshold_text == "more than 300 attacks"
