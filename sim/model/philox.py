"""Philox4x32-10, a counter-based generator: Salmon, Moraes, Dror & Shaw 2011, SC'11, doi 10.1145/2063384.2063405.

Each block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit key, so a draw needs an address and
no history. Compiled, over arrays of counters; the tests hold it to the authors' known-answer vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import FloatArray
from sim.jit import compiled, inner

Words = NDArray[np.uint32]
Words64 = NDArray[np.uint64]
Draws = FloatArray
Ints = NDArray[np.integer[Any]]

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_SHIFT, _FOUR = np.uint64(32), 4


@compiled
def mix(words: Words, count: int, k0: Any, k1: Any, rounds: int) -> None:
    """Turn the first so many counters of ``(4, n)`` into draws in place, each round of all, which is vectorised."""
    key0, key1 = np.uint32(k0), np.uint32(k1)
    for _ in range(rounds):
        for n in range(count):
            p0, p1 = np.uint64(words[0, n]) * _M0, np.uint64(words[2, n]) * _M1
            words[0, n], words[1, n] = np.uint32(p1 >> _SHIFT) ^ words[1, n] ^ key0, np.uint32(p1)
            words[2, n], words[3, n] = np.uint32(p0 >> _SHIFT) ^ words[3, n] ^ key1, np.uint32(p0)
        key0, key1 = np.uint32(key0 + _W0), np.uint32(key1 + _W1)


@inner
def to_uniform(word: Any) -> Any:
    """(w + ½)/2³²: strictly between 0 and 1, exact in float64."""
    return (np.float64(word) + 0.5) * 2.0**-32


def uniforms(words: Words) -> Draws:
    """:func:`to_uniform` of an array."""
    return to_uniform.py_func(words)


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
    words = np.array(np.broadcast_arrays(*counter), dtype=np.uint32)
    mix(words.reshape(4, -1), words[0].size, np.uint64(key[0]), np.uint64(key[1]), rounds)
    return words[0], words[1], words[2], words[3]


def vectors(
    first: Words64, entities: int, second: Words64, third: Words64, k0: Any, k1: Any, rounds: int = 10
) -> Draws:
    """Uniforms of entities on some days, ``(days, entities, runs)``; the four words of a counter go to four neighbours.

    ``first`` is word 0 of the counter, ``(days,)``; ``second`` word 2, ``(runs,)``; ``third`` word 3, ``(days, runs)``.
    """
    days, runs = third.shape
    out = np.empty((days, entities, runs))
    _vectors(first, second, third, k0, k1, rounds, np.empty((_FOUR, runs), np.uint32), out)
    return out


@compiled
def _vectors(
    first: Words64, second: Words64, third: Words64, k0: Any, k1: Any, rounds: int, lanes: Words, out: Draws
) -> None:
    days, entities, runs = out.shape
    for d in range(days):
        for block in range((entities + _FOUR - 1) // _FOUR):
            for r in range(runs):
                lanes[0, r], lanes[1, r] = np.uint32(first[d]), np.uint32(block)
                lanes[2, r], lanes[3, r] = np.uint32(second[r]), np.uint32(third[d, r])
            mix(lanes, runs, k0, k1, rounds)
            for lane in range(min(_FOUR, entities - _FOUR * block)):
                for r in range(runs):
                    out[d, _FOUR * block + lane, r] = to_uniform(lanes[lane, r])


@compiled
def draw(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Any:
    """Two uniforms of one counter."""
    key0, key1 = np.uint32(k0), np.uint32(k1)
    for _ in range(10):
        p0, p1 = np.uint64(c0) * _M0, np.uint64(c2) * _M1
        c0, c1 = np.uint32(p1 >> _SHIFT) ^ c1 ^ key0, np.uint32(p1)
        c2, c3 = np.uint32(p0 >> _SHIFT) ^ c3 ^ key1, np.uint32(p0)
        key0, key1 = np.uint32(key0 + _W0), np.uint32(key1 + _W1)
    return to_uniform(c0), to_uniform(c1)


def pairs(first: Any, ordinal: Ints, entity: Ints, run: Ints, second: Words64, third: Words64,
          k0: Any, k1: Any, rounds: int = 10) -> tuple[Draws, Draws]:  # fmt: skip
    """Two uniforms for each of some entities in some runs, each ``(n,)``; word 0 of the counter is first + ordinal.

    ``second`` and ``third`` are words 2 and 3 of each run, ``(runs,)``.
    """
    counter = np.uint64(first) + ordinal.astype(np.uint64), entity, second[run], third[run]
    words = philox(counter, (int(k0), int(k1)), rounds)
    return uniforms(words[0]), uniforms(words[1])
