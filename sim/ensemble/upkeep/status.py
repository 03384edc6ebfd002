"""What a store holds, what its commands wanted, and what of it is missing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim.ensemble.store.store import DAMAGED, OWN, Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.interface import GOOD, RUN
from sim.ensemble.upkeep.missing import missing_rows, wanted_runs
from sim.ensemble.upkeep.sizes import mib, sizes_of
from sim.outcomes import added_outcomes


def status(store: Store) -> dict[str, Any]:
    """What a store holds and what its commands wanted; of a damaged one only what can be known without its tables.

    Returns
    -------
    dict
        folder, format, model_version, record, tables (for each: parts, MiB, and MiB of each part), parts, MiB (in all),
        figures_MiB, damaged, set_aside, commands, odd_notes (files that no command noted like that, and why),
        last_command, last_started, last_rule, last_finished, version, and unless damaged: cases, done, added_outcomes
        (runs that have each), failed, wanted, missing (runs), missing_in (runs by table that lacks them), digest,
        by_case (case, label, theory, runs, failed). A run counts as missing, too, where its case is gone, or where a
        table that a command asked for, or an outcome that someone added, lacks it.
    """
    sizes = {table: sizes_of(store, table) for table in TABLES}
    notes, odd = store.read_notes()
    last = next((note for note in reversed(notes) if note.get("replicates")), notes[-1] if notes else {})
    command, damaged = last.get("command") or (), store.damaged()
    known: dict[str, Any] = {
        "folder": str(store.folder),
        "format": store.format,
        "model_version": store.model_version,
        "record": store.record,
        "tables": {
            table: {"parts": len(by_part), "MiB": sum(by_part.values()), "by_part": by_part}
            for table, by_part in sizes.items()
            if by_part
        },
        "parts": sum(map(len, sizes.values())),
        "MiB": sum(sum(by_part.values()) for by_part in sizes.values()),
        "figures_MiB": mib(path for path in (store.folder / "figures").rglob("*") if path.is_file()),
        "damaged": [part.relative_to(store.folder).as_posix() for part in damaged],
        "set_aside": len(list((store.folder / DAMAGED).rglob("*.parquet"))),
        "commands": len(notes),
        "odd_notes": odd,
        "last_command": (command if isinstance(command, str) else " ".join(command)) or None,
        "last_started": last.get("started"),
        "last_rule": last.get("rule"),
        "last_finished": last.get("finished"),
        "version": last.get("version"),
    }
    return known if damaged else known | _of_runs(store, notes)


def _of_runs(store: Store, notes: list[dict[str, Any]]) -> dict[str, Any]:
    """What only the tables tell."""
    digest = store.digest()  # which reads all that the questions after it ask for
    runs, cases, wanted = store.runs(columns=[]), store.cases(), wanted_runs(notes)
    good = runs["status"] == GOOD
    added, held = added_outcomes(), store.table(OWN, columns=())["outcome"].value_counts()
    lacks = missing_rows(store, notes, runs)
    missing = pd.concat([*lacks.values(), wanted.head(0)]).drop_duplicates(list(RUN))
    return {
        "cases": len(cases),
        "done": int(good.sum()),
        "added_outcomes": {
            name: int(held.get(name, 0)) for name in sorted({*(outcome.name for outcome in added), *held.index})
        },
        "failed": int((~good).sum()),
        "wanted": len(wanted),
        "missing": len(missing),
        "missing_in": {table: len(rows) for table, rows in lacks.items()},
        "digest": digest,
        "by_case": _by_case(cases, runs, good),
    }


def _by_case(cases: pd.DataFrame, runs: pd.DataFrame, good: pd.Series[bool]) -> list[dict[str, Any]]:
    """A row a case, those that are gone last and without words."""
    done, failed = (runs.loc[which, "case"].value_counts() for which in (good, ~good))
    told = cases.set_index("case")
    ids = [*told.index, *sorted(set(runs["case"]) - set(told.index))]

    def said(column: str, case: str) -> str | None:
        return str(told.at[case, column]) if case in told.index and column in told else None

    return [
        {"case": case, "label": said("label", case), "theory": said("theory.name", case),
         "runs": int(done.get(case, 0)), "failed": int(failed.get(case, 0))}
        for case in ids
    ]  # fmt: skip
