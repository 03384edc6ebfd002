"""A store as format 2 had it: nothing was drawn, so no case said what, and no run said of which world or future it is.

Its cases' ids rest on settings without ``unknowns.mode``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables import TABLES

LATER_COLUMNS = ("future", "world", "unknowns.mode", "unknowns.drawn")
LATER_NOTES = ("kept_worlds",)


def as_format_2(store: Store) -> Store:
    """Put a store of cases that draw nothing into format 2, and open it again."""
    renamed(store, {str(row["case"]): Case.from_row(row).earlier_ids[1] for row in store.cases().to_dict("records")})
    for table in TABLES:
        for part in sorted((store.folder / table).glob("part-*")):
            sink = pa.BufferOutputStream()
            pq.write_table(pq.read_table(part), sink, compression="zstd", write_page_checksum=True)
            written(part, sink)
    return as_format(store, 2)


def renamed(store: Store, ids: Mapping[str, str]) -> None:
    """Give cases other ids, in parts and notes, and leave out the columns that came later."""
    for table in TABLES:
        for part in sorted((store.folder / table).glob("part-*")):
            held = pq.read_table(part)
            cases = pa.array([ids[case] for case in held["case"].to_pylist()])
            held = held.set_column(held.column_names.index("case"), "case", cases)
            sink = pa.BufferOutputStream()
            pq.write_table(held.select([name for name in held.column_names if name not in LATER_COLUMNS]), sink)
            written(part, sink)
    for path in (store.folder / "invocations").glob("*.json"):
        text = path.read_text()
        for new, old in ids.items():
            text = text.replace(new, old)
        path.write_text(json.dumps({key: value for key, value in json.loads(text).items() if key not in LATER_NOTES}))


def written(part: Path, sink: pa.BufferOutputStream) -> None:
    """Put these bytes in a part's place, under the name that they have."""
    data = sink.getvalue()
    part.unlink()
    (part.parent / f"part-{hashlib.sha256(data).hexdigest()[:16]}.parquet").write_bytes(data)


def as_format(store: Store, number: int) -> Store:
    """Say in the manifest of which format a store is, and open it again."""
    manifest = store.folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"format": number}))
    for path in (store.folder / "invocations").glob("*.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"format": number}))
    return Store.read(store.folder)
