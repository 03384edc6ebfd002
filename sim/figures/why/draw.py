"""F7: why an officer left, or stayed: what made up his perceived risk, what it came to, and his tolerance.

Perceived hazard is in logits, so causes add there and multiply the odds: the axis says by how much (×1 is the own
baseline). Days run until the officer was out, or the paired runs had parted; for the force, to the run's end.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator

from sim import text as words
from sim.analysis.explain.causes import because
from sim.analysis.explain.story import PARTS, Story
from sim.arrays import FloatArray
from sim.figures.drawing.dates import write_dates
from sim.figures.drawing.layout import MARGIN, Footer, Page, page
from sim.figures.drawing.style import (
    CATEGORIES,
    INK,
    QUIET,
    RULE,
    SMALL,
    apart,
    backing,
    bare,
    context,
    height_of,
    wrap,
)
from sim.model.state import Letter

_LEFT, _WIDE, _LABELS = 0.95, 6.25, 2.05  # inches: left of the panels, the panels, and for words right of them
_HEAD, _BETWEEN, _DATES, _NEAR = 0.3, 0.24, 0.5, 0.18
_SHORTEST = 28  # days that the axis shows at least
_LOOKS = {name: CATEGORIES[place] for name, place in zip(PARTS, (5, 2, 0, 1, 4), strict=True)}
_DASHED, _DOTTED, _MIXED = (0, (5, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2))
_FINE, _FINER = (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3), tuple(np.arange(0.8, 1.22, 0.05))
_SAID = {"together": "all together {}", "felt": "{} %, imminence in it", "hazard": "{} % by the theory alone",
         "cumulated": "{} cumulated", "out": "{} out"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """The same officer, or force, in the paired run called ``name``; the first day the two part on, and in what."""

    story: Story
    name: str
    day: dt.date | None
    what: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """A day that has a line through all panels, and words over them."""

    day: dt.date
    text: str
    dashes: Any = "-"
    width: float = 1.5


@dataclass(frozen=True, slots=True)
class _Curve:
    """A curve, and the words beside its last point; ``marker`` tells it from others where colours do not."""

    gid: str
    x: FloatArray
    y: FloatArray
    text: str
    colour: str = INK
    dashes: Any = "-"
    width: float = 2.2
    marker: str = "o"


def draw(story: Story, *, footer: Footer, pair: Pair | None = None) -> Figure:
    """Draw one story; ``pair`` lays the same officer, or the force, in the paired run beside it."""
    with context():
        panels, marks, (first, last) = _panels(story), _marks(story, pair), _limits(story, pair)
        places = [(mark.day.toordinal() - first) / (last - first) * _WIDE for mark in marks]
        rows = [wrap(mark.text, _WIDE - x + _LABELS, SMALL) for mark, x in zip(marks, places, strict=True)]
        at = sum(height_of(len(lines), SMALL) + 0.04 for lines in rows)
        body = at + sum(_HEAD + height for _, height in panels.values()) + _BETWEEN * (len(panels) - 1) + _DATES
        sheet = page(_LEFT + _WIDE + _LABELS + MARGIN, body, title=finding(story), footer=footer)
        for name, (title, height) in panels.items():
            axes = sheet.axes(_LEFT, at + _HEAD, _WIDE, height)
            axes.patch.set_visible(False)  # the lines of the marks run behind
            axes.text(0, 1 + 0.07 / height, title, transform=axes.transAxes, va="bottom", weight="bold", bbox=backing())
            axes.set_xlim(first, last)
            curves = _curves(name, story, pair)
            _paint(axes, name, curves)
            _write_ends(axes, curves, height)
            axes.grid(axis="y")
            bare(axes, keep=("left", "bottom"))
            ends = dt.date.fromordinal(int(np.ceil(first))), dt.date.fromordinal(int(np.floor(last)))
            write_dates(axes, *ends, words=name == list(panels)[-1])
            at += _HEAD + height + _BETWEEN
        _draw_marks(sheet, places, marks, rows, at - _BETWEEN)
        return sheet.figure


def table(story: Story, *, pair: Pair | None = None) -> pd.DataFrame:
    """The figure's data: the story's days (perceived risk and its parts in logits), and what happened on them.

    ``mark`` holds intent, left or part, and is empty on other days; with a pair, ``other_perceived`` and
    ``other_cumulated`` (``other_out`` of the force) are those of the paired run.
    """
    days, last = story.days, "out" if story.officer is None else "cumulated"
    if pair is not None:
        other = pair.story.days[["day", "perceived", last]]
        days = days.merge(other.rename(columns=lambda name: name if name == "day" else f"other_{name}"), how="left")
    fate = story.fate
    named = {"intent": fate and fate.intent, "left": fate and fate.left, "part": pair and pair.day}
    marks = [" and ".join(name for name, day in named.items() if day == row) for row in days["day"]]
    return days.round(9).assign(mark=marks)


def alt(story: Story, *, pair: Pair | None = None) -> str:
    """The figure in words: the panels, the finding, where the curves end, and the marks."""
    panels, until = _panels(story), words.day(_seen(story)["day"].iloc[-1])
    told = [f"Curves over time in {len(panels)} panels: {'; '.join(title for title, _ in panels.values())}."]
    ends = "; ".join(curve.text for panel in panels for curve in _curves(panel, story, pair))
    told += [f"{finding(story)}.", f"The curves end, on {until} if no earlier, at: {ends}."]
    return " ".join(told + [f"Marked: {mark.text}." for mark in _marks(story, pair)])


def finding(story: Story, run: str = "") -> str:
    """In one sentence, what became of the officer, and without which cause he would not have come to want out.

    Parameters
    ----------
    run
        Which run it is, in words, such as "in the played world"; empty: this one, under its theory.
    """
    end, fate = words.day(story.days["day"].iloc[-1]), story.fate
    run = run or f"in this run under {words.spoken(story.case.theory)}"
    where = f"{run[0].upper()}{run[1:]}"
    if fate is None:
        pool = words.number(float(str(story.case.values["officers.pool"])))
        return f"{where}, {words.number(float(story.days['out'].iloc[-1]))} of {pool} officers are out by {end}"
    who = f"{where}, officer {story.officer}"
    used = f"{words.number(fate.cumulated)} of his tolerance of {words.number(story.tolerance)} was used up"
    if fate.intent is None and fate.hurt is not None:
        return f"{who} was {fate.stage.name.lower()} in theatre on {words.day(fate.hurt)}; {used}"
    if fate.intent is None:
        return f"{who} stayed to {end}: {used}"
    how = {Letter.BLOCKED: " and was not let go", Letter.WAITING: " and waited for his squad"}.get(fate.letter, "")
    if fate.left is not None:
        how = " and left" if fate.left == fate.intent else f" and left on {words.day(fate.left)}"
    who = f"{who} came to want out on {words.day(fate.intent)}{how}"
    return f"{who}; {because(story.kept_without(), story.later_without(), end)}"


def _panels(story: Story) -> dict[str, tuple[str, float]]:
    """Name over each panel, and its height in inches."""
    title = "perceived odds of harm, and what multiplies them (×1: {})"
    if story.officer is None:
        return {"perceived": (title.format("baseline; mean of those still in"), 2.9), "out": ("officers out", 1.6)}
    baseline = 1 / (1 + np.exp(-story.days["baseline"].iloc[0]))
    return {
        "perceived": (title.format(f"his baseline, {words.number(baseline, digits=2)} a tour"), 2.9),
        "felt": ("chance a day that he comes to want out", 1.1),
        "cumulated": ("cumulated hazard, against his tolerance", 1.6),
    }


def _curves(panel: str, story: Story, pair: Pair | None) -> list[_Curve]:
    """The curves of a panel, the one that matters most first; what a man wants is told until he wants out."""
    days, (_, last) = _seen(story), _limits(story, pair)
    if panel == "perceived":
        parts = [(name, look) for name, look in _LOOKS.items() if name != "arrears" or days[name].any()]
        curves = [_curve(days, panel, "together", width=2.6)]
        curves += [_curve(days, name, name, look.colour, look.dashes, 1.6, look.marker) for name, look in parts]
    else:
        until = story.fate.intent if story.fate and story.fate.intent else days["day"].iloc[-1]
        some = days[days["day"] <= until]
        curves = [_curve(some, panel, panel)]
        if panel == "felt" and not np.allclose(some["felt"], some["hazard"], rtol=0.02):
            curves.append(_curve(some, "hazard", "hazard", _LOOKS["ambiguity"].colour, _DASHED, 1.4, "s"))
        if panel == "cumulated":
            x, y, level = np.array(_limits(story, pair)), np.full(2, story.tolerance), words.number(story.tolerance)
            curves.append(_Curve("tolerance", x, y, f"his tolerance: {level}", QUIET, _DASHED, 1.4, ""))
    if pair is not None and pair.day is not None and panel != "felt":
        other, parted = _seen(pair.story), pair.day.toordinal()
        other = other[(_of(other, "day") <= last) & (_of(other, "day") >= parted - 1)]
        curves += [] if other.empty else [_curve(other, panel, f"in {pair.name}", QUIET, _DOTTED, 1.8, "")]
    return curves


def _curve(days: pd.DataFrame, column: str, gid: str, *look: Any, **more: Any) -> _Curve:
    y = _of(days, column)
    value = _times(y[-1]) if column in (*PARTS, "perceived") else words.number(y[-1])
    return _Curve(gid, _of(days, "day"), y, _SAID.get(gid, f"{gid} {{}}").format(value), *look, **more)


def _paint(axes: Axes, panel: str, curves: list[_Curve]) -> None:
    """Draw the curves and their axis: multiples of the odds, or from zero up."""
    for order, curve in enumerate(curves):
        every, some = max(len(curve.x) // 6, 1), curve.marker if order else ""
        look: Any = {"color": curve.colour, "clip_on": False, "gid": curve.gid}
        axes.plot(curve.x, curve.y, ls=curve.dashes, lw=curve.width, marker=some, ms=5, zorder=3,
                  markevery=(every * order // 6, every), **look)  # fmt: skip
        axes.plot(curve.x[-1:], curve.y[-1:], marker=curve.marker, ms=6, zorder=4, **look)
    low, high = axes.dataLim.intervaly
    if panel != "perceived":
        axes.set_ylim(0, high * 1.1 or 1)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], integer=panel == "out", min_n_ticks=2))
        percent = " %" if panel == "felt" else ""
        axes.yaxis.set_major_formatter(lambda value, _: f"{words.number(round(value, 9))}{percent}")
        return
    axes.axhline(0, color=RULE, linewidth=0.9, zorder=1)
    axes.set_ylim(low - 0.06 * (high - low) - 0.03, high + 0.06 * (high - low) + 0.03)
    powers = tuple((2.0 if high - low < 5.5 else 16.0) ** k for k in range(-20, 21))
    ticks = powers if high - low > 1.5 else _FINE if high - low > 0.3 else _FINER
    axes.yaxis.set_major_locator(FixedLocator([float(np.log(tick)) for tick in ticks]))
    axes.yaxis.set_major_formatter(lambda value, _: _times(value))


def _write_ends(axes: Axes, curves: list[_Curve], height: float) -> None:
    """Write each curve's words beside its end; those of ends that lie near each other share a column."""
    (first, last), (low, high) = axes.get_xlim(), axes.get_ylim()
    ends = [((c.x[-1] - first) / (last - first) * _WIDE, (c.y[-1] - low) / (high - low) * height) for c in curves]
    bold = ["bold" if curve.width > 2 else "normal" for curve in curves]
    left = list(range(len(curves)))
    while left:
        right = max(ends[i][0] for i in left)
        column = sorted((i for i in left if right - ends[i][0] < _LABELS), key=lambda i: ends[i][1])
        left = [i for i in left if i not in column]
        lines = [wrap(curves[i].text, _LABELS - _NEAR, SMALL, bold[i]) for i in column]
        sizes = [height_of(len(text), SMALL) + 0.03 for text in lines]
        places = apart([ends[i][1] for i in column], sizes, -0.15, height + 0.1)
        for i, text, place in zip(column, lines, places, strict=True):
            x, y = np.array([ends[i][0] + 0.05, right + _NEAR - 0.04]), np.array([ends[i][1], place])
            look: Any = {"transform": axes.transAxes, "clip_on": False, "zorder": 5}
            axes.plot(x / _WIDE, y / height, color=RULE, linewidth=0.7, **look)
            axes.text((right + _NEAR) / _WIDE, place / height, "\n".join(text), va="center", fontsize=SMALL,
                      weight=bold[i], bbox=backing(), **look)  # fmt: skip


def _marks(story: Story, pair: Pair | None) -> list[_Mark]:
    """The days to be named, those within the axis, by date."""
    fate, days, record = story.fate, story.days, story.case.values["clock.record_end"]
    assert isinstance(record, dt.date)
    named: list[tuple[dt.date | None, str, Any, float]] = [(record, "the record ends", _DASHED, 1.0)]
    if fate is not None:
        led = days.loc[days["shock"] > 0, ["day", "shock"]].itertuples(index=False)
        named += [(day, f"his leader has left, which adds {words.number(shock)}", _DOTTED, 1.5) for day, shock in led]
        at_once = fate.left is not None and fate.left == fate.intent
        named.append((fate.intent, f"he comes to want out{', and leaves' if at_once else ''}", "-", 2.0))
        named += [(None if at_once else fate.left, "he leaves", "-", 1.2), (fate.hurt, "a casualty", "-", 1.2)]
    if pair is not None and pair.day is not None:
        theirs, text = pair.story.fate, f"parts from {pair.name}, first in {pair.what}"
        if theirs is not None:
            text += f"; there he {f'wants out on {words.day(theirs.intent)}' if theirs.intent else 'never wants out'}"
        named.append((max(pair.day, days["day"].iloc[0]), text, _MIXED, 1.8))
    first, last = _limits(story, pair)
    marks = [_Mark(day, f"{words.day(day)}: {text}", dashes, width) for day, text, dashes, width in named if day]
    return sorted((mark for mark in marks if first <= mark.day.toordinal() <= last), key=lambda mark: mark.day)


def _draw_marks(sheet: Page, places: list[float], marks: list[_Mark], rows: list[list[str]], bottom: float) -> None:
    """Lines down to the last axis, and words to the right over the panels, each in a row of its own: none cross."""
    at = 0.0
    for place, mark, lines in zip(places, marks, rows, strict=True):
        x, ends = (_LEFT + place) / sheet.width, [1 - (sheet.top + y) / sheet.height for y in (at, bottom)]
        line = Line2D([x, x], ends, color=INK, ls=mark.dashes, lw=mark.width, gid="mark", zorder=-1)
        sheet.figure.add_artist(line)
        sheet.figure.text(x + 0.06 / sheet.width, ends[0], "\n".join(lines), va="top", fontsize=SMALL)
        at += height_of(len(lines), SMALL) + 0.04


def _limits(story: Story, pair: Pair | None) -> tuple[float, float]:
    """Ends of the axis of days: until he was out, the runs had parted, or the run was over."""
    first, last = (story.days["day"].iloc[place].toordinal() for place in (0, -1))
    until = max(_seen(story)["day"].iloc[-1].toordinal(), first + _SHORTEST - 1)
    if pair is not None and pair.day is not None:
        until = max(until, pair.day.toordinal())
    return (first, min(until, last)) if last > first else (first - 0.5, first + 0.5)


def _seen(story: Story) -> pd.DataFrame:
    """Days on which there was anybody to perceive: until he was out, or nobody was left."""
    return story.days[story.days["perceived"].notna() if story.officer is None else story.days["present"]]


def _of(days: pd.DataFrame, name: str) -> FloatArray:
    """A column in the unit of its axis."""
    if name == "day":
        return np.array([day.toordinal() for day in days["day"]], dtype=float)
    values = days[name].to_numpy(dtype=float)
    if name == "perceived":
        return values - days["baseline"].to_numpy(dtype=float)
    return values * 100 if name in ("felt", "hazard") else values


def _times(logit: float) -> str:
    return f"×{words.number(np.exp(logit))}"
