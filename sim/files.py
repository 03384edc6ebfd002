"""Files that appear whole or not at all: written under a temporary name beside their place, flushed, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4


def commit(target: Path, data: Any) -> None:
    """Make bytes appear at ``target`` whole or not at all, whatever interrupts it.

    Parameters
    ----------
    target
        Where; its folder is there already.
    data
        Bytes, or whatever lends its bytes, such as a buffer of Arrow's.

    Raises
    ------
    OSError
        It cannot be written; nothing is left behind then, and what was there before stays.
    """
    commit_all({target: data})


def commit_all(files: Mapping[Path, Any]) -> None:
    """As :func:`commit`, of files that belong together: none is renamed before all are written; raises the same."""
    drafts = {target: target.with_name(f".tmp-{uuid4().hex}") for target in files}
    try:
        for target, data in files.items():
            with drafts[target].open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for target, draft in drafts.items():
            os.replace(draft, target)
    finally:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink(missing_ok=True)


def copy_folder(source: Path, target: Path) -> None:
    """Make a copy of a folder appear at ``target``, where there is nothing yet, whole or not at all.

    Raises
    ------
    OSError
        It cannot be written, or there is something by now.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".tmp-{uuid4().hex}")
    try:
        shutil.copytree(source, draft, copy_function=shutil.copyfile)
        os.rename(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
