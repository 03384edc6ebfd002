"""The picture of the explorer for the docs: ``python -m tests.reports.explorer.pictures FOLDER [PAGE.html]``.

Of the page that ``tabletop explore`` writes unless it is told otherwise: six levers, every theory, 400 worlds each.
That takes minutes; a page that is there already can be named.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from sim.cli import run as tabletop
from tests.browser import chromium

NAME = "explorer"
SHOWN = "#levers=pay_escrow,kit_first&outcome=exits_by_end&theory=all"
SIZE = (1180, 1010)
COLOURS = 48


def take(browser: Browser, page: Path, folder: Path) -> Path:
    """The picture of a page, two of its levers pulled."""
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]})
    seen = context.new_page()
    seen.goto(page.absolute().as_uri() + SHOWN)
    taken = seen.screenshot()
    context.close()
    target = folder / f"{NAME}.png"
    with Image.open(io.BytesIO(taken)) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(target, optimize=True)
    return target


def main(folder: Path, page: Path | None) -> None:
    """Take it, of this page or of one that is made."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, chromium() as browser:
        if page is None:
            page = Path(place) / "explore.html"
            if tabletop(["explore", str(page), f"out={place}/s"]):
                raise SystemExit("no page, no picture")
        take(browser, page, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
