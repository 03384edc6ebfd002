"""What `paired.py` asks of one tree of the project, in a process whose PYTHONPATH is that tree.

Run as `python experiments/speed/one_side.py` it answers questions, a line of JSON each: `["engine", {"theory":
"breach", "width": 1}]`. It uses nothing but what older commits have as well; what one of them cannot do is an answer
that says so. CPU seconds are of all threads and of the child processes that were waited for.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT_SEED = 20240307
TIMES = 2
"""Of as many goes in one process the best counts."""
LOOPS = 300_000_000
"""Turns of the plain loop: most of a second."""
SHORT = ("clock.start=2024-01-15", "clock.end=2024-03-14", "ensemble.days=false", "ensemble.block=64")


def check_tree() -> None:
    """See that the project is the one that PYTHONPATH names, and no installed one."""
    import sim

    named = Path(os.environ["PYTHONPATH"]).resolve()
    assert Path(sim.__file__).resolve().is_relative_to(named), "another tree was imported than PYTHONPATH names"


def cpu_seconds() -> float:
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, _BOTH))


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def timed(clock: Callable[[], float], what: Callable[[], object]) -> float:
    began = clock()
    what()
    return clock() - began


def fixed() -> list[str]:
    """The word for one value a setting; an older tree knows nothing else."""
    return ["unknowns=fixed"] if Path(os.environ["PYTHONPATH"], "conf", "unknowns").is_dir() else []


def engine(theory: str, width: int) -> dict[str, float]:
    """Nanoseconds an officer-day and milliseconds a run of one block; a block of one run is stepped ten times."""
    import numpy as np

    from sim.ensemble.design.request import request
    from sim.ensemble.engine.block import Block, simulate

    case = request([f"theory={theory}", *fixed()]).case
    single, block = (Block((case,), np.zeros(n, np.int64), np.arange(n), ROOT_SEED) for n in (1, width))
    result = simulate(single)  # loads the kernels
    assert not any(result.messages)
    officer_days = len(result.series["exits"]) * int(str(case.values["officers.pool"]))
    often = 10 if width == 1 else 1
    spent = min(timed(time.process_time, lambda: [simulate(block) for _ in range(often)]) for _ in range(TIMES))
    a_run = spent / often / width
    return {"ns": 1e9 * a_run / officer_days, "ms": 1e3 * a_run}


def share(width: int, runs: int) -> dict[str, float]:
    """The engine's speed as a share of the fused kernel's, both of this tree, in one process and at one time."""
    from experiments.peers.fused import simulate
    from experiments.peers.script import script

    made = script()
    simulate(made, 32, 1)
    limit = min(timed(time.process_time, lambda: simulate(made, runs, 1)) for _ in range(TIMES))
    fused = 1e9 * limit / runs / made.days / made.officers
    return {"ns": fused, "share": fused / engine("threat_efficacy", width)["ns"]}


def fill_store(*words: str) -> tuple[float, float]:
    """Wall and CPU seconds of these runs into a store of their own, with the start of workers, if there are any."""
    from sim.ensemble.design.request import request
    from sim.ensemble.execution.runner import fill
    from sim.ensemble.store.store import Store

    plan = request([*fixed(), *words]).plan
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(folder, model_version=0, record="speed")
        began, cpu = time.perf_counter(), cpu_seconds()
        report = fill(plan, store)
        spent = time.perf_counter() - began, cpu_seconds() - cpu
    assert (report.computed, report.failures) == (len(plan.replicates), ())
    return spent


def cores(runs: int) -> dict[str, float]:
    """Wall seconds of the default runs on one core and on two, beside what two plain loops get before and after."""
    words = (f"ensemble.replicates={runs}",)
    fill_store("ensemble.replicates=1", "executor=serial")  # loads libraries and kernels
    before = loops()
    one, two = fill_store(*words, "executor=serial")[0], fill_store(*words, "executor.workers=2")[0]
    machine = (before + loops()) / 2
    return {"one": one, "two": two, "loops": machine, "efficiency": one / two / machine}


def loops() -> float:
    """How many times one core's work two cores do, by a compiled loop that holds no lock and uses no memory."""
    from numba import njit

    loop: Any = njit(nogil=True)(_turn)
    loop(1)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(loop, [1, 1]))
        alone = timed(time.perf_counter, lambda: list(threads.map(loop, [LOOPS])))
        both = timed(time.perf_counter, lambda: list(threads.map(loop, [LOOPS, LOOPS])))
    return 2 * alone / both


def _turn(times: int) -> float:
    x = 1.0
    for _ in range(times):
        x = x * 0.999 + 0.5
    return x


def start(runs: int) -> dict[str, float]:
    """CPU seconds that each of two workers of this machine takes beyond the runs that it does."""
    from sim.ensemble.executors import EXECUTORS

    words = (*SHORT, f"ensemble.replicates={runs}")
    spread = ("executor=threads" if "threads" in EXECUTORS else "executor=processes", "executor.workers=2")
    fill_store("ensemble.replicates=1", "executor=serial")
    alone = (fill_store(*words, "executor=serial")[1] + fill_store(*words, "executor=serial")[1]) / 2
    return {"cpu": (fill_store(*words, *spread)[1] - alone) / 2}


QUESTIONS: dict[str, Callable[..., dict[str, float]]] = {
    "engine": engine,
    "share": share,
    "cores": cores,
    "start": start,
}


def main() -> None:
    out, sys.stdout = sys.stdout, sys.stderr
    check_tree()
    for line in sys.stdin:
        name, settings = json.loads(line)
        try:
            answer: dict[str, Any] = QUESTIONS[name](**settings)
        except Exception as error:
            answer = {"cannot": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
