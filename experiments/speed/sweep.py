"""What a sweep of 1,000 cases x 100 replicates costs besides its engine: plan, send, rows, write, read back.

Run `python experiments/speed/sweep.py`: it prints the table and writes it to sweep.csv and SWEEP.md beside it. The
engine's own cost is measured on blocks of the same sweep and scaled up; then the whole sweep is done with an engine
that hands out one of those results again. So every row, part and pickle is real, and only the stepping is not.
Times are CPU seconds of one process on one core; on a shared machine only ratios travel.
"""

from __future__ import annotations

import pickle
import tempfile
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pandas as pd

from experiments.study import command, cpu, options, publish
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, blocks, missing_runs
from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from sim.ensemble.engine.block import Block, Result, Simulation, simulate
from sim.ensemble.execution import runner as run
from sim.ensemble.execution import tasks as workers
from sim.ensemble.store.store import Store
from sim.reports.markdown import markdown

FIXED = "unknowns=fixed"
GROUPS = 8
"""Distinct choices of scenario and theory in the sweep whose composing is timed."""
SAMPLE = 6
"""Blocks that are really stepped, to know what stepping costs."""
PAGE = """# What does a sweep cost besides its engine?

`{wrote}` wrote this page. {cases:,} cases × {replicates} replicates of the default world, no
daily series, blocks of {width}. CPU seconds of one process on one core; the engine is measured on {sample} blocks of
the sweep and scaled up, everything else is done in full.

{table}

Everything but the engine takes **{here:.1f} %** of the sweep in this process and **{spread:.1f} %** with workers, the
time that the asking process needs to plan, send and receive included. The goal was under 5 %. Inside the engine,
setting up the blocks (parameters, schedules, the eve of the first day) is {setup:.1f} % of the sweep.

Composing {composed:,} cases takes {each:.2f} ms each, the case's identity and the composition of each of the {groups}
choices of groups included. The goal was 1 ms.
"""


class Replay:
    """An engine that has been everywhere already: it hands out one result under each block's name."""

    def __init__(self, known: Result) -> None:
        self._known = known

    def __call__(self, block: Block) -> Result:
        chosen = np.arange(block.runs) % self._known.block.runs
        outcomes = {name: values[chosen] for name, values in self._known.outcomes.items()}
        return Result(block, outcomes, {}, ("",) * block.runs)


class Inline:
    """A crew of one, here: tasks and answers are pickled as for a process, so that what sending costs is seen."""

    deaths, sure = 1, True

    def submit(self, task: workers.Task) -> Future[workers.Done]:
        done: Future[workers.Done] = Future()
        done.set_result(pickle.loads(pickle.dumps(workers.work(pickle.loads(pickle.dumps(task))))))
        return done

    def room(self) -> int:
        return 4

    def is_death(self, fault: BaseException) -> bool:
        return False

    def renew(self) -> bool:
        return False

    def close(self) -> None:
        pass


def make_cases(count: int) -> tuple[Case, ...]:
    """Two scenarios, and settings spread over the prior of two parameters."""
    found = []
    for scenario in ("as_documented", "terms_settled"):
        base = request([f"scenario={scenario}", FIXED]).case
        for number in range(count // 2):
            changes = {"media.report_probability": 0.01 + 0.0003 * number, "theory.threat": 0.2 + 0.001 * (number % 40)}
            found.append(base.varied(changes, f"{scenario} {number}"))
    return tuple(found)


def composed_words(count: int) -> list[str]:
    """A sweep of this many cases: some scenarios and theories, and two settings."""
    wide = max(1, round((count / GROUPS) ** 0.5))
    return ["scenario=as_documented,no_surge,us_troops,terms_settled", "theory=breach,prospects", FIXED,
            f"media.report_probability=range(0.01,0.2,{0.19 / wide:.9f})",
            f"media.rumour_rate=range(0.03,0.5,{0.47 / wide:.9f})"]  # fmt: skip


def opened(folder: str) -> Store:
    return Store.open(folder, model_version=0, record="speed")


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--composed", type=int, default=10_000, help="cases whose composing is timed")
    asked = parser.parse_args()
    rows: dict[str, float] = {}
    composed, grid = cpu(lambda: sweep(composed_words(asked.composed)))
    composed += cpu(lambda: [case.id for case in grid.cases])[0]
    rows[f"compose {len(grid.cases):,} cases of {GROUPS} groups"] = composed
    rows["make the cases (no composing)"], cases = cpu(lambda: make_cases(asked.cases))
    plan = Plan(cases, range(asked.replicates), 1, block=request([FIXED]).plan.block)
    total = len(cases) * asked.replicates
    with tempfile.TemporaryDirectory() as folder:
        empty = opened(f"{folder}/empty")
        rows["plan"], planned = cpu(lambda: list(blocks(plan, missing_runs(plan, empty))))
        step = max(1, len(planned) // SAMPLE)
        sample = planned[::step][:SAMPLE]
        simulate(sample[0])
        spent, results = cpu(lambda: [simulate(block) for block in sample])
        setup, _ = cpu(lambda: [Simulation.of(block) for block in sample])
        scale = total / sum(block.runs for block in sample)
        rows["engine"], rows["of it: set up the blocks"] = spent * scale, setup * scale
        run.simulate = workers.simulate = Replay(results[0])  # type: ignore[assignment]
        here = opened(f"{folder}/here")
        rows["all but the engine, in this process"], _ = cpu(lambda: run.fill(plan, here))
        run._crew = lambda _: Inline()  # type: ignore[assignment]
        away = opened(f"{folder}/away")
        spread = replace(plan, executor=replace(plan.executor, name="processes"))
        rows["all but the engine, with workers"], _ = cpu(lambda: run.fill(spread, away))
        rows["find that nothing is missing, in many parts"], report = cpu(lambda: run.fill(spread, away))
        rows["read all runs"], runs = cpu(away.runs)
        rows["digest"], digest = cpu(away.digest)
        assert (report.computed, len(runs), digest) == (0, total, here.digest())
    share = {
        name: 100 * rows[f"all but the engine, {name}"] / (rows["engine"] + rows[f"all but the engine, {name}"])
        for name in ("in this process", "with workers")
    }
    frame = pd.DataFrame({"what": rows.keys(), "CPU s": [round(value, 2) for value in rows.values()]})
    frame["% of the engine"] = (100 * frame["CPU s"] / rows["engine"]).round(2)
    page = PAGE.format(
        wrote=command(__file__), cases=len(cases), replicates=asked.replicates, width=plan.block, sample=len(sample),
        table=markdown(frame),
        here=share["in this process"], spread=share["with workers"],
        composed=len(grid.cases), each=1000 * composed / len(grid.cases), groups=GROUPS,
        setup=100 * rows["of it: set up the blocks"] / rows["engine"],
    )  # fmt: skip
    publish(asked.to, page, {"sweep.csv": frame}, "SWEEP.md")


if __name__ == "__main__":
    main()
