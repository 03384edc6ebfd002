"""Pages in a real browser, without a server: what it asks for is answered from memory, with the page's own headers."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, sync_playwright

from sim.page.views.environment import FOLDER

ORIGIN = "http://127.0.0.1:8000"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
}
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that the machine has."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def opened(
    browser: Browser, html: str, *, width: int = 1280, height: int = 900, dark: bool = False, scale: float = 1,
    pictures: Mapping[str, bytes] | None = None, script: bool = True,
) -> Page:  # fmt: skip
    """A page of this text; nothing leaves the machine, and what the browser complains of is kept in ``complaints``."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
        device_scale_factor=scale, java_script_enabled=script, reduced_motion="reduce",
    )  # fmt: skip
    # A stream that stays open and says nothing: a page that is looked at here has no server behind it.
    context.add_init_script(
        "window.EventSource = class extends EventTarget { constructor() { super(); window.line = this } }"
    )
    page = context.new_page()
    page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.complaints.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
    page.on("pageerror", lambda fault: page.complaints.append(str(fault)))  # type: ignore[attr-defined]

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(body=html, headers={**HEADERS, "Content-Type": "text/html; charset=utf-8"})
        elif path.startswith("/static/"):
            kind = "text/css" if path.endswith("css") else "text/javascript"
            body = (FOLDER / path.removeprefix("/")).read_text(encoding="utf-8")
            route.fulfill(body=body, headers={**HEADERS, "Content-Type": kind})
        elif path.startswith("/picture/") and pictures:
            route.fulfill(body=next(iter(pictures.values())), headers={**HEADERS, "Content-Type": "image/png"})
        else:
            route.fulfill(status=404, body="", headers=HEADERS)

    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")
    return page
