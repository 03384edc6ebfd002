"""Rows that wait for company on their way to the disk: few parts, and little to lose."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pyarrow as pa

from sim.ensemble.store.store import Store

FLUSH_SECONDS = 5.0
"""Rows wait no longer than this for their place on disk."""
FLUSH_BYTES = 50_000_000
"""Rows wait in memory up to this size; about what ten months of days take for a thousand runs."""


class BufferedWriter:
    """Gathers rows of tables and appends them to a store every few seconds, and when it is closed.

    Tables are written in the order in which they first came. With :func:`contextlib.closing` nothing that was taken is
    lost, whatever ends the block.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, list[pa.Table]] = {}
        self._size = 0
        self._since = time.monotonic()

    def take(self, rows: Iterable[tuple[str, pa.Table]]) -> None:
        """Keep rows, each with the name of its table, and write all that waits if it is time.

        Raises UserMistake when the store cannot be written.
        """
        for name, table in rows:
            self._waiting.setdefault(name, []).append(table)
            self._size += table.nbytes
        if time.monotonic() - self._since > FLUSH_SECONDS or self._size > FLUSH_BYTES:
            self.close()

    def close(self) -> None:
        """Write what waits."""
        for name, tables in self._waiting.items():
            if filled := [table for table in tables if len(table)]:
                self._store.add(name, pa.concat_tables(filled))
            tables.clear()
        self._size = 0
        self._since = time.monotonic()
