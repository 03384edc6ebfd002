"""The lines of a map at 20, 50 (the tipping line) and 80 of 100, each with its name beside it or on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import contourpy
import numpy as np
from matplotlib.axes import Axes

from sim.arrays import FloatArray
from sim.figures.drawing.style import INK, SMALL, apart, backing, height_of, width_of

LEVELS = (0.2, 0.5, 0.8)
TIPPING = 0.5
_DASHES: dict[float, Any] = {0.2: (0, (1, 1.2)), 0.5: "-", 0.8: (0, (5, 2))}


@dataclass(frozen=True, slots=True)
class Box:
    """Room that something takes on a map, in cells."""

    x0: float
    x1: float
    y0: float
    y1: float

    @classmethod
    def about(cls, x: float, y: float, wide: float, high: float) -> Box:
        """The box of this size about a centre."""
        return cls(x - wide / 2, x + wide / 2, y - high / 2, y + high / 2)

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1


def draw(axes: Axes, shares: FloatArray, wide: float, high: float, taken: list[Box]) -> list[Box]:
    """Draw the lines over a map of so many inches whose cells are one unit apart; the lines end at the map's edge.

    A line is named where it leaves the map on the right, else on top; one that does neither is named on itself, off
    what is ``taken``. Returns the room that names on the map take.
    """
    rows, columns = shares.shape
    x, y = (np.array([-0.5, *range(count), count - 0.5]) for count in (columns, rows))
    maker = contourpy.contour_generator(x, y, np.ma.masked_invalid(np.pad(shares, 1, mode="edge")))
    ends: dict[str, list[tuple[float, float]]] = {"right": [], "top": []}
    boxes: list[Box] = []
    for level in LEVELS:
        pieces = [np.asarray(piece) for piece in maker.lines(level - 1e-9)]
        for piece in pieces:
            _stroke(axes, piece, level)
        tips = np.array([tip for piece in pieces for tip in (piece[0], piece[-1])]).reshape(-1, 2)
        right = tips[np.isclose(tips[:, 0], x[-1]), 1]
        over = tips[np.isclose(tips[:, 1], y[-1]), 0] if not right.size else np.empty(0)
        ends["right"] += [(float(place), level) for place in right]
        ends["top"] += [(float(place), level) for place in over]
        if pieces and not right.size and not over.size:
            boxes += _name_inside(axes, max(pieces, key=len), level, wide / columns, high / rows, [*taken, *boxes])
    _name_outside(axes, ends, wide, high, shares.shape)
    return boxes


def _stroke(axes: Axes, piece: FloatArray, level: float) -> None:
    """A dark line in a white one, so that it is seen on every colour."""
    thick = level == TIPPING
    axes.plot(*piece.T, color="white", linewidth=4.6 if thick else 3.0, zorder=3, solid_capstyle="butt")
    axes.plot(*piece.T, color=INK, linewidth=2.8 if thick else 1.3, linestyle=_DASHES[level], zorder=3,
              gid=f"contour {level}", solid_capstyle="butt")  # fmt: skip


def _name(level: float) -> tuple[str, str]:
    """Text and weight."""
    return (f"{100 * level:.0f} of 100", "bold") if level == TIPPING else (f"{100 * level:.0f}", "normal")


def _name_inside(
    axes: Axes, piece: FloatArray, level: float, cell_wide: float, cell_high: float, taken: list[Box]
) -> list[Box]:
    """Write the name on the line where it is free, as far as can be from the middle of a cell."""
    text, weight = _name(level)
    size = (width_of(text, SMALL, weight) + 0.06) / cell_wide, (height_of(1, SMALL) + 0.02) / cell_high
    (right, top) = (axes.get_xlim()[1], axes.get_ylim()[1])
    spots = np.concatenate([piece, (piece[1:] + piece[:-1]) / 2])
    spots = spots[np.argsort(-np.abs(spots - np.round(spots)).sum(axis=1), kind="stable")]
    for spot in spots:
        box = Box.about(float(spot[0]), float(spot[1]), *size)
        inside = box.x0 > -0.5 and box.y0 > -0.5 and box.x1 < right and box.y1 < top
        if inside and not any(box.meets(other) for other in taken):
            look: Any = {"ha": "center", "va": "center", "fontsize": SMALL, "weight": weight, "zorder": 5}
            axes.text(float(spot[0]), float(spot[1]), text, bbox=backing(), **look)
            return [box]
    return []


def _name_outside(
    axes: Axes, ends: dict[str, list[tuple[float, float]]], wide: float, high: float, shape: tuple[int, ...]
) -> None:
    """Write the names beside the map and above it, spread so that none overlap."""
    for side, span, count in (("right", high, shape[0]), ("top", wide, shape[1])):
        some = sorted(ends[side])
        along = [width_of(*_sized(level)) + 0.1 for _, level in some]
        sizes = [height_of(1, SMALL)] * len(some) if side == "right" else along
        places = apart([(place + 0.5) / count * span for place, _ in some], sizes, 0, span) / span
        for (_, level), place in zip(some, places, strict=True):
            text, weight = _name(level)
            where = (1 + 0.06 / wide, place) if side == "right" else (place, 1 + 0.06 / high)
            axes.text(where[0], where[1], text, transform=axes.transAxes, ha="left" if side == "right" else "center",
                      va="center" if side == "right" else "bottom", fontsize=SMALL, weight=weight)  # fmt: skip


def _sized(level: float) -> tuple[str, float, str]:
    text, weight = _name(level)
    return text, SMALL, weight
