"""How long the default ensemble takes on one core, and how long the command line takes to say hello.

Run `python experiments/speed/measure.py`: it prints the table and writes it to results.csv and README.md beside it.
Times are CPU seconds of one process, medians with their spread; on a shared machine only ratios travel.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from sim.ensemble.engine import Block, simulate
from sim.ensemble.requests import request
from sim.model.withdrawal import THEORIES

ROUNDS = 5
REPLICATES = 400
HERE = Path(__file__).parent
PAGE = """# How long does an answer take?

`python experiments/speed/measure.py` wrote this page: medians of {rounds} rounds, lowest and highest beside them.
CPU seconds of one process on one core, after start-up unless said; the engine's rows are the {replicates} default runs
(400 officers, 304 days) of each theory, rounds interleaved.

{table}

Goals were 3 s for the default runs and 0.5 s for `tabletop --help`.
"""


def engine_seconds(theory: str, width: int) -> float:
    """CPU seconds for the default runs of one theory in blocks of a width."""
    case = request([f"theory={theory}"]).case
    began = time.process_time()
    for first in range(0, REPLICATES, width):
        replicates = np.arange(first, min(first + width, REPLICATES))
        simulate(Block((case,), np.zeros(len(replicates), dtype=np.int64), replicates, 20240307))
    return time.process_time() - began


def process_seconds(*words: str) -> float:
    """Wall seconds of a command in a fresh interpreter."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    width = request([]).block
    tasks = {f"{REPLICATES} runs, {name}": (engine_seconds, (name, width)) for name in THEORIES}
    tasks["`tabletop --help` (wall)"] = (process_seconds, ("-m", "sim", "--help"))
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
    frame.to_csv(HERE / "results.csv", index=False)
    lines = ["| " + " | ".join(frame.columns) + " |", "|" + " --- |" * len(frame.columns)]
    lines += [
        "| " + " | ".join("" if pd.isna(v) else str(v) for v in row) + " |" for row in frame.itertuples(index=False)
    ]
    table = "\n".join(lines)
    print(table)
    (HERE / "README.md").write_text(PAGE.format(rounds=ROUNDS, replicates=REPLICATES, table=table), encoding="utf-8")


if __name__ == "__main__":
    main()
