"""Exponential and logarithm for compiled loops, in single and double precision.

Written out, because a call into a library keeps a loop from being vectorised, and because a library's last bit changes
with its version. Each is a fixed sequence of additions, multiplications and divisions, so a value has the same bits
alone and among many.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload


def exp(x: Any) -> Any:
    """e^x in the precision of x, to a unit in the last place between −87 and 88 (−708 and 709); compiled code only."""
    return math.exp(x)


def log(x: Any) -> Any:
    """log x for a normal x, to a unit in the last place, and −∞ at 0; compiled code only."""
    return math.log(x)


def log1p(x: Any) -> Any:
    """log(1 + x) for −1 < x ≤ 0, to two units in the last place; compiled code only."""
    return math.log1p(x)


def log1p_near(x: Any) -> Any:
    """log1p for −¼ ≤ x ≤ 0 in fewer steps, and with the same value; compiled code only."""
    return math.log1p(x)


NEAR = 0.25
"""How far from 0 the short way to log1p reaches."""


def _exponential(
    F: Any, Int: Any, low: float, high: float, log2: tuple[float, float], bits: int, terms: int
) -> Callable[[Any], Any]:
    """e^x = 2^n·e^r with n whole and |r| ≤ ½ log 2, whose two parts are those of Cephes, and e^r by its series.

    Adding 1.5·2^bits rounds to n and leaves n in the lowest bits, which then become the exponent of 2^n.
    """
    low, high, log2e, big, upper, lower = F(low), F(high), F(1 / math.log(2)), F(1.5 * 2**bits), F(log2[0]), F(log2[1])
    series = tuple(F(1 / math.factorial(k)) for k in range(terms, -1, -1))
    shift, bias = Int(bits), Int(np.finfo(F).maxexp - 1)

    def value(x: Any) -> Any:
        x = low if x < low else x  # a comparison, so that what is no number stays none
        x = high if x > high else x
        shifted = F(x * log2e + big)
        n = shifted - big
        r = (x - n * upper) - n * lower
        y = series[0]
        for k in range(1, terms + 1):
            y = y * r + series[k]
        return y * Int((shifted.view(Int) + bias) << shift).view(F)

    return value


def _logarithm(F: Any, Int: Any, log2: tuple[float, float], bits: int, of_sum: bool) -> Callable[[Any], Any]:
    """log u = k·log 2 + log(1 + f) with √½ ≤ 1 + f < √2, and that from s = f/(2 + f) as in Sun's fdlibm.

    Where k is 0, log(1 + x) takes f = x itself, which no rounding of 1 + x has touched.
    """
    one, two, half, upper, lower = F(1), F(2), F(0.5), F(log2[0]), F(log2[1])
    root, mantissa, shift = Int(F(math.sqrt(0.5)).view(Int)), Int(2**bits - 1), Int(bits)
    c1, c2, c3, c4, c5, c6, c7 = (F(c) for c in _FDLIBM)
    least, none, zero = F(-np.inf), F(np.nan), F(0)

    def value(x: Any) -> Any:
        u = F(one + x) if of_sum else F(x)
        above = Int(u.view(Int) - root)
        k = Int(above >> shift)
        f = F(Int((above & mantissa) + root).view(F) - one)
        if of_sum:
            f = F(x) if k == 0 else f
        s = f / (two + f)
        z = s * s
        w = z * z
        rest = z * (c1 + w * (c3 + w * (c5 + w * c7))) + w * (c2 + w * (c4 + w * c6))
        fine, e = half * f * f, F(k)
        y = s * (fine + rest) + e * lower - fine + f + e * upper
        return y if u > zero else (least if u == zero else none)

    return value


def _logarithm_near_one(F: Any) -> Callable[[Any], Any]:
    """What is left of :func:`_logarithm` of a sum where k is 0: adding 0·log 2 changes nothing."""
    two, half = F(2), F(0.5)
    c1, c2, c3, c4, c5, c6, c7 = (F(c) for c in _FDLIBM)

    def value(x: Any) -> Any:
        s = x / (two + x)
        z = s * s
        w = z * z
        rest = z * (c1 + w * (c3 + w * (c5 + w * c7))) + w * (c2 + w * (c4 + w * c6))
        fine = half * x * x
        return s * (fine + rest) - fine + x

    return value


_FDLIBM = (
    *(6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01),
    *(1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01),
)
_SINGLE, _DOUBLE = (np.float32, np.int32), (np.float64, np.int64)
_LOG2, _LOG2_D = (6.9313812256e-01, 9.0580006145e-06), (6.93147180369123816490e-01, 1.90821492927058770002e-10)
_CEPHES, _CEPHES_D = (0.693359375, -2.12194440e-4), (6.93145751953125e-1, 1.42860682030941723212e-6)


@overload(exp)
def _exp(x: Any) -> Any:
    if x == types.float32:
        return _exponential(*_SINGLE, -87, 88, _CEPHES, 23, 7)
    return _exponential(*_DOUBLE, -708, 709, _CEPHES_D, 52, 13)


@overload(log)
def _log(x: Any) -> Any:
    return _logarithm(*_SINGLE, _LOG2, 23, False) if x == types.float32 else _logarithm(*_DOUBLE, _LOG2_D, 52, False)


@overload(log1p)
def _log1p(x: Any) -> Any:
    return _logarithm(*_SINGLE, _LOG2, 23, True) if x == types.float32 else _logarithm(*_DOUBLE, _LOG2_D, 52, True)


@overload(log1p_near)
def _log1p_near(x: Any) -> Any:
    return _logarithm_near_one(np.float32 if x == types.float32 else np.float64)
