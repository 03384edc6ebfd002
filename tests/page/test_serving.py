"""A real server: its address, its links, its streams, its end, and what is left when it is killed."""

from __future__ import annotations

import select
import signal
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from sim.cli import run
from sim.page import serving
from sim.page.seats import NAME
from sim.page.serving import listen
from sim.tabletop.session import Session
from sim.tabletop.turn_opening import open_turn
from tests.faults import refusal
from tests.page.real_server import Listener, served

# Addresses


def test_the_last_port_is_taken_again_where_it_is_free_and_else_another(session: Session) -> None:
    first = listen("127.0.0.1", None, None)
    assert first.is_loopback
    assert first.hosts == (f"127.0.0.1:{first.port}",)
    port = first.port
    other = listen("127.0.0.1", None, port)
    assert other.port != port
    for address in (first, other):
        address.listener.close()
    again = listen("127.0.0.1", None, port)
    assert again.port == port
    again.listener.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]", "0"])
def test_all_addresses_at_once_are_refused_and_this_machine_s_are_named(host: str) -> None:
    line = refusal(listen, host, None, None)
    assert "name one address" in line
    assert "127.0.0.1" in line


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "", "a" * 300, "127.0.0.1:80", "http://x"])
def test_an_address_that_is_none_of_this_machine_is_refused(host: str) -> None:
    assert "127.0.0.1" in refusal(listen, host, None, None)


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "port" in refusal(listen, "127.0.0.1", taken.getsockname()[1], None)


def test_links_of_another_protocol_have_their_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        address = listen("::1", None, None)
    except Exception:
        pytest.skip("this machine has no IPv6")
    assert address.url == f"http://[::1]:{address.port}"
    assert address.is_loopback
    address.listener.close()
    assert serving.own_addresses()[0] == "127.0.0.1"


# A server


@pytest.fixture
def friday(session: Session) -> Path:
    open_turn(session)
    return session.folder


def order(client: httpx.Client, value: int, day: str) -> httpx.Response:
    return client.post("/do/order", data={"level.levers.reserve": str(value), "day": day}, headers={"x-part": "1"})


def test_a_table_is_served_followed_and_ended_in_order(friday: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with served(friday) as server:
        assert list(server.links) == ["facilitator", "kenya", "united_states", "umpire", "observer", "projector"]
        kenya, observer = server.sit("kenya"), server.sit("observer")
        page = Listener(observer)
        page.start()
        assert page.opened.wait(20)
        assert (page.status, page.kind) == (200, "text/event-stream; charset=utf-8")
        assert page.told[0] == {"version": 3, "turn": 1, "playing": False}
        assert order(kenya, 5, "2024-03-09").status_code == 200
        assert run(["table", "note", str(friday), "typed in a shell"]) == 0
        for _ in range(100):
            if page.told[-1]["version"] == 5:
                break
            time.sleep(0.1)
        assert page.told[-1]["version"] == 5
        assert server.sit("facilitator").post("/do/advance", data={"turn": "1"}).status_code == 303
        for _ in range(100):
            if page.told[-1]["turn"] == 2:
                break
            time.sleep(0.1)
        # That it was being played is told where it takes longer than a page waits between two things that it is told.
        assert (page.told[-1]["turn"], page.told[-1]["playing"]) == (2, False)
        began = time.monotonic()
        code, told = server.end(signal.SIGINT)
        assert code == 130
        assert time.monotonic() - began < 10, "open pages hold the end up"
        assert page.ended.wait(5)
        assert told.strip() == (
            "tabletop: interrupted; what is finished is kept, and the same command goes on from there"
        )
    assert not any(link in "".join(server.said[-1:]) for link in server.links.values())


def test_a_server_that_is_terminated_says_so_with_its_code(friday: Path) -> None:
    with served(friday, "language=fr") as server:
        kenya = server.sit("kenya")
        assert 'lang="fr"' in kenya.get("/").text
        page = Listener(kenya)
        page.start()
        assert page.opened.wait(20)
        assert server.end(signal.SIGTERM)[0] == 143


def test_a_server_that_is_killed_amid_orders_loses_none_that_was_acknowledged(friday: Path) -> None:
    acknowledged: list[int] = []
    with served(friday) as server:
        kenya = server.sit("kenya")

        def send() -> None:
            for number in range(1, 100):
                day = f"2024-03-{8 + number % 20:02}" if number < 20 else f"2024-04-{1 + number % 30:02}"
                try:
                    answer = order(kenya, number, day)
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    acknowledged.append(number)
                time.sleep(0.12)

        sender = threading.Thread(target=send)
        sender.start()
        while len(acknowledged) < 8:
            time.sleep(0.02)
        server.process.kill()
        server.process.communicate()
        sender.join(30)
        links, cookies = server.links, kenya.cookies
    orders = [one for one in Session.read(friday).board.orders if one.writes[0][0] == "levers.reserve"]
    standing = [int(one.writes[0][2]) for one in orders]
    assert set(acknowledged) <= set(standing)
    assert len(standing) == len(set(standing)) <= len(acknowledged) + 1  # one may have been written and not answered
    with served(friday) as again:
        assert again.links == links, "links and port are as they were"
        kenya = again.sit("kenya", cookies)
        page = kenya.get("/")
        assert page.status_code == 200, "the cookie still holds"
        assert all(one.id in page.text for one in orders[-3:])
        last = Session.read(friday).board.orders[-1]
        repeated = order(kenya, int(last.writes[0][2]), last.day.isoformat())
        assert repeated.status_code == 200
        assert "stands once" in repeated.text
    with served(friday, "--new-links") as new:
        assert not set(new.links.values()) & set(links.values())
        assert new.sit("kenya", cookies).get("/").status_code == 403


def test_ten_megabytes_are_answered_before_they_have_come(friday: Path) -> None:
    with served(friday) as server:
        host, port = server.url.removeprefix("http://").split(":")
        head = (
            f"POST /do/order HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {server.url}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\n"
        )
        for more in ("Content-Length: 10485760\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"):
            with socket.create_connection((host, int(port)), timeout=20) as line:
                line.sendall((head + more).encode())
                sent, piece = 0, b"x" * 65_536
                with suppress(OSError):
                    while sent < 10 << 20 and not select.select([line], [], [], 0.01)[0]:
                        line.sendall(piece if "Length" in more else b"10000\r\n" + piece + b"\r\n")
                        sent += len(piece)
                assert sent < 10 << 20, "it was read to its end"
                answer = b""
                with suppress(OSError):
                    answer = line.recv(200)
                assert answer == b"" or answer[:12] in (b"HTTP/1.1 413", b"HTTP/1.1 403"), more
        assert server.sit("kenya").get("/").status_code == 200


def test_a_fault_of_the_wire_takes_nothing_with_it(friday: Path) -> None:
    with served(friday) as server:
        host, port = server.url.removeprefix("http://").split(":")
        for nonsense in (
            b"\x00" * 100,
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
            b"POST /do/order HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: " + f"{host}:{port}".encode() + b"\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        ):
            with socket.create_connection((host, int(port)), timeout=20) as line:
                line.sendall(nonsense)
                line.settimeout(5)
                try:
                    answer = line.recv(100)
                except OSError:
                    answer = b""
                assert not answer or answer.split(b" ")[1][:1] in (b"4",), nonsense[:40]
        assert server.sit("kenya").get("/").status_code == 200
        code, told = server.end(signal.SIGINT)
        assert code == 130
        assert "Traceback" not in told


def test_nothing_of_a_link_is_left_anywhere_but_where_it_was_printed(friday: Path) -> None:
    with served(friday) as server:
        kenya = server.sit("kenya")
        token = server.links["kenya"].rpartition("/")[2]
        kenya.get(f"/seat/{token}x")
        kenya.get(f"/paper/{token}")
        order(kenya, 1, "2024-03-09")
        _code, told = server.end(signal.SIGINT)
        assert token not in told
        for path in friday.rglob("*"):
            if path.is_file():
                assert token.encode() not in path.read_bytes(), path
        assert (friday / NAME).stat().st_mode & 0o077 == 0
