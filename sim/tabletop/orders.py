"""What may be ordered: by whom, within which bounds, from which day, and beside what stands already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches

from sim import text as words
from sim.errors import UserMistake
from sim.language import _
from sim.model.events import TARGETS
from sim.tabletop.board import Board, Order, Write
from sim.tabletop.table_settings import EVERYBODY, FACILITATOR, Role

MOST_TEXT = 2_000
"""Letters of a text that is typed at the table."""


def role_of(board: Board, name: str, *, facilitator: bool = False, everybody: bool = False) -> str:
    """A role of this table by its id; with ``facilitator`` that one as well, and with ``everybody`` what all may know.

    Raises
    ------
    UserMistake
        There is no such role.
    """
    known = [*board.table.roles, *([FACILITATOR] if facilitator else []), *([EVERYBODY] if everybody else [])]
    if name in known:
        return name
    if name == FACILITATOR:
        right = _("the facilitator runs the table and does not do this; a role of the table: {roles}")
        raise UserMistake("role", name, right.format(roles=", ".join(board.table.roles)))
    close = get_close_matches(name, known, n=3, cutoff=0.4)
    near = f"; near it: {', '.join(close)}" if close else f"; there are {', '.join(known)}"
    raise UserMistake("role", name, f"no such role{near}")


def read_writes(role: Role, assignments: Sequence[str]) -> tuple[Write, ...]:
    """Words such as ``levers.pay_escrow=1`` or ``gangs.documented_attacks+=2`` as what an order writes.

    The group may be left out where only one target of the role has that name.

    Raises
    ------
    UserMistake
        For a target that there is not, or that another role decides, or an amount out of the role's bounds.
    """
    writes: list[Write] = []
    for word in assignments:
        key, sign, value = word.partition("=")
        added, key = key.endswith("+"), key.removesuffix("+").strip()
        if not sign:
            raise UserMistake(word, None, "an order is level=value, such as levers.pay_escrow=1")
        target = _target(role, key, value)
        low, high = role.orders[target]
        amount = _number(value)
        least = low - high if added else low
        if amount is None or not least <= amount <= high:
            right = f"a number from {least:g} to {high:g}, as {role.id} may order"
            point = _("; write a decimal point") if "," in value else ""
            raise UserMistake(target, value, right + point)
        if any(target == other for other, _, _ in writes):
            raise UserMistake(target, value, "is ordered twice in one order")
        writes.append((target, "add" if added else "set", amount))
    if not writes:
        raise UserMistake("order", None, f"what is ordered, such as {next(iter(role.orders))}=1")
    return tuple(writes)


def check_day(board: Board, day: date, key: str = "day") -> date:
    """A day that is still to be played.

    Raises
    ------
    UserMistake
        It has been played, or lies beyond what futures reach.
    """
    if day < board.today:
        played = f"that day has been played; the table stands at the morning of {board.today.isoformat()}"
        raise UserMistake(key, day.isoformat(), played)
    if day > board.table.last_day:
        raise UserMistake(key, day.isoformat(), f"a day up to {board.table.last_day.isoformat()}, where futures end")
    return day


def check_beside(board: Board, role: str, writes: Sequence[Write], day: date, option: str | None) -> None:
    """Refuse what contradicts an order that stands, or says it again.

    Two orders contradict each other that write the same level on the same day in different ways; so it is never left
    to the order of two lines which of them counts.

    Raises
    ------
    UserMistake
        Naming the other order.
    """
    standing = board.orders if option is None else (*board.orders, *board.orders_of(option))
    for target, op, amount in writes:
        for other in standing:
            for theirs, their_op, their_amount in other.writes:
                if theirs != target or other.day != day:
                    continue
                said = f"{other.id} of {other.role} has {theirs}{'+' if their_op == 'add' else ''}={their_amount:g}"
                again = (op, amount) == (their_op, their_amount)
                how = "says the same" if again else "contradicts it"
                right = f"{said} on {words.day(day)}, which {how}; take that back first (undo line={other.entry})"
                raise UserMistake(target, f"{amount:g}", right)


def in_words(writes: Sequence[Write]) -> str:
    """What an order writes, as people read it.

    >>> in_words((("levers.pay_escrow", "set", 1.0), ("gangs.documented_attacks", "add", 2.0)))
    'pay escrow 1, documented attacks +2'
    """
    return ", ".join(
        f"{target.partition('.')[2].replace('_', ' ')} {'+' if op == 'add' else ''}{amount:g}"
        for target, op, amount in writes
    )


def told(order: Order) -> str:
    """An order in a line: who, what, from when."""
    scripted = " (scripted, nobody plays this role)" if order.stand_in else ""
    return f"{order.role}: {order.text}, from {words.day(order.day)}{scripted}"


def check_text(key: str, text: str) -> str:
    """A text in one line, and not without end; raises UserMistake."""
    line = " ".join(text.split())
    if len(line) > MOST_TEXT:
        raise UserMistake(key, line, f"{len(line):,} letters; at most {MOST_TEXT:,}")
    return "".join(letter for letter in line if letter.isprintable())


def _target(role: Role, key: str, value: str) -> str:
    if key in role.orders:
        return key
    short = [target for target in role.orders if target.partition(".")[2] == key]
    if len(short) == 1:
        return short[0]
    whole = key if key in TARGETS else next((t for t in TARGETS if t.partition(".")[2] == key), None)
    if whole is not None:
        raise UserMistake(whole, value, f"is not {role.id}'s to order; it orders {', '.join(role.orders)}")
    close = get_close_matches(key, [*role.orders, *(t.partition(".")[2] for t in role.orders)], n=3, cutoff=0.5)
    near = f"; near it: {', '.join(close)}" if close else f"; {role.id} orders {', '.join(role.orders)}"
    raise UserMistake(key, value, f"nothing that can be ordered{near}")


def _number(value: str) -> float | None:
    given = {"true": "1", "false": "0", "yes": "1", "no": "0"}.get(value.strip().lower(), value)
    try:
        number = float(given)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
