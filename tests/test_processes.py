"""No process outlives the test that started it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from subprocess import CalledProcessError, TimeoutExpired

import pytest

from tests.processes import PIPE, run, started

PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(float(sys.argv[1]))
"""
posix = pytest.mark.skipif(os.name != "posix", reason="groups of processes")


def gone(pid: int) -> bool:
    """Within ten seconds; what nobody has waited for yet is dead, too."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


@posix
@pytest.mark.parametrize("seconds", ["0", "600"])
def test_what_is_started_ends_with_the_test_and_what_it_has_started_too(seconds: str) -> None:
    with started() as start:
        process = start([sys.executable, "-c", PARENT, seconds], stdout=PIPE, text=True)
        child = int(process.stdout.readline())
        if seconds == "0":
            process.wait(60)
    assert gone(process.pid)
    assert gone(child)


def test_whoever_waits_for_one_does_not_wait_without_end() -> None:
    with pytest.raises(TimeoutExpired):
        run([sys.executable, "-c", "import time; time.sleep(600)"], timeout=1)


def test_what_fails_is_said() -> None:
    with pytest.raises(CalledProcessError):
        run([sys.executable, "-c", "raise SystemExit(3)"], check=True)
    done = run([sys.executable, "-c", "print('here'); raise SystemExit(3)"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (3, "here\n", "")


def test_tests_start_processes_in_no_other_way() -> None:
    """But for what must do without pytest, and ends before anybody waits."""
    folder = Path(__file__).parent
    known = {"processes.py", "digests.py", Path(__file__).name}
    words = ("import subprocess", "from subprocess", "os.fork(", "os.posix_spawn")
    found = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        if any(line.startswith(words) for line in map(str.strip, path.read_text(encoding="utf-8").splitlines()))
    }
    assert found <= known
