"""Quantile dotplots: a distribution as 50 dots that can be counted (Kay 2016; Fernandes 2018).

Dots stand in columns after Wilkinson (1999): a column begins at the first dot that the last one does not hold
and takes in all dots within one diameter. Columns stand at the median of what they hold, moved just so far
that none touches the next or crosses the threshold. All lengths here are inches, so that dots are circles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from numpy.typing import NDArray

from sim.arrays import FloatArray
from sim.figures.drawing.style import apart

DOTS = 50
LARGEST = 0.19  # inches; a larger dot shows no more
_FILL = 0.86  # of its cell, so that neighbours stay apart
_EDGE = 1.1  # points
_CLEAR = 0.03  # inches between a dot's cell and the threshold

BoolArray = NDArray[np.bool_]


def quantile(ordered: FloatArray, percent: int) -> float:
    """The smallest of these ascending values that at least ``percent`` of 100 of them do not exceed."""
    return float(ordered[max(-(-percent * len(ordered) // 100) - 1, 0)])


def quantile_dots(ordered: FloatArray) -> FloatArray:
    """The 50 values at probabilities .01, .03, … .99, each of them a value that some run has.

    Inverse of the distribution function in whole numbers, so that no rounding moves a dot across a threshold:
    the dots beyond it are the runs beyond it times 50, to the nearest dot.
    """
    percents = 2 * np.arange(1, DOTS + 1) - 1
    return ordered[-(-percents * len(ordered) // 100) - 1]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the dots stand: the centre of each, in inches from the left of the axes and from the ground."""

    x: FloatArray
    y: FloatArray
    diameter: float

    @property
    def height(self) -> float:
        """Height of the tallest column, in inches."""
        return float(self.y.max() + self.diameter / 2) if self.y.size else 0.0

    def beside(self, border: float) -> Columns:
        """The same dots, moved off a ``border`` that would cut through them, to the side they belong to."""
        reach = float(np.ptp(self.x) + self.diameter) / 2 + _CLEAR
        centre = float(self.x.max() + self.x.min()) / 2
        short = reach - abs(centre - border)
        if not short > 0:  # nor where there is no border: NaN
            return self
        return Columns(self.x + (short if centre > border else -short), self.y, self.diameter)


def columns(
    x: FloatArray,
    diameter: float,
    *,
    split: int | None = None,
    border: float = np.nan,
    deepest: int | None = None,
) -> Columns:
    """Stack dots of one diameter.

    Parameters
    ----------
    x
        Ascending positions.
    split, border
        The first ``split`` dots stay left of ``border``, the rest right of it; without, there is no border.
    deepest
        A column of more dots is folded into several side by side.
    """
    if split is None:
        centres, rows = _stack(x, diameter, -np.inf, np.inf, deepest)
    else:
        left, left_rows = _stack(x[:split], diameter, -np.inf, border - _CLEAR, deepest)
        right, right_rows = _stack(x[split:], diameter, border + _CLEAR, np.inf, deepest)
        centres, rows = np.concatenate([left, right]), np.concatenate([left_rows, right_rows])
    return Columns(centres, (rows + 0.5) * diameter, diameter)


def _stack(
    x: FloatArray, diameter: float, low: float, high: float, deepest: int | None
) -> tuple[FloatArray, FloatArray]:
    """Centre, and row within its column, of each dot."""
    starts: list[int] = []
    for place, here in enumerate(x):
        if not starts or here - x[starts[-1]] >= diameter:
            starts.append(place)
    if not starts:
        return np.empty(0), np.empty(0)
    counts = np.diff([*starts, len(x)])
    middles = [float(np.median(part)) for part in np.split(x, starts[1:])]
    folds = np.ones_like(counts) if deepest is None else -(-counts // deepest)
    centres = apart(middles, folds * diameter, low, high)
    order = np.concatenate([np.arange(count, dtype=float) for count in counts])
    wide = np.repeat(folds, counts)
    return np.repeat(centres, counts) + (order % wide - (wide - 1) / 2) * diameter, order // wide


def block(count: int, diameter: float, *, centre: float, height: float) -> Columns:
    """A mass of equal dots as a block about ``centre``, in as few columns as ``height`` allows."""
    deep = max(int(height / diameter + 1e-9), 1)
    wide = max(-(-count // deep), 1)
    places = np.arange(count, dtype=np.float64)
    row, column = places // wide, places % wide
    return Columns(centre + (column - (wide - 1) / 2) * diameter, (row + 0.5) * diameter, diameter)


def largest_columns(
    x: FloatArray,
    height: float,
    *,
    split: int | None = None,
    border: float = np.nan,
    ceiling: float = LARGEST,
) -> Columns:
    """The columns of the largest dots, up to ``ceiling``, that stay within ``height``."""
    diameter = ceiling
    while (trial := columns(x, diameter, split=split, border=border)).height > height + 1e-9:
        diameter *= 0.97
    return trial


def draw_dots(axes: Axes, dots: Columns, *, filled: BoolArray, fill: str, edge: str) -> None:
    """Draw the dots as circles on axes whose unit is the inch; those not ``filled`` are open."""
    size = dots.diameter * _FILL - _EDGE / 72
    for chosen, face, rim in ((filled, fill, fill), (~filled, "white", edge)):
        if chosen.any():
            axes.add_collection(
                EllipseCollection(
                    np.full(chosen.sum(), size),
                    np.full(chosen.sum(), size),
                    np.zeros(chosen.sum()),
                    units="inches",
                    offsets=np.column_stack([dots.x[chosen], dots.y[chosen]]),
                    offset_transform=axes.transData,
                    facecolors=face,
                    edgecolors=rim,
                    linewidths=_EDGE,
                    gid="dots filled" if face == fill else "dots open",
                )
            )
