"""One writes at a time, and the other is told who does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sim.errors import UserMistake
from sim.tabletop.lock import held
from tests import processes


def test_a_second_writer_is_told_who_holds_the_session(tmp_path: Path) -> None:
    told = pytest.raises(UserMistake, match=r"held by process \d+ \(an order")
    with held(tmp_path, "an order"), told, held(tmp_path, "a note", patience=0.05):
        raise AssertionError("two hold it")
    with held(tmp_path, "a note", patience=0.05):
        pass


def test_whoever_is_killed_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, os, pathlib; from sim.tabletop.lock import held\n"
        "with held(pathlib.Path(sys.argv[1]), 'an order'): os.kill(os.getpid(), 9)"
    )
    processes.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    with held(tmp_path, "a note", patience=0.05):
        pass
