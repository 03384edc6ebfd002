from __future__ import annotations

import numpy as np
import pytest

from sim.figures.drawing import quantile_dotplot as dotplot


@pytest.mark.parametrize("runs", [2, 7, 49, 50, 99, 100, 400, 1001])
def test_there_are_always_fifty_dots(runs: int) -> None:
    assert dotplot.quantile_dots(np.arange(runs, dtype=float)).size == 50


def test_each_dot_is_a_value_that_some_run_has() -> None:
    values = np.array([0.0, 0.0, 3.0, 17.0, 400.0])
    assert set(dotplot.quantile_dots(values)) <= set(values)


@pytest.mark.parametrize("runs", [50, 100, 200, 400, 1000])
def test_dots_beyond_a_threshold_are_the_runs_beyond_it_to_the_nearest_dot(runs: int) -> None:
    values = np.arange(runs, dtype=float)
    dots = dotplot.quantile_dots(values)
    for beyond in range(runs + 1):
        share = beyond / runs
        assert abs((dots >= runs - beyond).sum() - 50 * share) <= 0.5 + 1e-9


def test_the_middle_half_leaves_a_quarter_on_either_side() -> None:
    values = np.arange(1, 101, dtype=float)
    assert (dotplot.quantile(values, 25), dotplot.quantile(values, 75)) == (25, 75)
    assert (dotplot.quantile(values, 5), dotplot.quantile(values, 95)) == (5, 95)


def _least_distance(dots: dotplot.Columns) -> float:
    x, y = dots.x[:, None] - dots.x, dots.y[:, None] - dots.y
    apart = np.hypot(x, y)
    np.fill_diagonal(apart, np.inf)
    return float(apart.min())


@pytest.mark.parametrize("shape", ["skewed", "clustered", "constant", "even"])
def test_dots_never_overlap(shape: str) -> None:
    rng = np.random.default_rng(3)
    x = np.sort(
        {
            "skewed": rng.gamma(0.7, 1, 50),
            "clustered": np.repeat([0.0, 0.1, 0.15, 5.0], [20, 5, 5, 20]),
            "constant": np.full(50, 2.0),
            "even": np.linspace(0, 6, 50),
        }[shape]
    )
    dots = dotplot.largest_columns(x, 3.0)
    assert _least_distance(dots) >= dots.diameter - 1e-9
    assert dots.height <= 3.0 + 1e-6
    assert dots.y.min() == pytest.approx(dots.diameter / 2)


def test_a_column_stands_within_a_dot_of_what_it_holds() -> None:
    x = np.sort(np.random.default_rng(4).gamma(2, 1, 50))
    dots = dotplot.largest_columns(x, 3.0)
    assert np.abs(dots.x - x).max() <= dots.diameter


def test_no_dot_crosses_the_threshold() -> None:
    x = np.sort(np.random.default_rng(4).normal(3, 0.2, 50))
    split = int((x <= 3).sum())
    dots = dotplot.largest_columns(x, 3.0, split=split, border=3.0)
    assert dots.x[:split].max() + dots.diameter / 2 < 3.0 < dots.x[split:].min() - dots.diameter / 2
    assert _least_distance(dots) >= dots.diameter - 1e-9


def test_a_mass_stands_as_a_block_about_its_value() -> None:
    block = dotplot.block(50, 0.17, centre=2.0, height=3.0)
    assert _least_distance(block) >= 0.17 - 1e-9
    assert block.height <= 3.0
    assert block.x.max() + block.x.min() == pytest.approx(4.0)


def test_a_block_that_a_threshold_would_cut_moves_to_its_own_side() -> None:
    block = dotplot.block(50, 0.17, centre=2.0, height=3.0)
    assert block.beside(1.95).x.min() - 0.085 > 1.95
    assert block.beside(2.05).x.max() + 0.085 < 2.05
    assert block.beside(float("nan")) is block
