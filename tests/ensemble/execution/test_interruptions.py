"""Killed at any moment, and started again; two commands at once; a folder that takes nothing. All in real processes."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest

from sim.ensemble.store.store import Store
from tests.processes import PIPE, Popen, Start, run, started

ROOT = Path(__file__).resolve().parents[3]
MOMENTS = int(os.environ.get("TABLETOP_KILLS", "4"))
"""How many moments of death are tried; 20 take a minute and a half."""
GOES_ON = "what is finished is kept, and the same command goes on from there"
SWEEP = """
import sys
from sim.ensemble.design.plan import Plan
from sim.ensemble.execution.runner import fill
from sim.ensemble.executors import read_executor
from sim.ensemble.store import buffered_writer
from tests.ensemble.tiny_worlds import case, opened
from tests.worlds import TINY

folder, name, first, stop = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
buffered_writer.FLUSH_SECONDS = 0.1
worlds = [(t, r) for t in ("breach", "constant") for r in (0.3, 0.4, 0.5)]
cases = tuple(case(*TINY, f"theory={t}", f"gangs.branching_ratio={r}") for t, r in worlds)
executor = read_executor({"name": name, "workers": 2} if name != "serial" else name)
plan = Plan(cases, range(first, stop), 7, kept=("days",), block=4, executor=executor)
print("began", flush=True)
report = fill(plan, opened(folder))
print(report.computed, report.found, flush=True)
"""


def start(launch: Start, folder: Path, executor: str = "serial", first: int = 0, stop: int = 60) -> Popen[str]:
    words = [sys.executable, "-c", SWEEP, str(folder), executor, str(first), str(stop)]
    return launch(words, stdout=PIPE, stderr=PIPE, text=True, cwd=ROOT)


def said(err: str) -> list[str]:
    """The lines of the error stream, without those that ask for patience on a machine that has much to do."""
    lines = [line for line in err.splitlines() if line.strip()]
    return [line for line in lines if not (line.startswith("tabletop: ") and line.endswith(" …"))]


def finish(command: Popen[str]) -> tuple[int, int]:
    """Runs computed and runs found by a command that comes to its end."""
    out, err = command.communicate(timeout=120)
    assert command.returncode == 0, err
    computed, found = map(int, out.split()[-2:])
    return computed, found


def digest(folder: Path) -> str:
    store = Store.open(folder, model_version=1, record="cafe", create=False)
    assert store.damaged() == []
    return store.digest()


def undisturbed(folder: Path, executor: str = "serial") -> float:
    """Seconds that a command takes after its start."""
    with started() as launch:
        command = start(launch, folder, executor)
        assert command.stdout is not None
        command.stdout.readline()
        began = time.monotonic()
        assert finish(command) == (360, 0)
    return time.monotonic() - began


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    """The digest of a command that nobody disturbs, and how long it takes after its start."""
    folder = tmp_path_factory.mktemp("whole") / "worlds"
    seconds = undisturbed(folder)
    return digest(folder), seconds


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
def test_killed_at_any_moment_a_command_loses_nothing_that_was_finished(
    tmp_path: Path, launch: Start, whole: tuple[str, float], executor: str
) -> None:
    expected, seconds = whole
    if executor == "processes":  # workers take a while to start, longer on a busy machine
        seconds = undisturbed(tmp_path / "whole", executor)
    moments = random.Random(f"{executor} {MOMENTS}")
    resumed = 0
    for number in range(MOMENTS):
        folder = tmp_path / str(number)
        command = start(launch, folder, executor)
        assert command.stdout is not None
        command.stdout.readline()
        time.sleep((number + moments.random()) / MOMENTS * seconds)  # early, late, and between
        command.send_signal(signal.SIGKILL)
        command.communicate()
        computed, found = finish(start(launch, folder, executor))
        assert computed + found == 360
        resumed += found > 0
        assert digest(folder) == expected
    assert resumed, "every command died before anything was finished; the moments are badly chosen"


@pytest.mark.slow
def test_two_commands_at_once_both_complete(tmp_path: Path, launch: Start, whole: tuple[str, float]) -> None:
    """They share forty of their sixty replicates; whoever comes second may do them twice, and they count once."""
    folder = tmp_path / "worlds"
    both = [start(launch, folder, "threads", 0, 50), start(launch, folder, "processes", 10, 60)]
    for command in both:
        computed, found = finish(command)
        assert computed + found == 300
    assert digest(tmp_path / "worlds") == whole[0]
    assert len(Store.read(tmp_path / "worlds").runs()) == 360


LONG = [
    "unknowns=fixed",
    "officers.pool=40",
    "clock.end=2024-03-20",
    "ensemble.replicates=20000",
    "ensemble.block=16",
    "--no-figures",
]


def begin(launch: Start, folder: Path, *words: str, table: str = "runs") -> Popen[str]:
    """A long command as a person types it, once it has finished something."""
    words = ("run", *LONG, f"out={folder}", *words)
    command = launch([sys.executable, "-m", "sim", *words], stdout=PIPE, stderr=PIPE, text=True, cwd=ROOT)
    until = time.monotonic() + 60
    while not list((folder / table).glob("part-*")) and time.monotonic() < until:
        time.sleep(0.05)
    return command


@pytest.mark.parametrize("words", [("threads", "2"), ("processes", "1")])
def test_an_interrupt_from_the_keyboard_reaches_workers_too_and_keeps_what_is_finished(
    tmp_path: Path, launch: Start, words: tuple[str, str]
) -> None:
    command = begin(launch, tmp_path / "w", f"executor={words[0]}", f"executor.workers={words[1]}")
    os.killpg(command.pid, signal.SIGINT)
    _, err = command.communicate(timeout=60)
    assert command.returncode == 130, repr(err)
    assert said(err) == [f"tabletop: interrupted; {GOES_ON}"]
    runs = Store.read(tmp_path / "w").runs()
    assert 0 < len(runs) < 20000
    assert set(runs["status"]) == {"ok"}


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without telling it")
@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
def test_being_told_to_end_keeps_all_that_is_finished(tmp_path: Path, launch: Start, executor: str) -> None:
    """Long before anything is written by the clock: what waits in memory is written on the way out."""
    command = begin(launch, tmp_path / "w", f"executor={executor}", table="cases")
    time.sleep(4)
    os.kill(command.pid, signal.SIGTERM)
    _, err = command.communicate(timeout=60)
    assert command.returncode == 143, repr(err)
    assert said(err) == [f"tabletop: ended by SIGTERM; {GOES_ON}"]
    store = Store.read(tmp_path / "w")
    assert 0 < len(store.runs()) < 20000
    assert len(store.finished("days")) == len(store.runs())
    (note,) = store.invocations()
    assert note["finished"] is False
    assert len(note["parts_written"]) == len(list((tmp_path / "w").rglob("part-*")))


@pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without telling it")
def test_a_script_that_is_told_to_end_keeps_what_is_finished_too(tmp_path: Path, launch: Start) -> None:
    script = (
        "import sys, sim; sim.run(theory='breach', replicates=20000, settings={'officers.pool': 40},"
        " overrides=['unknowns=fixed'], out=sys.argv[1])"
    )
    command = launch([sys.executable, "-c", script, tmp_path / "w"], stderr=PIPE, cwd=ROOT)
    until = time.monotonic() + 60
    while not list((tmp_path / "w" / "cases").glob("part-*")) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(3)
    command.terminate()
    _, err = command.communicate(timeout=60)
    assert (command.returncode, err) == (143, b"")
    assert 0 < len(Store.read(tmp_path / "w").runs()) < 20000


@pytest.mark.skipif(os.name != "posix", reason="needs a user who may not write")
def test_a_folder_that_may_only_be_read_is_said_in_one_line(tmp_path: Path, launch: Start) -> None:
    """As another user, since the one who runs the tests may be allowed everything."""
    folder = tmp_path / "worlds"
    finish(start(launch, folder, stop=2))
    before = digest(folder)
    code = (
        "import os, sys\n"
        "from sim.ensemble.store.store import Store\n"
        "from sim.errors import UserMistake\n"
        "import pandas as pd\n"
        "store = Store.open(sys.argv[1], model_version=1, record='cafe')\n"
        "for path in [store.folder, *store.folder.rglob('*')]: os.chmod(path, 0o555 if path.is_dir() else 0o444)\n"
        "if os.getuid() == 0:\n"
        "    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try:\n"
        "    row = {'case': 'x', 'root_seed': 1, 'replicate': 1, 'future': 0, 'status': 'ok'}\n"
        "    store.add('runs', pd.DataFrame([row]))\n"
        "except UserMistake as mistake:\n"
        "    print(mistake)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = run([sys.executable, "-c", code, "."], capture_output=True, text=True, cwd=folder, env=env)
    assert "cannot write runs: Permission denied; what was finished is kept" in done.stdout, done.stderr
    assert done.stdout.count("\n") == 1
    for path in [folder, *folder.rglob("*")]:
        os.chmod(path, 0o755 if path.is_dir() else 0o644)
    assert digest(folder) == before
