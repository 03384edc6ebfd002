"""What is drawn beside an option and the branch not taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sim.tabletop.decision_picture import ExpectedRange, expected_ranges
from sim.tabletop.futures import Futures
from sim.tabletop.session import Session


def test_a_forecast_stands_on_an_axis_of_its_own_measure_and_days_alone(futures: Futures, session: Session) -> None:
    week = replace(futures, today=date(2024, 3, 8), until=date(2024, 3, 14))
    month = replace(week, until=date(2024, 4, 8))
    session.expect("kenya", "exits", "1..3")
    session.expect("kenya", "exits", "4..9", by=date(2024, 4, 8))
    session.expect("kenya", "available", "300..400")
    shown = {"what": "outlook", "options": [], "until": "2024-04-01", "overrides": 0, "said": "", "rows": []}
    session.note_shown("facilitator", shown)
    session.expect("kenya", "exits", "2..2")
    board = session.board
    assert expected_ranges(week, board, "exits") == (ExpectedRange("kenya", 1, 3), ExpectedRange("kenya (late)", 2, 2))
    assert expected_ranges(month, board, "exits") == (ExpectedRange("kenya", 4, 9),)
    assert expected_ranges(replace(week, today=date(2024, 3, 10)), board, "exits") == ()
    assert len(expected_ranges(replace(week, today=date(2024, 3, 10)), board, "available")) == 1, "a level is of a day"
