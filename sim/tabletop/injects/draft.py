"""What a file of injects says before anything of it is checked, and where each part of it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.errors import UserMistake


@dataclass(frozen=True)
class Places:
    """Where something stands in a file, and where its parts do.

    Attributes
    ----------
    label
        The file as it was named.
    name
        What is spoken of ("injects.flash").
    by_key
        The place of each part, by the names that lead to it: "line 12", "sheet injects, row 5",
        "/injects/3/name". The empty key is the whole of it.
    """

    label: str = ""
    name: str = ""
    by_key: Mapping[tuple[str, ...], str] = field(default_factory=dict)

    def of(self, *keys: str) -> str:
        """The place of a part; of what it is part of, where the file has none for it."""
        for count in range(len(keys), -1, -1):
            if place := self.by_key.get(keys[:count]):
                return place
        return ""

    def mistake(self, keys: str, value: object, right: str) -> UserMistake:
        """A mistake in the part that dotted ``keys`` lead to, with file and place; empty: in the whole.

        >>> places = Places("first.yaml", "injects.flash", {(): "line 7", ("to",): "line 9"})
        >>> str(places.mistake("to", "peru", "one of kenya, haiti"))
        'first.yaml, line 9: injects.flash.to=peru: one of kenya, haiti'
        """
        where = ", ".join(filter(None, (self.label, self.of(*keys.split(".")))))
        name = ".".join(filter(None, (self.name, keys)))
        return UserMistake(": ".join(filter(None, (where, name))), value, right)


@dataclass(frozen=True)
class DraftRow:
    """One inject, or one objective, as a file has it.

    Attributes
    ----------
    id
        As it stands there, whatever that is.
    fields
        What is said of it; a field that is empty is not there.
    places
        Where.
    """

    id: Any
    fields: Mapping[str, Any]
    places: Places


@dataclass(frozen=True)
class Draft:
    """A file of injects, unchecked: its head (title and story), its objectives, its injects.

    Attributes
    ----------
    head, objectives, injects
        Rows; the head has no id.
    unmapped
        In a sentence each, what the file says and nothing here reads.
    """

    head: DraftRow
    objectives: tuple[DraftRow, ...]
    injects: tuple[DraftRow, ...]
    unmapped: tuple[str, ...] = ()
