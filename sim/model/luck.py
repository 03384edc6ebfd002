"""What the model asks of luck: the purposes of its draws, and the interface that supplies them.

A draw is a pure function of (root seed, replicate, purpose, entity, date, ordinal); nothing that happens in a
run moves it. The numbers of the purposes are part of every stored result: never renumber, only append.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol

import numpy as np

from sim.arrays import Array, Floats, Ints


def power(base: Array, exponent: Array | float) -> Array:
    """``base ** exponent`` for a base of at least 0 and an exponent above 0 or below it, as e^{exponent·log base}.

    NumPy's own power takes short cuts for exponents such as 2 and ½ where it sees one exponent for a whole row, which
    it does at some block widths and not at others; the last bit would then depend on the width.
    """
    return np.exp(exponent * logarithm(base))  # log 0 is −∞, and 0 to a positive power is 0


def logarithm(x: Array) -> Array:
    """log x, and −∞ at 0 without a warning; to suppress one takes longer than a short array's logarithms."""
    if np.count_nonzero(x) == np.size(x):
        return np.log(x)
    with np.errstate(divide="ignore"):
        return np.log(x)


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
