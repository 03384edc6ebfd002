"""Fewer and larger parts: the same rows, in the columns and the order in which they are read fastest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables import TABLES

LARGE = 32 * 2**20
"""Bytes of a part that is large enough."""


def join_parts(store: Store, command: Sequence[str], large: int = LARGE) -> dict[str, tuple[int, int]]:
    """Put small parts of each table together, and give parts with other columns those of their table.

    No row is lost, whatever stops this: a part goes when another one, which holds its rows, is on the disk and has been
    read. Works on stores of any format and model version, whose format, ids and digest stay what they are.

    Parameters
    ----------
    command
        What the store notes as the command.
    large
        Bytes of a part that is left as it is; joined parts are about as large.

    Returns
    -------
    dict
        By table that changed, how many parts it had and has.
    """
    changed: dict[str, tuple[int, int]] = {}
    for table in TABLES:
        files = parts.listed(store.folder / table)
        schema = store.schema_of(table)
        for group in _groups(files, large):
            if len(group) > 1 or parts.schema(group[0]).names != schema.names:
                store.rewrite(table, group, schema, sort=True)
                changed[table] = (len(files), 0)
        if table in changed:
            changed[table] = (len(files), len(parts.listed(store.folder / table)))
    if changed:
        store.note_invocation({
            "command": list(command), "joined": {table: list(counts) for table, counts in changed.items()},
            "started": datetime.now(UTC).isoformat(timespec="milliseconds"), "finished": True,
        })  # fmt: skip
    return changed


def _groups(files: Sequence[Path], large: int) -> Iterator[list[Path]]:
    """Small files that make a large one together; a large one is alone."""
    group: list[Path] = []
    size = 0
    for part in files:
        own = part.stat().st_size
        if own >= large:
            yield [part]
            continue
        if group and size + own > large:
            yield group
            group, size = [], 0
        group.append(part)
        size += own
    if group:
        yield group
