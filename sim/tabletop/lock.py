"""Who holds a session: one command writes at a time, and another one is told who does."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from sim.errors import UserMistake
from sim.files import commit
from sim.language import _, translated

NAME, HOLDER = "session.lock", "session.holder.json"
PATIENCE = 5.0
"""Seconds that a command waits for another one to end: none that only writes a line takes that long."""


@contextmanager
def held(folder: Path, what: str, patience: float = PATIENCE) -> Iterator[None]:
    """Within it nobody else writes to the session; the system lets go of it when the process ends, however it ends.

    Parameters
    ----------
    folder
        The session's.
    what
        What is done, for whoever has to wait.

    Raises
    ------
    UserMistake
        Somebody else holds it, or the folder cannot be written.
    """
    lock = FileLock(folder / NAME)
    try:
        lock.acquire(timeout=patience)
    except Timeout:
        right = _("is held by {holder}; one writes at a time").format(holder=_holder(folder))
        raise UserMistake("session", folder, right) from None
    except OSError as fault:
        right = _("cannot be written: {fault}").format(fault=fault.strerror or fault)
        raise UserMistake("session", folder, right) from fault
    try:
        with suppress(OSError):
            told = {"process": os.getpid(), "what": what, "since": datetime.now(UTC).strftime("%H:%M:%S UTC")}
            commit(folder / HOLDER, json.dumps(told).encode(), lasting=False)
        yield
    finally:
        lock.release()


def _holder(folder: Path) -> str:
    """Who holds a session, as far as they have said."""
    try:
        told = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        said = _("process {process} ({what}, since {since})")
        return said.format(process=told["process"], what=translated(told["what"]), since=told["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return _("another process")
