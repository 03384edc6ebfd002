from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from sim.analysis.statistics.band_depth import centre, modified_band_depth


def test_the_middle_of_three_parallel_curves_lies_in_every_band() -> None:
    curves = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0]])
    assert modified_band_depth(curves) == pytest.approx([2 / 3, 1, 2 / 3])


def test_depth_by_ranks_is_depth_by_counting_pairs() -> None:
    curves = np.random.default_rng(1).poisson(2, (9, 12)).astype(float)
    counted = np.zeros(9)
    pairs = list(combinations(range(9), 2))
    for i, j in pairs:
        low, high = np.minimum(curves[i], curves[j]), np.maximum(curves[i], curves[j])
        counted += ((low <= curves) & (curves <= high)).mean(axis=1)
    assert modified_band_depth(curves) == pytest.approx(counted / len(pairs))


def test_equal_curves_are_equally_deep() -> None:
    assert modified_band_depth(np.zeros((5, 3))) == pytest.approx(1.0)


def test_missing_days_do_not_count() -> None:
    curves = np.array([[0.0, 0.0], [1.0, np.nan], [2.0, 2.0], [np.nan, np.nan]])
    depth = modified_band_depth(curves)
    assert depth[1] == 1
    assert depth[3] == 0


def test_one_curve_has_no_depth() -> None:
    with pytest.raises(ValueError, match="two or more"):
        modified_band_depth(np.zeros((1, 4)))


def test_the_band_is_the_envelope_of_the_deepest_half() -> None:
    curves = np.arange(7.0)[:, None] + np.zeros(3)
    middle = centre(curves)
    assert middle.deepest == 3
    assert (middle.low.tolist(), middle.high.tolist()) == ([2, 2, 2], [5, 5, 5]) or (
        middle.low.tolist(),
        middle.high.tolist(),
    ) == ([1, 1, 1], [4, 4, 4])


def test_a_band_of_whole_curves_keeps_the_peaks_that_pointwise_quantiles_cut() -> None:
    days = np.arange(60)
    curves = np.array([np.exp(-(((days - peak) / 3) ** 2)) for peak in range(10, 50)])
    assert centre(curves).high.max() == pytest.approx(1.0)
    assert np.quantile(curves, 0.75, axis=0).max() < 0.5


def test_the_band_has_a_gap_where_no_central_curve_has_a_value() -> None:
    curves = np.array([[1.0, np.nan], [1.0, np.nan], [1.0, np.nan]])
    assert np.isnan(centre(curves).low).tolist() == [False, True]
