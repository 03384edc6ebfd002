"""Processes that tests start: none outlives its test, nor what it has started, and none is waited for without end."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from subprocess import DEVNULL, PIPE, CalledProcessError, CompletedProcess, Popen
from typing import Any

__all__ = ["DEVNULL", "PIPE", "Popen", "Start", "end", "run", "started"]

LIMIT = 300
"""Seconds after which whoever waits for a process gives up; on a machine that has much to do some take a minute."""
Start = Callable[..., "Popen[Any]"]
"""``start(words, ...)``, with the keywords of ``subprocess.Popen``; in tests it is the fixture ``launch``."""


@contextmanager
def started() -> Iterator[Start]:
    """Hands out what starts processes, each with a group of its own; at the end they are killed, and their children."""
    alive: list[Popen[Any]] = []

    def start(words: Sequence[Any], **how: Any) -> Popen[Any]:
        alive.append(Popen(words, start_new_session=True, **how))
        return alive[-1]

    try:
        yield start
    finally:
        for process in alive:
            end(process)


def end(process: Popen[Any]) -> None:
    """Kill a process and whatever it has started, though it may be gone itself."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()


def run(
    words: Sequence[Any], *, check: bool = False, capture_output: bool = False, timeout: float = LIMIT, **how: Any
) -> CompletedProcess[Any]:
    """What ``subprocess.run`` does, for so many seconds at most."""
    if capture_output:
        how |= {"stdout": PIPE, "stderr": PIPE}
    with started() as start:
        process = start(words, **how)
        out, err = process.communicate(timeout=timeout)
    if check and process.returncode:
        raise CalledProcessError(process.returncode, words, out, err)
    return CompletedProcess(words, process.returncode, out, err)
