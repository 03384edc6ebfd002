"""The pictures of the study: the undisclosed number by theory, and what a published one would do to the theories."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.undisclosed.measure import BY_RECORD_END, OUTCOMES
from sim import text as words
from sim.figures.drawing import quantile_dotplot as dotplot
from sim.figures.drawing.distribution import Answer, Question, read
from sim.figures.drawing.dot_axis import Scale, draw_ground, fit, place, write_ticks
from sim.figures.drawing.layout import MARGIN, Footer, page
from sim.figures.drawing.style import (
    BLUE,
    CATEGORIES,
    INK,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    apart,
    backing,
    bare,
    context,
    height_of,
    wrap,
)
from sim.model.withdrawal import THEORIES

_FIELD, _BETWEEN = 4.4, 0.35  # inches: a column of dots, the space between the two
_DOTS, _HEAD, _BARS, _TICKS = 0.62, 0.24, 0.3, 0.5  # inches of a row: its dots, its name, its bars; the ticks
_LARGEST = 0.12
_WIDTH = 2 * MARGIN + 2 * _FIELD + _BETWEEN
NOTE = (
    "Each dot is 2 of 100 worlds; single worlds beyond the last dot reach to {most}. Bars: the middle half and the "
    "middle 90 of 100 worlds. Blue stroke: the median, with its 95 % interval (sampling error alone)."
)


def named(theory: str) -> str:
    """Number and name of a theory: "T2 prospects"."""
    return f"{THEORIES[theory].number} {words.spoken(theory)}"


def in_order(theories: Sequence[str]) -> list[str]:
    """Theories in the order of their numbers."""
    return [theory for theory in THEORIES if theory in set(theories)]


# The number


def title_of_number(summary: pd.DataFrame) -> str:
    """The finding."""
    some = summary[summary["outcome"] == BY_RECORD_END]
    low, high = (int(some["median"].agg(how)) for how in ("min", "max"))
    least, most = int(some["q05"].min()), int(some["q95"].max())
    return (f"In worlds of this model that lived the record, {words.span(low, high)} officers were out by 7 March in "
            f"the median world, by theory; the middle 90 of 100 worlds reach from {least} to {most}")  # fmt: skip


def number(worlds: pd.DataFrame, summary: pd.DataFrame, footer: Footer) -> Figure:
    """Both outcomes, a row a theory: 50 dots, the middle of the worlds, the median with its interval."""
    theories, columns = in_order(worlds["theory"].unique().tolist()), list(OUTCOMES)
    answers = {
        (theory, outcome): read(some[outcome], Question(outcome, OUTCOMES[outcome], "officers"))
        for theory, some in worlds.groupby("theory")
        for outcome in columns
    }
    with context():
        # One scale and one size of dots for both, so that one can be read against the other.
        scale = fit([read(answer.dots, answer.question) for answer in answers.values()], width=_FIELD)
        size = min(place(answer, scale, tallest=_DOTS, ceiling=_LARGEST).diameter for answer in answers.values())
        row, lines = (
            _HEAD + _DOTS + _BARS,
            wrap(NOTE.format(most=int(worlds[columns].to_numpy().max())), _WIDTH - 2 * MARGIN, TEXT),
        )
        top = height_of(len(lines), TEXT) + 0.12
        height = row * len(theories) + height_of(1, TEXT) + 0.1
        on = page(_WIDTH, top + height + _TICKS, title=title_of_number(summary), footer=footer)
        on.write(lines, 0)
        for k, outcome in enumerate(columns):
            axes = on.axes(MARGIN + k * (_FIELD + _BETWEEN), top, _FIELD, height)
            axes.set(xlim=(0, _FIELD), ylim=(height, 0))
            bare(axes, keep=("bottom",))
            axes.spines["bottom"].set_visible(False)
            axes.text(0, 0, f"Officers {OUTCOMES[outcome]}", va="top", fontsize=TEXT, fontweight="bold")
            _rows(axes, [(theory, answers[theory, outcome]) for theory in theories], summary, outcome, scale, size, row)
            write_ticks(axes, scale, bottom=height, top=height_of(1, TEXT) + 0.1)
            axes.set_xlabel("officers", loc="left", color=QUIET, fontsize=SMALL)
        return on.figure


def _rows(
    axes: Axes,
    answers: list[tuple[str, Answer]],
    summary: pd.DataFrame,
    outcome: str,
    scale: Scale,
    size: float,
    row: float,
) -> None:
    by_theory = summary[summary["outcome"] == outcome].set_index("theory")
    for n, (theory, answer) in enumerate(answers):
        top = height_of(1, TEXT) + 0.1 + n * row
        ground, of = top + _HEAD + _DOTS, by_theory.loc[theory]
        said = (f"median {of['median']:.0f} ({of['low']:.0f}–{of['high']:.0f}), 90 of 100: "
                f"{of['q05']:.0f}–{of['q95']:.0f}")  # fmt: skip
        axes.text(0, top + 0.08, named(theory), va="top", fontsize=SMALL, fontweight="bold", bbox=backing(), zorder=3)
        axes.text(_FIELD, top + 0.08, said, ha="right", va="top", fontsize=SMALL,
                  bbox=backing(), zorder=3)  # fmt: skip
        dots = place(answer, scale, tallest=_DOTS, ceiling=size, deepest=int(_DOTS / size + 1e-9))
        up = dotplot.Columns(dots.x, ground - dots.y, dots.diameter)
        dotplot.draw_dots(axes, up, filled=np.ones(len(dots.x), dtype=bool), fill=BLUE, edge=BLUE)
        draw_ground(axes, scale, y=ground)
        for thin, (_, low, high) in enumerate(answer.intervals):
            axes.plot([float(scale(low)), float(scale(high))], [ground + 0.08 + 0.07 * thin] * 2,
                      solid_capstyle="butt", color=QUIET if thin else INK, linewidth=2 if thin else 4.5)  # fmt: skip
        ends = [float(scale(of[name])) for name in ("low", "median", "high")]
        axes.plot([ends[0], ends[2]], [ground + 0.22] * 2, color=BLUE, linewidth=1.6, solid_capstyle="butt")
        axes.plot([ends[1]] * 2, [ground - 0.02, ground + 0.25], color=BLUE, linewidth=1.6)


def alt_of_number(summary: pd.DataFrame) -> str:
    """The picture in words."""
    told = [
        f"{named(str(row['theory']))}, {OUTCOMES[str(row['outcome'])]}: median {row['median']:.0f} "
        f"({row['low']:.0f}–{row['high']:.0f}), middle half {row['q25']:.0f}–{row['q75']:.0f}, "
        f"middle 90 of 100 {row['q05']:.0f}–{row['q95']:.0f}"
        for row in summary.to_dict("records")
    ]
    return f"{title_of_number(summary)}. {'. '.join(told)}."


# A published number


def title_of_published(table: pd.DataFrame) -> str:
    """The finding: how far from equal any number moves a theory."""
    rows = table.dropna(subset="weight")
    top = rows.loc[rows["weight"].idxmax()]
    usual = rows[rows["number"].between(10, 40)]
    count = rows["theory"].nunique()
    low, high = (round(100 * float(usual["weight"].agg(how))) for how in ("min", "max"))
    return (
        f"A published number of 10 to 40 officers would leave each theory {low}–{high} of 100 kept worlds, where "
        f"{100 / count:.0f} is no news; a number of {top['number']} would favour {named(str(top['theory']))} "
        f"({round(100 * float(top['weight']))} of 100)"
    )


def published(table: pd.DataFrame, footer: Footer) -> Figure:
    """The share of each theory among kept worlds near a published number, theories weighted alike before it."""
    rows = table.dropna(subset="weight")
    theories = in_order(rows["theory"].unique().tolist())
    wide, tall, right = 6.6, 3.3, 1.7
    said = (
        "Of 100 kept worlds near the published number, theories weighted alike: how many are of each theory, with 95 % "
        "interval (sampling error alone). It is compatibility with that number, and not the probability of a theory."
    )
    with context():
        width = 2 * MARGIN + 0.45 + wide + right
        lines = wrap(said, width - 2 * MARGIN, TEXT)
        top = height_of(len(lines), TEXT) + 0.15
        on = page(width, top + tall + _TICKS, title=title_of_published(rows), footer=footer)
        on.write(lines, 0)
        axes = on.axes(MARGIN + 0.45, top, wide, tall)
        numbers = sorted(rows["number"].unique())
        axes.set_xscale("log")
        highest = min(100, 10 * math.ceil(10 * rows["high"].max()))
        axes.set(xlim=(numbers[0] / 1.15, numbers[-1] * 1.15), ylim=(0, highest))
        axes.axhline(100 / len(theories), color=RULE, linewidth=1)
        ends = []
        for k, (theory, look) in enumerate(zip(theories, CATEGORIES, strict=False)):
            some = rows[rows["theory"] == theory].sort_values("number")
            x = some["number"] * 1.03 ** (k - (len(theories) - 1) / 2)  # beside each other, not on each other
            axes.vlines(x, 100 * some["low"], 100 * some["high"], color=look.colour, linewidth=1.1)
            axes.plot(x, 100 * some["weight"], color=look.colour, marker=look.marker, linestyle=look.dashes,
                      markersize=5.5, linewidth=1.4)  # fmt: skip
            ends.append((100 * float(some["weight"].iloc[-1]), theory, look))
        ends.sort(key=lambda end: end[0])
        step = height_of(1, TEXT) / tall * highest
        for (_, theory, look), y in zip(ends, apart([end[0] for end in ends], [step] * len(ends), 0), strict=True):
            axes.annotate(f"  {named(theory)}", (axes.get_xlim()[1], y), va="center", color=look.colour,
                          annotation_clip=False)  # fmt: skip
        axes.set_xticks(numbers, [str(n) for n in numbers])
        axes.set_xticks([], minor=True)
        axes.set_xlabel("published number of officers out by 7 March", loc="left")
        axes.set_ylabel("of 100 kept worlds near it")
        return on.figure


def alt_of_published(table: pd.DataFrame) -> str:
    """The picture in words."""
    told = []
    for about, some in table.dropna(subset="weight").groupby("number"):
        shares = [f"{named(str(row['theory']))} {round(100 * row['weight'])}" for row in some.to_dict("records")]
        told.append(f"{about}: {', '.join(shares)}")
    return f"{title_of_published(table)}. Of 100 kept worlds near a published number: {'; '.join(told)}."
