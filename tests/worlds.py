"""Worlds for the tests: small, short, and composed once for each set of words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np

from sim.arrays import Floats
from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import Request, request
from sim.ensemble.engine.block import Block, Simulation
from sim.model.events import Event
from sim.model.lanes import LANES
from sim.model.state import Letter, Stage, State
from sim.model.tile import Tile, Tiles, W
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.compiled import CompiledTheory
from sim.settings import schema

SETTINGS = {p.key for p in schema.FIXED if not p.key.startswith("ensemble.")}
SETTINGS |= {p.key for theory in THEORIES.values() for p in theory.parameters}
SEED = 20240307
FIXED = "unknowns=fixed"
"""Every setting has conf's value: worlds of one's own making, about which a story can say what will happen."""
SMALL = (FIXED, "officers.pool=40", "clock.end=2024-03-20")
"""Forty officers until a fortnight after the record: what most stories need."""
SHORT = (FIXED, "officers.pool=40", "clock.start=2024-02-15", "clock.end=2024-03-20")
"""The same, but only from a fortnight before the surge."""
TINY = (FIXED, "officers.pool=12", "clock.start=2024-02-26", "clock.end=2024-03-08")
"""So small that what takes time is around it: a store, workers."""


@cache
def asked(words: tuple[str, ...]) -> Request:
    """The request that these words make; nothing is drawn unless they say so, the last of them if several do."""
    (*_, drawn) = (FIXED, *(word for word in words if word.startswith("unknowns=")))
    return request((drawn, *(word for word in words if not word.startswith("unknowns="))))


@cache
def varied(words: tuple[str, ...]) -> Case:
    """The case that these words ask for. Composing takes long, so single settings vary a case composed before."""
    single = [word for word in words if word.partition("=")[0] in SETTINGS]
    composed: Case = asked(tuple(word for word in words if word not in single)).case
    values = dict(word.split("=") for word in single)
    return composed.varied({key: number(value) for key, value in values.items()}, " · ".join(words))


def number(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word  # a date or a choice


def make_case(*overrides: str, events: Sequence[Event] | None = None) -> Case:
    """The case that these words ask for; ``events`` takes the place of its scenario's."""
    case: Case = varied(overrides)
    return case if events is None else replace(case, events=tuple(events), table=None)


def block(*cases: Case, replicates: Sequence[int] = range(4), dtype: str = "float32", seed: int = SEED) -> Block:
    """The same replicates of every case, those of a case side by side."""
    case_of_run = np.repeat(np.arange(len(cases)), len(replicates))
    return Block(cases, case_of_run, np.tile(np.array(replicates), len(cases)), seed, dtype)


def gather(
    cases: Sequence[Case], runs: int = 4, dtype: str = "float32", first: int = 0, seed: int = SEED
) -> Simulation:
    """The eve of the first day in one block of several cases, all under the same ``runs`` replicates."""
    return Simulation.of(block(*cases, replicates=range(first, first + runs), dtype=dtype, seed=seed))


def make_world(
    *overrides: str,
    runs: int = 4,
    dtype: str = "float32",
    events: Sequence[Event] | None = None,
    first: int = 0,
    seed: int = SEED,
) -> Simulation:
    """The eve of the first day in ``runs`` replicates of one case."""
    return gather([make_case(*overrides, events=events)], runs=runs, dtype=dtype, first=first, seed=seed)


def select(world: Simulation) -> Simulation:
    """Everybody who is in is selected on the eve and at risk from then on, whatever the events say."""
    state = world.state
    state.selected.fill(1)
    state.selected_on.fill(state.day)
    state.stage[state.stage == Stage.VOLUNTEER] = Stage.SELECTED
    put_at_risk(state, state.present)
    return world


def put_at_risk(state: State, whom: Floats | float) -> None:
    """Let those who have a one here come to want out when survival falls to their lot, and nobody else."""
    state.at_risk[...] = whom
    state.limit[...] = np.where(state.at_risk > 0, state.lot, -1)


def give_lots(state: State, lots: Floats | float, *who: int) -> None:
    """Let these officers, or all, want out when their survival falls to this."""
    chosen = list(who) if who else slice(None)
    state.lot[chosen] = lots
    put_at_risk(state, state.at_risk)


def part(world: Simulation, officer: int, run: int | slice = slice(None)) -> None:
    """An officer has opted out before, in one run or in all: nobody counts on him."""
    state, layout = world.state, world.parameters.layout
    state.stage[officer, run], state.letter[officer, run] = Stage.OPTED_OUT, Letter.ACCEPTED
    state.present[officer, run] = 0
    put_at_risk(state, state.at_risk * state.present)
    state.squad_present[...] = layout.by_squad(state.present)
    state.available[...] = state.present.sum(axis=0)
    state.share[...] = shares(world)


def shares(world: Simulation) -> Floats:
    """What each officer is of those present in his squad, 0 if he has left, ``(officers, runs)``."""
    state, layout = world.state, world.parameters.layout
    one = state.present.dtype.type(1)
    return state.present * layout.to_officers(one / np.maximum(layout.by_squad(state.present), one))


def tiles_of(world: Simulation) -> Tiles:
    """The tiles of a world with its luck of today, for whoever asks a compiled function by hand; bring them back."""
    theory = world.theory
    tiles = Tiles(world.state, world.parameters, theory.reads if isinstance(theory, CompiledTheory) else ())
    tiles.draw(world.draws.luck(world.state.day))
    return tiles


def on_tiles(world: Simulation, function: Callable[..., object], *rest: object) -> Tiles:
    """Call a compiled function of a tile on all tiles of a world; they are handed back for their room to work in."""
    tiles = tiles_of(world)
    for tile in tiles:
        function(tile, *rest)
    tiles.bring_back()
    return tiles


def in_room(tiles: Tiles, row: int) -> Floats:
    """A row of the room to work in of each tile (``W``), as one array, ``(runs,)``."""
    return tiles.join([tile.w[row : row + LANES] for tile in tiles])


def each_day(world: Simulation, until: str | None = None, days: int | None = None) -> Iterator[State]:
    """Each evening of a world, to its end, for so many days, or until a day is over."""
    last = world.parameters.structure.end if until is None else date.fromisoformat(until).toordinal()
    if days is not None:
        last = world.state.day + days
    while world.state.day < last:
        yield world.step()


def identical(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two arrays are the same bit for bit, where nothing equals nothing."""
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def unlike(one: State, other: State) -> list[str]:
    """Names of the arrays in which two states differ."""
    mine, theirs = one.to_arrays(), other.to_arrays()
    assert mine.keys() == theirs.keys()
    return [name for name in mine if not identical(mine[name], theirs[name])]


# A day of single actors, asked of the compiled functions of the tiles


def act_on(world: Simulation, *acts: Callable[[Tile], object], room: str | None = None) -> np.ndarray:
    """Let every tile of a world do this with the luck of its day, and bring it back into the state.

    Gives what lies in a row of the room to work in afterwards, ``(runs,)``, if one is named; else nothing, ``(0,)``.
    """
    tiles = Tiles(world.state, world.parameters)
    tiles.draw(world.draws.luck(world.state.day))
    for tile in tiles:
        for act in acts:
            act(tile)
    tiles.bring_back()
    return np.empty(0) if room is None else tiles.join([row_of(tile, room) for tile in tiles])


def begin(world: Simulation) -> Tile:
    """The only tile of a world of few runs, its arrays the state's own, with the luck of its day."""
    tiles = Tiles(world.state, world.parameters)
    assert tiles.count == 1
    tiles.draw(world.draws.luck(world.state.day))
    return next(iter(tiles))


def row_of(tile: Tile, room: str) -> np.ndarray:
    """A row of a tile's room to work in, ``(LANES,)``, by its name."""
    return tile.w[getattr(W, room) :][:LANES]
