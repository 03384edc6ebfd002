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


def as_format_1(store: Store) -> Store:
    """Put a store into format 1, every case a part of its own, and open it again."""
    rows = store.cases().to_dict("records")
    ids = {str(row["case"]): Case.from_row(row).first_id for row in rows}
    for table in TABLES:
        for part in sorted((store.folder / table).glob("part-*")):
            held = pq.read_table(part)
            part.unlink()
            cases = pa.array([ids[case] for case in held["case"].to_pylist()])
            held = held.set_column(held.column_names.index("case"), "case", cases)
            for case in dict.fromkeys(cases.to_pylist()):
                _write(store.folder / table, held.filter(pa.compute.equal(held["case"], case)))
    for path in (store.folder / "invocations").glob("*.json"):
        text = path.read_text()
        for new, old in ids.items():
            text = text.replace(new, old)
        note = json.loads(text)
        path.write_text(json.dumps({k: v for k, v in note.items() if k not in ("format", "record", "tables")}))
    manifest = store.folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": 1}))
    return Store.read(store.folder)


def _write(folder: Path, rows: pa.Table) -> None:
    told = [name for name in rows.column_names if folder.name != "cases" or rows[name].null_count < len(rows)]
    sink = pa.BufferOutputStream()
    pq.write_table(rows.select(told), sink, compression="zstd")
    data = sink.getvalue()
    (folder / f"part-{hashlib.sha256(data).hexdigest()[:16]}.parquet").write_bytes(data)
