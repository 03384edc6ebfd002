"""The session on one page: injects and orders by day over what everybody could read, what Kenya knew, and what was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sim import text as words
from sim.language import _, translated
from sim.tabletop.board import Board
from sim.tabletop.measures import Sight
from sim.tabletop.orders import text_of
from sim.tabletop.papers import svg
from sim.tabletop.papers.wording import delivered, in_order, inject_list, is_total, issue, sight_of, with_unit
from sim.tabletop.roles import told_to
from sim.tabletop.table_settings import FACILITATOR

WIDTH, LEFT, RIGHT, HIGH = 860.0, 206.0, 14.0, 58.0
SHOWN: Mapping[Sight, tuple[str, ...]] = {
    "public": ("reports", "deaths", "control", "deployed"),
    "kenya": ("exits", "available", "readiness"),
    "hidden": ("intents", "perceived_hazard", "rumour"),
}
"""The measures that a timeline has room for; one that never changes is left out."""
ALWAYS = ("reports", "exits", "intents")
"""What was reported, what happened and what was wanted: shown though it never changes, for that is news, too."""
_MOST_LABELS, _MOST_HINTS = 3, 8
_LETTER, _MARK = 7.4, 6.0
"""How wide a letter is at most, which a projector writes large, and half a mark with what is clear of it."""


@dataclass(frozen=True)
class _Days:
    """Where a day lies."""

    first: date
    count: int

    def x(self, day: date, share: float = 0.5) -> float:
        """The place of a moment of a day."""
        return LEFT + (WIDTH - LEFT - RIGHT) * ((day - self.first).days + share) / self.count


def timeline(board: Board, sights: Sequence[Sight], reader: str = FACILITATOR) -> str | None:
    """The timeline as SVG; None before a turn was played.

    Parameters
    ----------
    board
        The session.
    sights
        Whose measures are shown: all of them once it is over.
    reader
        Who looks at it: injects that went to others are left out.
    """
    if not board.turns:
        return None
    rows = [row for turn in board.turns for row in turn.days]
    first, last = board.turns[0].first, board.turns[-1].last
    when = _Days(first, (last - first).days + 1)
    parts: list[str] = []
    y = _turns(board, when, parts)
    y = _marks(board, when, y, last, parts, reader, by_hand="hidden" in sights)
    panels = [(sight, measure) for sight in sights for measure in _shown(sight, rows)]
    before: Sight | None = None
    for sight, measure in panels:
        if sight != before:
            parts.append(svg.text(0, y + 15, issue(sight), "head"))
            y, before = y + 24, sight
        y = _panel(measure, sight, rows, when, y, parts)
    bands = [
        svg.box(when.x(turn.first, 0), 30, when.x(turn.last, 1) - when.x(turn.first, 0), y - 30, "band")
        for turn in board.turns[::2]
    ]
    shown = words.joined(with_unit(measure) for _sight, measure in panels)
    alt = _("Timeline from {first} to {last}: orders and injects by day; {measures}").format(
        first=words.day(first), last=words.day(last), measures=shown
    )
    return svg.drawing(WIDTH, y + 4, alt, [*bands, *parts])


def _shown(sight: Sight, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Measures of a sight that are in the log and change; where none of the usual are, the first others."""
    known = [name for name in SHOWN[sight] if _changes(name, rows) or (name in ALWAYS and _numbers(name, rows))]
    others = [name for name in in_order(rows[0]) if name != "day" and sight_of(name) == sight and _changes(name, rows)]
    return known or others[:3]


def _changes(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    return _numbers(name, rows) and len({row[name] for row in rows}) > 1


def _numbers(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    return all(isinstance(row.get(name), int | float) for row in rows)


def _turns(board: Board, when: _Days, parts: list[str]) -> float:
    """Heads of the turns, and their first days."""
    for turn in board.turns:
        left, right = when.x(turn.first, 0), when.x(turn.last, 1)
        day = words.day_of_month(turn.first)
        heads = (_("Turn {n}").format(n=turn.number), str(turn.number))
        for y, said, kind in ((12, heads, "head"), (25, (_("from {day}").format(day=day), day), "soft")):
            if fitting := [one for one in said if _LETTER * len(one) + 4 <= right - left]:
                parts.append(svg.text((left + right) / 2, y, fitting[0], kind, "middle"))
    return 32.0


def _marks(board: Board, when: _Days, y: float, last: date, parts: list[str], reader: str, *, by_hand: bool) -> float:
    """A lane for each role that ordered something, one for injects, one for changes by hand."""
    roles = dict.fromkeys(order.role for order in board.orders)
    for role in [role for role in board.table.roles if role in roles]:
        marks = [(order.day, order.id, _("{id}: {what}").format(id=order.id, what=text_of(order)))
                 for order in board.orders if order.role == role]  # fmt: skip
        name = translated(board.table.roles[role].name)
        name = _("{role} (stand-in)").format(role=name) if role in board.table.stand_ins else name
        y = _lane(name, marks, "square", when, y, last, parts)
    rows = inject_list(board)
    fired = [
        (day, id, _("{inject} to {role}: {text}").format(
            inject=id, role=rows.get(id, {}).get("to", ""), text=translated(rows.get(id, {}).get("text", ""))))
        for day, id in delivered(board)
        if told_to(reader, str(rows.get(id, {}).get("to", "all")))
    ]  # fmt: skip
    if fired:
        y = _lane(_("Injects"), fired, "triangle", when, y, last, parts)
    forced = [(one.day, f"v{one.entry}", one.why) for one in board.overrides]
    if forced and by_hand:
        y = _lane(_("Facilitator, by hand"), forced, "diamond", when, y, last, parts)
    return y + 10


def _lane(
    name: str, marks: Sequence[tuple[date, str, str]], shape: str, when: _Days, y: float, last: date, parts: list[str]
) -> float:
    shapes = {"square": svg.square, "triangle": svg.triangle, "diamond": svg.diamond}
    by_day: dict[date, list[tuple[str, str]]] = {}
    for day, id, hint in marks:
        by_day.setdefault(min(day, last + timedelta(days=1)), []).append((id, hint))
    labels = {day: _label([id for id, _hint in here]) for day, here in by_day.items()}
    marked_at = {day: when.x(day) if day <= last else WIDTH - RIGHT for day in by_day}
    taken: list[list[tuple[float, float]]] = [[(x - _MARK, x + _MARK) for x in marked_at.values()]]
    """By row what stands in it: in the first the marks; a label that would cover anything goes one row down."""
    places: list[tuple[float, float, int, str, str, str]] = []
    for day in sorted(by_day):
        x, length = marked_at[day], _LETTER * len(labels[day])
        start, anchor = (x + 8, "start") if x + 8 + length < WIDTH else (x - 8, "end")
        left = start if anchor == "start" else max(start - length, 0.0)
        span = (left, left + length)
        free = (k for k, there in enumerate(taken) if all(span[1] < a or b < span[0] for a, b in there))
        row = next(free, len(taken))
        taken += [[] for _row in range(row + 1 - len(taken))]
        taken[row].append((span[0], span[1] + 4))
        places.append((x, start, row, anchor, labels[day], _hints([hint for _id, hint in by_day[day]])))
    rows = 1 + max(place[2] for place in places)
    for number, piece in enumerate(svg.wrapped(name, 27, 2)):
        parts.append(svg.text(0, y + 13 + 12 * number, piece, "soft"))
    parts.append(svg.line(LEFT, y + 9, WIDTH - RIGHT, y + 9, "faint"))
    for x, start, row, anchor, label, hint in places:
        parts.append(shapes[shape](x, y + 9, 4.5, "ink", hint))
        parts.append(svg.text(start, y + 13 + 13 * row, label, "", anchor, hint))
    return y + max(20 + 13 * (rows - 1), 20 + 12 * (len(svg.wrapped(name, 27, 2)) - 1))


def _hints(told: Sequence[str]) -> str:
    """What stands behind a mark, as far as somebody who points at it would read."""
    said = words.joined(told[:_MOST_HINTS])
    more = len(told) - _MOST_HINTS
    return _("{hints}; and {n} more").format(hints=said, n=more) if more > 0 else said


def _label(ids: Sequence[str]) -> str:
    more = f" +{len(ids) - _MOST_LABELS}" if len(ids) > _MOST_LABELS else ""
    return ", ".join(ids[:_MOST_LABELS]) + more


def _panel(
    measure: str, sight: Sight, rows: Sequence[Mapping[str, Any]], when: _Days, y: float, parts: list[str]
) -> float:
    """A measure day by day: bars of totals, a line of levels, on a scale from zero where that shows something."""
    values = [float(row[measure]) for row in rows]
    top, bottom = max(values), min(values)
    floor = 0.0 if is_total(measure) or bottom <= 0 or bottom < top / 2 else bottom
    room = HIGH - 14
    for number, piece in enumerate(svg.wrapped(with_unit(measure), 25, 3)):
        parts.append(svg.text(0, y + 14 + 13 * number, piece))
    scale = room / ((top - floor) or 1.0)
    ends = [(top, y + 8), (floor, y + 8 + room)]
    if words.number(top) == words.number(floor):  # what never changes has one number
        del ends[0]
    for value, at in ends:
        parts.append(svg.line(LEFT, at, WIDTH - RIGHT, at, "faint"))
        parts.append(svg.text(LEFT - 6, at + 4, words.number(value), "soft", "end"))
    base = y + 8 + room
    moments = [(date.fromisoformat(row["day"]), base - (value - floor) * scale)
               for row, value in zip(rows, values, strict=True)]  # fmt: skip
    if is_total(measure):
        wide = (when.x(when.first, 1) - when.x(when.first, 0)) * 0.72
        parts += [svg.box(when.x(day) - wide / 2, at, wide, base - at, sight) for day, at in moments if at < base]
    else:
        steps = [point for day, at in moments for point in ((when.x(day, 0), at), (when.x(day, 1), at))]
        parts.append(svg.path(steps, f"{sight} line"))
    return y + HIGH + 8
