"""Philox4x32-10, a counter-based generator: Salmon, Moraes, Dror & Shaw 2011, SC'11, doi 10.1145/2063384.2063405.

Each block of four 32-bit words is a pure function of a 128-bit counter and a 64-bit key, so a draw needs an address and
no history. Vectorised over arrays of counters; the tests hold it to the authors' known-answer vectors.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Words = NDArray[np.uint32]

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = 0x9E3779B9, 0xBB67AE85
_MASK = 0xFFFFFFFF
_SHIFT = np.uint64(32)


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
    c0, c1, c2, c3 = (np.array(c, dtype=np.uint64) for c in np.broadcast_arrays(*counter))
    k0, k1 = key
    for _ in range(rounds):
        p0, p1 = c0 * _M0, c2 * _M1
        c0 = (p1 >> _SHIFT) ^ c1 ^ np.uint64(k0)
        c2 = (p0 >> _SHIFT) ^ c3 ^ np.uint64(k1)
        c1 = p1 & np.uint64(_MASK)
        c3 = p0 & np.uint64(_MASK)
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0.astype(np.uint32), c1.astype(np.uint32), c2.astype(np.uint32), c3.astype(np.uint32)


def to_uniform(words: Words) -> NDArray[np.float64]:
    """(w + ½)/2³²: strictly between 0 and 1, exact in float64."""
    return (words.astype(np.float64) + 0.5) * 2.0**-32
