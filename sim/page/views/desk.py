"""The facilitator's desk: what a turn still misses of whom, the queue of injects, and everybody's orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sim import text as words
from sim.language import _, translated
from sim.page.ask import PageAsk
from sim.page.views.naming import ordered, role_name, written
from sim.tabletop.board import Board
from sim.tabletop.history import list_of
from sim.tabletop.injects.inject import when_due
from sim.tabletop.injects_due import inject_rows

MOST = 40
"""Rows of a list that a page tells one by one, so that it stays light whatever the log holds."""
_FIRST = ("due", "postponed", "waiting", "fired", "held", "skipped")
"""In which order the states of injects stand in the queue."""


@dataclass(frozen=True)
class RoleState:
    """What a role has done in the turn that is open.

    Attributes
    ----------
    role, name
        Which.
    scripted
        Whether nobody plays it.
    umpire
        Whether it plays what the model leaves to chance, and need neither forecast nor order.
    online
        Whether its page is open; None where that is not known.
    forecasts, orders, looked
        How many forecasts and orders of this turn, and whether futures were shown to it.
    """

    role: str
    name: str
    scripted: bool
    umpire: bool
    online: bool | None
    forecasts: int
    orders: int
    looked: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """What is waited for."""
        if self.scripted or self.umpire:
            return ()
        return tuple(said for said, there in ((_("forecast"), self.forecasts), (_("order"), self.orders)) if not there)


@dataclass(frozen=True)
class Queued:
    """An inject of the list as it stands.

    Attributes
    ----------
    state, said
        One of due, postponed, waiting, fired, held, skipped; and in words.
    open
        Whether it can still be fired, put off or left out.
    due
        The day, or what it waits for.
    does
        What it does to every world; empty for words alone.
    """

    id: str
    state: str
    said: str
    open: bool
    due: str
    to: str
    text: str
    by: str
    channel: str
    expected: str
    objective: str
    notes: str
    does: str


@dataclass(frozen=True)
class GivenOrder:
    """An order of the played world."""

    id: str
    line: int
    role: str
    what: str
    why: str
    day: str
    scripted: bool


def role_states(ask: PageAsk) -> tuple[RoleState, ...]:
    """Every role of the table, in the order of its file."""
    board, online = ask.session.board, dict(ask.seats)
    fresh = [order for order in board.orders if board.given_in[order.id] > board.opened_at and not order.stand_in]
    openings = _openings(board)
    return tuple(
        RoleState(
            role=role.id, name=role_name(board, role.id), scripted=role.id in board.table.stand_ins,
            umpire=role.plays_chance, online=online.get(f"player-{role.id}"),
            forecasts=sum(said.role == role.id and said.turn == board.turn for said in board.forecasts),
            orders=sum(order.role == role.id and order.entry not in openings for order in fresh),
            looked=any(line.by == role.id for line in board.seen),
        )
        for role in board.table.roles.values()
    )  # fmt: skip


def _openings(board: Board) -> frozenset[int]:
    """Orders that were given of themselves when the session began: nobody decided them."""
    opening = {role.id: role.opening for role in board.table.roles.values() if role.opening is not None}
    return frozenset(order.entry for order in board.orders
                     if (step := opening.get(order.role)) is not None and order.why == step.why
                     and [(target, value) for target, _, value in order.writes] == list(step.writes))  # fmt: skip


def queue(board: Board) -> tuple[Queued, ...]:
    """The list of injects, due ones first."""
    said = {
        "due": _("due"), "postponed": _("put off"), "waiting": _("waiting"), "fired": _("told"),
        "held": _("came about by itself"), "skipped": _("left out"),
    }  # fmt: skip
    whole = list_of(board)
    listed = {one.id: one for one in whole.injects}
    found = []
    for row in inject_rows(board).to_dict("records"):
        one = listed[row["id"]]
        numbers = [(target, op, float(value)) for target, op, value in one.writes if not isinstance(value, str)]
        found.append(Queued(
            id=one.id, state=row["state"], said=said[row["state"]],
            open=row["state"] in ("due", "postponed", "waiting", "skipped"), due=_due(row["due"], when_due(one)),
            to=role_name(board, one.to), text=translated(one.text), by=translated(one.by),
            channel=translated(one.channel), expected=translated(one.expected), notes=translated(one.notes),
            objective=translated(whole.objectives.get(one.objective, one.objective)),
            does=written(numbers) if numbers else "",
        ))  # fmt: skip
    return tuple(sorted(found, key=lambda one: _FIRST.index(one.state)))


def _due(told: str, waits: str) -> str:
    try:
        return words.short_day(date.fromisoformat(told))
    except ValueError:
        return waits


def days_to_put_off(board: Board, count: int = 14) -> tuple[tuple[str, str], ...]:
    """Days to which an inject can be put off: value and words."""
    days = [board.today + timedelta(days=k) for k in range(1, count + 1)]
    return tuple((day.isoformat(), words.short_day(day)) for day in days if day <= board.table.last_day)


def given(board: Board, reader: str, *, fresh: bool, reasons: bool) -> tuple[tuple[GivenOrder, ...], int]:
    """The newest orders of the played world, the newest first, and how many there are.

    Parameters
    ----------
    reader
        Who reads them.
    fresh
        Whether those of the open turn, or those before.
    reasons
        Whether everybody's reasons are told; else the reader's own alone.
    """
    own = [order for order in board.orders if (board.given_in[order.id] > board.opened_at) == fresh]
    newest = sorted(own, key=lambda order: -board.given_in[order.id])[:MOST]
    rows = tuple(
        GivenOrder(
            order.id, order.entry, role_name(board, order.role), ordered(order),
            _why(board, order.id, order.why) if reasons or order.role == reader else "", words.short_day(order.day),
            order.stand_in,
        )
        for order in newest
    )  # fmt: skip
    return rows, len(own)


def _why(board: Board, order: str, own: str) -> str:
    """The reasons of an order, and those for which its option was chosen."""
    chosen = [str(line.data["why"]) for line in board.adopted.values() if order in line.data["orders"]]
    return words.joined(dict.fromkeys(said for said in (*chosen, translated(own)) if said))


def overrides(board: Board) -> Sequence[tuple[str, str, str]]:
    """Changes of the played world by hand: day, what, why."""
    return [(words.short_day(one.day), written(one.writes), one.why) for one in reversed(board.overrides)]
