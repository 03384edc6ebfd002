"""What stands before every request: it must come to us by name, from our own pages, small, and not too often.

Whatever passes has its seat in the scope; whatever is answered carries the headers that let a browser fetch nothing
from elsewhere, run no script but ours and show the page in nobody's frame.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import OrderedDict
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.language import LANGUAGES, _, spoken_in
from sim.page.seats import Seat, Seating
from sim.page.views.pages import plain_answer

MOST_BODY = 64 * 1024
"""Bytes of a form."""
MOST_BUCKETS = 4096
"""Seats and addresses whose requests are counted at the same time."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Mapping[str, str] = {
    "content-security-policy": CSP,
    # Not no-referrer: under that a browser sends "Origin: null" with a form, and over plain HTTP on a LAN nothing else
    # would tell our own page from another site's. To anywhere else it sends as little.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
"""Of every answer, unless it says otherwise itself."""


class BodyTooLarge(Exception):
    """More bytes came than a form has."""


class Buckets:
    """How often somebody may come: so many at once, and so many a second (a token bucket each).

    Parameters
    ----------
    burst
        Requests at once.
    rate
        Requests a second after that.
    """

    def __init__(self, burst: float, rate: float) -> None:
        self.burst, self.rate = burst, rate
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, who: str, now: float | None = None) -> float:
        """Seconds that somebody has to wait; 0 where the request may pass, which is counted then."""
        now = time.monotonic() if now is None else now
        left, before = self._left.pop(who, (self.burst, now))
        left = min(self.burst, left + (now - before) * self.rate)
        wait = 0.0 if left >= 1 else (1 - left) / self.rate
        self._left[who] = (left if wait else left - 1, now)
        while len(self._left) > MOST_BUCKETS:
            self._left.popitem(last=False)
        return wait


class Guard:
    """The outermost layer of the application.

    Parameters
    ----------
    app
        What it guards.
    seating
        The session's seats.
    hosts
        What Host may say, in small letters: ``127.0.0.1:8123``.
    language
        Of who has not chosen one.
    """

    def __init__(self, app: ASGIApp, seating: Seating, hosts: tuple[str, ...], language: str = "en") -> None:
        self.app, self.seating, self.hosts, self.language = app, seating, hosts, language
        self.origins = tuple(f"http://{host}" for host in hosts)
        self.seated, self.strangers = Buckets(120, 40), Buckets(60, 10)
        self.posts = Buckets(30, 6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # of sockets there are none
            await send({"type": "websocket.close", "code": 1008})
            return
        headers = Headers(scope=scope)
        cookies = cookies_of(headers)
        language = cookies.get(self.language_cookie, self.language)
        language = language if language in LANGUAGES else self.language
        seat = self.seating.of_cookie(cookies.get(self.seating.cookie_name))
        scope.setdefault("state", {}).update(seat=seat, language=language)
        with spoken_in(language):
            refused = self._refusal(scope, headers, seat)
        counted = _Counted(receive, "transfer-encoding" not in headers)
        dressed = _Dressed(send, counted)
        if refused is not None:
            await refused(scope, receive, dressed)
            return
        try:
            await self.app(scope, counted, dressed)
        except BodyTooLarge:
            if not dressed.begun:
                await too_large(language)(scope, receive, dressed)
        except Exception as fault:  # whatever it was, nobody is shown more than that there was one
            _tell(fault)
            if not dressed.begun:
                await fault_answer(language)(scope, receive, dressed)

    @property
    def language_cookie(self) -> str:
        """Name of the cookie that holds a browser's language."""
        return self.seating.cookie_name.replace("table_", "table_language_", 1)

    def _refusal(self, scope: Scope, headers: Headers, seat: Seat | None) -> Response | None:
        """Why a request may not pass; None where it may."""
        language = scope["state"]["language"]
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return plain(
                _("Not here"), _("This address is not the one that the table is served on."), 421, language=language
            )
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return plain(
                _("Not like this"), _("Pages are read and forms are sent; nothing else."), 405, language=language
            )
        if scope["method"] == "POST" and not self._is_ours(headers):
            text = _("This form did not come from a page of the table. Open the table's own page, and send it there.")
            return plain(_("Not from here"), text, 403, language=language)
        client = scope.get("client") or ("", 0)
        if seat is not None:
            wait = self.seated.take(f"{seat.name} {seat.browser}")
        else:
            wait = self.strangers.take(str(client[0]))
        if not wait and scope["method"] == "POST" and seat is not None:
            wait = self.posts.take(f"{seat.name} {seat.browser}")
        if wait:
            return too_often(wait, language)
        declared = headers.get("content-length", "0")
        if not declared.isascii() or not declared.isdecimal() or int(declared[:12]) > MOST_BODY:
            return too_large(language)
        return None

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a form comes from a page of ours: by its Origin, or, where a browser sends none, by what it says of
        the site that it comes from."""
        origins = headers.getlist("origin")
        if origins and origins != ["null"]:
            return len(origins) == 1 and origins[0].lower() in self.origins
        return headers.getlist("sec-fetch-site") == ["same-origin"]


class _Counted:
    """Receives a body, and no more of it than a form has, whatever was announced."""

    def __init__(self, receive: Receive, bounded: bool) -> None:
        self._receive, self._bytes, self.bounded = receive, 0, bounded

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self.bounded = self.bounded or not message.get("more_body", False)
            if self._bytes > MOST_BODY:
                raise BodyTooLarge
        return message


class _Dressed:
    """Sends an answer with the headers that every one has; who was answered before all came is not listened to."""

    def __init__(self, send: Send, counted: _Counted) -> None:
        self._send, self._counted, self.begun = send, counted, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            own = list(message.get("headers", []))
            names = {name.lower() for name, _value in own}
            own += [(name.encode(), value.encode()) for name, value in HEADERS.items() if name.encode() not in names]
            if not self._counted.bounded and b"connection" not in names:
                own.append((b"connection", b"close"))
            message = {**message, "headers": own}
        await self._send(message)


def cookies_of(headers: Headers) -> dict[str, str]:
    """The cookies of a request; none of those that cannot be read."""
    found: dict[str, str] = {}
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            jar: SimpleCookie = SimpleCookie()
            try:
                jar.load(part.strip())
            except CookieError:
                continue
            found |= {name: one.value for name, one in jar.items()}
    return found


# Plain answers


def plain(title: str, text: str, status: int, *, language: str, **more: Any) -> Response:
    """A page of a sentence or two; ``headers`` are its own, ``back`` adds a way back to the seat."""
    headers = more.pop("headers", None)
    return HTMLResponse(plain_answer(title, text, language=language, **more), status, headers=headers)


def no_seat(language: str) -> Response:
    """The one answer to a wrong, old or foreign link, a missing or forged cookie, and to what a seat may not see."""
    with spoken_in(language):
        text = _("There is nothing for you at this address. Open the link that you were given, or ask for a new one.")
        return plain(_("No seat"), text, 403, language=language)


def too_large(language: str) -> Response:
    """The answer to a body that is larger than any form; the rest of it is not read."""
    with spoken_in(language):
        text = _("That was more than a form of the table holds ({most} KiB). What you typed is still on your page.")
        text = text.format(most=MOST_BODY // 1024)
        return plain(_("Too large"), text, 413, language=language, headers={"connection": "close"})


def too_often(wait: float, language: str) -> Response:
    """The answer to who comes too often."""
    seconds = max(1, round(wait + 0.5))
    with spoken_in(language):
        text = _("Too much at once. Nothing was done, and what you typed is kept: go back and send it again in {n} s.")
        headers = {"retry-after": str(seconds)}
        return plain(_("A moment"), text.format(n=seconds), 429, language=language, back=True, headers=headers)


def fault_answer(language: str) -> Response:
    """The answer where the fault is ours; it tells nothing of what it was."""
    with spoken_in(language):
        text = _("Something went wrong here, and it is no fault of yours. What was acknowledged is in the log.")
        return plain(_("A fault"), text, 500, language=language, back=True)


def _tell(fault: Exception) -> None:
    """A fault of ours on the error stream: where it was, and nothing of what anybody typed or which link they have."""
    where = "".join(traceback.format_tb(fault.__traceback__))
    print(f"tabletop: a fault of the page: {type(fault).__name__}\n{where}", file=sys.stderr, flush=True)
