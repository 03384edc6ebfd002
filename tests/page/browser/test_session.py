"""A session of three turns at three browsers and a projector: what each sees, and what the log says of it."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from tests.page.real_server import ROOT
from tests.processes import run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.page.browser.server import SeatedBrowser, TableProcess

COVER = "nobody leaves without cover"
MONEY = "the House will ask where it went"
FAMILIES = "A morning programme asks families"
BLUNDER = "the room read the wrong card"
"""What people type, which not everybody is to read."""


def test_three_turns_are_played_and_the_log_says_what_was_clicked(browser: Browser, server: TableProcess) -> None:
    from tests.page.browser.server import Watch, seats

    watch = Watch()
    with seats(browser, server, ["facilitator", "kenya", "united_states", "projector"], watch) as table:
        facilitator, kenya, states, projector = table
        _first_turn(facilitator, kenya, states, projector)
        _second_turn(facilitator, kenya, states, projector)
        _third_turn(facilitator, kenya, states, projector)
        _the_end(server.url, facilitator, kenya, states, projector)
        assert {url.split("/")[2] for url in watch.requests} == {server.url.removeprefix("http://")}
        assert len(watch.requests) > 100, "every request of every page was counted"
        assert watch.complaints == []

    code, told = server.end(signal.SIGTERM)
    assert code == 143
    assert told.startswith("tabletop: ended by SIGTERM")
    assert told.count("\n") == 1, "no fault was told of"
    _check_log(server)
    check = [sys.executable, "-m", "sim", "table", "validate", os.fspath(server.folder)]
    said = run(check, capture_output=True, text=True, cwd=ROOT, timeout=300)
    assert said.returncode == 0, said.stderr
    assert "3 turns" in said.stdout


def _first_turn(
    facilitator: SeatedBrowser, kenya: SeatedBrowser, states: SeatedBrowser, projector: SeatedBrowser
) -> None:
    """Injects told, put off and previewed; forecast before outlook; an option compared and chosen; an order."""
    # Read
    assert "welcome to everybody, told" in facilitator.presses("Tell it now: welcome")
    for seat in (kenya, states, projector):
        seat.sees("It is 8 March 2024, the day after the report")
    assert "phone_in, were it fired on 8 March 2024" in facilitator.presses("Preview: phone_in")
    kenya.sees_not(FAMILIES)
    facilitator.presses("Tell it now: phone_in")
    kenya.sees(FAMILIES)
    facilitator.sends("inject", "Do it", id="follow_up", act="postpone", day="2024-03-18", why="the room is slow")

    # Expect, look ahead, try
    refused = kenya.sends("outlook", "Show a thousand futures")
    assert "Nothing was written down" in refused
    assert "Say what you expect first" in refused
    assert kenya.part("outlook").locator(".shown").count() == 0
    said = kenya.sends("forecast", "Say it", measure="exits", kind="chance", sense=">=", threshold="20", chance="60")
    assert "Officers who leave, at least 20 by 14 Mar 2024: 60 %" in said
    kenya.part("gate").locator("[data-gate=open]").wait_for()
    assert "1,000 futures" in kenya.sends("outlook", "Show a thousand futures")
    kenya.part("outlook").locator("circle").first.wait_for()
    kenya.sends("order-", "Try on a thousand futures", levers__insurance="1")
    kenya.part("try").locator(".sentence").first.wait_for()
    assert kenya.value("order-", "level.levers.insurance") == "1", "what was tried can be ordered as it stands"

    # An option beside nothing
    said = kenya.sends("order-", "Put it on the table", name="insured", text="cover first", why=COVER)
    assert "insured: an option of Government of Kenya" in said
    states.sees("insured", "cover first")
    kenya.sends("compare", "Compare on the same futures")
    picture = kenya.part("compare").locator("img").first
    picture.wait_for()
    picture.evaluate("one => one.decode()")
    assert picture.evaluate("one => one.naturalWidth") > 300
    assert "insured is chosen" in kenya.sends("choose", "Choose it", option="insured", why=COVER)

    # Orders
    states.sends("forecast", "Say it", measure="attacks", kind="range", low="2", high="30", level="80")
    assert "United States, from 8 March 2024: Pay held in escrow" in states.orders(MONEY, levers__pay_escrow="1")
    kenya.part("orders").locator("text=Government of the United States").wait_for()
    facilitator.sees(MONEY, COVER, "Nothing is missing: the turn can be played.")
    kenya.sees_not(MONEY)
    states.sees_not(COVER, FAMILIES)
    projector.sees_not(MONEY, COVER, FAMILIES)
    for seat in (kenya, states, projector):
        seat.sees_not("Play turn", "the room is slow")

    assert "Turn 1 is played" in facilitator.sends("advance", "Play turn 1")
    for seat in (facilitator, kenya, states, projector):
        seat.at_turn(2)


def _second_turn(
    facilitator: SeatedBrowser, kenya: SeatedBrowser, states: SeatedBrowser, projector: SeatedBrowser
) -> None:
    """An inject left out and one added; an order taken back; the played world changed by hand."""
    kenya.part("situation").locator("table.numbers").first.wait_for()
    projector.part("stage").locator(".stage-numbers").wait_for()
    facilitator.presses("Leave out: follow_up")
    facilitator.sends(
        "inject_add", "Put it on the list",
        id="flash", to="united_states", text="Exercise. A cable arrives.", expected="An answer", day="2024-03-15",
    )  # fmt: skip
    facilitator.part("queue").locator("text=A cable arrives").first.wait_for()
    facilitator.presses("Tell it now: flash")
    states.sees("A cable arrives")
    kenya.sees_not("A cable arrives")

    states.orders("typed too fast", levers__evacuation="1")
    kenya.part("orders").locator("text=/evacuation/i").first.wait_for()
    line = facilitator.page.locator('[name="line"] option', has_text="evacuation").first.get_attribute("value")
    assert line is not None
    assert f"taken back: line {line}, Government of the United States: orders" in facilitator.sends(
        "undo", "Take it back", line=line, why="meant for next week"
    )
    states.page.locator(f"#line-{line}.undone").wait_for(state="attached")
    said = facilitator.sends("override", "Change the played world", why=BLUNDER, kenya__imminence="0.4")
    assert "the other worlds do not have it" in said
    facilitator.sees(BLUNDER)

    assert "Turn 2 is played" in facilitator.sends("advance", "Play turn 2", days="5")
    for seat in (facilitator, kenya, states, projector):
        seat.at_turn(3)
        if seat is not facilitator:
            seat.sees_not(BLUNDER)


def _third_turn(
    facilitator: SeatedBrowser, kenya: SeatedBrowser, states: SeatedBrowser, projector: SeatedBrowser
) -> None:
    """A turn that is played, taken back, and played again."""
    facilitator.presses("Tell it now: closing")
    projector.sees("The two weeks are over")
    facilitator.sends("advance", "Play turn 3")
    kenya.at_turn(4)
    entry = facilitator.page.locator("[data-part=log] li", has_text="turn 3").filter(has_text="played").first
    said = facilitator.pressing(entry.get_by_role("button", name="Yes, take it back", include_hidden=True))
    assert "taken back" in said
    assert "The table stands at turn 3" in said
    for seat in (facilitator, kenya, states, projector):
        seat.at_turn(3)
    kenya.orders("late, and still in time", levers__leaders_briefed="1")
    facilitator.sends("advance", "Play turn 3")
    projector.at_turn(4)


def _the_end(
    url: str, facilitator: SeatedBrowser, kenya: SeatedBrowser, states: SeatedBrowser, projector: SeatedBrowser
) -> None:
    """Notes, the end, and what everybody learns by it."""
    kenya.sends("note", "Write it down", text="we waited for Washington", tag="improvement", owner="the desk")
    facilitator.sees("we waited for Washington")
    states.sees_not("we waited for Washington")
    for seat in (kenya, states, projector):
        seat.sees_not("The world that was played followed the theory")
        assert seat.page.request.get(f"{url}/paper/report").status == 403
    facilitator.fills("close", why="time").get_by_role("button", name="End the session").click()
    for seat in (facilitator, kenya, states):
        seat.sees("The world that was played followed the theory")
        assert seat.page.locator("form[data-form='order-']").count() == 0
    projector.sees("The session has ended")
    kenya.page.locator("a[href='/paper/report']").first.click()
    kenya.sees(COVER, MONEY, BLUNDER, "we waited for Washington")
    kenya.page.go_back()
    assert "noted" in kenya.sends("note", "Write it down", text="after the end")


CLICKED: list[tuple[str, str, dict[str, Any]]] = [
    ("inject", "facilitator", {"id": "welcome", "act": "fired"}),
    ("inject", "facilitator", {"id": "phone_in", "act": "fired", "to": "kenya"}),
    ("inject", "facilitator", {"id": "follow_up", "act": "postponed", "day": "2024-03-18", "why": "the room is slow"}),
    ("forecast", "kenya", {"measure": "exits", "turn": 1, "late": False}),
    ("option", "kenya", {"name": "insured", "on": None, "text": "cover first"}),
    ("order", "kenya", {"writes": [["levers.insurance", "set", 1.0]], "option": "insured", "why": COVER}),
    ("adopt", "kenya", {"option": "insured", "why": COVER}),
    ("forecast", "united_states", {"measure": "attacks", "turn": 1, "late": False}),
    ("order", "united_states", {"writes": [["levers.pay_escrow", "set", 1.0]], "option": None, "why": MONEY}),
    ("advance", "facilitator", {}),
    ("inject", "facilitator", {"id": "follow_up", "act": "skipped"}),
    ("inject", "facilitator", {"id": "flash", "act": "added"}),
    ("inject", "facilitator", {"id": "flash", "act": "fired", "to": "united_states"}),
    ("order", "united_states", {"writes": [["levers.evacuation", "set", 1.0]], "why": "typed too fast"}),
    ("undo", "facilitator", {"why": "meant for next week"}),
    ("override", "facilitator", {"writes": [["kenya.imminence", "set", 0.4]], "why": BLUNDER}),
    ("advance", "facilitator", {}),
    ("inject", "facilitator", {"id": "closing", "act": "fired", "to": "all"}),
    ("advance", "facilitator", {}),
    ("undo", "facilitator", {"why": ""}),
    ("order", "kenya", {"writes": [["levers.leaders_briefed", "set", 1.0]], "why": "late, and still in time"}),
    ("advance", "facilitator", {}),
    ("note", "kenya", {"text": "we waited for Washington", "tag": "improvement", "owner": "the desk"}),
    ("close", "facilitator", {"why": "time"}),
    ("note", "kenya", {"text": "after the end", "tag": "note"}),
]
"""What was done, in order: the log has these lines, those that say what was shown, and the scripted orders."""


def _check_log(server: TableProcess) -> None:
    lines = [line for line in server.session.log.entries[1:] if line.kind != "shown"]
    own = [line for line in lines if not (line.kind == "order" and _is_scripted(line.data))]
    said = [(line.kind, line.by, {name: line.data[name] for name in data}) for line, (_k, _b, data) in
            zip(own, CLICKED, strict=False)]  # fmt: skip
    assert said == CLICKED
    assert len(own) == len(CLICKED)
    shown = {(line.by, line.data["what"]) for line in server.lines("shown")}
    assert shown == {("kenya", "outlook"), ("kenya", "try"), ("kenya", "compare")}
    board = server.session.board
    assert [(turn.number, len(turn.days)) for turn in board.turns] == [(1, 7), (2, 5), (3, 7)]


def _is_scripted(data: Any) -> bool:
    return bool(data["stand_in"]) or "by the model's rules" in data["why"]
