"""Who sits where: links and cookies, and the one answer to whoever has neither."""

from __future__ import annotations

import json
import os
from http.cookies import SimpleCookie

import pytest

from sim.errors import StoreDamaged
from sim.page.seats import NAME, Seat, Seating, seats_of
from sim.tabletop.session import Session, begin
from tests.faults import failing_disk, refusal
from tests.page.conftest import Served, Sitting


def named(seating: Seating, name: str) -> Seat:
    return next(seat for seat in seating.seats if seat.name == name)


def test_a_role_that_nobody_plays_has_no_seat(session: Session) -> None:
    names = [seat.name for seat in seats_of(session.board)]
    assert names == [
        "facilitator", "player-kenya", "player-united_states", "player-umpire", "observer", "projector",
    ]  # fmt: skip


def test_links_and_cookies_outlive_a_restart_and_new_links_end_both(session: Session) -> None:
    first = Seating.of(session.folder, session.board)
    again = Seating.of(session.folder, session.board)
    kenya = named(first, "player-kenya")
    assert again.of_token(first.token(kenya)) == kenya
    found = again.of_cookie(first.cookie(kenya))
    assert found is not None
    assert (found.name, found.knows) == ("player-kenya", ("public", "kenya"))
    new = Seating.of(session.folder, session.board, renew=True)
    assert new.of_token(first.token(kenya)) is None
    assert new.of_cookie(first.cookie(kenya)) is None
    assert Seating.of(session.folder, session.board).of_token(new.token(kenya)) == kenya


def test_the_key_is_its_owner_s_alone_and_never_in_the_log(session: Session) -> None:
    seating = Seating.of(session.folder, session.board)
    path = session.folder / NAME
    assert path.stat().st_mode & 0o777 == 0o600
    assert seating.key.hex() not in (session.folder / "session.jsonl").read_text(encoding="utf-8")
    assert seating.token(seating.seats[0]) not in path.read_text(encoding="utf-8")


def test_every_browser_has_a_cookie_of_its_own_and_no_other_seat_s_fits(session: Session) -> None:
    seating = Seating.of(session.folder, session.board)
    kenya = named(seating, "player-kenya")
    one, other = seating.cookie(kenya), seating.cookie(kenya)
    assert one != other
    name, generation, nonce, seal = one.split(".")
    for forged in (
        f"facilitator.{generation}.{nonce}.{seal}", f"{name}.2.{nonce}.{seal}", f"{name}.{generation}.x.{seal}",
        f"{name}.{generation}.{nonce}.", f"{name}.{generation}.{nonce}", "", ".", "...", "é.1.x.y", None,
        f"{name}.{generation}.{nonce}.{seal}.more", one[:-1], f"{seating.token(kenya)}",
    ):  # fmt: skip
        assert seating.of_cookie(forged) is None, forged
    assert seating.of_token(seal) is None, "a cookie's seal is no link"


def test_a_key_that_was_changed_or_can_be_read_by_others_is_refused(session: Session) -> None:
    path = session.folder / NAME
    for text in ("{}", "[]", "", '{"format": 1, "key": "00", "generation": 1, "port": null}', "\x00", "[" * 50_000):
        path.write_text(text)
        path.chmod(0o600)
        with pytest.raises(StoreDamaged, match="remove it"):
            Seating.of(session.folder, session.board)
    path.unlink()
    Seating.of(session.folder, session.board)
    path.chmod(0o644)
    with pytest.raises(StoreDamaged, match="by others"):
        Seating.of(session.folder, session.board)


def test_a_folder_that_takes_no_key_is_said(session: Session) -> None:
    with failing_disk():
        assert "cannot be written" in refusal(Seating.of, session.folder, session.board)
    assert not (session.folder / NAME).exists()


# At the door


def cookie_of(answer_headers: str) -> SimpleCookie:
    jar: SimpleCookie = SimpleCookie()
    jar.load(answer_headers)
    return jar


def test_only_the_button_takes_a_seat_so_a_preview_of_the_link_does_not(table: Served) -> None:
    path = f"/seat/{table.seating.token(named(table.seating, 'player-kenya'))}"
    for method in ("GET", "HEAD"):
        seen = table.client.request(method, path)
        assert seen.status_code == 200
        assert "set-cookie" not in seen.headers
    assert "Kenya" in table.client.get(path).text
    taken = table.client.post(path)
    assert (taken.status_code, taken.headers["location"]) == (303, "/")
    ((name, cookie),) = cookie_of(taken.headers["set-cookie"]).items()
    assert name == table.seating.cookie_name
    assert cookie["httponly"] is True
    assert (cookie["samesite"], cookie["path"], cookie["domain"], cookie["secure"]) == ("strict", "/", "", "")


def test_the_cookie_is_secure_where_the_page_is(table: Served) -> None:
    table.page.application(("table.example",))
    path = f"/seat/{table.seating.token(table.seating.seats[0])}"
    guard = table.client.app
    guard.hosts, guard.origins = ("table.example",), ("https://table.example",)  # type: ignore[attr-defined]
    taken = table.client.post(f"https://table.example{path}", headers={"origin": "https://table.example"})
    (cookie,) = cookie_of(taken.headers["set-cookie"]).values()
    assert cookie["secure"] is True


def test_whoever_has_no_seat_gets_one_and_the_same_answer(table: Served, head: dict[str, object]) -> None:
    other = begin(table.folder.parent / "other", lambda: head)
    foreign = Seating.of(other.folder, other.board)
    kenya = named(table.seating, "player-kenya")
    old = table.seating.cookie(kenya).replace(".1.", ".0.")
    name = table.seating.cookie_name
    strangers = [
        table.client.get("/seat/nothing"),
        table.client.get(f"/seat/{foreign.token(foreign.seats[0])}"),
        table.client.post(f"/seat/{foreign.token(foreign.seats[0])}"),
        table.client.get(f"/seat/{table.seating.token(kenya)[:-1]}"),
        table.client.get("/"),
        table.client.get("/", headers={"cookie": f"{name}=nonsense"}),
        table.client.get("/", headers={"cookie": f"{name}={old}"}),
        table.client.get("/", headers={"cookie": f"{name}={foreign.cookie(foreign.seats[0])}"}),
        table.client.get("/part/log"),
        table.client.get("/events"),
        table.client.get("/picture/nothing.png"),
        table.client.get("/paper/report"),
        table.client.get("/static/nothing.css"),
        table.client.get("/nowhere"),
        table.client.post("/do/order", data={"level.levers.insurance": "1"}),
        table.client.post("/do/nothing"),
    ]
    assert {(answer.status_code, answer.content) for answer in strangers} == {(403, strangers[0].content)}
    assert all("set-cookie" not in answer.headers for answer in strangers)
    headers = [{n: v for n, v in answer.headers.items() if n != "date"} for answer in strangers]
    assert all(one == headers[0] for one in headers)


def test_a_seat_that_asks_for_what_is_another_s_gets_the_same_answer(table: Served) -> None:
    stranger = table.client.get("/").content
    kenya, observer = table.sit("player-kenya"), table.sit("observer")
    for answer in (
        kenya.do("advance", turn=1), kenya.do("override", level__gangs__control=1), kenya.do("undo", line=1),
        kenya.do("close"), kenya.do("inject", id="welcome", act="fire"), kenya.get("/paper/script"),
        kenya.get("/paper/report"), kenya.get("/part/queue"), observer.do("order", level__levers__insurance=1),
        observer.do("note", text="x"), observer.do("outlook"), observer.get("/paper/card"),
    ):  # fmt: skip
        assert (answer.status_code, answer.content) == (403, stranger)
    assert table.lines == 3


def test_who_only_asks_what_a_page_is_holds_no_stream_open(table: Served) -> None:
    kenya = table.sit("player-kenya")
    for path in ("/events", "/"):
        answer = table.client.head(path, headers={"cookie": kenya.cookie})
        assert answer.status_code == 200
    assert not table.page.live.is_online("player-kenya")


def test_who_takes_a_second_seat_in_one_browser_is_told_that_the_first_is_left(table: Served) -> None:
    kenya, states = (next(one for one in table.seating.seats if one.name == name)
                     for name in ("player-kenya", "player-united_states"))  # fmt: skip
    door = f"/seat/{table.seating.token(states)}"
    sitting = table.sit("player-kenya")
    assert "This browser sits on the seat of Government of Kenya, and leaves it" in sitting.get(door).text
    assert "leaves it" not in sitting.get(f"/seat/{table.seating.token(kenya)}").text
    assert "leaves it" not in table.client.get(door).text


def test_the_door_speaks_the_language_of_who_stands_before_it(table: Served) -> None:
    sitting = table.sit("facilitator")
    sitting.cookie += "; " + sitting.do("language", code="fr").headers["set-cookie"].partition(";")[0]
    seat = next(one for one in table.seating.seats if one.name == "facilitator")
    answer = sitting.get(f"/seat/{table.seating.token(seat)}").text
    assert "<h1>Animation</h1>" in answer
    assert "Practice: two weeks" not in answer


def test_who_leaves_has_no_seat_any_more(table: Served) -> None:
    kenya = table.sit("player-kenya")
    assert kenya.get().status_code == 200
    left = table.client.post("/leave", headers={"cookie": kenya.cookie})
    assert left.status_code == 200
    (cookie,) = cookie_of(left.headers["set-cookie"]).values()
    assert (cookie.value, cookie["max-age"]) == ("", "0")


def test_two_sessions_on_one_machine_do_not_share_a_cookie(table: Served, head: dict[str, object]) -> None:
    other = begin(table.folder.parent / "other", lambda: head)
    foreign = Seating.of(other.folder, other.board)
    assert foreign.cookie_name != table.seating.cookie_name
    kenya = table.sit("player-kenya")
    both = Sitting(table.client, f"{foreign.cookie_name}={foreign.cookie(foreign.seats[0])}; {kenya.cookie}")
    assert both.get().text == kenya.get().text
    assert json.loads((table.folder / NAME).read_text(encoding="utf-8"))["generation"] == 1
    assert os.listdir(table.folder).count(NAME) == 1
