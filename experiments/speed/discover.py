"""What does finding a box by PRIM cost? Ours against EMA Workbench's, in turn on the same data, by CPU seconds.

Run `python experiments/speed/discover.py --ema-python PYTHON`, where PYTHON is an interpreter with ema_workbench
(`--rounds 7`, `--quick` for a small size): it prints the page and writes it to DISCOVER.md, and every round to
discover.csv, beside it. Each measurement is a process of its own, with its libraries loaded; only ratios taken round by
round travel.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.study import command, environment, options, publish, rows

SIDE = Path(__file__).with_name("prim_side.py")
SIZES = ((20_000, 15), (2_000, 15), (2_000, 90))
QUICK = ((500, 5),)
"""Rows and inputs; the goal is of the first."""
GOAL = 0.25
ROUNDS = 7
PAGE = """# What finding a box costs

`{wrote}` wrote this page.
{small}PRIM ([prim.py](../../sim/analysis/discovery/prim.py)) against EMA Workbench {version}, in turn,
{rounds} rounds each with data of its own: uniform inputs, a box of three limits, a tenth of the cases turned over.
CPU seconds of the first box, peeled and pasted, libraries loaded; medians, and the ratio within a round with its lowest
and highest.

{table}

{verdict}

Each measurement is `python experiments/speed/prim_side.py` in a process of its own.

*Same boxes*: in how many rounds every box of the path has the same limits, to the last bit. Every round is in
[discover.csv](discover.csv).
"""


def data(rows_: int, inputs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Uniform inputs, and a box in three of them."""
    drawn = np.random.default_rng(seed)
    x = drawn.random((rows_, inputs))
    return x, ((x[:, 1] > 0.6) & (x[:, 3] < 0.5) & (x[:, 4] > 0.3)) ^ (drawn.random(rows_) < 0.1)


def once(python: str, side: str, file: Path) -> dict[str, Any]:
    """One measurement in a process of its own.

    Raises
    ------
    RuntimeError
        When it fails; the message is what it said last.
    """
    done = subprocess.run([python, str(SIDE), side, str(file)], capture_output=True, text=True, env=environment(),
                          check=False)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{side}: {done.stderr.strip().splitlines()[-1]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(ema_python: str, rounds: int, sizes: tuple[tuple[int, int], ...]) -> pd.DataFrame:
    """One row a round and size: rows, inputs, round, ours and ema in CPU seconds, boxes, same."""
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.npz"
        for turn in range(rounds):
            for count, inputs in sizes:
                x, y = data(count, inputs, turn)
                np.savez(file, x=x, y=y)
                sides = [("ours", sys.executable), ("ema", ema_python)]
                both = {side: once(python, side, file) for side, python in (sides if turn % 2 else sides[::-1])}
                ours, ema = both["ours"], both["ema"]
                measured.append({"rows": count, "inputs": inputs, "round": turn, "ours": ours["cpu"], "ema": ema["cpu"],
                                 "boxes": len(ours["boxes"]), "same": ours["boxes"] == ema["boxes"]})  # fmt: skip
    return pd.DataFrame(measured)


def summary(measured: pd.DataFrame) -> pd.DataFrame:
    """One row a size: medians, the ratio ours / ema within a round, and in how many rounds the boxes are the same."""
    told = measured.assign(ratio=measured["ours"] / measured["ema"]).groupby(["rows", "inputs"], sort=False)
    return told.agg(ours=("ours", "median"), ema=("ema", "median"), ratio=("ratio", "median"), lowest=("ratio", "min"),
                    highest=("ratio", "max"), same=("same", "sum"), rounds=("same", "size")).reset_index()  # fmt: skip


def page(measured: pd.DataFrame, version: str, wrote: str, quick: bool) -> str:
    """The page of the study, in Markdown."""
    found = summary(measured)
    head = ["rows × inputs", "ours, CPU s", "EMA, CPU s", "ours / EMA", "lowest – highest", "same boxes"]
    lines = [[f"{row.rows:,} × {row.inputs}", f"{row.ours:.3g}", f"{row.ema:.3g}", f"{row.ratio:.3f}",
              f"{row.lowest:.3f} – {row.highest:.3f}", f"{row.same} of {row.rounds}"]
             for row in found.itertuples()]  # fmt: skip
    first = found.iloc[0]
    met = first["ratio"] <= GOAL and first["same"] == first["rounds"]
    size = f"{int(first['rows']):,} × {int(first['inputs'])}"
    verdict = (
        f"Goal: at most {GOAL:g} of EMA's CPU seconds on {size}, with the same boxes: {'met' if met else 'missed'}."
    )
    return PAGE.format(wrote=wrote, small="`--quick`: too small to be quoted. " if quick else "", version=version,
                       rounds=int(first["rounds"]), table=rows(head, lines, right={1, 2, 3, 4, 5}),
                       verdict=verdict)  # fmt: skip


def version_of(python: str) -> str:
    """The version of EMA Workbench that an interpreter has.

    Raises
    ------
    SystemExit
        It has none: one line.
    """
    code = "from importlib.metadata import version; print(version('ema_workbench'))"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    except OSError as fault:
        raise SystemExit(f"--ema-python={python}: {fault.strerror or fault}") from fault
    if done.returncode:
        raise SystemExit(f"--ema-python={python}: an interpreter with ema_workbench (pip install ema_workbench)")
    return done.stdout.strip()


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--ema-python", default=sys.executable, help="interpreter that has ema_workbench")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--quick", action="store_true", help="a small size, to see that it works")
    asked = parser.parse_args()
    version = version_of(asked.ema_python)
    measured = measure(asked.ema_python, asked.rounds, QUICK if asked.quick else SIZES)
    rounds = None if asked.rounds == ROUNDS else asked.rounds
    wrote = command(__file__, rounds=rounds, quick=asked.quick)
    publish(asked.to, page(measured, version, wrote, asked.quick), {"discover.csv": measured}, "DISCOVER.md", "%.6g")


if __name__ == "__main__":
    main()
