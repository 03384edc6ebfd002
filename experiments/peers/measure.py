"""The same runs in every program that its users could pick: officer-days per CPU second, peak memory, and the ratios.

Run `python experiments/peers/measure.py` (extra `[peers]`; `--quick` for a small size): it prints the table and
writes it to peers.csv and README.md beside it. Each measurement is a process of its own; the programs take turns,
round by round, so that what else the machine does falls on all of them. On a shared machine only the ratios travel.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd

from experiments.peers.contenders import CONTENDERS, HERE, SHARES
from experiments.peers.pages import PAGE, PEERS
from experiments.peers.script import SERIES, script
from experiments.study import command, environment, options, publish, rows

ROUNDS = 5
LIMIT = 3.0
"""A program whose mean is further from the engine's than so many standard errors has no row."""
GOALS = {"mesa": 1000.0, "starsim": 50.0, "ambr": 2.0, "fused": 0.5}
"""How many times as fast as this the engine wants to be, on one core."""
EFFICIENCY = 0.9
"""Of each core when all of them work; two are then 1.8 times one."""
PEERS_ELSEWHERE = ("starsim", "ambr", "naga", "modelly")
ELSEWHERE = "interpreter for Starsim, AMBR, Naga and Modelly, if they live elsewhere (Modelly needs Python 3.12)"
Measured = dict[str, list[dict[str, Any]]]


def once(python: str, name: str, runs: int, first: int, *scenario: str) -> dict[str, Any]:
    """One measurement in a process of its own.

    Raises
    ------
    RuntimeError
        When the program fails; the message is what it said last.
    """
    words = [python, str(HERE / "contenders.py"), name, str(runs), str(first), *scenario]
    env = environment(STARSIM_INSTALL_FONTS="0")
    done = subprocess.run(words, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def agreement(measured: Measured, name: str, share: str) -> tuple[float, float, float]:
    """Mean, distance from the engine's mean in standard errors, and the difference that three of them make.

    Programs that share the engine's luck are compared run by run, the others as independent samples.
    """
    own, ours = values(measured[name], share), values(measured["engine"], share)
    if CONTENDERS[name].paired:
        both = sorted(own.keys() & ours.keys())
        difference = np.array([own[key] - ours[key] for key in both])
        gap, error = difference.mean(), difference.std(ddof=1) / np.sqrt(len(both))
        # Single and double precision part a few runs in a thousand by one officer; less than that is no difference.
        error = max(error, 1 / script().officers / len(both))
    else:
        a, b = np.array(list(own.values())), np.array(list(ours.values()))
        gap, error = a.mean() - b.mean(), np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return float(np.mean(list(own.values()))), float(gap / error), float(LIMIT * error)


def values(rounds: list[dict[str, Any]], share: str) -> dict[int, float]:
    """A share out of each replicate."""
    return {row["first"] + k: value for row in rounds for k, value in enumerate(row[share])}


def table(measured: Measured) -> pd.DataFrame:
    """One row a program: rates, memory, the engine's ratio to it in each round, and how the means agree."""
    officer_days = script().officers * script().days
    rate = {n: np.array([r["runs"] * officer_days / r["cpu"] for r in rows]) for n, rows in measured.items()}
    rows = []
    for name, rounds in measured.items():
        ratio = rate["engine"] / rate[name]
        row: dict[str, Any] = {
            "program": name,
            "officer-days per CPU s": float(np.median(rate[name])),
            "officer-days per s": float(np.median([r["runs"] * officer_days / r["wall"] for r in rounds])),
            "peak MiB": float(np.median([r["mib"] for r in rounds])),
            "engine is faster by": float(np.median(ratio)),
            "lowest": float(ratio.min()),
            "highest": float(ratio.max()),
            "runs": sum(r["runs"] for r in rounds),
            "rounds": len(rounds),
        }
        for share in SHARES:
            mean, z, visible = agreement(measured, name, share)
            row |= {share: mean, f"z {share}": z, f"3 errors {share}": visible}
        row["agrees"] = all(abs(row[f"z {share}"]) <= LIMIT for share in SHARES)
        rows.append(row)
    return pd.DataFrame(rows)


def first_of(name: str, turn: int, runs: int) -> int:
    """First replicate of a round: paired programs live the engine's, those of their own luck what no round else has."""
    return turn * runs if CONTENDERS[name].paired else (turn + 1) * 10**7


def take_turns(names: list[str], rounds: int, quick: bool, python: dict[str, str]) -> Measured:
    """Every program in each round, one after another."""
    measured: Measured = {name: [] for name in names}
    for turn in range(rounds):
        for name in names:
            runs = CONTENDERS[name].quick if quick else CONTENDERS[name].runs
            first = first_of(name, turn, runs)
            measured[name].append(once(python.get(name, sys.executable), name, runs, first))
            print(f"round {turn + 1}, {name}: {runs} runs, {measured[name][-1]['cpu']:.2f} CPU s", file=sys.stderr)
    return measured


def page(frame: pd.DataFrame, absent: list[str], rounds: int, quick: bool) -> str:
    """The page of the study, in Markdown."""
    good, bad = frame[frame["agrees"]], frame[~frame["agrees"]]
    head = ["program", "officer-days per CPU s", "per s", "peak MiB", "this engine is faster by", "lowest – highest"]
    speeds = [
        [CONTENDERS[row["program"]].title, figure(row["officer-days per CPU s"]), figure(row["officer-days per s"]),
         f"{row['peak MiB']:.0f}", times(row["engine is faster by"]),
         f"{times(row['lowest'])} – {times(row['highest'])}"]
        for _, row in good.iterrows()
    ]  # fmt: skip
    a, b = SHARES
    columns = ["program", "runs", "mean share out by record end", "z", "by the end", "z", "difference that would show"]
    means = [
        [CONTENDERS[row["program"]].title, f"{row['runs']:,}", f"{row[a]:.4f}", f"{row[f'z {a}']:+.1f}",
         f"{row[b]:.4f}", f"{row[f'z {b}']:+.1f}", f"{row[f'3 errors {a}']:.4f}, {row[f'3 errors {b}']:.4f}"]
        for _, row in frame.iterrows()
    ]  # fmt: skip
    notes = [
        f"- {CONTENDERS[row['program']].title} has no row: its mean share out is off by "
        f"{max(abs(row[f'z {share}']) for share in SHARES):.1f} standard errors."
        for _, row in bad.iterrows()
    ]
    notes += [f"- {CONTENDERS[name].title} has no row: it is not installed here." for name in absent]
    return PAGE.format(
        wrote=command(str(HERE / "measure.py")),
        size="`--quick`: too small to be quoted. " if quick else "",
        rounds=rounds,
        officers=script().officers,
        days=script().days,
        series=len(SERIES),
        machine=f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}",
        table=rows(head, speeds, right=range(1, 6)),
        goals=rows(["goal, on one core", "measured", ""], goals(good), right=[1]),
        means=rows(columns, means, right=range(1, 7)),
        notes="\n".join(notes) or "All programs agree.",
        limit=f"{LIMIT:g}",
        peers=PEERS,
    )


def goals(frame: pd.DataFrame) -> list[list[str]]:
    """What was wanted, what was measured."""
    by = frame.set_index("program")["engine is faster by"]
    lines = []
    for name, wanted in GOALS.items():
        if name in by.index:
            met = "met" if by[name] >= wanted else "missed"
            lines.append([f"{times(wanted)} {CONTENDERS[name].title}", times(by[name]), met])
    if "engine_all" in frame["program"].to_list():
        rates = frame.set_index("program")["officer-days per s"]
        gain = rates["engine_all"] / rates["engine"]
        cores = os.cpu_count() or 1
        met = "met" if gain >= EFFICIENCY * cores else "missed"
        wanted = f"{EFFICIENCY * cores:.1f} × one core on all {cores}, by the clock, workers' start included"
        lines.append([wanted, f"{gain:.2f} ×", met])
    return lines


def times(value: float) -> str:
    """A ratio in two figures, in three from a hundred on."""
    return f"{value:,.0f} ×" if value >= 10 else f"{value:.2g} ×"


def figure(value: float) -> str:
    """A rate, as 2.9·10⁷."""
    mantissa, power = f"{value:.1e}".split("e")
    return f"{mantissa}·10{str(int(power)).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--quick", action="store_true", help="a small size: that it works, not how fast it is")
    parser.add_argument("--rounds", type=int, default=None, help=f"at full size {ROUNDS}, with --quick 2")
    parser.add_argument("--only", default=",".join(CONTENDERS), help="programs, by name; the engine always takes part")
    parser.add_argument("--peers-python", help=ELSEWHERE)
    asked = parser.parse_args()
    chosen = {"engine", *asked.only.split(",")}
    if unknown := chosen - CONTENDERS.keys():
        parser.error(f"--only {','.join(sorted(unknown))}: programs are {', '.join(CONTENDERS)}")
    python = dict.fromkeys(PEERS_ELSEWHERE, asked.peers_python) if asked.peers_python else {}
    absent = [n for n in CONTENDERS if n in chosen and n not in python and not CONTENDERS[n].installed]
    names = [name for name in CONTENDERS if name in chosen and name not in absent]
    rounds = asked.rounds or (2 if asked.quick else ROUNDS)
    frame = table(take_turns(names, rounds, asked.quick, python))
    text = page(frame, absent, rounds, asked.quick)
    publish(asked.to, text, {"peers.csv": frame}, float_format="%.6g")


if __name__ == "__main__":
    main()
