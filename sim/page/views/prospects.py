"""What futures showed, for people: rows in words, dots that can be counted, and what must be said beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from sim import text as words
from sim.analysis.agreement import FLIPS, HOLDS
from sim.language import _, translated
from sim.page.ask import Shown
from sim.page.views.drawings import dots
from sim.page.views.naming import axis_name, large, measure_name, measure_unit, option_name
from sim.tabletop.measures import MEASURES
from sim.tabletop.papers.wording import ALL, difference, how_often, side, sign, verdict


@dataclass(frozen=True)
class Outlook:
    """One measure of an outlook: median, middle half, middle 90 of 100."""

    measure: str
    label: str
    unit: str
    median: str
    half: str
    ninety: str
    theories: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class ShownDifference:
    """One measure of one option, less that of another, on the same futures.

    Attributes
    ----------
    pair
        Number of its pair of options.
    same
        Whether nothing differs in any future.
    verdict
        What the theories come to: whether they agree, in words.
    flips
        Whether it helps under one explanation and harms under another.
    theories
        Of each: its name, its side, its difference with interval.
    """

    pair: int
    option: str
    against: str
    measure: str
    label: str
    unit: str
    often: str
    mean: str
    since: str
    same: bool
    verdict: str
    flips: bool
    theories: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Drawing:
    """Dots of one measure; ``varies`` where they do not all lie in one place."""

    measure: str
    label: str
    svg: Markup
    varies: bool


def outlook(shown: Shown) -> tuple[Outlook, ...]:
    """The rows of an outlook, a measure each."""
    found = []
    for name in shown.measures:
        own = [row for row in shown.rows if row["measure"] == name]
        whole = next((row for row in own if row["theory"] == ALL), None)
        if whole is None:
            continue
        each = tuple((translated(words.spoken(row["theory"])), _number(row["p50"]), _span(row["p5"], row["p95"]))
                     for row in own if row["theory"] != ALL)  # fmt: skip
        found.append(Outlook(name, measure_name(name), measure_unit(name), _number(whole["p50"]),
                             _span(whole["p25"], whole["p75"]), _span(whole["p5"], whole["p95"]), each))  # fmt: skip
    return tuple(found)


def differences(shown: Shown) -> tuple[ShownDifference, ...]:
    """The rows of a comparison or a try: a pair of options and a measure each."""
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for row in shown.rows:
        groups.setdefault((row["option"], row["against"], row["measure"]), []).append(row)
    pairs = list(dict.fromkeys(key[:2] for key in groups))
    return tuple(_difference(pairs.index(key[:2]), rows) for key, rows in groups.items()
                 if any(row["theory"] == ALL for row in rows))  # fmt: skip


def _difference(pair: int, rows: Sequence[Mapping[str, Any]]) -> ShownDifference:
    whole = next(row for row in rows if row["theory"] == ALL)
    name = whole["measure"]
    found = verdict(rows)
    each = tuple((translated(words.spoken(row["theory"])), translated(side(name, sign(row))), difference(row))
                 for row in rows if row["theory"] != ALL)  # fmt: skip
    return ShownDifference(
        pair=pair, option=option_name(whole["option"]), against=option_name(whole["against"]), measure=name,
        label=measure_name(name), unit=measure_unit(name), often=how_often(whole), mean=difference(whole),
        since=words.short_day(_date(whole["since"])) if whole.get("since") else _("no day"),
        same=not whole.get("better") and not whole.get("worse"),
        verdict=_verdict(name, found, rows), flips=found == FLIPS, theories=each,
    )  # fmt: skip


def _verdict(measure: str, found: str, rows: Sequence[Mapping[str, Any]]) -> str:
    if found == HOLDS:
        signs = {sign(row) for row in rows if row["theory"] != ALL}
        if len(signs) == 1:
            return _("holds under every theory: {side}").format(side=translated(side(measure, signs.pop())))
    return {
        FLIPS: _("flips: helps under one theory, harms under another"),
        "": _("the mean over the theories only"),
    }.get(found, translated(found))  # fmt: skip


def drawings(shown: Shown) -> tuple[Drawing, ...]:
    """Dots of every measure that was shown, the decisive one first."""
    found = []
    for measure in [name for name in shown.measures if name in shown.dots]:
        rows = {name: shown.dots[measure][name] for name in shown.options or ("nothing",)
                if name in shown.dots[measure]} or dict(shown.dots[measure])  # fmt: skip
        names = {name: large(option_name(name)) for name in rows}
        what = MEASURES[measure].over(shown.today, shown.until)
        axis = f"{axis_name(measure)}, {what}"
        alt = _("{axis}; each dot stands for one of fifty equal parts of the futures").format(axis=axis)
        svg = dots(rows, names, axis, alt, shown.medians.get(measure, {}))
        if svg is not None:
            varies = len({value for values in rows.values() for value in values}) > 1
            found.append(Drawing(measure, axis_name(measure), Markup(svg), varies))
    return tuple(found)


def _number(value: float | None) -> str:
    return "–" if value is None else words.number(value)


def _span(low: float | None, high: float | None) -> str:
    return _("none") if low is None or high is None else words.span(low, high)


def _date(text: str) -> date:
    return date.fromisoformat(text)
