"""A store as format 1 had it: ids of hex digits alone, cases with their own columns only, no checksums of pages."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables import TABLES
from tests.ensemble.store.format_2 import as_format, renamed


def as_format_1(store: Store) -> Store:
    """Put a store into format 1, every case a part of its own, and open it again."""
    renamed(store, {str(row["case"]): Case.from_row(row).earlier_ids[0] for row in store.cases().to_dict("records")})
    for table in TABLES:
        for part in sorted((store.folder / table).glob("part-*")):
            held = pq.read_table(part)
            part.unlink()
            for case in dict.fromkeys(held["case"].to_pylist()):
                _write(store.folder / table, held.filter(pa.compute.equal(held["case"], case)))
    old = as_format(store, 1)
    for path in (store.folder / "invocations").glob("*.json"):
        note = json.loads(path.read_text())
        path.write_text(json.dumps({k: v for k, v in note.items() if k not in ("format", "record", "tables")}))
    return old


def _write(folder: Path, rows: pa.Table) -> None:
    told = [name for name in rows.column_names if folder.name != "cases" or rows[name].null_count < len(rows)]
    sink = pa.BufferOutputStream()
    pq.write_table(rows.select(told), sink, compression="zstd")
    data = sink.getvalue()
    (folder / f"part-{hashlib.sha256(data).hexdigest()[:16]}.parquet").write_bytes(data)
