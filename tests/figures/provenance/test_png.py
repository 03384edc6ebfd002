from __future__ import annotations

import os
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
    assert {key: text[key] for key in metadata} == metadata
    assert text["Title"] == "In this model, nobody leaves"
    assert text["Description"] == "Alt text, 0–9."


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
