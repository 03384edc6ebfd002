"""A small practice session that is served in memory, and browsers that take seats at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from sim.page.application import TablePage
from sim.page.live import LiveTable
from sim.page.seats import Seating
from sim.tabletop.session import Session
from sim.tabletop.turn_opening import open_turn
from tests.tabletop.conftest import _played, head, played, session  # noqa: F401

HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"


@dataclass
class Sitting:
    """One browser that has taken a seat, and what it sends."""

    client: TestClient
    cookie: str
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str = "/", **headers: str) -> httpx.Response:
        return self.client.get(path, headers={"cookie": self.cookie, **self.headers, **headers})

    def do(self, form: str, fields: dict[str, object] | None = None, /, **more: object) -> httpx.Response:
        """Send a form as the page's script does; ``__`` of a keyword is a point."""
        data = {name.replace("__", "."): value for name, value in {**(fields or {}), **more}.items()}
        headers = {"cookie": self.cookie, "x-part": "1", **self.headers}
        return self.client.post(f"/do/{form}", data=data, headers=headers)

    def send(self, form: str, /, **fields: object) -> httpx.Response:
        """Send a form as a browser without script does."""
        data = {name.replace("__", "."): value for name, value in fields.items()}
        return self.client.post(f"/do/{form}", data=data, headers={"cookie": self.cookie, **self.headers})


@dataclass
class Served:
    """A session that is served, and its parts."""

    page: TablePage
    client: TestClient
    seating: Seating
    folder: Path

    def sit(self, name: str) -> Sitting:
        """A browser takes a seat by its link."""
        seat = next(one for one in self.seating.seats if one.name == name)
        answer = self.client.post(f"/seat/{self.seating.token(seat)}")
        assert answer.status_code == 303
        return Sitting(self.client, answer.headers["set-cookie"].partition(";")[0])

    @property
    def session(self) -> Session:
        """As it lies on the disk."""
        return Session.read(self.folder)

    @property
    def lines(self) -> int:
        """Lines of its log on the disk."""
        return len(self.session.board.lines)


Serve = Callable[[Session], Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves a session in memory, as a real server would; several at once if need be."""
    opened: list[TestClient] = []

    def begin(of: Session) -> Served:
        seating = Seating.of(of.folder, of.board)
        page = TablePage(LiveTable(Session.read(of.folder)), seating)
        client = TestClient(
            page.application((HOST,)), base_url=ORIGIN, headers={"origin": ORIGIN}, follow_redirects=False,
            raise_server_exceptions=True,
        )  # fmt: skip
        client.cookies.jar.set_policy(_NoCookies())
        client.__enter__()
        opened.append(client)
        return Served(page, client, seating, of.folder)

    yield begin
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def table(session: Session, serve: Serve) -> Served:  # noqa: F811
    """A session that has just begun, its scripted orders given."""
    open_turn(session)
    return serve(session)


@pytest.fixture
def second_turn(played: Session, serve: Serve) -> Served:  # noqa: F811
    """A session of which one turn was played: an option that was not taken, two forecasts."""
    return serve(played)


class _NoCookies:
    """Each browser brings its own cookies; the client, which they share, keeps none."""

    netscape = rfc2965 = hide_cookie2 = False

    def set_ok(self, *_: object) -> bool:
        return False

    def return_ok(self, *_: object) -> bool:
        return False

    def domain_return_ok(self, *_: object) -> bool:
        return False

    def path_return_ok(self, *_: object) -> bool:
        return False
