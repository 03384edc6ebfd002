"""What the model asks of luck: the purposes of its draws, and the interface that supplies them.

A draw is a pure function of (root seed, replicate, purpose, entity, date, ordinal); nothing that happens in a
run moves it. The numbers of the purposes are part of every stored result: never renumber, only append.

The address is a Philox counter:

====  =======================================================================
word  content
====  =======================================================================
0     day since 1 January 1970 (upper 16 bits; 0 for lasting traits) and ordinal (lower 16)
1     entity / 4 for vectors of entities, whose four words go to four neighbours; itself for attacks and exits
2     replicate
3     purpose (upper 8 bits) and future (lower 24 bits)
====  =======================================================================

and the root seed is the key.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Protocol

import numpy as np

from sim.arrays import EPOCH, Array, Floats, Ints
from sim.jit import inner
from sim.model.lanes import LANES
from sim.model.philox import draw, mix, to_uniform


class Purpose(IntEnum):
    """Named streams of luck."""

    SQUAD_SIZE = 1
    BASELINE = 2
    DREAD = 3
    EFFICACY = 4
    PAY_NEED = 5
    DUTY = 6
    THRESHOLD = 7
    FRAILTY = 8
    TOLERANCE = 9
    FRICTION = 10
    CASUALTY = 11
    CASUALTY_KIND = 12
    ATTACKS = 13
    ATTACK = 14
    DAY = 15
    EXIT = 16
    UNKNOWN = 17
    TABLE = 18


class Draws(Protocol):
    """Luck of the runs of one block; every value lies strictly between 0 and 1."""

    def uniform(self, purpose: Purpose, entities: int) -> Floats:
        """Draws that belong to entities for good, shape ``(entities, runs)``."""

    def normal(self, purpose: Purpose, entities: int) -> Floats:
        """Standard normal draws, by inverse CDF of :meth:`uniform`, shape ``(entities, runs)``."""

    def daily(self, purpose: Purpose, entities: int, day: int) -> Floats:
        """Draws of one calendar day (proleptic ordinal), shape ``(entities, runs)``."""

    def marks(self, bloc: Ints, day: int, slot: Ints, run: Ints) -> tuple[Floats, Floats]:
        """Two draws for each listed attack: its mark and its severity, each of shape ``(attacks,)``."""

    def partings(self, officer: Ints, day: int, run: Ints) -> tuple[Floats, Floats]:
        """Two draws for each listed exit, the officer's own: whether it is reported, and denied; each ``(exits,)``."""


# ``luck`` for loops is ``(4, lanes)``: replicates, futures, the key's two words first in its third row, and the
# officer from whom luck of the press is counted, which is the first unless officers are listed in another order.


@inner
def day_of(day: int) -> Any:
    """Word 0 of a counter on a day (proleptic ordinal), the ordinal left out."""
    return np.uint64(day - EPOCH) << np.uint64(16)


@inner
def draw_day(luck: Array, day: int, purpose: int, block: int, words: Ints, out: Floats) -> None:
    """Draws of one day for four entities, from 4·block on, ``(4, lanes)``; ``words`` is room for their counters."""
    first, third = np.uint32(day_of(day)), np.uint32(purpose) << np.uint32(24)
    for r in range(LANES):
        words[0, r], words[1, r] = first, np.uint32(block)
        words[2, r], words[3, r] = np.uint32(luck[0, r]), np.uint32(third + np.uint32(luck[1, r]))
    mix(words, LANES, luck[2, 0], luck[2, 1], 10)
    for lane in range(4):
        for r in range(LANES):
            out[lane, r] = to_uniform(words[lane, r])


@inner
def draw_pair(luck: Array, purpose: int, first: Any, entity: int, r: int) -> Any:
    """Two draws of an attack, or of an exit, in one run; ``first`` is word 0 of the counter."""
    third = (np.uint64(purpose) << np.uint64(24)) + luck[1, r]
    return draw(np.uint32(first), np.uint32(entity), np.uint32(luck[0, r]), np.uint32(third), luck[2, 0], luck[2, 1])
