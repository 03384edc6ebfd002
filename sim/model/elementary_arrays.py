"""The elementary functions over whole arrays: what NumPy and SciPy would give, but with the same bits on any processor.

Each takes an array of any shape, contiguous or not, and gives a new one of that shape; its elements are those that
:mod:`sim.model.elementary` gives one by one, whose docstrings say how good they are. Single precision stays single, and
anything else is computed in double.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from sim.arrays import Floats
from sim.jit import compiled
from sim.model.elementary import exp, exp2, inverse_normal, inverse_normal_single, log, log1p, power

_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


def exponentials(x: ArrayLike) -> Floats:
    """e^x; e^−87 below and e^88 above (e^−708 and e^709), and never 0 or ∞."""
    return _each(_exponentials, x)


def exp2s(x: ArrayLike) -> Floats:
    """2^x; 2^−126 below and 2^127 above (2^−1022 and 2^1023), and never 0 or ∞."""
    return _each(_exp2s, x)


def logarithms(x: ArrayLike) -> Floats:
    """log x of normal numbers; −∞ at 0, without a warning, and no number below it."""
    return _each(_logarithms, x)


def log1ps(x: ArrayLike) -> Floats:
    """log(1 + x) for −1 < x ≤ 0, and −∞ at −1."""
    return _each(_log1ps, x)


def powers(base: ArrayLike, exponent: ArrayLike) -> Floats:
    """``base ** exponent`` for a base of at least 0, which broadcast against each other.

    In single precision where NumPy's own power would be, so a plain number takes the precision of the array beside it.
    """
    dtype = np.result_type(base, exponent)
    base, exponent = _floats(base, dtype), _floats(exponent, dtype)
    if base.shape != exponent.shape:
        base, exponent = (np.array(one) for one in np.broadcast_arrays(base, exponent))
    out = np.empty(base.size, base.dtype)
    _powers(base.ravel(), exponent.ravel(), out)
    return out.reshape(base.shape)


def inverse_normals(u: ArrayLike, dtype: DTypeLike = np.float64) -> Floats:
    """Standard normal values of uniforms strictly between 0 and 1, which are taken in double precision.

    Parameters
    ----------
    u
        For values in single precision not below 2⁻³³, nor above 1 − 2⁻³³.
    dtype
        Precision of the values.
    """
    uniforms = np.asarray(u, np.float64)
    out = np.empty(uniforms.size, dtype)
    loop = _inverse_normals_single if out.dtype == _SINGLE else _inverse_normals
    loop(uniforms.ravel(), out)
    return out.reshape(uniforms.shape)


def _each(loop: Callable[..., None], x: ArrayLike) -> Floats:
    array = np.asarray(x)
    flat = _floats(array, array.dtype).ravel()
    out = np.empty_like(flat)
    loop(flat, out)
    return out.reshape(array.shape)


def _floats(x: ArrayLike, dtype: np.dtype[Any]) -> Floats:
    """An array in single precision if that is the type, and in double otherwise; as it is where it can be."""
    return np.asarray(x, _SINGLE if dtype == _SINGLE else _DOUBLE)


def _over(function: Callable[[Any], Any]) -> Callable[[Floats, Floats], None]:
    """A loop over an array of a function of :mod:`sim.model.elementary`."""

    @compiled
    def loop(x: Floats, out: Floats) -> None:
        for i in range(len(x)):
            out[i] = function(x[i])

    return loop


_exponentials, _exp2s, _logarithms, _log1ps = map(_over, (exp, exp2, log, log1p))
_inverse_normals, _inverse_normals_single = map(_over, (inverse_normal, inverse_normal_single))


@compiled
def _powers(base: Floats, exponent: Floats, out: Floats) -> None:
    for i in range(len(base)):
        out[i] = power(base[i], exponent[i])
