"""A case: one complete set of world settings, known by the hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import Any

import numpy as np

from sim.ensemble.cases.event_tables import canonical_events, in_order, read_canonical, read_events, references
from sim.errors import StoreDamaged, UserMistake
from sim.model.events import Event
from sim.model.withdrawal import THEORIES
from sim.settings import schema
from sim.settings.parameter import Parameter
from sim.settings.schema import Value


@dataclass(frozen=True)
class Case:
    """One world to be run under many draws of luck.

    Attributes
    ----------
    scenario, story
        Name and one sentence, for people.
    values
        Every world setting but the events, by dotted name, checked.
    events
        The scenario's event table, switched-off rows left out.
    label
        How people see the case.
    table
        The scenario's rows as written, references to settings included; None for a case that is only known by its
        events.
    orders
        Events beyond the scenario's table.
    """

    scenario: str
    story: str
    values: Mapping[str, Value]
    events: tuple[Event, ...]
    label: str
    table: Mapping[str, Any] | None = field(default=None, compare=False)
    orders: tuple[Event, ...] = ()

    @cached_property
    def id(self) -> str:
        """The letter c and 11 hex digits of the SHA-256 of the canonical settings; names and texts do not count.

        The letter keeps spreadsheets and readers of CSV from taking some of them for numbers. A case out of a store of
        format 1 keeps the id that it has there.
        """
        return f"c{self._hash[:11]}"

    @cached_property
    def first_id(self) -> str:
        """The id of the same case in stores of format 1: 12 hex digits."""
        return self._hash[:12]

    @cached_property
    def _hash(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @cached_property
    def canonical(self) -> str:
        """The settings as JSON with sorted keys: what makes two cases the same."""
        plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in self.values.items()}
        return json.dumps({**plain, "events": canonical_events(self.events)}, sort_keys=True)

    @property
    def theory(self) -> str:
        """Name of the theory of withdrawal."""
        return str(self.values["theory.name"])

    @property
    def days(self) -> int:
        """Days that a run lives, the first and the last among them."""
        start, end = self.values["clock.start"], self.values["clock.end"]
        assert isinstance(start, date)
        assert isinstance(end, date)
        return (end - start).days + 1

    @property
    def officer_days(self) -> int:
        """What a run takes, as far as it grows with the world: its officers, each on each of its days."""
        return int(str(self.values["officers.pool"])) * self.days

    @cached_property
    def structure(self) -> tuple[tuple[str, Value], ...]:
        """Settings that shape arrays or code: cases that agree in them can share a block."""
        return tuple((key, self.values[key]) for key in _STRUCTURAL)

    def varied(self, changes: Mapping[str, object], label: str, events: Sequence[Event] = ()) -> Case:
        """This case with other values, checked, and with further events; its own events follow the values.

        Parameters
        ----------
        changes
            New values by dotted name, in the units of ``tabletop show parameters``; scenario and theory stay.
        label
            How people see the new case.
        events
            Events to add, as a player's orders are.

        Raises
        ------
        UserMistake
            For a setting that the case does not have, or a value that it may not take.

        Examples
        --------
        >>> from sim.ensemble.design.request import request
        >>> case = request(["theory=breach"]).case
        >>> loud = case.varied({"media.report_probability": 0.5}, "loud")
        >>> (loud.values["media.report_probability"], loud.theory, loud.label)
        (0.5, 'breach', 'loud')
        >>> loud.id == case.id
        False
        >>> loud.varied({"media.report_probability": case.values["media.report_probability"]}, "back").id == case.id
        True
        """
        known = settings_of(self.theory)
        for key in changes:
            if key not in self.values or key not in known:
                raise UserMistake(key, changes[key], "no such setting" + schema.near(key))
        values = {**self.values, **{key: schema.check_value(known[key], value) for key, value in changes.items()}}
        schema.check_together(values)
        own, orders = self.events, (*self.orders, *events)
        if not self._followed.isdisjoint(changes):
            own = in_order((*read_events(self.table, values), *self.orders))
        table = in_order((*own, *events)) if events else own
        varied = replace(self, values=values, events=table, orders=orders, label=label)
        vars(varied)["_followed"] = self._followed  # of the same table
        return varied

    @cached_property
    def _followed(self) -> frozenset[str]:
        """Settings that the event table refers to."""
        return frozenset() if self.table is None else references(self.table)

    def row(self) -> dict[str, Any]:
        """One row of the table of cases; the events as JSON text."""
        return {
            "case": self.id,
            "label": self.label,
            "scenario.name": self.scenario,
            **self.values,
            "scenario.events": json.dumps(canonical_events(self.events)),
            "scenario.texts": json.dumps([[event.text, event.origin] for event in self.events], ensure_ascii=False),
        }

    @classmethod
    def from_settings(cls, row: Mapping[Hashable, Any]) -> Case:
        """The case of a row as :meth:`row` gives it, whatever its id.

        Raises
        ------
        UserMistake
            For a value that a setting may not take, or events that are none.
        KeyError
            Naming what the row lacks.
        """
        theory = str(row["theory.name"])
        if theory not in THEORIES:
            raise UserMistake("theory.name", theory, f"no such theory; there are {', '.join(THEORIES)}")
        known = [p for p in (*schema.FIXED, *THEORIES[theory].parameters) if not p.key.startswith("ensemble.")]
        texts = row.get("scenario.texts")
        values = {"theory.name": theory} | {p.key: schema.check_value(p, _plain(row[p.key])) for p in known}
        schema.check_together(values)
        return cls(
            scenario=str(row["scenario.name"]),
            story="",
            values=values,
            events=read_canonical(
                _listed("scenario.events", row["scenario.events"]),
                _listed("scenario.texts", texts) if isinstance(texts, str) else None,
            ),
            label=str(row["label"]),
        )

    @classmethod
    def from_row(cls, row: Mapping[Hashable, Any]) -> Case:
        """Undo :meth:`row`; the story and the names of events are not stored, nor were their texts at first.

        Raises
        ------
        StoreDamaged
            When a setting is missing or impossible, or the case's id is not that of the row.
        """
        try:
            case = cls.from_settings(row)
        except (KeyError, TypeError, ValueError, UserMistake) as fault:
            raise StoreDamaged(f"case {row.get('case')} cannot be rebuilt ({fault})") from fault
        if row.get("case") not in (case.id, case.first_id):
            raise StoreDamaged(
                f"case {row.get('case')} comes back as {case.id}: this version knows other settings than the one that "
                "stored it; use that one"
            )
        vars(case)["id"] = row["case"]
        return case

    def anew(self) -> Case:
        """The same case under its own id, whatever it is called in the store that it comes from."""
        return replace(self)

    def bare(self, events: tuple[Event, ...]) -> Case:
        """The same case without what only people read, to be sent to a worker; ``events`` are equal to its own."""
        bare = replace(self, story="", table=None, orders=(), events=events)
        vars(bare)["id"] = self.id  # known already, and dear enough to be hashed once
        return bare


@cache
def settings_of(theory: str) -> Mapping[str, Parameter]:
    """What is known about each setting of a world under a theory, and of its ensemble, by dotted name."""
    return {p.key: p for p in (*schema.FIXED, *THEORIES[theory].parameters)}


_STRUCTURAL = tuple(sorted({p.key for p in schema.FIXED if p.structural} | {"theory.name"}))


def _listed(key: str, text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise UserMistake(key, None, "JSON, as the table of cases has it") from None


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
