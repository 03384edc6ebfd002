"""Dropping what somebody does not need any more, so that it counts neither as missing nor as damage."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import CASES, RUNS, Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.upkeep.sizes import sizes_of
from sim.errors import UserMistake

PRUNABLE = tuple(name for name in TABLES if name not in (CASES, RUNS))
"""Tables that can be dropped while their runs stay."""


@dataclass(frozen=True)
class Pruning:
    """What is to go.

    Attributes
    ----------
    tables
        Their names; what runs rest on comes last.
    cases
        Ids of the only cases whose rows go; None: all.
    runs
        How many runs have rows in these tables.
    mib
        About what that frees.
    """

    tables: tuple[str, ...]
    cases: tuple[str, ...] | None
    runs: int
    mib: float


def to_prune(store: Store, tables: Sequence[str], cases: Collection[str] | None) -> Pruning:
    """What would go: rows of ``tables``, of all cases or some; without tables, all that the store has of the cases.

    Raises
    ------
    UserMistake
        For a table that cannot go alone, and where neither tables nor cases are named.
    StoreDamaged
        When a part is damaged, so that nobody can tell what it holds.
    """
    for table in tables:
        if table not in PRUNABLE:
            right = f"one of {', '.join(PRUNABLE)}; runs go with their case: --case"
            raise UserMistake("TABLE", table, right)
    if not tables and cases is None:
        raise UserMistake("TABLE", None, f"name what is to go: {', '.join(PRUNABLE)}, or cases with --case")
    # Runs without a case would be damage, so whatever stops this midway must leave the cases to the last.
    chosen = tuple(dict.fromkeys(tables)) or (*PRUNABLE, RUNS, CASES)
    mib = 0.0
    runs: set[tuple[str | int, ...]] = set()
    for table in chosen:
        for name, size in sizes_of(store, table).items():
            part = store.folder / table / name
            keys = parts.read(part, store.run_keys)
            parts.check_columns(part, keys, ("case",) if table == CASES else store.run_keys, {})
            gone = keys if cases is None else keys.filter(pc.is_in(keys["case"], pa.array(list(cases), pa.string())))
            mib += size * len(gone) / max(1, len(keys))
            if table != CASES:
                once = gone.group_by(list(store.run_keys)).aggregate(
                    []
                )  # in an order that no two groupings need to share
                runs.update(zip(*(once[key].to_pylist() for key in store.run_keys), strict=True))
    return Pruning(chosen, None if cases is None else tuple(cases), len(runs), mib)


def prune(store: Store, what: Pruning, command: Sequence[str]) -> None:
    """Drop it, and note that in the store beforehand: whatever stops this midway, what is gone was meant to go.

    Raises
    ------
    UserMistake
        When the store cannot be written.
    StoreDamaged
        When a part that holds other cases, too, is damaged.
    """
    cases = None if what.cases is None else list(what.cases)
    store.note_invocation({
        "command": list(command), "pruned": {"tables": list(what.tables), "cases": cases}, "parts_written": [],
        "started": datetime.now(UTC).isoformat(timespec="milliseconds"), "finished": True,
    })  # fmt: skip
    for table in what.tables:
        files = parts.listed(store.folder / table)
        if cases is None:
            store.remove(files)
            continue
        chosen = pa.array(cases, pa.string())
        for part in files:
            if pc.any(pc.is_in(parts.read(part, ["case"])["case"], chosen)).as_py():
                store.rewrite(table, [part], store.schema_of(table), keep=~pc.field("case").isin(chosen))
