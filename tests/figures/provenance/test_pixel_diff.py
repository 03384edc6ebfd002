"""Two pictures are the same to the pixel, or it is said how they differ."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sim.figures.provenance.pixel_diff import compare
from sim.figures.provenance.recipe import versions


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    pixels = np.full((20, 30, 3), 255, dtype=np.uint8)
    for name in ("one", "two"):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        (tmp_path / f"{name}.csv").write_text("a\n1\n")
    return tmp_path / "one.png"


def test_the_same_pixels_are_the_same_picture(picture: Path) -> None:
    found = compare(picture, picture.with_name("two.png"), versions())
    assert found.same
    assert found.text == "The same picture: all 600 pixels are the same (under the same versions)."


def test_other_pixels_are_counted_and_the_numbers_behind_them_compared(picture: Path) -> None:
    other = np.full((20, 30, 3), 255, dtype=np.uint8)
    other[3, 4:7] = 100
    Image.fromarray(other).save(picture.with_name("two.png"))
    found = compare(picture, picture.with_name("two.png"), {**versions(), "matplotlib": "3.0"})
    assert not found.same
    assert found.text.startswith("3 of 600 pixels differ, by 155 of 255 at most; other versions: matplotlib 3.0 then, ")
    assert found.text.endswith("the numbers behind them are the same.")


def test_another_size_is_said_before_all(picture: Path) -> None:
    Image.new("RGB", (31, 20)).save(picture.with_name("two.png"))
    picture.with_name("two.csv").write_text("a\n2\n")
    found = compare(picture, picture.with_name("two.png"), versions())
    assert found.text.startswith("The pictures differ in size, 30 × 20 and 31 × 20 pixels")
    assert found.text.endswith("the numbers behind them differ.")


def test_data_that_are_not_beside_the_picture_are_said_to_be_missing(picture: Path) -> None:
    picture.with_suffix(".csv").unlink()
    Image.new("RGB", (31, 20)).save(picture.with_name("two.png"))
    assert "data are not beside it" in compare(picture, picture.with_name("two.png"), versions()).text
