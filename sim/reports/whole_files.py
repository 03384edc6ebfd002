"""Pages and sheets that appear whole or not at all; where they cannot be written, whoever asked for them is told."""

from __future__ import annotations

from pathlib import Path

from sim.errors import UserMistake
from sim.files import commit


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a file, its folder too where it is missing, and return its path.

    Raises
    ------
    UserMistake
        It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        commit(path, content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as fault:
        raise UserMistake("out", path, f"cannot be written: {fault.strerror or fault}") from fault
    return path
