"""States of the other worlds, kept beside a session so that no day is lived twice; safe to delete at any time.

A file is called by the hash of everything that it depends on, and holds what was hashed: one that is damaged, foreign
or of another version counts as none.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.files import commit, remove_abandoned
from sim.model import MODEL_VERSION
from sim.model.state import State
from sim.record import load as load_record
from sim.tabletop.measures import MEASURES
from sim.tabletop.table_event import TableEvent
from sim.tabletop.worlds import Line, Standing

FORMAT = 1
KEPT = 2
"""Evenings of each theory that stay beside that before the first day; older files go."""
_FAULTS = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError)


@cache
def _record() -> str:
    """The hash of the record, which takes longer than all else here."""
    return load_record().hash


def dependence(line: Line, events: Sequence[TableEvent], day: int) -> str:
    """All that a state on the evening of ``day`` depends on, as JSON; overrides are no part of it."""
    eve = line.first_day.toordinal() - 1
    told = [one.told(day) for one in events if not one.override]
    depends: dict[str, Any] = {
        "format": FORMAT,
        "model": MODEL_VERSION,
        "record": _record(),
        "case": line.case.canonical,
        "worlds": hashlib.sha256(np.ascontiguousarray(line.worlds, dtype="<i8").tobytes()).hexdigest(),
        "first_day": eve + 1,
        "day": day,
        "measures": list(MEASURES),
    }
    if day > eve:
        depends |= {"seed": line.seed, "events": [one for one in told if one is not None]}
    return json.dumps(depends, sort_keys=True)


@dataclass(frozen=True)
class KeptStates:
    """The files of one folder; None: nothing is kept."""

    folder: Path | None

    def latest(self, line: Line, events: Sequence[TableEvent], last: int) -> Standing | None:
        """What was kept of these worlds, on the latest evening up to ``last`` under the same events so far."""
        if self.folder is None:
            return None
        for day in range(last, line.first_day.toordinal() - 2, -1):
            depends = dependence(line, events, day)
            path = self.folder / _name(line, depends, day)
            if path.exists() and (found := _read(path, depends)) is not None:
                return found
        return None

    def keep(self, line: Line, events: Sequence[TableEvent], standing: Standing) -> None:
        """Write one, whole or not at all, and let older ones go; a disk that takes none costs time later, no more."""
        if self.folder is None:
            return
        depends = dependence(line, events, standing.day)
        days = {f"days.{name}": values for name, values in standing.days.items()}
        state = {f"state.{name}": values for name, values in standing.state.to_arrays().items()}
        about = {"depends": np.array(depends), "rows": np.array(standing.rows, dtype=np.str_), "first": standing.first}
        data = io.BytesIO()
        np.savez(data, **days, **state, **about)  # type: ignore[arg-type]  # of names that are no word of savez
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            remove_abandoned(self.folder)
            path = self.folder / _name(line, depends, standing.day)
            commit(path, data.getbuffer())
            self._let_go(line, path)

    def _let_go(self, line: Line, written: Path) -> None:
        assert self.folder is not None
        eve = date.fromordinal(line.first_day.toordinal() - 1)
        later = [
            path
            for path in self.folder.glob(f"{line.case.theory}-*.npz")
            if path != written and not path.name.startswith(f"{line.case.theory}-{eve}-")
        ]
        by_age = sorted(later, key=lambda path: path.stat().st_mtime, reverse=True)
        for path in by_age[KEPT - 1 :]:
            path.unlink(missing_ok=True)


def _name(line: Line, depends: str, day: int) -> str:
    return f"{line.case.theory}-{date.fromordinal(day)}-{hashlib.sha256(depends.encode()).hexdigest()[:24]}.npz"


def _read(path: Path, depends: str) -> Standing | None:
    """What a file holds; None for one that is damaged or foreign."""
    with suppress(*_FAULTS), np.load(path, allow_pickle=False) as file:
        if str(file["depends"]) != depends:
            return None
        arrays = {name.removeprefix("state."): file[name] for name in file.files if name.startswith("state.")}
        days = {name: file[f"days.{name}"] for name in MEASURES}
        return Standing(State.from_arrays(arrays), tuple(file["rows"].tolist()), int(file["first"]), days)
    return None
