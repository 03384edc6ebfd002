"""Which branches of the governments' rules an ensemble visits, at the defaults and over the ranges of the settings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from experiments.drivers.measure import ROOT_SEED
from experiments.drivers.worlds import WIDTH
from sim.analysis.statistics.intervals import wilson
from sim.ensemble.cases.case import Case
from sim.ensemble.design.designs.lhs import LatinHypercube
from sim.ensemble.design.prior_ranges import priors
from sim.ensemble.design.sweep import sweep
from sim.ensemble.engine.block import Block, Simulation
from sim.model.state import Letter, Phase, Stage

THEORY = "threat_efficacy"
"""Rules look at no officer, so what they visit is the same under every theory but for the casualties' number."""
FUNDS = "scenario.events.no_funds.happens=false"
BRANCHES = {
    "Kenya pauses": "paused",
    "Kenya resumes after a pause": "resumed",
    "Kenya decides to deploy": "deployed",
    "a second wave leaves": "waves",
    "every trained officer is in theatre": "theatre",
    "an officer is injured or killed": "casualties",
    "an officer in theatre wants out and is blocked": "blocked",
    "an officer comes home from theatre": "home",
    "pay is owed": "arrears",
}


def visits(cases: Sequence[Case], replicates: Sequence[int]) -> pd.DataFrame:
    """Whether each run visits each branch by its last day; one row a run. Cases and replicates in pairs."""
    parts = []
    for first in range(0, len(cases), WIDTH):
        some = tuple(cases[first : first + WIDTH])
        luck = np.asarray(replicates[first : first + WIDTH])
        parts.append(_visits(Simulation.of(Block(some, np.arange(len(some)), luck, ROOT_SEED))))
    return pd.concat(parts, ignore_index=True)


def _visits(world: Simulation) -> pd.DataFrame:
    runs = world.state.runs
    seen = {name: np.zeros(runs, dtype=bool) for name in BRANCHES.values()}
    before = world.state.phase.copy()
    in_theatre = np.zeros(runs, dtype=np.int64)
    while world.running:
        state = world.step()
        now = (state.stage == Stage.DEPLOYED).sum(axis=0)
        seen["paused"] |= state.phase == Phase.PAUSED
        seen["resumed"] |= (before == Phase.PAUSED) & (state.phase >= Phase.DEPLOYING)
        seen["deployed"] |= state.phase >= Phase.DEPLOYING
        seen["waves"] |= (now > in_theatre) & (in_theatre > 0)
        seen["theatre"] |= state.phase == Phase.IN_THEATRE
        seen["casualties"] |= state.casualties > 0
        seen["blocked"] |= ((state.stage == Stage.DEPLOYED) & (state.letter == Letter.BLOCKED)).any(axis=0)
        seen["home"] |= (state.stage == Stage.HOME).any(axis=0)
        seen["arrears"] |= state.arrears > 0
        before, in_theatre = state.phase.copy(), now
    return pd.DataFrame(seen)


def table(runs: int) -> pd.DataFrame:
    """Share of runs that visit each branch, with Wilson's interval: columns ensemble, branch, share, low, high."""
    case = sweep([f"theory={THEORY}", "governments=rules", "unknowns=fixed"]).cases[0]
    unfunded = sweep([f"theory={THEORY}", "governments=rules", "unknowns=fixed", FUNDS]).cases[0]
    luck = range(runs)
    ensembles = {
        "at the defaults": [case] * runs,
        "over the ranges": drawn(case, runs),
        "over the ranges, nobody waits for funds": drawn(unfunded, runs),
    }
    rows = []
    for name, cases in ensembles.items():
        seen = visits(cases, luck)
        for branch, column in BRANCHES.items():
            low, high = wilson(int(seen[column].sum()), len(seen))
            rows.append([name, branch, seen[column].mean(), float(low), float(high)])
    return pd.DataFrame(rows, columns=["ensemble", "branch", "share", "low", "high"])


def drawn(case: Case, runs: int) -> list[Case]:
    """One case a run, every uncertain setting drawn from its range, what its events write with them."""
    points = LatinHypercube(runs, ROOT_SEED).explore(priors(["all"], case.theory))
    return [case.varied(point, f"{case.label} · {number}") for number, point in enumerate(points)]
