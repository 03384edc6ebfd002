"""Pages in a real browser, without a server: what it asks for is answered from memory, with the page's own headers."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, sync_playwright

from sim.page.views.environment import FOLDER

ORIGIN = "http://127.0.0.1:8000"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--lang=en-GB")  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
}
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
_STREAM = """window.lines = []; window.EventSource = class extends EventTarget {
  static CLOSED = 2; readyState = 1; constructor() { super(); lines.push(this) } }"""
"""A stream that stays open and says what a test has it say: a page that is looked at here has no server behind it."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that the machine has."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Desk:
    """What stands in for the server.

    Attributes
    ----------
    html
        The seat's page, as it is now.
    answer
        What is answered to a form of this name with these fields: status and fragment; status 0 breaks the line.
    picture
        Bytes of every picture.
    sent
        The forms that came, by name, with their fields.
    """

    html: str
    answer: Callable[[str, dict[str, list[str]]], tuple[int, str]] = lambda name, fields: (200, "")
    picture: bytes = b""
    sent: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def route(self, route: Route) -> None:
        """Answer one request."""
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(body=self.html, headers={**HEADERS, "Content-Type": "text/html; charset=utf-8"})
        elif path.startswith("/static/"):
            kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
            file = FOLDER / path.removeprefix("/")
            route.fulfill(
                body=file.read_text(encoding="utf-8"), headers={**HEADERS, "Content-Type": kinds[file.suffix]}
            )
        elif path.startswith("/picture/") and self.picture:
            route.fulfill(body=self.picture, headers={**HEADERS, "Content-Type": "image/png"})
        elif path.startswith("/do/"):
            fields = parse_qs(route.request.post_data or "", keep_blank_values=True)
            self.sent.append((path.removeprefix("/do/"), fields))
            status, body = self.answer(path.removeprefix("/do/"), fields)
            if not status:
                route.abort()
            else:
                route.fulfill(status=status, body=body, headers={**HEADERS, "Content-Type": "text/html; charset=utf-8"})
        else:
            route.fulfill(status=404, body="", headers=HEADERS)


@dataclass
class Look:
    """A page that is open.

    Attributes
    ----------
    page
        The browser's.
    complaints
        What it said of scripts and policy.
    """

    page: Page
    complaints: list[str]

    def tell(self, version: int, turn: int = 1, *, playing: bool = False) -> None:
        """Have the stream say how the table stands."""
        told = json.dumps({"version": version, "turn": turn, "playing": playing})
        self.page.evaluate("told => lines.at(-1).dispatchEvent(new MessageEvent('table', {data: told}))", told)

    def until(self, asked: str, argument: Any = None) -> Any:
        """Wait for a script's value; the page's policy lets nothing be waited for in the browser itself."""
        for _ in range(100):
            with suppress(Error):  # a page that is just being loaded anew has nothing to ask
                if value := self.page.evaluate(asked, argument):
                    return value
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{asked} did not come about; {self.complaints}")


def context_of(browser: Browser, *, width: int = 1280, height: int = 900, dark: bool = False,
               script: bool = True) -> BrowserContext:  # fmt: skip
    """A browser of its own, with nothing in it."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
        java_script_enabled=script, reduced_motion="reduce", locale="en-GB",
    )  # fmt: skip
    context.add_init_script(_STREAM)
    return context


def opened(context: BrowserContext, desk: Desk) -> Look:
    """The desk's page in a tab of a browser; nothing leaves the machine."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.route("**/*", desk.route)
    page.goto(f"{ORIGIN}/")
    return Look(page, complaints)
