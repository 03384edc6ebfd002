"""The programs that are measured, each behind the same call; run as a command, this is one measurement in a process.

`python experiments/peers/contenders.py fused 4096 0` prints one line of JSON: CPU and wall seconds after start-up and
a warm-up (which compiles what is to be compiled), peak memory of the process, and both shares out of every run.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
SHARES = ("share_out_by_record_end", "share_out_by_end")
Shares = Iterable[tuple[Any, Any]]
BASE = "as_documented"
CHUNK = 1024
"""Runs whose series are held at a time where a program holds all it has made."""
SAME_SQUADS = 32
"""Runs of Naga that share a model file, and so the squads."""


@dataclass(frozen=True)
class Contender:
    """A program, and how many runs a round gives it, at full size and with ``--quick``.

    Attributes
    ----------
    live
        Live some runs of a scenario from the replicate ``first`` on; both shares out of each, in parts.
    title
        What the table calls it.
    needs
        Package that it needs.
    paired
        Whether its runs have the engine's luck, replicate by replicate.
    """

    live: Callable[[int, int, str], Shares]
    title: str
    runs: int
    quick: int
    needs: str = "numpy"
    paired: bool = False

    @property
    def installed(self) -> bool:
        """Whether the package is there."""
        return importlib.util.find_spec(self.needs) is not None


def mesa(runs: int, first: int, scenario: str = BASE) -> Shares:
    """Plain Mesa, one process, every series of every day collected."""
    from mesa import batch_run

    from experiments.peers.script import case_of
    from tests.second_opinion.model import TutorialModel

    case = case_of(scenario).values
    asked = {"scenario": scenario, "theory": "threat_efficacy", "replicate": list(range(first, first + runs))}
    rows = batch_run(TutorialModel, asked, number_processes=1, data_collection_period=1, display_progress=False)
    days, pool = (case["clock.end"] - case["clock.start"]).days + 1, case["officers.pool"]
    record_end = (case["clock.record_end"] - case["clock.start"]).days
    out = np.array([row["out"] for row in rows]).reshape(runs, days)
    yield out[:, record_end] / pool, out[:, -1] / pool


def starsim(runs: int, first: int, scenario: str = BASE) -> Shares:
    """Starsim, one ``Sim`` after another."""
    from experiments.peers.script import script
    from experiments.peers.starsim_model import simulate

    yield _shares(simulate(script(scenario), runs, 1 + first)["out"].T)


def ambr(runs: int, first: int, scenario: str = BASE) -> Shares:
    """AMBR's batched ensemble runner on NumPy."""
    from experiments.peers.batched import simulate
    from experiments.peers.script import script

    for done in range(0, runs, CHUNK):
        yield _shares(simulate(script(scenario), min(CHUNK, runs - done), 1 + first + done)["out"].T)


def naga(runs: int, first: int, scenario: str = BASE) -> Shares:
    """Naga, one replication of its model file after another."""
    from experiments.peers.naga_model import simulate
    from experiments.peers.script import script

    case = script(scenario)
    for done in range(0, runs, SAME_SQUADS):
        seed = 1 + first + done
        early, late = simulate(case.with_squads(seed), min(SAME_SQUADS, runs - done), seed)
        yield early / case.officers, late / case.officers


def modelly(runs: int, first: int, scenario: str = BASE) -> Shares:
    """Modelly, one scenario after another."""
    from experiments.peers.modelly_model import simulate

    yield _shares(simulate(scenario, runs, 1 + first)["out"].T)


def engine(runs: int, first: int, scenario: str = BASE) -> Shares:
    """This engine in one process, in the blocks that its planner makes."""
    from sim.ensemble.design.plan import blocks
    from sim.ensemble.engine.block import simulate

    plan = _plan(runs, first, scenario)
    for block in blocks(plan, {plan.cases[0].id: plan.replicates}):
        outcomes = simulate(block).outcomes
        yield outcomes[SHARES[0]], outcomes[SHARES[1]]


def engine_all(runs: int, first: int, scenario: str = BASE) -> Shares:
    """This engine on all cores, into a store: workers are started, rows written and read back."""
    from dataclasses import replace

    from sim.ensemble.execution.runner import fill
    from sim.ensemble.executors.processes import Processes
    from sim.ensemble.store.store import Store

    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(folder, model_version=0, record="peers")
        fill(replace(_plan(runs, first, scenario), executor=Processes()), store)
        rows = store.runs().sort_values("replicate")
    yield rows[SHARES[0]].to_numpy(), rows[SHARES[1]].to_numpy()


def fused(runs: int, first: int, scenario: str = BASE) -> Shares:
    """The fused kernel."""
    from experiments.peers.fused import simulate
    from experiments.peers.script import SERIES, script

    for done in range(0, runs, CHUNK):
        yield _shares(simulate(script(scenario), min(CHUNK, runs - done), 1 + first + done)[SERIES.index("out")])


CONTENDERS = {
    "mesa": Contender(mesa, "plain Mesa, `mesa.batch_run`", 16, 3, "mesa", paired=True),
    "starsim": Contender(starsim, "Starsim", 32, 4, "starsim"),
    "ambr": Contender(ambr, "AMBR, `GPUEnsembleRunner` on NumPy", 1024, 128, "ambr"),
    "naga": Contender(naga, "Naga", 8, 2, "nagasim"),
    "modelly": Contender(modelly, "Modelly", 64, 8, "modelly"),
    "engine": Contender(engine, "**this engine, one core**", 2048, 256, paired=True),
    "engine_all": Contender(engine_all, "this engine, all cores, `executor=processes`", 4096, 256, paired=True),
    "fused": Contender(fused, "fused kernel: the limit", 8192, 1024),
}
"""In the order of the table."""


def _plan(runs: int, first: int, scenario: str) -> Any:
    from experiments.peers.script import ROOT_SEED, case_of
    from sim.ensemble.design.plan import Plan

    return Plan((case_of(scenario),), range(first, first + runs), ROOT_SEED)


def _shares(out: Any) -> tuple[Any, Any]:
    """From the series ``out``, ``(days, runs)``."""
    from experiments.peers.script import script

    case = script()
    return out[case.record_end] / case.officers, out[-1] / case.officers


def measure(name: str, runs: int, first: int, scenario: str = BASE) -> dict[str, Any]:
    """One measurement in this process, after a warm-up that also composes what the program is to run."""
    contender = CONTENDERS[name]
    for _ in contender.live(1, 10**6, scenario):
        pass
    cpu, wall = _cpu(), time.perf_counter()
    parts = list(contender.live(runs, first, scenario))
    seconds = {"cpu": _cpu() - cpu, "wall": time.perf_counter() - wall}
    peak = max(resource.getrusage(who).ru_maxrss for who in _BOTH)
    shares = {share: np.concatenate([part[k] for part in parts]).tolist() for k, share in enumerate(SHARES)}
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return {"name": name, "runs": runs, "first": first, "mib": peak / unit, **seconds, **shares}


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def _cpu() -> float:
    """CPU seconds of this process, its threads, and the processes that it has waited for."""
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, _BOTH))


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])))
