"""Futures on the page: after a forecast, of what a seat knows, one after the other, and written down when shown."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import httpx
import pytest

from sim.page import ahead as module
from sim.page.pictures import Pictures
from sim.page.shown import newest
from sim.page.views.drawings import dots
from sim.page.views.prospects import drawings, outlook
from sim.tabletop.outlook import DECISIVE
from sim.tabletop.session import writing
from tests.page.conftest import Served, Sitting

KENYA, US = "player-kenya", "player-united_states"


def said(answer: httpx.Response) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text)))


def shown(table: Served, name: str) -> dict[str, object]:
    """What the page shows a seat, by what it is."""
    seat = next(one for one in table.seating.seats if one.name == name)
    return newest(table.session.board, seat, table.page.ahead.beside)  # type: ignore[return-value]


def expects(sitting: Sitting, measure: str = "deaths") -> None:
    assert sitting.do("forecast", measure=measure, low="1", high="900").status_code == 200


def test_a_player_says_what_it_expects_first_or_that_it_looks_without_saying(table: Served) -> None:
    kenya, states = table.sit(KENYA), table.sit(US)
    for form in ("outlook", "try"):
        answer = kenya.do(form, level__levers__insurance="1")
        assert answer.status_code == 422
        assert "Say what you expect first" in said(answer)
    assert table.lines == 3
    expects(kenya, "exits")
    assert kenya.do("outlook").status_code == 200
    assert states.do("outlook").status_code == 422
    assert states.do("outlook", late="1").status_code == 200
    late = states.do("forecast", measure="deaths", low="1", high="9")
    assert "does not count in the scores" in said(late)
    assert [(one.role, one.late) for one in table.session.board.forecasts] == [
        ("kenya", False), ("united_states", True),
    ]  # fmt: skip


def test_levers_are_tried_on_futures_that_stand_in_the_log_with_what_was_tried(table: Served) -> None:
    kenya = table.sit(KENYA)
    expects(kenya, "exits")
    assert kenya.do("try", level__levers__insurance="1", level__levers__reserve="50").status_code == 200
    line = table.session.board.lines[-1]
    assert (line.kind, line.by, line.data["what"]) == ("shown", "kenya", "try")
    assert line.data["page"]["levers"] == {"levers.insurance": 1.0, "levers.reserve": 50.0}
    assert table.session.board.orders[-1].text == "trust fund 1", "nothing was ordered"
    told = shown(table, KENYA)["try"]
    assert told.options == ("nothing", "try")  # type: ignore[attr-defined]
    assert told.measures == DECISIVE  # type: ignore[attr-defined]
    assert len(told.dots["exits"]["try"]) == 50  # type: ignore[attr-defined]
    assert set(told.medians["exits"]) == {"nothing", "try"}  # type: ignore[attr-defined]
    assert told.sentences  # type: ignore[attr-defined]
    assert not told.stale  # type: ignore[attr-defined]
    again = kenya.do("try", level__levers__insurance="1", level__levers__reserve="50")
    assert "stands once" in said(again)
    assert kenya.do("order", level__levers__kit_first="1").status_code == 200
    assert shown(table, KENYA)["try"].stale  # type: ignore[attr-defined]


def test_what_was_shown_survives_the_server(table: Served) -> None:
    kenya = table.sit(KENYA)
    expects(kenya, "exits")
    kenya.do("try", level__levers__insurance="1")
    before = shown(table, KENYA)["try"]
    table.page.ahead.beside.clear()
    after = shown(table, KENYA)["try"]
    assert (after.rows, after.dots, after.sentences) == (  # type: ignore[attr-defined]
        before.rows, before.dots, before.sentences,  # type: ignore[attr-defined]
    )  # fmt: skip
    assert "futures of each option" in after.notes[0]  # type: ignore[attr-defined]


def test_the_facilitator_is_asked_before_everybody_s_forecasts_are_late(second_turn: Served) -> None:
    facilitator, kenya = second_turn.sit("facilitator"), second_turn.sit(KENYA)
    lines = second_turn.lines
    for form in ("outlook", "compare"):
        answer = facilitator.do(form)
        assert answer.status_code == 422
        assert "Government of Kenya, Government of the United States. Wait, or tick to show it." in said(answer)
    assert second_turn.lines == lines
    assert kenya.do("forecast", measure="exits", low="1", high="9").status_code == 200
    assert second_turn.sit(US).do("forecast", measure="deaths", low="1", high="900").status_code == 200
    assert facilitator.do("outlook").status_code == 200, "nobody is waited for"


def test_the_median_of_a_drawing_is_that_of_the_table_below_it(table: Served) -> None:
    facilitator = table.sit("facilitator")
    facilitator.do("outlook", late="1")
    seen = shown(table, "facilitator")["outlook"]
    for drawing, row in zip(drawings(seen), outlook(seen), strict=True):  # type: ignore[arg-type]
        assert f"median {row.median}<" in drawing.svg or f"{row.median} in all of them<" in drawing.svg
    half = dots({"nothing": [1.0, 2.0, 15.0, 16.0]}, {"nothing": "x"}, "axis", "alt")
    assert "median 2<" in str(half), "of a line that has none, by the same rule"


def test_a_seat_is_shown_what_it_knows_and_nothing_else(table: Served) -> None:
    states = table.sit(US)
    assert states.do("outlook", late="1", measure="exits").status_code == 422
    assert states.do("outlook", late="1", measure="nothing").status_code == 422
    assert states.do("outlook", late="1").status_code == 200
    line = table.session.board.lines[-1]
    assert {row["measure"] for row in line.data["rows"]} == {"deployed", "deaths", "reports"}
    page = said(states.get())
    assert "officers who leave" not in page
    assert "in the pool" not in page


def test_whoever_only_looks_sees_of_the_facilitator_s_outlook_what_is_public_and_no_try(table: Served) -> None:
    facilitator = table.sit("facilitator")
    answer = facilitator.do("outlook", late="1")
    assert "No forecast in this turn yet of Government of Kenya, Government of the United States: from" in said(answer)
    facilitator.do("try", level__gangs__control="0.5")
    seen = shown(table, "observer")
    assert set(seen) == {"outlook"}
    assert seen["outlook"].measures == ("deployed", "deaths", "reports")  # type: ignore[attr-defined]
    assert seen["outlook"].stories == ()  # type: ignore[attr-defined]
    assert shown(table, KENYA) == {}


def test_options_are_compared_and_drawn_and_no_seat_sees_another_s_picture(second_turn: Served) -> None:
    facilitator, kenya, states = (second_turn.sit(name) for name in ("facilitator", KENYA, US))
    assert facilitator.do("compare", late="1", option="pay", until="2024-03-30").status_code == 200
    told = shown(second_turn, "facilitator")["compare"]
    assert told.options == ("nothing", "pay")  # type: ignore[attr-defined]
    assert told.agreed  # type: ignore[attr-defined]
    (name,) = told.pictures  # type: ignore[attr-defined]
    picture = facilitator.get(f"/picture/{name}.png")
    assert (picture.headers["content-type"], picture.content[:4]) == ("image/png", b"\x89PNG")
    seed = str(second_turn.session.board.head["root_seed"]).encode()
    assert b"seeds\x00of the session" in picture.content or b"of the session" in picture.content
    assert b"seeds\x00" + seed not in picture.content
    for other in (kenya, states):
        assert other.get(f"/picture/{name}.png").status_code == 403
    assert f"/picture/{name}.png" in facilitator.get().text
    for field, wrong, right in (("option", "never", "an option that is open"), ("until", "2020-01-01", "a day from")):
        assert right in said(facilitator.do("compare", {field: wrong}))


def test_what_cannot_be_tried_is_said_beside_its_field(table: Served) -> None:
    kenya = table.sit(KENYA)
    for fields, right in (
        ({}, "Set at least one level"),
        ({"level.levers.insurance": "2"}, "from 0 to 1"),
        ({"level.levers.gang_truce": "1"}, "not kenya's to order"),
        ({"level.levers.insurance": "1", "until": "soon"}, "a date such as"),
        ({"level.levers.insurance": "1", "until": "2030-01-01"}, "a day from"),
        ({"level.levers.insurance": "1", "turn": "9"}, "has gone on"),
    ):
        answer = kenya.do("try", {**fields, "late": "1"})
        assert answer.status_code == 422
        assert right in said(answer)
    assert "no option is open" in said(kenya.do("compare", late="1"))
    assert table.lines == 3


def test_a_newer_question_of_a_browser_takes_its_older_one_back_and_no_other_s(
    table: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    kenya, other = table.sit(KENYA), table.sit(KENYA)
    expects(kenya, "exits")
    gate, entered, real = threading.Event(), threading.Event(), table.page.ahead._lived

    def slow(*given: object) -> object:
        entered.set()
        gate.wait(20)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(table.page.ahead, "_lived", slow)
    with ThreadPoolExecutor(4) as pool:
        busy = pool.submit(other.do, "try", level__levers__reserve="1")
        assert entered.wait(20)
        older = pool.submit(kenya.do, "try", level__levers__reserve="2")
        time.sleep(0.5)
        newer = pool.submit(kenya.do, "try", level__levers__reserve="3")
        time.sleep(0.5)
        gate.set()
        assert [one.result().status_code for one in (busy, older, newer)] == [200, 409, 200]
    tried = [line.data["page"]["levers"] for line in table.session.board.lines if line.kind == "shown"]
    assert tried == [{"levers.reserve": 1.0}, {"levers.reserve": 3.0}]


def test_futures_of_a_turn_that_went_on_meanwhile_are_computed_anew(
    table: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, times = table.page.ahead._lived, []

    def late(*given: object) -> object:
        found = real(*given)  # type: ignore[arg-type]
        times.append(found)
        if len(times) == 1:
            from sim.tabletop.turn_end import play_turn

            with writing(table.folder, "playing a turn") as session:
                play_turn(session)
        return found

    monkeypatch.setattr(table.page.ahead, "_lived", late)
    answer = table.sit("facilitator").do("outlook", late="1")
    assert answer.status_code == 200
    assert "from 15 March 2024" in said(answer)
    (line,) = [line for line in table.session.board.lines if line.kind == "shown"]
    assert table.session.board.morning_of(line.number).isoformat() == "2024-03-15"
    assert len(times) == 2


def test_an_inject_is_previewed_and_nobody_is_told(table: Served) -> None:
    facilitator = table.sit("facilitator")
    assert "words alone" in said(facilitator.do("inject", id="welcome", act="preview"))
    assert facilitator.do("inject_add", id="flash", text="x", level__gangs__coalition="1").status_code == 200
    lines = table.lines
    answer = facilitator.do("inject", id="flash", act="preview")
    assert answer.status_code == 200
    assert "were it fired on" in said(answer)
    assert "no such inject" in said(facilitator.do("inject", id="never", act="preview"))
    assert table.lines == lines


def test_no_more_pictures_are_kept_than_are_looked_at(second_turn: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.page.pictures.MOST", 1)
    facilitator = second_turn.sit("facilitator")
    names = []
    for until in ("2024-03-29", "2024-03-30"):
        facilitator.do("compare", late="1", option="pay", until=until)
        names += shown(second_turn, "facilitator")["compare"].pictures  # type: ignore[attr-defined]
    pictures: Pictures = second_turn.page.pictures
    assert pictures.of(names[0]) is None
    assert facilitator.get(f"/picture/{names[1]}.png").status_code == 200


def test_too_many_who_wait_are_told(table: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 0)
    answer = table.sit("facilitator").do("outlook", late="1")
    assert answer.status_code == 422
    assert "too many wait" in said(answer)
