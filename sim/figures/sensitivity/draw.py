"""F4: which inputs matter, most first: an index with its interval, and what the outcome is at each end of the input.

The share of variance that is luck stands beside the share that is parameters, because a ranking of inputs says nothing
about how much of the outcome any input can explain; inputs that do not matter are named, not left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from sim import text as words
from sim.figures.drawing.layout import MARGIN, Footer, Page, page
from sim.figures.drawing.style import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    backing,
    bare,
    context,
    height_of,
    width_of,
    wrap,
)

COLUMNS = ("setting", "index", "value", "low", "high", "low_input", "high_input", "effect_low", "effect_high")
"""Columns of the table of indices; ``effect_low`` and ``effect_high`` may be null."""
NAMES: Mapping[str, str] = {
    "mu_star": "mean absolute elementary effect, μ*",
    "sigma": "spread of elementary effects, σ",
    "total": "total index: alone and with others",
    "first": "first-order index: alone",
}
"""Indices and what they are; the first that a table has ranks the inputs, the next is drawn beside it."""
DEPENDENT = "Inputs depend on each other here, so one holds what goes with it, and shares need not add up."
INERT = 0.05
"""An input is inert when its interval ends below this share of the largest index."""
SHOWN = 15
"""Inputs that get a row; the others are counted."""
_NAME, _INDEX, _EFFECT, _GAP = 2.6, 2.9, 2.9, 0.35  # inches
_ROW, _HEAD, _TICKS, _BAR = 0.34, 0.3, 0.35, 0.24
_NAMED = 12  # inert inputs
_CHIP = 0.62  # beside the effects, for the input's value


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of the outcome's variance: luck (between replicates), and parameters; ``None`` where unknown."""

    luck: float | None = None
    parameters: float | None = None


def draw(
    indices: pd.DataFrame,
    *,
    shares: Shares,
    outcome: str,
    unit: str,
    footer: Footer,
    theory: str = "",
    beside: str = "",
    worlds: str = "",
) -> Figure:
    """Draw the ranking.

    Parameters
    ----------
    indices
        Columns :data:`COLUMNS`, one row a setting and index.
    shares
        What of the variance is luck and what is parameters.
    outcome, unit
        What the indices are of, in words ("officers out by 7 March 2024"), and the unit of the effects.
    theory
        The one that they are under, for the title.
    beside
        A sentence to stand beside the ranking: the share of luck elsewhere.
    worlds
        Which worlds they were found in as given data, in words ("in worlds that lived the record"); there inputs depend
        on each other, so the title says what the outcome goes with. Empty for the points of a design.

    Raises
    ------
    ValueError
        A column is missing, no index is known, or a setting has an index twice.
    """
    main, other, ranked = _ranked(indices)
    rows, rest = ranked.head(SHOWN), ranked.iloc[SHOWN:]
    with context():
        effects = bool(rows[["effect_low", "effect_high"]].notna().all(axis=1).any())
        width = MARGIN * 2 + _NAME + _INDEX + (_GAP + _EFFECT if effects else 0)
        inner = width - 2 * MARGIN
        below = [wrap(text, inner, SMALL) for text in _below(ranked, rest, beside)]
        note = wrap(_note(main, other, effects, worlds), inner, TEXT)
        top = height_of(len(note), TEXT) + 0.12
        title = wrap(f"mean {outcome}, {unit}", _EFFECT, TEXT, "bold") if effects else [""]
        head, field = _HEAD + height_of(len(title) - 1, TEXT), _ROW * len(rows)
        share = 0.0 if shares.luck is None else 0.2 + height_of(1, SMALL) + _BAR + 0.12
        foot = sum(height_of(len(lines), SMALL) + 0.04 for lines in below)
        finding = _title(ranked, shares, outcome, theory, worlds)
        sheet = page(width, top + head + field + _TICKS + 0.1 + share + foot, title=finding, footer=footer)
        sheet.write(note, 0)
        axes = sheet.axes(MARGIN + _NAME, top + head, _INDEX, field)
        heading = "which inputs it goes with" if worlds else "which inputs matter"
        _draw_indices(axes, rows, main, other, effects, heading)
        if effects:
            _draw_effects(sheet.axes(MARGIN + _NAME + _INDEX + _GAP, top + head, _EFFECT, field), rows, title)
        at = top + head + field + _TICKS + 0.1
        if share:
            _draw_shares(sheet, shares, at)
            at += share
        for lines in below:
            sheet.write(lines, at, SMALL)
            at += height_of(len(lines), SMALL) + 0.04
        return sheet.figure


def _ranked(indices: pd.DataFrame) -> tuple[str, str | None, pd.DataFrame]:
    """The main index, the one beside it, and one row a setting, the largest first; a missing index comes last."""
    if missing := [name for name in COLUMNS if name not in indices]:
        raise ValueError(f"the table of indices lacks {', '.join(missing)}")
    known = [name for name in NAMES if (indices["index"] == name).any()]
    main = next((name for name in ("mu_star", "total", "first") if name in known), None)
    if main is None or indices.loc[indices["index"] == main, "value"].isna().all():
        raise ValueError("no index is known, so there is nothing to draw")
    if indices.duplicated(["setting", "index"]).any():
        raise ValueError("a setting has an index twice")
    other = {"mu_star": "sigma", "total": "first"}.get(main)
    ranked = indices[indices["index"] == main].drop(columns="index")
    if other in known:
        beside = indices.loc[indices["index"] == other, ["setting", "value", "low", "high"]]
        ranked = ranked.merge(beside, on="setting", how="left", suffixes=("", "_beside"))
    ranked = ranked.sort_values(["value", "setting"], ascending=[False, True], na_position="last", ignore_index=True)
    largest = float(ranked["value"].max())
    ends = ranked["high"].fillna(ranked["value"]).fillna(0)
    return main, other if other in known else None, ranked.assign(inert=(ends <= INERT * largest) | (largest <= 0))


def _draw_indices(axes: Axes, rows: pd.DataFrame, main: str, other: str | None, effects: bool, heading: str) -> None:
    """Names, and the main index as a dot on its interval; the one beside it as an open square below.

    Where no effects print it, the range of an input stands under its name.
    """
    _frame(axes, len(rows))
    names = [name for name in ("value", "high", "value_beside", "high_beside") if name in rows]
    axes.set_xlim(0, float(np.nanmax(rows[names].to_numpy(dtype=float))) * 1.06 or 1.0)
    for y, row in enumerate(rows.to_dict("records")):
        name = wrap(str(row["setting"]), _NAME - 0.12, TEXT)[0] + ("" if effects else f"\n{_range(row)}")
        axes.text(-0.1 / _INDEX, y, name, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=TEXT,
                  color=QUIET if row["inert"] else INK)  # fmt: skip
        shift = 0.14 if other and pd.notna(row["value_beside"]) else 0.0
        beside: dict[str, Any] = {"marker": "s", "color": ORANGE, "markersize": 4.8, "markerfacecolor": "white"}
        dot: dict[str, Any] = {"marker": "o", "color": BLUE, "markersize": 6.5}
        for suffix, at, look in (("", y - shift, dot), ("_beside", y + shift, beside)):
            if suffix and not shift:
                continue
            if pd.isna(row[f"value{suffix}"]):
                axes.text(0, at, " not known", va="center", fontsize=SMALL, color=QUIET)
                continue
            # No index is below nought; what sampling alone puts there would run into the names.
            ends = [np.maximum(row[f"low{suffix}"], 0), np.maximum(row[f"high{suffix}"], 0)]
            if not any(pd.isna(end) for end in ends):
                line: Any = {"linewidth": 1.3, "linestyle": (0, (2, 1))} if suffix else {"linewidth": 2.4}
                axes.plot(ends, [at, at], color=look["color"], zorder=2, solid_capstyle="butt", clip_on=False, **line)
            axes.plot([max(row[f"value{suffix}"], 0)], [at], zorder=3, clip_on=False, linestyle="none", **look)
    _ticks(axes)
    axes.set_title(heading, loc="left", fontsize=TEXT, fontweight="bold", pad=7)


def _draw_effects(axes: Axes, rows: pd.DataFrame, title: list[str]) -> None:
    """The mean outcome at the low and the high end of each input, whose values are printed at the ends."""
    _frame(axes, len(rows))
    values = rows[["effect_low", "effect_high"]].to_numpy(dtype=float)
    low, high = min(0.0, float(np.nanmin(values))), float(np.nanmax(values))
    spare = (high - low or 1.0) * _CHIP / (_EFFECT - 2 * _CHIP)
    axes.set_xlim(low - spare, (high if high > low else low + 1) + spare)
    for y, row in enumerate(rows.to_dict("records")):
        ends = {"low": (row["effect_low"], row["low_input"]), "high": (row["effect_high"], row["high_input"])}
        if any(pd.isna(effect) for effect, _ in ends.values()):
            text = f"{_range(row)}: too few points at its ends"
            axes.text(0, y, text, transform=axes.get_yaxis_transform(), va="center", fontsize=SMALL, color=QUIET,
                      bbox=backing(pad=0.6))  # fmt: skip
            continue
        left, right = sorted(effect for effect, _ in ends.values())
        axes.plot([left, right], [y, y], color=RULE, linewidth=2, zorder=2, solid_capstyle="butt")
        rises = ends["low"][0] <= ends["high"][0]
        for name, (effect, given) in ends.items():
            look = {"low": ("v", "white"), "high": ("^", INK)}[name]
            axes.plot([effect], [y], marker=look[0], color=INK, markerfacecolor=look[1], markersize=6, zorder=3)
            on_left = (name == "low") == rises
            axes.annotate(_number(given), (effect, y), xytext=(-6 if on_left else 6, 0), textcoords="offset points",
                          ha="right" if on_left else "left", va="center", fontsize=SMALL)  # fmt: skip
    _ticks(axes, inside=(low, high if high > low else low + 1))
    axes.set_title("\n".join(title), loc="left", fontsize=TEXT, fontweight="bold", pad=7)


def _frame(axes: Axes, count: int) -> None:
    axes.set_ylim(count - 0.5, -0.5)
    bare(axes, keep=("bottom",))
    axes.hlines(np.arange(count), 0, 1, transform=axes.get_yaxis_transform(), color=FAINT, linewidth=0.7, zorder=0)


def _ticks(axes: Axes, inside: tuple[float, float] | None = None) -> None:
    low, high = inside or axes.get_xlim()
    ticks = [tick for tick in MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high) if low <= tick <= high]
    axes.set_xticks(ticks, [words.number(round(float(tick), 9)) for tick in ticks])


def _draw_shares(sheet: Page, shares: Shares, top: float) -> None:
    """One bar for the whole variance: luck hatched, parameters plain, what neither explains alone open."""
    assert shares.luck is not None
    width = sheet.width - 2 * MARGIN
    parts = [("luck", shares.luck, "white", "////")]
    if shares.parameters is not None:
        parts.append(("parameters", shares.parameters, "#9FC8E0", ""))
    if (rest := 1 - sum(part for _, part, _, _ in parts)) > 0.005:
        parts.append(("both together" if shares.parameters is not None else "parameters", rest, "white", ""))
    told = "; ".join(f"{name} {words.of_runs(min(max(part, 0), 1))}" for name, part, _, _ in parts)
    sheet.write([f"The outcome's variance: {told}"], top, SMALL, weight="bold", color=INK)
    axes = sheet.axes(MARGIN, top + height_of(1, SMALL) + 0.06, width, _BAR)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    bare(axes)
    at = 0.0
    for name, part, colour, hatch in parts:
        part = min(max(part, 0.0), 1 - at)
        axes.add_patch(Rectangle((at, 0), part, 1, facecolor=colour, edgecolor=INK, hatch=hatch, linewidth=0.9))
        if part * width > width_of(name, SMALL) + 0.12:
            axes.text(at + part / 2, 0.5, name, ha="center", va="center_baseline", fontsize=SMALL,
                      bbox=backing(colour))  # fmt: skip
        at += part


def _note(main: str, other: str | None, effects: bool, worlds: str = "") -> str:
    if worlds:
        ends = (" Triangles: the outcome in the quarter of worlds in which an input is lowest (open) and highest "
                "(filled), with its least and largest value.") if effects else ""  # fmt: skip
        return f"Dot: share of the variance that goes with an input alone, with its 95 % interval.{ends} {DEPENDENT}"
    beside = f" Open square: {NAMES[other]}." if other else ""
    ends = " Triangles: the outcome near the low (open) and the high end (filled) of an input, whose value is printed."
    return f"Dot: {NAMES[main]}, with its 95 % interval.{beside}{ends if effects else ''}"


def _below(ranked: pd.DataFrame, rest: pd.DataFrame, beside: str) -> list[str]:
    """Ranges of inputs without effects, inputs that are not shown, and the inert ones."""
    found = []
    if len(rest):
        found.append(f"Not shown: {len(rest)} more inputs, each with a smaller index; the table has them.")
    inert = [str(name) for name in ranked.loc[ranked["inert"], "setting"]]
    limit = f"their interval ends below {words.of_runs(INERT)} of the largest"
    named = ", ".join(inert[:_NAMED]) + (f" and {len(inert) - _NAMED} more" if len(inert) > _NAMED else "")
    found.append(f"Inert ({limit}): {named}." if inert else f"No input is inert ({limit}).")
    return [*found, *([beside] if beside else [])]


def _title(ranked: pd.DataFrame, shares: Shares, outcome: str, theory: str, worlds: str = "") -> str:
    if float(ranked["value"].max()) <= 0:
        nothing = f"no input goes with {outcome}" if worlds else f"no input that was varied moves {outcome}"
        return f"{words.model(theory, worlds)}, {nothing}"
    first = [str(name) for name in ranked.loc[~ranked["inert"], "setting"].head(2)]
    verb = "matters most" if len(first) == 1 else "matter most"
    luck = "" if shares.luck is None else f"; luck is {words.of_runs(min(max(shares.luck, 0), 1))} of the variance"
    if worlds:
        go = "goes" if len(first) == 1 else "go"
        return f"{words.model(theory, worlds)}, {' and '.join(first)} {go} most with {outcome}{luck}"
    return f"{words.model(theory)}, {' and '.join(first)} {verb} for {outcome}{luck}"


def table(indices: pd.DataFrame, *, shares: Shares) -> pd.DataFrame:
    """The figure's data: the indices, the largest first, each setting inert or not; then the shares of variance."""
    _, _, ranked = _ranked(indices)
    order = {name: place for place, name in enumerate(ranked["setting"])}
    rows = indices[list(COLUMNS)].sort_values("setting", key=lambda names: names.map(order), kind="stable")
    rows = rows.merge(ranked[["setting", "inert"]], on="setting", how="left").astype({"inert": "boolean"})
    told = {"luck_share": shares.luck, "parameter_share": shares.parameters}
    return pd.concat([rows, pd.DataFrame({"index": list(told), "value": list(told.values())})], ignore_index=True)


def alt(
    indices: pd.DataFrame, *, shares: Shares, outcome: str, theory: str = "", beside: str = "", worlds: str = ""
) -> str:
    """The figure in words: the finding, the inputs in order with their intervals, the shares, the inert inputs."""
    main, _, ranked = _ranked(indices)
    by = "share of the variance that goes with each alone" if worlds else NAMES[main]
    parts = [f"Ranking of {len(ranked)} inputs by {by}.", f"{_title(ranked, shares, outcome, theory, worlds)}."]
    for row in ranked.head(SHOWN).to_dict("records"):
        ends = "" if pd.isna(row["low"]) else f" (95 % interval {_number(row['low'])} to {_number(row['high'])})"
        told = "not known" if pd.isna(row["value"]) else f"{_number(row['value'])}{ends}"
        parts.append(f"{row['setting']}, from {_number(row['low_input'])} to {_number(row['high_input'])}: {told}.")
    return " ".join(parts + _below(ranked, ranked.iloc[SHOWN:], beside))


def _range(row: Mapping[Any, Any]) -> str:
    return f"{_number(row['low_input'])} to {_number(row['high_input'])}"


def _number(value: Any) -> str:
    if not isinstance(value, int | float | np.number):
        return str(value)
    return "" if np.isnan(value) else words.number(value)
