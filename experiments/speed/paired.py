"""Is the project faster than it was? The tree as it is against an older commit, in turn, by CPU seconds.

Run `python experiments/speed/paired.py` (`--against COMMIT`, `--rounds 9`, `--quick` for a small size, `--full` for a
million runs as well, `--only engine_breach,help` for some rows): it prints the table and writes it to README.md, and
every round to paired.csv, beside it. Both trees are copied out, get the same interpreter and caches of their own, and
take turns at every row; only ratios taken round by round travel.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.study import ROOT, command, environment, options, publish, rows
from sim.model.withdrawal import THEORIES

AGAINST = "5866ff16e89aebe877a6be65f9cda0a9dfa6751a"
"""The commit before the engine was made anew."""
ROUNDS, QUICK_ROUNDS, LIBRARY_ROUNDS = 9, 2, 3
TABLETOP = """
import os, sim
named = os.path.realpath(os.environ["PYTHONPATH"])
assert os.path.realpath(sim.__file__).startswith(named + os.sep), "another tree"
from sim.__main__ import main
main()
"""
"""What the command ``tabletop`` is, of the tree that PYTHONPATH names."""
LIBRARIES = ("numpy", "scipy.special", "numba", "pandas", "pyarrow", "hydra", "matplotlib.figure", "rich.console")
SIMD = ("avx512f", "avx2", "avx", "sse4.2", "neon")
PAGE = """# How fast is it, and how fast was it?

`{wrote}` wrote this page.
{size}The tree at {new} against {old}. {machine}

Both trees took turns at each row, in {rounds}; old and new are medians, ratios are new / old within a round, and beside
their median are the 10th and the 90th percentile. Times are CPU seconds of a process, its threads and its children,
unless a row says otherwise.

{table}

{goals}

- **Engine**: `simulate` of one block of the default case (400 officers, 304 days), the block made beforehand. The fused
  kernel ([peers](../peers/README.md)) is measured in the same process and at the same time; where both trees have the
  same kernel, its row says what the machine did to the other rows.
- **Commands** start in an empty folder, so that no run is known; their kernels are compiled and their bytecode is
  cached, except in the first run after an installation, which has an empty folder for its kernels.
- **Two cores**: {many:,} default runs through plan and store with the tree's default executor, wall seconds, with the
  start of workers and without that of the libraries. Two copies of a compiled loop that needs no memory and no lock,
  measured before and after in the same process, are what two cores can give.
- **A worker's start** is half of what a command of two workers takes beyond the same runs without them.
- **Memory** is the peak of a fresh process that steps and writes so many runs of 60 days ([SCALING](SCALING.md)).
- What an answer costs, rather than a run, against plain Mesa with its own seeds: [peers, answer](../peers/ANSWER.md).

A row is measured by `python experiments/speed/one_side.py` of the newer tree, with the older tree's `sim` for the other
side; a dash is what that side cannot do. Every round is in [paired.csv](paired.csv).

## Libraries

Milliseconds that `tabletop run ensemble.replicates=1` takes to load each library with what it loads first
(`-X importtime`, which itself takes a part), medians of {library_rounds}; a dash is one that it does not load.

{libraries}
"""


class CannotDo(Exception):
    """This side has no such thing."""


@dataclass(frozen=True)
class Goal:
    """What is wanted: of the median ratio, or of the newer side's median; at most ``limit``, or at least."""

    limit: float
    of: str = "ratio"
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.of} {'≥' if self.at_least else '≤'} {self.limit:g}"

    def met(self, found: Mapping[str, Any]) -> bool:
        value = found[self.of]
        return bool(value >= self.limit if self.at_least else value <= self.limit)


@dataclass(frozen=True)
class Row:
    """What is measured, in which unit, and what is wanted of it."""

    what: str
    unit: str
    goal: Goal | None = None


@dataclass
class Side:
    """A tree of the project, its caches, the file that asks of it, and the child that answers in this round."""

    tree: Path
    caches: Path
    asks: Path
    child: subprocess.Popen[str] | None = field(default=None, repr=False)

    def environment(self, kernels: Path | None = None) -> dict[str, str]:
        """For a process of this side; bytecode is kept, or the start would be measured without it."""
        kernels = kernels or self.caches
        return environment(PYTHONPATH=str(self.tree), NUMBA_CACHE_DIR=str(kernels), PYTHONDONTWRITEBYTECODE="")

    def ask(self, question: str, **settings: Any) -> dict[str, float]:
        """Have the child measure something.

        Raises
        ------
        CannotDo
            With what the child said.
        """
        if self.child is None:
            words, pipe = [sys.executable, str(self.asks)], subprocess.PIPE
            self.child = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True, env=self.environment())
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        try:
            print(json.dumps([question, settings]), file=self.child.stdin, flush=True)
            answer: dict[str, Any] = json.loads(self.child.stdout.readline() or '{"cannot": "it ended"}')
        except BrokenPipeError:
            answer = {"cannot": "it ended"}
        if "cannot" in answer:
            raise CannotDo(answer["cannot"])
        return answer

    def close(self) -> None:
        """Let the child go; the next question starts another."""
        if self.child is not None:
            self.child.communicate()
            self.child = None

    def run(self, *words: str, kernels: Path | None = None) -> tuple[float, subprocess.CompletedProcess[str]]:
        """CPU seconds of Python with these words in an empty folder, and what it said.

        Raises
        ------
        CannotDo
            With the last line that it said.
        """
        with tempfile.TemporaryDirectory() as folder:
            began = _children()
            done = subprocess.run(
                [sys.executable, *words], capture_output=True, text=True, cwd=folder, env=self.environment(kernels)
            )
            spent = _children() - began
        if done.returncode:
            raise CannotDo((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])
        return spent, done


def _children() -> float:
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


Measure = Callable[[Side], dict[str, float]]


def asked(question: str, keys: Mapping[str, str], **settings: Any) -> Measure:
    """Ask the child of a side; ``keys`` are the rows and what of the answer each of them takes."""

    def measure(side: Side) -> dict[str, float]:
        answer = side.ask(question, **settings)
        return {row: answer[name] for row, name in keys.items()}

    return measure


def typed(row: str, *words: str, compiled: bool = True) -> Measure:
    """CPU seconds of a command line."""

    def measure(side: Side) -> dict[str, float]:
        if compiled:
            return {row: side.run("-c", TABLETOP, *words)[0]}
        with tempfile.TemporaryDirectory() as kernels:
            return {row: side.run("-c", TABLETOP, *words, kernels=Path(kernels))[0]}

    return measure


def memory(row: str, runs: int) -> Measure:
    """MiB that a process has at most which does so many short runs, by the side's own study."""

    def measure(side: Side) -> dict[str, float]:
        _, done = side.run(str(side.tree / "experiments" / "speed" / "scaling.py"), "--once", str(runs))
        return {row: json.loads(done.stdout.splitlines()[-1])["MiB"]}

    return measure


@dataclass(frozen=True)
class Task:
    """Rows that are measured together, in each round or in the first ``most`` of them."""

    measure: Measure
    rows: dict[str, Row]
    most: int | None = None


def tasks(quick: bool, full: bool) -> list[Task]:
    """All that is measured, in the order of the table."""
    width, many, started, short = (64, 600, 512, (200, 2_000)) if quick else (256, 4_000, 4_096, (1_000, 20_000))
    found = []
    for name in sorted(THEORIES, key=lambda name: THEORIES[name].number):
        key = f"engine_{name}"
        row = Row(f"engine, {THEORIES[name].number} {name}, {width} runs wide", "ns an officer-day", Goal(0.6))
        found.append(Task(asked("engine", {key: "ns"}, theory=name, width=width), {key: row}))
    lone = Row("engine, T1 threat_efficacy, one run", "ms", Goal(0.35))
    found.append(Task(asked("engine", {"engine_one": "ms"}, theory="threat_efficacy", width=1), {"engine_one": lone}))
    limit = {
        "fused": Row("fused kernel of T1: the limit", "ns an officer-day"),
        "share": Row("the engine's speed, T1", "share of the limit", Goal(0.55, "new", at_least=True)),
    }
    found.append(Task(asked("share", {"fused": "ns", "share": "share"}, width=width, runs=4 * width), limit))
    for key, row, words in (
        ("screen", Row("`tabletop run --no-figures`: until the answer is said", "CPU s", Goal(0.61)),
         ("run", "--no-figures")),
        ("run", Row("`tabletop run`, with its pictures", "CPU s", Goal(0.6)), ("run",)),
        ("one", Row("`tabletop run ensemble.replicates=1 --no-figures`", "CPU s"),
         ("run", "ensemble.replicates=1", "--no-figures")),
        ("help", Row("`tabletop --help`", "CPU s"), ("--help",)),
    ):  # fmt: skip
        found.append(Task(typed(key, *words), {key: row}))
    first = Row("`tabletop run`, the first after an installation (compiles)", "CPU s", Goal(0.5))
    found.append(Task(typed("first", "run", compiled=False), {"first": first}, most=1 if quick else None))
    spread = {
        "cores_one": Row(f"{many:,} runs, one core", "wall s"),
        "cores_two": Row(f"{many:,} runs, two cores, start of workers included", "wall s"),
        "loops": Row("two plain loops at a time, in work of one", "times"),
        "cores": Row("two cores over one, as a share of what the loops get", "share", Goal(0.95, "new", at_least=True)),
    }
    keys = {"cores_one": "one", "cores_two": "two", "loops": "loops", "cores": "efficiency"}
    found.append(Task(asked("cores", keys, runs=many), spread))
    start = Row("a worker's start", "CPU s", Goal(0.1))
    found.append(Task(asked("start", {"start": "cpu"}, runs=started), {"start": start}))
    for runs in short:
        key = f"memory_{runs}"
        found.append(Task(memory(key, runs), {key: Row(f"{runs:,} runs of 60 days", "peak MiB")}))
    if full:
        million = Row("1,000,000 runs of 60 days, once", "peak MiB", Goal(1024, "new"))
        found.append(Task(memory("memory_million", 10**6), {"memory_million": million}, most=1))
    return found


def take_turns(chosen: list[Task], old: Side, new: Side, rounds: int) -> pd.DataFrame:
    """Every row on both sides in each round, the side that goes first being last in the next; a line each."""
    lines = []
    for turn in range(rounds):
        for task in chosen:
            if task.most is not None and turn >= task.most:
                continue
            found: dict[str, dict[str, float]] = {}
            for name, side in (("old", old), ("new", new))[:: 1 if turn % 2 == 0 else -1]:
                try:
                    found[name] = task.measure(side)
                except CannotDo as why:
                    if name == "new":
                        raise
                    found[name] = {}
                    print(f"{', '.join(task.rows)}: the older side cannot: {why}", file=sys.stderr)
            for row in task.rows:
                pair = {name: found[name].get(row, np.nan) for name in ("old", "new")}
                lines.append({"row": row, "unit": task.rows[row].unit, "round": turn + 1, **pair})
                said = ", ".join(f"{name} {figure(value)}" for name, value in pair.items())
                print(f"round {turn + 1}, {row}: {said} {task.rows[row].unit}", file=sys.stderr)
        for side in (old, new):
            side.close()
    return pd.DataFrame(lines)


def summary(pairs: pd.DataFrame) -> dict[str, float]:
    """Medians of both sides, and the median, 10th and 90th percentile of the ratios of each round."""
    ratios = (pairs["new"] / pairs["old"]).dropna()
    low, middle, high = np.percentile(ratios, [10, 50, 90]) if len(ratios) else (np.nan,) * 3
    spread = {"low": low, "high": high} if len(ratios) > 1 else {"low": np.nan, "high": np.nan}
    return {"old": pairs["old"].median(), "new": pairs["new"].median(), "ratio": middle, **spread}


def figure(value: float) -> str:
    """A number in three figures, a large one to the unit; a dash where there is none."""
    if np.isnan(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:#.3g}".rstrip(".")


def in_words(rounds: int) -> str:
    return "one round" if rounds == 1 else f"{rounds} rounds"


def ratio(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def table(wanted: Mapping[str, Row], measured: pd.DataFrame) -> str:
    """A line for each row, with its goal and whether it is met."""
    head = ["what", "unit", "old", "new", "new / old", "10 % – 90 %", "goal", ""]
    lines = []
    for key, row in wanted.items():
        found = summary(measured[measured["row"] == key])
        spread = "–" if np.isnan(found["low"]) else f"{ratio(found['low'])} – {ratio(found['high'])}"
        met = verdict(row.goal, found)
        numbers = [figure(found["old"]), figure(found["new"]), ratio(found["ratio"]), spread]
        lines.append([row.what, row.unit, *numbers, row.goal or "", met])
    return rows(head, lines, right=range(2, 6))


def verdict(goal: Goal | None, found: Mapping[str, float]) -> str:
    """Met, missed, or nothing where there is no goal or nothing to hold against it."""
    if goal is None or np.isnan(found[goal.of]):
        return ""
    return "met" if goal.met(found) else "missed"


def goals(wanted: Mapping[str, Row], measured: pd.DataFrame) -> str:
    """How many of the goals are met, in a sentence."""
    verdicts = [verdict(row.goal, summary(measured[measured["row"] == key])) for key, row in wanted.items()]
    return f"{verdicts.count('met')} of {len(verdicts) - verdicts.count('')} goals are met."


def import_milliseconds(side: Side) -> dict[str, float]:
    """Milliseconds that a run of the command takes to load each library, with what it is the first to load."""
    try:
        _, done = side.run("-X", "importtime", "-c", TABLETOP, "run", "ensemble.replicates=1")
    except CannotDo:
        return dict.fromkeys(LIBRARIES, np.nan)
    parts = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if line.count("|") == 2]
    taken = {name.strip(): float(total) / 1000 for _, total, name in parts if total.strip().isdigit()}
    return {name: taken.get(name, np.nan) for name in LIBRARIES}


def libraries_table(old: Side, new: Side, rounds: int) -> str:
    found: dict[str, list[dict[str, float]]] = {"old": [], "new": []}
    for _ in range(rounds):
        for name, side in (("old", old), ("new", new)):
            found[name].append(import_milliseconds(side))
    frame = pd.DataFrame({name: pd.DataFrame(times).median() for name, times in found.items()})
    frame = frame.sort_values("new", ascending=False)
    lines = [[name, *map(figure, row)] for name, *row in frame.itertuples()]
    return rows(["library", "old, ms", "new, ms"], lines, right=[1, 2])


def git(*words: str) -> str:
    return subprocess.run(["git", *words], check=True, capture_output=True, text=True, cwd=ROOT).stdout


def copy_commit(commit: str, to: Path) -> str:
    """A commit's files; its short name."""
    name = git("rev-parse", "--short", f"{commit}^{{commit}}").strip()
    to.mkdir(parents=True)
    packed = to.with_suffix(".tar")
    git("archive", "--format=tar", f"--output={packed}", name)
    with tarfile.open(packed) as files:
        files.extractall(to, filter="data")
    packed.unlink()
    return name


def copy_working_tree(to: Path) -> str:
    """The files as they lie here, so that both sides are copies; the commit, and whether something was changed."""
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)
    changed = " with changes" if git("status", "--porcelain", "--", "sim", "conf", "experiments/peers") else ""
    return git("rev-parse", "--short", "HEAD").strip() + changed


def machine() -> str:
    """What the figures are of, in one line."""
    llvm: Any = import_module("llvmlite.binding")
    has = llvm.get_host_cpu_features()
    simd = next((name.upper() for name in SIMD if has.get(name)), "no SIMD")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    told = [f"{cores} cores of {llvm.get_host_cpu_name()} ({simd})", platform.system(),
            f"Python {platform.python_version()}"]  # fmt: skip
    told += [f"{title} {version(title.lower())}" for title in ("NumPy", "Numba")]
    return f"{', '.join(told)}."


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--against", default=AGAINST, help="the older commit; default: %(default)s")
    parser.add_argument("--rounds", type=int, help=f"default {ROUNDS}, with --quick {QUICK_ROUNDS}")
    parser.add_argument("--quick", action="store_true", help="a small size: that it works, not how fast it is")
    parser.add_argument("--full", action="store_true", help="a million runs as well, once a side: minutes each")
    parser.add_argument("--only", help="rows, by their names in paired.csv")
    told = parser.parse_args()
    chosen = tasks(told.quick, told.full)
    wanted = {key: row for task in chosen for key, row in task.rows.items()}
    if told.only:
        only = set(told.only.split(","))
        if unknown := only - wanted.keys():
            parser.error(f"--only {','.join(sorted(unknown))}: rows are {', '.join(wanted)}")
        chosen = [task for task in chosen if only & task.rows.keys()]
        wanted = {key: row for task in chosen for key, row in task.rows.items()}
    try:
        git("rev-parse", "--verify", "--quiet", f"{told.against}^{{commit}}")
    except (subprocess.CalledProcessError, FileNotFoundError):
        parser.error(f"--against {told.against}: no commit that Git has here")
    rounds = told.rounds or (QUICK_ROUNDS if told.quick else ROUNDS)
    library_rounds = 1 if told.quick else LIBRARY_ROUNDS
    with tempfile.TemporaryDirectory() as folder, ExitStack() as at_end:
        here = Path(folder).resolve()
        asks = here / "new" / "tree" / "experiments" / "speed" / "one_side.py"
        old, new = (Side(here / name / "tree", here / name / "kernels", asks) for name in ("old", "new"))
        names = {"old": copy_commit(told.against, old.tree), "new": copy_working_tree(new.tree)}
        for side in (old, new):
            at_end.callback(side.close)
            with suppress(CannotDo):
                side.run("-c", TABLETOP, "run", "ensemble.replicates=1")  # compiles kernels and bytecode
        measured = take_turns(chosen, old, new, rounds)
        libraries = libraries_table(old, new, library_rounds)
    page = PAGE.format(
        wrote=command(__file__, against=None if told.against == AGAINST else told.against, rounds=told.rounds,
                      quick=told.quick, full=told.full, only=told.only),
        size="`--quick`: too small to be quoted. " if told.quick else "",
        rounds=in_words(rounds), machine=machine(), **names, many=600 if told.quick else 4_000,
        table=table(wanted, measured), goals=goals(wanted, measured),
        libraries=libraries, library_rounds=in_words(library_rounds),
    )  # fmt: skip
    publish(told.to, page, {"paired.csv": measured}, float_format="%.6g")


if __name__ == "__main__":
    main()
