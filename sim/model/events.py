"""What happens on a date: the record, a scenario and a player's order, all rows of one table.

An event sets levels or adds to them. A dated event happens at the start of its day; a conditional one is
tested at the start of every day over all runs, and whether it fired is state. A block holds the events of all its
cases as sparse writes, so scenarios share blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

import numpy as np

from sim.arrays import Floats, Ints
from sim.model.state import PULSES, State


@dataclass(frozen=True, slots=True)
class Target:
    """Something an event may write.

    Attributes
    ----------
    attribute
        Of the state.
    low, high
        Its limits.
    delay
        Days that a write takes to arrive.
    pulse
        Whether it starts each day at zero.
    noted
        Attribute of the state that keeps the day of the last write; none: nobody asks.
    """

    attribute: str
    low: float = 0.0
    high: float = 1.0
    delay: int = 0
    pulse: bool = False
    noted: str = ""


_MANY = 1e9
TARGETS: Mapping[str, Target] = {
    "gangs.documented_attacks": Target("documented_attacks", 0, 10_000, pulse=True),
    "gangs.coalition": Target("coalition"),
    "gangs.control": Target("control"),
    "gangs.shut_out": Target("shut_out"),
    "media.documented_salience": Target("documented_salience", 0, 10_000, pulse=True),
    "media.kenya_salience": Target("kenya_salience", 0, 10_000, pulse=True),
    "haiti.prime_minister": Target("prime_minister"),
    "haiti.authority": Target("authority"),
    "haiti.police": Target("police", 0, _MANY),
    "un.trust_fund": Target("trust_fund"),
    "kenya.court_block": Target("court_block"),
    "kenya.accord": Target("accord", noted="accord_on"),
    "kenya.funds_first": Target("funds_first"),
    "kenya.readiness": Target("readiness"),
    "kenya.kit_gap": Target("kit_gap"),
    "kenya.funding": Target("funding"),
    "kenya.arrears": Target("arrears", 0, 10_000),
    "kenya.slips": Target("slips", 0, 1000),
    "kenya.imminence": Target("announced", noted="announced_on"),
    "kenya.departure": Target("departure"),
    "kenya.departure_held": Target("departure_held"),
    "officers.selected": Target("selected"),
    "levers.pay_escrow": Target("pay_escrow"),
    "levers.insurance": Target("insurance"),
    "levers.evacuation": Target("evacuation"),
    "levers.rules_published": Target("rules_published"),
    "levers.kit_first": Target("kit_first"),
    "levers.leaders_briefed": Target("leaders_briefed"),
    "levers.credible_denial": Target("credible_denial"),
    "levers.squad_opt_out": Target("squad_opt_out"),
    "levers.mandatory": Target("mandatory"),
    "levers.first_contingent": Target("first_contingent", 0, _MANY),
    "levers.reserve": Target("reserve", 0, _MANY),
    "levers.foreign_troops": Target("foreign_troops", 0, _MANY, delay=14),
    "levers.us_support": Target("us_support"),
    "levers.gang_truce": Target("gang_truce"),
}
"""Everything an event may write, by the name that conf and the table use."""

MEASURES: Mapping[str, Callable[[State], Floats]] = {
    "coalition": lambda s: s.coalition,
    "control": lambda s: s.control,
    "authority": lambda s: s.authority,
    "media": lambda s: s.media,
    "attacks": lambda s: s.attacks,
    "readiness": lambda s: s.readiness,
    "funding": lambda s: s.funding,
    "arrears": lambda s: s.arrears,
    "imminence": lambda s: s.imminence,
    "assurance": lambda s: s.assurance,
    "available": lambda s: s.available,
    "exits": lambda s: s.exits,
    "report": lambda s: s.report,
}
"""The closed list of what a condition may look at, as yesterday left it and as conditions before it left it today."""


Amount = float | str
"""A number, or ``${key}``: the value that the setting of this name has in each run."""


@dataclass(frozen=True, slots=True)
class Condition:
    """``measure`` above or below ``threshold`` on ``days`` days in a row; fires once, or whenever it holds."""

    measure: str
    above: bool
    threshold: Amount
    days: int = 1
    once: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """One row of an event table."""

    id: str
    writes: tuple[tuple[str, Literal["set", "add"], Amount], ...]
    date: date | None = None
    when: Condition | None = None
    facts: tuple[str, ...] = ()
    origin: Literal["documented", "scenario", "player"] = "documented"
    text: str = ""


@dataclass(frozen=True)
class _Write:
    target: Target
    add: bool
    runs: Ints
    values: Floats


@dataclass(frozen=True)
class _Watch:
    """One conditional event; ``threshold`` and ``days`` over all runs, ``active`` where the run's case has it."""

    measure: str
    above: bool
    once: bool
    threshold: Floats
    days: Ints
    active: Floats
    writes: tuple[_Write, ...]


@dataclass(frozen=True)
class Schedule:
    """The events of a block: sparse writes by day, and the conditions watched over every run."""

    by_day: Mapping[int, tuple[_Write, ...]]
    watches: tuple[_Watch, ...] = ()

    @property
    def days(self) -> list[int]:
        """Days with a dated event, in order."""
        return sorted(self.by_day)

    @classmethod
    def build(
        cls,
        tables: Sequence[Sequence[Event]],
        case_of_run: Ints,
        values: Mapping[str, Floats] = MappingProxyType({}),
    ) -> Schedule:
        """Merge the tables of several cases; ``case_of_run`` says which table each run follows.

        Rows of a day are applied in their table's order; columns of different cases never meet. ``values`` has by
        dotted name what the runs' settings are, ``(runs,)`` each, for amounts that refer to one.
        """

        def amounts(runs: Ints, amount: Amount) -> Floats:
            """The amount in each of these runs."""
            return values[amount[2:-1]][runs] if isinstance(amount, str) else np.full(len(runs), amount)

        columns = [np.flatnonzero(case_of_run == c) for c in range(len(tables))]
        gathered: dict[int, dict[tuple[int, str, bool], list[tuple[Ints, Floats]]]] = {}
        watched: dict[tuple[int, Condition, tuple[tuple[str, str, Amount], ...]], list[Ints]] = {}
        for runs, table in zip(columns, tables, strict=True):
            order = 0
            for place, event in enumerate(table):
                if event.when is not None:
                    watched.setdefault((place, event.when, event.writes), []).append(runs)
                    continue
                assert event.date is not None
                for name, op, value in event.writes:
                    day = event.date.toordinal() + TARGETS[name].delay
                    rows = gathered.setdefault(day, {})
                    rows.setdefault((order, name, op == "add"), []).append((runs, amounts(runs, value)))
                    order += 1
        by_day = {
            day: tuple(_merge(name, add, parts) for (_, name, add), parts in sorted(rows.items()))
            for day, rows in gathered.items()
        }
        total = len(case_of_run)
        watches = tuple(
            _watch(condition, writes, np.concatenate(parts), total, amounts)
            for (_, condition, writes), parts in sorted(watched.items(), key=lambda item: item[0][0])
        )
        return cls(by_day, watches)


def apply(state: State, events: Schedule) -> None:
    """Reset the pulses, fire the conditions that hold, and apply what is dated today."""
    for name in PULSES:
        getattr(state, name).fill(0)
    for row, watch in enumerate(events.watches):
        _consider(state, row, watch)
    apply_dated(state, events)


def apply_dated(state: State, events: Schedule) -> None:
    """Apply what is dated today, in the order of each case's table."""
    for write in events.by_day.get(state.day, ()):
        _apply(state, write, write.runs, write.values)


def _consider(state: State, row: int, watch: _Watch) -> None:
    level = MEASURES[watch.measure](state)
    holds = (level > watch.threshold) if watch.above else (level < watch.threshold)
    state.streak[row] = np.where(holds & (watch.active > 0), state.streak[row] + 1, 0)
    fires = (state.streak[row] >= watch.days) & (watch.active > 0)
    if watch.once:
        fires &= state.fired[row] == 0
    state.fired[row] += fires
    # An order that is given again while it is on its way does not put off what was ordered first.
    on_its_way = max((write.target.delay for write in watch.writes), default=0)
    idle = (state.fired_on[row] == 0) | (state.day > state.fired_on[row] + on_its_way)
    state.fired_on[row, fires & idle] = state.day
    for write in watch.writes:
        delay = write.target.delay
        chosen = ((state.fired[row] > 0) & (state.fired_on[row] + delay == state.day) if delay else fires)[write.runs]
        if chosen.any():
            _apply(state, write, write.runs[chosen], write.values[chosen])


def _apply(state: State, write: _Write, runs: Ints, values: Floats) -> None:
    level = getattr(state, write.target.attribute)
    new = level[runs] + values if write.add else values
    level[runs] = np.clip(new, write.target.low, write.target.high)
    if write.target.noted:
        getattr(state, write.target.noted)[runs] = state.day


def _merge(name: str, add: bool, parts: Iterable[tuple[Ints, Floats]]) -> _Write:
    runs, values = zip(*parts, strict=True)
    return _Write(TARGETS[name], add, np.concatenate(runs), np.concatenate(values))


def _watch(
    condition: Condition,
    writes: tuple[tuple[str, str, Amount], ...],
    runs: Ints,
    total: int,
    amounts: Callable[[Ints, Amount], Floats],
) -> _Watch:
    active, threshold = np.zeros(total), np.zeros(total)
    active[runs], threshold[runs] = 1, amounts(runs, condition.threshold)
    return _Watch(
        condition.measure,
        condition.above,
        condition.once,
        threshold,
        np.full(total, condition.days),
        active,
        tuple(_Write(TARGETS[name], op == "add", runs, amounts(runs, value)) for name, op, value in writes),
    )
