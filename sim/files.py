"""Files that appear whole or not at all, what is left of those that never did, and names that any system takes."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

TEMPORARY = ".tmp-"
"""How the names of files begin that are being written."""
_NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
ABANDONED_SECONDS = 86_400
"""After which a temporary file of another machine is taken for one that nobody will finish."""


def temporary_beside(target: Path) -> Path:
    """A name for a file that is to become ``target``; it tells which process of which machine writes it."""
    return target.with_name(f"{TEMPORARY}{_here()}-{os.getpid()}-{uuid4().hex}")


def commit(target: Path, data: Any, *, lasting: bool = True) -> None:
    """Make bytes appear at ``target`` whole or not at all, whatever interrupts it.

    Parameters
    ----------
    target
        Where; its folder is there already. A link there is replaced, and what it leads to stays as it is.
    data
        Bytes, or whatever lends its bytes, such as a buffer of Arrow's.
    lasting
        Whether they must be there after a power cut; what nobody reads by then need not wait for the disk.

    Raises
    ------
    OSError
        It cannot be written; nothing is left behind then, and what was there before stays.
    """
    commit_all({target: data}, lasting=lasting)


def commit_private(target: Path, data: Any) -> None:
    """As :func:`commit`, of a file that its owner alone may read; raises the same."""
    commit_all({target: data}, mode=0o600)


def commit_all(files: Mapping[Path, Any], *, mode: int = 0o666, lasting: bool = True) -> None:
    """As :func:`commit`, of files that belong together: none is renamed before all are written; raises the same.

    ``mode`` says who may read and write them, less what the process takes away from everybody (its umask).
    """
    drafts = {target: temporary_beside(target) for target in files}
    try:
        for target, data in files.items():
            with os.fdopen(os.open(drafts[target], _NEW, mode), "wb") as file:
                file.write(data)
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
        for target, draft in drafts.items():
            os.replace(draft, target)
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def append(target: Path, data: bytes, size: int) -> None:
    """Add bytes to a file behind its first ``size`` ones, and have them on the disk when it returns.

    Parameters
    ----------
    target
        The file; where ``size`` is 0 it is made, and must not be there.
    data
        What is added.
    size
        Bytes that count; what lies behind them is written over.

    Raises
    ------
    OSError
        It cannot be written; the first ``size`` bytes stand as they did, and nothing behind them counts.
    """
    with target.open("r+b" if size else "xb") as file:
        file.truncate(size)
        file.seek(size)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(size)
            raise
    if not size:
        _keep_name(target.parent)


def _keep_name(folder: Path) -> None:
    """Have a folder's list of names on the disk, too, where the system lets one ask for it."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def copy_folder(source: Path, target: Path) -> None:
    """Make a copy of a folder appear at ``target``, where there is nothing yet, whole or not at all.

    Raises
    ------
    OSError
        It cannot be written, or there is something by now.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = temporary_beside(target)
    try:
        shutil.copytree(source, draft, copy_function=shutil.copyfile)
        os.rename(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def remove_abandoned(folder: Path) -> list[Path]:
    """Remove temporary files below ``folder`` of commands that are no more; which they were.

    A command of this machine is looked up by its number; of another one, what is a day old is taken for abandoned. What
    cannot be removed stays, since nobody reads it.
    """
    removed = []
    for path in folder.rglob(f"{TEMPORARY}*"):
        with suppress(OSError):
            if path.is_file() and not path.is_symlink() and _is_abandoned(path):
                path.unlink()
                removed.append(path)
    return removed


def _is_abandoned(path: Path) -> bool:
    writer = re.fullmatch(rf"{re.escape(TEMPORARY)}([0-9a-f]+)-(\d+)-[0-9a-f]+", path.name)
    if writer and writer[1] == _here() and os.name == "posix":  # elsewhere, asking would end the process
        try:
            os.kill(int(writer[2]), 0)
        except (ProcessLookupError, OverflowError):
            return True
        except OSError:  # it lives, and is somebody else's
            return False
        return False
    return time.time() - path.stat().st_mtime > ABANDONED_SECONDS


def _here() -> str:
    """A word for this machine that any file system takes."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def folder_name(label: str) -> str:
    """A label as the name of a folder: what some file system refuses, or takes for a path, becomes an underscore."""
    return re.sub(r"[^\w.,=+-]+", "_", label)[:80].strip("._") or "unnamed"
