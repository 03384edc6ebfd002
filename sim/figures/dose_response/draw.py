"""F8: an outcome against what was turned, a panel a theory: median, middle half and middle 90 of 100 runs.

The bands are quantiles of runs at each point, not intervals of a mean (Hofman 2020), and lines between points only
guide the eye. All panels have the same axes, and each line is named where it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim import text as words
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import MARGIN, Footer, page
from sim.figures.drawing.style import (
    BLUE,
    INK,
    LIMIT,
    QUIET,
    SKY,
    SMALL,
    TEXT,
    apart,
    bare,
    context,
    height_of,
    width_of,
    wrap,
)

_LEFT, _WIDTH, _LABELS = 0.62, 5.3, 2.0  # inches: left of the panels, a panel, the words right of it
_PAGE = _LEFT + _WIDTH + _LABELS + MARGIN
_PANEL, _HEAD, _COUNTS, _TICKS = 1.55, 0.3, 0.2, 0.3
_NEAR = 0.1
_WITHIN = 2.0
"""A threshold farther away than so many times what the runs reach is told and not drawn: it would press them flat."""


@dataclass(frozen=True)
class Dose:
    """What stands on the axis below.

    Attributes
    ----------
    name
        In short, for the title.
    axis
        In full, with its unit.
    whole
        Whether its values are whole numbers.
    defaults
        By theory, where the setting stands unless someone sets it.
    binned
        Whether a point is a bin of runs.
    """

    name: str
    axis: str
    whole: bool = False
    defaults: Mapping[str, float] | None = None
    binned: bool = False


def draw(
    points: pd.DataFrame, *, theories: Mapping[str, str], question: Question, dose: Dose, footer: Footer
) -> Figure:
    """Draw one panel a theory.

    Parameters
    ----------
    points
        As :mod:`sim.analysis.dose_response` makes them, a row a theory and point.
    theories
        Numbers of the theories by name, in the order of the panels ("T2").
    question
        The outcome and its threshold.

    Raises
    ------
    ValueError
        No run has a value.
    """
    if points.empty:
        raise ValueError(f"{question.name}: no run has a value, so there is nothing to draw")
    with context():
        shown = {name: number for name, number in theories.items() if (points["theory"] == name).any()}
        threshold = _threshold(points, question)
        notes = [line for text in _notes(points, question, dose, threshold)
                 for line in wrap(text, _PAGE - 2 * MARGIN, TEXT)]  # fmt: skip
        below = wrap(dose.axis, _WIDTH + _LABELS, TEXT)
        head = height_of(len(notes), TEXT) + 0.1
        counted = _COUNTS if _unlike(points) else 0.0
        each = _HEAD + counted + _PANEL + _TICKS
        sheet = page(_PAGE, head + each * len(shown) + height_of(len(below), TEXT), title=title(points, question, dose),
                     footer=footer)  # fmt: skip
        sheet.write(notes, 0)
        limits, top = _limits(points), _top(points, threshold)
        for place, (name, number) in enumerate(shown.items()):
            axes = sheet.axes(_LEFT, head + each * place + _HEAD + counted, _WIDTH, _PANEL)
            axes.set(xlim=limits, ylim=top)
            _axis(axes, dose)
            _panel(axes, points[points["theory"] == name], number, name, question, counted > 0)
            if threshold is not None:
                axes.axhline(threshold, color=INK, linewidth=1.1, linestyle=LIMIT, zorder=2.5)
            default = (dose.defaults or {}).get(name)
            if default is not None and limits[0] <= default <= limits[1]:
                axes.plot([default], [top[0]], marker="^", markersize=9, color=INK, clip_on=False, zorder=5,
                          gid="default")  # fmt: skip
        sheet.write(below, head + each * len(shown), color=INK)
        return sheet.figure


def _axis(axes: Axes, dose: Dose) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 2.5, 5, 10], integer=dose.whole, min_n_ticks=2))
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], min_n_ticks=2))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: words.number(round(value, 9)))
    axes.grid(axis="y")
    bare(axes, keep=("left", "bottom"))


def _panel(axes: Axes, rows: pd.DataFrame, number: str, theory: str, question: Question, counts: bool) -> None:
    """One theory: two bands, the line of medians, and their names at its end."""
    x = rows["at"].to_numpy(dtype=float)
    y = {name: rows[name].to_numpy(dtype=float) for name in ("low", "lower", "median", "upper", "high")}
    axes.fill_between(x, y["low"], y["high"], color=SKY, alpha=0.3, linewidth=0, zorder=1)
    axes.fill_between(x, y["lower"], y["upper"], color=BLUE, alpha=0.45, linewidth=0, zorder=1.2)
    if len(x) == 1:
        axes.vlines(x, y["low"], y["high"], color=SKY, linewidth=3, zorder=1)
        axes.vlines(x, y["lower"], y["upper"], color=BLUE, linewidth=6, zorder=1.2)
    axes.plot(x, y["median"], color=INK, linewidth=1.8, marker="o", markersize=4.5, clip_on=False, zorder=3,
              gid="median")  # fmt: skip
    over = 1 + (0.06 + (_COUNTS if counts else 0)) / _PANEL
    axes.text(
        0,
        over,
        f"{number} {words.spoken(theory)}: {question.axis}",
        transform=axes.transAxes,
        va="bottom",
        fontweight="bold",
    )
    if counts:
        _write_counts(axes, rows)
    last = rows.iloc[-1]
    half, most = words.span(last["lower"], last["upper"]), words.span(last["low"], last["high"])
    told = [f"median {words.number(last['median'])}", f"middle half {half}", f"middle 90 of 100 {most}"]
    _write_end(axes, x[-1], float(last["median"]), f"{number} {words.spoken(theory)}", told)


def _write_end(axes: Axes, x: float, y: float, name: str, told: list[str]) -> None:
    """The words at a line's end, one below the other, beside it as far as the panel has room."""
    low, high = axes.get_ylim()
    left, right = axes.get_xlim()
    count = 1 + len(told)
    centres = apart([(y - low) / (high - low)] * count, [height_of(1, SMALL) / _PANEL] * count, 0, 1)[::-1]
    if (x - left) / (right - left) < 1 - 0.02:  # it ends before the panel does: a thin rule leads to its words
        axes.plot([x, right], [y, y], color=QUIET, linewidth=0.6, zorder=0.9)
    for place, (text, centre) in enumerate(zip([name, *told], centres, strict=True)):
        axes.text(1 + _NEAR / _WIDTH, centre, text, transform=axes.transAxes, va="center", fontsize=SMALL,
                  fontweight="normal" if place else "bold")  # fmt: skip


def _write_counts(axes: Axes, rows: pd.DataFrame) -> None:
    """The runs of each point above the panel, or from how many to how many where there is no room for each."""
    left, right = axes.get_xlim()
    places = (rows["at"].to_numpy(dtype=float) - left) / (right - left) * _WIDTH
    texts = [f"{count:,}" for count in rows["runs"]]
    texts[0] = f"n {texts[0]}"
    wide = [width_of(text, SMALL) + 0.08 for text in texts]
    clear = all(b - a >= (u + v) / 2 for a, b, u, v in zip(places, places[1:], wide, wide[1:], strict=False))
    if not clear:
        low, high = int(rows["runs"].min()), int(rows["runs"].max())
        texts, places = [f"n {words.span(low, high)} at each point"], np.array([_WIDTH / 2])
    for text, place in zip(texts, places, strict=True):
        axes.text(place / _WIDTH, 1 + 0.03, text, transform=axes.transAxes, va="bottom", ha="center", fontsize=SMALL,
                  color=QUIET)  # fmt: skip


def _unlike(points: pd.DataFrame) -> bool:
    return bool(points["runs"].nunique() > 1)


def _notes(points: pd.DataFrame, question: Question, dose: Dose, threshold: float | None) -> list[str]:
    """What is drawn, how many runs a point rests on, and where the default lies."""
    said = "Line: the median run; dark and light bands: the middle half and the middle 90 of 100 runs at each point"
    runs = "" if _unlike(points) else f", each of {words.several(int(points['runs'].iloc[0]), 'run')}"
    found = [f"{said}{runs}."]
    if dose.binned:
        found.append("A point is a bin of runs: the two go together so, which need not mean that one moves the other.")
    if threshold is not None:
        found.append(f"Dashes: {question.threshold_text}.")
    elif question.threshold is not None:
        found.append(f"{question.threshold_text[:1].upper()}{question.threshold_text[1:]}: far above these axes.")
    if default := _default(points, dose):
        found.append(default)
    return found


def _default(points: pd.DataFrame, dose: Dose) -> str:
    known = {name: value for name, value in (dose.defaults or {}).items() if (points["theory"] == name).any()}
    if not known:
        return ""
    low, high = points["at"].min(), points["at"].max()
    if not any(low <= value <= high for value in known.values()):
        return f"The default, {_listed(known)}, lies outside of what was tried."
    return f"Triangle on the axis: the default, {_listed(known)}."


def _listed(known: Mapping[str, float]) -> str:
    if len(set(known.values())) == 1:
        return words.number(next(iter(known.values())))
    return ", ".join(f"{words.number(value)} under {words.spoken(name)}" for name, value in known.items())


def _threshold(points: pd.DataFrame, question: Question) -> float | None:
    """Where the threshold is drawn; None where there is none, or it lies far from all runs."""
    if question.threshold is None or question.threshold > _WITHIN * max(float(points["high"].max()), 0.0):
        return None
    return question.threshold


def _limits(points: pd.DataFrame) -> tuple[float, float]:
    low, high = float(points["at"].min()), float(points["at"].max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _top(points: pd.DataFrame, threshold: float | None) -> tuple[float, float]:
    most, least = max(float(points["high"].max()), threshold or 0.0), float(points["low"].min())
    return min(0.0, least * 1.06), most * 1.06 if most > 0 else (0.0 if least < 0 else 1.0)


def title(points: pd.DataFrame, question: Question, dose: Dose) -> str:
    """From where to where the median goes, theory by theory; and how far it strays between."""
    went: dict[str, list[str]] = {}
    for theory, rows in points.groupby("theory", sort=False):
        went.setdefault(_went(rows), []).append(words.spoken(str(theory)))
    parts = [f"{how} under {' and '.join(names)}" for how, names in went.items()]
    low, high = (words.number(points["at"].agg(end)) for end in ("min", "max"))
    over = f"over runs whose {dose.name} is" if dose.binned else f"as {dose.name} goes from"
    return f"In this model, {over} {low} to {high}, the median of {question.axis} {', '.join(parts)}"


def _went(rows: pd.DataFrame) -> str:
    """The way of one theory's median; a turn is told where it leaves the middle half of the runs at both ends."""
    first, last = (words.number(rows["median"].iloc[place]) for place in (0, -1))
    ends = rows.iloc[[0, -1]]
    most, least = rows["median"].max(), rows["median"].min()
    over = [f"up to {words.number(most)}"] if most > ends["upper"].max() else []
    under = [f"down to {words.number(least)}"] if least < ends["lower"].min() else []
    if over or under:
        return f"goes from {first} {' and '.join([*over, *under])} and ends at {last}"
    return f"stays at {first}" if first == last else f"goes from {first} to {last}"


def table(points: pd.DataFrame, *, question: Question, dose: Dose) -> pd.DataFrame:
    """The figure's data, one row a point: ``outcome``, ``against``, ``theory``, ``at``, ``first`` and ``last`` (a bin's
    ends), ``runs``, ``low`` to ``high`` (quantiles 5, 25, 50, 75, 95 %), ``threshold``, ``default``."""
    found = points.reset_index(drop=True).copy()
    found.insert(0, "outcome", question.name)
    found.insert(1, "against", dose.name)
    found["threshold"] = np.nan if question.threshold is None else question.threshold
    found["default"] = found["theory"].map(dict(dose.defaults or {})).astype(float)
    return found


def alt(points: pd.DataFrame, *, question: Question, dose: Dose, theories: Mapping[str, str]) -> str:
    """The figure in words: its title, and each theory's points."""
    parts = [f"Lines of {question.axis} against {dose.axis}, a panel a theory.", f"{title(points, question, dose)}."]
    for theory in theories:
        rows = points[points["theory"] == theory]
        if len(rows):
            said = [_told(row) for _, row in rows.iterrows()]
            parts.append(f"{words.spoken(theory)}, median and middle half: {', '.join(said)}.")
    return " ".join([*parts, *_notes(points, question, dose, _threshold(points, question))])


def _told(row: pd.Series) -> str:
    """A point in words: "at 0.1 23 (15–31)"."""
    return f"at {words.number(row['at'])} {words.number(row['median'])} ({words.span(row['lower'], row['upper'])})"
