"""Facts, and the record that holds them: read from a folder of YAML, checked field by field."""

from __future__ import annotations

import dataclasses
import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, get_args

from sim.errors import UserMistake
from sim.paths import seeds_folder
from sim.record import strict_yaml
from sim.record.fields import Fields

Grade = Literal["A", "B", "C"]
Use = Literal["initial", "timeline", "pattern", "context"]

_HEAD = "record.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One documented fact.

    Parameters
    ----------
    id
        Its name, unique in the record.
    date
        The day it happened, or the day its number stands for.
    period
        First and last day, both included, where the number covers a span.
    what
        What happened or was counted.
    value, unit
        The number and its unit. No number but a unit: something was counted, and the number is not known.
        Neither: there is nothing to count.
    source
        Who says so, in words.
    grade
        ``A`` official, ``B`` a wire service or major outlet, ``C`` secondary or a single unnamed source.
    disputed
        True where sources contradict each other; the note says how.
    in_seed
        True where the fact stands in the seed article.
    use
        ``initial`` sets a starting value, ``timeline`` happens on its date, ``pattern`` is what a good model
        reproduces, ``context`` is background.
    published
        The day it became known, where that was later.
    note
        What one has to know to use it rightly.
    """

    id: str
    date: datetime.date
    period: tuple[datetime.date, datetime.date] | None = None
    what: str
    value: float | None
    unit: str
    source: str
    grade: Grade
    disputed: bool
    in_seed: bool
    use: Use
    published: datetime.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """All facts, in order of showing, and ``now``: the day the record stops."""

    now: datetime.date
    facts: tuple[Fact, ...]
    title: str = ""

    def __getitem__(self, id: str) -> Fact:
        for fact in self.facts:
            if fact.id == id:
                return fact
        near = get_close_matches(id, [fact.id for fact in self.facts], n=3)
        raise UserMistake("fact", id, "not in the record" + (f"; near it: {', '.join(near)}" if near else ""))

    def __contains__(self, id: object) -> bool:
        return any(fact.id == id for fact in self.facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def where(
        self, use: Use | None = None, grade: Grade | None = None, in_seed: bool | None = None
    ) -> tuple[Fact, ...]:
        """Return the facts that meet every condition given, in order of showing."""
        return tuple(
            fact
            for fact in self.facts
            if (use is None or fact.use == use)
            and (grade is None or fact.grade == grade)
            and (in_seed is None or fact.in_seed == in_seed)
        )

    @property
    def hash(self) -> str:
        """Hex SHA-256 over the content; the order of facts and files and the YAML's layout do not count."""
        in_order = dataclasses.replace(self, facts=tuple(sorted(self.facts, key=lambda fact: fact.id)))
        canonical = json.dumps(dataclasses.asdict(in_order), sort_keys=True, default=datetime.date.isoformat)
        return sha256(canonical.encode()).hexdigest()


def load(folder: Path | None = None) -> Record:
    """Return the documented record, read once for each folder.

    Parameters
    ----------
    folder
        Holds ``record.yaml`` and the files that it names; the project's own ``seeds/`` if None.

    Returns
    -------
    The record: facts in order of showing, by id, and by what they are used for.

    Raises
    ------
    UserMistake
        At the first thing that is wrong: file, fact and field, the value, and what would be right.

    Examples
    --------
    >>> from sim.record import load
    >>> record = load()
    >>> fact = record["pool"]
    >>> (fact.value, fact.unit, fact.grade)
    (400.0, 'officers', 'B')
    >>> record.now
    datetime.date(2024, 3, 7)
    >>> len(record.where(use="pattern", grade="A"))
    2
    """
    return _load((folder or seeds_folder()).resolve())


@cache
def _load(folder: Path) -> Record:
    label = f"{folder.name}/{_HEAD}"
    head = Fields(f"{label}: ", strict_yaml.read(folder / _HEAD, label), required={"title", "now", "files"})
    now = head.day("now")
    facts: dict[str, Fact] = {}
    for name in _files(folder, head):
        label = f"{folder.name}/{name}"
        entries = strict_yaml.read(folder / name, label)
        if not isinstance(entries, list):
            raise UserMistake(label, None, "must be a list of facts, each beginning with `- id:`")
        for number, entry in enumerate(entries, start=1):
            fields = _fields(label, number, entry)
            fact = _fact(fields, now)
            if fact.id in facts:
                raise fields.mistake("id", "is taken; an id must be unique in the record")
            facts[fact.id] = fact
    return Record(now=now, facts=tuple(facts.values()), title=head.text("title"))


def _files(folder: Path, head: Fields) -> list[str]:
    """Return the files named in the head: exactly those in the folder, so that no fact is passed over."""
    listed = head.texts("files")
    present = {path.name for path in folder.glob("*.yaml")} - {_HEAD}
    for name in listed:
        if name not in present:
            raise head.mistake("files", f"must be a file beside {_HEAD}", value=name)
        if listed.count(name) > 1:
            raise head.mistake("files", "is listed twice", value=name)
    for name in sorted(present.difference(listed)):
        raise head.mistake("files", f"lies beside {_HEAD}, so it must be listed", value=name)
    return listed


def _fields(label: str, number: int, entry: object) -> Fields:
    """Return the fields of one entry, which a mistake names by its id or, failing that, by its place."""
    id = entry.get("id") if isinstance(entry, dict) else None
    name = id if isinstance(id, str) and id.isidentifier() else f"entry {number}"
    every = dataclasses.fields(Fact)
    optional = {field.name for field in every if field.default is not dataclasses.MISSING}
    return Fields(f"{label}: {name}.", entry, {field.name for field in every} - optional, optional)


def _fact(fields: Fields, now: datetime.date) -> Fact:
    fact = Fact(
        id=fields.text("id"),
        date=fields.day("date"),
        period=fields.period_or_none("period"),
        what=fields.text("what"),
        value=fields.number_or_none("value"),
        unit=fields.text_or_empty("unit"),
        source=fields.text("source"),
        grade=fields.word("grade", get_args(Grade)),
        disputed=fields.flag("disputed"),
        in_seed=fields.flag("in_seed"),
        use=fields.word("use", get_args(Use)),
        published=fields.day_or_none("published"),
        note=fields.text_or_empty("note"),
    )
    first, last = fact.period or (fact.date, fact.date)
    if not (fact.id.isidentifier() and fact.id.islower()):
        raise fields.mistake("id", "must be lower case, with underscores between words")
    if not first <= fact.date <= last:
        raise fields.mistake("date", f"must lie inside its period, {first} to {last}")
    if last > now and fact.published is None:
        raise fields.mistake("published", f"is missing; what reaches beyond {now} needs the day it became known")
    if fact.published is not None and fact.published < last:
        raise fields.mistake("published", f"must not be before {last}, the last day of what it tells")
    if fact.value is not None and not fact.unit:
        raise fields.mistake("unit", "is missing; a number needs one (a pure number: '1', in quotes)")
    if fact.disputed and not fact.note:
        raise fields.mistake("note", "is missing; where a fact is disputed, the note says how")
    return fact
