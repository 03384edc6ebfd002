"""Rows that wait for company on their way to the disk: few parts, and little to lose."""

from __future__ import annotations

import time
from collections.abc import Iterable

import pyarrow as pa

from sim.ensemble.store.store import RUNS, Store
from sim.signals import deferred

FLUSH_SECONDS = 5.0
"""Rows wait about this long for their place on disk."""
LONGEST_SECONDS = 30.0
"""But a command that has run for long waits a twentieth of that time, up to this: it has more to do than to lose."""
FLUSH_BYTES = 50_000_000
"""Rows wait in memory up to this size; about what ten months of days take for a thousand runs."""


class BufferedWriter:
    """Gathers rows of tables and appends them to a store every few seconds, and when it is closed.

    Tables are written in the order in which they first came, that of the runs last. With :func:`contextlib.closing`
    nothing that was taken is lost, whatever ends the block.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: dict[str, list[pa.Table]] = {}
        self._size = 0
        self._since = self._began = time.monotonic()

    def take(self, rows: Iterable[tuple[str, pa.Table]]) -> None:
        """Keep rows, each with the name of its table, and write all that waits if it is time.

        Raises UserMistake when the store cannot be written.
        """
        for name, table in rows:
            self._waiting.setdefault(name, []).append(table)
            self._size += table.nbytes
        now = time.monotonic()
        patience = max(FLUSH_SECONDS, min(LONGEST_SECONDS, (now - self._began) / 20))
        if now - self._since > patience or self._size > FLUSH_BYTES:
            self.close()

    def close(self) -> None:
        """Write what waits; whoever asks to stop meanwhile is heard afterwards."""
        with deferred():
            for name, tables in sorted(self._waiting.items(), key=lambda item: item[0] == RUNS):
                if filled := [table for table in tables if len(table)]:
                    self._store.add(name, pa.concat_tables(filled, promote_options="default"))
                tables.clear()
        self._size = 0
        self._since = time.monotonic()
