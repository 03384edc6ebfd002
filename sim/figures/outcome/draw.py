"""F1: one outcome of one case over its runs, as 50 dots, with the middle half and the middle 90 of 100 runs.

No mean: people take it for the result and overlook the spread (Kale 2020).
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.figures.drawing import quantile_dotplot as dotplot
from sim.figures.drawing.distribution import Answer, Question, Values, read
from sim.figures.drawing.dot_axis import SIDE, Scale, draw_ground, fit, place, write_ticks
from sim.figures.drawing.layout import MARGIN, Footer, page
from sim.figures.drawing.style import (
    BLUE,
    INK,
    LIMIT,
    QUIET,
    TEXT,
    VERMILLION,
    bare,
    context,
    height_of,
    width_of,
    wrap,
)

__all__ = ["Question", "alt", "draw", "table"]

WIDTH = 7.8 - 2 * MARGIN  # inches: the axes
_LOWEST, _TALLEST = 0.9, 3.0  # of the dots' field
_BAR, _ROW = 0.16, 0.38  # the text above an interval's bar; one interval
_TICKS = 0.55  # tick labels and the name of the axis


def draw(values: Values, *, question: Question, footer: Footer, limit: float | None = None) -> Figure:
    """Draw the dotplot of one value a run.

    Fifty dots stand for the runs' quantiles .01, .03, … .99, so each is 2 of 100 runs; those beyond the
    threshold are filled, and the title counts them. A single run is drawn as one dot, without intervals.

    Parameters
    ----------
    values
        One number a run; missing ones are left out and counted in the note.
    question
        The outcome, its threshold and its sentence.
    limit
        Right end of the axis, for the same axis across figures; else ``question.upper``, else what fits. The
        left end is zero, or lower where a value is negative.

    Raises
    ------
    ValueError
        No run has a value, a value is infinite or beyond ``question.upper``, or ``limit`` cuts the data.
    """
    with context():
        answer = read(values, question)
        scale = fit([answer], width=WIDTH, limit=limit)
        dots = place(answer, scale, tallest=_TALLEST)
        labels = _flag_lines(answer)
        head = height_of(1, TEXT) + 0.1 + (height_of(len(labels), TEXT) + 0.08 if labels else 0)
        field = min(max(dots.height, _LOWEST), _TALLEST) + (0.25 if answer.mass.any() else 0.05)
        below = 0.22 + _ROW * len(answer.intervals)
        sheet = page(WIDTH + 2 * MARGIN, head + field + below + _TICKS, title=answer.title, footer=footer)
        axes = sheet.axes(MARGIN, head, WIDTH, field + below)
        axes.set(xlim=(0, WIDTH), ylim=(-below, field))
        sheet.write([answer.note], 0)
        _ground(axes, answer, scale)
        dotplot.draw_dots(axes, dots, filled=answer.beyond, fill=VERMILLION, edge=BLUE)
        if labels:
            _flag(axes, answer, scale, labels)
        if answer.mass.any():
            _name_mass(axes, answer, dots)
        for row, (text, low, high) in enumerate(answer.intervals):
            _bar(axes, scale, text, low, high, y=-0.16 - _ROW * row, thick=row == 0)
        return sheet.figure


def _ground(axes: Axes, answer: Answer, scale: Scale) -> None:
    """The axis with its ticks and name, and the ground that the dots stand on."""
    bare(axes, keep=("bottom",))
    axes.spines["bottom"].set_visible(False)
    draw_ground(axes, scale)
    write_ticks(axes, scale, bottom=axes.get_ylim()[0])
    axes.set_xlabel(answer.question.axis, x=SIDE / WIDTH, ha="left", labelpad=6)


def _flag_lines(answer: Answer) -> list[str]:
    """The words at the threshold's line."""
    if not answer.reached:
        return []
    text = answer.question.threshold_text
    if len(answer.values) > 1:
        text = f"{text}: {int(answer.beyond.sum())} of {dotplot.DOTS} dots"
    return wrap(text, (WIDTH + 2 * MARGIN) / 2, TEXT, "bold")


def _flag(axes: Axes, answer: Answer, scale: Scale, lines: list[str]) -> None:
    """The threshold as a line, and above it its words, on the side they speak about where there is room."""
    assert answer.question.threshold is not None
    x = float(scale(answer.question.threshold))
    width, top = max(width_of(line, TEXT, "bold") for line in lines), axes.get_ylim()[1]
    start = x if answer.question.beyond == "above" else x - width
    start = min(max(start, 0.0), WIDTH - width)
    axes.plot([x, x], [0, top], color=INK, linewidth=1.2, linestyle=LIMIT, zorder=0.8)
    axes.text(start, top + 0.05, "\n".join(lines), va="bottom", fontsize=TEXT, fontweight="bold", color=INK)


def _name_mass(axes: Axes, answer: Answer, dots: dotplot.Columns) -> None:
    """Name the mass at the end of the scale, above its dots."""
    centre = float(dots.x[answer.mass].mean())
    top = float(dots.y[answer.mass].max()) + dots.diameter / 2
    text = answer.question.upper_text
    if len(answer.values) > 1:
        text += f": {int(answer.mass.sum())} dots"
    left = WIDTH - width_of(text, TEXT, "bold")
    start = min(centre - width_of(text, TEXT, "bold") / 2, left)
    axes.text(start, top + 0.05, text, va="bottom", fontsize=TEXT, fontweight="bold", color=INK)


def _bar(axes: Axes, scale: Scale, text: str, low: float, high: float, *, y: float, thick: bool) -> None:
    """One interval: its words, and below them its bar, which is never thinner than can be seen."""
    left, right = float(scale(low)), float(scale(high))
    widen = max(0.06 - (right - left), 0) / 2
    axes.plot(
        [left - widen, right + widen],
        [y - _BAR, y - _BAR],
        color=INK if thick else QUIET,
        linewidth=6 if thick else 2.5,
        solid_capstyle="butt",
    )
    start = min(left - widen, WIDTH - width_of(text, TEXT))
    axes.text(start, y - 0.085, text, va="bottom", fontsize=TEXT, color=INK)


def table(values: Values, *, question: Question) -> pd.DataFrame:
    """The figure's data, one row a mark.

    Columns: ``outcome``; ``mark`` (``dot``, ``quantile``, ``runs beyond``, ``runs``, ``runs missing``);
    ``number`` (the dot's, from the lowest); ``probability`` (the dot's or the quantile's, or the share of
    runs beyond the threshold); ``value``; ``beyond`` the threshold, and ``mass`` at ``question.upper``.
    """
    answer = read(values, question)
    count = answer.dots.size
    dots = pd.DataFrame(
        {
            "mark": "dot",
            "number": np.arange(1, count + 1),
            "probability": (np.arange(count) + 0.5) / count,
            "value": answer.dots,
            "beyond": answer.beyond,
            "mass": answer.mass,
        }
    )
    rows: list[dict[Hashable, object]] = dots.to_dict("records")
    if answer.values.size > 1:
        rows += [
            {"mark": "quantile", "probability": p / 100, "value": dotplot.quantile(answer.values, p)}
            for p in (5, 25, 75, 95)
        ]
    if question.threshold is not None:
        rows.append({"mark": "runs beyond", "probability": answer.share, "value": question.threshold})
    rows += [
        {"mark": "runs", "value": float(answer.values.size)},
        {"mark": "runs missing", "value": float(answer.missing)},
    ]
    frame = pd.DataFrame(rows)
    frame = frame.astype({"number": "Int64", "beyond": "boolean", "mass": "boolean"})
    frame.insert(0, "outcome", question.name)
    return frame


def alt(values: Values, *, question: Question) -> str:
    """The figure in words, for those who cannot see it: its title and its intervals."""
    answer = read(values, question)
    kind = "One dot" if answer.values.size == 1 else "Dotplot of 50 dots"
    parts = [f"{kind}: {question.axis}.", f"{answer.title}.", answer.note]
    if answer.mass.any() and answer.values.size > 1:
        parts.append(f"{question.upper_text[:1].upper()}{question.upper_text[1:]}: {answer.mass.sum()} dots.")
    parts += [f"{text[:1].upper()}{text[1:]}." for text, _, _ in answer.intervals]
    return " ".join(parts)
