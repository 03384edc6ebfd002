"""A command that is told to stop, at any moment of its life: gone soon, with its exit code, a line, and no child left.

The interpreter starts, libraries are loaded, settings composed, workers started, code is compiled, a question is asked,
runs are computed. A signal that comes before the command has begun is Python's own, which ends it by the signal.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

import sim
from sim.cli import run as tabletop
from tests.links import ROOT
from tests.processes import DEVNULL, PIPE, Start

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows ends a process without telling it")

SOON = 45
"""Seconds in which a command is gone on a busy machine: those that it has, and some to be ended."""
MOMENTS = int(os.environ.get("TABLETOP_STOPS", "6"))
"""How many moments are tried of each command, by turns with each signal; with 80, losses came up several times."""
SMALL = ("unknowns=fixed", "theory=breach", "officers.pool=40", "clock.end=2024-03-20", "ensemble.block=64")
LONG = ("run", *SMALL, "ensemble.replicates=100000", "--no-figures", "out=w")
QUESTION = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(100000) b"
COMMANDS = {
    "question": ("query", "asked", QUESTION),
    "serial": (*LONG, "executor=serial"),
    "threads": (*LONG, "executor=threads"),
    "processes": (*LONG, "executor=processes", "executor.workers=2"),
    "compiling": (*LONG, "executor=serial"),
}
LAST = {"question": 1.5, "serial": 2.5, "threads": 2.5, "processes": 4.0, "compiling": 9.0}
"""Seconds after which a command is in the middle of its work, on two cores with nothing else to do."""


@pytest.fixture
def busy(launch: Start) -> None:
    """Somebody else's work on this machine."""
    launch([sys.executable, "-c", "while True: pass"])


@pytest.fixture
def mark() -> str:
    return uuid4().hex


def living(mark: str) -> Iterator[str]:
    """The processes that have inherited a mark and are no mere entries in the table."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            marked = f"TABLETOP_MARK={mark}\0".encode() in (folder / "environ").read_bytes() + b"\0"
            if marked and (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z":
                yield (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue


@pytest.mark.slow
@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_gone_soon_whenever_it_is_told_to(tmp_path: Path, launch: Start, mark: str, name: str) -> None:
    if name == "question":
        assert tabletop(["run", *SMALL, "ensemble.replicates=4", "--no-figures", "out=asked"]) == 0
    for moment in range(MOMENTS):
        number = (signal.SIGINT, signal.SIGTERM)[moment % 2]
        surroundings = {**os.environ, "PYTHONPATH": str(ROOT), "TABLETOP_MARK": mark}
        if name == "compiling":
            surroundings["NUMBA_CACHE_DIR"] = str(tmp_path / f"compiled-{moment}")
        words = [word.replace("out=w", f"out=w-{moment}") for word in COMMANDS[name]]
        command = launch(
            [sys.executable, "-m", "sim", *words], env=surroundings, stdout=DEVNULL, stderr=PIPE, text=True
        )
        time.sleep(LAST[name] * moment / (MOMENTS - 1))
        command.send_signal(number)
        began = time.monotonic()
        lines = command.communicate(timeout=SOON)[1].splitlines()
        said = [line for line in lines if line and not line.endswith(" …")]  # the first ends that of the terminal's ^C
        assert command.returncode in (128 + number, -number, *((1,) if moment == 0 else ())), said
        if command.returncode == 128 + number:
            assert len(said) == 1, said
            assert said[0].startswith("tabletop: ")
        while list(living(mark)) and time.monotonic() < began + SOON:
            time.sleep(0.1)
        assert list(living(mark)) == []
        assert not list(tmp_path.glob("w-*/**/.tmp-*"))
        if (runs := tmp_path / f"w-{moment}" / "runs").exists() and list(runs.iterdir()):
            assert set(sim.load(runs.parent).outcomes["status"]) == {"ok"}
