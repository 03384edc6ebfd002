"""SQL over a store, with DuckDB (extra ``[query]``): its tables as views, each run and each row once, read only."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

import pandas as pd

from sim.arrays import EPOCH
from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.own_columns import is_date
from sim.ensemble.store.store import OWN, RUNS, Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.interface import RUN, Table
from sim.errors import UserMistake, of_extra
from sim.signals import deferred, leave_signals

_HINT = '; "case" is a word of SQL, so quote it: SELECT "case", count(*) FROM runs GROUP BY "case"'


CHUNK = 50
"""Vectors of 2,048 rows that are fetched at a time."""
_MEMORY_SHARE = 0.4
"""Of the machine's memory, what a question may take; more is refused in a line, and others live on the machine, too."""
Answer = TypeVar("Answer")


def query(store: Store, sql: str) -> pd.DataFrame:
    """What one SELECT says of the store's tables, each a view of its name (:mod:`sim.ensemble.store.tables`).

    Parts are scanned as they lie, so only the columns and rows that are asked for are read; a run that was added twice
    counts once, and a good row outranks a failed one. The whole answer is held in memory; :func:`answer` gives it piece
    by piece.

    Raises
    ------
    UserMistake
        When DuckDB is missing, the statement is no single SELECT, or DuckDB refuses it: its first line.
    StoreDamaged
        When a part of a table that is asked for is damaged.
    """
    return pd.concat(answer(store, sql), ignore_index=True)


def answer(store: Store, sql: str) -> Generator[pd.DataFrame, None, None]:
    """The answer of :func:`query` in pieces of a hundred thousand rows, at least one; raises what it does."""
    asked = _Question(store, sql)
    with ThreadPoolExecutor(1, initializer=leave_signals) as thread:
        try:
            _done(asked.ask, asked, thread)
            piece = _done(asked.piece, asked, thread)
            yield piece
            while len(piece):
                piece = _done(asked.piece, asked, thread)
                if len(piece):
                    yield piece
        finally:
            thread.submit(asked.close)


class _Question:
    """One statement on its way through DuckDB, which is called, and loaded, by one thread that hears no signals.

    Elsewhere it looks for signals by itself: an exception that a handler raises then is lost or becomes another one,
    and in some places it ends the process.
    """

    def __init__(self, store: Store, sql: str) -> None:
        self._store, self._sql = store, sql
        self._connection: Any = None

    def ask(self) -> None:
        """Find the tables, and begin."""
        with of_extra("query", "query"):
            import duckdb  # an extra
        self._connection = connection = duckdb.connect(":memory:")
        with self._refusals():
            statements = connection.extract_statements(self._sql)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise UserMistake("query", self._sql, "one SELECT; a store is only read here")
            if memory := _memory():
                connection.execute(f"SET memory_limit = '{int(_MEMORY_SHARE * memory)}B'")
            connection.execute("SET temp_directory = ''")  # it would be made where the command was typed
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            for table in TABLES.values():
                if re.search(rf"\b{table.name}\b", self._sql, re.IGNORECASE):
                    _attach(connection, self._store, table)
            connection.execute(self._sql)

    def piece(self) -> pd.DataFrame:
        """The next rows; none at the end."""
        with self._refusals():
            rows: pd.DataFrame = self._connection.fetch_df_chunk(CHUNK)
        return rows

    def interrupt(self) -> None:
        """Have DuckDB leave what it does; where it has not begun it does not hear, and wants to be told again."""
        if self._connection is not None:
            self._connection.interrupt()

    def close(self) -> None:
        """Give everything back."""
        if self._connection is not None:
            self._connection.close()

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """What DuckDB says of a statement, in a line."""
        import duckdb  # an extra, and loaded by now

        try:
            yield
        except duckdb.Error as fault:
            first = next((line.strip() for line in str(fault).splitlines() if line.strip()), "refused")
            hint = _HINT if re.search(r"""(?<!["\w])case\b""", self._sql, re.IGNORECASE) and "arser" in first else ""
            raise UserMistake("query", self._sql, first + hint) from fault


def _done(work: Callable[[], Answer], question: _Question, thread: ThreadPoolExecutor) -> Answer:
    """What the other thread finds; whoever asks to stop meanwhile does not wait for it."""
    asked: Future[Answer] | None = None
    try:
        with deferred():
            asked = thread.submit(work)
        while True:
            try:
                return asked.result(timeout=0.2)  # Windows delivers no signal to a thread that waits without end
            except TimeoutError:
                if asked.done():
                    raise
    except (KeyboardInterrupt, SystemExit):
        while asked is not None and not asked.done():
            question.interrupt()
            wait([asked], timeout=0.05)
        raise


def _memory() -> int | None:
    """Bytes of this machine's memory, where they can be told."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def _attach(connection: Any, store: Store, table: Table) -> None:
    """A view of a table's parts, each row once."""
    keys = ", ".join(f'"{key}"' for key in table.keys)
    first = "({} = '{}') DESC".format(*table.first) if table.first else keys
    _register(connection, store, table, f"{table.name}_parts")
    once = f"SELECT * FROM {table.name}_parts QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {first}) = 1"
    if table.name == RUNS and parts.listed(store.folder / OWN):
        once = _beside(connection, store, once)
    connection.execute(f"CREATE VIEW {table.name} AS {once}")


def _beside(connection: Any, store: Store, runs: str) -> str:
    """The rows of runs, with each outcome that someone added as a column."""
    _register(connection, store, TABLES[OWN], "added_parts")
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


def _register(connection: Any, store: Store, table: Table, name: str) -> None:
    """A table's parts under a name; runs of a format that knew of no futures are their past's 0th."""
    files, schema = parts.listed(store.folder / table.name), store.schema_of(table.name)
    held = parts.dataset(files, schema) if files else schema.empty_table()
    if "future" not in table.keys or "future" in schema.names:
        connection.register(name, held)
        return
    connection.register(f"{name}_held", held)
    connection.execute(f"CREATE VIEW {name} AS SELECT *, CAST(0 AS INTEGER) AS future FROM {name}_held")
