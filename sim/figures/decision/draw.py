"""F10: one option beside the branch not taken, future by future, and what those who decided had expected.

Left, the 50 dots of each branch on one axis, and on it the ranges that were expected before anyone saw them. Right, 50
dots of the *paired* differences under the same luck, with the interval of their mean below, over the theories and under
each. Below, how the difference grows day by day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import text as words
from sim.arrays import FloatArray
from sim.figures.comparison import pairs
from sim.figures.comparison.contrast import Contrast, Phrases
from sim.figures.drawing import quantile_dotplot as dotplot
from sim.figures.drawing.dates import write_dates
from sim.figures.drawing.distribution import Answer, Question, read
from sim.figures.drawing.dot_axis import SIDE, Scale, draw_ground, fit, place, write_ticks
from sim.figures.drawing.layout import MARGIN, Footer, Page, page
from sim.figures.drawing.style import (
    BLUE,
    FAINT,
    INK,
    LIMIT,
    QUIET,
    RULE,
    SKY,
    SMALL,
    TEXT,
    VERMILLION,
    apart,
    backing,
    bare,
    context,
    height_of,
    width_of,
    wrap,
)

_LEFT, _GAP, _RIGHT = 4.9, 0.35, 4.2  # inches: the branches' field, the space, the differences' field
WIDTH = 2 * MARGIN + _LEFT + _GAP + _RIGHT
_FIELD, _LARGEST, _SMALLEST = 0.8, 0.13, 0.08  # the dots' field in a row; a dot
_BARS, _BETWEEN = 0.26, 0.12  # under the dots; the space to the next row
_ROW = 0.36  # of a forecast, and of a theory
_DAYS, _DATES, _END = 1.45, 0.5, 1.35  # the field of days, its dates, the words at its end
_PAD = 0.6
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)
"""What of the differences is drawn on each day: middle 90 of 100, middle half and median."""


@dataclass(frozen=True, slots=True)
class ExpectedRange:
    """What a role expected before it could see: a range of the measure, or how likely it held the option to be better.

    Attributes
    ----------
    role
        Who.
    low, high
        Ends of the range; None where none was given.
    probability
        That the option does better, 0 to 1; None where none was given.
    """

    role: str
    low: float | None = None
    high: float | None = None
    probability: float | None = None


@dataclass(frozen=True)
class DrawnDecision:
    """An option beside the branch not taken.

    Attributes
    ----------
    option, against
        Names for people.
    finding
        The title, a sentence about this model without its full stop.
    question
        What was measured: its axis and unit.
    phrases
        What is better in a pair, and what is worse, in a word: "fewer", "more".
    values
        Of the branch not taken, and of the option, ``(futures,)`` each.
    whole
        The paired comparison over all theories.
    theories
        The same under each, by name for people.
    days
        The days.
    by_day
        Quantiles :data:`BAND` of the paired differences so far, ``(5, days)``.
    shows
        The first day from which on the mean difference is told from 0; None: no day.
    forecasts
        What was expected.
    notes
        What must be said beside the numbers, in sentences.
    """

    option: str
    against: str
    finding: str
    question: Question
    phrases: Phrases
    values: tuple[FloatArray, FloatArray]
    whole: Contrast
    theories: Mapping[str, Contrast]
    days: Sequence[dt.date]
    by_day: FloatArray
    shows: dt.date | None = None
    forecasts: Sequence[ExpectedRange] = ()
    notes: Sequence[str] = field(default=())

    @property
    def ranges(self) -> list[ExpectedRange]:
        """Forecasts with a range."""
        return [one for one in self.forecasts if one.low is not None and one.high is not None]

    @property
    def chances(self) -> list[str]:
        """What is said of forecasts with a probability, each beside the model's own share."""
        if self.whole.better is None:
            return []
        own = words.of_runs(self.whole.better, runs=self.whole.pairs, noun="futures")
        return [
            f"{one.role} expected {self.option} to do better in {words.of_runs(one.probability)}; "
            f"here it does in {own}."
            for one in self.forecasts
            if one.probability is not None
        ]


def draw(decision: DrawnDecision, *, footer: Footer) -> Figure:
    """Draw the decision.

    Raises
    ------
    ValueError
        A branch has no value at all.
    """
    answers = [_answer(decision, side) for side in (0, 1)]
    with context():
        note = wrap(_note(decision), WIDTH - 2 * MARGIN, TEXT)
        said = [line for text in decision.chances for line in wrap(text, WIDTH - 2 * MARGIN, SMALL)]
        rows = _Fields.of(decision, answers)
        top = height_of(len(note), TEXT) + 0.12
        later = top + rows.height + rows.under
        body = later + height_of(2, TEXT) + 0.1 + _DAYS + _DATES + height_of(len(said), SMALL) + 0.05
        on = page(WIDTH, body, title=decision.finding, footer=footer)
        on.write(note, 0)
        sides = [on.axes(MARGIN, top, _LEFT, rows.height), on.axes(MARGIN + _LEFT + _GAP, top, _RIGHT, rows.height)]
        for axes, width in zip(sides, (_LEFT, _RIGHT), strict=True):
            axes.set(xlim=(0, width), ylim=(rows.height, 0))  # downwards
            bare(axes, keep=("bottom",))
            axes.spines["bottom"].set_visible(False)
        _draw_branches(sides[0], decision, answers, rows)
        _draw_differences(sides[1], decision, rows)
        _draw_days(on, decision, later)
        if said:
            on.write(said, body - height_of(len(said), SMALL), SMALL)
        return on.figure


@dataclass(frozen=True)
class _Fields:
    """Where things stand, in inches from the top of the two fields."""

    scale: Scale
    across: Scale
    words: list[str]
    axis: list[str]
    beside: list[str]
    names: list[list[str]]
    height: float
    under: float

    @classmethod
    def of(cls, decision: DrawnDecision, answers: Sequence[Answer]) -> _Fields:
        names = [wrap(_name(text), _LEFT, TEXT, "bold") for text in (decision.against, decision.option)]
        ends = [end for one in decision.ranges for end in (one.low, one.high) if end is not None]
        asked = answers[0].question
        wide = [*answers, *([read(np.array(ends), asked)] if ends else [])]
        scale = fit(wide, width=_LEFT, most_ticks=6)
        contrasts = [decision.whole, *decision.theories.values()]
        across = pairs.across(contrasts, _RIGHT)
        told = (decision.whole.says(decision.phrases), decision.whole.measures(decision.question.unit))
        said = [line for text in told if text for line in wrap(f"{text[0].upper()}{text[1:]}.", _RIGHT, SMALL)]
        axis = wrap(decision.question.axis, _LEFT - SIDE, TEXT)
        beside = wrap(f"difference ({decision.question.unit}): {decision.option} less {decision.against}",
                      _RIGHT - SIDE, TEXT)  # fmt: skip
        left = sum(height_of(len(name), TEXT) + _FIELD + _BARS + _BETWEEN for name in names)
        left += _ROW * len(decision.ranges)
        right = height_of(len(said), SMALL) + 0.1 + _FIELD + _BARS + _BETWEEN + _ROW * len(decision.theories)
        under = height_of(max(len(axis), len(beside)), TEXT) + 0.45
        return cls(scale, across, said, axis, beside, names, max(left, right), under)


def _answer(decision: DrawnDecision, side: int) -> Answer:
    return read(decision.values[side], decision.question)


def _name(text: str) -> str:
    said = words.spoken(text)
    return said if len(said) <= 70 else said[:69].rstrip(" ,") + "…"


def _draw_branches(axes: Axes, decision: DrawnDecision, answers: Sequence[Answer], rows: _Fields) -> None:
    """The dots of both branches, and what was expected, on one axis."""
    at = 0.0
    size = min(place(answer, rows.scale, tallest=_FIELD, ceiling=_LARGEST).diameter for answer in answers)
    size = max(size, _SMALLEST)
    deepest = int(_FIELD / size + 1e-9)
    for answer, name, taken in zip(answers, rows.names, (False, True), strict=True):
        axes.text(0, at, "\n".join(name), va="top", fontsize=TEXT, weight="bold", bbox=backing(pad=_PAD))
        ground = at + height_of(len(name), TEXT) + _FIELD
        dots = place(answer, rows.scale, tallest=_FIELD, ceiling=size, deepest=deepest)
        up = dotplot.Columns(dots.x, ground - dots.y, dots.diameter)
        dotplot.draw_dots(axes, up, filled=np.full(len(up.x), taken), fill=BLUE, edge=QUIET)
        draw_ground(axes, rows.scale, y=ground)
        for thin, (_, low, high) in enumerate(answer.intervals):
            _bar(axes, rows.scale, low, high, ground + 0.09 + 0.07 * thin, thin=bool(thin))
        at = ground + _BARS + _BETWEEN
    for one in decision.ranges:
        assert one.low is not None
        assert one.high is not None
        ends = [float(rows.scale(one.low)), float(rows.scale(one.high))]
        line = at + 0.26
        axes.plot(ends, [line, line], color=VERMILLION, linewidth=1.6, marker="|", markersize=9, markeredgewidth=1.6,
                  linestyle=LIMIT)  # fmt: skip
        text = f"{one.role} expected {words.span(one.low, one.high)}"
        start = min(max(sum(ends) / 2 - width_of(text, SMALL) / 2, 0), _LEFT - width_of(text, SMALL))
        axes.text(start, line - 0.09, text, va="bottom", fontsize=SMALL, bbox=backing(pad=_PAD))
        at += _ROW
    write_ticks(axes, rows.scale, bottom=rows.height, top=height_of(1, TEXT))
    axes.set_xlabel("\n".join(rows.axis), x=SIDE / _LEFT, ha="left", labelpad=6)


def _bar(axes: Axes, scale: Scale, low: float, high: float, y: float, *, thin: bool) -> None:
    ends = [float(scale(low)), float(scale(high))]
    middle, reach = sum(ends) / 2, max(ends[1] - ends[0], 0.05) / 2
    look: Any = {"color": QUIET if thin else INK, "linewidth": 2 if thin else 4.5, "solid_capstyle": "butt"}
    axes.plot([middle - reach, middle + reach], [y, y], **look)


def _draw_differences(axes: Axes, decision: DrawnDecision, rows: _Fields) -> None:
    """The paired differences over all theories, their words, and the mean under each theory."""
    scale, whole = rows.across, decision.whole
    axes.text(0, 0, "\n".join(rows.words), va="top", fontsize=SMALL, bbox=backing(pad=_PAD))
    ground = height_of(len(rows.words), SMALL) + 0.1 + _FIELD
    zero = float(scale(0.0))
    draw_ground(axes, scale, y=ground)
    axes.plot([zero, zero], [rows.height, ground - _FIELD], color=INK, linewidth=1.2, zorder=0.8)
    if whole.paired:
        size = _LARGEST
        while size > _SMALLEST and pairs.pile(whole, scale, size, None).height > _FIELD:
            size *= 0.97
        deepest = int(_FIELD / size + 1e-9)
        pile, dots = pairs.pile(whole, scale, size, deepest), pairs.fifty(whole)
        better, same = dots < 0 if decision.phrases.lower_is_better else dots > 0, dots == 0
        for chosen, fill, shrink in ((~same, BLUE, 1.0), (same, QUIET, pairs.SMALL)):
            some = dotplot.Columns(pile.x[chosen], ground - pile.y[chosen], pile.diameter * shrink)
            dotplot.draw_dots(axes, some, filled=(better | same)[chosen], fill=fill, edge=VERMILLION)
    pairs.draw_interval(axes, whole, scale, ground + 0.13)
    at = ground + _BARS + _BETWEEN
    for name, contrast in decision.theories.items():
        pairs.draw_interval(axes, contrast, scale, at + 0.27)
        text = f"under {words.spoken(name)}: {_share(contrast, decision)}"
        axes.text(0, at + 0.18, text, va="bottom", fontsize=SMALL, bbox=backing(pad=_PAD))
        at += _ROW
    write_ticks(axes, scale, bottom=rows.height, top=ground - _FIELD)
    axes.set_xlabel("\n".join(rows.beside), x=SIDE / _RIGHT, ha="left", labelpad=6)


def _share(contrast: Contrast, decision: DrawnDecision) -> str:
    if contrast.better is None:
        return "no pair"
    return f"better in {words.of_runs(contrast.better, runs=contrast.pairs)}, worse in " + words.spelled(
        words.hundredth(contrast.worse or 0.0, runs=contrast.pairs)
    )


def _draw_days(on: Page, decision: DrawnDecision, top: float) -> None:
    """How the difference so far is spread on each day, and from when on its mean is told from nothing."""
    head = f"The difference so far, day by day ({decision.question.unit})"
    first = top + height_of(2, TEXT) + 0.1
    on.write([head], top + 0.04, TEXT, color=INK, weight="bold")
    on.write([_when(decision)], top + 0.04 + height_of(1, TEXT), SMALL)
    left, width = 0.75, WIDTH - MARGIN - 0.75 - _END
    axes = on.axes(left, first, width, _DAYS)
    x = [day.toordinal() for day in decision.days]
    low90, low50, median, high50, high90 = decision.by_day
    axes.fill_between(x, low90, high90, color=FAINT, linewidth=0, zorder=1)
    axes.fill_between(x, low50, high50, color=SKY, linewidth=0, zorder=2)
    axes.plot(x, median, color=INK, linewidth=2, zorder=3)
    axes.axhline(0, color=RULE, linewidth=1, zorder=2.5)
    reach = [min(0.0, float(np.nanmin(low90))), max(0.0, float(np.nanmax(high90)))]
    room = max(reach[1] - reach[0], 1e-9) * 0.06
    axes.set(xlim=(x[0] - 0.5, x[-1] + 0.5), ylim=(reach[0] - room, reach[1] + room))
    if reach[1] - reach[0] < 1e-9:
        axes.set(ylim=(-1, 1))
    axes.locator_params(axis="y", nbins=5)
    axes.set_yticks(axes.get_yticks(), [words.number(tick) for tick in axes.get_yticks().round(9)])
    axes.set_ylim(*axes.get_ylim())
    if decision.shows is not None:
        axes.axvline(decision.shows.toordinal(), color=INK, linewidth=1.2, linestyle=LIMIT, zorder=4)
    write_dates(axes, decision.days[0], decision.days[-1])
    _name_bands(axes, decision)


def _name_bands(axes: Axes, decision: DrawnDecision) -> None:
    """The names of what is drawn, at its end, kept apart."""
    low90, _, median, high50, high90 = decision.by_day[:, -1]
    low, high = axes.get_ylim()
    step = (high - low) * height_of(1, SMALL) / _DAYS
    named = [("middle 90 of 100", (high50 + high90) / 2 if high90 - high50 > median - low90 else (low90 + median) / 2),
             ("middle half", (median + high50) / 2), ("median", median)]  # fmt: skip
    places = sorted(named, key=lambda one: one[1])
    where = apart([y for _, y in places], [step] * len(places), low, high)
    for (text, _), y in zip(places, where, strict=True):
        axes.text(decision.days[-1].toordinal() + 1, float(y), text, fontsize=SMALL, va="center", clip_on=False)


def _when(decision: DrawnDecision) -> str:
    if decision.shows is None:
        return "On no day can its mean be told from 0."
    said = f"From {words.day(decision.shows)} on (dashed) its mean can be told from 0 for a week and longer"
    low, high = decision.whole.low, decision.whole.high
    at_end = low is not None and high is not None and (low > 0 or high < 0)
    return f"{said}." if at_end else f"{said}, and at the end it cannot."


def _note(decision: DrawnDecision) -> str:
    """What the marks are, and what the reader must know of the futures."""
    parts = [
        "Left, each dot is 2 of 100 futures (open: the branch not taken); bars: the middle half and middle 90 of 100. "
        f"Right, each dot is 2 of 100 pairs with the same luck. Filled: {decision.phrases.better}; open: "
        f"{decision.phrases.worse}; small: the same. Diamond and bar: mean and its 95 % interval."
    ]
    return " ".join([*parts, *decision.notes])


def table(decision: DrawnDecision) -> pd.DataFrame:
    """The figure's data, one row a mark.

    Columns: ``mark`` (``dot``, ``interval``, ``difference``, ``mean``, ``day``, ``forecast``), ``of`` (option, theory,
    quantile or role), ``day``, ``value``, ``low``, ``high``, ``better`` and ``worse`` (shares of pairs), ``futures``.
    """
    rows: list[dict[str, Any]] = []
    for side, name in enumerate((decision.against, decision.option)):
        answer = _answer(decision, side)
        count = len(answer.values)
        rows += [{"mark": "dot", "of": name, "value": float(value), "futures": count} for value in answer.dots]
        rows += [
            {"mark": "interval", "of": name, "low": float(low), "high": float(high), "futures": count}
            for _, low, high in answer.intervals
        ]
    if decision.whole.paired:
        rows += [{"mark": "difference", "of": "pair", "value": float(value)} for value in pairs.fifty(decision.whole)]
    for name, one in {"all theories": decision.whole, **decision.theories}.items():
        told = {"value": one.difference, "low": one.low, "high": one.high, "better": one.better, "worse": one.worse}
        rows.append({"mark": "mean", "of": name, **told, "futures": one.pairs})
    for share, values in zip(BAND, decision.by_day, strict=True):
        rows += [
            {"mark": "day", "of": f"quantile {share:g}", "day": day.isoformat(), "value": float(value)}
            for day, value in zip(decision.days, values, strict=True)
        ]
    for forecast in decision.forecasts:
        told = {"value": forecast.probability, "low": forecast.low, "high": forecast.high}
        rows.append({"mark": "forecast", "of": forecast.role, **told})
    columns = ["mark", "of", "day", "value", "low", "high", "better", "worse", "futures"]
    frame = pd.DataFrame(rows, columns=columns)
    numbers = dict.fromkeys(("value", "low", "high", "better", "worse"), "float64")
    return frame.astype({**numbers, "futures": "Int64"})


def alt(decision: DrawnDecision) -> str:
    """The finding, the spread of both branches, each theory, when it shows, and what was expected."""
    parts = [f"{decision.finding}."]
    for side, name in enumerate((decision.against, decision.option)):
        answer = _answer(decision, side)
        spread = "; ".join(text for text, _, _ in answer.intervals)
        middle = words.number(dotplot.quantile(np.sort(answer.values), 50))
        parts.append(f"{_name(name)}: median {middle} {decision.question.unit}{f', {spread}' if spread else ''}.")
    if measured := decision.whole.measures(decision.question.unit):
        parts.append(f"The {measured}.")
    parts += [f"Under {words.spoken(name)}: {_share(one, decision)}." for name, one in decision.theories.items()]
    parts.append(_when(decision))
    parts += [f"{one.role} expected {words.span(one.low or 0.0, one.high or 0.0)}." for one in decision.ranges]
    return " ".join([*parts, *decision.chances])
