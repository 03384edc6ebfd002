"""The data dictionary: every column of a store's tables, with its type, its unit and what it means.

All of it comes from the tables themselves (:mod:`sim.ensemble.store.tables`); a test holds their types against parts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.ensemble.store.store import RUNS
from sim.ensemble.store.tables import TABLES
from sim.reports.markdown import markdown


def columns(table: str) -> pd.DataFrame:
    """One row a column of the table of this name: column, type (Arrow's name), unit, meaning."""
    rows = [[c.name, str(c.type), c.unit, c.text] for c in TABLES[table].columns()]
    return pd.DataFrame(rows, columns=["column", "type", "unit", "meaning"])


def page() -> Iterator[str]:
    """docs/DATA.md, paragraph by paragraph."""
    yield (
        "A store is a folder of Parquet parts (zstd) that only grows; any reader takes them, and `tabletop query DIR "
        "SQL` asks them in SQL. A part's name carries the first 16 hex digits of the SHA-256 of its bytes. Rows may "
        "come twice, where two commands did the same run; they are equal, and every reader here takes one. Floats of "
        "runs are float32, as computed; a column without any value in a part is float32 or a date there, all null."
    )
    yield (
        "`manifest.json` names format, model version and record; `invocations/*.json` one command each, with what it "
        "wanted, its rule, its versions and its cost; `damaged/` holds parts that `tabletop verify` set aside."
    )
    for table in sorted(TABLES.values(), key=lambda table: table.name != RUNS):
        keys = ", ".join(f"`{key}`" for key in table.keys)
        yield f"## {table.name}"
        yield f"{table.text} Key: {keys}."
        yield markdown(columns(table.name), code=["column"])
