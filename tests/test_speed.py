"""Speed as ratios within one process, never as seconds: what is around the kernels stays thin, and they stay vectors.

Each side is measured in turn, round after round, and its best round counts; so a busy machine delays both alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, Simulation, simulate
from sim.model import officer_kernels as kernels
from sim.model.withdrawal import threat_efficacy

pytestmark = pytest.mark.slow

WIDTH = 64
AROUND = 7.0
"""Most that whole runs may cost, in dense kernels: 3.5 to 4.5 when this was written, 9 before the day was compiled."""
LANES = 2.0
"""Least that 64 runs abreast save of a single run's time in each kernel: 7 to 18 with eight lanes, 1 with none."""


def block(case: Case) -> Block:
    """So many replicates of a case."""
    return Block((case,), np.zeros(WIDTH, dtype=np.int64), np.arange(WIDTH), 20240307)


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


def dense(world: Simulation) -> dict[str, Callable[[], object]]:
    """The passes over (officers × runs) of a day under T1, on a state of its own in which nobody leaves."""
    state, p = world.state.copy(), world.parameters
    runs = state.runs
    out, hazard, row = np.empty_like(state.media), np.full_like(state.perceived, 0.001), np.ones_like(state.media)
    pulls = np.full((7, runs), 0.01, dtype=p.dtype)
    odds = np.repeat(np.array([[-5.6], [1.4], [0], [-7], [0.4], [0.9], [0.2]], dtype=p.dtype), runs, axis=1)
    never, first, room = np.full_like(state.tolerance, 1e9), row * 1000, np.empty_like(state.perceived)
    bad, limit = np.zeros(runs, dtype=np.bool_), p.dtype.type(0.99)
    moods = state.perceived, state.present, state.baseline, state.dread, p.layout.follows, pulls, room
    risk = hazard, state.at_risk, state.cumulated, never, first, row, row, limit
    return {
        "perceive": lambda: kernels.perceive(*moods),
        "threat and efficacy": lambda: threat_efficacy.hazards(hazard, state.perceived, state.efficacy, odds),
        "guard": lambda: kernels.guard(hazard, state.perceived, bad),
        "cumulate": lambda: kernels.cumulate(*risk),
        "mean hazard": lambda: kernels.mean_hazard(state.perceived, state.present, state.squad_present, out),
    }


def test_a_run_costs_little_more_than_its_dense_kernels(
    world: Callable[..., Simulation], case: Callable[..., Case]
) -> None:
    of, lived = world("theory=threat_efficacy", runs=WIDTH), block(case("theory=threat_efficacy"))
    days, passes = of.parameters.structure.end - of.state.day, dense(of)

    def bare() -> None:
        for _ in range(days):
            for each in passes.values():
                each()

    spent = best({"bare": bare, "run": lambda: simulate(lived)}, rounds=3)
    assert spent["run"] / spent["bare"] < AROUND


def test_runs_abreast_share_their_steps_in_every_dense_kernel(world: Callable[..., Simulation]) -> None:
    def often(each: Callable[[], object], times: int) -> Callable[[], None]:
        return lambda: [each() for _ in range(times)] and None

    wide = {name: often(each, 20) for name, each in dense(world(runs=WIDTH)).items()}
    alone = {f"{name}, alone": often(each, 20 * WIDTH // 4) for name, each in dense(world(runs=1)).items()}
    spent = best(wide | alone, rounds=7)
    saved = {name: 4 * spent[f"{name}, alone"] / spent[name] for name in wide}
    assert {name: round(times, 1) for name, times in saved.items() if times < LANES} == {}
