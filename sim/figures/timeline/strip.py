"""The strip of dated events under a timeline, and the numbered key that says what they are.

Markers that would cover each other are spread along the strip, each with a thin leader to its true date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from sim import text as words
from sim.figures.drawing.layout import MARGIN, Page
from sim.figures.drawing.style import (
    BLUE,
    INK,
    ORANGE,
    PURPLE,
    RULE,
    SMALL,
    Category,
    apart,
    bare,
    height_of,
    width_of,
    wrap,
)

Origin = Literal["documented", "scenario", "player"]

_KINDS: dict[Origin, tuple[str, Category, str]] = {
    "documented": ("documented", Category(BLUE, "o", "-"), "white"),
    "scenario": ("scenario", Category(ORANGE, "s", "-"), INK),
    "player": ("players", Category(PURPLE, "D", "-"), INK),
}
_SCALE = {"o": 1.0, "s": 0.88, "D": 0.74}  # so that the shapes look equally large
_MARK, _PITCH, _LEAD, _ROW = 0.2, 0.225, 0.28, 0.27  # inches: marker, its room, leaders, a row
_INDENT, _COLUMNS, _BETWEEN = 0.24, 2, 0.3  # of the key


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """Something that happens on a day: documented, part of the scenario, or ordered by a player."""

    date: dt.date
    text: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """An event with its number and the lines of its text in the key."""

    number: int
    event: ShownEvent
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """Height in inches, with the space to the next entry."""
        return max(height_of(len(self.lines), SMALL), _MARK) + 0.05


@dataclass(frozen=True, slots=True)
class Strip:
    """The events within the days shown, numbered by date, in the columns of their key."""

    columns: tuple[tuple[KeyEntry, ...], ...]
    origins: tuple[Origin, ...]

    @property
    def entries(self) -> tuple[KeyEntry, ...]:
        """All entries by number."""
        return tuple(entry for column in self.columns for entry in column)

    @property
    def height(self) -> float:
        """Height of the strip of markers, in inches."""
        return _LEAD + _ROW * len(self.origins) + 0.08 if self.origins else 0.0

    @property
    def key_height(self) -> float:
        """Height of the key, in inches."""
        return max((sum(entry.height for entry in column) for column in self.columns), default=0.0)


def lay_out(events: Iterable[ShownEvent], first: dt.date, last: dt.date, *, width: float) -> Strip:
    """Number the events of these days and break their texts for a key ``width`` inches wide.

    Events outside the days are not shown. Call inside the style's context.
    """
    seen = sorted(
        (event for event in events if first <= event.date <= last),
        key=lambda event: (event.date, list(_KINDS).index(event.origin)),
    )
    room = (width - _BETWEEN * (_COLUMNS - 1)) / _COLUMNS - _INDENT
    entries = [
        KeyEntry(number, event, tuple(wrap(f"{words.short_day(event.date)}: {event.text}", room, SMALL)))
        for number, event in enumerate(seen, start=1)
    ]
    reached = np.cumsum([entry.height for entry in entries])
    cut = int(np.searchsorted(reached, reached[-1] / 2)) + 1 if entries else 0
    columns = tuple(column for column in (tuple(entries[:cut]), tuple(entries[cut:])) if column)
    origins = tuple(kind for kind in _KINDS if any(event.origin == kind for event in seen))
    return Strip(columns, origins)


def draw(page: Page, strip: Strip, *, left: float, top: float, width: float, limits: tuple[float, float]) -> None:
    """Draw the markers under panels that begin ``left`` inches from the page's edge and span ``limits``.

    ``limits`` are ordinals of days (``date.toordinal``) at the left and right end of the panels.
    """
    axes = page.axes(left, top, width, strip.height)
    axes.set(xlim=(0, width), ylim=(-strip.height, 0))
    bare(axes)
    axes.plot([0, width], [0, 0], color=RULE, linewidth=1.2, clip_on=False)
    low, high = limits
    entries = strip.entries
    true = [(entry.event.date.toordinal() - low) / (high - low) * width for entry in entries]
    pitch = min(_PITCH, width / len(entries))
    places = apart(true, np.full(len(entries), pitch), 0, width)
    rows = {origin: -_LEAD - _ROW * (row + 0.5) for row, origin in enumerate(strip.origins)}
    heights = [rows[entry.event.origin] for entry in entries]
    leads = [[(here, 0), (place, -_LEAD), (place, y)] for here, place, y in zip(true, places, heights, strict=True)]
    axes.add_collection(LineCollection(leads, colors=RULE, linewidths=0.8, zorder=1, clip_on=False), autolim=False)
    _marks(axes, entries, places.tolist(), heights, min(_MARK, pitch * 0.9))
    for origin, y in rows.items():
        axes.text(-0.12, y, _KINDS[origin][0], ha="right", va="center", fontsize=SMALL, color=INK)


def draw_key(page: Page, strip: Strip, *, top: float) -> None:
    """Draw what each number stands for, over the width of the page."""
    width = page.width - 2 * MARGIN
    axes = page.axes(MARGIN, top, width, strip.key_height)
    axes.set(xlim=(0, width), ylim=(-strip.key_height, 0))
    bare(axes)
    step = (width + _BETWEEN) / _COLUMNS
    for column, entries in enumerate(strip.columns):
        tops = -np.cumsum([0.0, *(entry.height for entry in entries)])[:-1]
        _marks(axes, entries, [column * step + _MARK / 2] * len(entries), (tops - _MARK / 2).tolist(), _MARK)
        for entry, y in zip(entries, tops.tolist(), strict=True):
            axes.text(
                column * step + _INDENT + 0.04,
                y - _MARK / 2 + height_of(1, SMALL) / 2,
                "\n".join(entry.lines),
                va="top",
                fontsize=SMALL,
                color=INK,
            )


def _marks(axes: Axes, entries: Sequence[KeyEntry], x: Sequence[float], y: Sequence[float], size: float) -> None:
    """Markers with their numbers inside, ``size`` inches wide; those of one origin are one artist."""
    for origin in dict.fromkeys(entry.event.origin for entry in entries):
        _, kind, _ = _KINDS[origin]
        own = [k for k, entry in enumerate(entries) if entry.event.origin == origin]
        side = size * 72 * _SCALE[kind.marker]
        look: dict[str, Any] = {
            "marker": kind.marker,
            "color": kind.colour,
            "linewidths": 0,
            "zorder": 2,
            "clip_on": False,
        }
        axes.scatter([x[k] for k in own], [y[k] for k in own], s=side**2, **look)
    for entry, here, there in zip(entries, x, y, strict=True):
        number, ink = str(entry.number), _KINDS[entry.event.origin][2]
        font = min(7.5, 7.5 * size * 0.68 / width_of(number, 7.5, "bold"))
        style: dict[str, Any] = {
            "ha": "center",
            "va": "center_baseline",
            "fontsize": font,
            "fontweight": "bold",
            "zorder": 3,
        }
        axes.text(here, there, number, color=ink, **style)
