"""The days of the world, each in its order. Start reading here.

Sequential between the lines of :data:`PARTS`, synchronous within one: each reads today's values of those above it, and
peers read yesterday's values of each other. Where nothing needs to be asked between its parts, days go by in one go
(:func:`days`): the same parts in the same order, but that officers perceive and decide on one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from sim.arrays import Array, Floats
from sim.jit import compiled
from sim.jit_records import ArrayRecord, Piece, call, piece
from sim.model import events as happenings
from sim.model import gangs, governments, media, officers
from sim.model.events import Schedule
from sim.model.lanes import LANES
from sim.model.officers import COHESION
from sim.model.parameters import Parameters
from sim.model.state import WATCHED, L, State
from sim.model.tile import Tile, Tiles
from sim.model.withdrawal.compiled import CompiledTheory
from sim.model.withdrawal.interface import Perception, Theory
from sim.model.withdrawal.look import look

_WATCHED = len(WATCHED) * LANES

PARTS: Mapping[str, Callable[[Day], None]] = MappingProxyType({
    "events": lambda day: day.happen(),
    "muster": lambda day: day.each(officers.muster, day.number),
    "governments": lambda day: day.each(governments.act, day.number, day.by_rules),
    "gangs": lambda day: day.each(gangs.act, day.number),
    "news": lambda day: day.each(media.report_news),
    "perceive": lambda day: day.perceive(),
    "remember": lambda day: day.remember(),
    "decide": lambda day: day.decide(),
    "suffer": lambda day: day.each(officers.suffer),
    "observe": lambda day: day.observe(),
})  # fmt: skip
ORDER = tuple(PARTS)
"""The parts of a day. Another order is another model: only certificates live one, and nothing of it is stored."""


class Parts(ArrayRecord):
    """What days in one go call, in this order: each compiled once and apart from the others, most for any theory."""

    muster: Piece
    governments: Piece
    gangs: Piece
    news: Piece
    look_around: Piece
    terms: Piece
    ask: Piece
    pass_over: Piece
    leave: Piece
    suffer: Piece
    report_exits: Piece
    note: Piece


@compiled
def days(
    tile: Tile,
    parts: Parts,
    first: int,
    last: int,
    rules_from: int,
    cohesion: int,
    null: bool,
    record_end: int,
    watched: Floats,
) -> None:
    """Days of a tile in one go: those of the order, but that officers perceive and decide on one pass.

    The levels that are watched are noted evening by evening, ``(days, levels × lanes)``. Pulses of the first day are
    what its events made them.
    """
    s, zero = tile.s, tile.s.dtype.type(0)
    for day in range(first, last + 1):
        if day > first:
            for r in range(LANES):
                s[L.documented_attacks + r] = s[L.documented_salience + r] = s[L.kenya_salience + r] = zero
        call(parts.muster, tile, day)
        call(parts.governments, tile, day, day >= rules_from)
        call(parts.gangs, tile, day)
        call(parts.news, tile)
        call(parts.look_around, tile)
        call(parts.terms, tile)
        intents = call(parts.pass_over, tile, parts.ask, cohesion, null)
        exits = call(parts.leave, tile, day, tile.who, tile.where, intents, record_end)
        call(parts.suffer, tile)
        call(parts.report_exits, tile, tile.who, tile.where, exits)
        call(parts.note, tile)
        evening = watched[day - first]
        for k in range(len(evening)):
            evening[k] = s[k]


_PARTS: dict[object, Parts] = {}


def parts_of(theory: CompiledTheory, tile: Tile) -> Parts:
    """The parts of a day under a theory, for tiles like this one."""
    known = type(theory).terms, type(theory).score, tile.kind
    if known not in _PARTS:
        ask, of_exits = theory.ask(tile), (tile.who, tile.where, 0)
        _PARTS[known] = Parts(
            muster=piece(officers.muster, tile, 0),
            governments=piece(governments.act, tile, 0, False),
            gangs=piece(gangs.act, tile, 0),
            news=piece(media.report_news, tile),
            look_around=piece(officers.look_around, tile),
            terms=piece(type(theory).terms, tile),
            ask=ask,
            pass_over=piece(officers.pass_over, tile, ask, 0, False),
            leave=piece(officers.leave, tile, 0, *of_exits, 0),
            suffer=piece(officers.suffer, tile),
            report_exits=piece(media.report_exits, tile, *of_exits),
            note=piece(officers.note, tile),
        )
    return _PARTS[known]


@dataclass
class Day:
    """A day that is lived part by part: what its parts work on, and who leaves on it.

    ``gone`` says how many leave, by tile; none until officers have decided.
    """

    state: State
    p: Parameters
    events: Schedule
    theory: Theory
    tiles: Tiles
    gone: list[int] = field(default_factory=list)

    @property
    def number(self) -> int:
        """The day, a proleptic ordinal."""
        return self.state.day

    @property
    def by_rules(self) -> bool:
        """Whether governments act by rules."""
        return self.p.structure.rules and self.number > self.p.structure.record_end

    def each(self, act: Callable[..., object], *how: object) -> None:
        """Let an actor act in every tile."""
        for tile in self.tiles:
            act(tile, *how)

    def happen(self) -> None:
        """Events, which are the state's."""
        self.tiles.bring_back(tables_only=True)
        happenings.apply(self.state, self.events)
        self.tiles.fetch(tables_only=True)

    def perceive(self) -> None:
        """Perceived hazards move; where officers have decided before, the evening's mean is of what they become."""
        self.each(officers.perceive)
        if self.gone:
            self.each(officers.feel)

    def remember(self) -> None:
        """Take a theory's memory to today, all of it at once, so that it reads yesterday's whomever it looks at.

        Whatever the theory leaves out is no number, and a memory that is no number costs its own run only.
        """
        if not self.theory.memory:
            return
        state, see = self.state, self._look()
        todays = {name: np.full_like(array, np.nan) for name, array in state.memory.items()}
        self.theory.remember(see, self.p, todays)
        for name, today in todays.items():
            np.copyto(state.memory[name], today)
            bad = np.logical_or.reduce(~np.isfinite(today), axis=0)
            state.fault[bad & (state.fault == 0)] = state.day
        self.tiles.fetch(tables_only=True)  # a fault

    def decide(self) -> None:
        """Ask the theory, and see who leaves."""
        s = self.p.structure
        hazards = asked(self.theory, self._look(), self.p)
        for tile, given in zip(self.tiles, self.tiles.cut(hazards), strict=True):
            intents = officers.pass_over_given(tile, COHESION[s.cohesion], self.theory.null, given)
            self.gone.append(officers.leave(tile, self.number, tile.who, tile.where, intents, s.record_end))

    def observe(self) -> None:
        """Media observe who has left, and the day is noted."""
        for tile, exits in zip(self.tiles, self.gone, strict=True):
            media.report_exits(tile, tile.who, tile.where, exits)
            officers.note(tile)

    def _look(self) -> Perception:
        self.tiles.bring_back()
        return look(self.state, self.p)


def step(
    state: State,
    p: Parameters,
    events: Schedule,
    theory: Theory,
    tiles: Tiles,
    last: int | None = None,
    *,
    order: Sequence[str] = ORDER,
    tables_only: bool = False,
) -> Array:
    """Take every run of a block to its next day, or as far as ``last`` while nothing is scheduled, in place.

    Parameters
    ----------
    state
        Yesterday's state; it becomes the last day's.
    p, events, theory
        What is fixed while the block runs.
    tiles
        The tiles of the state; they carry its luck, a pure function of addresses, so nothing that happens in a run
        moves it.
    last
        No day after this one is lived; None: one day.
    order
        Names of the parts of the day.

    Returns
    -------
    Levels that are watched, evening by evening, ``(days, levels, runs)``.
    """
    state.day += 1
    first, s = state.day, p.structure
    in_one_go = goes_in_one(theory, order)
    last = first if last is None or events.watches or not in_one_go else last
    last = min([last, *(day - 1 for day in events.days if day > first)])
    watched = np.empty((tiles.count, last - first + 1, _WATCHED), p.dtype)
    if in_one_go and isinstance(theory, CompiledTheory):
        happenings.apply(state, events)
        tiles.fetch(tables_only=tables_only)
        rules_from = s.record_end + 1 if s.rules else last + 1
        for tile, noted in zip(tiles, watched, strict=True):
            parts = parts_of(theory, tile)
            days(tile, parts, first, last, rules_from, COHESION[s.cohesion], theory.null, s.record_end, noted)
    else:
        tiles.fetch()
        day = Day(state, p, events, theory, tiles)
        for part in order:
            PARTS[part](day)
        for tile, noted in zip(tiles, watched, strict=True):
            noted[0] = tile.s[:_WATCHED]
    tiles.bring_back(tables_only=tables_only and in_one_go)
    state.day = last
    of_runs = watched.reshape(tiles.count, -1, len(WATCHED), LANES).transpose(1, 2, 0, 3)
    return of_runs.reshape(of_runs.shape[0], len(WATCHED), -1)[:, :, : state.runs]


def goes_in_one(theory: Theory, order: Sequence[str] = ORDER) -> bool:
    """Whether days are compiled as a whole; a memory, a hazard of its own, another order are lived part by part."""
    own = not isinstance(theory, CompiledTheory) or type(theory).hazard is not CompiledTheory.hazard
    return tuple(order) == ORDER and not own and not theory.memory


def asked(theory: Theory, see: Perception, p: Parameters) -> Floats:
    """Today's hazards of a theory that is plain Python, ``(officers, runs)``.

    A run that has one which is no probability has none at all: its officers neither leave nor come nearer to it, and
    the pass over the officers notes its fault. Whatever the theory leaves out is no number.
    """
    hazards = np.full_like(see.state.perceived, np.nan)
    theory.hazard(see, p, hazards)
    possible = (hazards >= 0) & (hazards <= 1)
    hazards[:, ~np.logical_and.reduce(possible, axis=0)] = np.nan
    return hazards
