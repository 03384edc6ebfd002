"""Speed as ratios within one process, never as seconds: what is around dense loops stays thin, and they stay vectors.

Each side is measured in turn, round after round, and its best round counts; so a busy machine delays both alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from numba import njit

from sim.arrays import Array
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, Simulation, simulate
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


def part(function: Callable[..., Any]) -> Any:
    """A function that becomes part of the loop that calls it, as the rows of officers do in the pass over them."""
    return njit(error_model="numpy", forceinline=True, _nrt=False)(function)


sums, move, feel, take = (getattr(officers, f"_{name}_row") for name in ("gather", "perceive", "feel", "take"))
ROWS = {
    "sums": part(lambda w, hot, leads, _traits, _told, _squads, i, n: sums(w, hot, leads, i, n)),
    "perceive": part(lambda w, hot, leads, _traits, _told, _squads, i, n: move(w, hot, leads, i, n)),
    "mean": part(lambda w, hot, _leads, _traits, _told, _squads, i, n: feel(w, hot, i, n)),
    "survival": part(lambda w, hot, _leads, _traits, _told, _squads, i, n: take(w, hot, i, _NEAR, n)),
}
"""What is done to each row of officers, whatever the theory."""


def over_rows(row: Any, world: Simulation) -> Rows:
    """A dense loop over the officers of a world, in which nobody leaves."""

    @njit(error_model="numpy", _nrt=False)
    def loop(w: Array, hot: Array, leads: Array, traits: Array, told: Array, squads: Array, n: int, times: int) -> None:
        for _ in range(times):
            for i in range(len(hot)):
                row(w, hot, leads, traits, told, squads, i, n)

    tile: Tile = next(iter(tiles_of(world)))
    officers.look_around(tile)
    theory = world.theory
    assert isinstance(theory, CompiledTheory)
    type(theory).terms(tile)
    tile.hot[:, H.limit :][:, :LANES] = 0
    tile.w[W.near :][:LANES], tile.w[W.hazard :][:LANES] = 1e-9, 1e-3
    arrays = tile.w, tile.hot, tile.leads, tile.traits, tile.told, tile.squad_of
    return lambda n, times: loop(*arrays, n, times)


def test_a_run_costs_little_more_than_its_dense_loops(
    world: Callable[..., Simulation], case: Callable[..., Case]
) -> None:
    words = ("theory=threat_efficacy",)
    of, lived = world(*words, runs=LANES), block(case(*words))
    days = of.parameters.structure.end - of.state.day
    loops = [over_rows(row, world(*words, runs=LANES)) for row in (*ROWS.values(), of.theory.ask)]  # type: ignore[attr-defined]
    spent = best({"bare": lambda: [each(LANES, days) for each in loops], "run": lambda: simulate(lived)}, rounds=3)
    assert spent["run"] / spent["bare"] < AROUND


def test_runs_abreast_share_their_steps_in_every_dense_loop(world: Callable[..., Simulation]) -> None:
    asked = {name: THEORIES[name].ask for name in SAVED if name in THEORIES}  # type: ignore[attr-defined]
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
