"""Who serves with whom: squads of consecutive officers, one layout per root seed, shared by all runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.arrays import Array, Floats, Ints
from sim.model import officer_kernels as kernels


@dataclass(frozen=True)
class Layout:
    """Squads as runs of consecutive rows; the first officer of each is its leader.

    Attributes
    ----------
    starts
        First row of each squad, shape ``(squads,)``; also the leaders' rows.
    sizes
        Officers in each squad, shape ``(squads,)``.
    squad_of
        Squad of each officer, shape ``(officers,)``.
    """

    starts: Ints
    sizes: Ints
    squad_of: Ints

    @classmethod
    def from_uniforms(cls, pool: int, smallest: int, largest: int, uniforms: Floats) -> Layout:
        """Cut a pool into squads whose sizes are even on ``smallest..largest``; the last may be smaller.

        ``uniforms`` holds one draw a squad, at least ``pool / smallest`` of them; a smaller pool's squads
        begin those of a larger one.
        """
        sizes = smallest + np.floor(uniforms * (largest - smallest + 1)).astype(np.int64)
        ends = np.cumsum(sizes)
        count = int(np.searchsorted(ends, pool)) + 1
        starts = np.concatenate(([0], ends[: count - 1]))
        sizes = np.diff(np.append(starts, pool))
        return cls(starts, sizes, np.repeat(np.arange(count), sizes))

    @cached_property
    def bounds(self) -> Ints:
        """First row of each squad, and the number of officers at the end, ``(squads + 1,)``."""
        return np.append(self.starts, self.officers)

    @property
    def officers(self) -> int:
        """Officers in the pool."""
        return len(self.squad_of)

    @property
    def squads(self) -> int:
        """Squads in the pool."""
        return len(self.starts)

    def by_squad(self, values: Floats) -> Floats:
        """Sum rows by squad, ``(officers, runs) -> (squads, runs)``.

        ``reduceat``, because NumPy's ``sum`` differs in the last bit between one column and many.
        """
        return np.add.reduceat(values, self.starts, axis=0)

    def to_officers(self, values: Array, out: Array | None = None) -> Array:
        """Hand each officer his squad's value, ``(squads, runs) -> (officers, runs)``."""
        return np.take(values, self.squad_of, axis=0, out=out, mode="clip")


def total(values: Array) -> Array:
    """Sum over the first axis in a fixed order, ``(rows, runs) -> (runs,)``, bitwise equal at any width."""
    sums = np.empty(values.shape[1], dtype=values.dtype)
    kernels.total(values, sums)
    return sums
