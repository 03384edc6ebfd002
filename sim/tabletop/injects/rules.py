"""What a master scenario events list must be: every mistake names its file, place, key and value, and what is right.

What an inject does to the world and what it waits for are rows of an event table, and are checked as those are
(:mod:`sim.ensemble.cases.event_tables`).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from sim.ensemble.cases.event_tables import read_events
from sim.errors import UserMistake
from sim.language import _
from sim.model.events import Event
from sim.settings.schema import check_date
from sim.tabletop.injects.inject import BESIDE_THE_PLAYERS, FIELDS, Draft, DraftRow, Inject, MasterList, places_of

MOST_INJECTS, MOST_LETTERS, MOST_DAYS = 2_000, 10_000, 3_650
"""Injects of a list, letters of a text (a cell of a workbook holds no more than 32,767), days of D+n."""
_ID = re.compile(r"[a-z][a-z0-9_]*")
_RELATIVE = re.compile(r"[Dd](?:\s*([+-])\s*(\d+))?")
_AFTER = re.compile(r"([a-z][a-z0-9_]*)(?:\s*([+-])\s*(\d+))?")
Read = TypeVar("Read")
_WHEN = ("at", "after", "when")
_ON_SOME_DAY = "2024-03-08"
"""For the check of what an inject writes, which asks no more of a date than that there is one."""


def checked(draft: Draft, roles: Sequence[str]) -> tuple[MasterList, tuple[UserMistake, ...]]:
    """The list that a draft is, as far as it is sound, and what is wrong with the rest.

    Parameters
    ----------
    draft
        What the file says.
    roles
        Who is played; an inject goes to one of them, to ``umpire`` or to ``all``.

    Returns
    -------
    The list without what is wrong, and the mistakes: all of an inject together, then those of chains.
    """
    mistakes: list[UserMistake] = []
    title, story = _head(draft.head, mistakes)
    objectives = _objectives(draft.objectives, mistakes)
    ids = [str(row.id) for row in draft.injects]
    allowed = tuple(dict.fromkeys((*roles, *BESIDE_THE_PLAYERS)))
    seen: dict[str, DraftRow] = {}
    injects: list[Inject] = []
    for row in draft.injects:
        try:
            _check_id(row, seen)
        except UserMistake as mistake:
            mistakes.append(mistake)
            continue
        if (inject := _inject(row, allowed, objectives, ids, mistakes)) is not None:
            injects.append(inject)
    if len(draft.injects) > MOST_INJECTS:
        right = _("more than {n}").format(n=f"{MOST_INJECTS:,}")
        mistakes.append(draft.head.places.mistake("injects", None, right))
    if not draft.injects:
        mistakes.append(draft.head.places.mistake("injects", None, _("there is none; a list has at least one")))
    mistakes += _circles(injects)
    return MasterList(title, objectives, tuple(injects), story), tuple(mistakes)


def before_the_start(injects: MasterList, first_day: dt.date) -> tuple[UserMistake, ...]:
    """The injects that are dated before the session's first day, as mistakes."""
    right = _("is before the first day of the session, {day}").format(day=first_day)
    return tuple(
        places_of(one).mistake("at", one.at, right)
        for one in injects.injects
        if isinstance(one.at, dt.date) and one.at < first_day
    )


# The head and the objectives


def _head(row: DraftRow, mistakes: list[UserMistake]) -> tuple[str, str]:
    texts = {"title": "", "story": ""}
    for name in texts:
        try:
            texts[name] = _text(row, name)
            if name == "title" and not texts[name]:
                raise row.places.mistake("title", None, _("what the list is called, a text"))
            if "${" in texts[name]:
                raise row.places.mistake(name, texts[name], _("a text; a list of injects refers to no settings"))
        except UserMistake as mistake:
            mistakes.append(mistake)
    return texts["title"], texts["story"]


def _objectives(rows: Sequence[DraftRow], mistakes: list[UserMistake]) -> dict[str, str]:
    objectives: dict[str, str] = {}
    for row in rows:
        try:
            if not isinstance(row.id, str) or not _ID.fullmatch(row.id):
                raise row.places.mistake("", row.id, _("an objective's id is a word such as keep_the_force"))
            if row.id in objectives:
                raise row.places.mistake("", row.id, _("is taken; an id must be unique in the list"))
            objectives[row.id] = _text(row, "text")
            if not objectives[row.id]:
                raise row.places.mistake("text", None, _("what the session is to try, a text"))
        except UserMistake as mistake:
            mistakes.append(mistake)
    return objectives


# One inject


def _check_id(row: DraftRow, seen: dict[str, DraftRow]) -> None:
    if not isinstance(row.id, str) or not _ID.fullmatch(row.id):
        right = _("an inject's id begins with a small letter and has small letters, digits and _, such as flash_report")
        raise row.places.mistake("", _shown(row.id), right)
    if row.id in seen:
        right = _("is taken by {place}; an id must be unique").format(place=seen[row.id].places.of())
        raise row.places.mistake("", row.id, right)
    seen[row.id] = row


def _inject(
    row: DraftRow, roles: Sequence[str], objectives: Mapping[str, str], ids: Sequence[str], mistakes: list[UserMistake]
) -> Inject | None:
    """The inject of a row; None where anything is wrong with it, all of which is added to the mistakes."""
    before = len(mistakes)

    def tried(read: Callable[[], Read], otherwise: Read) -> Read:
        try:
            return read()
        except UserMistake as mistake:
            mistakes.append(mistake)
            return otherwise

    for name, value in row.fields.items():
        if name not in FIELDS:
            right = _("an inject has no such field") + _near(name, FIELDS)
            mistakes.append(row.places.mistake(str(name), _shown(value), right))
    tried(lambda: _check_one_time(row), None)
    parts = [_part(row, name) for name in ("set", "add", "when") if name in row.fields]
    broken = [True for part in parts if tried(lambda part=part: _event(part), None) is None]  # type: ignore[misc]
    event = None if broken else tried(lambda: _event(row), None)
    found = Inject(
        id=row.id,
        at=tried(lambda: _at(row), None) if "at" in row.fields else None,
        after=tried(lambda: _after(row, ids), None) if "after" in row.fields else None,
        when=event.when if event is not None else None,
        to=tried(lambda: _role(row, roles), ""),
        by=tried(lambda: _text(row, "by"), ""),
        channel=tried(lambda: _text(row, "channel"), ""),
        text=tried(lambda: _spoken(row), ""),
        expected=tried(lambda: _text(row, "expected"), ""),
        objective=tried(lambda: _objective(row, objectives), ""),
        writes=event.writes if event is not None else (),
        notes=tried(lambda: _text(row, "notes"), ""),
        places=row.places,
    )
    return found if len(mistakes) == before else None


def _part(row: DraftRow, name: str) -> DraftRow:
    """A row that says nothing else, so that what is wrong with it hides no other mistake."""
    return DraftRow(row.id, {name: row.fields[name]}, row.places)


def _check_one_time(row: DraftRow) -> None:
    given = [name for name in _WHEN if name in row.fields]
    if not given:
        right = _("nothing says when: give at (a date, or D+3), after (flash_report+2) or when (a condition)")
        raise row.places.mistake("", None, right)
    if len(given) > 1:
        said = _(" and ").join(f"{name}={_shown(row.fields[name])}" for name in given)
        right = _("{fields}: only one of at, after and when can say when").format(fields=said)
        raise row.places.mistake(given[1], None, right)


def _at(row: DraftRow) -> dt.date | int:
    given = row.fields["at"]
    if isinstance(given, dt.datetime):
        if given.time() != dt.time():
            raise row.places.mistake("at", given, _("a day, without a time of day"))
        given = given.date()
    relative = _RELATIVE.fullmatch(given.strip()) if isinstance(given, str) else None
    if relative is None:
        if not isinstance(given, str | dt.date):
            right = _("a date such as 2024-03-11, or days after the session's first day such as D+3")
            raise row.places.mistake("at", _shown(given), right)
        try:
            return check_date("at", given.strip() if isinstance(given, str) else given)
        except UserMistake as mistake:
            right = _("{what}, or days after the session's first day such as D+3").format(what=mistake.right)
            raise row.places.mistake("at", given, right) from mistake
    if relative[1] == "-" and int(relative[2]):
        raise row.places.mistake("at", given, _("is before the session's first day, which is D"))
    return _days(row, "at", relative[2])


def _after(row: DraftRow, ids: Sequence[str]) -> tuple[str, int]:
    given = row.fields["after"]
    named = _AFTER.fullmatch(given.strip()) if isinstance(given, str) else None
    if named is None:
        raise row.places.mistake("after", _shown(given), _("the id of an inject and days, such as flash_report+2"))
    if named[2] == "-":
        raise row.places.mistake("after", given, _("days after it was fired, none before: flash_report+2"))
    if named[1] not in ids:
        right = _("there is no inject {inject}").format(inject=named[1]) + _near(named[1], ids)
        raise row.places.mistake("after", given, right)
    return named[1], _days(row, "after", named[3])


def _days(row: DraftRow, name: str, written: str | None) -> int:
    if written is not None and (len(written) > 6 or int(written) > MOST_DAYS):
        raise row.places.mistake(name, row.fields[name], _("at most {n} days").format(n=f"{MOST_DAYS:,}"))
    return int(written or 0)


def _role(row: DraftRow, roles: Sequence[str]) -> str:
    given = row.fields.get("to")
    if not isinstance(given, str) or given.strip() not in roles:
        named = str(given).strip().lower().replace(" ", "_")
        near = get_close_matches(named, roles, n=1, cutoff=0.7) if given is not None else []
        right = _("no such role; near it: {names}") if near else _("one of {names}")
        right = right.format(names=", ".join(near or roles))
        raise row.places.mistake("to", _shown(given), right)
    return given.strip()


def _objective(row: DraftRow, objectives: Mapping[str, str]) -> str:
    given = _text(row, "objective")
    if given and given not in objectives:
        right = _("the list has no such objective") + (_near(given, tuple(objectives)) or _("; it has none"))
        raise row.places.mistake("objective", given, right)
    return given


def _spoken(row: DraftRow) -> str:
    text = _text(row, "text")
    if not text:
        raise row.places.mistake("text", None, _("is empty; it is what is read out"))
    return text


def _event(row: DraftRow) -> Event:
    """What the inject writes and waits for, as a row of an event table, by the checks of those."""
    given = {name: row.fields[name] for name in ("set", "add", "when") if name in row.fields}
    for name, value in given.items():
        if "${" in str(value):
            raise row.places.mistake(name, _shown(value), _("numbers; a list of injects refers to no settings"))
    if isinstance(when := given.get("when"), Mapping) and when.get("once") is False:
        raise row.places.mistake("when.once", False, _("an inject is read out once; leave it out"))
    try:
        (event,) = read_events(
            {"x": ({} if "when" in given else {"date": _ON_SOME_DAY}) | given | {"text": "x"}}, key="k"
        )
    except UserMistake as mistake:
        raise row.places.mistake(mistake.key.removeprefix("k.x").lstrip("."), mistake.value, mistake.right) from mistake
    return event


# Texts


def _text(row: DraftRow, name: str) -> str:
    """A text without blanks around it, its lines ended alike; empty where there is none."""
    given = row.fields.get(name, "")
    if given is None:
        return ""
    if not isinstance(given, str):
        raise row.places.mistake(name, _shown(given), _("a text; put it in quotes"))
    text = given.replace("\r\n", "\n").replace("\r", "\n").strip()
    if strange := next((letter for letter in text if _unseen(letter)), None):
        right = _("holds the letter {letter}, which nobody sees; delete it").format(letter=f"U+{ord(strange):04X}")
        raise row.places.mistake(name, text[max(0, text.index(strange) - 20) :][:60], right)
    if len(text) > MOST_LETTERS:
        right = _("{n} letters; a text has at most {most}").format(n=f"{len(text):,}", most=f"{MOST_LETTERS:,}")
        raise row.places.mistake(name, None, right)
    return text


def _unseen(letter: str) -> bool:
    """Whether nobody sees it: controls, marks of direction or of no width; blanks of any width are seen."""
    if letter in "\n\t" or letter.isprintable():
        return False
    return unicodedata.category(letter) != "Zs"


def _near(name: object, names: Sequence[str]) -> str:
    close = get_close_matches(str(name), names, n=3, cutoff=0.6)
    if close:
        return "; " + _("near it: {names}").format(names=", ".join(close))
    return "; " + _("there are {names}").format(names=", ".join(names[:20])) if names else ""


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


# Chains


def _circles(injects: Sequence[Inject]) -> Iterator[UserMistake]:
    """Chains that come back to where they began, each told once, at its first inject in the list."""
    follows = {one.id: one.after[0] for one in injects if one.after is not None}
    told: set[str] = set()
    for one in injects:
        way = [one.id]
        while (before := follows.get(way[-1])) is not None and before not in way:
            way.append(before)
        if before == one.id and one.id not in told:
            told.update(way)
            circle = " > ".join([*reversed(way), way[-1]])
            right = _("goes round in a circle: {circle}; one of them needs a day of its own").format(circle=circle)
            assert one.after is not None
            yield places_of(one).mistake("after", f"{one.after[0]}+{one.after[1]}", right)
