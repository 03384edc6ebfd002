"""What a store holds, what its commands wanted, and what of it is missing."""

from __future__ import annotations

from typing import Any

from sim.ensemble.execution.invocation_notes import wanted_runs
from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import DAMAGED, OWN, Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.interface import GOOD, RUN
from sim.outcomes import added_outcomes


def status(store: Store) -> dict[str, Any]:
    """What a store holds and what its commands wanted; of a damaged one only what can be known without its tables.

    Returns
    -------
    dict
        folder, model_version, record, parts, megabytes, damaged, set_aside, commands, last_command, last_started,
        version, and unless damaged: cases, done, added_outcomes (runs that have each), failed, wanted, missing, digest.
        A run counts as missing, too, where an outcome that someone added is.
    """
    files = [part for table in TABLES for part in parts.listed(store.folder / table)]
    notes = store.invocations()
    last = notes[-1] if notes else {}
    damaged = store.damaged()
    known: dict[str, Any] = {
        "folder": str(store.folder),
        "model_version": store.model_version,
        "record": store.record,
        "parts": len(files),
        "megabytes": round(sum(part.stat().st_size for part in files) / 1e6, 3),
        "damaged": [part.relative_to(store.folder).as_posix() for part in damaged],
        "set_aside": len(list((store.folder / DAMAGED).rglob("*.parquet"))),
        "commands": len(notes),
        "last_command": " ".join(map(str, last.get("command", []))) or None,
        "last_started": last.get("started"),
        "last_rule": last.get("rule"),
        "last_finished": last.get("finished"),
        "version": last.get("version"),
    }
    if damaged:
        return known
    runs = store.runs(columns=[])
    good = runs[runs["status"] == GOOD]
    wanted = wanted_runs(notes)
    done, added = good[list(RUN)], [outcome.name for outcome in added_outcomes()]
    if added:
        done = done.merge(store.finished_runs(OWN), on=list(RUN))
    held = store.table(OWN, columns=())["outcome"].value_counts()
    left = wanted.merge(done, on=list(RUN), how="left", indicator=True)
    return known | {
        "cases": len(store.cases()),
        "done": len(good),
        "added_outcomes": {name: int(held.get(name, 0)) for name in sorted({*added, *held.index})},
        "failed": len(runs) - len(good),
        "wanted": len(wanted),
        "missing": int((left["_merge"] == "left_only").sum()),
        "digest": store.digest(),
    }
