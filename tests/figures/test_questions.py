"""What a figure asks of an outcome: its axis, its threshold, and whether the whole pool stands apart."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.figures.questions import everyone_out, question


@pytest.mark.parametrize(("out", "everyone"), [([3, 39], False), ([3, 40], True), ([], False), ([None, 40], True)])
def test_everyone_is_out_where_a_run_loses_the_whole_pool(short, out: list[float], everyone: bool) -> None:
    assert everyone_out(short("theory=breach"), pd.Series(out, dtype=float)) is everyone


def test_officers_who_are_out_are_set_against_those_that_the_first_contingent_can_spare(short) -> None:
    case = short("theory=breach", "levers.first_contingent=35")
    asked = question(case, True, "exits_by_end")
    assert (asked.threshold, asked.upper) == (5, 40)
    assert asked.finding == "more than 5 of 40 officers are out by 20 March 2024"
    assert asked.threshold_text == "more than 5 officers: too few left for the first contingent"
    assert question(case, False, "exits_by_end").upper is None


def test_a_contingent_of_the_whole_pool_leaves_nothing_to_ask(short) -> None:
    assert question(short("theory=breach", "levers.first_contingent=40"), False, "exits_by_end").threshold is None


def test_another_outcome_has_a_threshold_where_somebody_gives_one(short) -> None:
    case = short("theory=breach")
    assert question(case, False, "attacks").threshold is None
    assert question(case, False, "attacks", 300).threshold_text == "more than 300 attacks"
