"""Philox4x32-10, a counter-based generator: Salmon, Moraes, Dror & Shaw 2011, SC'11, doi 10.1145/2063384.2063405.

Each block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit key, so a draw needs an address and
no history. Compiled, over arrays of counters; the tests hold it to the authors' known-answer vectors. The module holds
all that its compiled functions call, because Numba's cache does not notice edits in other files.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from sim.model.compiling import compiled

Words = NDArray[np.uint32]
Words64 = NDArray[np.uint64]
Draws = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
_MASK, _SHIFT, _FOUR = np.uint64(0xFFFFFFFF), np.uint64(32), 4


@njit
def _rounds(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any, rounds: int) -> Any:
    for _ in range(rounds):
        p0, p1 = c0 * _M0, c2 * _M1
        c0, c1 = (p1 >> _SHIFT) ^ c1 ^ k0, p1 & _MASK
        c2, c3 = (p0 >> _SHIFT) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0, c1, c2, c3


@njit
def _uniform(word: Any) -> Any:
    return (np.float64(word) + 0.5) * 2.0**-32


@compiled
def _words(counters: Words64, k0: Any, k1: Any, rounds: int, out: Words) -> None:
    for n in range(counters.shape[1]):
        c0, c1, c2, c3 = _rounds(counters[0, n], counters[1, n], counters[2, n], counters[3, n], k0, k1, rounds)
        out[0, n], out[1, n], out[2, n], out[3, n] = c0, c1, c2, c3


def philox(
    counter: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike], key: tuple[int, int], rounds: int = 10
) -> tuple[Words, Words, Words, Words]:
    """Four words for each counter; the counter's words broadcast against each other.

    Parameters
    ----------
    counter
        Four arrays of unsigned 32-bit words, lowest first.
    key
        Two unsigned 32-bit words.
    rounds
        10 is the authors' recommendation.
    """
    counters = np.array(np.broadcast_arrays(*counter), dtype=np.uint64)
    words = np.empty(counters.shape, dtype=np.uint32)
    _words(counters.reshape(4, -1), np.uint64(key[0]), np.uint64(key[1]), rounds, words.reshape(4, -1))
    return words[0], words[1], words[2], words[3]


def to_uniform(words: Words) -> Draws:
    """(w + ½)/2³²: strictly between 0 and 1, exact in float64."""
    return (words.astype(np.float64) + 0.5) * 2.0**-32


@compiled
def vectors(
    first: Words64, entities: int, second: Words64, third: Words64, k0: Any, k1: Any, rounds: int = 10
) -> Draws:
    """Uniforms of entities on some days, ``(days, entities, runs)``; the four words of a counter go to four neighbours.

    ``first`` is word 0 of the counter, ``(days,)``; ``second`` word 2, ``(runs,)``; ``third`` word 3, ``(days, runs)``.
    """
    days, runs = third.shape
    out = np.empty((days, entities, runs))
    lanes = np.empty((_FOUR, runs))
    for d in range(days):
        for block in range((entities + _FOUR - 1) // _FOUR):
            for r in range(runs):
                words = _rounds(first[d], np.uint64(block), second[r], third[d, r], k0, k1, rounds)
                lanes[0, r], lanes[1, r] = _uniform(words[0]), _uniform(words[1])
                lanes[2, r], lanes[3, r] = _uniform(words[2]), _uniform(words[3])
            for lane in range(min(_FOUR, entities - _FOUR * block)):
                for r in range(runs):
                    out[d, _FOUR * block + lane, r] = lanes[lane, r]
    return out


@compiled
def pairs(first: Any, ordinal: Ints, entity: Ints, run: Ints, second: Words64, third: Words64,
          k0: Any, k1: Any, rounds: int = 10) -> tuple[Draws, Draws]:  # fmt: skip
    """Two uniforms for each of some entities in some runs, each ``(n,)``; word 0 of the counter is first + ordinal.

    ``second`` and ``third`` are words 2 and 3 of each run, ``(runs,)``.
    """
    one, two = np.empty(len(run)), np.empty(len(run))
    for n in range(len(run)):
        r = run[n]
        words = _rounds(first + np.uint64(ordinal[n]), np.uint64(entity[n]), second[r], third[r], k0, k1, rounds)
        one[n], two[n] = _uniform(words[0]), _uniform(words[1])
    return one, two
