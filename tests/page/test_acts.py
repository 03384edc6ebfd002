"""What a form does at the table: done whole and once, or refused whole, with each mistake beside its field."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from html import unescape

import httpx
import pytest

from sim.page import acts
from sim.page.ask import FormAnswer
from sim.page.forms import Form
from sim.page.seats import Seat, seats_of
from sim.tabletop.session import Session
from tests.faults import failing_disk
from tests.page.conftest import Served

KENYA, US = "player-kenya", "player-united_states"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;"


def answered(session: Session, name: str, form: str, fields: dict[str, str | list[str]]) -> FormAnswer:
    """What came of a form, as the writer sees it."""
    seat = next(one for one in seats_of(session.board) if one.name == name)
    return acts.do(session, Form(form, fields, seat, acts.ACTS[form].keys))


def said(answer: httpx.Response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)))


# Done, and once


def test_an_order_is_acknowledged_when_it_is_in_the_log(table: Served) -> None:
    answer = table.sit(KENYA).do("order", level__levers__insurance="1", why="nobody goes uninsured", turn=1)
    assert answer.status_code == 200
    order = table.session.board.orders[-1]
    assert (order.role, order.writes, order.why) == (
        "kenya", (("levers.insurance", "set", 1.0),), "nobody goes uninsured",
    )  # fmt: skip
    assert order.id in said(answer)


EVERY: list[tuple[str, str, dict[str, str | list[str]]]] = [
    (KENYA, "order", {"level.levers.insurance": "1", "level.levers.reserve": "50", "why": "both"}),
    (KENYA, "order", {"level.levers.insurance": "1", "day": "2024-03-12"}),
    (KENYA, "option", {"name": "pay", "text": "money first"}),
    (KENYA, "option", {"name": "pay", "level.levers.pay_escrow": "1", "why": "money"}),
    (KENYA, "forecast", {"measure": "exits", "kind": "range", "low": "1", "high": "9", "level": "90"}),
    (KENYA, "forecast", {"measure": "reports", "kind": "chance", "sense": ">=", "threshold": "2", "chance": "70"}),
    (KENYA, "note", {"text": "late", "tag": "improvement", "owner": "kenya", "due": "2024-06-30"}),
    ("facilitator", "order", {"role": "haiti", "level.haiti.prime_minister": "1"}),
    ("facilitator", "inject", {"id": "welcome", "act": "fire"}),
    ("facilitator", "inject", {"id": "phone_in", "act": "skip", "why": "no time"}),
    ("facilitator", "inject", {"id": "phone_in", "act": "postpone", "day": "2024-03-16"}),
    ("facilitator", "inject_add", {"id": "flash", "text": "They strike.", "to": "kenya", "level.gangs.coalition": "1"}),
    ("facilitator", "override", {"level.gangs.control": "0.9", "why": "the port is lost"}),
    ("facilitator", "note", {"text": "lively"}),
    ("facilitator", "close", {"why": "time is up"}),
]


@pytest.mark.parametrize(("seat", "form", "fields"), EVERY, ids=lambda one: one if isinstance(one, str) else "")
def test_a_form_that_comes_again_is_told_that_it_is_done_and_done_once(
    session: Session, seat: str, form: str, fields: dict[str, str | list[str]]
) -> None:
    first = answered(session, seat, form, fields)
    assert first.mistakes == {}
    lines = len(session.board.lines)
    again = answered(Session.read(session.folder), seat, form, fields)
    assert again.again
    assert (again.done, again.mistakes) == (first.done, {})
    assert len(Session.read(session.folder).board.lines) == lines


def test_an_option_whose_order_was_cut_off_gets_it_when_the_form_comes_again(session: Session) -> None:
    fields: dict[str, str | list[str]] = {"name": "pay", "level.levers.pay_escrow": "1"}
    session.branch("pay", "kenya")  # and here the machine stopped
    assert answered(session, KENYA, "option", fields).mistakes == {}
    assert [order.writes for order in session.board.options["pay"].orders] == [(("levers.pay_escrow", "set", 1.0),)]


def test_a_turn_is_played_once_however_often_its_button_is_pressed(table: Served) -> None:
    facilitator = table.sit("facilitator")
    first, again = facilitator.do("advance", turn=1), facilitator.do("advance", turn=1)
    assert (first.status_code, again.status_code) == (200, 200)
    assert table.session.board.turn == 2
    assert "stands once" in said(again)
    assert "load the page again" in said(facilitator.do("advance"))
    assert "load the page again" in said(facilitator.do("advance", turn=7))
    assert "from 1 to 60" in said(facilitator.do("advance", turn=2, days=61))
    assert "a whole number" in said(facilitator.do("advance", turn=2, days="two"))
    assert table.session.board.turn == 2


def test_two_facilitators_who_press_at_once_play_one_turn_and_neither_is_told_to_press_again(
    table: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = table.sit("facilitator"), table.sit("facilitator")
    begun, pressed, play = threading.Event(), threading.Event(), acts.play_turn

    def slowly(*given: object) -> object:
        begun.set()
        pressed.wait(10)
        return play(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(acts, "play_turn", slowly)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(one.do, "advance", turn=1)
        assert begun.wait(10)
        second = pool.submit(other.do, "advance", turn=1)
        time.sleep(0.15)
        assert table.page.live.playing
        pressed.set()
        answers = first.result(), second.result()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "played meanwhile" not in said(answers[0])
    assert "It was played meanwhile" in said(answers[1])
    assert "send it again" not in said(answers[1])
    assert table.session.board.turn == 2


def test_who_plays_the_last_planned_turn_is_told_that_it_was_the_last(second_turn: Served) -> None:
    last = second_turn.sit("facilitator").do("advance", turn=2)
    assert "That was the last turn that was planned." in said(last)
    assert "last turn that was planned" not in said(second_turn.sit("facilitator").do("advance", turn=3))


def test_the_button_says_which_turn_it_plays(table: Served) -> None:
    facilitator = table.sit("facilitator")
    assert "Play turn 1" in said(facilitator.get())
    facilitator.do("advance", turn=1)
    assert "Play turn 2" in said(facilitator.get())


def test_an_option_is_chosen_once_and_its_orders_stand(second_turn: Served) -> None:
    kenya = second_turn.sit(KENYA)
    assert kenya.do("choose", option="pay", why="money first", turn=2).status_code == 200
    assert "stands once" in said(kenya.do("choose", option="pay", why="money first"))
    assert "was chosen already" in said(kenya.do("choose", option="pay", why="for another reason"))
    assert "pay escrow 1" in [order.text for order in second_turn.session.board.orders]


def test_a_line_is_taken_back_once(table: Served) -> None:
    table.sit(KENYA).do("order", level__levers__insurance="1")
    facilitator = table.sit("facilitator")
    assert "taken back" in said(facilitator.do("undo", line=3, why="the wrong day"))
    assert "stands once" in said(facilitator.do("undo", line=3))
    assert "no line that can be taken back" in said(facilitator.do("undo", line=900))
    assert "which line" in said(facilitator.do("undo"))
    assert [order.id for order in table.session.board.orders] == ["o1", "o2"]
    assert table.lines == 5


# Refused, and nothing written


WRONG = [
    (KENYA, "order", {}, "", "Nothing is set"),
    (KENYA, "order", {"level.levers.insurance": "2"}, "level.levers.insurance", "from 0 to 1"),
    (KENYA, "order", {"level.levers.insurance": "nan"}, "level.levers.insurance", "from 0 to 1"),
    (KENYA, "order", {"level.levers.insurance": "inf"}, "level.levers.insurance", "from 0 to 1"),
    (KENYA, "order", {"level.levers.reserve": "1,5"}, "level.levers.reserve", "from 0 to 1000"),
    (KENYA, "order", {"level.levers.gang_truce": "1"}, "level.levers.gang_truce", "not kenya's to order"),
    (KENYA, "order", {"level.nothing": "1"}, "level.nothing", "no such level"),
    (KENYA, "order", {"level.levers.insurance": "1", "day": "yesterday"}, "day", "a date such as"),
    (KENYA, "order", {"level.levers.insurance": "1", "day": "2024-03-01"}, "day", "has been played"),
    (KENYA, "order", {"level.levers.insurance": "1", "day": "2029-03-01"}, "day", "where futures end"),
    (KENYA, "order", {"level.levers.insurance": "1", "why": "x" * 2_001}, "why", "2,001 letters"),
    (KENYA, "order", {"level.levers.insurance": "1", "option": "never"}, "option", "there is none yet"),
    (KENYA, "order", {"level.levers.insurance": "1", "role": "haiti"}, "role", "for Government of Kenya alone"),
    (KENYA, "order", {"level.levers.insurance": "1", "turn": "7"}, "", "has gone on meanwhile"),
    (KENYA, "order", {"level.levers.insurance": "1", "turn": "x"}, "turn", "a whole number"),
    ("facilitator", "order", {"level.levers.insurance": "1"}, "role", "one of kenya"),
    (KENYA, "option", {"name": ""}, "name", "a name of letters"),
    (KENYA, "option", {"name": "two words"}, "name", "letters, digits"),
    (KENYA, "option", {"name": "nothing"}, "name", "is there already"),
    (KENYA, "option", {"name": "pay", "on": "never"}, "on", "there is none yet"),
    (KENYA, "option", {"name": "pay", "level.levers.insurance": "7"}, "level.levers.insurance", "from 0 to 1"),
    (KENYA, "choose", {"option": "never"}, "option", "there is none yet"),
    (KENYA, "choose", {}, "option", "which option"),
    (KENYA, "forecast", {"measure": "exit", "low": "1", "high": "2"}, "measure", "exits"),
    (KENYA, "forecast", {"measure": "assurance", "low": "1", "high": "2"}, "measure", "does not learn it"),
    (US, "forecast", {"measure": "exits", "low": "1", "high": "2"}, "measure", "does not learn it"),
    (KENYA, "forecast", {"measure": "exits", "low": "9", "high": "2"}, "low", "not above the upper one"),
    (KENYA, "forecast", {"measure": "exits", "low": "a", "high": ""}, "low", "a number"),
    (KENYA, "forecast", {"measure": "exits", "low": "a", "high": ""}, "high", "upper end"),
    (KENYA, "forecast", {"measure": "exits", "low": "1", "high": "2", "level": "100"}, "level", "between 0 and 100"),
    (
        KENYA,
        "forecast",
        {"measure": "exits", "kind": "chance", "threshold": "2", "chance": "101"},
        "chance",
        "0 to 100",
    ),
    (
        KENYA,
        "forecast",
        {"measure": "exits", "kind": "chance", "threshold": "", "chance": "1"},
        "threshold",
        "a number",
    ),
    (
        KENYA,
        "forecast",
        {"measure": "exits", "kind": "chance", "threshold": "2", "chance": "7", "sense": "=="},
        "sense",
        "at least",
    ),
    (KENYA, "forecast", {"measure": "exits", "low": "1", "high": "2", "by": "2024-01-01"}, "by", "has been played"),
    (KENYA, "note", {"text": " "}, "text", "what was observed"),
    (KENYA, "note", {"text": "x", "tag": "great"}, "tag", "one of note"),
    (KENYA, "note", {"text": "x", "objective": "none"}, "objective", "no such objective"),
    ("facilitator", "inject", {"id": "welcom", "act": "fire"}, "id", "near it: welcome"),
    ("facilitator", "inject", {"id": "welcome", "act": "burn"}, "act", "one of preview"),
    ("facilitator", "inject", {"id": "welcome", "act": "postpone"}, "day", "the day to which"),
    ("facilitator", "inject_add", {"id": "Flash", "text": "x"}, "id", "begins with a small letter"),
    ("facilitator", "inject_add", {"id": "welcome", "text": "x"}, "id", "on the list already"),
    ("facilitator", "inject_add", {"id": "flash", "text": ""}, "text", "read out"),
    ("facilitator", "inject_add", {"id": "flash", "text": "x", "to": "peru"}, "to", "kenya"),
    ("facilitator", "inject_add", {"id": "flash", "text": "x", "objective": "none"}, "objective", "no such objective"),
    ("facilitator", "inject_add", {"id": "flash", "text": "x", "day": "2024-01-01"}, "day", "has been played"),
    ("facilitator", "inject_add", {"id": "flash", "text": "x", "level.gangs.control": "9"}, "level.gangs.control", "1"),
    ("facilitator", "override", {"level.gangs.control": "0.9"}, "why", "needs a reason"),
    ("facilitator", "override", {"level.gangs.control": "1.9", "why": "x"}, "level.gangs.control", "from 0 to 1"),
    ("facilitator", "override", {"why": "x"}, "", "Nothing is set"),
]


@pytest.mark.parametrize(("seat", "form", "fields", "field", "right"), WRONG)
def test_a_mistake_stands_beside_its_field_and_nothing_is_lost_or_written(
    session: Session, seat: str, form: str, fields: dict[str, str | list[str]], field: str, right: str
) -> None:
    lines = len(session.board.lines)
    answer = answered(session, seat, form, fields)
    assert right in answer.mistakes[field]
    assert (answer.values, answer.done, answer.line) == (fields, "", None)
    assert len(Session.read(session.folder).board.lines) == lines


def test_all_mistakes_of_a_form_are_told_at_once(session: Session) -> None:
    fields: dict[str, str | list[str]] = {"level.levers.insurance": "2", "level.levers.reserve": "x", "day": "tomorrow"}
    answer = answered(session, KENYA, "order", fields)
    assert list(answer.mistakes) == ["level.levers.insurance", "level.levers.reserve", "day"]


def test_numbers_are_typed_with_a_comma_in_french_alone(table: Served) -> None:
    kenya = table.sit(KENYA)
    assert kenya.do("order", level__levers__insurance="0,5").status_code == 422
    french = kenya.do("language", code="fr")
    kenya.cookie += "; " + french.headers["set-cookie"].partition(";")[0]
    assert kenya.do("order", level__levers__insurance="0,5").status_code == 200
    assert table.session.board.orders[-1].writes == (("levers.insurance", "set", 0.5),)
    assert kenya.do("language", code="xx").status_code == 422


def test_two_who_order_the_same_level_on_the_same_day_hear_of_each_other(table: Served) -> None:
    assert table.sit(KENYA).do("order", level__levers__pay_escrow="1", why="ours").status_code == 200
    answer = table.sit(US).do("order", level__levers__pay_escrow="0", why="theirs")
    assert answer.status_code == 422
    assert "Government of Kenya has ordered otherwise from 8 March 2024 (o3: Pay held in escrow" in said(answer)
    assert "The facilitator can take that back" in said(answer)
    by_hand = table.sit("facilitator").do("order", role="united_states", level__levers__pay_escrow="0")
    assert "Take that back first" in said(by_hand)
    again = table.sit(US).do("order", level__levers__pay_escrow="1", why="theirs")
    assert "Government of Kenya has ordered that from 8 March 2024 already" in said(again)
    assert not [
        one for one in (answer, by_hand, again) if re.search(r"undo|kenya|line=|levers\.pay_escrow=", said(one))
    ]
    assert table.lines == 4


def test_what_is_done_is_said_in_the_words_of_a_page(table: Served) -> None:
    kenya, facilitator = table.sit(KENYA), table.sit("facilitator")
    answers = {
        "Government of Kenya, from 8 March 2024: Pay held in escrow: terms secured before departure":
            kenya.do("order", level__levers__pay_escrow="1", level__levers__reserve="1"),
        "pay first: an option of Government of Kenya":
            kenya.do("option", name="pay_first", level__levers__insurance="1"),
        "Officers who leave, at least 5 by 14 Mar 2024: 70 %":
            kenya.do("forecast", measure="exits", kind="chance", threshold="5", chance="70"),
        "pay first is chosen": kenya.do("choose", option="pay_first"),
        "welcome to everybody, told": facilitator.do("inject", id="welcome", act="fire"),
        "put off to 20 March 2024": facilitator.do("inject", id="phone_in", act="postpone", day="2024-03-20"),
        "the morning of 15 March 2024": facilitator.do("advance", turn=1),
        "take the turn back first": facilitator.do("undo", line=3),
        "Facilitator: turn 1 is played": facilitator.do("undo", line=table.session.board.turns[-1].entry),
        "stands at the morning of 8 March 2024": kenya.do("order", level__levers__reserve="2", day="2023-01-01"),
        "the lower end of the range": kenya.do("forecast", measure="exits", low="9", high="1"),
        "take that back first": facilitator.do("inject", id="welcome", act="skip"),
    }  # fmt: skip
    for words, answer in answers.items():
        assert words in said(answer), said(answer)
        leaks = re.search(r"\d{4}-\d\d-\d\d|undo|\bkenya\b|united_states|line=|>=|\.\.", said(answer))
        assert leaks is None, said(answer)


def test_an_order_of_a_turn_that_has_been_played_meanwhile_is_refused_and_kept(table: Served) -> None:
    kenya = table.sit(KENYA)
    table.sit("facilitator").do("advance", turn=1)
    answer = kenya.send("order", level__levers__reserve="77", why="as planned", turn=1)
    assert answer.status_code == 422
    assert "Turn 1 has gone on" in said(answer)
    assert 'value="77"' in answer.text
    assert "as planned" in answer.text
    assert kenya.do("order", level__levers__reserve="77", turn=2).status_code == 200


def test_an_order_while_a_turn_is_played_waits_for_nothing_and_is_kept(table: Served) -> None:
    table.page.live.playing = True
    answer = table.sit(KENYA).send("order", level__levers__reserve="77", turn=1)
    assert answer.status_code == 422
    assert "being played" in said(answer)
    assert 'value="77"' in answer.text
    assert table.sit("facilitator").do("note", text="busy").status_code == 200
    assert table.lines == 4


def test_a_disk_that_takes_nothing_is_said_and_the_same_form_is_done_later(table: Served) -> None:
    kenya = table.sit(KENYA)
    with failing_disk():
        answer = kenya.send("order", level__levers__reserve="77")
    assert answer.status_code == 422
    assert "cannot be written" in said(answer)
    assert str(table.folder) not in answer.text
    assert 'value="77"' in answer.text
    assert table.lines == 3
    assert kenya.do("order", level__levers__reserve="77").status_code == 200
    assert table.lines == 4


def test_a_session_that_has_ended_takes_notes_alone(table: Served) -> None:
    facilitator, kenya = table.sit("facilitator"), table.sit(KENYA)
    assert facilitator.do("close", why="time is up").status_code == 200
    for answer in (kenya.do("order", level__levers__reserve="1"), kenya.do("outlook", late=1),
                   facilitator.do("advance", turn=1)):  # fmt: skip
        assert answer.status_code == 422
        assert "has ended" in said(answer)
    assert "has ended" in said(kenya.get())
    assert facilitator.do("note", text="well done", tag="strength").status_code == 200
    assert kenya.get("/paper/report").status_code == 200
    assert "text/csv" in kenya.get("/paper/decisions").headers["content-type"]


def test_a_session_of_another_version_is_read_and_says_why_it_cannot_go_on(
    played: Session, serve: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.tabletop.session.MODEL_VERSION", 99)
    table = serve(played)  # type: ignore[operator]
    kenya = table.sit(KENYA)
    assert "it can be read and reported, and cannot go on" in said(kenya.get())
    lines = table.lines
    for answer in (kenya.do("order", level__levers__reserve="1"), kenya.do("forecast", measure="exits", low=1, high=2),
                   kenya.do("try", level__levers__reserve="1", late=1),
                   table.sit("facilitator").do("advance", turn=2)):  # fmt: skip
        assert answer.status_code == 422
        assert "cannot go on" in said(answer)
    assert table.lines == lines
    assert table.sit("facilitator").get("/paper/report").status_code == 200


def test_what_is_typed_comes_out_escaped_wherever_it_is_shown(table: Served) -> None:
    facilitator, kenya = table.sit("facilitator"), table.sit(KENYA)
    done = [
        kenya.do("order", level__levers__reserve="1", why=MARKUP),
        kenya.do("option", name="pay", text=MARKUP, level__levers__pay_escrow="1", why=MARKUP),
        kenya.do("note", text=MARKUP, owner=MARKUP),
        facilitator.do("inject_add", id="flash", text=MARKUP, to="all", expected=MARKUP),
        facilitator.do("inject", id="flash", act="fire", why=MARKUP),
        facilitator.do("override", level__gangs__control="0.9", why=MARKUP),
        facilitator.do("undo", line=3, why=MARKUP),
        facilitator.do("advance", turn=1),
    ]
    assert {answer.status_code for answer in done} == {200}
    refused = [kenya.send("order", why=MARKUP, day=MARKUP, level__levers__reserve=MARKUP, option=MARKUP),
               kenya.send("forecast", measure=MARKUP, low=MARKUP, high=MARKUP),
               facilitator.send("inject", id=MARKUP, act=MARKUP, form=MARKUP)]  # fmt: skip
    pages = [table.sit(seat.name).get() for seat in table.seating.seats]
    papers = [facilitator.get(f"/paper/{name}") for name in ("report", "script", "card", "manual")]
    for answer in (*done, *refused, *pages, *papers):
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
    assert any("&lt;script&gt;" in answer.text for answer in pages)


def test_a_player_s_session_needs_no_script_of_the_browser(table: Served) -> None:
    kenya = table.sit(KENYA)
    done = kenya.send("order", level__levers__insurance="1", day=date(2024, 3, 9).isoformat())
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert "Life and injury insurance signed: yes" in said(kenya.get())
    refused = kenya.send("order", level__levers__insurance="3")
    assert refused.status_code == 422
    assert 'value="3"' in refused.text


def test_whoever_only_looks_has_no_forms(session: Session) -> None:
    seats: dict[str, Seat] = {seat.kind: seat for seat in seats_of(session.board)}
    assert [name for name in acts.ACTS if acts.may(seats["observer"], name)] == []
    assert [name for name in acts.ACTS if acts.may(seats["player"], name)] == [
        "order", "option", "choose", "forecast", "note",
    ]  # fmt: skip
    assert [name for name in acts.ACTS if acts.may(seats["facilitator"], name)] == list(acts.ACTS)
