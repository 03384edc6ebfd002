"""A command as it is typed, run in this process, and what everybody may expect of how it ends."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.cli import run as tabletop
from sim.errors import LONGEST_SHOWN, one_line
from tests.fuzz.budget import bounded

CODES = {0, 2, 3, 4}


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code and what it wrote."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def line(self) -> str:
        """The line that says what was wrong, without the name of the program."""
        lines = self.err.splitlines()
        assert lines, self
        return lines[-1].removeprefix("tabletop: ")

    def names(self, *things: str) -> bool:
        """Whether the line names one of these, as they were typed."""
        return any(shown(thing) in self.line for thing in things)


def shown(text: str) -> str:
    """A text as a mistake shows it, as far as it is shown."""
    return one_line(text)[: LONGEST_SHOWN - 10]


@contextmanager
def desk(*folders: Path) -> Iterator[Path]:
    """An empty folder to type commands in, with copies of these."""
    before = Path.cwd()
    with TemporaryDirectory() as name:
        for folder in folders:
            shutil.copytree(folder, Path(name, folder.name))
        os.chdir(name)
        try:
            yield Path(name)
        finally:
            os.chdir(before)


def typed(*words: str) -> Ended:
    """Type a command, and hold it to what holds for all: a known exit code, no traceback, one line for a mistake."""
    out, err, streams = io.StringIO(), io.StringIO(), (sys.stdout, sys.stderr)
    with bounded(), redirect_stdout(out), redirect_stderr(err):
        code = tabletop(list(words))
    assert (sys.stdout, sys.stderr) == streams
    ended = Ended(words, code, out.getvalue(), err.getvalue())
    check(ended)
    return ended


REMARKS = (
    "has no effect", "run failed", "so it never happens", "has no value", "falls short of it", "is written again, as",
    "this command is not noted", "so what it asked for is not checked", "is run with unknowns=prior",
)  # fmt: skip
"""Of lines that name no fault, a part each."""


def check(ended: Ended) -> None:
    """What holds for every command."""
    assert ended.code in CODES, ended
    assert "Traceback" not in ended.err, ended
    said = [line for line in ended.err.splitlines() if not line.startswith("left out: ")]  # of several figures
    assert all(line.startswith("tabletop: ") for line in said), ended
    assert all(line.isprintable() and len(line) < 3000 for line in said), ended
    # Whoever waits for long is told so: by :mod:`sim.commands.patience`, where a busy machine compiles for long.
    faults = [line for line in said if not (any(remark in line for remark in REMARKS) or line.endswith(" …"))]
    if ended.code in (2, 4):
        assert faults, ended
        assert len(faults) == 1 or ended.words[0] == "verify", ended  # which names every part that is damaged
        assert said[-1] == faults[-1], ended
    if ended.code == 0:
        assert not faults, ended


def named(words: Sequence[str]) -> list[str]:
    """What the line of a mistake may name: each word's key, each flag, each folder."""
    return [word.partition("=")[0].lstrip("+~")[:60] or word for word in words]
