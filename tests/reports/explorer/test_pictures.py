"""The picture of the explorer that the docs show is of the page as it is, and can be taken anew."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.browser import chromium
from tests.reports.explorer.conftest import Made
from tests.reports.explorer.pictures import NAME, SIZE, take

DOCS = Path(__file__).resolve().parents[3] / "docs"
MOST_BYTES = 150_000


def test_the_picture_is_shown_with_words_and_is_small() -> None:
    file = DOCS / "pictures" / f"{NAME}.png"
    assert f"](pictures/{file.name})" in (DOCS / "EXPLORER.md").read_text(encoding="utf-8")
    assert file.stat().st_size < MOST_BYTES
    with Image.open(file) as picture:
        assert picture.size == SIZE


def test_the_picture_can_be_taken_anew(made: Made, tmp_path: Path) -> None:
    with chromium() as browser, Image.open(take(browser, made.path, tmp_path)) as new:
        assert new.size == SIZE
        assert len(new.convert("RGB").getcolors(1 << 16) or []) > 10
