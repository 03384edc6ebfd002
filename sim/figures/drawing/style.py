"""What all figures share: colours, type, and the measuring of text; applied inside a context, never globally.

Colours are Okabe and Ito's (2008), which stay apart under the common colour-vision deficiencies. Each
category has a marker and a line style of its own beside its colour; the six hold no red against green.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from numpy.typing import ArrayLike

from sim.arrays import FloatArray

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
INK, QUIET, RULE, FAINT = "#1A1A1A", "#4D4D4D", "#8C8C8C", "#E4E4E4"  # text, second text, axes, grid
CONTINUOUS = "cividis"

DPI = 200
TITLE, TEXT, SMALL = 13.0, 9.5, 8.5  # points
LEADING = 1.32  # line height over font size
LIMIT = (0, (4, 2))
"""Dashes of a line at which something ends: the policy's threshold, the record."""


@dataclass(frozen=True, slots=True)
class Category:
    """How one category is told from the others: by colour, and by shape for those who cannot use colour."""

    colour: str
    marker: str
    dashes: str | tuple[int, tuple[int, ...]]


CATEGORIES = (
    Category(BLUE, "o", "-"),
    Category(ORANGE, "s", (0, (5, 2))),
    Category(PURPLE, "D", (0, (1, 1))),
    Category(BLACK, "^", (0, (5, 2, 1, 2))),
    Category(SKY, "v", (0, (8, 3))),
    Category(VERMILLION, "P", (0, (3, 1, 1, 1, 1, 1))),
)

_SETTINGS: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT,
    "text.color": INK,
    "text.parse_math": False,  # a label may speak of two sums in $
    "axes.labelcolor": INK,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": RULE,
    "ytick.color": RULE,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": TEXT,
    "ytick.labelsize": TEXT,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "figure.dpi": DPI,
    "savefig.dpi": "figure",
}
_LOCK = threading.RLock()
_NUMBER = re.compile(r"(?<!\S)(\d[\d,]*) (?=[^\W\d])")  # "7 March", "400 officers"


@contextmanager
def context() -> Iterator[None]:
    """Draw in the house style, whatever the user's matplotlibrc says; all settings are as before afterwards.

    Matplotlib's settings belong to the process, so threads that draw take turns. Works as a decorator too.
    """
    with _LOCK, matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


@cache
def _ruler() -> RendererAgg:
    return RendererAgg(1, 1, DPI)


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Width in inches of one line of text, ``size`` in points."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return float(_ruler().get_text_width_height_descent(text, font, False)[0]) / DPI


def height_of(lines: int, size: float) -> float:
    """Height in inches of so many lines of text, ``size`` in points."""
    return lines * size * LEADING / 72


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Break text into lines of at most ``width`` inches, never between a number and the word it counts.

    A no-break space holds, too. A single word that is longer than the line is cut with "…".
    """
    lines: list[str] = []
    least = 0.0  # what the last line takes without its spaces
    for word in filter(None, _NUMBER.sub("\\1\N{NO-BREAK SPACE}", text).split(" ")):
        least += width_of(word, size, weight)
        # Measuring takes a while, and only a line of about the right length needs it; each word is measured once.
        near = 0.6 * width < least <= width
        if lines and (width_of(f"{lines[-1]} {word}", size, weight) <= width if near else least <= width):
            lines[-1] += f" {word}"
        else:
            lines.append(_cut(word, width, size, weight))
            least = width_of(lines[-1], size, weight)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines] or [""]


def wrap_evenly(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """As :func:`wrap`, in as few lines, but of about one length: no word stands alone on the last."""
    fewest, narrow = len(wrap(text, width, size, weight)), width_of(text, size, weight)
    narrow /= fewest
    while narrow < width:
        lines = wrap(text, narrow, size, weight)
        if len(lines) == fewest and not any(line.endswith("…") for line in lines):
            return lines
        narrow += 0.1
    return wrap(text, width, size, weight)


def _cut(word: str, width: float, size: float, weight: str) -> str:
    if width_of(word, size, weight) <= width:
        return word
    while word and width_of(f"{word}…", size, weight) > width:
        word = word[:-1]
    return f"{word}…"


def apart(ideal: ArrayLike, sizes: ArrayLike, low: float = -np.inf, high: float = np.inf) -> FloatArray:
    """Centres nearest to ``ideal`` (least squares) at which things of these sizes touch but do not overlap.

    Parameters
    ----------
    ideal
        Wished-for centres, ascending; their order is kept.
    sizes
        Extent of each thing along the axis, in the unit of ``ideal``.
    low, high
        Edges that no thing may cross; where there is no room for all, ``low`` holds and ``high`` gives way.
    """
    wished, extent = np.asarray(ideal, dtype=float), np.asarray(sizes, dtype=float)
    if wished.size == 0:
        return wished
    offsets = np.concatenate([[0.0], np.cumsum((extent[:-1] + extent[1:]) / 2)])
    moved = wished - offsets
    moved = _ascending(moved)
    moved = np.minimum(moved, high - extent[-1] / 2 - offsets[-1])
    moved = np.maximum(moved, low + extent[0] / 2)
    return np.asarray(moved + offsets, dtype=float)


def _ascending(values: FloatArray) -> FloatArray:
    """The nearest ascending values: neighbours that violate the order share their mean (pool adjacent violators).

    What SciPy's ``isotonic_regression`` gives, without a fifth of a second for its import before a first picture.
    """
    pools: list[tuple[float, int]] = []
    for value in values.tolist():
        mean, count = value, 1
        while pools and pools[-1][0] > mean:
            last, others = pools.pop()
            mean, count = (last * others + mean * count) / (others + count), others + count
        pools.append((mean, count))
    return np.repeat([mean for mean, _ in pools], [count for _, count in pools])


def backing(colour: str | tuple[float, ...] = "white", pad: float = 1.0) -> dict[str, Any]:
    """The box behind words that stand on lines or dots, ``pad`` points wider than they are."""
    return {"facecolor": colour, "edgecolor": "none", "pad": pad}


def bare(axes: Axes, *, keep: Sequence[str] = ()) -> None:
    """Take away all spines but those in ``keep``, and the ticks of the sides that lose theirs."""
    for side in ("left", "right", "top", "bottom"):
        axes.spines[side].set_visible(side in keep)
    if "left" not in keep:
        axes.set_yticks([])
    if "bottom" not in keep:
        axes.set_xticks([])
