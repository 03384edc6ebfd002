"""The pictures that the docs show are of the page as it is, small enough, and all of them are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.page.views.browser import CHROMIUM
from tests.page.views.pictures import NAMES, main

DOCS = Path(__file__).resolve().parents[3] / "docs"
MOST_BYTES = 600_000


def test_every_picture_of_the_page_is_shown_with_words_and_all_are_small() -> None:
    text = (DOCS / "FACILITATING.md").read_text(encoding="utf-8")
    files = [DOCS / "pictures" / f"{name}.png" for name in NAMES]
    assert all(f"](pictures/{file.name})" in text for file in files)
    assert {file.name for file in (DOCS / "pictures").glob("table-*")} == {file.name for file in files}
    assert sum(file.stat().st_size for file in files) < MOST_BYTES


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine")
def test_the_pictures_can_be_taken_anew(tmp_path: Path) -> None:
    main(tmp_path, everything=False)
    for name in NAMES:
        with Image.open(tmp_path / f"{name}.png") as new, Image.open(DOCS / "pictures" / f"{name}.png") as old:
            assert new.size == old.size
