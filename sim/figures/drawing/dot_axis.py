"""The axis that dotplots stand on: values to inches, the same for all rows, and a place of its own for the mass at
its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim import text as words
from sim.arrays import FloatArray
from sim.figures.drawing import quantile_dotplot as dotplot
from sim.figures.drawing.distribution import Answer
from sim.figures.drawing.style import FAINT, RULE

SIDE = 0.3  # inches beside the scale, so that dots at zero are whole
LUMP = 0.17  # the dots where all of them have one value
BREAK, MASS = 0.35, 1.0  # between the scale and the mass at its end; that mass


@dataclass(frozen=True, slots=True)
class Scale:
    """Values to inches from the left of the axes; ``upper``, if given, goes to a place of its own."""

    low: float
    high: float
    width: float
    upper: float | None
    mass: float
    ticks: FloatArray

    def __call__(self, values: FloatArray | float) -> FloatArray:
        """Inches from the left of the axes."""
        place = SIDE + (np.asarray(values, dtype=float) - self.low) / (self.high - self.low) * self.width
        return place if self.upper is None else np.where(np.asarray(values) == self.upper, self.mass, place)


def fit(answers: Sequence[Answer], *, width: float, limit: float | None = None, most_ticks: int = 8) -> Scale:
    """The scale on axes of this width that holds the runs of all these answers to one question.

    ``limit`` is its right end; else ``question.upper``, else what fits. The left end is zero, or lower where a value
    is negative. Raises ``ValueError`` where ``limit`` would cut the data.
    """
    question = answers[0].question
    apart = any(answer.mass.any() for answer in answers)
    values = np.concatenate([answer.values for answer in answers])
    whole = bool(np.equal(np.mod(values, 1), 0).all())
    rest = values if question.upper is None else values[values < question.upper]
    reach = [0.0 if question.threshold is None else question.threshold, *([float(rest.max())] if rest.size else [])]
    low = min(0.0, float(values.min()))
    high = limit if limit is not None else question.upper if question.upper is not None else max(reach)
    if high < max(reach):
        raise ValueError(f"{question.name}: the axis ends at {high}, below {max(reach)}")
    locator = MaxNLocator(most_ticks, steps=[1, 2, 2.5, 5, 10], integer=whole, min_n_ticks=2)
    ticks = np.asarray(locator.tick_values(low, high if high > low else low + 1), dtype=np.float64)
    if limit is None and question.upper is None:
        low, high = min(low, float(ticks[0])) if low < 0 else 0.0, float(ticks[-1])
    inner = width - 2 * SIDE - (BREAK + MASS if apart else 0)
    upper = question.upper if apart else None
    inside = ticks[(ticks >= low) & (ticks <= high) & (ticks != (np.inf if upper is None else upper))]
    return Scale(low, high, inner, upper, SIDE + inner + BREAK + MASS / 2, inside)


def place(
    answer: Answer, scale: Scale, *, tallest: float, ceiling: float = dotplot.LARGEST, deepest: int | None = None
) -> dotplot.Columns:
    """All dots of an answer in one size: columns along the scale, and the mass at its end as a block.

    The dots are as large as ``tallest`` (inches) allows, up to ``ceiling``; with ``deepest`` they are of that very
    size, and a column of more dots is folded into several side by side.
    """
    rest = scale(answer.dots[~answer.mass])
    split, border = None, np.nan
    if answer.question.threshold is not None:
        split = int(np.sum(answer.beyond[~answer.mass] == (answer.question.beyond == "below")))
        border = float(scale(answer.question.threshold))
    if deepest is not None:
        stacked = dotplot.columns(rest, ceiling, split=split, border=border, deepest=deepest)
    elif rest.size > 1 and rest[0] == rest[-1]:
        lump = min(LUMP, ceiling)
        stacked = dotplot.block(rest.size, lump, centre=rest[0], height=tallest).beside(border)
    else:
        stacked = dotplot.largest_columns(rest, tallest, split=split, border=border, ceiling=ceiling)
    mass = dotplot.block(int(answer.mass.sum()), stacked.diameter, centre=scale.mass, height=tallest)
    return dotplot.Columns(np.concatenate([stacked.x, mass.x]), np.concatenate([stacked.y, mass.y]), stacked.diameter)


def draw_ground(axes: Axes, scale: Scale, *, y: float = 0.0) -> None:
    """The ground that dots stand on, under the mass too."""
    for ends in _pieces(scale):
        axes.plot(ends, [y, y], color=RULE, linewidth=0.8, zorder=0.5)


def write_ticks(axes: Axes, scale: Scale, *, bottom: float, top: float = 0.0) -> None:
    """The axis at ``bottom`` with its ticks, their lines up to ``top`` and their numbers, that of the mass too."""
    for ends in _pieces(scale):
        axes.plot(ends, [bottom, bottom], color=RULE, linewidth=1.6, clip_on=False)
    shown = [*scale.ticks] if scale.upper is None else [*scale.ticks, scale.upper]
    places = [float(scale(tick)) for tick in shown]
    axes.vlines(places, bottom, top, color=FAINT, linewidth=0.8, zorder=0.2)
    axes.set_xticks(places, [words.number(tick) for tick in shown])


def _pieces(scale: Scale) -> list[tuple[float, float]]:
    ends = (SIDE, SIDE + scale.width)
    return [ends] if scale.upper is None else [ends, (scale.mass - MASS / 2, scale.mass + MASS / 2)]
