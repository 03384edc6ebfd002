"""How much of a disk a store takes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import Store


def sizes_of(store: Store, table: str) -> dict[str, float]:
    """MiB of each part of a table, by the part's name."""
    return {part.name: mib([part]) for part in parts.listed(store.folder / table)}


def mib(files: Iterable[Path]) -> float:
    """MiB of files."""
    return sum(file.stat().st_size for file in files) / 2**20
