"""The picture of studies that follow something along an axis: a panel a question, a line a theory with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from experiments.paired_options import named
from sim import text as words
from sim.figures.drawing.layout import MARGIN, Footer, page
from sim.figures.drawing.style import (
    CATEGORIES,
    INK,
    LIMIT,
    QUIET,
    SMALL,
    TEXT,
    Category,
    apart,
    bare,
    context,
    height_of,
    width_of,
    wrap,
)
from sim.model.withdrawal import THEORIES

_LEFT, _GAP, _TICKS, _ENDS = 0.62, 0.75, 0.3, 0.3  # inches: left of a panel, between panels, under one, names right


@dataclass(frozen=True)
class Axis:
    """An axis below or beside the panels: its name with the unit, whether it is logarithmic, and a line across.

    ``ticks`` stand at these values; None: where there is room.
    """

    name: str
    log: bool = False
    limit: float | None = None
    ticks: Sequence[float] | None = None
    whole: tuple[float, float] | None = None


def draw(
    table: pd.DataFrame,
    panels: Mapping[str, str],
    x: Axis,
    y: Axis,
    *,
    title: str,
    footer: Footer,
    note: str,
    width: float = 3.3,
    height: float = 2.9,
) -> Figure:
    """Draw the table.

    Parameters
    ----------
    table
        Columns panel, theory, x, y, low, high (null without an interval); rows of other panels are left out.
    panels
        The fields from left to right, with what stands above each.
    """
    theories = [name for name in THEORIES if name in set(table["theory"])]
    looks = dict(zip(theories, CATEGORIES, strict=False))
    with context():
        each = width + _GAP
        whole = max(2 * MARGIN + _LEFT + each * len(panels) - _GAP + _ENDS, _key_width(theories) + 2 * MARGIN)
        lines = wrap(note, whole - 2 * MARGIN, TEXT)
        heads = {panel: wrap(above, width, TEXT, "bold") for panel, above in panels.items()}
        most = max(map(len, heads.values()))
        key = height_of(len(lines), TEXT) + 0.08
        names = key + height_of(1, TEXT) + 0.14
        top = names + height_of(most, TEXT) + 0.22
        below = wrap(x.name, whole - 2 * MARGIN - _LEFT, SMALL)
        on = page(whole, top + height + _TICKS + height_of(len(below), SMALL), title=title, footer=footer)
        on.write(lines, 0)
        _key(on.axes(MARGIN, key, whole - 2 * MARGIN, height_of(1, TEXT)), looks, whole - 2 * MARGIN)
        beside = height_of(1, SMALL)
        on.write([y.name], top - beside - 0.04, SMALL)
        for k, (panel, head) in enumerate(heads.items()):
            axes = on.axes(MARGIN + _LEFT + k * each, top, width, height)
            _limits(axes, table[table["panel"].isin(list(panels))], x, y)
            _lines(axes, table[table["panel"] == panel], looks)
            axes.text(0, 1 + (beside + 0.06) / height, "\n".join(head), transform=axes.transAxes, va="bottom",
                      fontweight="bold", linespacing=1.2)  # fmt: skip
        on.write(below, top + height + _TICKS, SMALL)
        return on.figure


def _key_width(theories: Sequence[str]) -> float:
    return sum(width_of(named(theory), TEXT) + 0.55 for theory in theories)


def _key(axes: Axes, looks: Mapping[str, Category], width: float) -> None:
    axes.set(xlim=(0, width), ylim=(0, 1))
    bare(axes)
    at = 0.0
    for theory, look in looks.items():
        axes.plot([at, at + 0.3], [0.5, 0.5], color=look.colour, linestyle=look.dashes, clip_on=False)
        axes.plot([at + 0.15], [0.5], marker=look.marker, color=look.colour, markersize=5, clip_on=False)
        axes.text(at + 0.38, 0.5, named(theory), va="center", fontsize=TEXT)
        at += width_of(named(theory), TEXT) + 0.6


def _limits(axes: Axes, table: pd.DataFrame, x: Axis, y: Axis) -> None:
    """All panels have the same axes; what is counted starts at 0."""
    axes.set_xscale("log" if x.log else "linear")
    axes.set_yscale("log" if y.log else "linear")
    axes.set_xlim(*_ends(table["x"], x))
    values = pd.concat([table["y"], table["low"], table["high"], pd.Series([y.limit], dtype=float)]).dropna()
    axes.set_ylim(*_ends(values if y.log else pd.concat([values, pd.Series([0.0])]), y))
    for axis, told in ((axes.xaxis, x), (axes.yaxis, y)):
        if told.ticks is not None:
            axis.set_ticks(list(told.ticks))
            axis.set_minor_locator(NullLocator())
        elif not told.log:
            axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
        axis.set_major_formatter(lambda value, _: words.number(round(value, 9)))
    axes.grid(axis="y")
    bare(axes, keep=("left", "bottom"))
    if y.limit is not None:
        axes.axhline(y.limit, color=INK, linewidth=1.0, linestyle=LIMIT, zorder=1.5)


def _ends(values: pd.Series, axis: Axis) -> tuple[float, float]:
    if axis.whole is not None:
        return axis.whole
    values = values.dropna()
    if values.empty:  # nothing is drawn, and said to be
        return 1.0, 2.0
    low, high = float(values.min()), float(values.max())
    if axis.log:
        return low / 1.15, high * 1.15
    room = 0.03 * (high - low) or 1.0
    return (low - room if low < 0 else min(low, 0.0) if low == 0 else low - room), high + room


def _lines(axes: Axes, table: pd.DataFrame, looks: Mapping[str, Category]) -> None:
    ends: list[tuple[str, float]] = []
    for theory, look in looks.items():
        some = table[table["theory"] == theory].sort_values("x")
        known = some[some["y"].notna()]
        if known.empty:
            continue
        at = known["x"].to_numpy(dtype=float)
        marked = look.marker if len(known) <= 16 else None
        axes.plot(at, known["y"], color=look.colour, linestyle=look.dashes, marker=marked, markersize=4.2,
                  linewidth=1.5, zorder=3, clip_on=False)  # fmt: skip
        told = known[known["low"].notna() & known["high"].notna()]
        if len(told):
            axes.fill_between(told["x"].to_numpy(dtype=float), told["low"], told["high"], color=look.colour, alpha=0.14,
                              linewidth=0, zorder=2)  # fmt: skip
        ends.append((THEORIES[theory].number, axes.transAxes.inverted().transform(
            axes.transData.transform((at[-1], float(known["y"].iloc[-1]))))[1]))  # fmt: skip
    if not ends:
        axes.text(0.5, 0.5, "nothing to draw", transform=axes.transAxes, ha="center", color=QUIET)
        return
    height = axes.get_window_extent().height / axes.figure.get_dpi()
    order = sorted(ends, key=lambda end: end[1])
    places = apart([end[1] for end in order], [height_of(1, SMALL) / height] * len(order), 0, 1)
    for (number, _), place in zip(order, np.asarray(places), strict=True):
        axes.text(1.02, float(place), number, transform=axes.transAxes, va="center", fontsize=SMALL)


def in_words(table: pd.DataFrame, panels: Mapping[str, str], x: Axis, y: Axis, title: str) -> str:
    """The picture in words: the ends of each line."""
    parts = []
    for panel, above in panels.items():
        for theory in [name for name in THEORIES if name in set(table["theory"])]:
            some = table[(table["panel"] == panel) & (table["theory"] == theory) & table["y"].notna()].sort_values("x")
            if len(some):
                first, last = some.iloc[0], some.iloc[-1]
                parts.append(f"{above}, {named(theory)}: {words.estimate(first['y'])} at {words.estimate(first['x'])}, "
                             f"{words.estimate(last['y'])} at {words.estimate(last['x'])}")  # fmt: skip
    return f"{title}. {y.name} against {x.name}. {'. '.join(parts)}."
