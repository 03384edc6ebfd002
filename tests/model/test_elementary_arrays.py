"""Elementary functions over arrays: as exact as they say, and the same at any width and in any layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numba import njit
from scipy.special import ndtri

from sim.arrays import Array, Floats
from sim.model import elementary
from sim.model import elementary_arrays as arrays

BOTH = pytest.mark.parametrize("dtype", [np.float32, np.float64])
PACKED = ("vfmadd213p", "vfmadd231p", "vfmadd132p", "fmla")
"""Fused multiply-adds of vectors, on x86 and on ARM."""
LUCK = np.random.default_rng(17)
WORDS = np.unique(
    np.concatenate(
        [
            *(np.arange(2000), np.arange(2**31 - 1000, 2**31 + 1000), np.arange(2**32 - 2000, 2**32)),
            *((2.0 ** LUCK.uniform(0, 32, 20_000)).astype(np.int64), LUCK.integers(0, 2**32, 20_000)),
        ]
    )
)
"""Words of 32 bits, each once and in order, with both ends, the middle, and much that is close to 0."""
UNIFORMS = (WORDS + 0.5) / 2**32


def units_off(found: Floats, true: Array) -> float:
    """Largest error in units of the last place."""
    return float(np.max(np.abs(found - true) / np.spacing(np.abs(true).astype(found.dtype))))


def singly(x: Floats) -> Floats:
    return arrays.inverse_normals(x, np.float32)


def power_of_half(x: Floats) -> Floats:
    return arrays.powers(np.abs(x), np.asarray(0.37, x.dtype))


# exp, exp2, log, log1p


@BOTH
def test_exponentials_and_logarithms_are_good_to_the_last_places(dtype: type) -> None:
    ends = np.finfo(dtype)
    wide = np.linspace(np.log(ends.tiny) + 1, np.log(ends.max) - 1, 40_001).astype(dtype)
    values = np.concatenate([np.exp(wide), LUCK.uniform(0.5, 2, 40_000).astype(dtype), [ends.tiny, ends.max]])
    hazards = -np.concatenate([LUCK.uniform(0, 0.99, 20_000), np.logspace(-30, -1, 2000)]).astype(dtype)
    assert units_off(arrays.exponentials(wide), np.exp(wide.astype(np.longdouble))) < 1
    assert units_off(arrays.logarithms(values), np.log(values.astype(np.longdouble))) < 1
    assert units_off(arrays.log1ps(hazards), np.log1p(hazards.astype(np.longdouble))) < 3
    halvings = np.linspace(ends.minexp, ends.maxexp - 1, 40_001).astype(dtype)
    assert units_off(arrays.exp2s(halvings), np.exp2(halvings.astype(np.longdouble))) < 1


@BOTH
def test_two_to_a_whole_power_is_exact(dtype: type) -> None:
    whole = np.arange(np.finfo(dtype).minexp, np.finfo(dtype).maxexp).astype(dtype)
    assert np.array_equal(arrays.exp2s(whole), np.ldexp(dtype(1), whole.astype(int)))


@BOTH
def test_the_ends_are_as_they_should_be(dtype: type) -> None:
    ends = np.array([np.nan, -np.inf, 0, np.inf], dtype)
    for function, low, high in (
        (arrays.exponentials, *((-87, 88) if dtype is np.float32 else (-708, 709))),
        (arrays.exp2s, np.finfo(dtype).minexp, np.finfo(dtype).maxexp - 1),
    ):
        found = function(ends)
        assert np.isnan(found[0])
        assert found[2] == 1
        assert np.array_equal(found[[1, 3]], function(np.array([low, high], dtype)))
    assert np.array_equal(
        arrays.logarithms(np.array([0, 1, -1, np.nan], dtype)), [-np.inf, 0, np.nan, np.nan], equal_nan=True
    )
    assert np.array_equal(arrays.log1ps(np.array([-1, 0, np.nan], dtype)), [-np.inf, 0, np.nan], equal_nan=True)


# Powers


def test_a_power_of_single_precision_is_good_to_its_last_bit() -> None:
    base, exponent = np.exp(LUCK.uniform(-20, 20, 40_000)), LUCK.uniform(-4, 4, 40_000)
    base, exponent = base.astype(np.float32), exponent.astype(np.float32)
    found = arrays.powers(base, exponent)
    assert found.dtype == np.float32
    assert units_off(found, base.astype(np.longdouble) ** exponent.astype(np.longdouble)) < 0.5001


def test_a_power_of_double_precision_loses_what_its_logarithm_is_large() -> None:
    base, exponent = np.exp(LUCK.uniform(-100, 100, 40_000)), LUCK.uniform(-6, 6, 40_000)
    true = base.astype(np.longdouble) ** exponent.astype(np.longdouble)
    off = np.abs(arrays.powers(base, exponent) / true - 1) / np.finfo(np.float64).eps
    assert np.max(off / (2 + np.abs(np.log(true)))) < 1


@BOTH
def test_powers_at_the_ends(dtype: type) -> None:
    base = np.array([0, 0, 0, 1, 1, 2, 2, np.nan, 2, -1, 5], dtype)
    exponent = np.array([2, 0.5, -1, 0, 77, 2e3, -2e3, 1, np.nan, 2, 0], dtype)
    true = [0, 0, np.inf, 1, 1, np.inf, 0, np.nan, np.nan, np.nan, 1]
    assert np.array_equal(arrays.powers(base, exponent), true, equal_nan=True)


def test_powers_broadcast_and_take_the_precision_of_arrays() -> None:
    base = LUCK.random((3, 1, 4))
    grid = arrays.powers(base, np.array([[1.0], [0.5]]))
    assert grid.shape == (3, 2, 4)
    assert np.array_equal(grid[:, 1], arrays.powers(base[:, 0], 0.5))
    assert arrays.powers(base.astype(np.float32), 0.5).dtype == np.float32
    assert arrays.powers(base.astype(np.float32), np.ones(4)).dtype == np.float64
    assert arrays.powers(2, np.arange(3)) == pytest.approx([1, 2, 4], rel=1e-15)


# Inverse normal


@pytest.mark.parametrize(("dtype", "bound"), [(np.float32, 7e-8), (np.float64, 2e-15)])
def test_inverse_normal_is_as_good_as_it_says(dtype: type, bound: float) -> None:
    away = UNIFORMS[np.abs(UNIFORMS - 0.5) > 1e-4]
    low, high = away[away < 0.5], away[away > 0.5]
    assert np.max(np.abs(arrays.inverse_normals(low, dtype) / ndtri(low) - 1)) < bound
    assert np.max(np.abs(arrays.inverse_normals(high, dtype) / -ndtri(1 - high) - 1)) < bound
    c = UNIFORMS[np.abs(UNIFORMS - 0.5) <= 1e-4] - 0.5  # where the series is better than any library
    series = np.sqrt(2 * np.pi) * c * (1 + np.pi / 3 * c**2)
    assert np.max(np.abs(arrays.inverse_normals(0.5 + c, dtype) / series - 1)) < bound


def test_inverse_normal_in_double_precision_holds_far_out() -> None:
    far = np.logspace(-300, -1, 2000)
    assert np.max(np.abs(arrays.inverse_normals(far) / ndtri(far) - 1)) < 2e-15


@BOTH
def test_inverse_normal_never_falls(dtype: type) -> None:
    assert np.all(np.diff(arrays.inverse_normals(UNIFORMS, dtype)) >= 0)
    seams = [1 << k for k in range(8, 32)] + [round(2**32 * (1 - np.sqrt(1 - 2.0**-k)) / 2) for k in range(1, 32)]
    seams += [round(2**32 * (1 - np.sqrt(1 - 2.0 ** -(k + 0.5))) / 2) for k in range(31)]
    seams += [round(2**32 * tail) for tail in (0.075, np.exp(-25) + 1e-7)]
    for seam in seams:
        words = np.arange(max(seam - 2000, 0), min(seam + 2000, 2**32))
        assert np.all(np.diff(arrays.inverse_normals((words + 0.5) / 2**32, dtype)) >= 0)


@BOTH
def test_inverse_normal_is_odd_about_one_half(dtype: type) -> None:
    assert np.array_equal(arrays.inverse_normals(1 - UNIFORMS, dtype), -arrays.inverse_normals(UNIFORMS, dtype))
    assert arrays.inverse_normals(0.5, dtype) == 0


@BOTH
def test_what_is_no_uniform_has_no_normal_value(dtype: type) -> None:
    assert np.isnan(arrays.inverse_normals(np.array([np.nan, 0, 1, -0.5, 1.5, np.inf]), dtype)).all()


# All of them

ALL = pytest.mark.parametrize(
    "function",
    [
        *(arrays.exponentials, arrays.exp2s, arrays.logarithms, arrays.log1ps, power_of_half),
        *(arrays.inverse_normals, singly),
    ],
)


def arguments(function: Callable[..., Floats], dtype: Any, *shape: int) -> Floats:
    uniform = np.random.default_rng(5).random(shape)
    return (-uniform if function is arrays.log1ps else uniform).astype(dtype)


@ALL
@BOTH
def test_a_value_is_the_same_at_any_width_and_in_any_layout(function: Callable[..., Floats], dtype: type) -> None:
    x = arguments(function, dtype, 1000)
    whole = function(x)
    assert np.array_equal(whole, np.concatenate([function(x[i : i + 1]) for i in range(1000)]))
    for width in (3, 17, 64, 999):
        assert np.array_equal(whole[:width], function(x[:width]))
    assert np.array_equal(whole[::3], function(x[::3]))
    assert np.array_equal(whole[::-1], function(x[::-1]))
    cube = x.reshape(10, 20, 5)
    for turned in (cube, cube.T, np.asfortranarray(cube), cube[:, 3:11:2]):
        found = function(turned)
        assert found.shape == turned.shape
        assert np.array_equal(found.reshape(-1), [function(one) for one in turned.reshape(-1)])


@ALL
def test_any_shape_comes_back_and_what_came_in_is_untouched(function: Callable[..., Floats]) -> None:
    for shape in ((), (0,), (3, 0), (2, 3, 4)):
        x = arguments(function, np.float64, *shape)
        before = x.copy()
        x.setflags(write=False)
        assert function(x).shape == shape
        assert np.array_equal(x, before)


@pytest.mark.parametrize("function", [arrays.exponentials, arrays.exp2s, arrays.logarithms, arrays.log1ps])
def test_single_precision_stays_single_and_whole_numbers_become_double(function: Callable[..., Floats]) -> None:
    assert function(np.zeros(3, np.float32)).dtype == np.float32
    assert function(np.zeros(3, int)).dtype == np.float64
    assert np.array_equal(function([0, 0]), function(np.zeros(2)))


@pytest.mark.parametrize("name", ["exp", "exp2", "log", "log1p", "inverse_normal", "inverse_normal_single"])
@BOTH
def test_a_scalar_in_a_kernel_has_the_bits_of_the_array(name: str, dtype: type) -> None:
    scalar = njit(error_model="numpy")(lambda x: function(x))
    function = getattr(elementary, name)
    over = {"exp": arrays.exponentials, "exp2": arrays.exp2s, "log": arrays.logarithms, "log1p": arrays.log1ps}
    values = over.get(name, singly if name.endswith("single") else arrays.inverse_normals)
    x = arguments(values, dtype, 200)
    assert np.array_equal(values(x), [scalar(one) for one in x])


@BOTH
def test_a_scalar_power_in_a_kernel_has_the_bits_of_the_array(dtype: type) -> None:
    scalar = njit(error_model="numpy")(lambda base, exponent: elementary.power(base, exponent))
    base, exponent = LUCK.random((2, 200)).astype(dtype)
    assert np.array_equal(arrays.powers(base, exponent), [scalar(*one) for one in zip(base, exponent, strict=True)])


@pytest.mark.parametrize("name", ["_exponentials", "_exp2s", "_logarithms", "_log1ps", "_powers"])
@BOTH
def test_loops_are_vectorised(name: str, dtype: type) -> None:
    vectorised(getattr(arrays, name), dtype)


def test_the_loop_of_single_precision_normals_is_vectorised() -> None:
    vectorised(arrays._inverse_normals_single, np.float64, np.float32)


def vectorised(loop: Any, *dtypes: Any) -> None:
    """Compile the loop anew, since the code that was kept has no assembler with it."""
    fresh = njit(error_model="numpy")(loop.py_func)
    operands = loop.py_func.__code__.co_argcount
    row = [np.full(8, 0.5, dtype) for dtype in (dtypes * operands)[:operands]]
    fresh(*row)
    (assembler,) = fresh.inspect_asm().values()
    if "vfmadd" not in assembler and "fmla" not in assembler:
        pytest.skip("this processor has no fused multiply-add")
    assert any(word in assembler for word in PACKED)
