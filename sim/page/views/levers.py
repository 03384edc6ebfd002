"""The order sheet: each level that a role decides, in words, with its bounds and what stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sim import text as words
from sim.language import _
from sim.model.events import TARGETS
from sim.page.views.naming import is_yes_no, level_name, level_value, role_name
from sim.tabletop.board import Board, Order
from sim.tabletop.papers.wording import SHARE, YES_NO, level_unit, unit_of_level
from sim.tabletop.table_settings import Role

_FINEST = 10_000
"""Widest range that a slider is of any use for."""


@dataclass(frozen=True)
class Lever:
    """A level on somebody's order sheet.

    Attributes
    ----------
    target
        Its name in orders; the field of a form is ``level.`` and this.
    label
        What it means to order it.
    low, high, step
        Its bounds for this role, and the steps of a slider; a step of 0 has none, since no slider could be that fine.
    unit, unit_of_one
        What an amount counts, and what one of it is; empty for yes or no.
    yes_no
        Whether it is not done (0) or done (1).
    least, most
        The bounds in words.
    stands, since
        What holds, in words, and since when or by whom; empty where nothing is known of it.
    value
        The same as a number; None where there is none.
    pending
        Whether it was ordered in the turn that is open.
    also
        Others who may order it.
    """

    target: str
    label: str
    low: float
    high: float
    step: float
    unit: str
    unit_of_one: str
    yes_no: bool
    least: str
    most: str
    stands: str
    since: str
    value: float | None
    pending: bool
    also: tuple[str, ...]


LastOrders = Mapping[str, tuple[Order, str, float]]
"""By level the last order of the played world that writes it, how, and the amount."""


def last_orders(board: Board) -> LastOrders:
    """Those of a session."""
    return {target: (order, op, amount) for order in board.orders for target, op, amount in order.writes}


def order_sheet(board: Board, role: Role, last: LastOrders) -> tuple[Lever, ...]:
    """The levels that a role decides, in the order of the table's file."""
    return tuple(_lever(board, role, target, last.get(target)) for target in role.orders)


def _lever(board: Board, role: Role, target: str, last: tuple[Order, str, float] | None) -> Lever:
    low, high = role.orders[target]
    share = unit_of_level(target) in (YES_NO, SHARE)
    stands, since, value, pending = _standing(board, target, last)
    return Lever(
        target=target, label=level_name(target), low=low, high=high,
        step=0.05 if share else max(1.0, round((high - low) / 100)) if high - low <= _FINEST else 0.0,
        unit="" if share else level_unit(target),
        unit_of_one="" if share else words.counted(1, unit_of_level(target)).removeprefix("1").strip(),
        yes_no=is_yes_no(target),
        least=level_value(target, low), most=level_value(target, high), stands=stands, since=since, value=value,
        pending=pending,
        also=tuple(role_name(board, other.id) for other in board.table.roles.values()
                   if other.id != role.id and target in other.orders),
    )  # fmt: skip


def _standing(board: Board, target: str, last: tuple[Order, str, float] | None) -> tuple[str, str, float | None, bool]:
    """What holds of a level: what was ordered of it in this turn, else how it stood on the last evening, else the
    last order."""
    pulse = target in TARGETS and TARGETS[target].pulse
    if last is not None and board.given_in[last[0].id] > board.opened_at:
        order, op, amount = last
        since = _("ordered from {day} ({id}, {role})").format(
            day=words.short_day(order.day), id=order.id, role=role_name(board, order.role)
        )
        return level_value(target, amount, op), since, amount, True
    if board.turns and not pulse:
        amount = board.turns[-1].summary["levels"].get(target)
        if amount is not None:
            evening = board.today - timedelta(days=1)
            return level_value(target, amount), _("on {day}").format(day=words.short_day(evening)), float(amount), False
    if last is not None and not pulse:
        order, op, amount = last
        since = _("since {day}").format(day=words.short_day(order.day))
        return level_value(target, amount, op), since, amount, False
    return "", "", None, False
