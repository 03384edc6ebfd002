"""Options on the table, as a tree: each with its orders, and those that go on from it below it."""

from __future__ import annotations

from dataclasses import dataclass

from sim import text as words
from sim.page.views.naming import option_name, ordered, role_name
from sim.tabletop.board import Board, Option


@dataclass(frozen=True)
class Card:
    """An option.

    Attributes
    ----------
    name, label
        As forms have it, and as people say it.
    role
        Who thought of it.
    orders
        Its own orders: whose, what, and from when; no day means from the day on which it is chosen.
    chosen
        Whether it was; it can be compared no more.
    mine
        Whether the reader may choose it: all that is ordered in it is his.
    below
        Options that go on from it.
    """

    name: str
    label: str
    role: str
    text: str
    orders: tuple[tuple[str, str, str], ...]
    chosen: bool
    mine: bool
    below: tuple[Card, ...]


def tree(board: Board, reader: str, *, all_mine: bool) -> tuple[Card, ...]:
    """The options that go on from none, each with those below it; ``all_mine`` of the facilitator."""
    return tuple(_card(board, one, reader, all_mine) for one in board.options.values()
                 if one.on is None or one.on not in board.options)  # fmt: skip


def _card(board: Board, one: Option, reader: str, all_mine: bool) -> Card:
    dated = {order.id for order in one.orders if board.lines[order.entry].data["day"] is not None}
    orders = tuple(
        (role_name(board, order.role), ordered(order), words.short_day(order.day) if order.id in dated else "")
        for order in one.orders
    )
    whole = board.orders_of(one.name)
    return Card(
        one.name, option_name(one.name), role_name(board, one.role), one.text, orders, one.name in board.adopted,
        all_mine or (bool(whole) and all(order.role == reader for order in whole)),
        tuple(_card(board, other, reader, all_mine) for other in board.options.values() if other.on == one.name),
    )  # fmt: skip


def open_names(board: Board) -> tuple[tuple[str, str], ...]:
    """Options that were not chosen: names and labels."""
    return tuple((name, option_name(name)) for name in board.options if name not in board.adopted)


def choosable(board: Board, reader: str, *, all_mine: bool) -> tuple[tuple[str, str], ...]:
    """Open options that the reader may choose."""
    return tuple(
        (name, label) for name, label in open_names(board)
        if (orders := board.orders_of(name)) and (all_mine or all(order.role == reader for order in orders))
    )  # fmt: skip
