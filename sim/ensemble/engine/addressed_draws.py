"""Luck by address: every draw a pure function of (root seed, replicate, purpose, entity, date, ordinal).

The address is a Philox counter, whose words :mod:`sim.model.luck` lays out, and the root seed is the key. So draws are
prefix-stable in every axis: officers of a pool of 400 begin those of 500; another start or end leaves the other days
alone; one more attack shifts no other. A run's luck address is its replicate and, from a branch's date on, a future
under a root seed of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sim.arrays import EPOCH, FloatArray, Floats, Ints
from sim.model.elementary_arrays import inverse_normals
from sim.model.lanes import LANES, tiles
from sim.model.layout import Layout
from sim.model.luck import Purpose
from sim.model.philox import pairs, vectors

_CHUNK = 16
"""Days drawn at once; a matter of speed alone."""


Key = tuple[np.uint64, np.uint64]


def _key(root_seed: int) -> Key:
    return np.uint64(root_seed & 0xFFFFFFFF), np.uint64(root_seed >> 32)


@dataclass(frozen=True)
class Branch:
    """Where runs part from their past: from ``day`` on (proleptic ordinal) luck is that of a future.

    ``numbers`` are those of the futures, ``(runs,)``, drawn under a family of luck of their own. The 0th counts as
    well: none of them is the past going on.
    """

    day: int
    root_seed: int
    numbers: Ints


class AddressedDraws:
    """Draws of the runs of one block; holds nothing but addresses and a window of days drawn ahead.

    Parameters
    ----------
    root_seed
        Family of luck, 0 to 2⁶³ − 1.
    replicates
        Replicate of each run, ``(runs,)``.
    branch
        Where the runs part from their past; None: they do not.
    dtype
        Precision of normal draws.
    """

    def __init__(
        self,
        root_seed: int,
        replicates: Sequence[int] | Ints,
        branch: Branch | None = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        self._dtype = dtype
        self._key = _key(root_seed)
        self._replicates = np.asarray(replicates, dtype=np.uint64)
        self._past = np.zeros_like(self._replicates)
        distinct, self._place = np.unique(self._replicates, return_inverse=True)
        self._distinct = distinct if 2 * len(distinct) <= len(self._replicates) else None
        self.branch = branch
        if branch is not None:
            self._later_key = _key(branch.root_seed)
            self._futures = np.asarray(branch.numbers, dtype=np.uint64) + np.uint64(1)
        self._windows: dict[tuple[Purpose, int, int], Floats] = {}

    def uniform(self, purpose: Purpose, entities: int) -> Floats:
        """Draws that belong to entities for good, ``(entities, runs)``."""
        return self._shared(self._lasting(purpose, entities))

    def normal(self, purpose: Purpose, entities: int) -> Floats:
        """Standard normal by inverse CDF, ``(entities, runs)``."""
        return self._shared(inverse_normals(self._lasting(purpose, entities), self._dtype))

    def luck(self, day: int) -> NDArray[np.uint64]:
        """Replicates, futures of a day and the key, as compiled loops take them (:mod:`sim.model.luck`).

        ``(4, runs)`` on whole tiles; the key's two words take turns in the third row, and the fourth is 0: officers
        have the luck of the press that is their own.
        """
        runs = len(self._replicates)
        key, futures = self._on(day)
        luck = np.zeros((4, tiles(runs) * LANES), dtype=np.uint64)
        for row, values in zip(luck, (self._replicates, futures), strict=False):
            row[:runs], row[runs:] = values, values[-1]
        luck[2] = np.resize(np.array(key), luck.shape[1])
        return luck

    def same_until(self, day: int, last: int) -> int:
        """The last day up to ``last`` on which luck is of the same address as on ``day``."""
        parts = self.branch is not None and day < self.branch.day <= last
        return self.branch.day - 1 if parts and self.branch is not None else last

    def branched(self, purpose: Purpose, entities: int) -> Floats:
        """Lasting draws that belong to this run's future, ``(entities, runs)``: what a branch redraws."""
        return self._later(purpose, entities, np.zeros(1, dtype=np.uint64))[0]

    def daily(self, purpose: Purpose, entities: int, day: int) -> Floats:
        """Draws of one calendar day, ``(entities, runs)``; drawn some days ahead, which changes nothing but speed."""
        since = day - EPOCH
        window = (purpose, entities, since // _CHUNK)
        if window not in self._windows:
            self._windows = {k: v for k, v in self._windows.items() if k[:2] != window[:2]}
            days = np.arange(window[2] * _CHUNK, (window[2] + 1) * _CHUNK, dtype=np.uint64)
            past = days if self.branch is None else days[days < np.uint64(self.branch.day - EPOCH)]
            drawn = [self._shared(self._vector(purpose, entities, past, self._distinct))] if len(past) else []
            if len(past) < len(days):
                drawn.append(self._later(purpose, entities, days[len(past) :]))
            self._windows[window] = np.concatenate(drawn) if len(drawn) > 1 else drawn[0]
        return self._windows[window][since % _CHUNK]

    def marks(self, bloc: Ints, day: int, slot: Ints, run: Ints) -> tuple[Floats, Floats]:
        """Mark and severity of each listed attack, each ``(attacks,)``."""
        key, futures = self._on(day)
        third = np.uint64(Purpose.ATTACK << 24) + futures
        return pairs(np.uint64((day - EPOCH) << 16), slot, bloc, run, self._replicates, third, *key)

    def partings(self, officer: Ints, day: int, run: Ints) -> tuple[Floats, Floats]:
        """Whether the exit of each listed officer is reported, and denied, each ``(exits,)``; the same on any day.

        So an officer who leaves in both of two paired runs, be it on different days, meets the same luck of the press.
        """
        key, futures = self._on(day)
        third = np.uint64(Purpose.EXIT << 24) + futures
        return pairs(np.uint64(0), np.zeros_like(officer), officer, run, self._replicates, third, *key)

    def _lasting(self, purpose: Purpose, entities: int) -> FloatArray:
        """Draws for good of each replicate, once where the block has it often: ``(entities, replicates)``."""
        return self._vector(purpose, entities, np.zeros(1, dtype=np.uint64), self._distinct)[0]

    def _shared(self, values: Floats) -> Floats:
        """Hand each run what belongs to its replicate, ``(…, replicates) -> (…, runs)``."""
        return values if self._distinct is None else np.take(values, self._place, axis=-1)

    def _on(self, day: int) -> tuple[Key, NDArray[np.uint64]]:
        """Key, and number of each run's future, ``(runs,)``, on a day."""
        if self.branch is not None and day >= self.branch.day:
            return self._later_key, self._futures
        return self._key, self._past

    def _vector(
        self, purpose: Purpose, entities: int, days: NDArray[np.uint64], replicates: NDArray[np.uint64] | None = None
    ) -> FloatArray:
        """Draws of the past, ``(days, entities, runs)``, or for some replicates instead."""
        replicates = self._replicates if replicates is None else replicates
        third = np.full((len(days), len(replicates)), purpose << 24, dtype=np.uint64)
        return vectors(days << np.uint64(16), entities, replicates, third, *self._key)

    def _later(self, purpose: Purpose, entities: int, days: NDArray[np.uint64]) -> FloatArray:
        """Draws of each run's future, ``(days, entities, runs)``."""
        third = np.broadcast_to(np.uint64(purpose << 24) + self._futures, (len(days), len(self._futures)))
        return vectors(days << np.uint64(16), entities, self._replicates, third.copy(), *self._later_key)


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
