"""Orders that change nothing, since what they order stands already or can be moved no more."""

from __future__ import annotations

from datetime import date

from sim.model.state import Phase
from sim.tabletop.board import Board, Order, Write

_DEPARTURE = "kenya.departure"
_AT_START = {_DEPARTURE: 0.0, "kenya.departure_held": 0.0}
"""How levels stand before the first turn, of which no log tells; of others that is not known."""
_DEPARTED = tuple(phase.name.lower().replace("_", " ") for phase in (Phase.DEPLOYING, Phase.IN_THEATRE))


def changes_nothing(board: Board, order: Order) -> bool:
    """Whether every level that an order sets stood so when it was given, so that the world is the same without it.

    Only levels are judged that nothing but orders, injects and the facilitator's hand moves: levers, and the departure,
    which nothing takes back or repeats once it has happened.

    Parameters
    ----------
    board
        The session, at any moment since.
    order
        One of it.
    """
    then = Board(board.lines[: board.given_in.get(order.id, order.entry)], board.undone)
    return all(_stands(then, write, order.day) for write in order.writes)


def _stands(then: Board, write: Write, day: date) -> bool:
    target, op, amount = write
    if not (target.startswith("levers.") or target in _AT_START):
        return False
    levels = then.turns[-1].summary["levels"] if then.turns else _AT_START
    if target == _DEPARTURE and levels.get("phase") in _DEPARTED:
        return True
    moved = [(one.day, one.writes) for one in then.injects.values() if one.act == "fired"]
    moved += [(one.day, one.writes) for one in then.overrides]
    if any(target == theirs for on, writes in moved if on >= then.today for theirs, _op, _amount in writes):
        return False
    ordered = [(one.day, theirs) for one in then.orders if then.today <= one.day <= day
               for theirs in one.writes if theirs[0] == target]  # fmt: skip
    if any(theirs[1] == "add" for _day, theirs in ordered):
        return False
    stood = max(ordered, key=lambda one: one[0])[1][2] if ordered else levels.get(target)
    return stood is not None and (amount == 0 if op == "add" else abs(float(stood) - amount) < 1e-6)
