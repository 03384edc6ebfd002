"""What do drawn unknowns cost, and what does a bank? `python experiments/speed/worlds.py`

CPU seconds of blocks of 256 runs, the kinds interleaved in rounds, ratios within a round; then a bank of every theory
that has kept worlds, made anew in a folder that is removed: seconds, bytes of its store and of its list.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from experiments.study import command, cpu, options, publish, rows
from sim.analysis.calibration.asking import read_asked
from sim.analysis.calibration.bank import Tried, fill_theory, posterior_of
from sim.api import open_store
from sim.ensemble.cases.posterior import FEW, load_posterior, packaged_posterior
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.design.plan import numbers_of
from sim.ensemble.design.request import request
from sim.ensemble.engine.block import Block, simulate

RUNS = 256
KINDS: Mapping[str, tuple[str, ...]] = {
    "fixed, to 31 July": ("unknowns=fixed",),
    "posterior, to 31 July": ("unknowns=posterior",),
    "prior, to 31 March": ("unknowns=prior", "clock.end=2024-03-31"),
}
BASE = "fixed, to 31 July"
GOALS = {"posterior, to 31 July": 1.10, "prior, to 31 March": 0.65}
PAGE = """# What do drawn unknowns cost, and what does a bank?

`{wrote}` wrote this page: blocks of {runs} runs of the documented world, one process, {rounds} rounds in which the
kinds take turns; ratios to fixed unknowns are within a round, with the 10th and the 90th percentile of rounds.

{costs}

A bank to {keep:,} kept worlds of each theory that has so many, on {workers}, start of workers included:

{bank}

The list of kept worlds that comes with the package has {shipped:,.0f} KiB. A million runs of a bank take
{disk:.0f} MB on disk at the rate of this one.
"""


def block_of(theory: str, words: tuple[str, ...]) -> Block:
    """The first runs of a case, as one block."""
    case = request([f"theory={theory}", *words]).case
    future, replicate = np.divmod(numbers_of(case, range(RUNS)), FUTURES)
    return Block((case,), np.zeros(RUNS, dtype=np.int64), replicate, 20240307, futures=future if future.any() else None)


def costs(theories: list[str], rounds: int) -> pd.DataFrame:
    """Milliseconds of CPU a run: a row a round, theory and kind."""
    found = []
    for theory in theories:
        blocks = {kind: block_of(theory, words) for kind, words in KINDS.items()}
        for block in blocks.values():
            simulate(block)  # compiled, and its draws' code loaded
        for number in range(rounds):
            for kind, block in blocks.items():
                found.append([number, theory, kind, 1000 * cpu(simulate, block)[0] / RUNS])
    return pd.DataFrame(found, columns=["round", "theory", "kind", "ms"])


def told(table: pd.DataFrame) -> str:
    """The table of costs: by theory and kind the median, and its ratio to fixed unknowns."""
    wide = table.pivot(index=["round", "theory"], columns="kind", values="ms")
    lines = []
    for theory in dict.fromkeys(table["theory"]):
        of = wide.xs(theory, level="theory")
        for kind in KINDS:
            ratio = (of[kind] / of[BASE]).quantile([0.1, 0.5, 0.9]).tolist()
            goal = GOALS.get(kind)
            met = "" if goal is None else f"≤ {goal:.2f}, {'met' if ratio[1] <= goal else 'missed'}"
            lines.append(
                [theory, kind, f"{of[kind].median():.3f}", f"{ratio[1]:.2f}", f"{ratio[0]:.2f}–{ratio[2]:.2f}", met]
            )
    return rows(["theory", "unknowns", "ms of CPU a run", "ratio", "10 % – 90 %", "goal"], lines, right={2, 3, 4})


def bank(theories: list[str], keep: int) -> tuple[str, float, str]:
    """A bank made anew: its table, megabytes of a million runs, and where it was computed."""
    with TemporaryDirectory() as folder:
        asked = read_asked([f"theory={','.join(theories)}", f"ensemble.replicates={keep}", f"out={folder}/bank"])
        store, lines, all_tried = open_store(asked.out), [], list[Tried]()
        for theory in theories:
            began, wall = time.process_time(), time.perf_counter()
            now, _ = fill_theory(asked.bank, theory, store, asked.executor, asked.block)
            used, waited = time.process_time() - began, time.perf_counter() - wall
            all_tried.append(now)
            lines.append(
                [
                    theory,
                    f"{now.draws:,}",
                    f"{len(now.kept):,}",
                    f"{100 * now.share:.1f}",
                    f"{used:.1f}",
                    f"{waited:.1f}",
                ]
            )
        posterior_of(asked.bank, all_tried)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*.parquet"))
        draws = sum(now.draws for now in all_tried)
    whole = [sum(float(line[place]) for line in lines) for place in (4, 5)]
    lines.append(["together", f"{draws:,}", "", "", f"{whole[0]:.1f}", f"{whole[1]:.1f}"])
    head = ["theory", "draws", "kept", "of 100", "CPU s", "wall s"]
    return rows(head, lines, right=set(range(1, 6))), size / draws, asked.executor.name


def main() -> None:
    """Measure, and write the page."""
    parser = options(__file__, __doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--keep", type=int, default=1000, help="kept worlds of a theory that are enough")
    asked = parser.parse_args()
    theories = [name for name, kept in load_posterior().theories.items() if len(kept.worlds) >= FEW]
    table = costs(theories, asked.rounds)
    made, disk, workers = bank(theories, asked.keep)
    text = PAGE.format(
        wrote=command(__file__, rounds=None if asked.rounds == 9 else asked.rounds,
                      keep=None if asked.keep == 1000 else asked.keep),
        runs=RUNS, rounds=asked.rounds, costs=told(table), keep=asked.keep, workers=f"executor={workers}", bank=made,
        shipped=packaged_posterior().stat().st_size / 1024, disk=disk,
    )  # fmt: skip
    publish(asked.to, text, {"worlds.csv": table}, page="WORLDS.md", float_format="%.4g")


if __name__ == "__main__":
    main()
