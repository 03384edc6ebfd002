"""Acts at the table: what may be done, what is refused, and how it is taken back."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from sim.errors import StoreDamaged, UserMistake
from sim.tabletop import outlook
from sim.tabletop import session as sessions
from sim.tabletop.board import replay
from sim.tabletop.futures import NOTHING
from sim.tabletop.happenings import line_in_words
from sim.tabletop.session import Session, writing
from sim.tabletop.standing import standing_of
from sim.tabletop.turn_end import end_turn
from sim.tabletop.turn_opening import open_turn
from tests.faults import refusal

Again = Callable[[Session], Session]


def test_an_order_stands_when_the_session_is_read_again(session: Session, again: Again) -> None:
    session.order("kenya", ["levers.insurance=1"], why="nobody goes uninsured", day=date(2024, 3, 10))
    (order,) = again(session).board.orders
    assert (order.role, order.day, order.why) == ("kenya", date(2024, 3, 10), "nobody goes uninsured")
    assert order.event.writes == (("levers.insurance", "set", 1.0),)


@pytest.mark.parametrize(
    ("role", "words", "said"),
    [
        ("kenia", ["insurance=1"], "kenya"),
        ("haiti", ["pay_escrow=1"], "not haiti's to order"),
        ("kenya", ["insurance=2"], "from 0 to 1"),
        ("kenya", ["insurance=nan"], "from 0 to 1"),
        ("kenya", ["insurence=1"], "insurance"),
        ("kenya", ["insurance"], "level=value"),
        ("kenya", [], "what is ordered"),
        ("kenya", ["insurance=1", "levers.insurance=0"], "twice"),
        ("umpire", ["documented_attacks=11"], "from 0 to 10"),
    ],
)
def test_what_may_not_be_ordered_is_refused_in_a_line(
    session: Session, again: Again, role: str, words: list[str], said: str
) -> None:
    lines = len(session.board.lines)
    assert said in refusal(session.order, role, words)
    assert len(again(session).board.lines) == lines


def test_an_order_for_a_day_that_was_played_is_refused(played: Session) -> None:
    assert "has been played" in refusal(played.order, "kenya", ["reserve=50"], day=date(2024, 3, 9))
    assert "where futures end" in refusal(played.order, "kenya", ["reserve=50"], day=date(2025, 3, 9))


def test_orders_that_contradict_each_other_are_refused_and_the_other_is_named(session: Session) -> None:
    first = session.order("kenya", ["levers.pay_escrow=1"])
    line = refusal(session.order, "united_states", ["levers.pay_escrow=0"])
    assert f"{first.id} of kenya" in line
    assert f"undo line={first.entry}" in line
    assert "says the same" in refusal(session.order, "united_states", ["levers.pay_escrow=1"])
    session.order("united_states", ["levers.pay_escrow=0"], day=date(2024, 3, 20))


def test_an_order_in_an_option_changes_nothing_before_it_is_chosen(session: Session) -> None:
    session.branch("pay", "kenya")
    session.order("kenya", ["pay_escrow=1"], option="pay")
    assert session.board.orders == ()
    session.adopt("pay", "kenya", why="money first")
    (order,) = session.board.orders
    assert order.option == "pay"
    assert "chosen already" in refusal(session.order, "kenya", ["insurance=1"], option="pay")


def test_an_option_without_a_day_holds_from_the_day_on_which_it_is_chosen(played: Session) -> None:
    (option,) = played.board.options.values()
    assert option.orders[0].day == played.board.today
    played.adopt("pay", "kenya")
    morning = played.board.today
    end_turn(played)
    assert next(o for o in played.board.orders if o.option == "pay").day == morning < played.board.today


def test_an_option_that_is_chosen_with_another_holds_from_that_morning_and_is_not_ordered_anew(
    session: Session,
) -> None:
    session.branch("depart", "kenya", ["kenya.departure=1"])
    session.branch("briefed", "kenya", ["leaders_briefed=1"], on="depart")
    session.adopt("briefed", "kenya")
    morning = session.board.today
    end_turn(session, 2)
    assert {order.day for order in session.board.orders} == {morning}
    assert "was chosen already, with briefed" in refusal(session.order, "kenya", ["reserve=50"], option="depart")
    assert "was chosen already, with briefed" in refusal(session.adopt, "depart", "kenya")
    end_turn(session, 2)
    departed = [one for turn in session.board.turns for one in turn.summary["happened"] if one["what"] == "departure 1"]
    assert [one["day"] for one in departed] == [morning.isoformat()]
    assert not [line for line in standing_of(session.board, "facilitator").standing if line.startswith("option")]


def test_an_option_goes_on_from_another(session: Session) -> None:
    session.branch("pay", "kenya")
    session.order("kenya", ["pay_escrow=1"], option="pay")
    session.branch("pay_and_cover", "kenya", on="pay")
    session.order("kenya", ["insurance=1"], option="pay_and_cover")
    assert [o.text for o in session.board.orders_of("pay_and_cover")] == ["pay escrow 1", "insurance 1"]
    assert "rests on it" in refusal(session.undo, session.board.options["pay"].entry)
    assert "contradicts" in refusal(session.order, "kenya", ["pay_escrow=0"], option="pay_and_cover")


def test_another_role_cannot_choose_a_role_s_option_and_the_facilitator_can(session: Session) -> None:
    session.branch("pay", "kenya")
    session.order("kenya", ["pay_escrow=1"], option="pay")
    assert "it or the facilitator" in refusal(session.adopt, "pay", "haiti")
    session.adopt("pay", "facilitator")


@pytest.mark.parametrize("name", ["", "two words", *sessions.RESERVED, "a" * 41, "ü"])
def test_a_branch_has_a_plain_name(session: Session, name: str) -> None:
    refusal(session.branch, name, "kenya")


def test_what_the_table_names_itself_is_reserved() -> None:
    assert {outlook.PLAYED, outlook.TRIED, NOTHING} == set(sessions.RESERVED)


def test_what_was_taken_back_never_happened_but_is_known(session: Session, again: Again) -> None:
    order = session.order("kenya", ["insurance=1"])
    session.undo(why="wrong day")
    board = again(session).board
    assert board.orders == ()
    assert order.entry in board.undone
    assert "nothing has been done" in refusal(session.undo)


def test_an_undo_stops_at_what_the_opening_ordered_by_itself(played: Session, session: Session) -> None:
    open_turn(session)
    lines = len(session.board.lines)
    refused = refusal(session.undo)
    assert "nothing has been done" in refused
    assert "taken back by its number: line=1, line=2" in refused
    assert len(session.board.lines) == lines
    session.order("kenya", ["insurance=1"])
    assert line_in_words(session.undo()) == "order o3: insurance 1"
    refusal(session.undo)
    session.undo(2)
    assert played.undo().kind == "advance", "what the next turn's opening ordered goes with the turn"


def test_undoing_a_turn_takes_what_came_after_with_it_but_notes_stay(played: Session) -> None:
    order = played.order("kenya", ["reserve=50"])
    note = played.note("facilitator", "lively")
    (turn,) = played.board.turns
    played.undo(turn.entry)
    assert played.board.turn == 1
    assert order.entry in played.board.undone
    assert note.number not in played.board.undone


def test_an_order_of_a_turn_that_was_played_needs_the_turn_undone_first(played: Session) -> None:
    order = next(o for o in played.board.orders if o.why)
    assert f"undo line={played.board.opened_at}" in refusal(played.undo, order.entry)
    assert "no line" in refusal(played.undo, 9_999)


def test_the_same_turn_played_again_comes_out_the_same(played: Session) -> None:
    (turn,) = played.board.turns
    played.undo(turn.entry)
    end_turn(played)
    (second,) = played.board.turns
    assert {**second.summary, "turn": 1} == dict(turn.summary)


def test_scripted_orders_are_given_once_and_are_labelled(session: Session) -> None:
    said = open_turn(session)
    assert any("scripted" in line for line in said)
    assert open_turn(session) == []
    assert {o.role: o.stand_in for o in session.board.orders} == {"kenya": False, "united_nations": True}


def test_a_session_that_has_ended_is_noted_and_nothing_else(played: Session) -> None:
    played.close()
    played.note("kenya", "we were late", tag="improvement", owner="kenya")
    for act in (lambda: played.order("kenya", ["reserve=50"]), played.undo, lambda: end_turn(played)):
        assert "has ended" in refusal(act)


def test_a_session_of_another_version_is_read_and_cannot_go_on(
    played: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MODEL_VERSION", 999)
    assert Session.read(played.folder).board.turn == 2
    with pytest.raises(StoreDamaged, match="cannot go on"):
        played.order("kenya", ["reserve=50"])


def test_a_log_of_a_later_format_is_refused(head: dict[str, object], session: Session) -> None:
    lines = session.log.entries
    later = [type(lines[0])(0, "session", "facilitator", lines[0].at, {**head, "format": 99})]
    with pytest.raises(StoreDamaged, match="later version"):
        replay(later)


def test_a_folder_takes_one_session(head: dict[str, object], session: Session, tmp_path: Path) -> None:
    assert "already" in refusal(sessions.begin, session.folder, lambda: head)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.doc").touch()
    assert "other files" in refusal(sessions.begin, tmp_path / "other", lambda: head)

    def mistaken() -> dict[str, object]:
        raise UserMistake("table", "x", "y")

    refusal(sessions.begin, tmp_path / "never", mistaken)
    assert not (tmp_path / "never").exists()


def test_nothing_is_locked_that_is_no_session(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="table new"), writing(tmp_path, "an order"):
        raise AssertionError("there is none")
    assert list(tmp_path.iterdir()) == []


def test_what_was_typed_for_another_morning_is_refused(played: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def slow(folder: Path, what: str) -> Iterator[None]:
        end_turn(Session.read(folder))  # somebody else's turn, for which this one waited
        yield

    lines = len(played.board.lines)
    monkeypatch.setattr(sessions, "held", slow)
    with (
        pytest.raises(UserMistake, match="stands at turn 3, the morning of 2024-03-22"),
        writing(played.folder, "play"),
    ):
        raise AssertionError("a turn that nobody asked for")
    assert len(Session.read(played.folder).board.lines) == lines + 1


def test_notes_belong_to_objectives_of_the_list(session: Session) -> None:
    objective = next(iter(session.objectives))
    session.note("facilitator", "heard", tag="strength", objective=objective)
    assert objective in refusal(session.note, "facilitator", "heard", objective="pai")
    assert "strength" in refusal(session.note, "facilitator", "heard", tag="good")
    refusal(session.note, "facilitator", "  ")
    session.note("facilitator", "heard", tag="improvement", due="2024-06-30")
    for due in ("30/06/2024", "30 juin 2024", "soon"):
        assert "due=" in refusal(session.note, "facilitator", "heard", due=due)
    assert "2024-03-08" in refusal(session.note, "facilitator", "heard", due="1999-06-30")


def test_what_a_shell_is_told_beside_a_mistake_is_no_part_of_the_mistake(session: Session) -> None:
    first = session.order("kenya", ["pay_escrow=1"])
    with pytest.raises(UserMistake) as caught:
        session.order("united_states", ["levers.pay_escrow=0"])
    assert str(caught.value).endswith(f"take that back first (undo line={first.entry})")
    assert "undo" not in caught.value.right
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)


def test_an_override_needs_a_reason(session: Session) -> None:
    assert "needs a reason" in refusal(session.override, [("gangs.control", "set", 0.9)], why=" ")


def test_an_option_is_refused_as_a_whole_before_it_has_a_line(session: Session, again: Again) -> None:
    lines = len(session.board.lines)
    assert "from 0 to 1" in refusal(session.branch, "pay", "kenya", ["pay_escrow=2"])
    assert "has been played" in refusal(session.branch, "pay", "kenya", ["pay_escrow=1"], day=date(2024, 3, 1))
    assert "runs the table" in refusal(session.branch, "pay", "facilitator", ["pay_escrow=1"])
    session.order("kenya", ["pay_escrow=1"])
    assert "says the same" in refusal(session.branch, "pay", "kenya", ["pay_escrow=1"])
    assert len(again(session).board.lines) == lines + 1
    order = session.branch("insured", "kenya", ["insurance=1"], why="nobody goes uninsured")
    assert order is not None
    assert (order.option, order.why) == ("insured", "nobody goes uninsured")
