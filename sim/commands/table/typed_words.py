"""TypedWords of the table's verbs: key=value for what a verb knows, and the rest in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from sim.errors import UserMistake
from sim.language import _
from sim.settings.schema import check_date


@dataclass(frozen=True)
class TypedWords:
    """What was typed after the folder: settings of the verb by key, and whatever else, in order."""

    known: Mapping[str, str]
    rest: tuple[str, ...]

    @classmethod
    def read(cls, typed: Sequence[str], keys: Sequence[str]) -> TypedWords:
        """Split words; of the verb's ``keys`` each may come once.

        Raises
        ------
        UserMistake
            For one that comes twice.
        """
        known, rest = dict[str, str](), list[str]()
        for word in typed:
            key, sign, value = word.partition("=")
            if not sign or key not in keys:
                rest.append(word)
            elif key in known:
                raise UserMistake(key, value, _("is given twice"))
            else:
                known[key] = value
        return cls(known, tuple(rest))

    def text(self, key: str, default: str = "") -> str:
        """The value of a key, or what it is when nobody says."""
        return self.known.get(key, default)

    def maybe(self, key: str) -> str | None:
        """The value of a key, or None."""
        return self.known.get(key)

    def needed(self, key: str, right: str) -> str:
        """The value of a key that must be given; raises UserMistake with what would be right."""
        if not self.known.get(key):
            raise UserMistake(key, None, right)
        return self.known[key]

    def day(self, key: str) -> date | None:
        """The value of a key as a day; None where it is not given; raises UserMistake."""
        given = self.known.get(key)
        return None if given is None else check_date(key, given)

    def whole(self, key: str, right: str | None = None) -> int | None:
        """The value of a key as a whole number; None where it is not given; raises UserMistake with what is right."""
        given = self.known.get(key)
        if given is None:
            return None
        if not given.isascii() or not given.removeprefix("-").isdecimal():
            raise UserMistake(key, given, right or _("a whole number, such as {key}=3").format(key=key))
        return int(given)

    def nothing_else(self, keys: Sequence[str]) -> None:
        """Refuse words that the verb does not know; raises UserMistake with near ones."""
        for word in self.rest:
            key, sign, value = word.partition("=")
            close = get_close_matches(key, keys, n=2, cutoff=0.6)
            right = (
                _("is nothing that this verb knows; near it: {names}")
                if close
                else _("is nothing that this verb knows; it knows {names}")
            )
            raise UserMistake(key, value if sign else None, right.format(names=", ".join(close or keys)))
