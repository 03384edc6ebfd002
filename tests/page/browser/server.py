"""A table that is served by a process of its own, and seats of it that are taken in a real browser."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from sim.tabletop.log import LogLine
from sim.tabletop.session import Session
from tests.page.real_server import RealServer

PATIENCE = 60_000
"""Milliseconds that a loaded machine has for anything; no test says how long a thing takes."""
SEATS = {
    "facilitator": "Facilitator",
    "kenya": "Government of Kenya",
    "united_states": "Government of the United States",
    "umpire": "Umpire (gangs, courts, press)",
    "observer": "Observer",
    "projector": "Projector",
}
"""Seats of the practice table as its command prints them."""


@dataclass
class TableProcess:
    """``tabletop serve`` on a session's folder, which can be killed and begun again.

    Attributes
    ----------
    folder
        The session's.
    """

    folder: Path
    _process: RealServer | None = None

    def start(self, *words: str) -> None:
        """Begin; returns when the links are printed."""
        self._process = RealServer(self.folder, *words)
        assert self.links, self.end()

    @property
    def links(self) -> dict[str, str]:
        """By seat."""
        assert self._process is not None
        return self._process.links

    @property
    def url(self) -> str:
        """Where it is."""
        assert self._process is not None
        return self._process.url

    def end(self, how: signal.Signals = signal.SIGKILL) -> tuple[int, str]:
        """End it, by default as a power cut does: its exit code, and what it said on its error stream."""
        assert self._process is not None
        return self._process.end(how, 60) if self._process.process.poll() is None else (0, "")

    @property
    def session(self) -> Session:
        """The session as its log says it."""
        return Session.read(self.folder)

    def lines(self, *kinds: str) -> list[LogLine]:
        """Lines of the log of some kinds, undone ones too."""
        return [line for line in self.session.log.entries if line.kind in kinds]


@dataclass
class Watch:
    """What goes on in a browser that nobody clicks: requests, and what the console complains of.

    That a form was refused is no complaint.
    """

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def follow(self, context: BrowserContext) -> None:
        """Watch every page of a browser."""
        context.on("request", self._asked)
        context.on("console", self._said)
        context.on("weberror", lambda fault: self.complaints.append(str(fault.error)))

    def _asked(self, request: Request) -> None:
        self.requests.append(request.url)

    def _said(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and "responded with a status of 4" not in said.text:
            self.complaints.append(said.text)


@dataclass(frozen=True)
class SeatedBrowser:
    """Somebody at the table: a browser with a seat's page open.

    Attributes
    ----------
    page
        The page.
    seat
        As in :data:`SEATS`.
    """

    page: Page
    seat: str

    @property
    def context(self) -> BrowserContext:
        """The browser, with its cookies."""
        return self.page.context

    # What is seen

    def sees(self, *words: str) -> None:
        """Wait until all of these stand on the page, unfolded or not."""
        for one in words:
            expect(self.page.locator("body")).to_contain_text(one, timeout=PATIENCE)

    def sees_not(self, *words: str) -> None:
        """None of these is anywhere in the page, not even in its source."""
        said = self.page.content()
        for one in words:
            assert one not in said, f"{self.seat} sees {one}"

    def at_turn(self, turn: int) -> None:
        """Wait until the page stands at a turn."""
        expect(self.page.locator("body")).to_have_attribute("data-turn", str(turn), timeout=PATIENCE)
        stage = self.page.locator(".dateline, .stage-head h1").first
        expect(stage).to_contain_text(f"Turn {turn}", timeout=PATIENCE)

    def part(self, name: str) -> Locator:
        """A region that follows the table."""
        return self.page.locator(f'[data-part="{name}"]')

    def form(self, name: str) -> Locator:
        """A form of the page."""
        return self.page.locator(f'form[data-form="{name}"]')

    def value(self, form: str, name: str) -> str:
        """What stands in a field."""
        return self.form(form).locator(f'[name="{name}"]').input_value()

    # What is done

    def fills(self, form: str, **fields: str) -> Locator:
        """Type into fields; ``levers__insurance`` is the field ``level.levers.insurance``."""
        box = self.form(form)
        for name, typed in fields.items():
            name = f"level.{name.replace('__', '.')}" if "__" in name else name
            one = box.locator(f'[name="{name}"]')
            unfold(one.first)
            kind = one.first.evaluate("one => one.type")
            if kind == "radio":
                box.locator(f'[name="{name}"][value="{typed}"]').check()
            elif kind == "select-one":
                one.select_option(typed)
            else:
                one.fill(typed)
        return box

    def sends(self, form: str, button: str, **fields: str) -> str:
        """Fill in a form, press its button and wait for its answer: what it says."""
        return self.pressing(self.fills(form, **fields).get_by_role("button", name=button, exact=True))

    def presses(self, button: str) -> str:
        """Press the one button of the page with this name, and wait for its answer: what it says."""
        return self.pressing(self.page.get_by_role("button", name=button, exact=True, include_hidden=True).first)

    def pressing(self, button: Locator) -> str:
        """Press a button that sends a form, and wait for its answer: what it says."""
        unfold(button)
        action = button.get_attribute("formaction") or button.evaluate("one => one.form.getAttribute('action')")
        name = str(action).rpartition("/")[2]
        self.page.evaluate("document.querySelectorAll('.said').forEach(one => { one.dataset.before = '' })")
        button.click()
        answer = self.page.locator(f'[data-answer="{name}"] > .said:not([data-before])').first
        answer.wait_for(state="attached", timeout=PATIENCE)
        return " ".join(str(answer.text_content()).split())

    def orders(self, why: str = "", **levels: str) -> str:
        """A player orders something."""
        return self.sends("order-", "Order it", why=why, **levels)


def unfold(one: Locator) -> None:
    """Open what hides something, as a reader does."""
    closed = one.locator("xpath=ancestor::details[not(@open)]")
    while closed.count():
        closed.first.locator("> summary").click()


def take(context: BrowserContext, server: TableProcess, seat: str) -> SeatedBrowser:
    """Open a seat's link in a browser and press its button."""
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(server.links[seat])
    page.get_by_role("button", name=f"Take the seat of {SEATS[seat]}").click()
    page.wait_for_url(f"{server.url}/")
    return SeatedBrowser(page, seat)


@contextmanager
def seats(
    browser: Browser, server: TableProcess, names: Sequence[str], watch: Watch | None = None, **more: Any
) -> Iterator[list[SeatedBrowser]]:
    """Seats that are taken, each in a browser of its own."""
    contexts = []
    try:
        for _ in names:
            contexts.append(browser.new_context(reduced_motion="reduce", locale="en-GB", **more))
            if watch is not None:
                watch.follow(contexts[-1])
        yield [take(context, server, name) for context, name in zip(contexts, names, strict=True)]
    finally:
        for context in contexts:
            context.close()
