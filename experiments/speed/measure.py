"""How long the default ensemble takes on one core, and how long the command line takes to say hello.

Run `python experiments/speed/measure.py`: it prints the table and writes it to results.csv and README.md beside it.
Times are CPU seconds of one process, medians with their spread; on a shared machine only ratios travel.
"""

from __future__ import annotations

import subprocess
import sys
import time
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from experiments.study import command, cpu, environment, options, publish
from sim.ensemble.design.request import request
from sim.ensemble.engine.block import Block, simulate
from sim.model.withdrawal import THEORIES
from sim.reports.markdown import markdown

ROUNDS = 5
REPLICATES = 400
PAGE = """# How long does an answer take?

`{wrote}` wrote this page: medians of {rounds} rounds, lowest and highest beside them.
CPU seconds of one process on one core, after start-up unless said; the engine's rows are the {replicates} default runs
(400 officers, 304 days) of each theory, rounds interleaved.

{table}

Goals were 3 s for the default runs, 0.5 s for `tabletop --help` and 2 s for `tabletop run ensemble.replicates=1` on a
warm disk. The first run after an installation also compiles the kernels, {compiling} s once for all runs after it.

The answer is printed before its pictures are drawn. Where the time goes, in milliseconds of loading each library with
what it loads first (`-X importtime`, medians, which itself takes a part); the rest is composing settings, loading
kernels, the store, a run and two pictures:

{libraries}
"""
LIBRARIES = ("numpy", "scipy.special", "numba", "pandas", "pyarrow", "hydra", "matplotlib.figure", "rich.console")
ONE_RUN = ("-m", "sim", "run", "ensemble.replicates=1")


def engine_seconds(theory: str, width: int) -> float:
    """CPU seconds for the default runs of one theory in blocks of a width."""
    case = request([f"theory={theory}"]).case
    blocks = [
        Block((case,), np.zeros(len(replicates), dtype=np.int64), replicates, 20240307)
        for replicates in np.split(np.arange(REPLICATES), range(width, REPLICATES, width))
    ]

    def run_blocks() -> None:
        for block in blocks:
            simulate(block)

    return cpu(run_blocks)[0]


def process_seconds(*words: str, **variables: str) -> float:
    """Wall seconds of a command in a fresh interpreter and an empty folder."""
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        typed, env = [sys.executable, *words], environment(**variables)
        subprocess.run(typed, check=True, capture_output=True, cwd=folder, env=env)
        return time.perf_counter() - began


def compile_seconds() -> float:
    """Wall seconds that a first run takes beyond a later one, with a cache of kernels of its own."""
    with TemporaryDirectory() as cache:
        first, later = (process_seconds(*ONE_RUN, NUMBA_CACHE_DIR=cache) for _ in range(2))
    return first - later


def import_milliseconds() -> dict[str, float]:
    """Milliseconds that each library takes to load, with what it is the first to load, in one run of the command."""
    with TemporaryDirectory() as folder:
        words = [sys.executable, "-X", "importtime", *ONE_RUN]
        done = subprocess.run(words, check=True, capture_output=True, cwd=folder, env=environment(), text=True)
    rows = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if "|" in line]
    taken = {name.strip(): float(total) / 1000 for _, total, name in rows if total.strip().isdigit()}
    return {name: taken.get(name, 0.0) for name in LIBRARIES}


def main() -> None:
    asked = options(__file__, __doc__).parse_args()
    width = request([]).plan.block
    tasks = {f"{REPLICATES} runs, {name}": (engine_seconds, (name, width)) for name in THEORIES}
    tasks["`tabletop --help` (wall)"] = (process_seconds, ("-m", "sim", "--help"))
    tasks["`tabletop run ensemble.replicates=1` (wall)"] = (process_seconds, ONE_RUN)
    tasks["the same with `--no-figures`: until the answer is on the screen (wall)"] = (
        process_seconds, (*ONE_RUN, "--no-figures"),
    )  # fmt: skip
    tasks["`import sim` (wall)"] = (process_seconds, ("-c", "import sim"))
    tasks["an empty interpreter (wall)"] = (process_seconds, ("-c", "pass"))
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, (measure, arguments) in tasks.items():
            seconds[name].append(measure(*arguments))
    null = np.array(seconds[f"{REPLICATES} runs, constant"])
    rows = [
        {
            "what": name,
            "median s": round(float(np.median(values)), 3),
            "lowest": round(min(values), 3),
            "highest": round(max(values), 3),
            "ratio to T0": round(float(np.median(np.array(values) / null)), 2) if "runs" in name else None,
        }
        for name, values in seconds.items()
    ]
    frame = pd.DataFrame(rows)
    loads = pd.DataFrame([import_milliseconds() for _ in range(ROUNDS)]).median().round().astype(int)
    page = PAGE.format(
        wrote=command(__file__),
        rounds=ROUNDS,
        replicates=REPLICATES,
        table=markdown(frame.astype(object).where(frame.notna(), "")),
        compiling=round(compile_seconds(), 1),
        libraries=markdown(loads.sort_values(ascending=False).rename_axis("library").reset_index(name="ms")),
    )
    publish(asked.to, page, {"results.csv": frame})


if __name__ == "__main__":
    main()
