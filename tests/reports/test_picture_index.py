"""The page of all pictures of a store: one file, nothing of which runs, written whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.reports import picture_index


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "s", model_version=1, record="r")


def picture(store: Store, place: str, **text: str) -> Path:
    path = store.folder / "figures" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    chunks = PngInfo()
    for key, value in text.items():
        chunks.add_itxt(key, value)
    Image.new("RGB", (900, 300), "white").save(path, pnginfo=chunks)
    return path


def test_every_picture_is_shown_with_its_finding_its_words_and_its_command(store: Store) -> None:
    for name in ("a-breach", "b-breach"):
        picture(store, f"{name}/F1-outcome.png", Title=f"of {name}", Description="in words", command="tabletop plot s")
    page = picture_index.write(store)
    assert page == store.folder / "figures" / "index.html"
    text = page.read_text(encoding="utf-8")
    assert [text.count(f">of {name}<") for name in ("a-breach", "b-breach")] == [1, 1]
    assert text.count("<code>tabletop plot s</code>") == 2
    assert text.count('href="a-breach/F1-outcome.csv"') == 1
    assert text.count("data:image/png;base64,") == 2
    assert not re.search(r"<script|<link|https?://|src=\"(?!data:)", text)
    assert list(page.parent.glob(".*")) == []  # no draft is left


def test_what_a_picture_says_is_shown_as_text(store: Store) -> None:
    picture(store, 'a"><b>/F1 "&.png', Title="<script>alert(1)</script>", command='"><img src=x onerror=alert(1)>')
    text = picture_index.write(store).read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "<b>" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_what_is_no_picture_or_leads_elsewhere_is_left_out(store: Store, tmp_path: Path) -> None:
    good = picture(store, "a/F1-outcome.png", Title="good")
    (good.parent / "F2-torn.png").write_bytes(good.read_bytes()[:60])
    (good.parent / "F3-text.png").write_text("no picture")
    (tmp_path / "secret.png").write_bytes(good.read_bytes())
    (good.parent / "F4-link.png").symlink_to(tmp_path / "secret.png")
    text = picture_index.write(store).read_text(encoding="utf-8")
    assert text.count("<figure>") == 1


def test_a_picture_is_made_small_once(store: Store, monkeypatch) -> None:
    path = picture(store, "a/F1-outcome.png", Title="one")
    first = picture_index.write(store).read_text(encoding="utf-8")
    made: list[object] = []
    reduced = picture_index._reduced
    monkeypatch.setattr(picture_index, "_reduced", lambda image: made.append(image) or reduced(image))
    assert picture_index.write(store).read_text(encoding="utf-8") == first
    assert made == []
    picture(store, "b/F1-outcome.png", Title="two")
    path.unlink()
    second = picture_index.write(store).read_text(encoding="utf-8")
    assert len(made) == 1
    assert "two" in second
    assert "a/F1" not in second


def test_without_a_picture_there_is_no_page(store: Store) -> None:
    assert picture_index.write(store) is None


def test_a_page_that_cannot_be_written_is_a_line_and_the_old_one_stays(store: Store, monkeypatch) -> None:
    picture(store, "a/F1-outcome.png", Title="one")
    page = picture_index.write(store)
    before = page.read_bytes()
    picture(store, "b/F1-outcome.png", Title="two")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(UserMistake, match=r"index\.html: cannot be written: No space left on device"):
        picture_index.write(store)
    assert page.read_bytes() == before
    assert list(page.parent.glob(".*")) == []
