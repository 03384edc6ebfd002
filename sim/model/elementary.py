"""Exponential and logarithm for compiled loops, in single and double precision.

Written out, because a call into a library keeps a loop from being vectorised, and because a library's last bit changes
with its version. Each is a fixed sequence of sums, products, quotients and fused multiply-adds, all of which IEEE 754
rounds in one way, so a value has the same bits alone and among many, on one processor and on another.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic, overload, register_jitable


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


def _fused(context: Any, a: Any, b: Any, c: Any) -> Any:
    def written(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.fma(*values)

    return a(a, b, c), written


fma: Any = intrinsic(_fused)
"""a·b + c, rounded once; half the instructions of a polynomial, and a better last bit. Compiled code only."""


def _told_apart(function: Callable[..., Any], what: object) -> Callable[..., Any]:
    """A function that is made anew for each of several things, under a name of its own, as in :mod:`sim.model.jit`."""
    function.__qualname__ += f"_{sha256(repr(what).encode()).hexdigest()[:12]}"
    return function


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
        shifted = F(fma(x, log2e, big))
        n = shifted - big
        r = fma(n, -lower, fma(n, -upper, x))
        y = series[0]
        for k in range(1, terms + 1):
            y = fma(y, r, series[k])
        return y * Int((shifted.view(Int) + bias) << shift).view(F)

    return _told_apart(value, (F, low, high, log2, bits, terms))


def _logarithm(
    F: Any, Int: Any, log2: tuple[float, float], bits: int, terms: tuple[float, ...], of_sum: bool
) -> Callable[[Any], Any]:
    """log u = k·log 2 + log(1 + f) with √½ ≤ 1 + f < √2, and that from s = f/(2 + f) as in Sun's fdlibm.

    Where k is 0, log(1 + x) takes f = x itself, which no rounding of 1 + x has touched.
    """
    one, upper, lower, near = F(1), F(log2[0]), F(log2[1]), _near_one(F, terms)
    root, mantissa, shift = Int(F(math.sqrt(0.5)).view(Int)), Int(2**bits - 1), Int(bits)
    least, none, zero = F(-np.inf), F(np.nan), F(0)

    def value(x: Any) -> Any:
        u = F(one + x) if of_sum else F(x)
        above = Int(u.view(Int) - root)
        k = Int(above >> shift)
        f = F(Int((above & mantissa) + root).view(F) - one)
        if of_sum:
            f = F(x) if k == 0 else f
        e = F(k)
        y = fma(e, upper, near(f, e * lower))
        return y if u > zero else (least if u == zero else none)

    return _told_apart(value, (F, log2, bits, terms, of_sum))


def _near_one(F: Any, terms: tuple[float, ...]) -> Callable[[Any, Any], Any]:
    """log(1 + f) = f − (½f² − s·(½f² + R)) with R a polynomial in s², and what is added to the part in brackets."""
    two, half, series = F(2), F(0.5), tuple(F(c) for c in reversed(terms))
    last = len(series)

    def value(f: Any, more: Any) -> Any:
        s = f / (two + f)
        z = s * s
        y = series[0]
        for k in range(1, last):
            y = fma(y, z, series[k])
        fine = half * f * f
        return f + fma(s, fma(y, z, fine), more - fine)

    return register_jitable(_told_apart(value, (F, terms)))


def _logarithm_near_one(F: Any, terms: tuple[float, ...]) -> Callable[[Any], Any]:
    """What is left of :func:`_logarithm` of a sum where k is 0: adding 0·log 2 changes nothing."""
    near, nothing = _near_one(F, terms), F(0)

    def value(x: Any) -> Any:
        return near(x, nothing)

    return _told_apart(value, (F, terms))


_FDLIBM = (0.66666662693, 0.40000972152, 0.28498786688, 0.24279078841)
_FDLIBM_D = (
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
    return _of_its_precision(x, of_sum=False)


@overload(log1p)
def _log1p(x: Any) -> Any:
    return _of_its_precision(x, of_sum=True)


@overload(log1p_near)
def _log1p_near(x: Any) -> Any:
    if x == types.float32:
        return _logarithm_near_one(np.float32, _FDLIBM)
    return _logarithm_near_one(np.float64, _FDLIBM_D)


def _of_its_precision(x: Any, *, of_sum: bool) -> Callable[[Any], Any]:
    if x == types.float32:
        return _logarithm(*_SINGLE, _LOG2, 23, _FDLIBM, of_sum)
    return _logarithm(*_DOUBLE, _LOG2_D, 52, _FDLIBM_D, of_sum)
