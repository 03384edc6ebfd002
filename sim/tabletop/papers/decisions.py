"""What was decided at a table: orders, options that were chosen, options that were not, and what was taken back.

One list for the report, its sheet and two sessions side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim import text as words
from sim.language import _, marked, translated
from sim.tabletop.board import Board, Option, Order
from sim.tabletop.log import LogLine
from sim.tabletop.orders import in_words, logged_words
from sim.tabletop.papers.wording import NOTHING_DONE, PLAYED, level_meaning

ORDER, CHOSEN, NOT_CHOSEN = marked("order"), marked("option chosen"), marked("option not chosen")
BACK, BY_HAND = marked("taken back"), marked("override")
"""Kinds of decisions."""


@dataclass(frozen=True)
class Decision:
    """Something that was decided, or left undone.

    Attributes
    ----------
    turn
        In which it was.
    role
        Who owns it.
    kind
        :data:`ORDER`, :data:`CHOSEN`, :data:`NOT_CHOSEN`, :data:`BACK` or :data:`BY_HAND`.
    id
        Of the order, or the option's name.
    text, why
        What it is and the reasons given; empty where none were.
    day
        From when it holds; None for what was not chosen.
    orders
        The orders that it is made of.
    stand_in
        Whether it was scripted.
    entry
        Its line.
    """

    turn: int
    role: str
    kind: str
    id: str
    text: str
    why: str
    day: date | None
    orders: tuple[Order, ...]
    stand_in: bool
    entry: int


def turns_of_lines(board: Board) -> Mapping[int, int]:
    """The turn in which each line was written, those that were taken back among them, by the line's number."""
    played: list[int] = []
    turns = {}
    for line in board.lines:
        turns[line.number] = len(played) + 1
        if line.kind == "advance":
            played.append(line.number)
        elif line.kind == "undo" and line.data["of"] in played:
            del played[played.index(line.data["of"]) :]
    return turns


def decisions(board: Board) -> tuple[Decision, ...]:
    """Everything that was decided and counts, in the order of turns and lines.

    An option that was not chosen stands in the turn in which it was thought of, and in each later one in which its
    futures were lived beside what was played.
    """
    turns = turns_of_lines(board)
    chosen = {order for line in board.adopted.values() for order in line.data["orders"]}
    rows = [_order(order, turns) for order in board.orders if order.id not in chosen]
    rows += [_adopted(board, line, turns) for line in board.of_kind("adopt")]
    rows += list(_not_chosen(board, turns))
    rows += [
        Decision(turns[one.entry], "facilitator", BY_HAND, f"v{one.entry}", in_words(one.writes), one.why, one.day, (),
                 False, one.entry)
        for one in board.overrides
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.turn, row.kind == NOT_CHOSEN, row.entry)))


def taken_back(board: Board) -> tuple[tuple[LogLine, LogLine, int], ...]:
    """What was taken back: the line, the line that did it, and the turn in which it was written.

    A line that went with its turn stands with the line that took the turn back.
    """
    turns = turns_of_lines(board)
    rows: list[tuple[LogLine, LogLine, int]] = []
    for undo in (line for line in board.lines if line.kind == "undo"):
        taken = board.lines[undo.data["of"]]
        with_it = [taken]
        if taken.kind == "advance":
            seen = {row[0].number for row in rows}
            between = board.lines[taken.number + 1 : undo.number]
            with_it += [line for line in between if line.number in board.undone and line.number not in seen]
        rows += [(line, undo, turns[line.number]) for line in with_it]
    return tuple(rows)


def comparisons(board: Board, turn: int, option: str, against: str) -> list[Mapping[str, Any]]:
    """Rows of the futures in which an option was compared in a turn that was played; none of an open turn."""
    if turn > len(board.turns):
        return []
    given: Sequence[Mapping[str, Any]] = board.turns[turn - 1].summary.get("options", [])
    return [row for row in given if row["option"] == option and row["against"] == against]


def consequences(board: Board, one: Decision) -> list[Mapping[str, Any]]:
    """What an order or the orders of a chosen option made of the played world, row by row; see ``because``."""
    ids = {one.id, *(order.id for order in one.orders)}
    return [
        row
        for turn in board.turns[one.turn - 1 :]
        for row in turn.summary.get("because", [])
        if row["id"] in ids and one.kind in (ORDER, CHOSEN)
    ]


def differences(board: Board, one: Decision) -> list[Mapping[str, Any]]:
    """What an option that was not chosen would have changed, beside what was played in its turn."""
    if one.kind == NOT_CHOSEN:
        return comparisons(board, one.turn, one.id, PLAYED)
    return []


def played_against_nothing(board: Board, turn: int) -> list[Mapping[str, Any]]:
    """What was played in a turn beside nothing ordered in it."""
    return comparisons(board, turn, PLAYED, NOTHING_DONE)


def order_text(order: Order) -> str:
    """What an order is: its own words, or where it has none, what its levels mean; as it was typed."""
    if order.text != logged_words(order.writes):
        return translated(order.text)
    each = [f"{level_meaning(target)} ({target.partition('.')[2]} {'+' if op == 'add' else ''}{words.general(value)})"
            for target, op, value in order.writes]  # fmt: skip
    return words.joined(each)


def _order(order: Order, turns: Mapping[int, int]) -> Decision:
    text, why = order_text(order), translated(order.why)
    return Decision(turns[order.entry], order.role, ORDER, order.id, text, why, order.day, (order,), order.stand_in,
                    order.entry)  # fmt: skip


def _adopted(board: Board, line: LogLine, turns: Mapping[int, int]) -> Decision:
    by_id = {order.id: order for order in board.all_orders}
    orders = tuple(by_id[id] for id in line.data["orders"] if id in by_id)
    name = line.data["option"]
    option = board.options.get(name)
    said = words.joined(order_text(order) for order in orders)
    why = line.data["why"] or words.joined(translated(order.why) for order in orders if order.why)
    text = _option_text(option, said)
    first = min((order.day for order in orders), default=None)
    return Decision(turns[line.number], line.by, CHOSEN, name, text, why, first, orders, False, line.number)


def _option_text(option: Option | None, said: str) -> str:
    if option is None or not option.text:
        return said
    return _("{option}: {orders}").format(option=option.text, orders=said)


def _not_chosen(board: Board, turns: Mapping[int, int]) -> Iterator[Decision]:
    for name, option in board.options.items():
        line = board.adopted.get(name)
        last = turns[line.number] if line is not None else None
        first = turns[option.entry]
        lived = {turn.number for turn in board.turns if comparisons(board, turn.number, name, PLAYED)}
        for turn in sorted({first, *lived}):
            if turn < first or (last is not None and turn >= last):
                continue
            orders = board.orders_of(name)
            text = _option_text(option, words.joined(order_text(order) for order in orders) or _("no orders"))
            why = words.joined(translated(order.why) for order in orders if order.why)
            yield Decision(turn, option.role, NOT_CHOSEN, name, text, why, None, orders, False, option.entry)
