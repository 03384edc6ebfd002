"""A list of injects as CEXF, MISP's Common EXercise Format (JSON), as far as it maps; docs/INJECTS.md has the table.

The format describes technical exercises: injects are triggered by seconds and by each other, and answered in a tool.
It has no roles, no conditions and no effects. Those of a list stand under a name of its own (``haiti_tabletop``) in the
objects of the format, where other programs pass over them, so that what is written here is read here as it was.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim import text as words
from sim.errors import UserMistake
from sim.record.strict_yaml import MOST_BYTES
from sim.tabletop.injects.inject import Draft, DraftRow, Inject, MasterList, Places, row_of

OURS = "haiti_tabletop"
"""The name under which an object holds what the format has no field for."""
_SPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "haiti-tabletop")
_DAY = 86_400
"""Seconds; the format counts them from the start."""
_NAMESPACE, _VERSION = "tabletop", "1"
_META: dict[str, Any] = {"author": "haiti-tabletop", "level": "beginner", "priority": 0}
"""What SkillAegis' editor wants to be said of every exercise, and nothing here knows."""
_TOOL = "webhook"
"""The one tool of the format that is no product; at a table, people answer."""
_KEPT = ("to", "by", "objective", "set", "add", "when")
"""Fields of an inject that stand under :data:`OURS`."""
_PARTS = {"inject_flow": list, "inject_payloads": list, "injects": list}
_READ = {
    "exercise": {"name", "uuid", "description", "expanded", "namespace", "version", "meta", "tags", "total_duration",
                 "valid_until", OURS},
    "inject_flow": {"description", "inject_uuid", "requirements", "sequence", "timing", "reporting_callback"},
    "injects": {"action", "action_payload_resource_uuid", "description", "inject_evaluation", "name", "target_tool",
                "uuid", OURS},
}  # fmt: skip
"""Fields that are read, or of which it is said that they are not, each in words of its own."""


# Writing


def cexf_of(injects: MasterList) -> bytes:
    """A list in the format; the same list gives the same bytes, UUIDs among them."""
    exercise = uuid.uuid5(_SPACE, injects.title)
    numbers = {one.id: str(uuid.uuid5(exercise, one.id)) for one in injects.injects}
    payloads = {one.id: str(uuid.uuid5(exercise, f"{one.id}.payload")) for one in injects.injects}
    content = {
        "exercise": {
            "description": injects.title,
            "expanded": injects.story,
            "meta": _META,
            "name": injects.title,
            "namespace": _NAMESPACE,
            "tags": [],
            "total_duration": str(_DAY * (1 + max(_known_days(injects).values(), default=0))),
            "uuid": str(exercise),
            "version": _VERSION,
            OURS: {"objectives": dict(injects.objectives)},
        },
        "inject_flow": [_step(one, numbers, injects.injects) for one in injects.injects],
        "inject_payloads": [_payload(one, payloads[one.id]) for one in injects.injects],
        "injects": [_written(one, numbers[one.id], payloads[one.id]) for one in injects.injects],
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _known_days(injects: MasterList) -> dict[str, int]:
    """Days after the first, of the injects of which they are known before anything is fired."""
    days = {one.id: one.at for one in injects.injects if isinstance(one.at, int)}
    waiting = {one.id: one.after for one in injects.injects if one.after is not None}
    while ready := {id: days[after[0]] + after[1] for id, after in waiting.items() if after[0] in days}:
        days |= ready
        waiting = {id: after for id, after in waiting.items() if id not in ready}
    return days


def _step(inject: Inject, numbers: Mapping[str, str], injects: Iterable[Inject]) -> dict[str, Any]:
    relative = isinstance(inject.at, int)
    if inject.after is not None:
        trigger = []
    else:
        trigger = (["triggered_at"] if inject.at else ["startex"]) if relative else ["manual"]
    return {
        "description": inject.notes,
        "inject_uuid": numbers[inject.id],
        "reporting_callback": [],
        "requirements": {} if inject.after is None else {"inject_uuid": numbers[inject.after[0]]},
        "sequence": {
            "completion_trigger": [],
            "followed_by": [numbers[one.id] for one in injects if one.after is not None and one.after[0] == inject.id],
            "trigger": trigger,
        },
        "timing": {
            "triggered_at": _DAY * inject.at if isinstance(inject.at, int) and inject.at else None,
            "periodic_run_every": None,
        },
    }


def _payload(inject: Inject, number: str) -> dict[str, Any]:
    content = base64.b64encode(inject.text.encode("utf-8")).decode("ascii")
    parameters = {"content": content, "content-type": "base64", "filename": f"{inject.id}.txt"}
    return {"name": inject.id, "parameters": parameters, "type": "file", "uuid": number}


def _written(inject: Inject, number: str, payload: str) -> dict[str, Any]:
    kept = {name: value for name, value in row_of(inject).items() if name in _KEPT}
    if isinstance(inject.at, dt.date):
        kept["at"] = inject.at.isoformat()
    if inject.after is not None:
        kept["after_days"] = inject.after[1]
    asked = {"parameters": [], "evaluation_strategy": "data_filtering", "evaluation_context": {}, "score_range": [0, 0]}
    return {
        "action": inject.channel,
        "action_payload_resource_uuid": payload,
        "description": inject.text,
        "inject_evaluation": [asked | {"result": inject.expected}] if inject.expected else [],
        "name": inject.id,
        "target_tool": _TOOL,
        "uuid": number,
        OURS: kept,
    }


def not_in_cexf(injects: MasterList) -> tuple[str, ...]:
    """In a sentence each, what of a list the format has no field for, so that other programs pass over it."""
    rows = injects.injects
    beside = {
        "objectives": bool(injects.objectives),
        "roles": True,
        "senders": any(one.by for one in rows),
        "objectives of injects": any(one.objective for one in rows),
        "effects on the world": any(one.writes for one in rows),
    }
    by_hand = (
        ("conditions", [one.id for one in rows if one.when is not None]),
        ("dates", [one.id for one in rows if isinstance(one.at, dt.date)]),
    )
    late = [one.id for one in rows if one.after is not None and one.after[1]]
    kept = f"under {OURS}, which other programs pass over"
    without = ", ".join(name for name, there in beside.items() if there)
    said = [f"CEXF has no field for {without}; they stand {kept}."]
    said += [f"CEXF has no {what}; they stand {kept}, and wait to be started by hand ({_named(ids)})."
             for what, ids in by_hand if ids]  # fmt: skip
    if late:
        said.append(f"CEXF knows what follows what, and not after how many days; these stand {kept} ({_named(late)}).")
    return tuple(said)


def _named(ids: Sequence[str]) -> str:
    return f"{', '.join(ids[:3])}{' …' if len(ids) > 3 else ''}; {words.several(len(ids), 'inject')}"


# Reading


@dataclass
class _Told:
    """What a file says and nothing here reads, gathered by what it is."""

    by_what: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: str, name: str) -> None:
        self.by_what.setdefault(what, []).append(name)

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(f"{what} ({_named(ids)})." if any(ids) else f"{what}." for what, ids in self.by_what.items())


def read_cexf(path: Path) -> Draft:
    """What a CEXF file says, with the JSON pointer of each part; a UserMistake where it is no such file."""
    content = _json(path)
    whole = Places(str(path))
    if not isinstance(content, dict) or not isinstance(content.get("exercise"), dict):
        raise whole.mistake("", None, "CEXF is an object with exercise, inject_flow, inject_payloads and injects")
    for name, kind in _PARTS.items():
        for number, one in enumerate(_typed(whole, content, f"/{name}", name, kind)):
            if not isinstance(one, dict):
                raise Places(str(path), "", {(): f"/{name}/{number}"}).mistake(name, one, "an object")
    told = _Told()
    head, objectives = _exercise(str(path), content["exercise"], told)
    rows = _rows(str(path), content, told)
    return Draft(head, objectives, rows, told.sentences)


def _json(path: Path) -> Any:
    label = str(path)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        given = dict(pairs)
        if len(given) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise UserMistake(label, twice, "is given twice in one object")
        return given

    def no_number(word: str) -> Any:
        raise UserMistake(label, word, "is no number of JSON")

    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserMistake(label, None, f"more than {MOST_BYTES:,} bytes are no list of injects")
        return json.loads(path.read_bytes().decode("utf-8-sig"), object_pairs_hook=once, parse_constant=no_number)
    except OSError as fault:
        raise UserMistake(label, None, f"cannot be read: {fault.strerror}") from fault
    except json.JSONDecodeError as fault:
        raise UserMistake(f"{label}, line {fault.lineno}", None, f"is no JSON: {fault.msg}") from fault
    except (ValueError, RecursionError) as fault:
        raise UserMistake(label, None, f"is no JSON: {str(fault)[:80]}") from fault


def _typed(places: Places, given: Mapping[str, Any], pointer: str, name: str, kind: type) -> Any:
    """A part of an object in its type; empty where it is missing or null."""
    value = given.get(name)
    if value is None:
        return kind()
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        right = {"list": "an array", "dict": "an object"}.get(kind.__name__, "a string")
        shown = value if isinstance(value, str | int | float) else None
        raise Places(places.label, places.name, {(): pointer}).mistake(name, shown, right)
    return value


def _exercise(label: str, given: Mapping[str, Any], told: _Told) -> tuple[DraftRow, tuple[DraftRow, ...]]:
    at = "/exercise"
    places = Places(label, "", {(): at, ("title",): f"{at}/name", ("story",): f"{at}/expanded"})
    title, short, long = (
        _typed(places, given, f"{at}/{name}", name, str) for name in ("name", "description", "expanded")
    )
    kept = _typed(places, given, f"{at}/{OURS}", OURS, dict)
    objectives = _typed(places, kept, f"{at}/{OURS}/objectives", "objectives", dict)
    if OURS not in given:
        _tell_of_the_exercise(given, title, short, long, told)
    _tell_of_others("exercise", given, "", told)
    story = long or (short if short != title else "")
    rows = [
        DraftRow(id, {"text": text}, Places(label, f"objectives.{id}", {(): f"{at}/{OURS}/objectives/{id}"}))
        for id, text in objectives.items()
    ]
    return DraftRow(None, {"title": title, "story": story}, places), tuple(rows)


def _tell_of_the_exercise(given: Mapping[str, Any], title: str, short: str, long: str, told: _Told) -> None:
    told.note("The UUIDs are not kept: a list that is written has others, made from its title and its ids", "")
    if long and short not in (long, title):
        told.note("exercise.description is not read: exercise.expanded is the story", "")
    for name in ("namespace", "version", "meta", "tags", "total_duration", "valid_until"):
        if given.get(name):
            told.note(f"exercise.{name} is not read", "")


def _rows(label: str, content: Mapping[str, Any], told: _Told) -> tuple[DraftRow, ...]:
    """The steps of the flow, in its order, each with the inject that it performs."""
    injects: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, one in enumerate(content.get("injects") or []):
        name = one.get("uuid")
        if not isinstance(name, str) or name in injects:
            right = "is taken; a UUID must be unique" if isinstance(name, str) else "a UUID, as a string"
            raise Places(label, "", {(): f"/injects/{number}/uuid"}).mistake("uuid", name, right)
        injects[name] = number, one
    payloads = {str(one.get("uuid")): one for one in content.get("inject_payloads") or []}
    steps: list[_Step] = []
    taken: set[str] = set()
    for number, step in enumerate(content.get("inject_flow") or []):
        wanted = step.get("inject_uuid")
        if not isinstance(wanted, str) or wanted not in injects:
            at = Places(label, "", {(): f"/inject_flow/{number}/inject_uuid"})
            raise at.mistake("inject_uuid", wanted, "no inject of the file has this UUID")
        place, inject = injects[wanted]
        id = _id(inject.get("name"), taken)
        taken.add(id)
        steps.append(_Step(label, id, number, step, place, inject))
    ids: dict[str, str] = {}
    for one in steps:
        ids.setdefault(one.step["inject_uuid"], one.id)
    leads: dict[str, str] = {}
    for one in steps:
        for follower in one.sequence("followed_by"):
            if follower in ids:
                leads.setdefault(follower, one.id)
            else:
                told.note("sequence.followed_by names an inject that the flow does not have", one.id)
    for name in sorted(injects.keys() - ids.keys()):
        told.note("The inject is not in the flow, so it is left out", str(injects[name][1].get("name") or name))
    used = {str(one.inject.get("action_payload_resource_uuid")) for one in steps}
    for name in sorted(payloads.keys() - used):
        told.note("The payload is in no inject, so it is left out", str(payloads[name].get("name") or name))
    return tuple(one.row(ids, leads, payloads, told) for one in steps)


def _id(name: object, taken: Collection[str]) -> str:
    """A name as an id that is not taken yet."""
    written = str(name or "")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", written):
        written = re.sub(r"[^a-z0-9]+", "_", written.lower())[:60].strip("_")
        written = written if written[:1].isalpha() else f"inject_{written}".rstrip("_")
    number, id = 2, written
    while id in taken:
        number, id = number + 1, f"{written}_{number}"
    return id


@dataclass(frozen=True)
class _Step:
    """A step of the flow with its inject, and where both stand."""

    label: str
    id: str
    number: int
    step: dict[str, Any]
    place: int
    inject: dict[str, Any]

    @property
    def places(self) -> Places:
        step, inject = f"/inject_flow/{self.number}", f"/injects/{self.place}"
        kept = f"{inject}/{OURS}"
        by_key: dict[tuple[str, ...], str] = {(): step, ("after",): f"{step}/requirements/inject_uuid"}
        by_key |= {("at",): f"{step}/timing/triggered_at", ("notes",): f"{step}/description"}
        by_key |= {("text",): f"{inject}/description", ("channel",): f"{inject}/action"}
        by_key |= {("expected",): f"{inject}/inject_evaluation"}
        by_key |= {(name,): f"{kept}/{name}" for name in (*_KEPT, "after_days")}
        if "at" in self.kept:
            by_key[("at",)] = f"{kept}/at"
        return Places(self.label, f"injects.{self.id}", by_key)

    @property
    def kept(self) -> dict[str, Any]:
        given = self.inject.get(OURS)
        return given if isinstance(given, dict) else {}

    def part(self, name: str, kind: type) -> Any:
        """A part of the step in its type."""
        return _typed(self._named, self.step, f"/inject_flow/{self.number}/{name}", name, kind)

    def of_inject(self, name: str, kind: type) -> Any:
        """A part of the inject in its type."""
        return _typed(self._named, self.inject, f"/injects/{self.place}/{name}", name, kind)

    @property
    def _named(self) -> Places:
        return Places(self.label, f"injects.{self.id}")

    def sequence(self, name: str) -> list[str]:
        """Words of the sequence; some files have one word where others have a list."""
        given = self.part("sequence", dict).get(name) or []
        return [str(word) for word in (given if isinstance(given, list) else [given])]

    def row(
        self, ids: Mapping[str, str], leads: Mapping[str, str], payloads: Mapping[str, dict[str, Any]], told: _Told
    ) -> DraftRow:
        """The step as a row of a list."""
        ours, kept = OURS in self.inject, self.of_inject(OURS, dict)
        for name in sorted(kept.keys() - {*_KEPT, "at", "after_days"}):
            pointer = f"/injects/{self.place}/{OURS}/{name}"
            raise Places(self.label, f"injects.{self.id}", {(): pointer}).mistake(
                name, None, f"{OURS} has no such field"
            )
        notes = [self.part("description", str)]
        if not ours and self.inject.get("name") not in (None, "", self.id):
            notes.insert(0, str(self.inject["name"]))
        fields = {
            **self._when(ids, leads, told),
            "to": kept.get("to", "all"),
            "channel": self.of_inject("action", str),
            "text": self._text(payloads, told),
            "expected": self._expected(told),
            "notes": "\n".join(filter(None, notes)),
            **{name: kept[name] for name in _KEPT if name in kept},
        }
        if not ours:
            self._tell(told)
        _tell_of_others("inject_flow", self.step, self.id, told)
        _tell_of_others("injects", self.inject, self.id, told)
        return DraftRow(
            self.id, {name: value for name, value in fields.items() if value not in (None, "")}, self.places
        )

    def _when(self, ids: Mapping[str, str], leads: Mapping[str, str], told: _Told) -> dict[str, Any]:
        if "at" in self.kept or "when" in self.kept:
            return {"at": self.kept["at"]} if "at" in self.kept else {}
        seconds = self.part("timing", dict).get("triggered_at")
        if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0):
            raise self.places.mistake("at", seconds, "seconds after the start, or null")
        needed = self.part("requirements", dict).get("inject_uuid")
        if needed is not None:
            if needed not in ids:
                raise self.places.mistake("after", needed, "no inject of the flow has this UUID")
            if seconds is not None:
                told.note("timing.triggered_at is not read where an inject follows another", self.id)
            days = self.kept.get("after_days", 0)
            if isinstance(days, bool) or not isinstance(days, int):
                raise self.places.mistake("after_days", days, "a whole number of days")
            return {"after": f"{ids[needed]}{days:+d}"}
        if seconds is not None:
            if seconds % _DAY:
                told.note("timing.triggered_at is inside a day, and is read as that day", self.id)
            return {"at": f"D+{int(seconds // _DAY)}"}
        uuid_here = self.step["inject_uuid"]
        if "startex" not in self.sequence("trigger") and uuid_here in leads and leads[uuid_here] != self.id:
            return {"after": f"{leads[uuid_here]}+0"}
        if "startex" not in self.sequence("trigger"):
            told.note("Nothing says when, so it is due on the first day", self.id)
        return {"at": "D"}

    def _text(self, payloads: Mapping[str, dict[str, Any]], told: _Told) -> str:
        spoken: str = self.of_inject("description", str).strip()
        wanted = self.inject.get("action_payload_resource_uuid")
        if isinstance(wanted, str) and wanted:
            carried = _carried(payloads.get(wanted, {}))
            if carried is None:
                told.note("The payload is no text that the file holds, so it is left out", self.id)
            elif spoken and carried != spoken:
                told.note("The payload says something else than the description, and is left out", self.id)
            spoken = spoken or carried or ""
        if not spoken and self.inject.get("name"):
            told.note("Nothing is to be read out, so the name is", self.id)
            return str(self.inject["name"])
        return spoken

    def _expected(self, told: _Told) -> str:
        asked = [one for one in self.of_inject("inject_evaluation", list) if isinstance(one, dict)]
        if any(one.get("parameters") or any(one.get("score_range") or ()) for one in asked):
            told.note("What a tool would look for, and the scores, are not read; only what each is called", self.id)
        return "; ".join(str(one["result"]) for one in asked if one.get("result"))

    def _tell(self, told: _Told) -> None:
        if tool := self.inject.get("target_tool"):
            told.note(f"target_tool={tool} is not read: CEXF has no roles, so the inject goes to all", self.id)
        if self.part("requirements", dict).get("resolution_requirement"):
            told.note(
                "requirements.resolution_requirement is not read: an inject follows once another was fired", self.id
            )
        if self.part("timing", dict).get("periodic_run_every"):
            told.note("timing.periodic_run_every is not read: at the table nothing is repeated", self.id)
        if self.sequence("completion_trigger"):
            told.note("sequence.completion_trigger is not read: an inject is done once it was read out", self.id)
        if others := set(self.sequence("trigger")) - {"startex", "triggered_at"}:
            told.note(f"sequence.trigger={', '.join(sorted(others))} is not read", self.id)
        if self.step.get("reporting_callback"):
            told.note("reporting_callback is not read", self.id)


def _carried(payload: Mapping[str, Any]) -> str | None:
    """The text of a payload that is a file of text; None of any other."""
    parameters = payload.get("parameters")
    content = parameters.get("content") if isinstance(parameters, dict) else None
    if payload.get("type") != "file" or not isinstance(content, str):
        return None
    try:
        text = base64.b64decode(content, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _tell_of_others(part: str, given: Mapping[str, Any], name: str, told: _Told) -> None:
    for key in sorted(given.keys() - _READ[part]):
        if given[key] not in (None, "", [], {}):
            told.note(f"{part}.{key} is not read", name)
