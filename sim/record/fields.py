"""The fields of one mapping in a file, read by kind; what does not fit is a mistake that names the field."""

from __future__ import annotations

import datetime
from collections.abc import Set
from typing import TypeGuard, TypeVar

from sim.errors import UserMistake

_Word = TypeVar("_Word")
_NOTHING: frozenset[str] = frozenset()


LARGEST = 1e300
"""Beyond it, on either side of nought, nothing is taken for a number: a float could not be told from infinity."""


def is_number(value: object) -> TypeGuard[float]:
    """Whether something is a finite number, which a truth value is not.

    >>> [is_number(value) for value in (3, 2.5, True, "3", float("nan"), 10**400)]
    [True, True, False, False, False, False]
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


class Fields:
    """A mapping whose fields are all known and, where required, all there.

    Parameters
    ----------
    prefix
        What stands before the name of a field in a mistake (``"seeds/violence.yaml: displaced."``).
    given
        What the file holds at this place.
    required, optional
        Names of the fields; a required field may still be ``null`` where its kind allows it.
    """

    def __init__(self, prefix: str, given: object, required: Set[str], optional: Set[str] = _NOTHING) -> None:
        if not isinstance(given, dict):
            right = f"must have the fields {_listed(required)}"
            raise UserMistake(prefix.rstrip(".: "), _on_one_line(given), right)
        self.prefix, self._given = prefix, given
        for name in given:
            if name not in required | optional:
                raise self.mistake(name, f"no such field; the fields are {_listed(required | optional)}")
        for name in sorted(required - given.keys()):
            raise self.mistake(name, "is missing")

    @property
    def given(self) -> dict[str, object]:
        """What the file holds, field by field."""
        return self._given

    def mistake(self, name: str, right: str, value: object = None) -> UserMistake:
        """Return the mistake in field ``name``; it shows the field's value, or ``value``, a part of that."""
        shown = self._given.get(name) if value is None else value
        return UserMistake(f"{self.prefix}{name}", _on_one_line(shown), right)

    def text(self, name: str) -> str:
        """Return a text that is not empty, its line breaks and runs of blanks as single blanks."""
        value = self.text_or_empty(name)
        if not value:
            raise self.mistake(name, "must be a text, and not empty")
        return value

    def text_or_empty(self, name: str) -> str:
        """Return a text as :meth:`text` does; empty where the field is absent or ``null``."""
        value = self._given.get(name)
        if value is not None and not isinstance(value, str):
            raise self.mistake(name, "must be a text; put it in quotes")
        return " ".join((value or "").split())

    def texts(self, name: str) -> list[str]:
        """Return a list of texts."""
        value = self._given[name]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.mistake(name, "must be a list of texts")
        return value

    def word(self, name: str, allowed: tuple[_Word, ...]) -> _Word:
        """Return one of the ``allowed`` words."""
        for word in allowed:
            if word == self._given[name]:
                return word
        raise self.mistake(name, f"must be one of {', '.join(map(str, allowed))}")

    def flag(self, name: str) -> bool:
        """Return a truth value that was written as such."""
        value = self._given[name]
        if not isinstance(value, bool):
            raise self.mistake(name, "must be true or false")
        return value

    def number_or_none(self, name: str) -> float | None:
        """Return a finite number; None for ``null``."""
        value = self._given[name]
        if value is None:
            return None
        if not is_number(value):
            raise self.mistake(name, "must be a finite number, or null where it is not known")
        return float(value)

    def day(self, name: str) -> datetime.date:
        """Return a date of the calendar."""
        return self._day(name, self._given[name])

    def day_or_none(self, name: str) -> datetime.date | None:
        """Return a date; None where the field is absent or ``null``."""
        value = self._given.get(name)
        return None if value is None else self._day(name, value)

    def period_or_none(self, name: str) -> tuple[datetime.date, datetime.date] | None:
        """Return first and last day, in this order; None where the field is absent or ``null``."""
        value = self._given.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != 2:
            raise self.mistake(name, "must be two dates, [first, last]")
        first, last = (self._day(name, day) for day in value)
        if last < first:
            raise self.mistake(name, "ends before it starts; must be [first, last]")
        return first, last

    def _day(self, name: str, written: object) -> datetime.date:
        try:
            day = datetime.date.fromisoformat(str(written))
        except ValueError:
            day = None
        if day is None or day.isoformat() != written:  # Python also takes 20240307, and weeks
            raise self.mistake(name, "must be a date of the calendar, written 2024-03-07", value=written)
        return day


def _listed(names: Set[str]) -> str:
    return ", ".join(sorted(names))


def _on_one_line(value: object) -> str | None:
    return None if value is None else " ".join(str(value).split())
