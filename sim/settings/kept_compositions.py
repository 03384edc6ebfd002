"""What was composed before, kept in the user's cache folder: Hydra takes longer than all else before a small run.

A composition is a function of the words, of the files, and of the versions of this package, Hydra and OmegaConf. The
name of its file is the hash of all of them, so nothing that is kept ever goes out of date; a file whose content does
not match its own hash counts as none. ``TABLETOP_CACHE`` names another folder; where it is empty, nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim._version import __version__
from sim.files import commit

VARIABLE = "TABLETOP_CACHE"
MOST = 500
"""Files that are kept; the oldest go."""


def cache_folder() -> Path | None:
    """Where compositions are kept; None where they shall not be, or nobody knows a place."""
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    try:
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "haiti-tabletop"
    except RuntimeError:  # a user without a home
        return None


class KeptCompositions:
    """Compositions of the files of one conf folder, by their words; plain data, as JSON has it."""

    def __init__(self, conf: Path) -> None:
        self._conf, self._folder = conf, cache_folder()

    def get(self, words: Sequence[str]) -> Any:
        """What was kept for these words, or None."""
        if self._folder is None:
            return None
        try:
            seal, _, text = self._file(words).read_text(encoding="utf-8").partition("\n")
            return json.loads(text) if seal == _hash(text) else None
        except (OSError, ValueError):
            return None

    def keep(self, words: Sequence[str], composed: Any) -> None:
        """Keep a composition if it can be: not where it would come back otherwise, nor where nothing can be written."""
        if self._folder is None:
            return
        with suppress(OSError, TypeError, ValueError):
            text = json.dumps(composed)
            if json.loads(text) == composed:
                self._folder.mkdir(parents=True, exist_ok=True)
                commit(self._file(words), f"{_hash(text)}\n{text}".encode())
                self._drop_oldest()

    def _file(self, words: Sequence[str]) -> Path:
        assert self._folder is not None
        return self._folder / f"{_hash(json.dumps([self._files, *words]))[:32]}.json"

    @cached_property
    def _files(self) -> str:
        """The hash of all files, and of whose reading them rests on."""
        found = hashlib.sha256(f"{__version__} {version('hydra-core')} {version('omegaconf')}".encode())
        for path in sorted(self._conf.rglob("*.yaml")):
            content = path.read_bytes()
            found.update(f"\n{path.relative_to(self._conf).as_posix()} {len(content)}\n".encode() + content)
        return found.hexdigest()

    def _drop_oldest(self) -> None:
        assert self._folder is not None
        there = list(self._folder.glob("*.json"))
        if len(there) > MOST:
            for path in sorted(there, key=lambda path: path.stat().st_mtime)[: len(there) - MOST]:
                path.unlink(missing_ok=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
