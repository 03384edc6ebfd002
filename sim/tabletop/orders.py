"""What may be ordered: by whom, within which bounds, from which day, and beside what stands already."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from difflib import get_close_matches

from sim import text as words
from sim.errors import UserMistake
from sim.language import SOURCE, _, spoken_in
from sim.model.events import TARGETS
from sim.tabletop.board import Board, Order, Write
from sim.tabletop.table_settings import EVERYBODY, FACILITATOR, Role

MOST_TEXT = 2_000
"""Letters of a text that is typed at the table."""


class OrdersClash(UserMistake):
    """An order that says something else than one that stands, or the same.

    Attributes
    ----------
    other
        The one that stands; None once it has come from another process.
    same
        Whether they say the same.
    """

    def __init__(self, key: str, value: object, right: str, other: Order | None = None, *, same: bool = False) -> None:
        super().__init__(key, value, right, _("undo line={line}").format(line=other.entry) if other else "")
        self.other, self.same = other, same

    def __reduce__(self) -> tuple[type[UserMistake], tuple[str, object, str, str]]:
        """Without the order, which another process knows by its id."""
        return UserMistake, (self.key, self.value, self.right, self.shell)


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
    near = _("near it: {names}") if close else _("there are {names}")
    raise UserMistake("role", name, _("no such role") + "; " + near.format(names=", ".join(close or known)))


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
            raise UserMistake(word, None, _("an order is level=value, such as levers.pay_escrow=1"))
        target = _target(role, key, value)
        low, high = role.orders[target]
        amount = _number(value)
        least = low - high if added else low
        if amount is None or not least <= amount <= high:
            right = _("a number from {low} to {high}")
            if "," in value:
                right = _("a number from {low} to {high}, with a decimal point")
            right = right.format(low=words.general(least), high=words.general(high))
            raise UserMistake(target, value, right, _("as {role} may order").format(role=role.id))
        if any(target == write[0] for write in writes):
            raise UserMistake(target, value, _("is ordered twice in one order"))
        writes.append((target, "add" if added else "set", amount))
    if not writes:
        right = _("what is ordered, such as {level}=1")
        raise UserMistake("order", None, right.format(level=next(iter(role.orders))))
    return tuple(writes)


def check_day(board: Board, day: date, key: str = "day") -> date:
    """A day that is still to be played.

    Raises
    ------
    UserMistake
        It has been played, or lies beyond what futures reach.
    """
    if day < board.today:
        played = _("that day has been played; the table stands at the morning of {day}")
        raise UserMistake(key, day.isoformat(), played.format(day=board.today.isoformat()))
    if day > board.table.last_day:
        right = _("a day up to {day}, where futures end")
        raise UserMistake(key, day.isoformat(), right.format(day=board.table.last_day.isoformat()))
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
                same = (op, amount) == (their_op, their_amount)
                right = (
                    _("{order} of {role} has {what} on {day}, which says the same; take that back first") if same else
                    _("{order} of {role} has {what} on {day}, which contradicts it; take that back first")
                )  # fmt: skip
                has = f"{theirs}{'+' if their_op == 'add' else ''}={their_amount:g}"
                right = right.format(order=other.id, role=other.role, what=has, day=words.day(day))
                raise OrdersClash(target, f"{amount:g}", right, other, same=same)


def in_words(writes: Sequence[Write]) -> str:
    """What an order writes, as people read it.

    >>> in_words((("levers.pay_escrow", "set", 1.0), ("gangs.documented_attacks", "add", 2.0)))
    'pay escrow 1, documented attacks +2'
    """
    return ", ".join(
        _("{level} {amount}").format(
            level=words.named(target.partition(".")[2]),
            amount=f"{'+' if op == 'add' else ''}{words.general(amount)}",
        )
        for target, op, amount in writes
    )


def logged_words(writes: Sequence[Write]) -> str:
    """The same as a log keeps it where nobody gave an order words of its own: in English, whoever writes it."""
    with spoken_in(SOURCE):
        return in_words(writes)


def text_of(order: Order) -> str:
    """What an order is: its own words, or where it has none, what it writes."""
    return in_words(order.writes) if order.text == logged_words(order.writes) else order.text


def told(order: Order) -> str:
    """An order in a line: who, what, from when."""
    said = {"role": order.role, "what": text_of(order), "day": words.day(order.day)}
    if order.stand_in:
        return _("{role}: {what}, from {day} (scripted, nobody plays this role)").format(**said)
    return _("{role}: {what}, from {day}").format(**said)


def check_text(key: str, text: str) -> str:
    """A text in one line, and not without end; raises UserMistake."""
    line = " ".join(text.split())
    if len(line) > MOST_TEXT:
        right = _("{n} letters; at most {most}")
        raise UserMistake(key, line, right.format(n=words.number(len(line)), most=words.number(MOST_TEXT)))
    return "".join(letter for letter in line if letter.isprintable())


def _target(role: Role, key: str, value: str) -> str:
    if key in role.orders:
        return key
    short = [target for target in role.orders if target.partition(".")[2] == key]
    if len(short) == 1:
        return short[0]
    whole = key if key in TARGETS else next((t for t in TARGETS if t.partition(".")[2] == key), None)
    if whole is not None:
        right = _("is not {role}'s to order; it orders {levels}")
        raise UserMistake(whole, value, right.format(role=role.id, levels=", ".join(role.orders)))
    close = get_close_matches(key, [*role.orders, *(t.partition(".")[2] for t in role.orders)], n=3, cutoff=0.5)
    right = _("nothing that can be ordered; near it: {names}")
    if not close:
        right = _("nothing that can be ordered; {role} orders {names}")
    raise UserMistake(key, value, right.format(role=role.id, names=", ".join(close or role.orders)))


def _number(value: str) -> float | None:
    given = {"true": "1", "false": "0", "yes": "1", "no": "0"}.get(value.strip().lower(), value)
    try:
        number = float(given)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
