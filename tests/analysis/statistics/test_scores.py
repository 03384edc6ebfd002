"""Proper scores: hand-made answers, and against what they are defined by."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.analysis.statistics.scores import (
    EVEN,
    brier,
    crps,
    crps_interval,
    difference,
    log_score,
    resampled,
    rule_of_succession,
)


def test_who_is_certain_and_right_scores_nothing_and_a_fair_coin_a_quarter():
    assert brier(1.0, True) == brier(0.0, False) == log_score(1.0, True) == log_score(0.0, False) == 0
    assert brier(EVEN, True) == brier(EVEN, False) == 0.25
    assert log_score(EVEN, True) == log_score(EVEN, False) == math.log(2)
    assert log_score(0.0, True) == math.inf


@pytest.mark.parametrize("score", [brier, log_score])
def test_a_score_is_proper(score):
    """In expectation nobody does better than by what is so."""
    said, so = np.linspace(0.01, 0.99, 99), 0.3
    expected = [so * score(p, True) + (1 - so) * score(p, False) for p in said]
    assert said[int(np.argmin(expected))] == pytest.approx(so)


def test_a_climatology_of_nothing_is_even_and_none_is_certain():
    assert rule_of_succession(0, 0) == 0.5
    assert rule_of_succession(0, 4) == pytest.approx(1 / 6)
    assert rule_of_succession(4, 4) == pytest.approx(5 / 6)


def test_crps_by_hand_and_by_its_other_definition():
    assert crps(np.array([1.0, 3.0]), 2.0) == pytest.approx(0.5)  # ∫ from 1 to 3 of 1/4
    assert crps(np.array([0.0, 0.0, 4.0]), 6.0) == pytest.approx(4 * 4 / 9 + 2)
    values, seen = np.random.default_rng(3).normal(10, 4, 150), 7.5
    apart = np.abs(values - seen).mean() - np.abs(values[:, None] - values).mean() / 2
    assert crps(values, seen) == pytest.approx(apart)


def test_the_interval_of_crps_holds_it_and_is_wider_where_runs_come_in_clusters():
    values = np.repeat(np.random.default_rng(3).normal(10, 4, 100), 4)
    alone, in_fours = (crps_interval(values, of, 12.0) for of in (np.arange(400), np.arange(400) // 4))
    assert alone[0] < crps(values, 12.0) < alone[1]
    assert in_fours[1] - in_fours[0] > 1.6 * (alone[1] - alone[0])


def test_a_resample_draws_clusters_whole():
    weights = resampled(np.array([0, 0, 1, 2]))
    assert np.allclose(weights.sum(axis=1), 1)
    assert (weights[:, 0] == weights[:, 1]).all()
    assert weights[:, 2].std() > 0


def test_a_difference_has_the_interval_of_both_and_of_a_certainty_that_of_the_other():
    assert difference((0.2, 0.1, 0.4), (0.3, 0.3, 0.3)) == pytest.approx((-0.1, -0.2, 0.1))
    assert difference((0.5, 0.2, 0.8), (0.1, 0.0, 0.5)) == pytest.approx((0.4, 0.4 - 0.5, 0.4 + math.hypot(0.3, 0.1)))
