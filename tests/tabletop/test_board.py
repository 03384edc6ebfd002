"""What stands on the table: when a session is over, and who is told what before and after."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.page.pictures import _PAPERS
from sim.page.views import page
from sim.tabletop.expectations import told_forecasts
from sim.tabletop.log_table import log_rows
from sim.tabletop.papers import brief, report
from sim.tabletop.papers.after_action import after_action
from sim.tabletop.papers.session_pair import SessionPair
from sim.tabletop.papers.session_pair import page as pair_page
from sim.tabletop.session import Session
from sim.tabletop.standing import standing_of
from sim.tabletop.turn_end import end_turn, play_turn
from tests.faults import refusal
from tests.page.views.looks import ask, seat_of
from tests.tabletop.papers.story import Story

SECRETS = ("Played was world", "followed the theory", "480213", "480,213", "7654321", "7,654,321")
"""The theory, the world and the seed of a made up session, as any paper would say them."""


@pytest.fixture
def past(tmp_path: Path) -> Story:
    """A session of two planned turns of which three were played; it was not closed."""
    table = Story(tmp_path / "plan").board.table.plain() | {"turns": 2}
    story = Story(tmp_path / "table", table=table)
    story.forecast("kenya", "exits", sense=">=", threshold=5.0, p=0.5)
    for _ in range(3):
        story.advance()
    return story


def test_nothing_that_is_secret_is_told_anywhere_as_long_as_a_turn_can_be_played(past: Story) -> None:
    board, session = past.board, Session.read(past.log.path.parent)
    assert (board.all_planned, board.is_over) == (True, False)
    facilitator, kenya = seat_of(session, "facilitator"), seat_of(session, "kenya")
    told = [
        *report.files(board).values(), *brief.files(board).values(), pair_page(SessionPair(board, board, ("a", "b"))),
        log_rows(board).to_csv(), *(json.dumps(standing_of(board, role).plain()) for role in ("facilitator", "kenya")),
        *(page(ask(session, name)) for name in ("facilitator", "kenya", "observer", "projector")),
        *(write(facilitator, board)[1] for write in _PAPERS.values()),  # type: ignore[index]
    ]  # fmt: skip
    assert [
        (one, text[max(0, text.index(one) - 200) : text.index(one) + 60])
        for text in told
        for one in SECRETS
        if one in text
    ] == []
    assert _PAPERS["report"](kenya, board) is None
    assert told_forecasts(board, "all") == ()


def test_a_session_that_was_closed_is_over_and_tells_everything(past: Story) -> None:
    past.add("close", "facilitator", {"why": ""})
    board, session = past.board, Session.read(past.log.path.parent)
    assert board.is_over
    assert "world 480213 of squad threshold" in after_action(board)
    assert _PAPERS["report"](seat_of(session, "kenya"), board) is not None
    assert "squad threshold" in page(ask(session, "projector"))
    assert "7654321" in log_rows(board).to_csv()
    assert told_forecasts(board, "all") == ("f1",)


def test_a_session_whose_worlds_have_no_day_left_is_over(played: Session) -> None:
    while not played.board.is_over:
        left = (played.board.table.last_day - played.board.today).days + 1
        assert "has ended" not in page(ask(played, "kenya"))
        play_turn(played, min(left, 60))
    assert (played.board.table.last_day - played.board.turns[-1].last).days == 0
    for act in (lambda: end_turn(played), lambda: played.undo(), lambda: played.order("kenya", ["reserve=5"])):
        assert "has ended" in refusal(act)
    assert "The session has ended." in page(ask(played, "kenya"))
    assert "Played was world" in after_action(played.board)
    played.note("kenya", "a note can still be added")


@pytest.mark.parametrize(
    ("planned", "count", "said"),
    [
        (2, 1, "The session is open. 1 turn of 2 played"),
        (2, 2, "All 2 turns that were planned have been played. The session is open"),
        (2, 4, "All 2 turns that were planned have been played, and 2 more."),
        (1, 1, "The 1 turn that was planned has been played."),
    ],
)
def test_a_report_says_how_many_turns_were_planned_and_how_many_played(
    tmp_path: Path, planned: int, count: int, said: str
) -> None:
    table = Story(tmp_path / "plan").board.table.plain() | {"turns": planned}
    story = Story(tmp_path / "table", table=table)
    for _ in range(count):
        story.advance()
    assert said in after_action(story.board)
    story.add("close", "facilitator", {"why": ""})
    assert f"{count} turn{'s were' if count > 1 else ' was'} played, {planned} planned" in after_action(story.board)
