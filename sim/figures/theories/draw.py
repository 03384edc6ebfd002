"""F6: where the rival theories agree: theory against finding, and theory against the record's patterns C1 to C6.

A cell says its verdict three times, by a symbol, in words and by its shade, so that neither colour nor shape is needed
alone. The reference theory stands first and has no vote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim import text as words
from sim.analysis.agreement import FLIPS, HOLDS, NOTHING, OPEN, REFERENCE, voting
from sim.analysis.agreement import finding as verdict_of
from sim.analysis.patterns import HALF
from sim.figures.drawing.layout import MARGIN, Footer, Page, page
from sim.figures.drawing.style import INK, RULE, SMALL, TEXT, context, height_of, width_of, wrap
from sim.outcomes.entry import FEWER, Words

_SAID = {HOLDS: ("holds", "hold"), FLIPS: ("flips", "flip"), OPEN: ("is not discriminated", "are not discriminated"),
         NOTHING: ("does nothing", "do nothing")}  # fmt: skip
_MARK: Mapping[str, str] = {HOLDS: "●", FLIPS: "⇄", OPEN: "○", NOTHING: "="}
_SHADES: Mapping[str, str] = {"better": "#BFDDF2", "worse": "#F7DDAA", "unclear": "#F2F2F2", "none": "white"}
_LABEL, _CELL, _VERDICT = 2.75, 1.22, 1.55  # inches: the row's name, a theory's column, the verdict's
_PAD = 0.07


@dataclass(frozen=True, slots=True)
class Effect:
    """What a finding comes to under one theory: the mean difference and its 95 % interval, None where unknown."""

    difference: float | None
    low: float | None = None
    high: float | None = None

    @property
    def sign(self) -> int | None:
        """−1 or 1 where the interval tells the side, 0 where it does not; None where nothing is known."""
        if self.difference is None:
            return None
        if self.low is None or self.high is None or self.low <= 0 <= self.high:
            return 0
        return 1 if self.difference > 0 else -1

    @property
    def nothing(self) -> bool:
        """Whether no run differs at all."""
        return self.difference == 0 and (self.low, self.high) in ((0, 0), (None, None))


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, such as a scenario less the baseline, under each theory."""

    text: str
    effects: Mapping[str, Effect]

    @property
    def verdict(self) -> str:
        """What the signs under the theories that have a vote come to (:func:`sim.analysis.agreement.finding`)."""
        effects = [self.effects[name] for name in voting(self.effects)]
        return verdict_of([0 if effect.nothing else effect.sign or None for effect in effects])


@dataclass(frozen=True, slots=True)
class PatternShares:
    """A pattern of the record, and by theory the share of replicates that pass it: None where it was not tested.

    ``whole`` marks a pattern of the ensemble, which passes or not: its share is 1 or 0.
    """

    id: str
    text: str
    shares: Mapping[str, float | None]
    whole: bool = False

    def shown(self, theory: str) -> bool | None:
        """Whether at least :data:`HALF` of the runs under a theory pass; None where it was not tested."""
        share = self.shares.get(theory)
        return None if share is None else share >= HALF


@dataclass(frozen=True, slots=True)
class _Cell:
    lines: list[str]
    shade: str = "white"
    weight: str = "normal"
    hatch: str = ""


@dataclass(frozen=True, slots=True)
class _TableRow:
    name: list[str]
    cells: list[_Cell]

    @property
    def height(self) -> float:
        tall = max(len(cell.lines) for cell in self.cells)
        return height_of(max(len(self.name), tall), SMALL) + 2 * _PAD


def draw(
    findings: Sequence[Finding],
    patterns: Sequence[PatternShares],
    *,
    theories: Mapping[str, str],
    outcome: str,
    sides: Words = FEWER,
    lower_is_better: bool = True,
    footer: Footer,
) -> Figure:
    """Draw both tables, or the one that has rows.

    Parameters
    ----------
    findings, patterns
        The rows; either may be empty.
    theories
        Name and number of each theory ("breach": "T4"), in the order of the columns.
    outcome
        What differences are of, with its unit ("officers out by 31 July 2024").
    sides
        The outcome's words for less and more of it.
    lower_is_better
        Whether a negative difference is the better side.

    Raises
    ------
    ValueError
        There is neither a finding nor a pattern, or no theory.
    """
    if not theories or not (findings or patterns):
        raise ValueError("no finding and no pattern, or no theory: there is nothing to draw")
    with context():
        head = [_Cell(wrap(f"{number} {name}".replace("_", " "), _CELL - 0.1, SMALL, "bold"), weight="bold")
                for name, number in theories.items()]  # fmt: skip
        blocks: list[tuple[str, list[_TableRow]]] = []
        if findings:
            rows = [_row(finding, theories, sides, lower_is_better) for finding in findings]
            top = _TableRow(["against the baseline"], [*head, _Cell(["finding"], weight="bold")])
            blocks.append((f"Mean difference in {outcome}, with its 95 % interval", [top, *rows]))
        if patterns:
            shown = [_pattern_row(pattern, theories) for pattern in patterns]
            top = _TableRow(["pattern of the record"], [*head, _Cell(["shown by"], weight="bold")])
            blocks.append(("Patterns of the record: in how many of 100 runs", [top, *shown]))
        width = 2 * MARGIN + _LABEL + _CELL * len(theories) + _VERDICT
        notes = {text: wrap(text, width - 2 * MARGIN, SMALL) for text in _notes(findings, patterns, theories)}
        body = sum(0.3 + sum(row.height for row in rows) + 0.2 for _, rows in blocks)
        body += sum(height_of(len(lines), SMALL) + 0.04 for lines in notes.values())
        sheet = page(width, body, title=title(findings, patterns, theories), footer=footer)
        at = 0.0
        for name, rows in blocks:
            _draw_block(sheet, name, rows, at)
            at += 0.3 + sum(row.height for row in rows) + 0.2
        for lines in notes.values():
            sheet.write(lines, at, SMALL)
            at += height_of(len(lines), SMALL) + 0.04
        return sheet.figure


def _row(finding: Finding, theories: Mapping[str, str], sides: Words, lower_is_better: bool) -> _TableRow:
    cells = [_effect_cell(finding.effects.get(name, Effect(None)), sides, lower_is_better) for name in theories]
    verdict = finding.verdict
    cells.append(_Cell(wrap(f"{_MARK[verdict]} {verdict}", _VERDICT - 0.12, SMALL, "bold"), weight="bold"))
    return _TableRow(wrap(finding.text, _LABEL - 0.12, SMALL), cells)


def _effect_cell(effect: Effect, sides: Words, lower_is_better: bool) -> _Cell:
    if effect.sign is None:
        return _Cell(["–", "not run"], hatch="....")
    if effect.nothing:
        return _Cell(["= no effect"], _SHADES["none"])
    assert effect.difference is not None
    number, ends = words.estimate(effect.difference), []
    if effect.low is not None and effect.high is not None:
        low, number, high = words.interval(effect.low, effect.difference, effect.high)
        ends = [f"{low} to {high}"]
    if effect.sign == 0:
        return _Cell([f"○ cannot tell, {number}" if width_of(f"○ cannot tell, {number}", SMALL) < _CELL - 0.08 else
                      "○ cannot tell", *ends], _SHADES["unclear"])  # fmt: skip
    better = (effect.sign < 0) == lower_is_better
    sign = f"▼ {sides.less}" if effect.sign < 0 else f"▲ {sides.more}"
    number = number.removeprefix("−")
    return _Cell([f"{sign}, {number}", *ends], _SHADES["better" if better else "worse"])


def _pattern_row(pattern: PatternShares, theories: Mapping[str, str]) -> _TableRow:
    cells, shown = [], 0
    counted = voting(theories)
    for name in theories:
        share, passes = pattern.shares.get(name), pattern.shown(name)
        if share is None or passes is None:
            cells.append(_Cell(["– not tested"], hatch="...."))
            continue
        shown += passes and name in counted
        count = "" if pattern.whole else f", {words.hundredth(share)}"
        said = f"{'✓ yes' if passes else '✗ no'}{count}"
        cells.append(_Cell([said], _SHADES["better" if passes else "unclear"]))
    tested = sum(pattern.shares.get(name) is not None for name in counted)
    cells.append(_Cell([f"{shown} of {tested}" if tested else "–"], weight="bold"))
    return _TableRow(wrap(f"{pattern.id}  {pattern.text}", _LABEL - 0.12, SMALL), cells)


def _draw_block(sheet: Page, name: str, rows: list[_TableRow], top: float) -> None:
    """A table of cells under its name."""
    count = len(rows[0].cells) - 1
    width, height = _LABEL + _CELL * count + _VERDICT, sum(row.height for row in rows)
    axes = sheet.axes(MARGIN, top + 0.3, width, height)
    axes.set(xlim=(0, width), ylim=(height, 0))
    axes.axis("off")
    axes.text(0, -0.09, name, va="bottom", fontsize=TEXT, weight="bold")
    at = 0.0
    for number, row in enumerate(rows):
        bold = "bold" if number == 0 else "normal"
        _write(axes, 0, at, row.height, row.name, bold)
        for place, cell in enumerate(row.cells):
            left, wide = _LABEL + _CELL * place, _VERDICT if place == count else _CELL
            if number and place < count:
                axes.add_patch(Rectangle((left, at), wide, row.height, facecolor=cell.shade, edgecolor="white",
                                         linewidth=1.5, zorder=0))  # fmt: skip
                if cell.hatch:
                    inside = (left + 0.02, at + 0.02), wide - 0.04, row.height - 0.04
                    look: Any = {"fill": False, "edgecolor": "#D0D0D0", "linewidth": 0, "zorder": 0.1}
                    axes.add_patch(Rectangle(*inside, hatch=cell.hatch, **look))
            _write(axes, left + 0.06, at, row.height, cell.lines, cell.weight)
        at += row.height
        axes.plot([0, width], [at, at], color=RULE, linewidth=1.0 if number == 0 else 0.4, clip_on=False)


def _write(axes: Axes, x: float, top: float, height: float, lines: list[str], weight: str) -> None:
    axes.text(x, top + height / 2, "\n".join(lines), va="center", fontsize=SMALL, weight=weight, color=INK,
              linespacing=1.2)  # fmt: skip


def _notes(findings: Sequence[Finding], patterns: Sequence[PatternShares], theories: Mapping[str, str]) -> list[str]:
    notes = []
    if findings:
        notes.append(
            f"{_MARK[HOLDS]} holds: all theories tell the same side. {_MARK[FLIPS]} flips: two tell different sides. "
            f"{_MARK[OPEN]} not discriminated: at least one cannot tell."
        )
    if patterns:
        notes.append(f"✓: at least {words.of_runs(HALF)} runs pass, or the ensemble does (C4).")
    if REFERENCE in theories and len(theories) > 1:
        notes.append(f"{theories[REFERENCE]} {REFERENCE} is the reference and has no vote.")
    return notes


def title(findings: Sequence[Finding], patterns: Sequence[PatternShares], theories: Mapping[str, str]) -> str:
    """How many findings hold under every theory, flip, or are not discriminated."""
    counted = voting(theories)
    many = f"{len(counted)} rival theories" if len(counted) > 1 else "the one theory run"
    if findings:
        verdicts = [finding.verdict for finding in findings]
        said = [f"{count} {forms[count > 1]}" for verdict, forms in _SAID.items() if (count := verdicts.count(verdict))]
        return f"In this model, of {words.several(len(findings), 'finding')} under {many}: {', '.join(said)}"
    tested = [p for p in patterns if any(p.shares.get(name) is not None for name in counted)]
    every = sum(all(p.shown(name) for name in counted) for p in tested)
    return f"In this model, {many} all show {every} of {len(tested)} tested patterns of the record"


def table(
    findings: Sequence[Finding], patterns: Sequence[PatternShares], *, theories: Mapping[str, str]
) -> pd.DataFrame:
    """The figure's data, one row a cell: kind, row, theory, difference, low, high or share, and the row's verdict."""
    rows = []
    for finding in findings:
        for name in theories:
            effect = finding.effects.get(name, Effect(None))
            rows.append({"kind": "finding", "row": finding.text, "theory": name, "difference": effect.difference,
                         "low": effect.low, "high": effect.high, "verdict": finding.verdict})  # fmt: skip
    for pattern in patterns:
        for name in theories:
            verdict = {None: "not tested", True: "shown", False: "not shown"}[pattern.shown(name)]
            rows.append({"kind": "pattern", "row": pattern.id, "theory": name, "share": pattern.shares.get(name),
                         "verdict": verdict})  # fmt: skip
    columns = ["kind", "row", "theory", "difference", "low", "high", "share", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def alt(findings: Sequence[Finding], patterns: Sequence[PatternShares], *, theories: Mapping[str, str]) -> str:
    """The tables in words."""
    parts = [f"{title(findings, patterns, theories)}."]
    for finding in findings:
        told = [f"{name} {words.estimate(effect.difference)}" for name, effect in finding.effects.items()
                if effect.difference is not None]  # fmt: skip
        parts.append(f"{finding.text}: {finding.verdict} ({', '.join(told) or 'not run'}).")
    for pattern in patterns:
        shares = [f"{name} {words.of_runs(share)}" for name in theories
                  if (share := pattern.shares.get(name)) is not None]  # fmt: skip
        parts.append(f"{pattern.id}, {pattern.text}: {', '.join(shares) or 'not tested'}.")
    return " ".join(parts)
