"""Paired differences as dots on either side of zero, and the interval of their mean below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim.arrays import FloatArray
from sim.figures.comparison.contrast import Contrast
from sim.figures.drawing import quantile_dotplot as dotplot
from sim.figures.drawing.dot_axis import SIDE, Scale
from sim.figures.drawing.style import INK


def draw_interval(axes: Axes, contrast: Contrast, scale: Scale, y: float) -> None:
    """The mean difference as a diamond, on the bar of its 95 % interval where there is one."""
    if contrast.low is not None and contrast.high is not None:
        ends = [float(scale(contrast.low)), float(scale(contrast.high))]
        axes.plot(ends, [y, y], color=INK, linewidth=2.5, solid_capstyle="butt", zorder=3)
    if contrast.difference is not None:
        axes.plot([float(scale(contrast.difference))], [y], marker="D", markersize=5.5, color=INK, zorder=4)


SMALL = 0.55
"""Size of a dot of an equal pair, to that of the others."""


def across(contrasts: Sequence[Contrast], width: float) -> Scale:
    """The scale of the differences on axes of this width, with zero on it."""
    ends = [end for c in contrasts for end in (c.low, c.high, c.difference) if end is not None]
    reach = np.concatenate([np.array([0.0, *ends]), *(c.differences for c in contrasts)])
    whole = bool(np.equal(np.mod(np.concatenate([[], *(c.differences for c in contrasts)]), 1), 0).all())
    low, high = float(reach.min()), float(reach.max())
    locator = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=whole, min_n_ticks=2)
    ticks = np.asarray(locator.tick_values(low, high) if high > low else [-1.0, 0.0, 1.0]).round(9)
    return Scale(float(ticks[0]), float(ticks[-1]), width - 2 * SIDE, None, np.nan, ticks)


def fifty(contrast: Contrast) -> FloatArray:
    """Fifty quantiles of the differences, or the one there is."""
    ordered = np.sort(contrast.differences)
    return ordered if len(ordered) == 1 else dotplot.quantile_dots(ordered)


def pile(contrast: Contrast, scale: Scale, size: float, deepest: int | None) -> dotplot.Columns:
    """Dots of one size whose sides of zero are kept apart, those at zero on it."""
    dots, zero = fifty(contrast), float(scale(0.0))
    x, below, upto = scale(dots), int(np.sum(dots < 0)), int(np.sum(dots <= 0))
    narrow = size * SMALL  # ties are drawn small, so that what differs a little stays near zero
    ties = dotplot.columns(x[below:upto], narrow, deepest=deepest and int(deepest / SMALL))
    room = float(np.ptp(ties.x) + narrow) / 2 if upto > below else 0.0
    left = dotplot.columns(x[:below], size, split=below, border=zero - room, deepest=deepest)
    right = dotplot.columns(x[upto:], size, split=0, border=zero + room, deepest=deepest)
    parts = (left, ties, right)
    return dotplot.Columns(np.concatenate([p.x for p in parts]), np.concatenate([p.y for p in parts]), size)
