"""The same toy calibrated here and with pyABC: CPU seconds per 1,000 kept draws, and whether both keep the same.

Run `python experiments/peers/calibration.py --peers-python=…` (an interpreter that has `pyabc`; `--quick` for a small
size): it writes CALIBRATION.md and calibration.csv beside it. Each measurement is a process of its own; the two take
turns, round by round. On a shared machine only the ratios travel.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from experiments.peers.calibrators import CALIBRATORS, WIDTH
from experiments.peers.contenders import HERE
from experiments.peers.toy import DAYS, OFFICERS, PATTERNS, PRIORS, SQUADS
from experiments.study import command, environment, options, publish, rows

ROUNDS, KEPT, QUICK = 7, 1000, 100
GOAL = 15.0
"""How many times the CPU of this project pyABC is to take at least."""
LIMIT = 3.0
"""Standard errors beyond which the two do not agree."""
SEED = 20240307
DIGITS = "%.6g"
PAGE = """# What does a calibration cost?

`{wrote}` wrote this page. {size}The same toy, the same prior and the
same rule (a draw is kept when every pattern holds), {kept:,} kept draws a round, in this project and in pyABC {version}
([toy.py](toy.py): {officers} officers in {squads} squads, {days} days, {unknowns} unknowns, {patterns} yes-or-no
patterns). Medians of {rounds} rounds in which the two took turns, each measurement in a process of its own after a
warm-up (`python experiments/peers/calibrators.py NAME KEPT SEED`); ratios are taken round by round. {machine}.

{table}

{goal}

CPU seconds count all threads. *Of it the model* is what the toy alone takes for as many draws, its luck included,
measured in the same process. *The rest* is the library's own: drawing from the prior, judging, keeping.

## Do they keep the same?

{agreement}

z is the distance from this project's value in standard errors, over all rounds together; beyond {limit:g} there is no
row above. {agrees}

## What each does

- **pyABC** (PyPI `pyabc`; an environment of its own, named by `--peers-python`): `ABCSMC` with one population,
  `ListEpsilon([0.5])`, the number of missed patterns as the distance, `SingleCoreSampler`, its history in SQLite in
  memory. One population of it is rejection from the prior; further ones, its strength where few draws are kept, are not
  asked for here. Its model takes one particle at a time: the toy, which is written once over any number of runs, is
  called with one.
- **This project**: the same function over {width} draws at a time; unknowns and luck by address, the rounds of a bank
  (`next_draws`), the patterns as data, the kept worlds as `PriorDraws`. A bank's store, which writes every run, is left
  out, as the toy is none of its cases.

So the ratio holds two things: that a library asks for a particle at a time, and what it does around each of them. A
model that takes seconds hides the second.
"""


def once(python: str, name: str, kept: int, seed: int) -> dict[str, Any]:
    """One measurement in a process of its own.

    Raises
    ------
    RuntimeError
        When the program fails; the message is what it said last.
    """
    words = [python, str(HERE / "calibrators.py"), name, str(kept), str(seed)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def take_turns(names: Sequence[str], rounds: int, kept: int, python: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each program in each round, one after another, with seeds that no other measurement has."""
    measured = []
    for turn in range(rounds):
        for name in names:
            measured.append(once(python.get(name, sys.executable), name, kept, SEED + turn) | {"round": turn})
            print(f"round {turn + 1}, {name}: {measured[-1]['cpu']:.2f} CPU s", file=sys.stderr)
    return measured


def table(measured: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A row a measurement: program, round, kept, draws, CPU seconds per 1,000 kept, of it the model, means, and spreads
    of the kept unknowns."""
    lines = []
    for one in measured:
        per = 1000 / one["kept"]
        line = {"program": one["name"], "round": one["round"], "kept": one["kept"], "draws": one["draws"],
                "cpu": one["cpu"] * per, "model": one["alone"] * per, "version": one["version"]}  # fmt: skip
        for name in PRIORS:
            line |= {f"mean {name}": np.mean(one[name]), f"sd {name}": np.std(one[name], ddof=1)}
        lines.append(line)
    return pd.DataFrame(lines)


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as the file has it, so that the page can be made again from the file."""
    return pd.read_csv(StringIO(frame.to_csv(index=False, float_format=DIGITS)), keep_default_na=False)


def ratios(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Round by round, how many times the engine's CPU a program takes: in all, and without its own model."""
    own, ours = (frame[frame["program"] == one].set_index("round") for one in (name, "engine"))
    return pd.DataFrame({"whole": own["cpu"] / ours["cpu"], "rest": (own["cpu"] - own["model"]) / ours["cpu"]})


def agreement(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """What a program kept against what this project kept: columns what, theirs, ours, z."""
    own, ours = (frame[frame["program"] == one] for one in (name, "engine"))
    kept, draws = [side["kept"].sum() for side in (own, ours)], [side["draws"].sum() for side in (own, ours)]
    shares = [k / n for k, n in zip(kept, draws, strict=True)]
    error = np.sqrt(sum(p * (1 - p) / n for p, n in zip(shares, draws, strict=True)))
    lines = [["share kept", *shares, (shares[0] - shares[1]) / error]]
    for unknown in PRIORS:
        means = [side[f"mean {unknown}"].mean() for side in (own, ours)]
        error = np.sqrt(sum((side[f"sd {unknown}"] ** 2).mean() / k for side, k in zip((own, ours), kept, strict=True)))
        lines.append([f"mean prior quantile of {unknown}", *means, (means[0] - means[1]) / error])
    return pd.DataFrame(lines, columns=["what", "theirs", "ours", "z"])


def page(frame: pd.DataFrame, python: str, *, quick: bool) -> str:
    """The page, in Markdown."""
    names = [name for name in CALIBRATORS if name in set(frame["program"])]
    rounds, kept = frame["round"].nunique(), int(frame["kept"].iloc[0])
    lines, checks, goal, agrees = [], "", "pyABC has no row: it is not installed here.", ""
    version = frame.loc[frame["program"] == "pyabc", "version"].iloc[0] if "pyabc" in names else ""
    for name in names:
        some = frame[frame["program"] == name]
        ratio = ratios(frame, name)["whole"]
        lines.append([
            CALIBRATORS[name].title, figure(some["cpu"]), f"{some['model'].median():.2g}",
            f"{(some['cpu'] - some['model']).median():.2g}", f"{1000 * some['draws'].sum() / some['kept'].sum():,.0f}",
            f"{ratio.median():.3g} × ({ratio.min():.3g} – {ratio.max():.3g})",
        ])  # fmt: skip
    if "pyabc" in names:
        found = agreement(frame, "pyabc")
        good = bool((found["z"].abs() <= LIMIT).all())
        checks = rows(["", "pyABC", "this project", "z"],
                      [[what, f"{a:.4f}", f"{b:.4f}", f"{z:+.1f}"] for what, a, b, z in found.to_numpy()],
                      right=(1, 2, 3))  # fmt: skip
        agrees = "They agree." if good else "They do not agree."
        lines = lines if good else [line for line in lines if line[0] == CALIBRATORS["engine"].title]
        whole, rest = ratios(frame, "pyabc").median()
        met = "met" if whole >= GOAL else "missed"
        goal = (
            f"Goal: at most 1/{GOAL:g} of pyABC's CPU for the same number kept. Measured: 1/{whole:.0f}, {met}.\n"
            f"With a model that cost pyABC nothing, and this project what it did, it would be 1/{rest:.0f}."
        )
    head = ["calibration", "CPU s per 1,000 kept (lowest – highest)", "of it the model", "the rest", "draws",
            "times this project's"]  # fmt: skip
    return PAGE.format(
        wrote=command(str(HERE / "calibration.py"), quick=quick) + python,
        size="`--quick`: too small to be quoted. " if quick else "",
        kept=kept, version=version, officers=OFFICERS, squads=SQUADS, days=DAYS, unknowns=len(PRIORS),
        patterns=len(PATTERNS), rounds=rounds, table=rows(head, lines, right=range(1, 6)), goal=goal,
        machine=f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        agreement=checks or "There is nothing to compare with.", limit=LIMIT, agrees=agrees, width=WIDTH,
    )  # fmt: skip


def figure(seconds: pd.Series) -> str:
    """A median with its spread: 4.3 (4.1 – 4.9)."""
    return f"{seconds.median():.2g} ({seconds.min():.2g} – {seconds.max():.2g})"


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--quick", action="store_true", help="a small size: that it works, not what it costs")
    parser.add_argument("--rounds", type=int, help=f"default: {ROUNDS}")
    parser.add_argument("--peers-python", help="interpreter for pyABC, if it lives elsewhere")
    asked = parser.parse_args()
    python = {"pyabc": asked.peers_python} if asked.peers_python else {}
    names = [name for name, one in CALIBRATORS.items() if one.installed or name in python]
    measured = take_turns(names, asked.rounds or (2 if asked.quick else ROUNDS), QUICK if asked.quick else KEPT, python)
    frame = rounded(table(measured))
    text = page(frame, " --peers-python …" if python else "", quick=asked.quick)
    publish(asked.to, text, {"calibration.csv": frame}, "CALIBRATION.md", float_format=DIGITS)


if __name__ == "__main__":
    main()
