"""F2: two to six scenarios on one axis, baseline first, and beside each how its runs differ from the baseline's.

Left, each scenario's 50 dots. Right, 50 dots of the *paired* differences, run by run under the same luck, so that "in
83 of 100 paired runs" can be counted; the interval of the mean stands below them, never alone, because an interval of
a mean makes effects look larger than they are (Hofman 2020).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import text as words
from sim.arrays import FloatArray
from sim.figures.comparison import pairs
from sim.figures.comparison.contrast import Contrast, Phrases, Scenario
from sim.figures.drawing import quantile_dotplot as dotplot
from sim.figures.drawing.distribution import Answer, Question, read
from sim.figures.drawing.dot_axis import SIDE, Scale, draw_ground, fit, place, write_ticks
from sim.figures.drawing.layout import MARGIN, Footer, page
from sim.figures.drawing.style import (
    BLUE,
    INK,
    LIMIT,
    QUIET,
    SMALL,
    TEXT,
    VERMILLION,
    backing,
    bare,
    context,
    height_of,
    width_of,
    wrap,
)

__all__ = ["Contrast", "Phrases", "Question", "Scenario", "alt", "draw", "table"]

MOST = 6
_LEFT, _GAP, _RIGHT = 4.9, 0.3, 4.2  # inches: the outcome's field, the space, the differences' field
_WIDTH = 2 * MARGIN + _LEFT + _GAP + _RIGHT
_LOWEST, _TALLEST = 0.5, 1.0  # the dots' field in a row
_LARGEST, _SMALLEST = 0.135, 0.07  # a dot
_BARS, _BETWEEN, _TICKS = 0.24, 0.14, 0.62  # under the dots; the space to the next row; tick labels and axis names
_LONGEST = 70  # letters of a name in a title or beside a row
_PAD = 0.6  # points, of the white behind words


@dataclass(frozen=True, slots=True)
class _ScenarioRow:
    """A row, its words broken into lines: the name and the count beyond the threshold; what the comparison says."""

    scenario: Scenario
    answer: Answer
    name: list[str]
    count: str
    said: list[str]

    @property
    def head(self) -> float:
        """Height of its words."""
        left = height_of(len(self.name), TEXT) + (height_of(1, SMALL) if self.count else 0)
        return max(left, height_of(len(self.said), SMALL)) + 0.06


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The rows with their scale, the size of the dots left and right, and the height of the dots' field."""

    rows: list[_ScenarioRow]
    scale: Scale
    across: Scale
    sizes: tuple[float, float]
    field: float

    def deepest(self, side: int) -> int:
        """Dots in a column at most."""
        return int(_TALLEST / self.sizes[side] + 1e-9)

    @property
    def bottoms(self) -> list[float]:
        """Where each row ends, in inches from the first one's top."""
        return [float(y) for y in np.cumsum([row.head + self.field + _BARS + _BETWEEN for row in self.rows])]

    @property
    def grounds(self) -> list[float]:
        """Where the dots of each row stand."""
        return [bottom - _BETWEEN - _BARS for bottom in self.bottoms]


def draw(
    scenarios: Sequence[Scenario],
    *,
    question: Question,
    phrases: Phrases,
    footer: Footer,
    limit: float | None = None,
) -> Figure:
    """Draw the comparison; the first scenario is the baseline.

    Parameters
    ----------
    scenarios
        Two to six, each with one value a run; missing values are left out and counted in the note.
    question
        The outcome; its threshold, if any, is drawn through all rows.
    phrases
        Its good and bad direction in words.
    limit
        Right end of the outcome's axis, as for :func:`sim.figures.outcome.draw`.

    Raises
    ------
    ValueError
        There are fewer than two scenarios or more than six, one has no value at all, or ``limit`` cuts the data.
    """
    answers = _read(scenarios, question)
    with context():
        sheet = _lay_out(scenarios, answers, phrases, limit)
        note, flag = wrap(_note(answers), _WIDTH - 2 * MARGIN, TEXT), _flag_lines(question)
        top = height_of(len(note), TEXT) + 0.1
        first = top + (height_of(len(flag), SMALL) + 0.1 if flag else 0.0)
        down = first + sheet.bottoms[-1]
        on = page(_WIDTH, down + _TICKS, title=_title(scenarios, question, phrases), footer=footer)
        on.write(note, 0)
        sides = [on.axes(MARGIN, top, _LEFT, down - top), on.axes(MARGIN + _LEFT + _GAP, top, _RIGHT, down - top)]
        for axes, width in zip(sides, (_LEFT, _RIGHT), strict=True):
            axes.set(xlim=(0, width), ylim=(sheet.bottoms[-1], top - first))  # downwards
            bare(axes, keep=("bottom",))
            axes.spines["bottom"].set_visible(False)
        _draw_outcomes(sides[0], sheet, question, flag)
        _draw_differences(sides[1], sheet, phrases, question)
        return on.figure


def _lay_out(scenarios: Sequence[Scenario], answers: list[Answer], phrases: Phrases, limit: float | None) -> _Sheet:
    """Break the words, fit both scales, and find the largest dots that the rows have room for."""
    rows = [
        _ScenarioRow(s, a, wrap(_short(s.name) + (" (baseline)" if n == 0 else ""), _LEFT, TEXT, "bold"), _count(a),
             _said(s, a.question, phrases) if n else _key(scenarios, phrases))
        for n, (s, a) in enumerate(zip(scenarios, answers, strict=True))
    ]  # fmt: skip
    scale, across = (
        fit(answers, width=_LEFT, limit=limit, most_ticks=6),
        pairs.across([s.contrast for s in scenarios if s.contrast], _RIGHT),
    )
    left = min(place(answer, scale, tallest=_TALLEST, ceiling=_LARGEST).diameter for answer in answers)
    paired = [s.contrast for s in scenarios if s.contrast is not None and s.contrast.paired]
    right = _LARGEST
    while right > _SMALLEST and any(pairs.pile(c, across, right, None).height > _TALLEST for c in paired):
        right *= 0.97
    sheet = _Sheet(rows, scale, across, (max(left, _SMALLEST), max(right, _SMALLEST)), 0.0)
    heights = [_dots_of(sheet, row).height for row in rows]
    heights += [pairs.pile(c, across, sheet.sizes[1], sheet.deepest(1)).height for c in paired]
    mass = 0.2 if any(answer.mass.any() for answer in answers) else 0.03
    return replace(sheet, field=max(_LOWEST, *heights) + mass)


def _dots_of(sheet: _Sheet, row: _ScenarioRow) -> dotplot.Columns:
    return place(row.answer, sheet.scale, tallest=_TALLEST, ceiling=sheet.sizes[0], deepest=sheet.deepest(0))


def _read(scenarios: Sequence[Scenario], question: Question) -> list[Answer]:
    if not 2 <= len(scenarios) <= MOST:
        raise ValueError(f"{len(scenarios)} scenarios: a comparison shows two to {MOST}")
    return [read(scenario.values, question) for scenario in scenarios]


def _draw_outcomes(axes: Axes, sheet: _Sheet, question: Question, flag: list[str]) -> None:
    """Each scenario's dots under its name, all of one size and on one scale, over the bars of its middle."""
    scale, bottom = sheet.scale, sheet.bottoms[-1]
    for row, ground in zip(sheet.rows, sheet.grounds, strict=True):
        top = ground - sheet.field - row.head
        axes.text(0, top, "\n".join(row.name), va="top", fontsize=TEXT, weight="bold", bbox=backing(pad=_PAD))
        under = top + height_of(len(row.name), TEXT)
        axes.text(0, under, row.count, va="top", fontsize=SMALL, color=QUIET, bbox=backing(pad=_PAD))
        dots = _dots_of(sheet, row)
        up = dotplot.Columns(dots.x, ground - dots.y, dots.diameter)
        dotplot.draw_dots(axes, up, filled=row.answer.beyond, fill=VERMILLION, edge=BLUE)
        draw_ground(axes, scale, y=ground)
        if (mass := row.answer.mass).any():
            text = f"{question.upper_text}: {mass.sum()} of {mass.size} dots"
            x, y = min(scale.mass, _LEFT - width_of(text, SMALL) / 2), float(up.y[mass].min()) - dots.diameter / 2
            axes.text(x, y - 0.03, text, ha="center", va="bottom", fontsize=SMALL)
        for thin, (_, low, high) in enumerate(row.answer.intervals):
            ends = [float(scale(low)), float(scale(high))]
            middle, reach = sum(ends) / 2, max(ends[1] - ends[0], 0.05) / 2
            axes.plot([middle - reach, middle + reach], [ground + 0.09 + 0.07 * thin] * 2, solid_capstyle="butt",
                      color=QUIET if thin else INK, linewidth=2 if thin else 4.5)  # fmt: skip
    write_ticks(axes, scale, bottom=bottom, top=0)
    axes.set_xlabel(question.axis, x=SIDE / _LEFT, ha="left", labelpad=6)
    if question.threshold is not None:
        x, width = float(scale(question.threshold)), max(width_of(line, SMALL, "bold") for line in flag)
        axes.plot([x, x], [bottom, 0], color=INK, linewidth=1.2, linestyle=LIMIT, zorder=0.8)
        start = min(max(x if question.beyond == "above" else x - width, 0), _LEFT - width)
        axes.text(start, -0.05, "\n".join(flag), va="bottom", fontsize=SMALL, weight="bold")


def _draw_differences(axes: Axes, sheet: _Sheet, phrases: Phrases, question: Question) -> None:
    """Each scenario's paired differences, its interval and its words; the baseline's row explains them."""
    scale, bottom = sheet.across, sheet.bottoms[-1]
    zero = float(scale(0.0))
    for row, ground in zip(sheet.rows, sheet.grounds, strict=True):
        look: Any = {"color": INK if row.scenario.contrast else QUIET, "bbox": backing(pad=_PAD)}
        axes.text(0, ground - sheet.field - row.head, "\n".join(row.said), va="top", fontsize=SMALL, **look)
        if (contrast := row.scenario.contrast) is None:
            continue
        draw_ground(axes, scale, y=ground)
        axes.plot([zero, zero], [ground + _BARS, ground - sheet.field], color=INK, linewidth=1.2, zorder=0.8)
        if contrast.paired:
            pile, dots = pairs.pile(contrast, scale, sheet.sizes[1], sheet.deepest(1)), pairs.fifty(contrast)
            better, same = dots < 0 if phrases.lower_is_better else dots > 0, dots == 0
            for chosen, fill, shrink in ((~same, BLUE, 1.0), (same, QUIET, pairs.SMALL)):
                some = dotplot.Columns(pile.x[chosen], ground - pile.y[chosen], pile.diameter * shrink)
                dotplot.draw_dots(axes, some, filled=(better | same)[chosen], fill=fill, edge=VERMILLION)
        pairs.draw_interval(axes, contrast, scale, ground + 0.13)
    write_ticks(axes, scale, bottom=bottom, top=sheet.grounds[1] - sheet.field)
    axes.set_xlabel(f"difference in {question.unit}, less the baseline", x=SIDE / _RIGHT, ha="left", labelpad=6)


def _short(name: str) -> str:
    """A name in words, cut where it is long."""
    said = words.spoken(name)
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1].rstrip(" ,") + "…"


def _count(answer: Answer) -> str:
    if answer.question.threshold is None or len(answer.values) == 1:
        return ""
    return f"{int(answer.beyond.sum())} of {dotplot.DOTS} dots beyond the line"


def _said(scenario: Scenario, question: Question, phrases: Phrases) -> list[str]:
    assert scenario.contrast is not None
    contrast = scenario.contrast
    told = (contrast.says(phrases), contrast.measures(question.unit), contrast.worth())
    return [line for text in told if text for line in wrap(text, _RIGHT, SMALL)]


def _key(scenarios: Sequence[Scenario], phrases: Phrases) -> list[str]:
    """What the marks on the right are."""
    counts = [s.contrast.pairs for s in scenarios if s.contrast is not None and s.contrast.paired]
    parts = []
    if max(counts, default=0) > 1:
        parts.append(f"Below, each dot is 2 of 100 pairs of runs with the same luck. Filled: {phrases.better}; open: "
                     f"{phrases.worse}; small: the same.")  # fmt: skip
    if any(s.contrast is not None and s.contrast.low is not None for s in scenarios):
        parts.append("Diamond and bar: mean difference and its 95 % interval.")
    return wrap(" ".join(parts), _RIGHT, SMALL)


def _flag_lines(question: Question) -> list[str]:
    return [] if question.threshold is None else wrap(question.threshold_text, _LEFT * 0.8, SMALL, "bold")


def _note(answers: list[Answer]) -> str:
    """What dots and bars are, and what the reader must know of the runs."""
    single = all(len(answer.values) == 1 for answer in answers)
    each = "Each dot is 2 of 100 runs; thick bar: the middle half of the runs, thin: the middle 90 of 100."
    parts = ["One run each: it does not show how likely this is." if single else each]
    if missing := sum(answer.missing for answer in answers):
        parts.append(f"{words.several(missing, 'run has', 'runs have')} no value, left out.")
    return " ".join(parts)


def _title(scenarios: Sequence[Scenario], question: Question, phrases: Phrases) -> str:
    """The finding: who is better than the baseline how often, or that nobody differs."""
    base, model = _short(scenarios[0].name), words.model(question.theory)
    contrasts = [(_short(s.name), s.contrast) for s in scenarios[1:] if s.contrast and s.contrast.better is not None]
    if all(c.better == c.worse == 0 for _, c in contrasts):
        who = f"{contrasts[0][0]} does not differ" if len(contrasts) == 1 else "no scenario differs"
        return f"{model}, {who} from {base} in {question.axis}"
    sign = -1 if phrases.lower_is_better else 1
    name, contrast = max(contrasts, key=lambda one: (_net(one[1]), sign * (one[1].difference or 0)))
    good = _net(contrast) >= 0
    phrase = phrases.better if good else phrases.worse
    if contrast.paired and contrast.pairs == 1:
        return f"In the one paired run, {name} {phrase} than {base}"
    if len(contrasts) > 1 and not good:
        return f"{model}, none of {len(contrasts)} scenarios {phrases.better} than {base} more often than not"
    among = "" if len(contrasts) == 1 else f"of {len(contrasts)} scenarios "
    often = "" if len(contrasts) == 1 else "most often "
    return f"{model}, {among}{name} {often}{phrase} than {base}: {_count_of(contrast, good)}"


def _count_of(contrast: Contrast, good: bool) -> str:
    """How often, with its word of likelihood; of what never goes the other way that is said instead."""
    share, rest = (contrast.better, contrast.worse) if good else (contrast.worse, contrast.better)
    runs, noun = (contrast.pairs, "paired runs") if contrast.paired else (None, "pairs drawn at random")
    if rest == 0 and share != 1:
        return f"in {words.of_runs(float(share or 0), runs=runs, noun=noun)}, and the other way in none"
    every = "every paired run" if contrast.paired else "every pair drawn at random"
    return words.phrase(float(share or 0), runs=runs, noun=noun).replace("every run", every)


def _net(contrast: Contrast) -> float:
    return (contrast.better or 0) - (contrast.worse or 0)


def table(scenarios: Sequence[Scenario], *, question: Question) -> pd.DataFrame:
    """The figure's data, one row a mark.

    Columns: ``scenario``; ``mark`` (``dot``, ``quantile``, ``runs``, ``runs missing``; of the comparison ``difference
    dot``, ``mean difference``, ``better``, ``worse``, ``pairs``, ``variance-reduction factor``); ``number`` and
    ``probability`` of a dot or quantile; ``value``; ``low`` and ``high`` of the 95 % interval and its ``method``.
    """
    rows: list[dict[Hashable, object]] = []
    for scenario, answer in zip(scenarios, _read(scenarios, question), strict=True):
        named: dict[Hashable, object] = {"scenario": scenario.name}
        rows += [named | row for row in _dots("dot", answer.dots)]
        if len(answer.values) > 1:
            rows += [named | {"mark": "quantile", "probability": p / 100, "value": dotplot.quantile(answer.values, p)}
                     for p in (5, 25, 75, 95)]  # fmt: skip
        rows += [named | {"mark": "runs", "value": len(answer.values)},
                 named | {"mark": "runs missing", "value": answer.missing}]  # fmt: skip
        if (contrast := scenario.contrast) is None:
            continue
        if contrast.paired:
            rows += [named | row for row in _dots("difference dot", pairs.fifty(contrast))]
        rows.append(named | {"mark": "mean difference", "value": contrast.difference, "low": contrast.low,
                             "high": contrast.high, "method": contrast.method})  # fmt: skip
        rows += [named | {"mark": mark, "value": value} for mark, value in (
            ("better", contrast.better), ("worse", contrast.worse), ("pairs", contrast.pairs if contrast.paired else 0),
            ("variance-reduction factor", contrast.vr_factor))]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["scenario", "mark", "number", "probability", "value", "low", "high", "method"])
    return frame.astype({"number": "Int64"})


def _dots(mark: str, dots: FloatArray) -> list[dict[Hashable, object]]:
    count = len(dots)
    return [{"mark": mark, "number": n + 1, "probability": (n + 0.5) / count, "value": dot}
            for n, dot in enumerate(dots)]  # fmt: skip


def alt(scenarios: Sequence[Scenario], *, question: Question, phrases: Phrases) -> str:
    """The figure in words: the finding, and for each scenario its intervals and its comparison."""
    answers = _read(scenarios, question)
    parts = [f"{len(scenarios)} dotplots on one axis, {question.axis}.", f"{_title(scenarios, question, phrases)}."]
    for scenario, answer in zip(scenarios, answers, strict=True):
        told = [text for text, _, _ in answer.intervals] or [f"one run: {words.number(answer.values[0])}"]
        if scenario.contrast is not None:
            contrast = scenario.contrast
            told += [t for t in (contrast.says(phrases), contrast.measures(question.unit), contrast.worth()) if t]
        parts.append(f"{words.spoken(scenario.name)}: {'; '.join(told)}.")
    return " ".join(parts)
