"""F11: the limits of each rule among what the worlds drew, how dense the cases lie in its box, and the path of PRIM.

A bar reaches over the share of all worlds that a limit lets in, with the middle 90 of 100 of where bootstrap samples
put it; what it says stands beside it. Below, for each rule, the share of cases in its box and where it does not look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import text as words
from sim.analysis.discovery.rule_text import by_input, range_in_words
from sim.analysis.discovery.rules import Rule, Rules
from sim.analysis.statistics.intervals import wilson
from sim.figures.drawing.layout import MARGIN, Footer, page
from sim.figures.drawing.style import BLACK, BLUE, FAINT, INK, ORANGE, QUIET, SMALL, TEXT, bare, context, wrap

_NAMES, _BARS, _WORDS = 2.5, 3.1, 3.05  # inches: names of inputs, their bars, what the limits say
_LINE, _GAP, _HEAD, _AXIS = 0.24, 0.12, 0.3, 0.42
_PATH_WIDTH, _PATH_HEIGHT = 3.1, 1.75
_PAGE = _NAMES + _BARS + _WORDS + 2 * MARGIN
LOOKS = ((BLUE, "-", "o"), (ORANGE, (0, (4, 1)), "s"), (BLACK, (0, (1, 0.6)), "^"))
"""Colour, dashes and marker of each rule."""


def draw(rules: Rules, *, title: str, asked: str, units: Mapping[str, str], noun: str, footer: Footer) -> Figure:
    """Draw the rules, of which there is one at least.

    Parameters
    ----------
    title
        The finding.
    asked
        What a case is, in words.
    units
        By name of an input; empty for a pure number.
    noun
        What is counted: runs, or pairs.
    """
    rows = _rows(rules, units)
    heads = wrap(
        f"A case: {asked}. Bar: the worlds that a limit lets in, and where bootstrap samples put it. Open diamond: "
        "the share of cases where a rule was looked for.",
        _PAGE - 2 * MARGIN - 0.2,
        SMALL,
    )
    top = len(heads) * 0.17 + 0.12
    bars = sum(_LINE * len(mine) + _GAP for _, mine in rows)
    shares = _LINE * (len(rules.rules) + 1)
    at_shares = top + bars + _AXIS + _HEAD
    at_path = at_shares + shares + _AXIS + _HEAD
    with context():
        sheet = page(_PAGE, at_path + _PATH_HEIGHT + _AXIS, title=title, footer=footer)
        sheet.write(heads, 0, SMALL)
        _draw_limits(sheet.axes(MARGIN + _NAMES, top, _BARS, bars), rows, bars)
        _draw_shares(sheet.axes(MARGIN + _NAMES, at_shares, _BARS, shares), rules, noun)
        _draw_path(sheet.axes(MARGIN + _NAMES, at_path, _PATH_WIDTH, _PATH_HEIGHT), rules.rules[0])
        return sheet.figure


Row = tuple[str, list[tuple[int, str, pd.DataFrame]]]
"""An input, and for each rule that limits it its number, what it says, and its limits."""


def _rows(rules: Rules, units: Mapping[str, str]) -> list[Row]:
    found: dict[str, list[tuple[int, str, pd.DataFrame]]] = {}
    for number, rule in enumerate(rules.rules):
        for name, sides in by_input(rule).items():
            limits = rule.limits[rule.limits["input"] == name]
            found.setdefault(name, []).append((number, range_in_words(sides, units.get(name, "")), limits))
    return list(found.items())


def _draw_limits(axes: Axes, rows: list[Row], height: float) -> None:
    axes.set(xlim=(0, 1), ylim=(height, 0))
    bare(axes, keep=("bottom",))
    outside = axes.get_yaxis_transform()
    y = 0.0
    for name, mine in rows:
        middle = y + _LINE * len(mine) / 2
        axes.text(-0.1 / _BARS, middle, wrap(name, _NAMES - 0.15, TEXT)[0], transform=outside, ha="right", va="center",
                  fontsize=TEXT)  # fmt: skip
        for number, said, limits in mine:
            at = y + _LINE / 2
            axes.plot([0, 1], [at, at], color=FAINT, linewidth=5, zorder=1, solid_capstyle="butt")
            _draw_bar(axes, at, number, limits)
            told = wrap(f"rule {number + 1}: {said}", _WORDS - 0.15, SMALL)[0]
            axes.text(1 + 0.12 / _BARS, at, told, transform=outside, va="center", fontsize=SMALL)
            y += _LINE
        y += _GAP
    _shares_below(axes, "share of all worlds with less of it, of 100")


def _draw_bar(axes: Axes, y: float, number: int, limits: pd.DataFrame) -> None:
    colour, dashes, _ = LOOKS[number]
    ends = {str(row["side"]): row for row in limits.to_dict("records")}
    low = float(ends["above"]["at"]) if "above" in ends else 0.0
    high = float(ends["below"]["at"]) if "below" in ends else 1.0
    axes.plot([low, high], [y, y], color=colour, linestyle=dashes, linewidth=5, zorder=2, dash_capstyle="butt",
              solid_capstyle="butt")  # fmt: skip
    for row in ends.values():
        axes.plot([row["at_low"], row["at_high"]], [y, y], color=INK, linewidth=1, zorder=3, marker="|", markersize=5)


def _draw_shares(axes: Axes, rules: Rules, noun: str) -> None:
    """For each rule the share of cases in its box with its interval, and the share where it was looked for."""
    count = len(rules.rules) + 1
    axes.set(xlim=(0, 1), ylim=(count - 0.5, -0.5))
    bare(axes, keep=("bottom",))
    outside = axes.get_yaxis_transform()
    for number, rule in enumerate(rules.rules):
        judged, (colour, _, marker) = rule.judged, LOOKS[number]
        low, high = wilson(judged.hits, judged.inside)
        axes.plot([float(low), float(high)], [number, number], color=colour, linewidth=2, zorder=2)
        axes.plot([judged.density], [number], color=colour, marker=marker, markersize=6, zorder=3, linestyle="none")
        axes.plot([judged.share], [number], color=INK, marker="D", markerfacecolor="white", markersize=5, zorder=3,
                  linestyle="none")  # fmt: skip
        doubt = "" if rule.holds_up else ", does not hold up"
        told = f"{judged.hits:,} of {judged.inside:,} {noun} are cases; {words.hundredth(rule.coverage)} of 100 cases"
        _name(axes, number, f"in the box of rule {number + 1}{doubt}")
        axes.text(1 + 0.12 / _BARS, number, wrap(told, _WORDS - 0.15, SMALL)[0], transform=outside, va="center",
                  fontsize=SMALL)  # fmt: skip
    rows, cases = rules.judged
    axes.plot(
        [rules.share], [count - 1], color=INK, marker="D", markerfacecolor="white", markersize=5, linestyle="none"
    )
    _name(axes, count - 1, "in all")
    axes.text(1 + 0.12 / _BARS, count - 1, f"{cases:,} of {rows:,} {noun} are cases", transform=outside, va="center",
              fontsize=SMALL)  # fmt: skip
    _shares_below(axes, f"cases of 100 {noun}, on worlds not searched; 95 % intervals")


def _name(axes: Axes, y: float, text: str) -> None:
    axes.text(-0.1 / _BARS, y, text, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=SMALL,
              color=QUIET)  # fmt: skip


def _draw_path(axes: Axes, rule: Rule) -> None:
    """Coverage and density of the boxes that PRIM passed for the first rule, and of the one that was made of one."""
    steps, last = rule.path, int(rule.path["step"].iloc[-1])
    bare(axes, keep=("left", "bottom"))
    axes.plot(steps["coverage"], steps["density"], color=QUIET, linewidth=1, marker=".", markersize=4)
    chosen = steps.iloc[rule.step]
    for x, y, look in ((chosen["coverage"], chosen["density"], {"markerfacecolor": "white"}),
                       (rule.searched.coverage, rule.searched.density, {}),
                       ):  # fmt: skip
        more: dict[str, Any] = {"marker": LOOKS[0][2], "color": BLUE, "markersize": 7, "linestyle": "none", "zorder": 3}
        axes.plot([x], [y], **{**more, **look})
    axes.set(xlim=(0, 1.03), ylim=(0, 1.03))
    ticks = [0.0, 0.5, 1.0]
    axes.set_xticks(ticks, ["0", "50", "100"])
    axes.set_yticks(ticks, ["0", "50", "100"])
    axes.set_xlabel("coverage: cases in the box, of 100", fontsize=SMALL)
    axes.set_ylabel("density: cases\nof 100 in the box", fontsize=SMALL)
    told = [f"Rule 1 as it was searched: {last} boxes.", f"Open: box {rule.step}, as PRIM passed it.",
            "Filled: reduced to the limits that stay."]  # fmt: skip
    for number, line in enumerate(told):
        axes.text(1 + 0.12 / _PATH_WIDTH, 0.95 - 0.2 * number / _PATH_HEIGHT, wrap(line, _WORDS - 0.15, SMALL)[0],
                  transform=axes.transAxes, va="top", fontsize=SMALL)  # fmt: skip


def _shares_below(axes: Axes, label: str) -> None:
    axes.set_xticks(np.array([0.0, 0.25, 0.5, 0.75, 1.0]), ["0", "25", "50", "75", "100"])
    axes.set_xlabel(label, fontsize=SMALL)


def table(rules: Rules) -> pd.DataFrame:
    """The figure's data, one row a rule and limit (:attr:`sim.analysis.discovery.rules.Rules.table`)."""
    return rules.table


def paths(rules: Rules) -> pd.DataFrame:
    """The boxes of each rule's path, one row each, with the rule's number."""
    return pd.concat([rule.path.assign(rule=n) for n, rule in enumerate(rules.rules, start=1)], ignore_index=True)


def alt(rules: Rules, *, title: str, sentences: str) -> str:
    """The figure in words: the finding, and each rule as a sentence."""
    judged = [f"Rule {n}: its box has a density of {words.number(rule.judged.density)}, a coverage of "
              f"{words.number(rule.coverage)} and a mass of {words.number(rule.judged.mass)}."
              for n, rule in enumerate(rules.rules, start=1)]  # fmt: skip
    return " ".join([f"{title}.", sentences, *judged])
