"""A master scenario events list: what the facilitator brings to the table, by date, in chains or on conditions.

Beside it stands the draft of one: what a file says before anything of it is checked, and where each part of it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sim.errors import UserMistake
from sim.model.events import Amount, Condition

FIELDS = ("at", "after", "when", "to", "by", "channel", "text", "expected", "objective", "set", "add", "notes")
"""What may be said of an inject, in the order in which it is written."""
BESIDE_THE_PLAYERS = ("umpire", "all")
"""Whom an inject may go to beside the roles that are played."""


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
class Inject:
    """One row of a master scenario events list. One of ``at``, ``after`` and ``when`` says when it is due.

    Attributes
    ----------
    id
        Its name: a small letter, then small letters, digits and underscores.
    at
        A date, or days after the session's first day.
    after
        Id of another inject, and days after that was fired.
    when
        What yesterday must have shown, as in a scenario's event table.
    to
        The role that it goes to, ``umpire`` or ``all``.
    by
        From whom it comes, or who delivers it.
    channel
        How it is delivered: radio, press, cable, in person.
    text
        What is read out.
    expected
        What the role is expected to do.
    objective
        Id of an objective of the list, or empty.
    writes
        What it does to the world, as :attr:`sim.model.events.Event.writes`; empty where it is words alone.
    notes
        For the facilitator's eyes.
    places
        Where the file has it; two injects are equal wherever they stand.
    """

    id: str
    to: str
    text: str
    at: date | int | None = None
    after: tuple[str, int] | None = None
    when: Condition | None = None
    by: str = ""
    channel: str = ""
    expected: str = ""
    objective: str = ""
    writes: tuple[tuple[str, Literal["set", "add"], Amount], ...] = ()
    notes: str = ""
    places: Places = field(default_factory=Places, compare=False, repr=False)


@dataclass(frozen=True)
class MasterList:
    """A master scenario events list.

    Attributes
    ----------
    title, story
        What it is called, and what it is about.
    objectives
        What the session is to try, by id.
    injects
        In the order of the file.
    """

    title: str
    objectives: Mapping[str, str]
    injects: tuple[Inject, ...]
    story: str = ""

    def __getitem__(self, id: str) -> Inject:
        """The inject of this id; a KeyError where there is none."""
        return {inject.id: inject for inject in self.injects}[id]


@dataclass(frozen=True)
class Read:
    """A list that was read, and in a sentence each what its file says and the list does not."""

    list: MasterList
    unmapped: tuple[str, ...] = ()


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


def when_due(inject: Inject) -> str:
    """When an inject is due, as it is written: a date, ``D+3``, ``flash+2``, or its condition.

    >>> when_due(Inject("flash", "all", "…", at=3)), when_due(Inject("more", "all", "…", after=("flash", 0)))
    ('D+3', 'flash+0')
    >>> when_due(Inject("thin", "all", "…", when=Condition("available", False, 350, days=3)))
    'available below 350, 3 days in a row'
    """
    if inject.after is not None:
        return f"{inject.after[0]}+{inject.after[1]}"
    if inject.when is not None:
        condition = inject.when
        row = f", {condition.days} days in a row" if condition.days > 1 else ""
        return f"{condition.measure} {'above' if condition.above else 'below'} {condition.threshold:g}{row}"
    return day_written(inject.at) if inject.at is not None else ""


def day_written(at: date | int) -> str:
    """A date, or days after the first, as they are written: ``2024-03-11``, ``D``, ``D+3``."""
    if isinstance(at, date):
        return at.isoformat()
    return f"D{at:+d}" if at else "D"


def row_of(inject: Inject) -> dict[str, Any]:
    """An inject as a row of plain values, empty ones left out: what a file of any kind says of it.

    >>> row_of(Inject("flash", "kenya", "They strike.", at=1, writes=(("gangs.coalition", "set", 1.0),)))
    {'at': 'D+1', 'to': 'kenya', 'text': 'They strike.', 'set': {'gangs': {'coalition': 1}}}
    """
    row: dict[str, Any] = {
        "at": inject.at if isinstance(inject.at, date) else None if inject.at is None else day_written(inject.at),
        "after": f"{inject.after[0]}+{inject.after[1]}" if inject.after is not None else None,
        "when": _condition(inject.when) if inject.when is not None else None,
        **{name: getattr(inject, name) for name in ("to", "by", "channel", "text", "expected", "objective")},
        "set": _levels(inject, "set"),
        "add": _levels(inject, "add"),
        "notes": inject.notes,
    }
    return {name: value for name, value in row.items() if value not in (None, "", {})}


def places_of(inject: Inject) -> Places:
    """Where a file has an inject; its name alone where it comes from none."""
    return inject.places if inject.places.label else Places("", f"injects.{inject.id}")


def draft_of(injects: MasterList) -> Draft:
    """A list as a file would say it, to be checked as a file is; each part keeps the place that it was read from."""
    return Draft(
        DraftRow(None, {"title": injects.title, "story": injects.story}, Places()),
        tuple(DraftRow(id, {"text": text}, Places("", f"objectives.{id}")) for id, text in injects.objectives.items()),
        tuple(DraftRow(one.id, row_of(one), places_of(one)) for one in injects.injects),
    )


def _condition(when: Condition) -> dict[str, Any]:
    said: dict[str, Any] = {"measure": when.measure, "above" if when.above else "below": _plain(when.threshold)}
    if when.days != 1:
        said["days"] = when.days
    return said if when.once else said | {"once": False}


def _levels(inject: Inject, wanted: str) -> dict[str, dict[str, Amount]]:
    levels: dict[str, dict[str, Amount]] = {}
    for name, op, amount in inject.writes:
        if op == wanted:
            group, _, level = name.partition(".")
            levels.setdefault(group, {})[level] = _plain(amount)
    return levels


def _plain(amount: Amount) -> Amount:
    """A whole number without a point."""
    return int(amount) if isinstance(amount, float) and amount.is_integer() else amount
