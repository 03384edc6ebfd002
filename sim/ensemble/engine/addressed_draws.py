"""Luck by address: every draw a pure function of (root seed, replicate, purpose, entity, date, ordinal).

The address is a Philox counter:

====  =======================================================================
word  content
====  =======================================================================
0     day since 1 January 1970 (upper 16 bits; 0 for lasting traits) and ordinal (lower 16)
1     entity / 4 for vectors of entities, whose four words go to four neighbours; itself for attacks and exits
2     replicate
3     purpose (upper 8 bits) and future (lower 24 bits)
====  =======================================================================

and the root seed is the key. So draws are prefix-stable in every axis: officers of a pool of 400 begin those of 500;
another start or end leaves the other days alone; one more attack shifts no other. A run's luck address is its replicate
and, from a branch's date on, a future; future 0 is the run as it would have gone on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy.special import ndtri

from sim.arrays import EPOCH, FloatArray, Floats, Ints
from sim.ensemble.engine.philox import pairs, vectors
from sim.model.layout import Layout
from sim.model.luck import Purpose

_CHUNK = 16
"""Days drawn at once; a matter of speed alone."""


def _key(root_seed: int) -> tuple[np.uint64, np.uint64]:
    return np.uint64(root_seed & 0xFFFFFFFF), np.uint64(root_seed >> 32)


class AddressedDraws:
    """Draws of the runs of one block; holds nothing but addresses and a window of days drawn ahead.

    Parameters
    ----------
    root_seed
        Family of luck, 0 to 2⁶³ − 1.
    replicates
        Replicate of each run, ``(runs,)``.
    futures
        Future of each run from ``branch_day`` on, ``(runs,)``; none: future 0.
    branch_day
        First calendar day (proleptic ordinal) of the futures.
    """

    def __init__(
        self,
        root_seed: int,
        replicates: Sequence[int] | Ints,
        futures: Sequence[int] | Ints | None = None,
        branch_day: int | None = None,
    ) -> None:
        self._key = _key(root_seed)
        self._replicates = np.asarray(replicates, dtype=np.uint64)
        self._futures = np.zeros_like(self._replicates) if futures is None else np.asarray(futures, dtype=np.uint64)
        self._none = np.zeros_like(self._replicates)
        distinct, self._place = np.unique(self._replicates, return_inverse=True)
        self._distinct = distinct if 2 * len(distinct) <= len(self._replicates) else None
        self._branch_day = branch_day
        self._windows: dict[tuple[Purpose, int, int], FloatArray] = {}

    def uniform(self, purpose: Purpose, entities: int) -> Floats:
        """Draws that belong to entities for good, ``(entities, runs)``."""
        return self._shared(self._lasting(purpose, entities))

    def normal(self, purpose: Purpose, entities: int) -> Floats:
        """Standard normal by inverse CDF, ``(entities, runs)``."""
        return self._shared(ndtri(self._lasting(purpose, entities)))

    def branched(self, purpose: Purpose, entities: int) -> Floats:
        """Lasting draws that belong to this run's future, ``(entities, runs)``: what a branch redraws."""
        return self._vector(purpose, entities, np.zeros(1, dtype=np.uint64), self._futures)[0]

    def daily(self, purpose: Purpose, entities: int, day: int) -> Floats:
        """Draws of one calendar day, ``(entities, runs)``; drawn some days ahead, which changes nothing but speed."""
        since = day - EPOCH
        window = (purpose, entities, since // _CHUNK)
        if window not in self._windows:
            self._windows = {k: v for k, v in self._windows.items() if k[:2] != window[:2]}
            days = np.arange(window[2] * _CHUNK, (window[2] + 1) * _CHUNK, dtype=np.uint64)
            if self._branch_day is None:
                drawn = self._shared(self._vector(purpose, entities, days, np.uint64(0), self._distinct))
            else:
                drawn = self._vector(purpose, entities, days, self._future(days))
            self._windows[window] = drawn
        return self._windows[window][since % _CHUNK]

    def marks(self, bloc: Ints, day: int, slot: Ints, run: Ints) -> tuple[Floats, Floats]:
        """Mark and severity of each listed attack, each ``(attacks,)``."""
        since = day - EPOCH
        third = np.uint64(Purpose.ATTACK << 24) + self._future_on(since)
        return pairs(np.uint64(since << 16), slot, bloc, run, self._replicates, third, *self._key)

    def partings(self, officer: Ints, day: int, run: Ints) -> tuple[Floats, Floats]:
        """Whether the exit of each listed officer is reported, and denied, each ``(exits,)``; the same on any day.

        So an officer who leaves in both of two paired runs, be it on different days, meets the same luck of the press.
        """
        third = np.uint64(Purpose.EXIT << 24) + self._future_on(day - EPOCH)
        return pairs(np.uint64(0), np.zeros_like(officer), officer, run, self._replicates, third, *self._key)

    def _lasting(self, purpose: Purpose, entities: int) -> FloatArray:
        """Draws for good of each replicate, once where the block has it often: ``(entities, replicates)``."""
        return self._vector(purpose, entities, np.zeros(1, dtype=np.uint64), np.uint64(0), self._distinct)[0]

    def _shared(self, values: FloatArray) -> FloatArray:
        """Hand each run what belongs to its replicate, ``(…, replicates) -> (…, runs)``."""
        return values if self._distinct is None else np.take(values, self._place, axis=-1)

    def _future(self, days: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Future of each run on each day of a block that branches, ``(days, runs)``."""
        assert self._branch_day is not None
        branched = days >= np.uint64(self._branch_day - EPOCH)
        return branched[:, None] * self._futures[None]

    def _future_on(self, since: int) -> NDArray[np.uint64]:
        """Future of each run on one day, ``(runs,)``."""
        begun = self._branch_day is not None and since >= self._branch_day - EPOCH
        return self._futures if begun else self._none

    def _vector(
        self,
        purpose: Purpose,
        entities: int,
        days: NDArray[np.uint64],
        future: NDArray[np.uint64] | np.uint64,
        replicates: NDArray[np.uint64] | None = None,
    ) -> FloatArray:
        """``(days, entities, runs)``, or for some replicates instead."""
        replicates = self._replicates if replicates is None else replicates
        futures = np.broadcast_to(future, (len(days), len(replicates)))
        third = (np.uint64(purpose) << np.uint64(24)) + futures
        return vectors(days << np.uint64(16), entities, replicates, third, *self._key)


def squad_layout(
    root_seed: int,
    replicates: Sequence[int] | Ints,
    pool: int,
    smallest: int,
    largest: int,
    dtype: DTypeLike = np.float32,
) -> Layout:
    """The squads of each replicate, whatever else differs; a smaller pool's begin a larger one's."""
    uniforms = AddressedDraws(root_seed, replicates).uniform(Purpose.SQUAD_SIZE, pool // smallest + 1)
    return Layout.from_uniforms(pool, smallest, largest, uniforms, dtype)
