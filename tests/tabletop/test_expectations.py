"""What was expected, held against what came: scores known by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sim.language import spoken_in
from sim.tabletop import expectations
from sim.tabletop.board import Expectation
from sim.tabletop.expectations import model_says, read_expectation, scored
from sim.tabletop.session import Session
from sim.tabletop.turn_end import end_turn
from tests.faults import refusal


def said(**other: object) -> Expectation:
    days = date(2024, 3, 8), date(2024, 3, 14)
    return replace(Expectation(1, "f1", "kenya", "exits", ">=", *days, 1, False, threshold=5, p=0.7), **other)


def test_a_probability_and_a_range_are_read() -> None:
    chance = read_expectation("reports>=3", "70%", None)
    assert chance == {"measure": "reports", "sense": ">=", "threshold": 3, "p": 0.7}
    told = read_expectation("exits", "5..20", "90%")
    assert told == {"measure": "exits", "sense": "range", "low": 5, "high": 20, "level": 0.9}


@pytest.mark.parametrize(
    ("about", "value", "level", "what"),
    [
        ("report>=3", "70%", None, "reports"),
        ("exits", "70%", None, "'exits>=5' 70%"),
        ("exits", "20..5", None, "a range such as"),
        ("exits>=5", "170%", None, "a probability"),
        ("exits>=5", "70%", "80%", "for a range"),
        ("exits", "5..20", "100%", "between 0 and 100"),
        ("exits>5", "70%", None, "with a threshold"),
        ("exits>=", "70%", None, "with a threshold"),
        ("exits>=5", "0,7", None, "a decimal point"),
        ("control>=0,5", "70%", None, "a decimal point"),
        ("exits", "5-12", None, "two dots"),
        ("exits", "5..12", "80", "is it 80% that you mean"),
    ],
)
def test_what_is_no_forecast_says_what_would_be_one(about: str, value: str, level: str | None, what: str) -> None:
    assert what in refusal(read_expectation, about, value, level)


def test_a_sign_of_the_keyboard_and_one_of_the_book_are_the_same() -> None:
    assert read_expectation("reports≥3", "70%", None) == read_expectation("reports>=3", "70%", None)
    assert read_expectation("reports≤3", "70%", None)["sense"] == "<="


def test_a_share_has_no_unit_behind_its_numbers() -> None:
    chance = said(measure="readiness", threshold=0.3)
    assert expectations.in_words(chance) == "readiness at least 0.3 by 2024-03-14: 70 %"
    assert expectations.in_words(said()) == "exits at least 5 officers by 2024-03-14: 70 %"
    one = replace(said(), measure="reports", threshold=1.0, low=1.0, high=1.0)
    assert expectations.in_words(one) == "reports at least 1 day by 2024-03-14: 70 %"
    assert expectations.in_words(replace(one, sense="range", level=0.8)).startswith("reports 1 to 1 day by")
    with spoken_in("fr"):
        assert "au moins 1 jour d" in expectations.in_words(one)


def test_the_model_s_probability_counts_each_theory_alike() -> None:
    told = model_says(said(), [0, 9, 9, 9], [0.5, 0.5 / 3, 0.5 / 3, 0.5 / 3])
    assert told == {"p": pytest.approx(0.5)}


def test_the_model_s_range_leaves_out_as_much_on_either_side() -> None:
    told = model_says(said(sense="range", level=0.8), list(range(101)), [1 / 101] * 101)
    assert told == {"low": 10, "high": 90}


def days(**sums: float) -> dict[date, dict[str, float]]:
    return {date(2024, 3, day): {"exits": sums["exits"] if day == 10 else 0} for day in range(8, 15)}


def test_brier_scores_are_those_of_the_book() -> None:
    one = expectations._scored(said(), days(exits=6), {"p": 0.2}, [])
    assert (one.came, one.happened, round(one.score or 0, 9), round(one.model or 0, 9)) == (6, True, 0.09, 0.64)


def test_a_forecast_is_open_until_its_last_day_was_played() -> None:
    one = expectations._scored(said(by=date(2024, 3, 20)), days(exits=6), None, [])
    assert (one.came, one.score) == (None, None)


def test_what_was_said_late_or_over_an_override_counts_in_no_mean() -> None:
    assert "shown" in expectations._scored(said(late=True), days(exits=6), None, []).left_out
    forced = expectations._scored(said(), days(exits=6), None, [date(2024, 3, 9)])
    assert "by hand" in forced.left_out
    assert not expectations._scored(said(), days(exits=6), None, [date(2024, 3, 20)]).left_out


def test_a_session_s_forecasts_are_scored_beside_the_model(played: Session) -> None:
    ranged, chance = scored(played.board)
    assert ranged.came == sum(day["exits"] for day in played.board.turns[0].days)
    assert ranged.model is not None
    assert chance.said.p == 0.1
    table = expectations.by_role(played.board)
    assert table[["role", "kind", "forecasts"]].values.tolist() == [["kenya", "probability", 1], ["kenya", "range", 1]]
    assert expectations.calibration(played.board)["said"].tolist() == [0.1]


def test_a_forecast_after_futures_were_shown_is_late(played: Session) -> None:
    assert not played.expect("kenya", "exits>=1", "50%").late
    shown = {"what": "outlook", "options": [], "until": "2024-04-01", "overrides": 0, "said": "", "rows": []}
    played.note_shown("kenya", shown)
    assert played.expect("kenya", "exits>=2", "50%").late


def test_who_has_seen_nothing_is_not_late_and_a_try_of_the_facilitator_is_nobody_else_s(played: Session) -> None:
    shown = {"what": "try", "options": [], "until": "2024-04-01", "overrides": 0, "said": "", "rows": []}
    played.note_shown("kenya", shown)
    played.note_shown("facilitator", shown)
    assert expectations.is_due(played.board, "haiti")
    assert not expectations.is_due(played.board, "kenya")
    assert not played.expect("haiti", "deaths>=1", "50%").late
    assert "haiti" not in expectations.silent_roles(played.board)
    played.note_shown("facilitator", {**shown, "what": "outlook"})
    assert played.expect("haiti", "deaths>=2", "50%").late


def test_what_a_turn_that_was_taken_back_showed_makes_forecasts_of_the_same_days_late(played: Session) -> None:
    (turn,) = played.board.turns
    before = played.board.forecasts
    end_turn(played, 3)
    played.undo(played.board.opened_at)
    played.undo(turn.entry)
    said = played.expect("haiti", "deaths>=1", "50%")
    assert (said.late, said.after) == (True, "turn")
    end_turn(played)
    assert played.board.forecasts[: len(before)] == before, "what was said before it was played stands as it was"
    assert "played and taken back" in scored(played.board)[-1].left_out
    assert played.expect("kenya", "exits", "0..5").late, "three days of this turn were played as well"
    end_turn(played)
    assert not played.expect("kenya", "exits", "0..5").late


def test_the_same_question_counts_once_however_often_it_is_answered(session: Session) -> None:
    for about, value in (("deaths>=5", "100%"), ("deaths<=4", "100%"), ("deaths>=5", "0%"), ("deaths>=6", "50%")):
        session.expect("haiti", about, value)
    session.expect("kenya", "exits", "0..5")
    session.expect("kenya", "exits", "5..9", level="50%")
    end_turn(session)
    left = {one.said.id: one.left_out for one in scored(session.board)}
    first, other, last, half, low, high = left
    assert left == {
        first: f"the same was answered again, {last}", other: f"the same was answered again, {last}", last: "",
        half: "", low: f"the same was answered again, {high}", high: "",
    }  # fmt: skip
    table = expectations.by_role(session.board).set_index("role")
    assert table["forecasts"].to_dict() == {"haiti": 2, "kenya": 1}
    assert table.loc["haiti", "sided"] == 1, "50 % is on no side"


def test_a_late_answer_does_not_take_the_place_of_one_that_was_in_time(played: Session) -> None:
    said = played.expect("kenya", "exits", "0..5")
    shown = {"what": "outlook", "options": [], "until": "2024-04-01", "overrides": 0, "said": "", "rows": []}
    played.note_shown("kenya", shown)
    late = played.expect("kenya", "exits", "0..90")
    played.override([("gangs.control", "set", 1.0)], why="the umpire rules")
    end_turn(played)
    left = {one.said.id: one.left_out for one in scored(played.board)}
    assert left[said.id] == "the facilitator changed the world by hand in its days"
    assert left[late.id] == f"said after futures were shown; {left[said.id]}"


def test_a_certain_model_that_is_right_scores_nought() -> None:
    one = expectations._scored(said(p=1.0), days(exits=6), {"p": 1 - 4.4e-16}, [])
    assert (one.score, one.model) == (0, 0)


def test_nobody_forecasts_what_it_never_learns(played: Session) -> None:
    assert "does not learn it" in refusal(played.expect, "haiti", "exits", "0..5")
    assert "does not learn it" in refusal(played.expect, "kenya", "assurance", "0..5")
