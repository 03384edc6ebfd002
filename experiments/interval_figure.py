"""The picture of studies that compare options: a row an option, a mark a theory with the interval of its mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.paired_options import named
from sim import text as words
from sim.figures.drawing.layout import MARGIN, Footer, page
from sim.figures.drawing.style import (
    CATEGORIES,
    FAINT,
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

Picture = tuple[pd.DataFrame, dict[str, str], dict[str, str], str]
"""What is drawn: data, rows, panels (see :func:`draw`), and the title."""
_MARK, _SPACE, _TICKS = 0.115, 0.11, 0.5  # inches: of a theory's mark, between rows, under the last row
_WIDEST = 3.4
NOTE = (
    "Mean difference in officers against the documented world, in the same worlds that lived the record, with its 95 % "
    "interval (sampling error alone). Filled: the side is told under Holm's rule over all comparisons; open: it is not."
)


def draw(
    table: pd.DataFrame,
    labels: Mapping[str, str],
    panels: Mapping[str, str],
    *,
    title: str,
    footer: Footer,
    note: str = NOTE,
    field: float = 4.2,
    alike: Sequence[str] = (),
    axis: str = "officers, less the documented world",
) -> Figure:
    """Draw the table.

    Parameters
    ----------
    table
        Columns option, panel, theory, difference, low, high (null without an interval) and side (null where it is not
        told); rows of other options and panels are left out.
    labels
        The options from top to bottom, with what stands beside each.
    panels
        The fields from left to right, with what stands above each.
    field
        Width of a panel in inches.
    alike
        Panels that share one scale, so that they can be read against each other.
    """
    theories = list(dict.fromkeys(table["theory"]))
    row = _MARK * len(theories) + _SPACE
    with context():
        beside = min(_WIDEST, max(width_of(label, SMALL) for label in labels.values())) + 0.15
        told = {option: wrap(label, beside - 0.1, SMALL) for option, label in labels.items()}
        width = 2 * MARGIN + beside + (field + 0.3) * len(panels)
        lines = wrap(note, width - 2 * MARGIN, TEXT)
        key = height_of(len(lines), TEXT) + 0.08
        top = key + height_of(1, TEXT) + 0.12
        head = height_of(1, TEXT) + 0.06
        height = head + row * len(labels)
        on = page(width, top + height + _TICKS, title=title, footer=footer)
        on.write(lines, 0)
        _key(on.axes(MARGIN, key, width - 2 * MARGIN, height_of(1, TEXT)), theories, width - 2 * MARGIN)
        drawn = {}
        for k, (panel, above) in enumerate(panels.items()):
            axes = drawn[panel] = on.axes(MARGIN + beside + k * (field + 0.3), top, field, height)
            axes.set_ylim(height, 0)
            bare(axes, keep=("bottom",))
            axes.grid(axis="x")
            axes.axhspan(0, head, color="white", zorder=0.9, linewidth=0)
            axes.axvline(0, ymax=1 - head / height, color=INK, linewidth=1)
            axes.text(
                0,
                0,
                above,
                va="top",
                fontsize=TEXT,
                fontweight="bold",
                transform=axes.get_yaxis_transform(),
                bbox=backing(),
            )
            axes.set_xlabel(axis, loc="left", color=QUIET, fontsize=SMALL)
            for n, option in enumerate(labels):
                begin = head + n * row
                if n % 2 == 0:
                    axes.axhspan(begin, begin + row, color=FAINT, alpha=0.5, zorder=0, linewidth=0)
                some = table[(table["option"] == option) & (table["panel"] == panel)].set_index("theory")
                for m, theory in enumerate(theories):
                    if theory in some.index:
                        _mark(axes, some.loc[theory], begin + _SPACE / 2 + (m + 0.5) * _MARK, m)
                if k == 0:
                    axes.annotate("\n".join(told[option]), (0, begin + row / 2), xytext=(-beside * 72, 0),
                                  xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                                  fontsize=SMALL, annotation_clip=False)  # fmt: skip
        ends = [end for panel in alike for end in drawn[panel].get_xlim()]
        for panel in alike:
            drawn[panel].set_xlim(min(ends), max(ends))
        return on.figure


def _key(axes: Axes, theories: Sequence[str], width: float) -> None:
    axes.set(xlim=(0, width), ylim=(0, 1))
    bare(axes)
    x = 0.06
    for look, theory in zip(CATEGORIES, theories, strict=False):
        axes.plot([x], [0.5], marker=look.marker, color=look.colour, markersize=5, clip_on=False)
        axes.text(x + 0.1, 0.5, named(theory), va="center", fontsize=TEXT)
        x += width_of(named(theory), TEXT) + 0.35


def _mark(axes: Axes, row: pd.Series, y: float, place: int) -> None:
    look = CATEGORIES[place]
    if not pd.isna(row["low"]):
        axes.plot([row["low"], row["high"]], [y, y], color=look.colour, linewidth=1.3, solid_capstyle="butt")
    told = row["side"] in (-1, 1)
    axes.plot([row["difference"]], [y], marker=look.marker, markersize=4.2, color=look.colour, markeredgewidth=1,
              markerfacecolor=look.colour if told else "white")  # fmt: skip


def in_words(table: pd.DataFrame, labels: Mapping[str, str], panels: Mapping[str, str], title: str) -> str:
    """The picture in words."""
    parts = []
    for panel, above in panels.items():
        for option, label in labels.items():
            some = table[(table["option"] == option) & (table["panel"] == panel)]
            means = ", ".join(f"{named(str(row['theory']))} {words.estimate(row['difference'], signed=True)}"
                              for row in some.to_dict("records"))  # fmt: skip
            parts.append(f"{above}, {label}: {means}")
    return f"{title}. {'. '.join(parts)}."
