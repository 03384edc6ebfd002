"""Who serves with whom: squads of consecutive officers, drawn for each replicate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from sim.arrays import Array, Floats, Ints


@dataclass(frozen=True)
class Layout:
    """Squads as runs of consecutive rows, in each run its own; the first officer of each is its leader.

    Attributes
    ----------
    squad_of
        Squad of each officer, ``(officers, runs)``; unsigned, which spares a loop the look at negative rows.
    follows
        0 for the first officer of a squad, 1 for the others, in the precision of the block, ``(officers, runs)``.
    starts
        First row of each squad, which is its leader's, ``(squads, runs)``; the number of officers where a run has
        fewer squads than another.
    sizes
        Officers in each squad, ``(squads, runs)``; 0 where a run has fewer squads than another.
    """

    squad_of: Ints
    follows: Floats
    starts: Ints
    sizes: Ints

    @classmethod
    def from_uniforms(
        cls, pool: int, smallest: int, largest: int, uniforms: Floats, dtype: DTypeLike = np.float32
    ) -> Layout:
        """Cut each run's pool into squads whose sizes are even on ``smallest..largest``; the last may be smaller.

        ``uniforms`` holds one draw a squad and run, at least ``pool / smallest`` rows of them; a smaller pool's squads
        begin those of a larger one.
        """
        drawn = smallest + np.floor(uniforms * (largest - smallest + 1)).astype(np.int64)
        ends = np.minimum(np.cumsum(drawn, axis=0), pool)
        starts = np.concatenate([np.zeros_like(ends[:1]), ends[:-1]])
        count = int((starts < pool).sum(axis=0).max())
        starts, ends = starts[:count], ends[:count]
        leads = np.zeros((pool + 1, uniforms.shape[1]), dtype=np.bool_)
        np.put_along_axis(leads, starts, True, axis=0)
        leads = leads[:pool]
        squad_of = np.cumsum(leads, axis=0, dtype=np.uint32) - np.uint32(1)
        return cls(squad_of, (~leads).astype(dtype), starts, ends - starts)

    @property
    def officers(self) -> int:
        """Officers in the pool."""
        return len(self.squad_of)

    @property
    def leads(self) -> Array:
        """Whether an officer is the first of his squad, ``(officers, runs)``."""
        return self.follows <= 0

    @property
    def squads(self) -> int:
        """Squads in the pool, in the run that has most of them."""
        return len(self.starts)

    @cached_property
    def leaders(self) -> Ints:
        """Row of each squad's leader, ``(squads, runs)``; of a squad that a run lacks, the last officer's."""
        return np.minimum(self.starts, self.officers - 1)

    def members(self, squad: int, run: int) -> slice:
        """Rows of a squad of one run."""
        first = int(self.starts[squad, run])
        return slice(first, first + int(self.sizes[squad, run]))

    def by_squad(self, values: Floats) -> Floats:
        """Sum rows by squad, in the order of the officers: ``(officers, runs) -> (squads, runs)``."""
        sums = np.zeros(self.sizes.shape, dtype=values.dtype)
        np.add.at(sums, (self.squad_of, np.arange(values.shape[1])), values)
        return sums

    def to_officers(self, values: Array) -> Array:
        """Hand each officer his squad's value, ``(squads, runs) -> (officers, runs)``."""
        return np.take_along_axis(values, self.squad_of, axis=0)
