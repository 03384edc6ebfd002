"""Orders that change nothing are told so, and are no decision that did something."""

from __future__ import annotations

from pathlib import Path

from sim.language import spoken_in
from sim.tabletop.idle_orders import changes_nothing
from sim.tabletop.papers.after_action import after_action
from sim.tabletop.session import Session
from tests.tabletop.papers.story import Story


def test_an_order_of_what_stands_changes_nothing_and_any_other_does(session: Session) -> None:
    first = session.order("kenya", ["kenya.departure=0"])
    later = session.order("kenya", ["insurance=1"])
    assert changes_nothing(session.board, first)
    assert not changes_nothing(session.board, later), "how levers stand before the first turn is not known"
    session.override([("kenya.departure", "set", 1.0)], why="the umpire rules")
    assert not changes_nothing(
        session.board, session.order("kenya", ["kenya.departure=0"], day=session.board.table.last_day)
    )


def test_nothing_moves_a_departure_that_has_happened(played: Session) -> None:
    pay = played.order("kenya", ["insurance=1"])
    assert changes_nothing(played.board, pay), "it was ordered in the turn before"
    assert not changes_nothing(played.board, played.order("kenya", ["pay_escrow=1"]))
    depart = played.order("kenya", ["kenya.departure=1"])
    assert not changes_nothing(played.board, depart)


def test_the_report_does_not_tell_it_as_something_that_was_done(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.order("kenya", "kenya.departure", 0, "departure 0", "to be sure")
    story.order("kenya", "levers.insurance", 1, "insurance 1")
    story.advance()
    text = after_action(story.board)
    assert "Government of Kenya ordered: insurance 1 from" in text
    assert text.count("it changed nothing: that stood already") == 1
    story.add("inject", "facilitator", {"id": "call", "act": "added", "inject": {
        "id": "call", "at": "2024-03-29", "to": "all", "text": "Exercise. A call."}})  # fmt: skip
    with spoken_in("fr"):
        french = after_action(story.board)
    assert "| added" not in french
    assert "2024-03-29" not in french
    assert "29 mars 2024" in french
