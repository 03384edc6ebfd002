"""SQL over a store, with DuckDB (extra ``[query]``): its tables as views, each run and each row once, read only."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from sim.arrays import EPOCH
from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.own_columns import is_date
from sim.ensemble.store.store import OWN, RUNS, Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.interface import RUN, Table
from sim.errors import UserMistake

_HINT = '; "case" is a word of SQL, so quote it: SELECT "case", count(*) FROM runs GROUP BY "case"'


def query(store: Store, sql: str) -> pd.DataFrame:
    """What one SELECT says of the store's tables, each a view of its name (:mod:`sim.ensemble.store.tables`).

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
        import duckdb  # an extra
    except ImportError as fault:
        raise UserMistake("query", None, "needs the extra [query]: pip install 'haiti-tabletop[query]'") from fault
    with duckdb.connect(":memory:") as connection:
        try:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise UserMistake("query", sql, "one SELECT; a store is only read here")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            for table in TABLES.values():
                if re.search(rf"\b{table.name}\b", sql, re.IGNORECASE):
                    _attach(connection, store, table)
            return connection.execute(sql).fetch_df()
        except duckdb.Error as fault:
            first = next((line.strip() for line in str(fault).splitlines() if line.strip()), "refused")
            hint = _HINT if re.search(r"""(?<!["\w])case\b""", sql, re.IGNORECASE) and "arser" in first else ""
            raise UserMistake("query", sql, first + hint) from fault


def _attach(connection: Any, store: Store, table: Table) -> None:
    """A view of a table's parts, each row once."""
    keys = ", ".join(f'"{key}"' for key in table.keys)
    first = "({} = '{}') DESC".format(*table.first) if table.first else keys
    connection.register(f"{table.name}_parts", _dataset(store, table))
    once = f"SELECT * FROM {table.name}_parts QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {first}) = 1"
    if table.name == RUNS and parts.listed(store.folder / OWN):
        once = _beside(connection, store, once)
    connection.execute(f"CREATE VIEW {table.name} AS {once}")


def _beside(connection: Any, store: Store, runs: str) -> str:
    """The rows of runs, with each outcome that someone added as a column."""
    connection.register("added_parts", _dataset(store, TABLES[OWN]))
    names = connection.execute("SELECT DISTINCT outcome FROM added_parts ORDER BY outcome").fetchall()
    columns = []
    for (name,) in names:
        value = f"any_value(value) FILTER (WHERE outcome = '{name}')"
        date = f"DATE '1970-01-01' + CAST({value} - {EPOCH} AS INTEGER)"
        columns.append(f'{date if is_date(name) else value} AS "{name}"')
    keys = ", ".join(f'"{key}"' for key in RUN)
    return (
        f"SELECT * FROM ({runs}) LEFT JOIN (SELECT {keys}, {', '.join(columns)} FROM added_parts GROUP BY {keys}) "
        f"USING ({keys})"
    )


def _dataset(store: Store, table: Table) -> Any:
    files, schema = parts.listed(store.folder / table.name), store.schema_of(table.name)
    return parts.dataset(files, schema) if files else schema.empty_table()
