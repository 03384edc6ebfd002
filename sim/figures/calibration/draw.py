"""F9: what the record tells. Each unknown before and after the record, and how often each theory lives it.

Unknowns stand on the quantiles of their prior range, so that all share one axis and an unknown that the record leaves
alone fills it evenly. Those that it moved get a row; the others are named, since "nothing" is what most are told. How
often a theory lives the record is drawn beside its variants: it is no probability of the theory.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim import text as words
from sim.analysis.calibration.results import HALVED, QUANTILES, RECORD, CalibrationResults
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
    wrap,
)

SHOWN = 60
"""Settings that get a row; the others that moved are counted."""
FEW = 200
"""Where fewer worlds are kept, what is not seen may be there all the same, and that is said."""
_NAMED = 6  # settings that the record says nothing about
_LONGEST = 45  # letters of a setting's name in the title
_VARIANTS = 20  # rows of the block of compatibility
_NAME, _COLUMN, _LEAST, _GAP = 2.55, 1.5, 4.4, 0.2  # inches: names, a theory's column, all columns together
_ROW, _LINE, _TICKS, _BETWEEN = 0.235, 0.25, 0.5, 0.12
_PRIOR = "#ECECEC"
_LOOKS: Mapping[str, tuple[str, str, str]] = {
    RECORD: ("o", BLUE, BLUE),
    "without C3": ("s", INK, "white"),
    "C3 two of a squad": ("D", INK, "white"),
    "tolerances a third wider": (">", INK, "white"),
    "tolerances a third narrower": ("<", INK, "white"),
}
"""Marker, colour and filling of a variant."""
_OTHER = ("o", INK, "white")
_HALVES = "each assumed range halved"


def draw(results: CalibrationResults, *, theories: Mapping[str, str], footer: Footer) -> Figure:
    """Draw both blocks, or the one that there are results for.

    Parameters
    ----------
    results
        ``shift`` and ``compatibility`` are drawn; either may be missing.
    theories
        Name and number of the theories ("breach": "T4"), in the order of the columns.

    Raises
    ------
    ValueError
        There is neither.
    """
    moved, rates = _moved(results, theories), _rates(results, theories)
    if not len(moved) and not len(rates):
        raise ValueError("neither a posterior nor a compatibility: there is nothing to draw")
    with context():
        told = _told(moved)
        shown, columns = told[:SHOWN], _present(moved, theories)
        inner = max(_LEAST, _COLUMN * max(len(columns), len(_present(rates, theories))))
        width = 2 * MARGIN + _NAME + inner
        blocks = [_Block(sheet_part, named, inner, width) for sheet_part, named in (
            ("posterior", columns if shown else {}), ("compatibility", _present(rates, theories)))]  # fmt: skip
        upper, lower = blocks
        heads = {name: _heading(number, name, lower.column, rates) for name, number in lower.theories.items()}
        note = wrap(_note(moved, shown, columns), width - 2 * MARGIN, TEXT) if len(moved) else []
        below = [wrap(text, width - 2 * MARGIN, SMALL) for text in _below(moved, told, columns)] if len(moved) else []
        kinds = _variants(rates)
        says = wrap(_rates_note(kinds), width - 2 * MARGIN, TEXT) if len(rates) else []
        tall = max((len(lines) for lines in heads.values()), default=0)
        parts = [
            height_of(len(note), TEXT) + _BETWEEN if note else 0.0,
            0.28 + _ROW * len(shown) + _TICKS if shown else 0.0,
            sum(height_of(len(lines), SMALL) + 0.05 for lines in below),
            _BETWEEN * 2 if len(moved) and len(rates) else 0.0,
            height_of(len(says), TEXT) + _BETWEEN if says else 0.0,
            height_of(tall, SMALL) + 0.08 + _LINE * len(kinds) + _TICKS if len(rates) else 0.0,
        ]
        sheet = page(width, sum(parts), title=title(results, theories=theories), footer=footer)
        at = np.concatenate([[0.0], np.cumsum(parts)])
        if note:
            sheet.write(note, at[0])
        if shown:
            _draw_posterior(sheet, at[1], moved, shown, upper)
        top = float(at[2])
        for lines in below:
            sheet.write(lines, top, SMALL)
            top += height_of(len(lines), SMALL) + 0.05
        if says:
            sheet.write(says, at[4])
            _draw_compatibility(sheet, at[5], rates, kinds, heads, lower, height_of(tall, SMALL) + 0.08)
        return sheet.figure


class _Block:
    """A row of columns, one a theory, right of the names."""

    def __init__(self, name: str, theories: Mapping[str, str], inner: float, width: float) -> None:
        count = max(len(theories), 1)
        self.name, self.theories, self.left = name, theories, MARGIN + _NAME
        self.column = (inner - _GAP * (count - 1)) / count

    def axes(self, sheet: Page, place: int, top: float, height: float) -> Axes:
        """The axes of a column."""
        return sheet.axes(self.left + place * (self.column + _GAP), top, self.column, height)


# What there is to show


def _present(rows: pd.DataFrame, theories: Mapping[str, str]) -> dict[str, str]:
    found = set(rows["theory"])
    return {name: number for name, number in theories.items() if name in found}


def _moved(results: CalibrationResults, theories: Mapping[str, str]) -> pd.DataFrame:
    """The rows of ``shift`` of theories with kept worlds, by theory in their order."""
    rows = results.of("shift")
    rows = rows[rows["theory"].isin(theories) & (rows["kept"] > 0)]
    if rows.duplicated(["theory", "setting"]).any():
        raise ValueError("a setting stands twice under one theory")
    return rows.sort_values("theory", key=lambda names: names.map({t: n for n, t in enumerate(theories)}),
                            kind="stable", ignore_index=True)  # fmt: skip


def _rates(results: CalibrationResults, theories: Mapping[str, str]) -> pd.DataFrame:
    rows = results.of("compatibility")
    rows = rows[rows["theory"].isin(theories) & (rows["draws"] > 0)].reset_index(drop=True)
    if rows.duplicated(["theory", "variant"]).any():
        raise ValueError("a variant stands twice under one theory")
    if len(_variants(rows)) > _VARIANTS:
        raise ValueError(f"{len(_variants(rows))} variants of compatibility: there is room for {_VARIANTS}")
    return rows


def _told(moved: pd.DataFrame) -> list[str]:
    """Settings that the record moved under some theory, the one that it moved farthest first."""
    rows = moved[moved["told"].astype(bool)]
    farthest = rows["shift"].abs().groupby(rows["setting"]).max()
    frame = farthest.rename("by").reset_index().sort_values(["by", "setting"], ascending=[False, True])
    return [str(name) for name in frame["setting"]]


def _untold(moved: pd.DataFrame) -> list[str]:
    told = set(_told(moved))
    return [name for name in dict.fromkeys(map(str, moved["setting"])) if name not in told]


def _variants(rates: pd.DataFrame) -> list[str]:
    """The rows of the block below: each variant, and all halved ranges as one."""
    names = list(dict.fromkeys(map(str, rates["variant"])))
    plain = [name for name in names if not name.startswith(HALVED)]
    return [*plain, *([_HALVES] if len(plain) < len(names) else [])]


# The two blocks


def _draw_posterior(sheet: Page, top: float, moved: pd.DataFrame, shown: Sequence[str], block: _Block) -> None:
    """A column a theory: the prior's middle half as a band, and each posterior on it."""
    height = _ROW * len(shown)
    for place, (theory, number) in enumerate(block.theories.items()):
        axes = block.axes(sheet, place, top + 0.28, height)
        axes.set(xlim=(-0.02, 1.02), ylim=(len(shown) - 0.5, -0.5))
        bare(axes, keep=("bottom",))
        axes.axvspan(0.25, 0.75, color=_PRIOR, linewidth=0, zorder=0)
        axes.axvline(0.5, color=RULE, linewidth=0.8, zorder=0.5, linestyle=(0, (1, 2)))
        head = f"{number} {words.spoken(theory)}"
        axes.text(0, 1 + 0.07 / height, wrap(head, block.column, TEXT, "bold")[0], transform=axes.transAxes,
                  va="bottom", fontsize=TEXT, fontweight="bold")  # fmt: skip
        rows = {str(row["setting"]): row for row in moved[moved["theory"] == theory].to_dict("records")}
        for y, setting in enumerate(shown):
            if place == 0:
                axes.text(-0.12 / block.column, y, wrap(setting, _NAME - 0.14, TEXT)[0], ha="right", va="center",
                          transform=axes.get_yaxis_transform(), fontsize=TEXT)  # fmt: skip
            if setting in rows:
                _draw_range(axes, y, rows[setting])
        axes.set_xticks([0, 0.5, 1], ["0", "½", "1"])
        axes.text(0.5, -0.27 / height, "prior quantile", transform=axes.transAxes, ha="center", va="top",
                  fontsize=SMALL, color=QUIET)  # fmt: skip


def _draw_range(axes: Axes, y: int, row: Mapping[Any, Any]) -> None:
    """Middle 90 of 100 thin, middle half thick, median as a dot; open and grey where the theory is told nothing."""
    low, lower, middle, upper, high = (float(row[name]) for name in QUANTILES)
    colour, filling = (BLUE, BLUE) if row["told"] else (RULE, "white")
    axes.plot([low, high], [y, y], color=colour, linewidth=1.1, zorder=2, solid_capstyle="butt", gid="range")
    if row["told"]:
        axes.plot([lower, upper], [y, y], color=colour, linewidth=3.4, zorder=2.1, solid_capstyle="butt", gid="half")
    axes.plot([middle], [y], marker="o", markersize=5.5 if row["told"] else 4.2, linestyle="none", color=colour,
              markerfacecolor=filling, zorder=3, clip_on=False, gid="told" if row["told"] else "untold")  # fmt: skip


def _draw_compatibility(
    sheet: Page, top: float, rates: pd.DataFrame, kinds: Sequence[str], heads: Mapping[str, Sequence[str]],
    block: _Block, head: float,
) -> None:  # fmt: skip
    """A column a theory: the share of prior runs that live the record in each variant, on one axis of powers of ten."""
    height, least = _LINE * len(kinds), _least(rates)
    for place, theory in enumerate(block.theories):
        axes = block.axes(sheet, place, top + head, height)
        axes.set_xscale("log")
        axes.set(xlim=(least, 1.25), ylim=(len(kinds) - 0.5, -0.5))
        bare(axes, keep=("bottom",))
        axes.hlines(range(len(kinds)), least, 1, color=FAINT, linewidth=0.7, zorder=0)
        name, *said = heads[theory]
        axes.text(0, 1 + 0.06 / height, "\n".join(said), transform=axes.transAxes, va="bottom", fontsize=SMALL,
                  linespacing=1.25)  # fmt: skip
        axes.text(0, 1 + (0.08 + height_of(len(said), SMALL)) / height, name, transform=axes.transAxes, va="bottom",
                  fontsize=SMALL, fontweight="bold")  # fmt: skip
        rows = rates[rates["theory"] == theory]
        by_variant = {str(row["variant"]): row for row in rows.to_dict("records")}
        for y, kind in enumerate(kinds):
            if place == 0:
                axes.text(-0.12 / block.column, y, wrap(_named(kind), _NAME - 0.14, TEXT)[0], ha="right", va="center",
                          transform=axes.get_yaxis_transform(), fontsize=TEXT,
                          fontweight="bold" if kind == RECORD else "normal")  # fmt: skip
            if kind == _HALVES:
                _draw_halves(axes, y, rows[rows["variant"].astype(str).str.startswith(HALVED)])
            elif kind in by_variant:
                _draw_rate(axes, y, kind, by_variant[kind])
        room = -0.88 * math.log10(least / 1.25)  # at the very left a tick would touch that of the column before
        decades = [power for power in range(0, -20, -1) if -power < room]
        step = 2 if len(decades) > 3 else 1  # every power of ten has a tick, and as many as fit a number
        names = ["" if power % step else words.number(round(100 * 10.0**power, 9)) for power in decades]
        axes.set_xticks([10.0**power for power in decades], names)
        axes.set_xticks([], minor=True)
        axes.tick_params(labelsize=SMALL)
        axes.text(0.5, -0.27 / height, "of 100 prior runs", transform=axes.transAxes, ha="center", va="top",
                  fontsize=SMALL, color=QUIET)  # fmt: skip


def _draw_rate(axes: Axes, y: int, kind: str, row: Mapping[Any, Any]) -> None:
    """A share with its interval; where no run was kept, an arrow that ends at the most that it can be."""
    marker, colour, filling = _LOOKS.get(kind, _OTHER)
    low, high = float(row["low"]), float(row["high"])
    if not row["kept"]:
        arrow = {"arrowstyle": "->", "color": colour, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
        axes.annotate("", (axes.get_xlim()[0], y), (high, y), zorder=2, arrowprops=arrow)
        axes.plot([high], [y], marker="|", markersize=8, color=colour, linestyle="none", gid=f"most {kind}", zorder=3)
        return
    thick = 3.0 if kind == RECORD else 1.1
    axes.plot([max(low, axes.get_xlim()[0]), high], [y, y], color=colour, linewidth=thick, zorder=2,
              solid_capstyle="butt", gid=f"interval {kind}")  # fmt: skip
    axes.plot([float(row["share"])], [y], marker=marker, markersize=6.5 if kind == RECORD else 5, color=colour,
              markerfacecolor=filling, linestyle="none", zorder=3, gid=f"share {kind}")  # fmt: skip


def _draw_halves(axes: Axes, y: int, rows: pd.DataFrame) -> None:
    """The shares with one range halved each: a stroke for each, on a line from the least to the largest."""
    shares = rows.loc[rows["kept"] > 0, "share"].to_numpy(dtype=float)
    if len(shares):
        axes.plot([shares.min(), shares.max()], [y, y], color=ORANGE, linewidth=1.1, zorder=2, gid="halves")
        axes.plot(shares, [y] * len(shares), marker="|", markersize=7, color=ORANGE, linestyle="none", zorder=3,
                  markeredgewidth=0.7, gid="share halved")  # fmt: skip
    elif len(rows):
        axes.text(axes.get_xlim()[0], y, "none kept", va="center", fontsize=SMALL, color=QUIET, bbox=backing())


def _least(rates: pd.DataFrame) -> float:
    """The axis' left end: below all that is drawn, with room for the arrow of what was not kept."""
    plain = rates[~rates["variant"].astype(str).str.startswith(HALVED) | (rates["kept"] > 0)]
    values = plain.loc[plain["kept"] > 0, ["share", "low"]].to_numpy(dtype=float).ravel()
    most = plain.loc[plain["kept"] == 0, "high"].to_numpy(dtype=float) / 2
    positive = [value for value in [*values, *most] if value > 0]
    return min(min(positive, default=0.1) / 1.5, 0.007)


def _named(kind: str) -> str:
    return "all patterns hold" if kind == RECORD else kind


# Words


def _heading(number: str, theory: str, width: float, rates: pd.DataFrame) -> list[str]:
    """The theory, and its share in words."""
    name = wrap(f"{number} {words.spoken(theory)}", width, SMALL, "bold")[0]
    rows = rates[(rates["theory"] == theory) & (rates["variant"] == RECORD)]
    said = rate(rows.iloc[0]).replace(" draws; ", "\n").replace(" (", "\n(").split("\n") if len(rows) else []
    return [name, *(line for part in said for line in wrap(part, width, SMALL))]


def rate(row: Mapping[Any, Any] | pd.Series, *, interval: bool = True) -> str:
    """A share of prior runs in words; ``row`` has ``draws``, ``kept``, ``share``, ``low``, ``high``.

    >>> rate({"draws": 20000, "kept": 0, "share": 0, "low": 0, "high": 0.00015})
    'none of 20,000 draws; at most 3/20,000'
    >>> rate({"draws": 0})
    'no draw'
    >>> rate({"draws": 9500, "kept": 1000, "share": 1000 / 9500, "low": 0.0992, "high": 0.1116})
    '10.5 of 100 (9.9–11.2)'
    """
    if not row["draws"]:
        return "no draw"
    if not row["kept"]:
        return f"none of {int(row['draws']):,} draws; at most 3/{int(row['draws']):,}"
    low, share, high = words.interval(*(100 * float(row[name]) for name in ("low", "share", "high")))
    return f"{share} of 100 ({low}–{high})" if interval else f"{share} of 100"


def _note(moved: pd.DataFrame, shown: Sequence[str], columns: Mapping[str, str]) -> str:
    if not shown:
        return "In worlds that lived the record no unknown differs from its prior range more than luck would have it."
    said = (
        "Unknowns in worlds that lived the record, on the quantiles of their prior range. Dot: the middle world; "
        "thick and thin: the middle half and the middle 90 of 100 worlds. Grey band: the middle half of the prior."
    )
    if not moved.loc[moved["setting"].isin(shown), "told"].all():
        said += " Open and thin: under that theory the record does not tell."
    if any(name.startswith("theory.") for name in shown) and len(columns) > 1:
        said += " A name that begins with theory is each theory's own."
    return said


def _below(moved: pd.DataFrame, told: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """What moved and is not shown, what the record says nothing about, and how few worlds that rests on."""
    found = []
    if len(told) > SHOWN:
        found.append(f"Not shown: {len(told) - SHOWN} more that moved, each by less; the table has them.")
    untold, total = _untold(moved), moved["setting"].nunique()
    if untold:
        more = f" and {len(untold) - _NAMED} more" if len(untold) > _NAMED else ""
        found.append(f"The record says nothing about {len(untold)} of {total} unknowns under any theory: "
                     f"{', '.join(untold[:_NAMED])}{more}.")  # fmt: skip
    else:
        found.append(f"The record says something about all {total} unknowns.")
    kept = {theory: int(moved.loc[moved["theory"] == theory, "kept"].iloc[0]) for theory in columns}
    if few := [f"{count:,} under {columns[theory]}" for theory, count in kept.items() if count < FEW]:
        found.append(f"Few worlds are kept ({', '.join(few)}): what is not seen there may be there all the same.")
    return found


def _rates_note(kinds: Sequence[str]) -> str:
    said = (
        "How many of 100 prior runs live the record, with 95 % interval. It scales with the widths of the prior "
        "ranges, and is not the probability of a theory."
    )
    return f"{said} Strokes: one range halved each." if _HALVES in kinds else said


def title(results: CalibrationResults, *, theories: Mapping[str, str]) -> str:
    """The finding: how many unknowns the record tells about, which most, and how often theories live the record."""
    moved, rates = _moved(results, theories), _rates(results, theories)
    lived = _lived(rates, theories)
    if not len(moved):
        return f"In this model, {lived}"
    told, total = _told(moved), moved["setting"].nunique()
    if not told:
        said = f"In this model, {len(moved)} tests see nothing that the record says about any of {total} unknowns"
    else:
        first = [name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…" for name in told[:2]]
        most = first[0] if len(told) == 1 else f"most about {' and '.join(first)}"
        said = f"In this model, the record tells something about {len(told)} of {total} unknowns, {most}"
    return f"{said}; {lived}" if lived else said


def _lived(rates: pd.DataFrame, theories: Mapping[str, str]) -> str:
    rows = rates[rates["variant"] == RECORD].set_index("theory")
    rows = rows.loc[[name for name in theories if name in rows.index]]
    if not len(rows):
        return ""
    some = rows[rows["kept"] > 0].sort_values("share", kind="stable")
    if not len(some):
        return f"none of {int(rows['draws'].sum()):,} prior runs lives the record"
    ends = [f"{words.estimate(100 * float(row['share']))} (under {theories[str(theory)]})"
            for theory, row in (*some.head(1).iterrows(), *some.tail(1).iterrows())]  # fmt: skip
    told = ends[0].replace(" (under", " of 100 prior runs (under") if len(some) == 1 else \
        f"{ends[0]} to {ends[1]} of 100 prior runs"  # fmt: skip
    none = [theories[str(name)] for name in rows.index[rows["kept"] == 0]]
    return f"{told} live the record" + (f", none under {' and '.join(none)}" if none else "")


def table(results: CalibrationResults, *, theories: Mapping[str, str]) -> pd.DataFrame:
    """The figure's data: ``kind`` "setting" (a row a theory and setting, the farthest moved first) or "compatibility"
    (a row a theory and variant); columns of the other kind are empty."""
    moved, rates = _moved(results, theories), _rates(results, theories)
    order = {name: place for place, name in enumerate([*_told(moved), *_untold(moved)])}
    moved = moved.sort_values("setting", key=lambda names: names.map(order), kind="stable")
    first = moved[["theory", "setting", "kept", *QUANTILES, "shift", "narrowing", "p_holm", "told"]]
    second = rates[["theory", "variant", "draws", "kept", "share", "low", "high"]]
    parts = [first.rename(columns={"setting": "name"}).assign(kind="setting"),
             second.rename(columns={"variant": "name"}).assign(kind="compatibility")]  # fmt: skip
    columns = ["kind", "theory", "name", "draws", "kept", *QUANTILES, "shift", "narrowing", "p_holm", "told", "share",
               "low", "high"]  # fmt: skip
    whole = pd.concat([part for part in parts if len(part)], ignore_index=True).reindex(columns=columns)
    return whole.astype({"draws": "Int64", "kept": "Int64", "told": "boolean"})


def alt(results: CalibrationResults, *, theories: Mapping[str, str]) -> str:
    """The figure in words: the finding, each unknown that moved, what did not, each theory and its variants."""
    moved, rates = _moved(results, theories), _rates(results, theories)
    parts = [f"{title(results, theories=theories)}."]
    told, columns = _told(moved), _present(moved, theories)
    for setting in told[:SHOWN]:
        rows = moved[(moved["setting"] == setting) & moved["told"].astype(bool)]
        ends = [f"under {columns[str(row['theory'])]} {_middle(row)}" for row in rows.to_dict("records")]
        parts.append(f"{setting}, median and middle half in prior quantiles: {', '.join(ends)}.")
    if len(moved):
        parts += _below(moved, told, columns)
    for theory, number in _present(rates, theories).items():
        rows = rates[rates["theory"] == theory]
        by_variant = {str(row["variant"]): row for row in rows.to_dict("records")}
        listed = [f"{_named(kind)} {rate(by_variant[kind])}" for kind in _variants(rates) if kind in by_variant]
        halves = rows.loc[rows["variant"].astype(str).str.startswith(HALVED), "share"].to_numpy(dtype=float) * 100
        listed += [f"{_HALVES} {words.span(halves.min(), halves.max())} of 100"] if len(halves) else []
        parts.append(f"{number} {words.spoken(theory)}: {', '.join(listed)}.")
    if len(rates):
        parts.append(_rates_note(_variants(rates)))
    return " ".join(parts)


def _middle(row: Mapping[Any, Any]) -> str:
    """Median and middle half: "0.12 (0.05–0.30)"."""
    lower, middle, upper = (words.fixed(row[name], 2) for name in QUANTILES[1:4])
    return f"{middle} ({lower}–{upper})"
