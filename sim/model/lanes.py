"""How runs lie in memory: a tile of runs side by side, and in it the place of everything that has one value a run.

A tile's rows have a length that the compiler knows, so loops over the runs are vectorised without a look at what
overlaps what. A row of a flat array begins at the offset that these modules give by name: ``s[L.media + r]`` is the
level ``media`` of run r of the tile.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

LANES = 64
"""Runs of a tile: as many as keep a pool of 400 officers in the cache nearest to a core that holds them."""


def offsets(name: str, rows: Iterable[str]) -> ModuleType:
    """Where each of some rows begins in a flat array of a tile.

    A module, because a compiled loop takes its numbers for constants.
    """
    module = ModuleType(name)
    for place, row in enumerate(rows):
        setattr(module, row, place * LANES)
    return module


def tiles(runs: int) -> int:
    """How many tiles so many runs fill, the last one perhaps in part."""
    return -(-runs // LANES)
