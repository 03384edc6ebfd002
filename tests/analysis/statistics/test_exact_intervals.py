"""Exact intervals of shares: Clopper and Pearson's, and of runs that come in clusters."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from sim.analysis.statistics.intervals import exact, exact_of_clusters


@pytest.mark.parametrize(("count", "of"), [(0, 10), (10, 10), (1, 10), (37, 100), (999, 1000)])
def test_it_is_that_of_the_binomial_test(count, of):
    wanted = binomtest(count, of).proportion_ci(method="exact")
    assert exact(count, of) == pytest.approx((wanted.low, wanted.high))


def test_what_is_always_so_has_an_end_that_is_known_by_hand():
    assert exact(1000, 1000) == pytest.approx((0.025 ** (1 / 1000), 1.0))
    assert exact(0, 0) == (0, 1)


def test_futures_of_one_world_count_as_far_as_they_differ():
    luck = np.random.default_rng(1)
    world = np.repeat(np.arange(200), 5)
    alike = np.repeat(luck.random(200) < 0.3, 5).astype(float)
    unlike = (luck.random(1000) < 0.3).astype(float)
    assert exact_of_clusters(alike, world) == pytest.approx(exact(alike.sum() / 5, 200), rel=0.02)
    low, high = exact_of_clusters(unlike, world)
    few, many = exact(unlike.mean() * 1000, 1000), exact(unlike.mean() * 200, 200)
    assert many[0] < low < high < many[1]
    assert high - low == pytest.approx(few[1] - few[0], rel=0.25)
    assert exact_of_clusters(np.ones(1000), world) == exact(200, 200), "all alike, nobody knows how futures differ"


def test_runs_of_a_world_each_are_independent():
    passed = np.array([1.0, 0, 0, 1, 1, 1])
    assert exact_of_clusters(passed, np.arange(6)) == exact(4, 6)
