"""What changed since the last turn, as a seat may know it: numbers, what happened, and what was told to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from sim import text as words
from sim.language import _, translated
from sim.page.views.drawings import spark
from sim.page.views.naming import measure_name, measure_unit, ordered, role_name
from sim.tabletop.board import ARRIVES, Board
from sim.tabletop.measures import MEASURES, Sight
from sim.tabletop.orders import text_of
from sim.tabletop.papers.wording import held, inject_list
from sim.tabletop.roles import told_to
from sim.tabletop.standing import TableStanding, cause, causes, happened_in, knows_of

BIG = ("reports", "deaths", "attacks", "control", "deployed", "casualties")
"""Public measures that a projector has room for."""
MOST = 40
"""Things that happened, and messages, that a page tells one by one: the newest."""
_SHARES = ("control", "funding")
"""Measures that are told in hundredths."""


@dataclass(frozen=True)
class Number:
    """A measure of the last turn.

    Attributes
    ----------
    name, label, unit
        Of the measure, in words.
    sight
        Who sees it.
    now, before, change
        As people read them; empty where there is none.
    delta
        The change as a number alone, where there is no room for more.
    way
        ``up``, ``down`` or ``same`` since the turn before; empty for the first.
    level
        Whether it is of the turn's last day, and no total.
    because
        What orders and injects did to it; for the facilitator.
    drawing
        Its days.
    """

    name: str
    label: str
    unit: str
    sight: Sight
    now: str
    before: str
    change: str
    delta: str
    way: str
    level: bool
    because: str
    drawing: Markup


@dataclass(frozen=True)
class Happening:
    """Something that happened, and where it came from in words."""

    day: str
    what: str
    source: str


@dataclass(frozen=True)
class Told:
    """An inject that reached a seat.

    Attributes
    ----------
    fresh
        Whether it is of the turn that is open, or its condition came about in the last one.
    """

    id: str
    day: date
    to: str
    text: str
    by: str
    channel: str
    fresh: bool


def numbers(board: Board, standing: TableStanding) -> tuple[Number, ...]:
    """The measures of the last turn; none before one was played."""
    days = [row for turn in board.turns for row in turn.days]
    lengths = [len(turn.days) for turn in board.turns]
    rows: list[Mapping[str, Any]] = standing.measures.to_dict("records")  # type: ignore[assignment]
    return tuple(_number(board, row, days, lengths) for row in rows)


def _number(board: Board, row: Mapping[str, Any], days: list[Mapping[str, Any]], lengths: list[int]) -> Number:
    name = row["measure"]
    measure = MEASURES[name]
    now, before, change = (_known(row[column]) for column in ("last turn", "turn before", "change"))
    if now is not None and before is not None and change is not None:  # of what is read
        change = _shown(name, now) - _shown(name, before)
    way = "" if change is None else "up" if change > 0 else "down" if change < 0 else "same"
    values = [float(day[name]) for day in days if day.get(name) is not None]
    total = measure.how == "total"
    drawing = spark(values, total=total, turns=lengths) if len(values) == len(days) else ""
    return Number(
        name=name, label=measure_name(name), unit=measure_unit(name), sight=measure.sight, now=_amount(name, now),
        before=_amount(name, before), change=_gap(name, change), delta=_delta(name, change), way=way, level=not total,
        because=_because(board, name) if row["because"] else "", drawing=Markup(drawing),
    )  # fmt: skip


def _because(board: Board, name: str) -> str:
    """What orders and injects did to a measure, in its own unit; what is nothing in that is left out."""
    said = {order.id: ordered(order) for order in board.orders}
    gaps = [(_shown(name, gap), row) for gap, row in causes(board.turns[-1], name)]
    by = _("{gap} by {what}")
    return words.joined(by.format(gap=_gap(name, gap), what=said.get(str(row["id"])) or cause(board, row))
                        for gap, row in gaps if gap)  # fmt: skip


def _known(value: float | None) -> float | None:
    return None if value is None or value != value else float(value)


def _shown(name: str, value: float) -> float:
    """A value as it stands on the page: shares in hundredths with a decimal, what is counted whole."""
    if name in _SHARES:
        return round(100 * value, 1)
    return float(round(value)) if MEASURES[name].type == "count" else value


def _amount(name: str, value: float | None) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    said = words.number(_shown(name, value))
    return _("{n} %").format(n=said) if name in _SHARES else said


def _gap(name: str, change: float | None) -> str:
    """A change of what stands on the page, as people read it."""
    if change is None:
        return ""
    return _("{n} points").format(n=_delta(name, change)) if name in _SHARES else _delta(name, change)


def _delta(name: str, change: float | None) -> str:
    """The same as a number alone."""
    return "" if change is None else words.number(round(change, 1) if name in _SHARES else change, signed=True)


def happened(board: Board, role: str) -> tuple[Happening, ...]:
    """What happened in the last turn."""
    if not board.turns:
        return ()
    sources = {
        "order": _("ordered"), "inject": _("inject"), "override": _("changed by hand"), "rules": _("Kenya's rules"),
        "record": _("as documented"), "scenario": _("scenario"),
    }  # fmt: skip
    rows = happened_in(board, board.turns[-1], role).to_dict("records")[-MOST:]
    said = {text_of(order): ordered(order) for order in board.orders}
    arrives = translated(ARRIVES)
    said |= {arrives.format(what=text): arrives.format(what=told) for text, told in said.items()}
    return tuple(
        Happening(words.short_day(date.fromisoformat(row["day"])), said.get(row["what"]) or translated(row["what"]),
                  sources.get(row["from"], row["from"]))
        for row in rows
    )  # fmt: skip


def told(board: Board, role: str) -> tuple[Told, ...]:
    """Injects that reached a seat, the newest first."""
    rows = inject_list(board)
    since = board.turns[-1].first if board.turns else board.table.first_day
    found = [(one.day, one.entry, one.id, one.to, one.text, one.entry > board.opened_at)
             for one in board.injects.values() if one.act == "fired"]  # fmt: skip
    found += [(day, 0, id, str(rows[id].get("to", "all")), str(rows[id].get("text", "")), day >= since)
              for day, id in held(board)]  # fmt: skip
    mine = [one for one in found if told_to(role, one[3])]
    return tuple(
        Told(id, day, role_name(board, to), translated(text), translated(str(rows.get(id, {}).get("by", "") or "")),
             translated(str(rows.get(id, {}).get("channel", "") or "")), fresh)
        for day, _line, id, to, text, fresh in sorted(mine, key=lambda one: (one[0], one[1]), reverse=True)[:MOST]
    )  # fmt: skip


def seen_measures(board: Board, role: str) -> tuple[str, ...]:
    """Measures that a seat may ask about, the decisive ones first."""
    knows = knows_of(board, role)
    first = [name for name in ("exits", "available", "deployed", "reports", "deaths") if MEASURES[name].sight in knows]
    return tuple(dict.fromkeys([*first, *(name for name, one in MEASURES.items() if one.sight in knows)]))
