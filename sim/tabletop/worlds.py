"""The worlds of a table: the case of each theory, and how they are lived by turns from what was ordered so far.

Up to ``first_day`` a world's luck is the bank's; from then on every world has a future of its own under the session's
seed, so that nobody's future is known from the list of kept worlds. What counts on which day is said by
:class:`TableEvent`, so a state that was kept goes on as if it had never stopped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.arrays import FloatArray, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.event_tables import canonical_events, in_order
from sim.ensemble.engine.addressed_draws import AddressedDraws, Branch
from sim.ensemble.engine.block import Block, Simulation, block_parameters, values_of_runs
from sim.model.events import Event, Schedule
from sim.model.luck import Purpose
from sim.model.parameters import Parameters
from sim.model.state import OF_SQUADS, State
from sim.model.withdrawal import THEORIES
from sim.tabletop.measures import Days, Watch, frame, joined
from sim.tabletop.table_event import TableEvent

FIRST_DAY = date(2024, 3, 8)
"""The first day that is played; everyone has lived the day before."""
LAST_DAY = date(2024, 12, 31)
"""The last day that a future of a session may reach unless it says another."""
NUMBERS = 4096
"""Futures of one world on one branching day; each day has numbers of its own."""


@dataclass(frozen=True)
class TableCases:
    """The worlds of a session: one case a theory, all else alike.

    Attributes
    ----------
    cases
        By theory, in the order of the register; each with its kept worlds, at least so many that they stand for it.
    left_out
        In a line each, the theories that have too few kept worlds.
    seed
        The session's root seed.
    first_day
        The first day that is played.
    last_day
        The last day that a future may reach.
    """

    cases: Mapping[str, Case]
    left_out: tuple[str, ...]
    seed: int
    first_day: date = FIRST_DAY
    last_day: date = LAST_DAY

    @property
    def theories(self) -> tuple[str, ...]:
        """The theories that have worlds here."""
        return tuple(self.cases)

    def worlds(self, theory: str) -> Ints:
        """The kept worlds of a theory, in ascending order."""
        return np.array(self.cases[theory].worlds, dtype=np.int64)

    def drawn_world(self) -> tuple[str, int]:
        """The world that is played: a theory with equal weights, then one of its worlds, by the session's seed."""
        first, second = AddressedDraws(self.seed, [0]).uniform(Purpose.TABLE, 2)[:, 0].tolist()
        theory = self.theories[int(first * len(self.theories))]
        kept = self.worlds(theory)
        return theory, int(kept[int(second * len(kept))])

    def case(self, theory: str, events: Sequence[TableEvent] = ()) -> Case:
        """The case of a theory with what was ordered, each event of origin ``player``, as a table of its own."""
        added = [replace(one.event, origin="player") for one in events]
        return self.cases[theory].varied({}, self.cases[theory].label, added)

    def line(self, theory: str, worlds: Ints | Sequence[int]) -> Line:
        """Some worlds of a theory, to be lived together."""
        return Line(self.cases[theory], np.asarray(worlds, dtype=np.int64), self.seed, self.first_day)


@dataclass(frozen=True)
class Standing:
    """Worlds of one theory as they stand on an evening.

    Attributes
    ----------
    state
        On that evening; never changed, whoever goes on from it copies it.
    rows
        Which conditional event each row of ``streak``, ``fired`` and ``fired_on`` is of.
    first
        First day that was noted, a proleptic ordinal.
    days
        What was noted since then, ``(days, runs)`` by measure.
    """

    state: State
    rows: tuple[str, ...]
    first: int
    days: Days

    @property
    def day(self) -> int:
        """The evening."""
        return self.state.day

    def take(self, runs: Ints) -> Standing:
        """Those of some runs."""
        days = {name: np.ascontiguousarray(values[:, runs]) for name, values in self.days.items()}
        return replace(self, state=self.state.take(runs), days=days)


_OF_WATCHES = ("streak", "fired", "fired_on")


@dataclass(frozen=True)
class Line:
    """Worlds of one theory that are lived together, ``(runs,)``; a world may come more than once."""

    case: Case
    worlds: NDArray[np.int64]
    seed: int
    first_day: date

    @cached_property
    def block(self) -> Block:
        """The runs as the engine has them."""
        return Block((self.case,), np.zeros(len(self.worlds), dtype=np.int64), self.worlds, self.seed)

    @cached_property
    def values(self) -> dict[str, FloatArray]:
        """Settings of each run."""
        return values_of_runs(self.block)

    @cached_property
    def parameters(self) -> Parameters:
        """What stays fixed."""
        return block_parameters(self.block, self.values)

    def take(self, runs: Ints) -> Line:
        """Some of the runs."""
        return replace(self, worlds=self.worlds[runs])

    def draws(self, day: date | None = None, numbers: Ints | None = None) -> AddressedDraws:
        """Luck of the runs that part on a day, as the futures of these numbers; else on the first that is played."""
        numbers = np.zeros(len(self.worlds), dtype=np.int64) if numbers is None else numbers
        branch = Branch((day or self.first_day).toordinal(), self.seed, numbers)
        return AddressedDraws(self.block.luck_seed, self.worlds, branch, self.block.dtype)

    def begun(self, noted_from: date | None = None) -> Standing:
        """The evening before the first day that is played, and what was noted from a day on; else nothing was."""
        eve = self.first_day.toordinal() - 1
        simulation = Simulation.of(self.block, self.draws())
        first = eve + 1 if noted_from is None else max(noted_from.toordinal(), simulation.state.day + 1)
        simulation.live(first - 1, lambda _: None)
        watch = Watch(simulation.state, eve + 1 - first)
        simulation.live(eve, watch.note_days)
        rows = tuple(key for key, event in self._table((), eve) if event.when is not None)
        return Standing(simulation.state, rows, first, watch.days)

    def lived(
        self, standing: Standing, events: Sequence[TableEvent], last: int, draws: AddressedDraws | None = None
    ) -> tuple[Standing, Simulation | None]:
        """Go on to the evening of ``last``, a proleptic ordinal; ``standing`` stays as it is.

        Returns
        -------
        Where they stand then, and the simulation that goes on from there under what counted last; None where there was
        no day to live.
        """
        day = standing.day + 1
        if last < day:
            return standing, None
        draws = draws or self.draws()
        state, rows, simulation = self._fitting(standing.state), standing.rows, None
        watch = Watch(state, last - day + 1)
        while day <= last:
            table = self._table(events, day)
            end = self._same_until(events, day, last)
            later = tuple(key for key, event in table if event.when is not None)
            state, rows = _carried(state, rows, later), later
            simulation = self._simulation(tuple(event for _, event in table), state, draws)
            simulation.live(end, watch.note_days)
            day = end + 1
        return Standing(state, rows, standing.first, joined(standing.days, watch.days)), simulation

    def going_on(self, standing: Standing, events: Sequence[TableEvent], draws: AddressedDraws) -> Simulation:
        """A simulation on that evening, of a copy of its state, under what counts on the next day."""
        table = self._table(events, standing.day + 1)
        rows = tuple(key for key, event in table if event.when is not None)
        state = _carried(self._fitting(standing.state), standing.rows, rows)
        return self._simulation(tuple(event for _, event in table), state, draws)

    def _simulation(self, events: tuple[Event, ...], state: State, draws: AddressedDraws) -> Simulation:
        schedule = Schedule.build([events], self.block.case_of_run, self.values)
        theory = THEORIES[self.parameters.structure.theory]
        return Simulation(self.values, self.parameters, schedule, draws, theory, state)

    def watched(self, events: Sequence[TableEvent], day: int) -> tuple[Event, ...]:
        """The conditional events that count on a day, in the order of a state's rows."""
        return tuple(event for _, event in self._table(events, day) if event.when is not None)

    def _table(self, events: Sequence[TableEvent], day: int) -> list[tuple[str, Event]]:
        """What counts on a day, each with a key that is the same whenever it is asked for."""
        named = {id(event): f"own {number}" for number, event in enumerate(self.case.events)}
        added: list[Event] = []
        often: dict[str, int] = {}
        for one in events:
            text = json.dumps([one.since.toordinal(), canonical_events([one.event])])
            often[text] = often.get(text, 0) + 1
            if one.counts(day):
                event = replace(one.event, origin="player")
                named[id(event)] = f"{text} {often[text]}"
                added.append(event)
        return [(named[id(event)], event) for event in in_order((*self.case.events, *added))]

    @staticmethod
    def _same_until(events: Sequence[TableEvent], day: int, last: int) -> int:
        """The last day on which the same events count as on ``day``."""
        turns = [moment.toordinal() for one in events for moment in (one.since, one.until) if moment is not None]
        return min([turn - 1 for turn in turns if turn > day] + [last])

    def _fitting(self, state: State) -> State:
        """A copy of a state with as many rows of squads as these runs have."""
        squads = self.parameters.layout.squads
        by_squad = [
            memory.name for memory in THEORIES[self.parameters.structure.theory].memory if memory.per == "squad"
        ]
        memory = {name: array[:squads] if name in by_squad else array for name, array in state.memory.items()}
        of_squads = {name: getattr(state, name)[:squads] for name in OF_SQUADS}
        of_watches = {name: getattr(state, name).copy() for name in _OF_WATCHES}
        return replace(state, memory=memory, **of_squads, **of_watches)  # a state makes all other arrays its own


def _carried(state: State, before: Sequence[str], after: Sequence[str]) -> State:
    """A state whose rows of conditional events are those of ``after``; a new one starts at nothing."""
    if tuple(before) == tuple(after):
        return state
    places = {key: row for row, key in enumerate(before)}
    changed: dict[str, Any] = {}
    for name in _OF_WATCHES:
        old = getattr(state, name)
        new = np.zeros((len(after), state.runs), dtype=old.dtype)
        for row, key in enumerate(after):
            if key in places:
                new[row] = old[places[key]]
        changed[name] = new
    return replace(state, **changed)


@dataclass(frozen=True)
class PlayedWorld:
    """The world that is played, as it stands on the eve of a day.

    Attributes
    ----------
    theory, world
        Which it is, hidden from those who play.
    today
        The next day to be played.
    days
        Date × measures, from ``clock.start`` to the eve of ``today``.
    standing
        State and rows on that evening.
    line
        What lives it.
    events
        What counted at the table so far, overrides among it.
    """

    theory: str
    world: int
    today: date
    days: pd.DataFrame
    standing: Standing
    line: Line = field(repr=False)
    events: tuple[TableEvent, ...] = ()

    @property
    def state(self) -> State:
        """On the eve of ``today``, of one run; a copy."""
        return self.standing.state.copy()

    @property
    def simulation(self) -> Simulation:
        """To go on with, from a copy of the state, under what counts today; each call a new one."""
        return self.line.going_on(self.standing, self.events, self.line.draws())

    @property
    def conditional(self) -> tuple[Event, ...]:
        """The conditional events that are watched today, in the order of the state's rows."""
        return self.line.watched(self.events, self.today.toordinal())

    def since(self, day: date) -> pd.DataFrame:
        """The daily measures from a day on."""
        return self.days[self.days.index >= day]


def played_world(table: TableCases, theory: str, world: int, events: Sequence[TableEvent], today: date) -> PlayedWorld:
    """Live one world from ``clock.start`` to the eve of ``today`` with all that was ordered, overrides included.

    Parameters
    ----------
    table
        The session's cases and seed.
    theory, world
        As :meth:`TableCases.drawn_world` gives them.
    events
        What was ordered and what happened at the table so far, in that order.
    today
        The next day to be played, the first one or later.
    """
    line = table.line(theory, [world])
    start = line.case.values["clock.start"]
    assert isinstance(start, date)
    standing, _ = line.lived(line.begun(start), events, today.toordinal() - 1)
    days = frame(standing.days, date.fromordinal(standing.first))
    return PlayedWorld(theory, world, today, days, standing, line, tuple(events))
