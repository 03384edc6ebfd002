"""The one register of outcomes and daily series: what a run is asked, in which words, and how it is computed.

A module of this package that has ``OUTCOMES``, or ``SERIES``, a tuple of entries, adds to the register; there is no
list to add it to (docs/EXTENDING.md). :mod:`sim.outcomes.stored` names those that the tables of the model version hold;
the others were added by someone, and have a table of their own.
"""

from __future__ import annotations

from collections.abc import Container
from difflib import get_close_matches
from typing import TypeVar

from sim.discovery import by_module
from sim.errors import UserMistake
from sim.outcomes import defaults
from sim.outcomes.entry import Entry, Outcome, Series, Side, Type, on_days
from sim.outcomes.stored import DAYS, RUNS
from sim.outcomes.watched import Today, Watched

__all__ = [
    "DAILY", "OUTCOMES", "REGISTER", "SERIES", "Entry", "Outcome", "Series", "Side", "Today", "Type", "Watched",
    "added_outcomes", "added_series", "check_outcome", "defaults", "discover", "discover_series", "on_days",
    "outcome_of",
]  # fmt: skip


def discover() -> dict[str, Outcome]:
    """The outcomes of this package's modules, by name.

    Raises
    ------
    UserMistake
        For a module that cannot be read, an entry that cannot be, and a name that stands twice: one line with the file.
    """
    return _entries("OUTCOMES", Outcome)


def discover_series() -> dict[str, Series]:
    """The daily series of this package's modules, by name; raises what :func:`discover` does."""
    return _entries("SERIES", Series)


Kind = TypeVar("Kind", bound=Entry)


def _entries(attribute: str, kind: type[Kind]) -> dict[str, Kind]:
    known: dict[str, Kind] = {}
    for module, entries in by_module(__name__, attribute):
        if not isinstance(entries, tuple) or not all(isinstance(entry, kind) for entry in entries):
            raise UserMistake(f"{module}.{attribute}", None, f"a tuple, and everything in it of type {kind.__name__}")
        for entry in entries:
            if entry.name in known:
                raise UserMistake(f"{module}.{attribute}", entry.name, "a name that the register has already")
            known[entry.name] = entry
    return known


REGISTER = discover()
"""Every outcome that was found, by name."""
DAILY = discover_series()
"""Every daily series that was found, by name."""
OUTCOMES = tuple(REGISTER[name] for name in RUNS)
"""The outcomes of the model version, in the order of the columns of its runs."""
SERIES = tuple(DAILY[name] for name in DAYS)
"""The daily series of the model version, in the order of the columns of its days."""


def added_outcomes() -> tuple[Outcome, ...]:
    """Outcomes that someone added, by name; they are no part of the model version."""
    return tuple(REGISTER[name] for name in sorted(REGISTER) if name not in RUNS)


def added_series() -> tuple[Series, ...]:
    """Daily series that someone added: watched for the outcomes that ask for them, and not stored."""
    return tuple(DAILY[name] for name in sorted(DAILY) if name not in DAYS)


def outcome_of(name: str) -> Outcome:
    """The outcome of this name; KeyError where there is none, which :func:`check_outcome` tells a user better."""
    return REGISTER[name]


def check_outcome(key: str, name: object, *, drawn: bool = False, among: Container[object] | None = None) -> Outcome:
    """The outcome that someone named.

    Parameters
    ----------
    key
        What he named it by, for the mistake's line.
    drawn
        Whether it must be a number, for a figure.
    among
        Columns of the runs that are to be looked at, which must hold it.

    Raises
    ------
    UserMistake
        For a name that no outcome has, with those near it; for a date where a number is needed; for an outcome that the
        runs do not have.
    """
    outcome = REGISTER.get(str(name))
    if outcome is None:
        close = get_close_matches(str(name), REGISTER, n=3, cutoff=0.5)
        near = f"near it: {', '.join(close)}" if close else "`tabletop show outcomes` lists them"
        raise UserMistake(key, name, f"no such outcome; {near}")
    if drawn and outcome.type == "date":
        raise UserMistake(key, name, "a date, which no dot can stand for; `tabletop compare` counts its days")
    if among is not None and outcome.name not in among:
        raise UserMistake(key, name, "these runs do not have it; the command that made them adds it, asked again")
    return outcome
