"""Pictures of the page, to look at and for the docs: ``python -m tests.page.views.pictures FOLDER [all]``.

Three pictures that docs/FACILITATING.md shows; with ``all`` every view instead, wide and narrow, light, dark and grey,
with everything folded out. The session is a practice of which a turn was played, drawn from the same seed every time.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from sim.page.views import join_page, page, plain_answer
from sim.tabletop.first_line import first_line
from sim.tabletop.injects_due import inject_of
from sim.tabletop.session import Session, begin
from sim.tabletop.turn_end import end_turn
from sim.tabletop.turn_opening import open_turn
from tests.page.views.browser import Desk, chromium, context_of, opened
from tests.page.views.looks import ask, refused, shown_to

NAMES = ("table-desk", "table-sheet", "table-projector")
COLOURS = 48
PRACTICE = ("table=practice", "ensemble.root_seed=11", "theory=breach,prospects,threat_efficacy")


def practice(folder: Path) -> Session:
    """A practice in its second turn: what was told, expected, put on the table and ordered."""
    session = begin(folder, lambda: first_line(PRACTICE))
    open_turn(session)
    for name in ("welcome", "phone_in"):
        session.touch_inject(inject_of(session.board, name), "fire")
    session.expect("kenya", "exits", "0..30")
    session.expect("united_states", "deaths", "50..200")
    session.order("kenya", ["insurance=1"], why="nobody goes uninsured")
    session.order("united_states", ["us_support=1"], why="Congress has let it")
    end_turn(session)
    open_turn(session)
    session.expect("kenya", "exits", "2..12")
    session.branch("pay_first", "kenya", text="pay before anybody leaves")
    session.order("kenya", ["pay_escrow=1"], option="pay_first")
    session.branch("and_brief", "kenya", on="pay_first", text="and squad leaders hear it first")
    session.order("kenya", ["leaders_briefed=1"], option="and_brief")
    session.order("united_states", ["evacuation=1"], why="aircraft for the wounded")
    return session


def for_docs(folder: Path, browser: Browser, session: Session) -> None:
    """The three pictures of the docs."""
    desk = page(ask(session, "facilitator"))
    kenya = page(ask(session, "kenya", shown=shown_to(session, "kenya", 1000)))
    _take(browser, desk, folder / "table-desk.png", width=1180, height=900)

    def at_the_sheet(seen: Page) -> None:
        seen.fill('[name="level.levers.pay_escrow"]', "1")
        seen.evaluate("document.getElementById('sheet').scrollIntoView(); document.activeElement.blur()")

    _take(browser, kenya, folder / "table-sheet.png", width=1180, height=1000, first=at_the_sheet)
    _take(browser, page(ask(session, "projector")), folder / "table-projector.png", width=1920, height=1080, shrink=1.6)


def every_view(folder: Path, browser: Browser, session: Session) -> None:
    """Every view, as wide and narrow and dark as anybody may see it."""
    wrong = {"order": refused("order", {"level.levers.insurance": "3"}, level__levers__insurance="from 0 to 1")}
    pages = {name: page(ask(session, name)) for name in ("observer", "projector", "umpire", "united_states")}
    for name in ("facilitator", "kenya"):
        pages[name] = page(ask(session, name, shown=shown_to(session, name)))
    pages["kenya-refused"] = page(ask(session, "kenya", answers=wrong))
    session.close()
    for name in ("facilitator", "kenya", "observer", "projector"):
        pages[f"{name}-ended"] = page(ask(session, name, read_only="The session has ended."))
    pages["join"] = join_page("Government of Kenya", "/seat/abc", title="Practice")
    pages["refusal"] = plain_answer("No seat here", "This link opens nothing.")
    for name, html in pages.items():
        wide = {"width": 1920, "height": 1080} if name.startswith("projector") else {"width": 1280, "height": 900}
        _take(browser, html, folder / f"{name}-wide.png", whole=True, **wide)
        _take(browser, html, folder / f"{name}-dark.png", whole=True, dark=True, **wide)
        _take(browser, html, folder / f"{name}-narrow.png", whole=True, width=390, height=844)
        with Image.open(folder / f"{name}-wide.png") as picture:
            picture.convert("L").save(folder / f"{name}-grey.png")


def _take(browser: Browser, html: str, target: Path, *, width: int, height: int, dark: bool = False,
          whole: bool = False, shrink: float = 1, first: Callable[[Page], None] | None = None) -> None:  # fmt: skip
    context = context_of(browser, width=width, height=height, dark=dark)
    look = opened(context, Desk(html))
    if first is not None:
        first(look.page)
    if whole:
        look.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    taken = look.page.screenshot(full_page=whole)
    context.close()
    with Image.open(io.BytesIO(taken)) as picture:
        small = picture.convert("RGB").resize((round(picture.width / shrink), round(picture.height / shrink)), 1)
        small.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def main(folder: Path, *, everything: bool) -> None:
    """Take the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        (every_view if everything else for_docs)(folder, browser, practice(Path(place) / "practice"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), everything="all" in sys.argv[2:])
