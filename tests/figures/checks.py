"""What the suite asks of every figure, whoever wrote it: each check takes one example as it was drawn.

A figure's folder under tests/figures has an ``examples.py`` with ``EXAMPLES``: by name, a function that draws the
figure with a given footer from data as strange as its data can be. One is called "reference", and is what the picture
in ``reference/`` shows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.collections import EllipseCollection, PathCollection
from matplotlib.colors import rgb_to_hsv, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.figures.drawing.layout import CAUTION, Footer
from sim.figures.drawing.style import context

FOOTER = Footer(400, "7, replicates 0–399", "0.0.0", "reference")
OPENINGS = r"In (this model|this run|one run of this model|\d+ runs of this model|the one paired run)\b"
"""A title says what it speaks of: never the world."""
_GREY_STEP = 0.04
"""Shades of grey, of 1, that are told apart side by side."""


@dataclass(frozen=True)
class Drawn:
    """A figure as it was drawn, its data and its words."""

    figure: Figure
    table: pd.DataFrame
    alt: str

    @property
    def title(self) -> str:
        """In one line."""
        return " ".join(self.figure.get_suptitle().split())


Examples = Mapping[str, Callable[[Footer], Drawn]]
Shape = tuple[str, str, str, str]
Colour = tuple[float, float, float]


def said(figure: Figure) -> str:
    """All words of a figure."""
    return " | ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))


def lines(figure: Figure, gid: str, panel: int | None = None) -> list[Line2D]:
    """The lines of this name, of all axes or of one."""
    axes = figure.axes if panel is None else [figure.axes[panel]]
    return [line for one in axes for line in one.lines if line.get_gid() == gid]


def _boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """All words that are drawn, those of ticks included, each with its place in pixels."""
    found: list[tuple[str, Bbox]] = []
    draw = Text.draw

    def listen(text: Text, renderer: RendererBase) -> None:
        if text.get_visible() and text.get_text().strip():
            found.append((text.get_text(), text.get_window_extent(renderer)))
        draw(text, renderer)

    with pytest.MonkeyPatch.context() as patch, context():
        patch.setattr(Text, "draw", listen)
        figure.canvas.draw()
    return found


def check_words(figure: Figure) -> None:
    """Every word lies on the canvas, and no two overlap."""
    found = _boxes(figure)
    for words, box in found:
        assert min(box.x0, box.y0) >= 0, words
        assert box.x1 <= figure.bbox.x1, words
        assert box.y1 <= figure.bbox.y1, words
    for (words, box), (others, other) in combinations(found, 2):
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        along = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(across, along) <= 1, (words, others)


def words_lie_on_the_canvas_and_none_overlap(drawn: Drawn) -> None:
    check_words(drawn.figure)


def the_title_states_a_finding_about_the_model(drawn: Drawn) -> None:
    assert re.match(OPENINGS, drawn.title), drawn.title
    assert len(drawn.title.split()) > 5, drawn.title


def the_footer_says_where_it_comes_from_and_what_it_is_not(drawn: Drawn) -> None:
    assert FOOTER.text() in said(drawn.figure)
    assert CAUTION in said(drawn.figure)


def the_words_for_those_who_cannot_see_it_tell_the_finding_and_more(drawn: Drawn) -> None:
    alt = drawn.alt
    assert f"{drawn.title}." in alt
    assert "\n" not in alt
    assert "  " not in alt
    assert alt.endswith(".")
    assert len(alt) > len(drawn.title) + 20
    assert re.search(r"\b(nan|None|inf)\b", alt) is None, alt


def the_data_beside_it_read_back_as_they_were_written(drawn: Drawn) -> None:
    table = drawn.table
    assert len(table) > 0
    assert table.columns.is_unique
    assert all(isinstance(name, str) for name in table.columns)
    written = table.to_csv(index=False, lineterminator="\n")
    again = pd.read_csv(io.StringIO(written))
    assert list(again.columns) == list(table.columns)
    numbers = [name for name in table if pd.api.types.is_numeric_dtype(table[name].dtype)]
    for name in numbers:
        mine, theirs = (frame[name].astype("Float64").to_numpy(float, na_value=np.nan) for frame in (table, again))
        assert np.allclose(mine, theirs, rtol=1e-12, equal_nan=True), name


def it_is_read_without_colours(drawn: Drawn) -> None:
    """Marks of one kind and shape that differ in colour differ in grey too; words are black, white or grey."""
    for axes in drawn.figure.axes:
        for (one, colour), (two, other) in combinations(sorted(set(_marks(axes))), 2):
            assert one != two or abs(_grey(colour) - _grey(other)) > _GREY_STEP, (one, colour, other)
    coloured = [text.get_text() for text in drawn.figure.findobj(Text) if _saturation(to_rgb(text.get_color())) > 0.1]
    assert coloured == []


def red_never_stands_against_green(drawn: Drawn) -> None:
    for axes in drawn.figure.axes:
        strong = [colour for _, colour in _marks(axes) if _saturation(colour) > 0.4]
        hues = [float(rgb_to_hsv(colour)[0]) for colour in strong]
        reds, greens = [hue for hue in hues if not 0.09 < hue < 0.93], [hue for hue in hues if 0.2 < hue < 0.47]
        assert not (reds and greens), (reds, greens)


def _marks(axes: Axes) -> Iterator[tuple[Shape, Colour]]:
    """Shape and colour of all that is drawn on axes: what tells marks of one kind apart without their colour."""
    for line in axes.lines:
        dashes = str(line._dash_pattern) if line.get_linestyle() != "None" else ""  # type: ignore[attr-defined]
        filled = to_rgb(line.get_markerfacecolor()) == to_rgb(line.get_color())
        yield ("line", str(line.get_marker()), dashes, str(filled)), to_rgb(line.get_color())
    for marks in axes.collections:
        faces, edges = marks.get_facecolor(), marks.get_edgecolor()
        if isinstance(marks, EllipseCollection):
            open_ = to_rgb(faces[0]) == (1, 1, 1)
            size = str(round(float(marks.get_widths()[0]), 3))
            yield ("dots", size, "open" if open_ else "filled", ""), to_rgb((edges if open_ else faces)[0])
        elif isinstance(marks, PathCollection):
            yield ("mark", str(marks.get_paths()[0].vertices.shape), "", ""), to_rgb(faces[0])
        else:
            colours = faces if len(faces) else edges
            yield (type(marks).__name__, str(marks.get_linestyle()), "", ""), to_rgb(colours[0])
    for patch in axes.patches:
        if isinstance(patch, Rectangle) and patch.get_fill():
            inside = patch.get_bbox()
            words = [text.get_text() for text in axes.texts if inside.contains(*text.get_position())]
            yield ("patch", patch.get_hatch() or "", " ".join(words), ""), to_rgb(patch.get_facecolor())


def _grey(colour: Colour) -> float:
    return float(np.dot(colour, (0.299, 0.587, 0.114)))


def _saturation(colour: Colour) -> float:
    return float(rgb_to_hsv(colour)[1])


CHECKS: tuple[Callable[[Drawn], None], ...] = (
    words_lie_on_the_canvas_and_none_overlap,
    the_title_states_a_finding_about_the_model,
    the_footer_says_where_it_comes_from_and_what_it_is_not,
    the_words_for_those_who_cannot_see_it_tell_the_finding_and_more,
    the_data_beside_it_read_back_as_they_were_written,
    it_is_read_without_colours,
    red_never_stands_against_green,
)
"""What every example of every figure has to pass."""
