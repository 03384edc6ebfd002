"""What each lever does, under every theory, over the range of its settings: `python experiments/levers/run.py`.

Every theory is run at the same Latin hypercube of the shared settings and at one of its own, with and without each
lever, under the same draws. Differences are paired by setting and replicate; their 95 % intervals come from a bootstrap
over settings (BCa), because replicates of one setting are not independent evidence about the theory.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import bootstrap

from experiments.study import CAUTION, add_store, command, options, publish
from sim.analysis.agreement import FINDINGS, finding, voting
from sim.analysis.lever_experiment import NOTHING, lever_cases, lived, missing, plan_of, read_levers
from sim.api import open_store
from sim.commands.screen import progress
from sim.reports.markdown import markdown

MODES = ("scripted", "rules")
OUTCOMES = {
    "exits_by_record_end": "officers out by 7 March",
    "available_on_target": "officers available on 1 June",
    "civilian_harm": "civilians killed in the run",
}
DATE = "2024-03-01"
SEED = 20240301
ROOT_SEED = 20240307
ROUNDING = 0.05
"""Officers; a smaller mean difference is called none."""


def differences(runs: pd.DataFrame) -> pd.DataFrame:
    """With minus without, per theory, mode, lever and setting: means over paired replicates."""
    keys = ["theory", "mode", "setting", "replicate"]
    without = runs[runs["lever"] == NOTHING].set_index(keys)[list(OUTCOMES)]
    with_ = runs[runs["lever"] != NOTHING].set_index([*keys, "lever"])[list(OUTCOMES)]
    paired = with_ - without.reindex(with_.index.droplevel("lever")).to_numpy()
    return paired.groupby(["lever", "theory", "mode", "setting"], sort=False).mean()


def summary(paired: pd.DataFrame) -> pd.DataFrame:
    """Mean difference, interval, and the share of settings on either side of zero."""
    rows = []
    for (lever, theory, mode), part in paired.groupby(["lever", "theory", "mode"], sort=False):
        for outcome in OUTCOMES:
            values = part[outcome].to_numpy(dtype=float)
            low, high = _interval(values)
            keys = {"lever": lever, "outcome": outcome, "governments": mode, "theory": theory}
            sides = {"fewer": (values < 0).mean(), "more": (values > 0).mean(), "settings": len(values)}
            rows.append({**keys, "difference": values.mean(), "low": low, "high": high, **sides})
    return pd.DataFrame(rows)


def _interval(values: np.ndarray) -> tuple[float, float]:
    if np.ptp(values) == 0:
        return float(values[0]), float(values[0])
    found = bootstrap((values,), np.mean, n_resamples=2000, method="BCa", rng=np.random.default_rng(1))
    return float(found.confidence_interval.low), float(found.confidence_interval.high)


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """One row a lever, outcome and mode: does its sign hold under T1 to T4? T0 is the reference and has no vote."""
    rows = []
    votes = table[table["theory"].isin(voting(table["theory"].unique()))]
    for (lever, outcome, mode), part in votes.groupby(["lever", "outcome", "governments"], sort=False):
        verdict = finding([_sign(row.low, row.high, row.difference) for row in part.itertuples()])
        shown = {
            row.theory: f"{_signed(row.difference)} ({_signed(row.low)} to {_signed(row.high)})"
            for row in part.itertuples()
        }
        rows.append({"lever": lever, "outcome": outcome, "governments": mode, "finding": verdict, **shown})
    return pd.DataFrame(rows)


def _signed(value: float) -> str:
    """One decimal with its sign, and a plain nought."""
    rounded = round(value, 1)
    return f"{rounded:+.1f}" if rounded else "0"


def _sign(low: float, high: float, difference: float) -> int:
    if abs(difference) < ROUNDING or low <= 0 <= high:
        return 0
    return 1 if difference > 0 else -1


def page(found: pd.DataFrame, settings: int, replicates: int, runs: int) -> str:
    """The study's page; every number on it comes from the tables."""
    parts = [
        "# What does each lever do, and under which theories?\n",
        f"`{command(__file__, settings=settings, replicates=replicates)}` wrote this page and "
        f"[differences.csv](differences.csv): {runs:,} runs, {settings} settings from the prior ranges for each "
        f"theory, {replicates} paired replicates each. Levers are pulled on {DATE} ([levers.yaml](levers.yaml)), "
        "and a later row of the record that writes the same lever does not undo it (the United States decline troops "
        "on 6 March); a number is the mean difference in officers (or civilians) against pulling nothing, under the "
        "same draws, with its 95 % interval over settings. A finding *holds* when all of T1 to T4 agree on its sign; "
        "it *flips* when two of them disagree; *not discriminated* means that at least one of them cannot tell. T0, "
        "the reference, is in the table of differences.\n",
        CAUTION,
    ]
    for outcome, words in OUTCOMES.items():
        for mode in MODES:
            if outcome == "exits_by_record_end" and mode != MODES[0]:
                continue  # rules act after the record's end: the same numbers
            rows = found[(found["outcome"] == outcome) & (found["governments"] == mode)]
            rows = rows.drop(columns=["outcome", "governments"])
            counts = rows["finding"].value_counts()
            said = ", ".join(f"{counts[name]} {name}" for name in FINDINGS if name in counts)
            title = f"## {words[0].upper()}{words[1:]}, governments {mode}\n"
            parts += [title, f"{said}.\n", markdown(rows) + "\n"]
    return "\n".join(parts)


def lever_options(file: str, doc: str | None) -> ArgumentParser:
    """The options of a study of these levers."""
    parser = options(file, doc)
    parser.add_argument("--settings", type=int, default=60, help="points of the hypercube for each theory")
    parser.add_argument("--replicates", type=int, default=8, help="paired draws of luck at each point")
    add_store(parser)
    return parser


def run_levers(asked: Namespace, **which: Sequence[str]) -> pd.DataFrame:
    """Every run of the experiment that was asked for, those that the store has already included.

    ``which`` are ``theories`` and ``modes`` of :func:`sim.analysis.lever_experiment.lever_cases`.
    """
    levers = read_levers(Path(__file__).parent / "levers.yaml")
    listed = list(lever_cases(levers, settings=asked.settings, date=DATE, seed=SEED, **which))
    store, plan = open_store(asked.out), plan_of(listed, asked.replicates, ROOT_SEED)
    with progress(missing(plan, store)) as advance:
        return lived(listed, plan, store, advance)


def main() -> None:
    asked = lever_options(__file__, __doc__).parse_args()
    runs = run_levers(asked, modes=MODES)
    table = summary(differences(runs))
    text = page(verdicts(table), asked.settings, asked.replicates, len(runs))
    publish(asked.to, text, {"differences.csv": table.round(4)})


if __name__ == "__main__":
    main()
