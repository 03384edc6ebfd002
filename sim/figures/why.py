"""F7: why an officer left, or stayed: what made up his perceived risk, what it came to, and his tolerance.

Perceived hazard is in logits, so causes add there and multiply the odds: the axis says by how much (×1 is the
officer's own baseline). Time runs to the day on which he was out; for the force, to the run's end.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.analysis.why import LAST_DAYS, PARTS, Story
from sim.figures import words
from sim.figures.page import MARGIN, Footer, Page, page
from sim.figures.style import (
    BLACK,
    CATEGORIES,
    FAINT,
    INK,
    QUIET,
    RULE,
    SMALL,
    VERMILLION,
    Category,
    FloatArray,
    apart,
    bare,
    context,
    height_of,
    wrap,
)
from sim.model.state import Letter, Stage

_LEFT, _WIDE, _LABELS = 0.95, 6.25, 1.95  # inches: left of the panels, the panels, and for words right of them
_PAGE = _LEFT + _WIDE + _LABELS + MARGIN
_HEAD, _BETWEEN, _DATES, _ROW = 0.3, 0.24, 0.5, 0.06
_SHORTEST = 28  # days an axis shows at least
_LOOKS: dict[str, Category] = dict(zip(PARTS, (CATEGORIES[i] for i in (5, 2, 0, 3, 1)), strict=True))
_OTHER = Category(QUIET, "", (0, (2, 1.5)))
_WORDS = {"violence": "violence", "rumours": "rumours", "ambiguity": "ambiguity", "arrears": "arrears", "peers": "peers"}


@dataclass(frozen=True, slots=True)
class Apart:
    """The paired run beside this one: its story, the first day on which the two part, and in what."""

    story: Story
    day: dt.date | None
    what: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """A day that the figure names: a line through all panels, and words over them."""

    day: dt.date
    text: str
    colour: str
    dashes: str | tuple[int, tuple[int, ...]]
    width: float


@dataclass(frozen=True, slots=True)
class _Label:
    """Words beside the end of a curve; ``look`` draws a key of its line before them."""

    height: float
    text: str
    colour: str = INK
    bold: bool = False


def draw(story: Story, *, footer: Footer, pair: Apart | None = None) -> Figure:
    """Draw one story; ``pair`` adds the same officer, or force, in the paired run.

    Raises
    ------
    ValueError
        The story has no day on which the officer was in.
    """
    with context():
        days, marks = _shown(story, pair), _marks(story, pair)
        rows = [wrap(mark.text, _room(mark, days), SMALL) for mark in marks]
        top = sum(height_of(len(lines), SMALL) + _ROW for lines in rows)
        panels = _panels(story)
        body = top + sum(_HEAD + height for _, height, _ in panels) + _BETWEEN * (len(panels) - 1) + _DATES
        sheet = page(_PAGE, body, title=finding(story), footer=footer)
        at, all_axes = top, []
        for name, height, paint in panels:
            axes = sheet.axes(_LEFT, at + _HEAD, _WIDE, height)
            axes.set_xlim(*_ends(days))
            paint(axes, story, pair, days)
            axes.text(0, 1 + 0.07 / height, name, transform=axes.transAxes, va="bottom", fontweight="bold")
            bare(axes, keep=("left", "bottom"))
            axes.set_xticks(_ticks(days)[0], [""] * len(_ticks(days)[0]))
            all_axes.append(axes)
            at += _HEAD + height + _BETWEEN
        _write_dates(all_axes[-1], days)
        _draw_marks(sheet, marks, rows, days, bottom=at - _BETWEEN)
        return sheet.figure


def table(story: Story, *, pair: Apart | None = None) -> pd.DataFrame:
    """The figure's data: the story's days (hazards in logits), what happened on them, and the paired run beside them.

    Columns beyond the story's own: ``mark`` (intent, left, part; empty on other days), ``other_perceived`` and
    ``other_cumulated`` (or ``other_out``) with a pair.
    """
    days = story.days.copy()
    if pair is not None:
        own = "cumulated" if story.officer is not None else "out"
        other = pair.story.days[["day", "perceived", own]]
        days = days.merge(other.rename(columns={n: f"other_{n}" for n in ("perceived", own)}), on="day", how="left")
    fate = story.fate
    named = {"intent": fate and fate.intent, "left": fate and fate.left, "part": pair and pair.day}
    days["mark"] = [" and ".join(name for name, day in named.items() if day == row) for row in days["day"]]
    return days.round(9)


def alt(story: Story, *, pair: Apart | None = None) -> str:
    """The figure in words: the finding, what made up perceived risk on the last day shown, and the marks."""
    last = _present(story).iloc[-1]
    parts = ", ".join(f"{_WORDS[name]} {_times(last[name])}" for name in _parts_of(story))
    who = "the mean officer still in" if story.officer is None else f"officer {story.officer}"
    names = "; ".join(name for name, _, _ in _panels(story))
    told = [f"Curves over time in {len(_panels(story))} panels: {names}.", f"{finding(story)}."]
    told.append(f"On {words.day(last['day'])} the perceived odds of harm of {who} are {_times(_above(last))} "
                f"his baseline: {parts}.")  # fmt: skip
    if story.officer is not None:
        told.append(f"{last['cumulated']:.3g} has cumulated against a tolerance of {story.tolerance:.3g}.")
    told += [f"Marked: {mark.text}." for mark in _marks(story, pair)]
    return " ".join(told)


def finding(story: Story) -> str:
    """What the story says, in one sentence: what became of the officer, and without which cause he had stayed."""
    end = words.day(story.days["day"].iloc[-1])
    if story.officer is None:
        out = int(story.days["out"].iloc[-1])
        return f"In this run, {out} of {story.case.values['officers.pool']} officers are out by {end}"
    fate, who = story.fate, f"In this run, officer {story.officer}"
    assert fate is not None
    if fate.intent is None:
        used = f"{fate.cumulated:.2g} of a tolerance of {story.tolerance:.3g} had cumulated"
        if fate.hurt:
            how = "killed" if fate.stage == Stage.KILLED else "injured"
            return f"{who} never came to want out; he was {how} in theatre on {words.day(fate.hurt)} ({used})"
        return f"{who} stayed to {end}: {used}"
    how = {Letter.BLOCKED: ", and was not let go", Letter.WAITING: ", and waits for his squad"}.get(fate.letter, "")
    if fate.left is not None:
        how = ", and left" if fate.left == fate.intent else f", and left on {words.day(fate.left)}"
    return f"{who} came to want out on {words.day(fate.intent)}{how}; {_because(story)}"


def _because(story: Story) -> str:
    kept, gaps = story.kept_without(), story.later_without()
    if kept:
        which = kept[0] if len(kept) == 1 else f"any one of {_and(kept)}"
        return f"without {which} he would not have, by {words.day(story.days['day'].iloc[-1])}"
    late = max(gaps, key=lambda name: gaps[name], default="")
    if late and gaps[late] > 0:
        return f"he would have without any one cause, but {gaps[late]} days later without {late}"
    return "he would have as early without any one of the causes"
