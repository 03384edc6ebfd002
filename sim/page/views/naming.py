"""What things are called on a page, in its language: roles, measures, levels, orders, expectations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sim import text as words
from sim.language import _, translated
from sim.tabletop.board import Board, Expectation, Order, Write
from sim.tabletop.measures import MEASURES
from sim.tabletop.orders import logged_words
from sim.tabletop.papers.wording import SHARE, YES_NO, level_meaning, unit_of_level
from sim.tabletop.table_settings import FACILITATOR

_SYMBOL = re.compile(r"^\S{1,3}\s?: ")


def role_name(board: Board, role: str) -> str:
    """A role as people call it; of a stand-in that it is one."""
    known = board.table.roles.get(role)
    if known is None:
        named = {FACILITATOR: _("Facilitator"), "all": _("everybody"), "observer": _("Observer"),
                 "projector": _("Projector")}  # fmt: skip
        return named.get(role, role)
    if role in board.table.stand_ins:
        return _("{role} (stand-in)").format(role=translated(known.name))
    return translated(known.name)


def measure_name(measure: str) -> str:
    """A measure in words, with its first letter large."""
    said = translated(MEASURES[measure].text) if measure in MEASURES else words.spoken(measure)
    return large(said)


def measure_unit(measure: str) -> str:
    """Its unit where its words do not say it."""
    if measure not in MEASURES:
        return ""
    one = MEASURES[measure]
    return "" if all(word in one.text for word in one.unit.split()) or one.unit == "0 to 1" else translated(one.unit)


def axis_name(measure: str) -> str:
    """A measure with its unit, for an axis."""
    unit = measure_unit(measure)
    return f"{measure_name(measure)} ({unit})" if unit else measure_name(measure)


def level_name(target: str) -> str:
    """What it means to order a level, with its first letter large; a symbol of formulas before it is left out.

    >>> level_name("levers.first_contingent")
    'Officers of the first contingent; departure is half as imminent to the others'
    """
    return large(_SYMBOL.sub("", level_meaning(target)))


def is_yes_no(target: str) -> bool:
    """Whether a level is not done (0) or done (1), and its words do not say already what 1 is."""
    return unit_of_level(target) == YES_NO and "(1)" not in level_meaning(target)


def level_value(target: str, amount: float, op: str = "set") -> str:
    """An amount of a level in words.

    >>> level_value("levers.insurance", 1.0), level_value("levers.reserve", 250.0)
    ('yes', '250 officers')
    """
    if op == "add":
        return words.number(amount, signed=True)
    if is_yes_no(target) and amount in (0.0, 1.0):
        return _("yes") if amount else _("no")
    if unit_of_level(target) in (YES_NO, SHARE):
        return words.number(amount)
    return words.counted(amount, unit_of_level(target))


def written(writes: Sequence[Write]) -> str:
    """What an order writes, in words: "Life and injury insurance signed: yes"."""
    return words.joined(
        _("{level}: {value}").format(level=level_name(target), value=level_value(target, amount, op))
        for target, op, amount in writes
    )


def ordered(order: Order) -> str:
    """What an order is: its own words where somebody gave it some, else what its levels mean."""
    return written(order.writes) if order.text == logged_words(order.writes) else order.text


def expected(said: Expectation) -> str:
    """An expectation as people say it."""
    about, day = measure_name(said.measure), words.short_day(said.by)
    if said.sense == "range":
        return _("{about}: {low} to {high} by {day}, {sure} % sure").format(
            about=about, low=words.number(said.low), high=words.number(said.high), day=day,
            sure=words.number(100 * said.level),
        )  # fmt: skip
    side = _("at least {limit}") if said.sense == ">=" else _("at most {limit}")
    return _("{about}, {side} by {day}: {chance} %").format(
        about=about, side=side.format(limit=words.number(said.threshold)), day=day, chance=words.number(100 * said.p),
    )  # fmt: skip


def option_name(name: str) -> str:
    """An option as people say it; doing nothing, what was played and what is tried have names of their own."""
    named = {"nothing": _("as things stand"), "played": _("what was decided"), "try": _("what you try")}
    return named.get(name, words.spoken(name))


def large(said: str) -> str:
    """The same with its first letter large."""
    return said[:1].upper() + said[1:]
