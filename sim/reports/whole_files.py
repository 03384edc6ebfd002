"""Pages and sheets that appear whole or not at all; where they cannot be written, whoever asked for them is told."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile

from sim.errors import UserMistake
from sim.files import commit


def check_place(path: Path, key: str) -> None:
    """Find out whether a file can be written, its folder made too, before what it takes is computed.

    Raises
    ------
    UserMistake
        It cannot; ``key`` is what named it.
    """
    there = next(folder for folder in path.absolute().parents if folder.exists())
    try:
        with TemporaryFile(dir=there):  # only trying tells: as root, or in /proc, what may be written is asked in vain
            pass
    except OSError as fault:
        raise UserMistake(key, path, f"cannot be written: {fault.strerror or fault}") from fault


def write_whole(path: Path, content: str | bytes, key: str = "out") -> Path:
    """Write a file, its folder too where it is missing, and return its path; ``key`` is what named it.

    Raises
    ------
    UserMistake
        It cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        commit(path, content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as fault:
        raise UserMistake(key, path, f"cannot be written: {fault.strerror or fault}") from fault
    return path
