from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from sim.errors import UserMistake
from sim.figures.provenance.png import save

DATA = pd.DataFrame({"dot": [1, 2], "text": ["a, b", "ü"]})


@pytest.fixture
def figure() -> Figure:
    figure = Figure(figsize=(2, 1))
    figure.suptitle("In this model,\nnobody leaves")
    return figure


def test_a_png_carries_where_it_comes_from(tmp_path: Path, figure: Figure, metadata: dict[str, str]) -> None:
    png, _ = save(figure, tmp_path / "f.png", data=DATA, metadata=metadata, alt="Alt text, 0–9.")
    with Image.open(png) as image:
        text = image.text  # type: ignore[attr-defined]
        assert image.info["dpi"][0] >= 149
    assert {key: text[key] for key in metadata} == {**metadata, "seeds": "7: 0-399"}
    assert text["Title"] == "In this model, nobody leaves"
    assert text["Description"] == "Alt text, 0–9."


@pytest.mark.parametrize("width", [2.5 + 3.1 + 3.05 + 0.6, 9.2, 2.0, 1.2345])
def test_a_page_of_any_width_is_whole(tmp_path: Path, metadata: dict[str, str], width: float) -> None:
    """Inches times dots may lie a hair below a whole number; read at another width, every line would be sheared."""
    figure = Figure(figsize=(width, 1))
    figure.add_axes((0, 0, 0.5, 1)).patch.set_facecolor("black")
    figure.axes[0].set_axis_on()
    png, _ = save(figure, tmp_path / "f.png", data=DATA, metadata=metadata, alt="")
    with Image.open(png) as image:
        middle, rows = image.width // 2, (20, image.height // 2, image.height - 20)
        assert {image.getpixel((middle - 5, y)) for y in rows} == {(0, 0, 0)}
        assert {image.getpixel((middle + 5, y)) for y in rows} == {(255, 255, 255)}


def test_the_data_lie_beside_the_figure(tmp_path: Path, figure: Figure, metadata: dict[str, str]) -> None:
    _, table = save(figure, tmp_path / "new" / "f.v1.png", data=DATA, metadata=metadata, alt="")
    assert table == tmp_path / "new" / "f.v1.csv"
    pd.testing.assert_frame_equal(pd.read_csv(table), DATA)


def test_nothing_else_is_left_in_the_folder(tmp_path: Path, figure: Figure, metadata: dict[str, str]) -> None:
    for _ in range(2):
        save(figure, tmp_path / "f.png", data=DATA, metadata=metadata, alt="")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["f.csv", "f.png"]


def test_the_same_figure_gives_the_same_bytes(tmp_path: Path, figure: Figure, metadata: dict[str, str]) -> None:
    one, _ = save(figure, tmp_path / "1.png", data=DATA, metadata=metadata, alt="")
    two, _ = save(figure, tmp_path / "2.png", data=DATA, metadata=metadata, alt="")
    assert one.read_bytes() == two.read_bytes()


def test_a_figure_that_does_not_say_where_it_comes_from_is_refused(tmp_path: Path, figure: Figure) -> None:
    with pytest.raises(ValueError, match="seeds, version, command"):
        save(figure, tmp_path / "f.png", data=DATA, metadata={"case": "c"}, alt="")


def test_a_folder_that_cannot_be_written_is_the_users_mistake(
    tmp_path: Path, figure: Figure, metadata: dict[str, str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserMistake, match=r"^out=.*: cannot write figure: "):
        save(figure, tmp_path / "file" / "f.png", data=DATA, metadata=metadata, alt="")


def test_another_kind_of_file_is_the_users_mistake(tmp_path: Path, figure: Figure, metadata: dict[str, str]) -> None:
    with pytest.raises(UserMistake, match=r"end in \.png"):
        save(figure, tmp_path / "f.pdf", data=DATA, metadata=metadata, alt="")


def test_a_failed_write_leaves_the_old_figure(
    tmp_path: Path, figure: Figure, metadata: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(figure, tmp_path / "f.png", data=DATA, metadata=metadata, alt="old")
    before = (tmp_path / "f.png").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(UserMistake, match="No space left"):
        save(figure, tmp_path / "f.png", data=DATA, metadata=metadata, alt="new")
    assert (tmp_path / "f.png").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_only_words_for_people_are_international_text_so_that_other_tools_keep_the_rest(
    tmp_path: Path, figure: Figure, metadata: dict[str, str]
) -> None:
    """ImageMagick 6 drops all international text, 7 the packed; plain text both keep."""
    told = {**metadata, "recipe": "{" + "x" * 3000 + "}", "command": "tabletop …"}
    png, _ = save(figure, tmp_path / "f.png", data=DATA, metadata=told, alt="Alt text, 0–9, " * 200)
    chunks = dict(_chunks(png.read_bytes()))
    kinds = {key: kind for kind, key, _ in chunks.values()}
    assert {key for key, kind in kinds.items() if kind == b"iTXt"} == {b"Title", b"Description"}
    assert kinds[b"recipe"] == b"zTXt"
    assert all(packed == 0 for kind, _, packed in chunks.values() if kind == b"iTXt")
    with Image.open(png) as image:
        assert image.text["recipe"] == told["recipe"]  # type: ignore[attr-defined]
        assert image.text["command"] == "tabletop \\u2026"  # type: ignore[attr-defined]


def _chunks(data: bytes) -> Iterator[tuple[int, tuple[bytes, bytes, int]]]:
    """Kind, keyword and the flag that says packed, of each text chunk of a PNG, by its place."""
    place = 8
    while place < len(data):
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        key, _, rest = data[place + 8 : place + 8 + length].partition(b"\0")
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            yield place, (kind, key, rest[0] if rest else 0)
        place += 12 + length
