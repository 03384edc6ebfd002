"""SQL over a store, with DuckDB (extra ``[query]``): its tables as views, each run and each row once, read only."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import KEYS, Store
from sim.errors import StoreDamaged, UserMistake

_HINT = '; "case" is a word of SQL, so quote it: SELECT "case", count(*) FROM runs GROUP BY "case"'


def query(store: Store, sql: str) -> pd.DataFrame:
    """What one SELECT says of the views runs, cases, days, officers and attribution.

    Parts are scanned as they lie, so only the columns and rows that are asked for are read; a run that was added twice
    counts once, and a good row outranks a failed one.

    Raises
    ------
    UserMistake
        When DuckDB is missing, the statement is no single SELECT, or DuckDB refuses it: its first line.
    StoreDamaged
        When a part of a table that is asked for is damaged.
    """
    try:
        import duckdb
    except ImportError as fault:
        raise UserMistake("query", None, "needs the extra [query]: pip install 'haiti-tabletop[query]'") from fault
    with duckdb.connect(":memory:") as connection:
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise UserMistake("query", sql, "one SELECT; a store is only read here")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            for table in KEYS:
                if re.search(rf"\b{table}\b", sql, re.IGNORECASE):
                    _attach(connection, store, table)
            return connection.execute(sql).fetch_df()
        except duckdb.Error as fault:
            first = next((line.strip() for line in str(fault).splitlines() if line.strip()), "refused")
            hint = _HINT if re.search(r"""(?<!["\w])case\b""", sql, re.IGNORECASE) and "arser" in first else ""
            raise UserMistake("query", sql, first + hint) from fault


def _attach(connection: Any, store: Store, table: str) -> None:
    """A view of a table's parts, each row once."""
    keys = ", ".join(f'"{key}"' for key in KEYS[table])
    first = "(status = 'ok') DESC" if table == "runs" else keys
    connection.register(f"{table}_parts", _dataset(store, table))
    connection.execute(
        f"CREATE VIEW {table} AS SELECT * FROM {table}_parts "
        f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {first}) = 1"
    )


def _dataset(store: Store, table: str) -> Any:
    files = parts.listed(store.folder / table)
    for part in files:
        if not parts.is_sound(part):
            raise StoreDamaged(f"{part} is damaged; `tabletop verify {store.folder}` sets it aside")
    if not files:
        names = (*KEYS[table], "status") if table == "runs" else KEYS[table]
        return pa.table({name: pa.array([], pa.string()) for name in names})
    schema = parts.common_schema([pq.read_schema(part) for part in files])
    return ds.dataset([str(part) for part in files], schema=schema, format="parquet")
