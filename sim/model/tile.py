"""A tile: all arrays that some runs of a block are stepped with, as compiled loops take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from sim.arrays import Array
from sim.jit_records import ArrayRecord
from sim.model.lanes import LANES, offsets, tiles
from sim.model.layout import Layout
from sim.model.state import OF_OFFICERS, OF_SQUADS, State

ATTACK_SLOTS = 10
"""Attacks of one bloc on one day that can kill; the rest count as attacks alone."""
TERMS = tuple(f"term_{k}" for k in range(12))
"""Rows for what a theory works out once a day and run."""
W = offsets("W", (
    *("heard", "pull", "united", "left", "killed", "of_civilians", "strategic", "civilian", "strategic_share"),
    *("ambiguity", "clarity", "arrears", "slips", "kit_gap", "terms"),
    *("push", "shift", "more", "rise", "fall", "squad_pull", "both_pulls", "force_pull"),
    *("in_squad", "above", "so_far", "whole", "score", "odds", "danger", "near", "far", "top", "felt", "wrong"),
    *("told", "held", "hazard", "first", *TERMS),
))  # fmt: skip
"""Rooms to work in, one a row; what is in them does not outlive a day."""
WORK = W.term_11 + LANES


class Tile(ArrayRecord):
    """Arrays of a tile, ``(rows, lanes)``; the flat ones have the rows that :func:`sim.model.lanes.offsets` place."""

    lanes: int
    """How many of the lanes have runs, in whole vectors of eight: dense loops leave out the rest."""
    s: Array
    """Levels, flat (``L``)."""
    d: Array
    """Days and counts, flat (``D``)."""
    p: Array
    """Settings and what follows from them, flat (``P``)."""
    t: Array
    """Settings of the theory, flat."""
    w: Array
    """Room to work in, flat (``W``)."""
    hot: Array
    """What is read of each officer each day, ``(officers, rows × lanes)``; ``H`` has the rows."""
    excitation: Array
    background: Array
    bloc_share: Array
    stage: Array
    letter: Array
    present: Array
    at_risk: Array
    lot: Array
    friction: Array
    casualty: Array
    casualty_kind: Array
    traits: Array
    """Traits that the theory's hazard reads, ``(traits, officers, lanes)``."""
    squad_present: Array
    leader_left: Array
    squad_exits: Array
    squad_exits_0: Array
    squad_exits_1: Array
    squad_exits_2: Array
    leads: Array
    squad_of: Array
    starts: Array
    sizes: Array
    told: Array
    """What the theory, and what cohesion, has for each squad today, ``(2, squads, lanes)``."""
    who: Array
    """Room for the officer of each intent of a day, and then of each exit, ``(officers × lanes,)``."""
    where: Array
    """Room for his run."""
    rates: Array
    """Attacks a day of each bloc, expected, ``(blocs, lanes)``; ``counts`` are those that come, and ``held`` those that
    a bloc is given of documented ones, ``(blocs,)``."""
    counts: Array
    held: Array
    uniform: Array
    """Draws of a day, ``(4, lanes)``, and ``drawn`` their counters; ``dead`` is a count, ``(lanes,)``."""
    drawn: Array
    dead: Array
    marks: Array
    """Counters, and then draws, of the day's attacks, ``(4, attacks)``, in which runs, and with how many deaths."""
    struck: Array
    deaths: Array
    luck: Array
    """Replicate and future of each run, the key's two words, and whom officers are counted from, ``(4, lanes)``."""


KEPT = (*(name for name in OF_OFFICERS if name in Tile.fields), *OF_SQUADS, "excitation")
"""The state's arrays that a tile has, but for its two tables."""


class Fixed(Protocol):
    """What tiles take of :class:`sim.model.parameters.Parameters`, whose file need not be known here."""

    @property
    def layout(self) -> Layout:
        """Who serves with whom."""

    @property
    def derived(self) -> Any:
        """With ``background`` and ``bloc_share``, each ``(blocs, runs)``."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Precision."""

    @property
    def table(self) -> Array:
        """Settings and what follows from them, on whole tiles, ``(rows, runs)``."""

    @property
    def theory_table(self) -> Array:
        """Settings of the theory, on whole tiles, ``(rows, runs)``."""


class Tiles:
    """The tiles of a state: views of it where it is one tile, else copies that are brought back after each use.

    Parameters
    ----------
    reads
        Names of the state's arrays of officers, or of the theory's traits, that its compiled hazard takes.
    """

    def __init__(self, state: State, p: Fixed, reads: Sequence[str] = ()) -> None:
        self._state, self._p, self._reads = state, p, tuple(reads)
        self.count = tiles(state.runs)
        self._known = [self._make(k) for k in range(self.count)]

    def of(self, state: State, reads: Sequence[str]) -> bool:
        """Whether these are the tiles of this state, for a theory that reads these."""
        return state is self._state and tuple(reads) == self._reads

    def draw(self, luck: Array) -> None:
        """Let this be the runs' luck, on whole tiles, ``(4, runs)``."""
        for k, tile in enumerate(self._known):
            tile.luck[...] = luck[:, k * LANES : (k + 1) * LANES]

    def __iter__(self) -> Iterator[Tile]:
        return iter(self._known)

    def fetch(self, *, tables_only: bool = False) -> None:
        """Take what the state holds into tiles that are copies: all, or only the levels and days."""
        if self.count > 1:
            for k, tile in enumerate(self._known):
                for name, array in _kept(tile, tables_only).items():
                    array[...] = self._cut(self._state.whole(name), k).reshape(array.shape)

    def bring_back(self, *, tables_only: bool = False) -> None:
        """Put what the tiles hold into the state where they are copies."""
        if self.count > 1:
            for k, tile in enumerate(self._known):
                for name, array in _kept(tile, tables_only).items():
                    of_state = self._state.whole(name)
                    of_state[..., k * LANES : (k + 1) * LANES] = array.reshape(*of_state.shape[:-1], LANES)

    def cut(self, array: Array) -> Iterator[Array]:
        """An array of runs, tile by tile."""
        whole = _padded(array)
        return (self._cut(whole, k) for k in range(self.count))

    def join(self, rows: Sequence[Array]) -> Array:
        """Rows of the tiles as one array of the runs, ``(runs,)``."""
        return np.concatenate(rows, axis=-1)[..., : self._state.runs]

    def _cut(self, array: Array, k: int) -> Array:
        return array if array.shape[-1] == LANES else np.ascontiguousarray(array[..., k * LANES : (k + 1) * LANES])

    def _make(self, k: int) -> Tile:
        state, p, layout = self._state, self._p, self._p.layout
        d = p.derived
        traits = [state.whole(name if name in OF_OFFICERS else f"traits.{name}") for name in self._reads]
        squads, blocs = state.squad_present.shape[0], state.excitation.shape[0]
        attacks = blocs * LANES * ATTACK_SLOTS
        whole = {name: self._cut(state.whole(name), k) for name in KEPT}
        padded = {
            name: self._cut(_padded(array), k)
            for name, array in {
                "background": d.background, "bloc_share": d.bloc_share, "leads": layout.leads.astype(np.int8),
                "squad_of": layout.squad_of.astype(np.int32), "starts": layout.starts.astype(np.int32),
                "sizes": layout.sizes.astype(np.int32),
            }.items()
        }  # fmt: skip
        return Tile(
            lanes=min(-(-(state.runs - k * LANES) // 8) * 8, LANES),
            s=self._cut(state.whole("levels"), k).reshape(-1),
            d=self._cut(state.whole("days"), k).reshape(-1),
            p=self._cut(p.table, k).reshape(-1),
            t=self._cut(p.theory_table, k).reshape(-1),
            w=np.zeros(WORK, p.dtype),
            hot=self._cut(state.whole("hot"), k).reshape(p.layout.officers, -1),
            casualty_kind=self._cut(state.whole("traits.casualty_kind"), k),
            traits=np.ascontiguousarray(
                np.stack([self._cut(trait, k) for trait in traits]) if traits else np.zeros((1, 1, LANES), p.dtype)
            ),
            told=np.zeros((2, squads, LANES), p.dtype),
            rates=np.empty((blocs, LANES), p.dtype),
            counts=np.empty((blocs, LANES), np.int64),
            held=np.empty(blocs, np.int64),
            uniform=np.empty((4, LANES)),
            drawn=np.empty((4, LANES), np.uint32),
            dead=np.empty(LANES, np.int64),
            marks=np.empty((4, attacks), np.uint32),
            struck=np.empty(attacks, np.int64),
            deaths=np.empty(attacks),
            who=np.empty(p.layout.officers * LANES, np.int64),
            where=np.empty(p.layout.officers * LANES, np.int64),
            luck=np.zeros((4, LANES), np.uint64),
            **whole,
            **padded,
        )


def _kept(tile: Tile, tables_only: bool) -> dict[str, Array]:
    """The arrays of a tile that are the state's, by the state's names."""
    tables = {"levels": tile.s, "days": tile.d}
    if tables_only:
        return tables
    return tables | {"hot": tile.hot} | {name: getattr(tile, name) for name in KEPT}


def _padded(array: Array) -> Array:
    """An array of runs on whole tiles, the last run's copies in the rest."""
    runs = array.shape[-1]
    whole = np.empty((*array.shape[:-1], tiles(runs) * LANES), array.dtype)
    whole[..., :runs] = array
    whole[..., runs:] = array[..., -1:]
    return whole
