"""Event tables between conf and the model: one schema for the record, a scenario and a player's order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Literal, cast

from sim.errors import UserMistake
from sim.model.events import MEASURES, TARGETS, Amount, Condition, Event
from sim.settings.parameter import REFERENCE
from sim.settings.schema import canonical, check_date

_FIELDS = {"date", "when", "set", "add", "facts", "origin", "text", "happens"}
_ORIGINS = ("documented", "scenario", "player")
_LARGEST, _MOST_DAYS = 1e12, 100_000
"""Of a condition: beyond every level that it can look at, and beyond every clock."""


def read_events(
    table: Any, values: Mapping[str, object] | None = None, key: str = "scenario.events"
) -> tuple[Event, ...]:
    """Check a mapping of event ids to rows and leave out the rows that are switched off.

    Dated rows come by date, those of one day in the table's order, conditional ones last. A number or a date may be
    a reference to a setting of ``values``, such as ``${governments.imminence_accord}``.

    Raises
    ------
    UserMistake
        Naming the row and the field.
    """
    if not isinstance(table, Mapping):
        raise UserMistake(key, table, "a mapping of event names to rows")
    for name, row in table.items():
        _tells(f"{key}.{name}", row, [str(other) for other in table if other != name])
    rows = [(f"{key}.{name}", str(name), _resolve(f"{key}.{name}", row, values or {})) for name, row in table.items()]
    return in_order(event for row in rows if (event := _read(*row)) is not None)


def in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """By date, the rows of one day in the order given, conditional ones last."""
    return tuple(sorted(events, key=lambda e: e.date.toordinal() if e.date else math.inf))


def canonical_events(events: Sequence[Event]) -> list[Any]:
    """What of a table can change a result, as plain lists: names, sources and texts left out."""
    return [
        [
            event.date.isoformat() if event.date else None,
            [event.when.measure, event.when.above, event.when.threshold, event.when.days, event.when.once]
            if event.when
            else None,
            [list(write) for write in event.writes],
        ]
        for event in events
    ]


def read_canonical(entries: Any, texts: Any) -> tuple[Event, ...]:
    """Events from what :func:`canonical_events` gives, and the text and origin of each, or None where they are unknown.

    Numbered names keep conditional events in the table's order.

    Raises
    ------
    UserMistake
        For anything that :func:`canonical_events` would not give.
    """
    example = 'a list of [date, condition, [[level, "set" or "add", value], …]]'
    if not isinstance(entries, list) or not all(isinstance(entry, list) and len(entry) == 3 for entry in entries):
        raise UserMistake("scenario.events", None, example)
    given = [["", "documented"]] * len(entries) if texts is None else texts
    if not isinstance(given, list) or [len(one) if isinstance(one, list) else 0 for one in given] != [2] * len(entries):
        raise UserMistake("scenario.texts", None, "a list of [text, origin], one for each event")
    events = []
    for number, ((day, when, writes), (text, origin)) in enumerate(zip(entries, given, strict=True)):
        name = f"scenario.events.{number:05d}"
        if not isinstance(writes, list) or any(not isinstance(write, list) or len(write) != 3 for write in writes):
            raise UserMistake(name, None, example)
        if any(op not in ("set", "add") or str(level) not in TARGETS for level, op, _ in writes):
            raise UserMistake(name, None, example)
        if (day is None) == (when is None) or (when is not None and not (isinstance(when, list) and len(when) == 5)):
            raise UserMistake(name, None, example)
        event = Event(
            id=f"{number:05d}",
            text=str(text),
            origin=_origin("scenario.texts", origin),
            writes=tuple((level, op, _number(f"{name}.{op}.{level}", op, value)) for level, op, value in writes),
            date=check_date(f"{name}.date", day) if day is not None else None,
            when=_canonical_condition(f"{name}.when", when) if when is not None else None,
        )
        events.append(event)
    return tuple(events)


def _canonical_condition(key: str, given: list[Any]) -> Condition:
    measure, above, threshold, days, once = given
    if not isinstance(above, bool):
        raise UserMistake(key, None, "[measure, true for above, threshold, days, once]")
    side = "above" if above else "below"
    return _condition(key, {"measure": measure, side: threshold, "days": days, "once": once})


def _origin(key: str, origin: Any) -> Literal["documented", "scenario", "player"]:
    if origin not in _ORIGINS:
        raise UserMistake(key, origin, f"one of {', '.join(_ORIGINS)}")
    return cast(Literal["documented", "scenario", "player"], origin)


def references(table: Any) -> frozenset[str]:
    """Settings that the rows of a table refer to."""
    if isinstance(table, Mapping):
        return frozenset().union(*map(references, table.values()))
    return frozenset(REFERENCE.findall(table)) if isinstance(table, str) else frozenset()


def _tells(key: str, row: Any, others: Sequence[str]) -> None:
    """Refuse a row that neither writes nor says anything: whoever types one has misspelt the name of another."""
    if isinstance(row, Mapping) and row.keys() <= {"date", "when", "happens"}:
        close = get_close_matches(key.rpartition(".")[2], others, n=3, cutoff=0.5)
        near = f"; near it: {', '.join(close)}" if close else ""
        raise UserMistake(key, None, f"no such event{near}; a new one needs set or add")


def _resolve(key: str, node: Any, values: Mapping[str, object]) -> Any:
    """A row with its references replaced by the settings they name."""
    if isinstance(node, Mapping):
        return {name: _resolve(f"{key}.{name}", value, values) for name, value in node.items()}
    if not isinstance(node, str) or "${" not in node:
        return node
    named = REFERENCE.fullmatch(node)
    if named is None or named[1] not in values:
        raise UserMistake(key, node, "refer to one setting of the world, such as ${governments.imminence_accord}")
    return node if values[named[1]] is None else values[named[1]]  # what is drawn is known run by run


def _read(key: str, name: str, row: Any) -> Event | None:
    if not isinstance(row, Mapping):
        raise UserMistake(key, row, "a row with date, set or add, facts and text")
    for field in row:
        if field not in _FIELDS:
            raise UserMistake(f"{key}.{field}", row[field], f"a row has {', '.join(sorted(_FIELDS))}")
    happens = row.get("happens", True)
    if not isinstance(happens, bool):
        raise UserMistake(f"{key}.happens", happens, "true or false")
    if not happens:
        return None
    if ("date" in row) == ("when" in row):
        raise UserMistake(key, None, "give either a date or a condition (when)")
    origin = _origin(f"{key}.origin", row.get("origin", "documented"))
    facts = row.get("facts", [])
    if not isinstance(facts, list | tuple) or not all(isinstance(fact, str) for fact in facts):
        raise UserMistake(f"{key}.facts", facts, "a list of fact ids, such as [accord_signed]")
    writes = (*_writes(key, "set", row.get("set", {})), *_writes(key, "add", row.get("add", {})))
    when = _condition(f"{key}.when", row["when"]) if "when" in row else None
    return Event(
        id=name,
        writes=writes,
        date=check_date(f"{key}.date", row["date"]) if "date" in row else None,
        when=when,
        facts=tuple(facts),
        origin=origin,
        text=str(row.get("text", name)),
    )


def _writes(key: str, op: Literal["set", "add"], given: Any) -> list[tuple[str, Literal["set", "add"], Amount]]:
    if not isinstance(given, Mapping):
        raise UserMistake(f"{key}.{op}", given, "a mapping such as {kenya: {slips: 1}}")
    writes: list[tuple[str, Literal["set", "add"], Amount]] = []
    for group, levels in given.items():
        if not isinstance(levels, Mapping):
            raise UserMistake(f"{key}.{op}.{group}", levels, "a mapping such as {kenya: {slips: 1}}")
        for level, value in levels.items():
            name = f"{group}.{level}"
            if name not in TARGETS:
                close = get_close_matches(name, TARGETS, n=3, cutoff=0.5) or sorted(TARGETS)
                raise UserMistake(f"{key}.{op}.{name}", value, f"no such level; near it: {', '.join(close)}")
            writes.append((name, op, _number(f"{key}.{op}.{name}", op, value)))
    return writes


def drawn_amounts(events: Iterable[Event]) -> frozenset[str]:
    """Settings whose values, drawn run by run, the amounts of these events are."""
    amounts = [value for event in events for _, _, value in event.writes]
    amounts += [event.when.threshold for event in events if event.when]
    return frozenset(amount[2:-1] for amount in amounts if isinstance(amount, str))


def held_amounts(events: Iterable[Event], held: Mapping[str, object]) -> tuple[Event, ...]:
    """The events with the amounts that refer to settings which are held by now."""

    def amount(value: Amount) -> Amount:
        known = held.get(value[2:-1]) if isinstance(value, str) else None
        return canonical(float(str(known))) if known is not None else value

    return tuple(
        replace(
            event,
            writes=tuple((name, op, amount(value)) for name, op, value in event.writes),
            when=event.when and replace(event.when, threshold=amount(event.when.threshold)),
        )
        for event in events
    )


def _number(key: str, op: str, value: Any) -> Amount:
    if isinstance(value, str) and REFERENCE.fullmatch(value):
        return value
    target = TARGETS[key.rpartition(f".{op}.")[2]]
    low = target.low if op == "set" else -target.high
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= target.high:
        raise UserMistake(key, value, f"a number from {low:g} to {target.high:g}")
    return canonical(value)


def _condition(key: str, given: Any) -> Condition:
    example = "such as {measure: coalition, above: 0.6, days: 3, once: true}"
    if not isinstance(given, Mapping) or set(given) - {"measure", "above", "below", "days", "once"}:
        raise UserMistake(key, given, f"a condition {example}")
    measure = given.get("measure")
    if not isinstance(measure, str) or measure not in MEASURES:
        raise UserMistake(f"{key}.measure", measure, f"one of {', '.join(MEASURES)}")
    if ("above" in given) == ("below" in given):
        raise UserMistake(key, given, f"either above or below, {example}")
    above = "above" in given
    threshold, days, once = (
        given["above" if above else "below"],
        given.get("days", 1),
        given.get("once", True),
    )
    refers = isinstance(threshold, str) and REFERENCE.fullmatch(threshold) is not None
    number = isinstance(threshold, int | float) and not isinstance(threshold, bool)
    if not refers and not (number and abs(threshold) <= _LARGEST):
        right = f"a number from {-_LARGEST:g} to {_LARGEST:g}"
        raise UserMistake(f"{key}.{'above' if above else 'below'}", threshold, right)
    if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _MOST_DAYS:
        raise UserMistake(f"{key}.days", days, f"a whole number of days, at least 1 and at most {_MOST_DAYS:,}")
    if not isinstance(once, bool):
        raise UserMistake(f"{key}.once", once, "true or false")
    return Condition(measure, above, threshold if refers else canonical(threshold), days, once)
