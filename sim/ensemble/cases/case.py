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
import pandas as pd

from sim.arrays import Ints
from sim.ensemble.cases.event_tables import (
    canonical_events,
    drawn_amounts,
    held_amounts,
    in_order,
    read_canonical,
    read_events,
    references,
)
from sim.ensemble.cases.unknowns import FIXED, MODE, NOTHING_DRAWN, Unknowns
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
        Every world setting but the events, by dotted name, checked; None where each world draws its own.
    events
        The scenario's event table, switched-off rows left out.
    label
        How people see the case.
    table
        The scenario's rows as written, references to settings included; None for a case that is only known by its
        events.
    orders
        Events beyond the scenario's table.
    unknowns
        What is drawn, and under ``unknowns=posterior`` the bank whose worlds are kept.
    worlds
        Under ``unknowns=posterior``: the worlds that lived the record, in ascending order; None where only runs say
        which there are, as of a case out of a store.
    """

    scenario: str
    story: str
    values: Mapping[str, Value | None]
    events: tuple[Event, ...]
    label: str
    table: Mapping[str, Any] | None = field(default=None, compare=False)
    orders: tuple[Event, ...] = ()
    unknowns: Unknowns = NOTHING_DRAWN
    worlds: tuple[int, ...] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def id(self) -> str:
        """The letter c and 11 hex digits of the SHA-256 of the canonical settings; names and texts do not count.

        The letter keeps spreadsheets and readers of CSV from taking some of them for numbers. A case out of a store of
        format 1 keeps the id that it has there.
        """
        return f"c{self._hash[:11]}"

    @cached_property
    def earlier_ids(self) -> tuple[str, ...]:
        """The ids of the same case in stores of formats 1 and 2; none where it draws what these did not know of."""
        if self.mode != FIXED:
            return ()
        plain = {key: value for key, value in json.loads(self.canonical).items() if key != MODE}
        earlier = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
        return earlier[:12], f"c{earlier[:11]}"

    @cached_property
    def _hash(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()

    @cached_property
    def canonical(self) -> str:
        """The settings as JSON with sorted keys: what makes two cases the same."""
        plain = {key: value.isoformat() if isinstance(value, date) else value for key, value in self.values.items()}
        drawn = {"unknowns": told} if (told := self.unknowns.plain()) else {}
        return json.dumps({**plain, **drawn, "events": canonical_events(self.events)}, sort_keys=True)

    @property
    def mode(self) -> str:
        """Whether unknowns are ``fixed``, or drawn from the ``prior``, or those of the ``posterior``."""
        return str(self.values[MODE])

    def addresses(self, places: Ints) -> tuple[Ints, Ints]:
        """Replicate and future of each run by its place in the order in which runs are asked for, ``(runs,)`` each.

        Under ``unknowns=posterior`` run k is world k mod K of K, with future k div K; elsewhere it is replicate k.
        """
        places = np.asarray(places, dtype=np.int64)
        if self.worlds is None:
            return places, np.zeros_like(places)
        return np.array(self.worlds, dtype=np.int64)[places % len(self.worlds)], places // len(self.worlds)

    def places(self, replicates: Ints, futures: Ints) -> Ints:
        """Undo :meth:`addresses`; −1 for a world that is not among the kept ones."""
        if self.worlds is None:
            return np.where(np.asarray(futures) == 0, replicates, -1)
        known = pd.Index(self.worlds).get_indexer(pd.Index(replicates)).astype(np.int64)
        return np.where(known >= 0, known + np.asarray(futures, dtype=np.int64) * len(self.worlds), -1)

    def luck_seed(self, root_seed: int) -> int:
        """The family of luck that a run's past rests on: the bank's where there is one."""
        return self.unknowns.root_seed if self.unknowns.bank else root_seed

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
    def structure(self) -> tuple[tuple[str, Value | None], ...]:
        """Settings that shape arrays or code, and the past's luck: cases that agree in them can share a block."""
        past = (("unknowns.bank", self.unknowns.bank and f"{self.unknowns.root_seed}, {self.unknowns.parts}"),)
        return (*((key, self.values[key]) for key in _STRUCTURAL), *past)

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
        >>> case = request(["theory=breach", "unknowns=fixed"]).case
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
        held = {key: schema.check_value(known[key], value) for key, value in changes.items()}
        values = {**self.values, **held}
        schema.check_together(values)
        own, orders = self.events, (*self.orders, *events)
        if not self._followed.isdisjoint(changes):
            own = in_order((*read_events(self.table, values), *self.orders))
        elif self.table is None and not drawn_amounts(own).isdisjoint(held):
            own = held_amounts(own, held)
        table = in_order((*own, *events)) if events else own
        unknowns = self.unknowns if self.unknowns.drawn.keys().isdisjoint(held) else self.unknowns.without(held)
        varied = replace(self, values=values, events=table, orders=orders, label=label, unknowns=unknowns)
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
            DRAWN: json.dumps(told, sort_keys=True) if (told := self.unknowns.plain()) else None,
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
        texts, unknowns = row.get("scenario.texts"), _unknowns_of(row)
        values: dict[str, Value | None] = {"theory.name": theory}
        for p in known:
            if p.key in unknowns.drawn:
                values[p.key] = None
            else:
                given = row[p.key] if p.key != MODE else row.get(MODE) or FIXED
                values[p.key] = schema.check_value(p, _plain(given))
        if (values[MODE] == FIXED) != (unknowns == NOTHING_DRAWN):
            raise UserMistake(DRAWN, row.get(DRAWN), f"what is drawn under unknowns={values[MODE]}, as JSON")
        schema.check_together(values)
        return cls(
            unknowns=unknowns,
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
        if row.get("case") not in (case.id, *case.earlier_ids):
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
        bare = replace(self, story="", table=None, orders=(), events=events, worlds=None)
        vars(bare)["id"] = self.id  # known already, and dear enough to be hashed once
        return bare


@cache
def settings_of(theory: str) -> Mapping[str, Parameter]:
    """What is known about each setting of a world under a theory, and of its ensemble, by dotted name."""
    return {p.key: p for p in (*schema.FIXED, *THEORIES[theory].parameters)}


DRAWN = "unknowns.drawn"
"""Column of the table of cases: what is drawn, and of which bank, as JSON."""
_STRUCTURAL = tuple(sorted({p.key for p in schema.FIXED if p.structural} | {"theory.name"}))


def _unknowns_of(row: Mapping[Hashable, Any]) -> Unknowns:
    """What a row says is drawn; nothing where it does not say, as in stores before format 3."""
    told = row.get(DRAWN)
    if not isinstance(told, str) or not told:
        return NOTHING_DRAWN
    try:
        return Unknowns.of_plain(_listed(DRAWN, told))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UserMistake(DRAWN, None, "what is drawn, as the table of cases has it") from None


def _listed(key: str, text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise UserMistake(key, None, "JSON, as the table of cases has it") from None


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
