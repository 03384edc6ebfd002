"""Small drawings of a page: days of a measure as a line of bars, and futures as dots that can be counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim import text as words
from sim.figures.drawing.quantile_dotplot import columns
from sim.language import _
from sim.tabletop.futures import quantiles
from sim.tabletop.papers import svg

WIDTH, MARGIN = 480.0, 12.0
_DOT, _LABEL = 9.5, 22.0
_LETTERS = 64
"""Of a line below the axis."""
_SPARK_WIDTH, _SPARK_HEIGHT = 120.0, 26.0
_WIDE = 1e-9


def spark(values: Sequence[float], *, total: bool, turns: Sequence[int]) -> str:
    """A measure day by day; numbers stand beside it, so it says nothing to whoever cannot see it.

    Parameters
    ----------
    values
        Of each day.
    total
        Whether they add up: bars; else a line of steps.
    turns
        Days of each turn, for the thin lines between them.
    """
    top, bottom = max(values), min(values)
    floor = 0.0 if total or bottom < top / 2 else bottom
    scale = (_SPARK_HEIGHT - 4) / ((top - floor) or 1.0)
    wide = _SPARK_WIDTH / len(values)
    parts, place = [], 0.0
    for count in list(turns)[:-1]:
        place += count * wide
        parts.append(svg.line(place, 0, place, _SPARK_HEIGHT, "faint"))
    heights = [max((value - floor) * scale, 0.0) for value in values]
    base = _SPARK_HEIGHT - 1
    if total:
        parts += [svg.box(k * wide + wide * 0.14, base - high, wide * 0.72, high, "bar")
                  for k, high in enumerate(heights) if high > 0]  # fmt: skip
    else:
        points = [(x, base - high) for k, high in enumerate(heights) for x in (k * wide, (k + 1) * wide)]
        parts.append(svg.path(points, "step-line"))
    parts.append(svg.line(0, base, _SPARK_WIDTH, base, "rule"))
    return (
        f'<svg class="spark" viewBox="0 0 {_SPARK_WIDTH:g} {_SPARK_HEIGHT:g}" aria-hidden="true" focusable="false">'
        f"{''.join(parts)}</svg>"
    )


def dots(
    rows: Mapping[str, Sequence[float]],
    names: Mapping[str, str],
    axis: str,
    alt: str,
    medians: Mapping[str, float] | None = None,
) -> str | None:
    """Quantile dots of one measure, a row an option, all on one axis; None where there are none.

    Parameters
    ----------
    rows
        By option, values in ascending order; each dot stands for an equal share of the futures.
    names
        How options are called.
    axis
        What is measured, with its unit.
    alt
        What it shows, in words.
    medians
        By option the median of all futures; where there is none, that of the dots by the same rule.
    """
    known = {name: np.asarray(values, dtype=np.float64) for name, values in rows.items() if len(values)}
    if not known:
        return None
    low, high = (float(edge([edge(values) for values in known.values()])) for edge in (np.min, np.max))
    room = (high - low) or max(abs(high), 1.0)
    inside = WIDTH - 2 * MARGIN - 2 * _DOT

    def x(value: float) -> float:
        return MARGIN + _DOT + inside * (value - low) / room if high - low > _WIDE else WIDTH / 2

    parts: list[str] = []
    y = 4.0
    for place, (name, values) in enumerate(known.items()):
        stacked = columns(np.array([x(value) for value in values]), _DOT, deepest=10)
        tall = max(float(stacked.y.max()) + _DOT / 2, 2 * _DOT)
        middle = (medians or {}).get(name, float(quantiles(values[None, :], np.ones(len(values)), [0.5])[0, 0]))
        same = values[0] == values[-1]
        words_of = _("{name}: {median} in all of them") if same else _("{name}: median {median}")
        said = words_of.format(name=names[name], median=_told(middle))
        parts.append(svg.text(0, y + 11, said, "head"))
        y += _LABEL
        ground = y + tall
        kind = "dot first" if place == 0 else "dot second"
        mark = svg.dot if place == 0 else svg.diamond
        parts += [mark(float(cx), ground - float(cy), _DOT * (0.43 if place == 0 else 0.5), kind)
                  for cx, cy in zip(stacked.x, stacked.y, strict=True)]  # fmt: skip
        parts.append(svg.line(0, ground + 1, WIDTH, ground + 1, "rule"))
        parts.append(svg.line(x(middle), ground - tall - 3, x(middle), ground + 5, "middle"))
        y = ground + 10
    for value in _ticks(low, high):
        parts.append(svg.text(x(value), y + 10, _told(value), "soft", "middle"))
        parts.append(svg.line(x(value), y - 9, x(value), y - 4, "rule"))
    for row in svg.wrapped(axis, _LETTERS):
        y += 15
        parts.append(svg.text(WIDTH, y + 13, row, "soft", "end"))
    return svg.unstyled(svg.drawing(WIDTH, y + 20, alt, parts))


def _told(value: float) -> str:
    return words.number(value)


def _ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round values inside a range."""
    if high - low <= _WIDE:
        return [low]
    rough = (high - low) / most
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(float(power * k) for k in (1, 2, 5, 10) if power * k >= rough)
    first = np.ceil(low / step)
    return [float(round(k * step, 9)) for k in range(int(first), int(np.floor(high / step)) + 1)]
