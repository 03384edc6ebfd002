"""What was done, and what stands against it, in the words of a page: roles, levels and days as they stand on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from sim import text as words
from sim.language import _, translated
from sim.page.seats import Seat
from sim.page.views.chronicle import told_of_line
from sim.page.views.naming import expected, option_name, ordered, role_name, written
from sim.tabletop.board import Board, Expectation, Order
from sim.tabletop.injects.inject import Inject
from sim.tabletop.log import LogLine
from sim.tabletop.orders import OrdersClash
from sim.tabletop.table_settings import FACILITATOR

_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def dated(said: str) -> str:
    """A sentence of the table with its days as people read them.

    >>> dated("that day has been played; the table stands at the morning of 2024-03-15")
    'that day has been played; the table stands at the morning of 15 March 2024'
    """
    return _DAY.sub(lambda found: words.day(date.fromisoformat(found[0])), said)


def given(board: Board, order: Order, option: str = "") -> str:
    """An order that was given, in the played world or in an option."""
    said = {"id": order.id, "role": role_name(board, order.role), "what": ordered(order), "day": words.day(order.day)}
    if option:
        return _("{id}: {role}, in the option {option}, from {day}: {what}").format(option=option_name(option), **said)
    return _("{id}: {role}, from {day}: {what}").format(**said)


def scripted(board: Board, since: int, said: Sequence[str]) -> list[str]:
    """What was ordered of itself from a line on: orders in these words, and as it was said what else there is."""
    orders = [order for order in board.orders if order.entry > since]
    others = [one for one in said if not one.startswith(tuple(f"{order.id}:" for order in orders))]
    return [*(given(board, order) for order in orders), *others]


def optional(board: Board, name: str, role: str) -> str:
    """An option that was put on the table."""
    return _("{option}: an option of {role}").format(option=option_name(name), role=role_name(board, role))


def forecast(one: Expectation) -> str:
    """What was said to be expected."""
    return _("{id}: {what}").format(id=one.id, what=expected(one))


def touched(board: Board, inject: Inject, act: str, day: date | None) -> str:
    """What became of an inject."""
    done = {"fire": _("told"), "skip": _("left out")}.get(act)
    if done is None:
        done = _("put off to {day}").format(day=words.day(day)) if day else _("put off")
    said = {"id": inject.id, "role": role_name(board, inject.to), "done": done, "text": translated(inject.text)}
    return _("{id} to {role}, {done}: {text}").format(**said)


def taken_back(board: Board, line: LogLine) -> str:
    """A line that was taken back."""
    told = {"line": line.number, "role": role_name(board, line.by), "what": told_of_line(board, line)}
    return _("taken back: line {line}, {role}: {what}").format(**told)


def clash(board: Board, seat: Seat, fault: OrdersClash) -> str:
    """What stands already where an order would say otherwise, and who can do what about it."""
    other = fault.other
    if other is None:
        return dated(fault.right)
    theirs = [write for write in other.writes if write[0] == fault.key]
    said = {"id": other.id, "role": role_name(board, other.role), "what": written(theirs), "day": words.day(other.day)}
    if fault.same:
        return _("{role} has ordered that from {day} already ({id}: {what}).").format(**said)
    if seat.role == FACILITATOR:
        right = _("{role} has ordered otherwise from {day} ({id}: {what}). Take that back first, or name another day.")
    else:
        right = _(
            "{role} has ordered otherwise from {day} ({id}: {what}). The facilitator can take that back; or name "
            "another day."
        )
    return right.format(**said)
