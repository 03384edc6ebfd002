"""A theory whose hazard is compiled into the pass over the officers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar

import numpy as np

from sim.arrays import Floats
from sim.jit import compiled
from sim.jit_records import Piece, call, piece
from sim.model.elementary import exp2
from sim.model.lanes import LANES, offsets
from sim.model.officers import of_squads
from sim.model.parameters import Parameters
from sim.model.state import H
from sim.model.tile import Tile, Tiles, W
from sim.model.withdrawal.interface import SEEN, Perception, Theory
from sim.settings.parameter import Parameter


class CompiledTheory(Theory):
    """A theory whose hazard is compiled into the pass over the officers: two small functions in its own file.

    Attributes
    ----------
    reads
        Up to two traits that an officer's hazard takes, by the names of the state's arrays or of the theory's own.
    by_squad
        Whether ``terms`` leaves something for each squad, in ``tile.told[0]``.
    logistic
        Whether ``score`` gives −log₂ of the odds, of which the hazard is ``top/(1 + 2^y)`` with the row ``top`` of
        ``terms``, or the hazard itself.
    terms
        Compiled (:func:`sim.jit.compiled`): takes a tile, and works out once a day what an officer's hazard
        needs, into the rows ``term_0`` to ``term_11`` of its room to work in.
    score
        For compiled loops (:func:`sim.jit.inlined`): takes an officer's perceived hazard, his two traits,
        whether he leads his squad, the room to work in and the run, and gives y or the hazard.
    """

    reads: tuple[str, ...] = ()
    by_squad: bool = False
    logistic: bool = True
    terms: ClassVar[Callable[..., Any]]
    score: ClassVar[Callable[..., Any]]

    def ask(self, tile: Tile) -> Piece:
        """How a row of officers of tiles like this one is asked."""
        return piece(asking(type(self).score, len(self.reads), self.by_squad, self.logistic), tile, 0, 0)

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """As the pass has it, for whoever asks from outside."""
        tiles = Tiles(see.state, p, self.reads)
        given = {name: tiles.cut(np.broadcast_to(getattr(see, name), (see.state.runs,))) for name in SEEN}
        parts = []
        for tile in tiles:
            for name, values in given.items():
                tile.w[getattr(W, name) :][:LANES] = next(values)
            type(self).terms(tile)
            part = np.empty((out.shape[0], LANES), out.dtype)
            hazards(tile, self.ask(tile), part)
            parts.append(part)
        out[...] = tiles.join(parts)


def own(parameters: Sequence[Parameter]) -> Any:
    """Where each setting of a theory begins in ``tile.t``, by its short name."""
    return offsets("own", [parameter.key.rpartition(".")[2] for parameter in parameters])


@cache
def asking(score: Callable[..., Any], traits: int, by_squad: bool, logistic: bool) -> Any:
    """How a row of officers is asked for today's hazards, compiled for one theory: into the row ``hazard``.

    Parameters
    ----------
    score
        The theory's function of an officer (:class:`CompiledTheory`).
    traits
        How many traits it reads.
    by_squad
        Whether it reads what its day's terms left for each squad.
    logistic
        Whether it gives −log₂ of the odds, of which the hazard is ``top/(1 + 2^y)``, or the hazard itself.
    """
    second = max(traits - 1, 0)

    @compiled
    def ask(tile: Tile, i: int, n: int) -> None:
        w, o, leads = tile.w, tile.hot[i], tile.leads[i]
        one = w.dtype.type(1)
        if by_squad:
            of_squads(w, tile.told, tile.squad_of, i, 0, W.told, n)
        row = i if traits > 0 else 0
        mine, other = tile.traits[0, row], tile.traits[second, row]
        if logistic:
            for r in range(n):
                w[W.score + r] = score(o[H.perceived + r], mine[r], other[r], leads[r], w, r)
            for r in range(n):
                w[W.danger + r] = exp2(w[W.score + r])
            for r in range(n):
                w[W.hazard + r] = w[W.top + r] / (one + w[W.danger + r])
        else:
            for r in range(n):
                w[W.hazard + r] = score(o[H.perceived + r], mine[r], other[r], leads[r], w, r)

    return ask


@compiled
def hazards(tile: Tile, ask: Piece, out: Floats) -> None:
    """Today's hazards of all officers of a tile, ``(officers, lanes)``."""
    for i in range(len(out)):
        call(ask, tile, i, tile.lanes)
        row = out[i]
        for r in range(LANES):
            row[r] = tile.w[W.hazard + r]
