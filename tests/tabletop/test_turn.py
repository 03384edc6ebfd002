"""A turn is played: the log says what came of it, and lived again it comes out the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sim.tabletop.first_line import worlds_of
from sim.tabletop.futures import NOTHING
from sim.tabletop.history import events_of, list_of
from sim.tabletop.injects import Inject, MasterList, plain_row
from sim.tabletop.injects_due import delivered, due_now, inject_of, inject_rows
from sim.tabletop.measures import MEASURES
from sim.tabletop.outlook import PLAYED, TableOutlook
from sim.tabletop.played_story import had_stayed, played_story
from sim.tabletop.replayed import differences
from sim.tabletop.session import Session
from sim.tabletop.standing import standing_of
from sim.tabletop.turn import as_it_stands, preview
from sim.tabletop.turn_end import end_turn
from sim.tabletop.worlds import played_world
from tests.faults import refusal


def test_a_turn_s_line_has_every_day_and_every_measure(played: Session) -> None:
    (turn,) = played.board.turns
    assert [row["day"] for row in turn.days] == [f"2024-03-{day:02d}" for day in range(8, 15)]
    assert all(row.keys() == {"day", *MEASURES} for row in turn.days)
    assert played.board.today == date(2024, 3, 15)


def test_a_session_lived_again_comes_out_as_its_log_has_it(played: Session) -> None:
    end_turn(played)
    assert differences(played.board) == []


def test_a_turn_in_two_halves_is_the_same_world(session: Session) -> None:
    whole = Session.read(session.folder)
    end_turn(session, 3)
    end_turn(session, 4)
    halves = [row for turn in session.board.turns for row in turn.days]
    worlds = worlds_of(whole.board)
    head = whole.board.head["played"]
    once = played_world(worlds, head["theory"], head["world"], (), date(2024, 3, 15)).since(date(2024, 3, 8))
    assert [row["exits"] for row in halves] == once["exits"].tolist()


def test_what_an_order_did_is_the_same_world_without_it(played: Session) -> None:
    (turn,) = played.board.turns
    order = next(o for o in played.board.orders if o.why == "nobody goes uninsured")
    told = {row["measure"]: row for row in turn.summary["because"] if row["id"] == order.id}
    before = [event for event in events_of(played.board) if event.event.id != order.id]
    head = played.board.head["played"]
    other = played_world(worlds_of(played.board), head["theory"], head["world"], before, played.board.today)
    assert told["assurance"]["without"] == pytest.approx(float(other.days["assurance"].iloc[-1]), rel=1e-5)
    assert told["assurance"]["with"] > told["assurance"]["without"]


def test_options_that_were_not_taken_are_told_against_what_was_played(played: Session) -> None:
    rows = played.board.turns[0].summary["options"]
    assert {(row["option"], row["against"]) for row in rows} == {(PLAYED, NOTHING), ("pay", PLAYED)}
    assert {row["theory"] for row in rows} == {"all", "breach", "prospects"}


def test_the_model_says_its_own_of_each_forecast_before_the_turn(played: Session) -> None:
    model = played.board.turns[0].summary["model"]
    assert set(model) == {said.id for said in played.board.forecasts}


def test_turns_have_a_length(played: Session) -> None:
    assert "from 1 to 60" in refusal(end_turn, played, 0)
    assert "end on" in refusal(end_turn, played, 60)


def test_roles_know_what_is_theirs_to_know(played: Session) -> None:
    public = set(standing_of(played.board, "haiti").measures["measure"])
    kenya = set(standing_of(played.board, "kenya").measures["measure"])
    everything = set(standing_of(played.board, "facilitator").measures["measure"])
    assert "exits" not in public
    assert "exits" in kenya
    assert "perceived_hazard" not in kenya
    assert everything == set(MEASURES)


def test_totals_of_turns_of_unlike_length_are_not_compared(played: Session) -> None:
    end_turn(played, 3)
    standing = standing_of(played.board, "facilitator")
    table = standing.measures.set_index("measure")["change"]
    assert standing.days == (3, 7)
    assert table.isna()["deaths"]
    assert not table.isna()["deployed"]
    end_turn(played, 3)
    assert not standing_of(played.board, "facilitator").measures.set_index("measure")["change"].isna()["deaths"]


def test_an_override_is_the_played_world_s_alone(played: Session) -> None:
    ahead = TableOutlook.of(played)
    until = played.board.today + timedelta(days=3)
    before = ahead.futures((), until).table(["control"])
    played.override([("gangs.control", "set", 1.0)], why="the umpire rules the port lost")
    line = "control 1 from 2024-03-15 (the umpire rules the port lost)"
    told = {role: " ".join(standing_of(played.board, role).standing) for role in ("facilitator", "kenya", "all")}
    assert {role: line in said for role, said in told.items()} == {"facilitator": True, "kenya": False, "all": False}
    ahead = TableOutlook.of(played)
    after = ahead.futures((), until)
    assert after.table(["control"]).equals(before)
    assert any("override" in note for note in after.notes)
    end_turn(played)
    assert played.board.turns[-1].days[0]["control"] == pytest.approx(1, abs=0.05)
    (row,) = [one for one in played.board.turns[-1].summary["happened"] if one["from"] == "override"]
    assert row["what"] == "control 1 (the umpire rules the port lost)"
    assert any("2 planned turns" in line for line in standing_of(played.board, "all").standing)
    assert not (standing_of(played.board, "kenya").happened["from"] == "override").any()


def test_an_inject_reaches_every_world_and_words_alone_reach_none(played: Session) -> None:
    loud = Inject("loud", "all", "They strike at the port.", at=7, writes=(("media.documented_salience", "add", 40.0),))
    played.add_inject({"id": "loud", **plain_row(loud)})
    until = played.board.today + timedelta(days=3)
    before = TableOutlook.of(played).futures((), until).table(["media"])
    moved = preview(played.board, worlds_of(played.board), inject_of(played.board, "loud"))
    assert len(moved)
    assert list(moved.columns) == ["measure", "unit", "difference"], "what the turn comes to could be forecast"
    played.touch_inject(inject_of(played.board, "loud"), "fire")
    after = TableOutlook.of(played).futures((), until).table(["media"])
    assert (after["media"] > before["media"]).mean() > 0.9
    assert "fired already" in refusal(played.touch_inject, inject_of(played.board, "loud"), "fire")


def test_what_happened_tells_an_inject_to_those_alone_to_whom_it_went(session: Session) -> None:
    session.touch_inject(inject_of(session.board, "phone_in"), "fire")
    end_turn(session)
    told = {name: standing_of(session.board, name) for name in ("kenya", "haiti", "facilitator", "observer")}
    heard = {name: bool((one.happened["from"] == "inject").any()) for name, one in told.items()}
    assert heard == {"kenya": True, "haiti": False, "facilitator": True, "observer": False}
    assert list(told["observer"].measures["measure"]) == list(told["haiti"].measures["measure"]), "what is public"


def test_injects_are_due_postponed_and_skipped(session: Session) -> None:
    board = session.board
    first = due_now(board)[0]
    session.touch_inject(first, "postpone", day=date(2024, 3, 20))
    assert first.id not in [one.id for one in due_now(session.board)]
    second = due_now(session.board)[0]
    session.touch_inject(second, "skip", why="no time")
    table = inject_rows(session.board).set_index("id")
    assert table.loc[first.id, "state"] == "postponed"
    assert table.loc[second.id, "state"] == "skipped"
    assert "the day to which" in refusal(session.touch_inject, first, "postpone")
    assert "near it" in refusal(inject_of, session.board, first.id[:-1])


def test_an_inject_that_is_fired_happens_on_its_own_day_of_the_open_turn(session: Session) -> None:
    for name, at in (("soon", "D+5"), ("later", "D+20"), ("first", "D"), ("named", "D+6")):
        session.add_inject({"id": name, "to": "all", "text": f"{name}.", "at": at, "add": {"kenya": {"slips": 1}}})
    due = [line for line in standing_of(session.board, "facilitator").standing if line.startswith("due")]
    assert "due 2024-03-13, soon to all: soon." in due
    assert due == sorted(due, key=lambda line: line.split(",")[0]), "by day"
    named = inject_of(session.board, "named")
    assert "a day of the open turn, 2024-03-08 to 2024-03-14" in refusal(
        session.touch_inject, named, "fire", day=date(2024, 3, 15)
    )
    assert session.touch_inject(named, "fire", day=date(2024, 3, 10)) == "fired for 2024-03-10"
    for name in ("soon", "later", "first"):
        session.touch_inject(inject_of(session.board, name), "fire")
    end_turn(session)
    days = {one["what"]: one["day"] for one in session.board.turns[0].summary["happened"] if one["from"] == "inject"}
    assert days == {"named.": "2024-03-10", "soon.": "2024-03-13", "later.": "2024-03-08", "first.": "2024-03-08"}


def test_a_conditional_inject_happens_on_the_day_its_condition_holds(session: Session) -> None:
    plain = {"id": "thin", "to": "kenya", "text": "The pool is thin.", "when": {"measure": "available", "below": 399},
             "add": {"media": {"kenya_salience": 2}}}  # fmt: skip
    session.add_inject(plain)
    assert [one.id for one in list_of(session.board).injects][-1] == "thin"
    end_turn(session)
    (row,) = [one for one in session.board.turns[0].summary["happened"] if one["id"] == "thin"]
    assert row["day"] == "2024-03-08"
    assert delivered(session.board)["thin"] == date(2024, 3, 8)
    assert inject_rows(session.board).set_index("id").loc["thin", "state"] == "held"


def test_who_an_inject_that_came_true_goes_to_is_told_and_nobody_can_have_it_twice(session: Session) -> None:
    thin = {"id": "thin", "to": "kenya", "text": "The pool is thin.", "when": {"measure": "available", "below": 399}}
    session.add_inject(thin)
    end_turn(session)
    line = "told to kenya, since it came true on 2024-03-08: The pool is thin."
    told = {role: standing_of(session.board, role).standing for role in ("kenya", "facilitator", "haiti", "all")}
    assert {role: line in lines for role, lines in told.items()} == {
        "kenya": True, "facilitator": True, "haiti": False, "all": False,
    }  # fmt: skip
    inject = inject_of(session.board, "thin")
    for act in ("fire", "skip", "postpone"):
        assert "came true on 2024-03-08" in refusal(session.touch_inject, inject, act, day=date(2024, 3, 20))
    end_turn(session)
    assert line not in standing_of(session.board, "kenya").standing, "it was told a turn ago"


def test_a_conditional_inject_that_is_skipped_never_happens(session: Session) -> None:
    session.add_inject({"id": "thin", "to": "kenya", "text": "Thin.", "when": {"measure": "available", "below": 399}})
    session.touch_inject(inject_of(session.board, "thin"), "skip")
    end_turn(session)
    assert not [one for one in session.board.turns[0].summary["happened"] if one["id"] == "thin"]


def test_the_story_of_the_force_is_of_the_played_world(played: Session) -> None:
    world = as_it_stands(played.board, worlds_of(played.board))
    story, relived = played_story(played.board)
    assert int((relived.left[:, 0] > 0).sum()) == int(world.days["out"].iloc[-1])
    assert story.days["day"].iloc[-1] == date(2024, 3, 14)
    assert "from 0 to 399" in refusal(played_story, played.board, 400)


def test_officers_who_stayed_are_not_among_those_who_left(played: Session) -> None:
    _, relived = played_story(played.board)
    leavers = [int(who) for who in (relived.left[:, 0] > 0).nonzero()[0]]
    table = had_stayed(played.board, leavers)
    assert table["left then"].isna().all()
    nobody = had_stayed(played.board, [])
    assert (nobody["left"] == nobody["left then"]).all()
    assert len(nobody) == len(leavers)


def test_a_list_of_injects_lives_in_the_log(session: Session) -> None:
    kept = list_of(session.board)
    assert isinstance(kept, MasterList)
    assert len(kept.injects) == 4
