"""Is the engine as fast with few runs as with many, with few officers as with many, and does its memory stay put?

Run `python experiments/speed/scaling.py`: it prints the tables and writes them to SCALING.md and scaling.csv beside it;
`--quick` does the same at small size. Speeds are officer-days per CPU second; the runs of a table are measured in turn,
round after round, so that whatever else the machine does falls on all of them alike.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from argparse import SUPPRESS
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.study import command, cpu, options, publish
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, width_of
from sim.ensemble.design.request import request
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.execution.runner import fill
from sim.ensemble.executors.processes import Processes
from sim.ensemble.executors.serial import Serial
from sim.ensemble.store.store import Store
from sim.reports.markdown import markdown

THEORY, FIXED = "theory=threat_efficacy", "unknowns=fixed"
SHORT = ("clock.start=2024-01-15", "clock.end=2024-03-14")
SHORT_DAYS, OFFICERS = 60, 400
PAGE = """# Does the speed hold, and the memory?

`{wrote}` wrote this page. Theory {theory}, medians of {rounds} rounds in turn,
lowest and highest beside them; speeds are officer-days per CPU second of one process. On a shared machine only ratios
travel.

## Officers

Blocks of the default world, 304 days, as wide as the planner makes them.

{officers}

## Runs, and the memory of a worker

{days} days from 15 January, 400 officers, no daily series; a fresh process for each number of runs plans, steps and
writes its store. Its start (imports, loading the kernels) is left out of the speed and is in the memory. Every number
of runs was really done: up to {often:,} runs {rounds} times, more than that once.

{runs}

## Two workers

Wall seconds of the same {days} days with the executor `processes`; beyond start-up is the difference between
{many:,} runs and {few:,}.

{workers}

The last row has no store, no scheduler and nothing in common: two processes that step blocks at the same moment,
against one alone. It is what the cores of this machine give to programs that use them fully.
"""


def once(runs: int, executor: Serial | Processes) -> dict[str, float]:
    """Do so many short runs through plan and store; CPU and wall seconds, and the peak of this process's memory."""
    case = request([THEORY, FIXED, *SHORT]).case
    plan = Plan((case,), range(runs), 1, block=request([FIXED]).plan.block, executor=executor)
    filled(replace(plan, replicates=range(1), executor=Serial()))  # loads libraries and kernels
    spent = filled(plan)
    return {**spent, "speed": runs * OFFICERS * SHORT_DAYS / spent["cpu"], "MiB": peak_memory()}


def filled(plan: Plan) -> dict[str, float]:
    """CPU and wall seconds of a plan into a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(folder, model_version=0, record="speed")
        began = time.perf_counter()
        seconds, report = cpu(fill, plan, store)
        spent = {"cpu": seconds, "wall": time.perf_counter() - began}
    assert (report.computed, report.failures) == (len(plan.replicates), ())
    return spent


def peak_memory() -> float:
    """MiB that this process has had at most. Linux's ``ru_maxrss`` counts what the parent had as well."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def apart(runs: int, workers: int = 0) -> dict[str, float]:
    """The same in a process of its own; with no workers it does the runs itself."""
    words = [sys.executable, __file__, "--once", str(runs), "--workers", str(workers)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def block_speed(case: Case, width: int) -> float:
    """Officer-days per CPU second of one block."""
    spent, result = cpu(simulate, Block((case,), np.zeros(width, dtype=np.int64), np.arange(width), 1))
    assert not any(result.messages)
    return len(result.series["exits"]) * int(case.values["officers.pool"]) * width / spent  # type: ignore[call-overload]


def officers_table(pools: list[int], rounds: int) -> pd.DataFrame:
    base = request([THEORY, FIXED]).case
    cases = {pool: base.varied({"officers.pool": pool}, str(pool)) for pool in pools}
    widths = {pool: width_of(Plan((case,), range(1), 1), case) for pool, case in cases.items()}
    block_speed(base, 1)
    speeds = [{pool: block_speed(case, widths[pool]) for pool, case in cases.items()} for _ in range(rounds)]
    return _summary("officers", pd.DataFrame(speeds), {"runs in a block": widths})


def runs_table(counts: list[int], often: int, rounds: int) -> pd.DataFrame:
    found: dict[int, list[dict[str, float]]] = {runs: [] for runs in counts}
    for turn in range(rounds):
        for runs in counts:
            if turn == 0 or runs <= often:
                found[runs].append(apart(runs))
    speeds = pd.DataFrame({runs: pd.Series([one["speed"] for one in each]) for runs, each in found.items()})
    memory = {runs: round(max(one["MiB"] for one in each)) for runs, each in found.items()}
    return _summary("runs", speeds, {"peak MiB": memory, "times": {runs: len(each) for runs, each in found.items()}})


def _summary(what: str, speeds: pd.DataFrame, beside: dict[str, dict[int, Any]]) -> pd.DataFrame:
    """A row for each column of speeds, by its median and by its ratio to the first column, round by round."""
    ratios = speeds.div(speeds.iloc[:, 0], axis=0)
    rows = [
        {
            what: f"{size:,}",
            **{name: values[size] for name, values in beside.items()},
            "officer-days / CPU s": f"{speeds[size].median():.3g}",
            "lowest": f"{speeds[size].min():.3g}",
            "highest": f"{speeds[size].max():.3g}",
            "ratio to the first": round(float(ratios[size].median()), 2),
        }
        for size in speeds
    ]
    return pd.DataFrame(rows)


def workers_table(few: int, many: int, rounds: int) -> pd.DataFrame:
    turns = [{(runs, n): apart(runs, n)["wall"] for runs in (few, many) for n in (1, 2)} for _ in range(rounds)]
    walls = pd.DataFrame(turns)
    rows = []
    blocks = max(2, many // 2_560)
    alone, both = (
        pd.Series(found)
        for found in zip(*((abreast(1, blocks), abreast(2, blocks)) for _ in range(rounds)), strict=True)
    )
    for name, one, two in (
        (f"{many:,} runs, start-up included", walls[many, 1], walls[many, 2]),
        ("beyond start-up", walls[many, 1] - walls[few, 1], walls[many, 2] - walls[few, 2]),
        ("two processes of blocks alone, twice the work", 2 * alone, both),
    ):
        ratio = one / two
        spread = {"lowest": round(ratio.min(), 2), "highest": round(ratio.max(), 2)}
        seconds = {"one worker, s": round(one.median(), 2), "two, s": round(two.median(), 2)}
        rows.append({"what": name, **seconds, "ratio": round(ratio.median(), 2), **spread})
    return pd.DataFrame(rows)


def abreast(processes: int, blocks: int) -> float:
    """Wall seconds that so many processes of nothing but blocks take, from a common start to the last one's end."""
    words = [sys.executable, __file__, "--abreast", str(blocks)]
    crowd = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    for one in crowd:
        assert one.stdout is not None
        one.stdout.readline()  # libraries and kernels are there
    began = time.perf_counter()
    for one in crowd:
        assert one.stdin is not None
        one.stdin.close()
    for one in crowd:
        assert one.wait() == 0
    return time.perf_counter() - began


def step_blocks(blocks: int) -> None:
    """Be one of these processes: wait for the common start, then step."""
    case = request([THEORY, FIXED]).case
    width = width_of(Plan((case,), range(1), 1), case)
    block_speed(case, 1)
    print("ready", flush=True)
    sys.stdin.read()
    for _ in range(blocks):
        block_speed(case, width)


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--quick", action="store_true", help="few and small, to see that it works")
    parser.add_argument("--once", type=int, help=SUPPRESS)
    parser.add_argument("--workers", type=int, default=0, help=SUPPRESS)
    parser.add_argument("--abreast", type=int, help=SUPPRESS)
    asked = parser.parse_args()
    if asked.abreast:
        step_blocks(asked.abreast)
        return
    if asked.once:
        executor = Processes(asked.workers) if asked.workers else Serial()
        print(json.dumps(once(asked.once, executor)))
        return
    quick = asked.quick
    rounds, often = (3, 2_000) if quick else (5, 10_000)
    few, many = (256, 2_560) if quick else (2_560, 40_960)
    tables = {
        "officers": officers_table([400, 2_000] if quick else [400, 2_000, 10_000, 100_000], rounds),
        "runs": runs_table([100, 2_000] if quick else [100, 1_000, 10_000, 100_000, 1_000_000], often, rounds),
        "workers": workers_table(few, many, rounds),
    }
    page = PAGE.format(
        wrote=command(__file__, quick=quick), theory=THEORY.partition("=")[2], rounds=rounds, days=SHORT_DAYS,
        often=often, few=few, many=many, **{name: markdown(table) for name, table in tables.items()},
    )  # fmt: skip
    everything = pd.concat(tables, names=["table"]).reset_index(level=0)
    publish(asked.to, page, {"scaling.csv": everything}, "SCALING.md")


if __name__ == "__main__":
    main()
