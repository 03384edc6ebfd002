"""What every figure owes its readers: found as it lies there, at each of its extremes, and as it always looked.

``python tests/figures/test_every_figure.py`` draws the reference pictures anew; look at every one before you keep it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from sim.figures.catalog import FIGURES
from sim.figures.drawing.style import context
from sim.figures.interface import FigureKind
from tests.figures.checks import CHECKS, FOOTER, Drawn, Examples

FOLDER = Path(__file__).with_name("reference")
DPI, TOLERANCE = 60, 4.0
"""Small pictures; root mean square of the differences, of 255: another version of a font's renderer stays below it."""


def examples_of(kind: FigureKind) -> Examples:
    """What the figure's folder of tests has to show."""
    try:
        found: Examples = import_module(f"tests.figures.{kind.name}.examples").EXAMPLES
    except ModuleNotFoundError:
        return {"reference": _missing}
    return found


def _missing(_: object) -> Drawn:
    raise AssertionError("tests/figures/<name>/examples.py with EXAMPLES, among them 'reference', is missing")


ALL = [(kind.id, name) for kind in FIGURES.values() for name in examples_of(kind)]


@cache
def drawn(figure: str, example: str) -> Drawn:
    made = examples_of(FIGURES[figure])[example](FOOTER)
    assert isinstance(made.figure.canvas, FigureCanvasAgg)
    return made


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_is_a_folder_of_its_name_with_a_reference_picture(figure: str) -> None:
    kind = FIGURES[figure]
    assert type(kind).__module__ == f"sim.figures.{kind.name}.figure"
    assert kind.text.endswith(".")
    assert "reference" in examples_of(kind)
    assert (FOLDER / f"{kind.file()}.png").exists()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize(("figure", "example"), ALL)
def test_at_its_extremes(figure: str, example: str, check: object) -> None:
    check(drawn(figure, example))  # type: ignore[operator]


@pytest.mark.parametrize("figure", FIGURES)
def test_drawn_again_it_is_the_same_to_the_pixel_and_changes_no_setting(figure: str) -> None:
    before = matplotlib.rcParams.copy()
    first = _pixels(drawn(figure, "reference").figure)
    with matplotlib.rc_context({"font.size": 30, "text.color": "red"}):
        again = _pixels(examples_of(FIGURES[figure])["reference"](FOOTER).figure)
    assert np.array_equal(first, again)
    assert matplotlib.rcParams.copy() == before


def _pixels(figure: Figure) -> np.ndarray:
    with context():
        figure.canvas.draw()
    return np.asarray(figure.canvas.buffer_rgba()).copy()  # type: ignore[attr-defined]


def write(kind: FigureKind, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{kind.file()}.png"
    with context():
        examples_of(kind)["reference"](FOOTER).figure.savefig(path, dpi=DPI)
    return path


@pytest.mark.parametrize("figure", FIGURES)
def test_the_figure_looks_as_it_did(figure: str, tmp_path: Path) -> None:
    path = write(FIGURES[figure], tmp_path)
    fault = compare_images(str(FOLDER / path.name), str(path), TOLERANCE)
    assert fault is None, fault


def test_a_figure_that_looks_otherwise_is_noticed(tmp_path: Path) -> None:
    """Else the tolerance would let everything pass: two dots more beyond the threshold are seen."""
    from sim.figures.outcome import draw as outcome
    from tests.figures import data

    with context():
        values = np.where(data.STEPS > 0.86, 400, data.EXITS)
        outcome.draw(values, question=data.OUT, footer=FOOTER).savefig(tmp_path / "other.png", dpi=DPI)
    assert compare_images(str(FOLDER / "F1-outcome.png"), str(tmp_path / "other.png"), TOLERANCE) is not None


if __name__ == "__main__":
    for each in FIGURES.values():
        print(write(each, FOLDER))
