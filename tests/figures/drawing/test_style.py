from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from scipy.optimize import isotonic_regression

import sim.errors
from sim.figures.drawing import style
from sim.figures.drawing.layout import Footer, page
from tests import processes


def test_the_style_leaves_no_trace() -> None:
    before = matplotlib.rcParams.copy()
    with style.context():
        assert matplotlib.rcParams["text.parse_math"] is False
    assert matplotlib.rcParams.copy() == before


def test_the_style_does_not_depend_on_the_users_settings() -> None:
    with matplotlib.rc_context({"font.size": 30}), style.context():
        assert matplotlib.rcParams["font.size"] == style.TEXT


def test_categories_differ_in_colour_marker_and_line() -> None:
    for traits in zip(*[(c.colour, c.marker, c.dashes) for c in style.CATEGORIES], strict=True):
        assert len(set(traits)) == len(style.CATEGORIES)


def test_no_category_sets_red_against_green() -> None:
    assert style.GREEN not in {category.colour for category in style.CATEGORIES}


def test_things_move_apart_no_further_than_they_must() -> None:
    assert style.apart([0, 5, 10], [1, 1, 1]).tolist() == [0, 5, 10]
    assert style.apart([5, 5, 5], [1, 1, 1]).tolist() == [4, 5, 6]
    assert style.apart([5, 5], [1, 3], high=5).tolist() == [1.5, 3.5]
    assert style.apart([], []).size == 0


def test_things_move_apart_within_their_limits() -> None:
    centres = style.apart([0, 0, 0, 9], np.full(4, 2.0), 0, 10)
    assert centres.tolist() == [1, 3, 5, 9]


def test_lines_keep_to_their_width() -> None:
    with style.context():
        lines = style.wrap("a sentence that is rather longer than its column is wide", 1.5, 10)
        assert len(lines) > 1
        assert all(style.width_of(line, 10) <= 1.5 for line in lines)
        assert style.width_of(style.wrap("W" * 99, 1.5, 10)[0], 10) <= 1.5


def test_a_number_stays_with_what_it_counts() -> None:
    with style.context():
        width = style.width_of("officers are out by 7 ", 10)
        assert style.wrap("officers are out by 7 March 2024", width, 10) == [
            "officers are out by",
            "7 March 2024",
        ]


def test_a_title_does_not_leave_a_word_alone() -> None:
    with style.context():
        text = "word " * 12 + "last"
        width = style.width_of(text, 10) * 0.97
        assert len(style.wrap(text, width, 10)[-1].split()) == 1
        assert len(style.wrap_evenly(text, width, 10)[-1].split()) > 3


def test_the_footer_says_where_the_figure_comes_from_and_what_it_is_not() -> None:
    text = Footer(1234, "7, replicates 0–1233", "0.1.0", "as_documented × T1").text()
    assert text == (
        "as_documented × T1 · 1,234 runs · seeds 7, replicates 0–1233 · version 0.1.0 · exploratory, not a forecast"
    )
    assert " 1 run " in Footer(1, "7", "0.1.0", "x").text()


@pytest.mark.parametrize("length", [1, 60])
def test_the_page_grows_with_its_title(length: int) -> None:
    with style.context():
        sheet = page(6, 2, title="words of it " * length, footer=Footer(1, "7", "0.1.0", "x"))
        axes = sheet.axes(0.5, 0, 5, 2)
    box = axes.get_position()
    assert box.height * sheet.height == pytest.approx(2)
    assert sheet.height - box.y1 * sheet.height == pytest.approx(sheet.top)


def test_neither_import_nor_drawing_touches_pyplot_or_settings() -> None:
    code = """
import sys, matplotlib
before = matplotlib.rcParams.copy()
from sim.figures.outcome import draw as outcome
from sim.figures.drawing import layout as page
from sim.figures.provenance import png as saving
from sim.figures.timeline import draw as timeline
question = outcome.Question("exits", axis="officers out", unit="officers")
outcome.draw([1, 2, 3], question=question, footer=page.Footer(3, "7", "0.1.0", "x")).canvas.draw()
assert matplotlib.rcParams.copy() == before
assert "matplotlib.pyplot" not in sys.modules
"""
    processes.run([sys.executable, "-c", code], check=True, cwd=Path(sim.errors.__file__).parents[1])


def test_things_are_moved_apart_as_little_as_least_squares_allow() -> None:
    wished, sizes = np.random.default_rng(3).normal(0, 4, 40), np.ones(40)
    wished.sort()
    offsets = np.arange(40)
    nearest = isotonic_regression(wished - offsets).x + offsets
    assert style.apart(wished, sizes) == pytest.approx(nearest, abs=1e-9)
