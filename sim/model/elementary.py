"""Exponential, logarithm, power and inverse normal for compiled loops, in single and double precision.

Written out, because a call into a library keeps a loop from being vectorised, and because a library's last bit changes
with its version, and with the vectors of the processor it finds. Each is a fixed sequence of sums, products, quotients,
square roots and fused multiply-adds, all of which IEEE 754 rounds in one way, so a value has the same bits alone and
among many, on one processor and on another. Over whole arrays: :mod:`sim.model.elementary_arrays`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from hashlib import sha256
from statistics import NormalDist
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic, overload, register_jitable


def exp(x: Any) -> Any:
    """e^x in the precision of x, to a unit in the last place between −87 and 88 (−708 and 709); compiled code only."""
    return math.exp(x)


def exp2(x: Any) -> Any:
    """2^x in the precision of x, to a unit in the last place between −126 and 127 (−1022 and 1023); compiled code only.

    It is exact where x is whole, and beyond these ends stays what it is there.
    """
    return 2.0**x


def power(base: Any, exponent: Any) -> Any:
    """``base ** exponent`` in the precision of the base, as e^{exponent·log base} in double; compiled code only.

    The product's rounding grows with it: in double precision good to 2 + |log of the value| units in the last place.
    Single precision, where that would be tens of units, is rounded once from double, and good to its last bit.

    Parameters
    ----------
    base
        0, or a normal number above it. 0 to a positive power is 0 and to a negative one ∞.
    exponent
        Any finite number, but for base 0 not 0: like a negative base this gives no number.

    Returns
    -------
    value
        0 below e^−708 and ∞ above e^709; in single precision where its own range ends.
    """
    return base**exponent


def inverse_normal(u: Any) -> Any:
    """Where the standard normal distribution reaches u, in double precision, to a relative 10⁻¹⁵; compiled code only.

    Algorithm AS 241, PPND16: Wichura 1988, Applied Statistics 37(3), 477–484, doi 10.2307/2347330. It branches, and is
    not vectorised. u lies strictly between 0 and 1; elsewhere the value is no number.
    """
    return NormalDist().inv_cdf(u)


def inverse_normal_single(u: Any) -> Any:
    """:func:`inverse_normal` of a u in double precision, in single precision: vectorised; compiled code only.

    Let w = −log 4u(1 − u), which is even about ½ and 0 there; then the value is (u − ½)·P(w)/Q(w) on the whole of
    2⁻³³ ≤ u ≤ 1 − 2⁻³³, which a uniform of 32 bits does not leave. P and Q are the minimax fit of degrees 6 and 5, to a
    relative 9.8·10⁻⁹; w in place of u as in Giles 2012, GPU Computing Gems Jade, 109–116. It is computed in double
    precision, since then it never falls as u rises, and is rounded once: good to a relative 7·10⁻⁸. u near 1 is as
    good as u near 0, and 1 − u, where exact, gives the value of u with its sign turned. Where u is not strictly between
    0 and 1 the value is no number.
    """
    return NormalDist().inv_cdf(u)


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
    """A function that is made anew for each of several things, under a name of its own, as in :mod:`sim.jit`."""
    function.__qualname__ += f"_{sha256(repr(what).encode()).hexdigest()[:12]}"
    return function


def _exponential(
    F: Any, Int: Any, low: float, high: float, base: float, unit: tuple[float, float], bits: int, terms: int
) -> Callable[[Any], Any]:
    """b^x = 2^n·b^r with n whole and |r| ≤ ½ unit, and b^r by its series; ``unit`` is log_b 2 in two parts.

    The parts for e are those of Cephes. Adding 1.5·2^bits rounds to n and leaves n in the lowest bits, which then
    become the exponent of 2^n.
    """
    low, high, rate, big, upper, lower = F(low), F(high), F(math.log2(base)), F(1.5 * 2**bits), F(unit[0]), F(unit[1])
    series = tuple(F(math.log(base) ** k / math.factorial(k)) for k in range(terms, -1, -1))
    shift, bias = Int(bits), Int(np.finfo(F).maxexp - 1)

    def value(x: Any) -> Any:
        x = low if x < low else x  # a comparison, so that what is no number stays none
        x = high if x > high else x
        shifted = F(fma(x, rate, big))
        n = shifted - big
        r = fma(n, -lower, fma(n, -upper, x))
        y = series[0]
        for k in range(1, terms + 1):
            y = fma(y, r, series[k])
        return y * Int((shifted.view(Int) + bias) << shift).view(F)

    return _told_apart(value, (F, low, high, base, unit, bits, terms))


def _logarithm(
    F: Any, Int: Any, log2: tuple[float, float], bits: int, terms: tuple[float, ...], of_sum: bool
) -> Callable[[Any], Any]:
    """log u = k·log 2 + log(1 + f) with √½ ≤ 1 + f < √2, and that from s = f/(2 + f) as in Sun's fdlibm.

    Where k is 0, log(1 + x) takes f = x itself, which no rounding of 1 + x has touched. k becomes a float as the lowest
    bits of one whose last place is 1, since few processors convert vectors of long integers.
    """
    one, upper, lower, near = F(1), F(log2[0]), F(log2[1]), _near_one(F, terms)
    root, mantissa, bias = Int(F(math.sqrt(0.5)).view(Int)), Int(2**bits - 1), np.finfo(F).maxexp
    Word = np.uint32 if Int is np.int32 else np.uint64
    shift, offset, ones, big = Word(bits), Int(bias << bits), Int(F(2**bits).view(Int)), F(2**bits + bias)
    least, none, zero = F(-np.inf), F(np.nan), F(0)

    def value(x: Any) -> Any:
        u = F(one + x) if of_sum else F(x)
        above = Int(u.view(Int) - root)
        e = Int(Int(Word(Int(above + offset)) >> shift) | ones).view(F) - big
        f = F(Int((above & mantissa) + root).view(F) - one)
        if of_sum:
            f = F(x) if e == zero else f
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
_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)  # fmt: skip
_FLANK = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9),
)  # fmt: skip
_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15),
)  # fmt: skip
_EVEN = (
    (2.50662825005981, 0.894919244171718, 0.182030195173765, 0.0250526488744856,
     0.00227711822985934, 0.000118804729004965, 3.83561537241514e-07),
    (1.0, 0.0952214516163433, 0.0346598913284172, 0.00231233308119165,
     0.000248659950578318, 3.74633811196081e-06),
)  # fmt: skip
_SINGLE, _DOUBLE = (np.float32, np.int32), (np.float64, np.int64)
_LOG2, _LOG2_D = (6.9313812256e-01, 9.0580006145e-06), (6.93147180369123816490e-01, 1.90821492927058770002e-10)
_CEPHES, _CEPHES_D = (0.693359375, -2.12194440e-4), (6.93145751953125e-1, 1.42860682030941723212e-6)


@overload(exp)
def _exp(x: Any) -> Any:
    if x == types.float32:
        return _exponential(*_SINGLE, -87, 88, math.e, _CEPHES, 23, 7)
    return _exponential(*_DOUBLE, -708, 709, math.e, _CEPHES_D, 52, 13)


@overload(exp2)
def _exp2(x: Any) -> Any:
    if x == types.float32:
        return _exponential(*_SINGLE, -126, 127, 2, (1, 0), 23, 7)
    return _exponential(*_DOUBLE, -1022, 1023, 2, (1, 0), 52, 13)


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


@overload(power)
def _power(base: Any, exponent: Any) -> Any:
    single, D = np.float32, np.float64
    low, high, zero, infinite = D(-708), D(709), D(0), D(np.inf)

    def rounded(base: Any, exponent: Any) -> Any:
        return single(exp(D(exponent) * log(D(base))))  # which makes 0 and ∞ of the ends of double precision

    def value(base: Any, exponent: Any) -> Any:
        grown = D(exponent) * log(D(base))
        y = exp(grown)
        y = zero if grown < low else y
        return infinite if grown > high else y

    return rounded if base == types.float32 else value


@overload(inverse_normal)
def _inverse_normal(u: Any) -> Any:
    D, half, one = np.float64, 0.5, 1.0
    centre, flank, tail = _quotient(*_CENTRE), _quotient(*_FLANK), _quotient(*_TAIL)

    def value(u: Any) -> Any:
        u = D(u)
        c = u - half
        if abs(c) <= 0.425:
            return c * centre(0.180625 - c * c)
        r = math.sqrt(-log(u if c < 0 else one - u))
        z = flank(r - 1.6) if r <= 5 else tail(r - 5.0)
        return -z if c < 0 else z

    return value


@overload(inverse_normal_single)
def _inverse_normal_single(u: Any) -> Any:
    D, half, one, four = np.float64, 0.5, 1.0, 4.0
    even, logarithm = _quotient(*_EVEN), register_jitable(_logarithm(*_DOUBLE, _LOG2_D, 52, _FDLIBM, of_sum=False))

    def value(u: Any) -> Any:
        u = D(u)
        other = one - u
        least, most = (u, other) if u < other else (other, u)
        return np.float32((u - half) * even(-logarithm(four * least * most)))

    return value


def _quotient(above: tuple[float, ...], below: tuple[float, ...]) -> Callable[[Any], Any]:
    """P(x)/Q(x) of polynomials whose lowest coefficient comes first."""
    tops, bottoms = tuple(reversed(above)), tuple(reversed(below))
    top, bottom = len(tops), len(bottoms)

    def value(x: Any) -> Any:
        p, q = tops[0], bottoms[0]
        for k in range(1, top):
            p = fma(p, x, tops[k])
        for k in range(1, bottom):
            q = fma(q, x, bottoms[k])
        return p / q

    return register_jitable(_told_apart(value, (above, below)))
