"""A case: one complete set of world settings, known by the hash of its content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from sim.ensemble.event_tables import canonical_events, in_order, read_events
from sim.errors import UserMistake
from sim.model.events import Event
from sim.model.withdrawal import THEORIES
from sim.settings import schema
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
        """First 12 hex digits of the SHA-256 of the canonical settings; names and texts do not count."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()[:12]

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
    def structure(self) -> tuple[tuple[str, Value], ...]:
        """Settings that shape arrays or code: cases that agree in them can share a block."""
        structural = {p.key for p in schema.FIXED if p.structural} | {"theory.name"}
        return tuple((key, self.values[key]) for key in sorted(structural))

    def varied(self, changes: Mapping[str, object], label: str, events: Sequence[Event] = ()) -> Case:
        """This case with other values, checked, and with further events; its own events follow the values.

        Raises
        ------
        UserMistake
            For a setting that the case does not have, or a value that it may not take.
        """
        known = {p.key: p for p in (*schema.FIXED, *THEORIES[self.theory].parameters)}
        for key in changes:
            if key not in self.values or key not in known:
                raise UserMistake(key, changes[key], "no such setting" + schema.near(key))
        values = {**self.values, **{key: schema.check_value(known[key], value) for key, value in changes.items()}}
        schema.check_together(values)
        orders = (*self.orders, *events)
        own = self.events if self.table is None else (*read_events(self.table, values), *self.orders)
        return replace(self, values=values, events=in_order((*own, *events)), orders=orders, label=label)

    def row(self) -> dict[str, Any]:
        """One row of the table of cases; the events as JSON text."""
        return {
            "case": self.id,
            "label": self.label,
            "scenario.name": self.scenario,
            **self.values,
            "scenario.events": json.dumps(canonical_events(self.events)),
        }
