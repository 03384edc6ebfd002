"""Is anything lost when a sweep is killed? `python experiments/nothing_lost/run.py` kills one many times and looks.

The same sweep is done in peace, by one worker, by several, by a Dask cluster on this machine, by two commands at once,
and with SIGKILL to the whole command at random moments and the same command afterwards. Every store must have the same
digest: all good runs, bit for bit. The page beside this file is what came out.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from argparse import BooleanOptionalAction
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from experiments.study import command, environment, options, publish
from sim.ensemble.store.store import Store
from sim.reports.markdown import markdown

SWEEP = ("scenario=as_documented,terms_settled", "theory=glob(*)", "media.report_probability=0.03,0.06",
         "unknowns=fixed", "ensemble.block=64")  # fmt: skip
PAGE = """# Is anything lost when a sweep is killed?

`{wrote}` wrote this page: one sweep of
{cases} cases × {replicates} replicates, done in several ways. A digest is the SHA-256 over all good runs, sorted; the
same digest means that nothing was lost and nothing changed. *Killed* means SIGKILL to the command and its workers at a
random moment after it began, and then the same command again.

{table}

{verdict}
"""


def start(folder: Path, replicates: int, *words: str) -> subprocess.Popen[str]:
    """The command in a session of its own, so that its workers can be killed with it."""
    typed = [sys.executable, "-m", "sim", "sweep", *SWEEP, f"ensemble.replicates={replicates}", f"out={folder}", *words]
    return subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
                            start_new_session=True)  # fmt: skip


def finish(command: subprocess.Popen[str]) -> None:
    out, err = command.communicate(timeout=900)
    if command.returncode:
        raise RuntimeError(f"exit code {command.returncode}: {err or out}")


def began(folder: Path) -> None:
    """Wait until the command has made its store."""
    while not (folder / "manifest.json").exists():
        time.sleep(0.01)


def looked_at(folder: Path) -> tuple[str, int]:
    store = Store.read(folder)
    damaged = store.damaged()
    assert not damaged, damaged
    return store.digest(), len(store.finished())


def killed(folder: Path, replicates: int, seconds: float, words: tuple[str, ...], moment: random.Random) -> int:
    """Kill a sweep somewhere in its life; the runs that the store had then. Afterwards it is complete."""
    command = start(folder, replicates, *words)
    began(folder)
    time.sleep(moment.uniform(0, 0.9 * seconds))
    os.killpg(command.pid, signal.SIGKILL)
    command.communicate()
    had = len(Store.read(folder).finished())
    finish(start(folder, replicates, *words))
    return had


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--kills", type=int, default=20, help="random moments of death, for each executor")
    parser.add_argument("--replicates", type=int, default=240)
    parser.add_argument("--dask", action=BooleanOptionalAction, default=True, help="try a Dask cluster as well")
    asked = parser.parse_args()
    rows = []

    def note(what: str, folder: Path, detail: str = "") -> None:
        digest, runs = looked_at(folder)
        rows.append({"how": what, "runs": runs, "detail": detail, "digest": digest[:16]})
        print(f"{what}: {runs:,} runs, digest {digest[:16]} {detail}", flush=True)

    with TemporaryDirectory() as place:
        peace = Path(place) / "peace"
        sweep = start(peace, asked.replicates, "executor=serial")
        began(peace)
        since = time.monotonic()
        finish(sweep)
        seconds = time.monotonic() - since
        note("in peace, one process", peace)
        cases = len(Store.read(peace).cases())
        ways = {"1 worker": ("executor=processes", "executor.workers=1"),
                "2 workers": ("executor=processes", "executor.workers=2")}  # fmt: skip
        if asked.dask:
            ways["a Dask cluster of 2 workers on this machine"] = ("executor=dask", "executor.workers=2")
        for name, words in ways.items():
            folder = Path(place) / name.replace(" ", "-")
            finish(start(folder, asked.replicates, *words))
            note(name, folder)
        both = Path(place) / "both"
        sweeps = [start(both, asked.replicates // 2, "executor=serial"), start(both, asked.replicates)]
        for sweep in sweeps:
            finish(sweep)
        note("two commands at once into one store, sharing half of the runs", both)
        for name, words in {"one process": ("executor=serial",), "2 workers": ways["2 workers"]}.items():
            moment = random.Random(name)
            for number in range(asked.kills):
                folder = Path(place) / f"{name.replace(' ', '-')}-killed-{number}"
                had = killed(folder, asked.replicates, seconds, words, moment)
                note(f"killed, {name} ({number + 1})", folder, f"had {had:,} runs when it died")
    frame = pd.DataFrame(rows)
    same = frame["digest"].nunique() == 1
    verdict = f"All {len(frame)} stores have the same digest." if same else "**Not all digests are the same.**"
    wrote = command(__file__, kills=asked.kills, replicates=asked.replicates)
    page = PAGE.format(wrote=wrote, replicates=asked.replicates, cases=cases, table=markdown(frame), verdict=verdict)
    publish(asked.to, page, {"digests.csv": frame})
    sys.exit(not same)


if __name__ == "__main__":
    main()
