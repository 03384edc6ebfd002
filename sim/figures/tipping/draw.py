"""F3: over two settings, in how many of 100 runs an outcome passes its threshold, and the line where that is half.

Cells are coloured in the seven bands of the words of likelihood (ICD 203), so that the colour of a cell has a name.
Hatched cells are those that more runs may tip: their interval holds one half.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim import text as words
from sim.analysis.tipping import TippingGrid
from sim.arrays import FloatArray
from sim.figures.drawing.layout import MARGIN, Footer, Page, page
from sim.figures.drawing.style import (
    CONTINUOUS,
    INK,
    QUIET,
    SMALL,
    TEXT,
    backing,
    bare,
    context,
    height_of,
    width_of,
    wrap,
)
from sim.figures.tipping import contours
from sim.figures.tipping.contours import Box

EDGES = words.LIMITS
"""Bands of shares."""
_WORDS = tuple(words.likelihood((low + high) / 2) for low, high in pairwise(EDGES))
_LEFT, _KEY, _GAP = 1.05, 2.1, 0.95  # inches: left of the map, the key right of it, between them (labels of contours)
_MAP, _LARGEST, _READ = 5.4, (0.95, 0.62), (0.34, 0.34)  # the map; a cell at most; the smallest with words in it
_TICKS, _FINE = 0.3, 7.0


@dataclass(frozen=True, slots=True)
class Labels:
    """What the axes and the outcome are called.

    ``finding`` is what happens beyond the threshold ("more than 100 of 400 officers are out by 7 March 2024"), ``x``
    and ``y`` the axes' names; ``baseline`` maps the two settings to the values of the unchanged case, named by
    ``baseline_text``; ``theory`` the one it is under.
    """

    finding: str
    x: str
    y: str
    baseline: Mapping[str, float] | None = None
    baseline_text: str = "as configured"
    theory: str = ""


def draw(grid: TippingGrid, line: pd.DataFrame, *, labels: Labels, footer: Footer) -> Figure:
    """Draw the map; ``line`` is the tipping line of :func:`sim.analysis.tipping.line`.

    Values of a setting stand at equal distances, whatever their differences. Raises ``ValueError`` where no cell has
    a run.
    """
    if not grid.runs.any():
        raise ValueError(f"{grid.outcome}: no run has a value, so there is nothing to draw")
    with context():
        rows, columns = grid.runs.shape
        cell = min(_LARGEST[0], _MAP / columns), min(_LARGEST[1], _MAP / rows)
        wide, high = max(cell[0] * columns, 1.8), max(cell[1] * rows, 0.6)
        cell = wide / columns, high / rows
        note = wrap(_note(grid, cell), _LEFT + wide + _GAP + _KEY - MARGIN, TEXT)
        name, x_name = wrap(labels.y, _LEFT + wide - MARGIN, TEXT), wrap(labels.x, wide + _GAP - 0.15, TEXT)
        top = height_of(len(note), TEXT) + 0.12 + height_of(len(name), TEXT) + 0.3
        key = _key_height(grid, labels)
        under = _TICKS + height_of(len(x_name), TEXT)
        sheet = page(_LEFT + wide + _GAP + _KEY + MARGIN, top + max(high + under, key),
                     title=title(grid, line, labels), footer=footer)  # fmt: skip
        sheet.write(note, 0)
        sheet.write(name, height_of(len(note), TEXT) + 0.12, color=INK)
        axes = sheet.axes(_LEFT, top, wide, high)
        axes.set(xlim=(-0.5, columns - 0.5), ylim=(-0.5, rows - 0.5))
        _cells(axes, grid)
        star = _baseline(axes, grid, labels, cell)
        _write_cells(axes, grid, cell, star + contours.draw(axes, grid.shares, wide, high, star))
        _ticks(axes, grid, wide, high)
        axes.set_xlabel("\n".join(x_name), x=0, ha="left", labelpad=5, fontsize=TEXT)
        _key(sheet, grid, labels, _LEFT + wide + _GAP, top, key)
        return sheet.figure


def colours() -> list[tuple[float, float, float, float]]:
    """One colour a band, evenly along cividis."""
    found = matplotlib.colormaps[CONTINUOUS](np.linspace(0, 1, len(_WORDS)))
    return [tuple(map(float, colour)) for colour in found]  # type: ignore[misc]


def band(share: float) -> int:
    """The band of a share; a border belongs to the more cautious band, as the word does."""
    return next(n for n, word in enumerate(_WORDS) if word == words.likelihood(min(max(share, 1e-9), 1 - 1e-9)))


def _ink(colour: tuple[float, ...]) -> str:
    """Black or white, whichever is read on the colour (WCAG's relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return "white" if np.dot(linear, (0.2126, 0.7152, 0.0722)) < 0.18 else "black"


def _cells(axes: Axes, grid: TippingGrid) -> None:
    """The cells in the colour of their band, hatched where undecided."""
    for (row, column), share in np.ndenumerate(grid.shares):
        place = (column - 0.5, row - 0.5)
        if np.isnan(share):
            axes.add_patch(Rectangle(place, 1, 1, facecolor="white", edgecolor="white"))
            continue
        colour = colours()[band(float(share))]
        axes.add_patch(Rectangle(place, 1, 1, facecolor=colour, edgecolor="white", linewidth=0.6, zorder=1))
        if grid.undecided[row, column]:
            axes.add_patch(Rectangle(place, 1, 1, fill=False, edgecolor=_ink(colour), linewidth=0, hatch="////",
                                     zorder=1.5, gid="undecided"))  # fmt: skip


def _write_cells(axes: Axes, grid: TippingGrid, cell: tuple[float, float], taken: list[Box]) -> None:
    """Of 100 runs how many, and of how many runs in all: where there is room, and off what is ``taken``."""
    if cell[0] < _READ[0] or cell[1] < _READ[1]:
        return
    deep = height_of(2, _FINE) / cell[1]
    for (row, column), share in np.ndenumerate(grid.shares):
        lines = ["–"] if np.isnan(share) else [words.hundredth(float(share)), f"n {grid.runs[row, column]}"]
        wide = max(width_of(line, _FINE) for line in lines) / cell[0]
        colour = "white" if np.isnan(share) else colours()[band(float(share))]
        ink = INK if np.isnan(share) else _ink(colours()[band(float(share))])
        for y in (row, row - (1 - deep) / 2 + 0.02, row + (1 - deep) / 2 - 0.02):
            if not any(box.meets(Box.about(column, y, wide, deep)) for box in taken):
                axes.text(column, y, "\n".join(lines), ha="center", va="center", fontsize=_FINE, color=ink, zorder=4,
                          linespacing=1.1, bbox=backing(colour, 1.2))  # fmt: skip
                break


def _place(value: float, values: FloatArray) -> float:
    """Where a value lies among the cells: NaN outside them."""
    if not values[0] <= value <= values[-1]:
        return float("nan")
    return float(np.interp(value, values, np.arange(len(values))))


def _baseline(axes: Axes, grid: TippingGrid, labels: Labels, cell: tuple[float, float]) -> list[Box]:
    """The unchanged case at its place, and the room that its star takes."""
    if labels.baseline is None:
        return []
    x, y = _place(labels.baseline[grid.x], grid.xs), _place(labels.baseline[grid.y], grid.ys)
    if np.isnan(x + y):
        return []
    axes.plot([x], [y], **_STAR, zorder=6, gid="baseline")
    return [Box.about(x, y, 0.2 / cell[0], 0.2 / cell[1])]


_STAR: Any = {"marker": "*", "markersize": 13, "color": "white", "markeredgecolor": "black", "linestyle": "none"}


def _ticks(axes: Axes, grid: TippingGrid, wide: float, high: float) -> None:
    """The values of both settings, every second or third where they would touch."""
    bare(axes, keep=("left", "bottom"))
    axes.tick_params(length=0)
    for setter, values, room, size in (
        (axes.set_xticks, grid.xs, wide / len(grid.xs), lambda text: width_of(text, SMALL) + 0.1),
        (axes.set_yticks, grid.ys, high / len(grid.ys), lambda text: height_of(1, SMALL)),
    ):
        texts = [_number(value) for value in values]
        every = int(np.ceil(max(map(size, texts)) / room))
        setter(range(len(texts)), [t if n % every == 0 else "" for n, t in enumerate(texts)], fontsize=SMALL)


def _number(value: float) -> str:
    return words.number(value, digits=4)


def _key_height(grid: TippingGrid, labels: Labels) -> float:
    return 0.5 + 0.24 * len(_WORDS) + 0.1 + sum(0.05 + height_of(len(t), SMALL) for _, t in _signs(grid, labels))


def _signs(grid: TippingGrid, labels: Labels) -> list[tuple[str, list[str]]]:
    """Marks that need words: hatching, baseline."""
    signs = []
    if grid.undecided.any():
        signs.append(("hatch", "undecided: the 95 % interval of the cell holds 50 of 100"))
    if labels.baseline is not None:
        x, y = labels.baseline[grid.x], labels.baseline[grid.y]
        outside = "" if not np.isnan(_place(x, grid.xs) + _place(y, grid.ys)) else ", which lies off this map"
        signs.append(("star", f"{labels.baseline_text}: {_number(x)}; {_number(y)}{outside}"))
    return [(sign, wrap(text, _KEY - 0.36, SMALL)) for sign, text in signs]


def _key(sheet: Page, grid: TippingGrid, labels: Labels, left: float, top: float, height: float) -> None:
    """The bands with their words and numbers, the highest on top, and the marks."""
    axes = sheet.axes(left, top, _KEY, height)
    axes.set(xlim=(0, _KEY), ylim=(height, 0))
    bare(axes)
    axes.text(0, 0, "of 100 runs in this model", va="top", fontsize=SMALL, weight="bold")
    at = 0.26
    for colour, word, (low, high) in reversed(list(zip(colours(), _WORDS, pairwise(EDGES), strict=True))):
        axes.add_patch(Rectangle((0, at), 0.26, 0.22, facecolor=colour, edgecolor=QUIET, linewidth=0.5))
        axes.text(0.36, at + 0.11, f"{100 * low:.0f}–{100 * high:.0f} {word}", va="center", fontsize=SMALL)
        at += 0.24
    at += 0.1
    for sign, lines in _signs(grid, labels):
        if sign == "hatch":
            axes.add_patch(Rectangle((0, at), 0.26, 0.2, fill=False, edgecolor=INK, linewidth=0, hatch="/////"))
        else:
            axes.plot([0.13], [at + 0.09], **_STAR, clip_on=False)
        axes.text(0.36, at, "\n".join(lines), va="top", fontsize=SMALL)
        at += 0.05 + height_of(len(lines), SMALL)


def _note(grid: TippingGrid, cell: tuple[float, float]) -> str:
    """What stands in a cell, and how many runs it has."""
    counts = np.unique(grid.runs[grid.runs > 0])
    each = f"{counts[0]} runs each" if len(counts) == 1 else f"{counts[0]} to {counts[-1]} runs each"
    if cell[0] >= _READ[0] and cell[1] >= _READ[1]:
        return f"In each cell: in how many of 100 runs, and the runs (n). {each[:1].upper()}{each[1:]}."
    return f"Cells have {each}."


def title(grid: TippingGrid, line: pd.DataFrame, labels: Labels) -> str:
    """The finding: where the line lies, or that it is not reached."""
    model = words.model(labels.theory)
    half = f"{model}, {labels.finding} in half of the runs"
    reached = line[line["threshold"].notna()]
    if reached.empty:
        share = "more" if np.nanmean(grid.shares) >= 0.5 else "fewer"
        if np.nanmax(grid.shares) == 0 or np.nanmin(grid.shares) == 1:
            every = "in no run anywhere" if share == "fewer" else "in every run everywhere"
            return f"{model}, {labels.finding} {every} on this map"
        return f"{model}, {labels.finding} in {share} than half of the runs everywhere on this map"
    low, high = (_number(float(x)) for x in (reached["threshold"].min(), reached["threshold"].max()))
    crosses, other = str(line["crosses"].iloc[0]), str(line["setting"].iloc[0])
    where = f"{crosses} is {low}" if low == high else f"{crosses} is {low} to {high}, depending on {other}"
    some = "" if len(reached) == len(line) else f" (for {len(line) - len(reached)} of its {len(line)} values, nowhere)"
    return f"{half} where {where}{some}"


def table(grid: TippingGrid) -> pd.DataFrame:
    """The map's data, one row a cell: both settings, ``share`` beyond the threshold, its interval, runs, undecided."""
    low, high = grid.intervals
    rows, columns = grid.runs.shape
    return pd.DataFrame({
        grid.x: np.tile(grid.xs, rows), grid.y: np.repeat(grid.ys, columns), "outcome": grid.outcome,
        "threshold": grid.threshold, "side": grid.side, "share": grid.shares.ravel(), "low": low.ravel(),
        "high": high.ravel(), "runs": grid.runs.ravel(), "undecided": grid.undecided.ravel(),
    }).round({"share": 9, "low": 9, "high": 9})  # fmt: skip


def alt(grid: TippingGrid, line: pd.DataFrame, *, labels: Labels) -> str:
    """The map in words: the finding, the extremes, the tipping line row by row."""
    low, high = (words.hundredth(float(end(grid.shares))) for end in (np.nanmin, np.nanmax))
    parts = [f"Map of {len(grid.xs)} by {len(grid.ys)} cells: {labels.x}, against {labels.y}.",
             f"{title(grid, line, labels)}.",
             f"Shares go from {low} to {high} of 100 runs; {grid.undecided.sum()} cells are undecided."]  # fmt: skip
    row: Any
    for row in line.itertuples():
        point = row.note if np.isnan(row.threshold) else f"{row.crosses} {_number(row.threshold)}{_ends(row)}"
        parts.append(f"At {row.setting} {_number(row.value)}: {point}.")
    return " ".join(parts)


def _ends(row: Any) -> str:
    low, high = ("off the map" if np.isnan(end) else _number(end) for end in (row.low, row.high))
    return f" (95 % interval {low} to {high})"
