"""What may come in at all, how much of it and how often; and what every answer says to the browser."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from starlette.types import Message, Receive, Scope, Send

from sim.page import guard as module
from sim.page.guard import CSP, MOST_BODY, Buckets, Guard
from sim.page.seats import Seating
from sim.tabletop.session import Session
from tests.page.conftest import HOST, ORIGIN, Served

KENYA = "player-kenya"


@pytest.mark.parametrize(
    "host", ["localhost:8000", "127.0.0.1", "127.0.0.1:8001", "evil.example", "127.0.0.1:8000.evil"]
)
def test_who_calls_us_by_another_name_is_not_answered(table: Served, host: str) -> None:
    kenya = table.sit(KENYA)
    answer = table.client.get("/", headers={"cookie": kenya.cookie, "host": host})
    assert answer.status_code == 421
    assert "Kenya" not in answer.text


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"origin": ORIGIN}, True),
        ({"origin": ORIGIN.upper()}, True),
        ({"origin": "null", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://evil.example", "sec-fetch-site": "same-origin"}, False),
        ({"origin": "http://127.0.0.1:9000"}, False),
        ({"origin": f"https://{HOST}"}, False),
        ({"origin": ""}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
    ],
)
def test_a_form_comes_from_our_own_page_or_does_nothing(table: Served, headers: dict[str, str], passes: bool) -> None:
    kenya = table.sit(KENYA)
    del table.client.headers["origin"]
    data = {"level.levers.insurance": "1"}
    answer = table.client.post("/do/order", data=data, headers={"cookie": kenya.cookie, **headers})
    assert (answer.status_code == 303) is passes
    assert table.lines == (4 if passes else 3)


def test_every_answer_lets_the_browser_fetch_and_run_nothing_of_elsewhere(
    table: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    kenya = table.sit(KENYA)
    answers = [
        table.client.get("/"), kenya.get(), kenya.get("/static/page.css"), kenya.do("order"), kenya.get("/nowhere"),
        table.client.get("/", headers={"host": "evil.example"}), table.client.delete("/"), table.client.put("/"),
        kenya.send("order", level__levers__insurance="1"), kenya.do("language", code="fr"),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [403, 200, 200, 422, 403, 421, 405, 405, 303, 200]
    for answer in answers:
        assert answer.headers["content-security-policy"] == CSP
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "server" not in answer.headers
    assert "'unsafe-inline'" not in CSP
    paper = kenya.get("/paper/manual").headers["content-security-policy"]
    assert "script-src" not in paper
    assert paper.startswith("default-src 'none'")


def test_a_fault_of_ours_shows_nothing_but_that_there_was_one(
    table: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kenya, typed = table.sit(KENYA), "what Kenya typed"

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(typed)

    monkeypatch.setattr("sim.page.application.page", fail)
    answer = kenya.get()
    assert answer.status_code == 500
    assert typed not in answer.text
    assert "Traceback" not in answer.text
    told = capsys.readouterr().err
    assert "RuntimeError" in told
    assert typed not in told
    assert kenya.cookie not in told
    monkeypatch.undo()
    assert kenya.get().status_code == 200


# How much


def exchanged(guard: Any, scope: Scope, chunks: Iterator[bytes]) -> tuple[int, int]:
    """Status of an answer, and how many chunks of the body were read for it."""
    read, status = 0, 0

    async def receive() -> Message:
        nonlocal read
        chunk = next(chunks, None)
        if chunk is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        read += 1
        return {"type": "http.request", "body": chunk, "more_body": True}

    async def send(message: Message) -> None:
        nonlocal status
        status = message.get("status", status)

    async def call() -> None:
        await guard(scope, receive, send)

    asyncio.run(call())
    return status, read


def scope_of(headers: dict[str, str]) -> Scope:
    own = {"host": HOST, "origin": ORIGIN, "content-type": "application/x-www-form-urlencoded", **headers}
    return {
        "type": "http", "method": "POST", "path": "/do/order", "raw_path": b"/do/order", "query_string": b"",
        "scheme": "http", "http_version": "1.1", "root_path": "", "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 8000), "headers": [(n.encode(), v.encode()) for n, v in own.items()],
    }  # fmt: skip


@pytest.fixture
def reader(session: Session) -> Guard:
    """A guard before something that reads the whole body, whatever it is."""

    async def read(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return Guard(read, Seating.of(session.folder, session.board), (HOST,))


def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(reader: Guard) -> None:
    ten = iter([b"x" * 1024] * 10_240)
    assert exchanged(reader, scope_of({"content-length": str(10 << 20)}), ten) == (413, 0)


def test_a_body_that_announces_no_size_is_read_no_further_than_a_form_is_long(reader: Guard) -> None:
    status, read = exchanged(reader, scope_of({"transfer-encoding": "chunked"}), iter([b"x" * 1024] * 10_240))
    assert (status, read) == (413, MOST_BODY // 1024 + 1)
    assert exchanged(reader, scope_of({"content-length": "5"}), iter([b"x" * 1024] * 10_240))[0] == 413
    assert exchanged(reader, scope_of({}), iter([b"x" * 1024] * 64))[0] == 204


@pytest.mark.parametrize("size", ["-1", "ten", "1e3", "9" * 5_000, "٣"])
def test_a_size_that_is_none_is_refused(reader: Guard, size: str) -> None:
    scope = scope_of({})
    scope["headers"].append((b"content-length", size.encode("utf-8")))
    assert exchanged(reader, scope, iter([])) == (413, 0)


def test_ten_thousand_fields_are_refused_and_nothing_is_done(table: Served) -> None:
    kenya = table.sit(KENYA)
    body = "&".join(f"a{n}=1" for n in range(7_000)) + "&level.levers.insurance=1"
    headers = {"cookie": kenya.cookie, "content-type": "application/x-www-form-urlencoded"}
    answer = table.client.post("/do/order", content=body, headers=headers)
    assert answer.status_code == 400
    assert table.client.post("/do/order", content="a=&" * 10_000, headers=headers).status_code == 400
    assert table.lines == 3


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"level.levers.insurance": 1}'),
        ("text/plain", b"level.levers.insurance=1"),
        ("multipart/form-data", b"level.levers.insurance=1"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\nc'
                                            b"\r\n--x--\r\n"),
        ("application/x-www-form-urlencoded; charset=utf-7", b"level.levers.insurance=1"),
        ("multipart/form-data; boundary=x; charset=punycode", b"--x--"),
        ("", b"level.levers.insurance=1"),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(table: Served, kind: str, body: bytes) -> None:
    kenya = table.sit(KENYA)
    answer = table.client.post(
        "/do/order", content=body, headers={"cookie": kenya.cookie, "content-type": kenya and kind}
    )
    assert answer.status_code == 400
    assert table.lines == 3


def test_a_form_comes_as_a_script_sends_it_too(table: Served) -> None:
    kenya = table.sit(KENYA)
    headers = {"cookie": kenya.cookie, "content-type": "application/x-www-form-urlencoded;charset=UTF-8", "x-part": "1"}
    body = b"level.levers.insurance=1&why=%E2%82%AC+and+%26&day="
    assert table.client.post("/do/order", content=body, headers=headers).status_code == 200
    assert table.session.board.orders[-1].why == "€ and &"


# How often


def test_so_many_at_once_and_so_many_a_second() -> None:
    buckets = Buckets(burst=3, rate=2)
    assert [buckets.take("a", now=0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.take("b", now=0.0) == 0
    assert buckets.take("a", now=0.6) == 0
    assert 0 < buckets.take("a", now=0.6) <= 0.5


def test_who_is_not_known_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BUCKETS", 10)
    buckets = Buckets(burst=1, rate=1)
    for n in range(1_000):
        buckets.take(str(n), now=0.0)
    assert len(buckets._left) == 10


def test_who_sends_too_often_is_told_when_to_send_again_and_others_are_not_held_up(table: Served) -> None:
    kenya, other = table.sit(KENYA), table.sit(KENYA)
    answers = [kenya.do("order") for _ in range(60)]
    late = [answer for answer in answers if answer.status_code == 429]
    assert late
    assert answers[0].status_code == 422
    assert int(late[0].headers["retry-after"]) >= 1
    assert "what you typed is kept" in late[0].text
    assert other.do("order").status_code == 422


def test_who_guesses_links_is_slowed_down(table: Served) -> None:
    answers = [table.client.get(f"/seat/{n}") for n in range(120)]
    assert {answer.status_code for answer in answers} == {403, 429}
    assert answers[0].status_code == 403


# Paths


TRICKS = (
    "../seats.json", "..%2fseats.json", "%2e%2e/seats.json", "....//seats.json", "%00", "page.css%00.png", "C:%5Cx",
    "..%5cseats.json", "/etc/passwd", "%2fetc%2fpasswd", "page.css/", "PAGE.CSS", "%252e%252e%252fseats.json",
    "a" * 3_000,
)  # fmt: skip


@pytest.mark.parametrize("room", ["static", "picture", "paper", "part", "do", "seat"])
def test_no_path_leads_to_a_file_that_is_not_the_page_s(table: Served, room: str) -> None:
    facilitator, key = table.sit("facilitator"), table.seating.key.hex()
    for trick in TRICKS:
        answer = facilitator.get(f"/{room}/{trick}")
        assert answer.status_code == 403, trick
        assert key not in answer.text
        assert "root:" not in answer.text


# Whatever comes


BYTES = some.binary(max_size=300)
TEXT = some.text(max_size=40)
URLENCODED = some.lists(some.tuples(TEXT, TEXT), max_size=8)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=some.one_of(BYTES, some.text(alphabet="%&=+;0123456789abcdef\x00é", max_size=200).map(str.encode)))
def test_no_body_is_a_fault(whatever: Served, body: bytes) -> None:
    kind = "application/x-www-form-urlencoded"
    headers = {"cookie": whatever.sit(KENYA).cookie, "content-type": kind, "x-part": "1"}
    answer = whatever.client.post("/do/order", content=body, headers=headers)
    assert answer.status_code in (400, 422)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=some.sampled_from(["order", "option", "choose", "forecast", "outlook", "try", "compare"]),
    typed=some.dictionaries(
        some.sampled_from(["day", "why", "option", "role", "name", "text", "measure", "kind", "sense", "threshold",
                           "chance", "low", "high", "level", "by", "until", "turn", "form", "level.levers.insurance",
                           "level.nothing", "level."]),
        some.one_of(TEXT, some.lists(TEXT, max_size=3)), max_size=8,
    ),
)  # fmt: skip
def test_no_form_is_a_fault_and_what_is_refused_stays_as_it_was_typed(
    whatever: Served, form: str, typed: dict[str, Any]
) -> None:
    lines = whatever.lines
    answer = whatever.sit(KENYA).do(form, typed)
    assert answer.status_code in (200, 422)
    assert (answer.status_code == 200) == (whatever.lines > lines) or "stands once" in answer.text


@pytest.fixture
def whatever(table: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A table of which every example takes a seat anew."""
    table.client.app.strangers = table.client.app.seated = Buckets(10**9, 10**9)  # type: ignore[attr-defined]
    return table
