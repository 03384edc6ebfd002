"""Speed as ratios within one process, never as seconds: what is around dense loops stays thin, and they stay vectors.

Each side is measured in turn, round after round, and its best round counts; so a busy machine delays both alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, Simulation, simulate
from sim.jit import compiled, inlined
from sim.jit_records import Piece, call
from sim.model import officers
from sim.model.lanes import LANES
from sim.model.state import H
from sim.model.tile import Tile, W
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.compiled import CompiledTheory
from tests.worlds import tiles_of

pytestmark = pytest.mark.slow

AROUND = 7.0
"""Most that whole runs may cost, in dense loops: 3 to 4 when this was written."""
SAVED = {"sums": 10, "perceive": 5, "mean": 6, "survival": 4.5, "threat_efficacy": 14, "prospects": 4, "breach": 14}
"""Least that a row of 64 runs saves of 64 times a row of one: half way, as ratios go, from 5, 2, 2, 2, 6, 1 and 7 where
the compiler makes no vectors to 22, 12, 20, 12, 36, 13 and 31 where it does."""
_NEAR = W.near

Rows = Callable[[int, int], None]
"""All rows of officers, of so many runs, so many times."""


def block(case: Case) -> Block:
    """So many replicates of a case."""
    return Block((case,), np.zeros(LANES, dtype=np.int64), np.arange(LANES), 20240307)


def best(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """CPU seconds of each side in its best round; one round before them warms up."""
    seconds = dict.fromkeys(sides, np.inf)
    for turn in range(rounds + 1):
        for name, side in sides.items():
            began = time.process_time()
            side()
            if turn:
                seconds[name] = min(seconds[name], time.process_time() - began)
    return seconds


sums, move, feel, take = (getattr(officers, f"_{name}_row") for name in ("gather", "perceive", "feel", "take"))
ROWS = {
    "sums": inlined(lambda tile, i, n: sums(tile.w, tile.hot, tile.leads, i, n)),
    "perceive": inlined(lambda tile, i, n: move(tile.w, tile.hot, tile.leads, i, n)),
    "mean": inlined(lambda tile, i, n: feel(tile.w, tile.hot, i, n)),
    "survival": inlined(lambda tile, i, n: take(tile.w, tile.hot, i, _NEAR, n)),
}
"""What is done to each row of officers, whatever the theory."""


def over_rows(row: Any | None, world: Simulation) -> Rows:
    """A dense loop over the officers of a world, in which nobody leaves: what is done to a row, or a theory asked."""

    @compiled
    def loop(tile: Tile, n: int, times: int) -> None:
        for _ in range(times):
            for i in range(len(tile.hot)):
                row(tile, i, n)

    @compiled
    def asking(tile: Tile, ask: Piece, n: int, times: int) -> None:
        for _ in range(times):
            for i in range(len(tile.hot)):
                call(ask, tile, i, n)

    tile: Tile = next(iter(tiles_of(world)))
    officers.look_around(tile)
    theory = world.theory
    assert isinstance(theory, CompiledTheory)
    type(theory).terms(tile)
    tile.hot[:, H.limit :][:, :LANES] = 0
    tile.w[W.near :][:LANES], tile.w[W.hazard :][:LANES] = 1e-9, 1e-3
    if row is None:
        ask = theory.ask(tile)
        return lambda n, times: asking(tile, ask, n, times)
    return lambda n, times: loop(tile, n, times)


def test_a_run_costs_little_more_than_its_dense_loops(
    world: Callable[..., Simulation], case: Callable[..., Case]
) -> None:
    words = ("theory=threat_efficacy",)
    of, lived = world(*words, runs=LANES), block(case(*words))
    days = of.parameters.structure.end - of.state.day
    loops = [over_rows(row, world(*words, runs=LANES)) for row in (*ROWS.values(), None)]
    spent = best({"bare": lambda: [each(LANES, days) for each in loops], "run": lambda: simulate(lived)}, rounds=3)
    assert spent["run"] / spent["bare"] < AROUND


def test_runs_abreast_share_their_steps_in_every_dense_loop(world: Callable[..., Simulation]) -> None:
    asked = dict.fromkeys(name for name in SAVED if name in THEORIES)
    loops = {
        name: over_rows(row, world(f"theory={name if name in asked else 'constant'}", "officers.pool=40", runs=LANES))
        for name, row in (ROWS | asked).items()
    }

    def often(loop: Rows, n: int) -> Callable[[], object]:
        return lambda: loop(n, 1000)

    wide = {name: often(loop, LANES) for name, loop in loops.items()}
    alone = {f"{name}, alone": often(loop, 1) for name, loop in loops.items()}
    spent = best(wide | alone, rounds=7)
    saved = {name: LANES * spent[f"{name}, alone"] / spent[name] for name in wide}
    assert {name: round(times, 1) for name, times in saved.items() if times < SAVED[name]} == {}
