"""Every combination of a few levers, pulled at the accord, under every theory: what `tabletop explore` shows.

A combination is a number whose bits say which levers are pulled: 0 is nothing, 3 the first and the second. The same
number is the same combination under each theory, and all of a theory meet the same officers and the same luck.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from sim import text as words
from sim.analysis.lever_orders import HOLDER, LEVERS, OWN, farthest, standing
from sim.ensemble.cases.case import Case, settings_of
from sim.ensemble.design.plan import distinct
from sim.ensemble.design.request import Request
from sim.ensemble.design.sweep import sweep
from sim.ensemble.design.told_when_read import beyond_the_pool
from sim.errors import NoEffect, UserMistake
from sim.model.events import TARGETS, Event
from sim.model.withdrawal import THEORIES
from sim.settings import schema
from sim.settings.overrides import key_of

PULLED_ON = date(2024, 3, 1)
"""The day of the accord, on which all levers are pulled."""
USUAL = ("pay_escrow", "insurance", "kit_first", "leaders_briefed", "first_contingent", "foreign_troops")
"""One of each kind of decision that a sender and its partners could have taken (docs/EXPLORER.md says why these)."""
MOST = 6
WEEKS = "weeks"
"""The table that the page's timeline is of."""
KEY = "levers"
CONTINGENT = "first_contingent"


@dataclass(frozen=True)
class Pull:
    """A lever, and how far it is pulled.

    Attributes
    ----------
    name
        Without ``levers.``.
    level, before, unit
        To what it is set, at what it stands until then, and the unit of both.
    text, holder, source
        What it is, who decides it, and what is known of its size.
    """

    name: str
    level: float
    before: float
    unit: str
    text: str
    holder: str
    source: str


@dataclass(frozen=True)
class LeverGrid:
    """All combinations of some levers under some theories.

    Attributes
    ----------
    request
        What is to be run.
    pulls
        The levers, the first of which is the lowest bit.
    cases
        By theory the case of each combination, ``2 ** len(pulls)`` of them.
    """

    request: Request
    pulls: tuple[Pull, ...]
    cases: Mapping[str, tuple[Case, ...]]

    @property
    def size(self) -> int:
        """Combinations a theory."""
        return 1 << len(self.pulls)

    def pulled(self, combination: int) -> tuple[Pull, ...]:
        """The levers that a combination pulls."""
        return tuple(pull for bit, pull in enumerate(self.pulls) if combination >> bit & 1)


def read_grid(overrides: Sequence[str], levers: str | None = None, config_path: Path | None = None) -> LeverGrid:
    """The grid of one world, under every theory unless some are named.

    Parameters
    ----------
    overrides
        Hydra's words; only a theory may have several values.
    levers
        Names with commas, each with ``:level`` or without; else :data:`USUAL`.

    Raises
    ------
    UserMistake
        For a word that makes no case, several worlds, and levers that are none, too many or cannot be pulled.
    """
    wanted = _named(levers)
    named = list(overrides)
    if not any(word.startswith("theory=") for word in named):
        named.append(f"theory={','.join(THEORIES)}")
    asked = sweep(named, config_path)
    several = [key for key in asked.swept if key != "theory"]
    if several:
        typed = _typed(named, several[0])
        raise UserMistake(several[0], typed, "one value: this shows one world, under several theories")
    bases: dict[str, Case] = {}
    for case in distinct(asked.cases):
        if case.theory in bases:
            right = f"one world a theory, and here are {bases[case.theory].label} and {case.label}"
            raise UserMistake("design", _typed(named, "design"), right)
        bases[case.theory] = case
    if asked.plan.until is not None:
        right = "0: every combination has the same worlds; ensemble.replicates says how many"
        raise UserMistake("ensemble.until", asked.plan.until.half_width, right)
    first = next(iter(bases.values()))
    start, end = (first.values[f"clock.{name}"] for name in ("start", "end"))
    assert isinstance(start, date)
    assert isinstance(end, date)
    if not start < PULLED_ON <= end:
        key, right = ("start", f"before {PULLED_ON}") if start >= PULLED_ON else ("end", f"{PULLED_ON} or later")
        raise UserMistake(f"clock.{key}", first.values[f"clock.{key}"], f"{right}: that day levers are pulled")
    pulls = tuple(_pull(name, level, first) for name, level in wanted)
    for line in dict.fromkeys(line for pull in pulls for line in _beyond(pull, first)):
        warnings.warn(NoEffect(line), stacklevel=2)
    order = [theory for theory in THEORIES if theory in bases]
    cases = {theory: tuple(_combinations(bases[theory], pulls)) for theory in order}
    plan = replace(
        asked.plan,
        cases=tuple(case for of in cases.values() for case in of),
        kept=tuple(dict.fromkeys((*asked.plan.kept, WEEKS))),
    )
    return LeverGrid(replace(asked, plan=plan, swept=()), pulls, cases)


def _typed(named: Sequence[str], key: str) -> str | None:
    """The value that was typed for a key, if any was."""
    return next((word.partition("=")[2] for word in named if key_of(word).lstrip("+") == key), None)


def _combinations(base: Case, pulls: Sequence[Pull]) -> list[Case]:
    cases = [base]
    for number in range(1, 1 << len(pulls)):
        some = [pull for bit, pull in enumerate(pulls) if number >> bit & 1]
        name = " + ".join(pull.name for pull in some)
        order = Event("pulled", tuple(_write(pull) for pull in some), date=PULLED_ON, origin="player", text=name)
        cases.append(base.varied({}, f"{base.label} · {name}", standing(base, [order])))
    return cases


def _write(pull: Pull) -> tuple[str, Literal["set", "add"], float]:
    return LEVERS + pull.name, "set", schema.canonical(pull.level)


def _named(given: str | None) -> list[tuple[str, float | None]]:
    """Names and levels as they were typed; None is as far as it goes."""
    known = [target.removeprefix(LEVERS) for target in TARGETS if target.startswith(LEVERS)]
    parts = list(USUAL) if given is None else [part.strip() for part in given.split(",")]
    if len(parts) > MOST:
        raise UserMistake(KEY, given, f"at most {MOST}: {2**MOST} combinations under each theory")
    wanted: dict[str, float | None] = {}
    for part in parts:
        name, colon, level = part.partition(":")
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.5) or known
            right = f"no such lever; near it: {', '.join(near)}" if name else "names of levers with commas between"
            raise UserMistake(KEY, part, right)
        if name in wanted:
            raise UserMistake(KEY, given, f"{name} is named twice")
        wanted[name] = _number(part, level) if colon else None
    return list(wanted.items())


def _pull(name: str, level: float | None, case: Case) -> Pull:
    setting = settings_of(case.theory)[LEVERS + name]
    to = farthest(case)[name] if level is None else level
    typed = name if level is None else f"{name}:{schema.canonical(to):.12g}"
    try:
        to = float(str(schema.check_value(setting, to)))
    except UserMistake as fault:
        raise UserMistake(KEY, typed, fault.right) from None
    if setting.unit != "1" and not to.is_integer():
        right = f"{setting.unit} are whole, such as {name}:{max(1, round(to))}"
        raise UserMistake(KEY, typed, right)
    before = float(str(case.values[setting.key]))
    if to == before:
        right = f"it stands there already; {KEY}={name}:LEVEL, from {_span(setting.bounds)}, pulls it elsewhere"
        raise UserMistake(KEY, typed, right)
    source = "; ".join(filter(None, [setting.status, setting.source]))
    return Pull(name, to, before, setting.unit, setting.text, HOLDER.get(name, OWN), source)


def _beyond(pull: Pull, case: Case) -> Iterator[str]:
    """That a level lies where nobody has looked: beyond the pool, or beyond the range that the lever is explored in."""
    typed, setting = f"{KEY}={pull.name}:{pull.level:.12g}", settings_of(case.theory)[LEVERS + pull.name]
    most = setting.prior[1] if setting.prior else math.inf
    if pull.name == CONTINGENT:
        yield from beyond_the_pool(case, pull.level, typed)
    elif pull.level > most:
        yield f"{typed}: beyond {words.number(most)} {setting.unit}, where what is explored of it ends"


def _number(part: str, level: str) -> float:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", level, re.ASCII):
        raise UserMistake(KEY, part, "a lever, or a lever and its level, such as first_contingent:100")
    return float(level)


def _span(bounds: tuple[float, float] | None) -> str:
    low, high = bounds or (0, 1)
    return f"{words.number(low)} to {words.number(high)}"
