"""Shares of variance from given data: right where they are known, fair where there is nothing, honest about both."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.test_functions import Ishigami, Sobol_G

from sim.analysis.statistics.correlation_ratio import LEAST, class_count, correlation_ratios

ISHIGAMI = np.array([0.3139, 0.4424, 0.0])
"""First-order indices for a = 7, b = 0.1 (Ishigami & Homma 1990)."""


def test_the_shares_of_ishigamis_function_come_out_of_a_plain_sample() -> None:
    points = np.random.default_rng(3).uniform(-np.pi, np.pi, size=(4000, 3))
    found = correlation_ratios(points, Ishigami.evaluate(points))
    assert found.share == pytest.approx(ISHIGAMI, abs=0.03)
    assert found.p[0] < 1e-6
    assert found.p[1] < 1e-6
    assert found.p[2] > 0.01, "the third has no share alone, whatever it does with the first"


def test_the_shares_of_the_g_function_come_out_of_a_plain_sample() -> None:
    a = np.array([0.0, 1.0, 4.5, 9.0])
    parts = 1 / (3 * (1 + a) ** 2)
    known = parts / (np.prod(1 + parts) - 1)
    points = np.random.default_rng(5).uniform(size=(4000, 4))
    found = correlation_ratios(points, Sobol_G.evaluate(points, a))
    assert found.share == pytest.approx(known, abs=0.03)
    assert list(np.argsort(-found.share)) == [0, 1, 2, 3]


def test_what_tells_nothing_has_a_share_of_nought_on_average_and_not_more() -> None:
    luck = np.random.default_rng(1)
    shares = np.concatenate([correlation_ratios(luck.normal(size=(200, 8)), luck.normal(size=200)).share
                             for _ in range(30)])  # fmt: skip
    assert abs(shares.mean()) < 4 * shares.std() / np.sqrt(len(shares))
    raw_bias = (class_count(200) - 1) / 199
    assert abs(shares.mean()) < raw_bias / 5, "which is what uncorrected shares would be above nought"


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    luck, known, held, chance = np.random.default_rng(2), 0.5, 0, 0
    for _ in range(60):
        x = luck.integers(0, 5, size=(300, 2)).astype(float)  # five classes hold all that there is to know
        found = correlation_ratios(x, x[:, 0] / np.sqrt(2) + luck.normal(size=300))
        held += found.low[0] <= known <= found.high[0]
        chance += found.p[1] < 0.05
    assert held >= 51, "some 57 of 60"
    assert chance <= 9, "some 3 of 60"


def test_dependent_inputs_share_what_they_share() -> None:
    """The second acts through nothing but the first, and still goes along with the outcome: the page must say so."""
    luck = np.random.default_rng(4)
    first = luck.normal(size=4000)
    second = 0.8 * first + 0.6 * luck.normal(size=4000)
    found = correlation_ratios(np.column_stack([first, second]), first)
    assert found.share == pytest.approx([1.0, 0.64], abs=0.05)
    assert found.share.sum() > 1.5


def test_only_the_order_of_an_input_counts_and_equal_values_stay_together() -> None:
    luck = np.random.default_rng(6)
    x = luck.integers(1, 4, size=500).astype(float)
    y = x + luck.normal(size=500)
    found, other = (correlation_ratios(column[:, None], y) for column in (x, np.exp(x)))
    assert found.classes == [3]
    assert other.share == pytest.approx(found.share)
    mostly = np.where(luck.uniform(size=500) < 0.7, 0.0, luck.uniform(size=500))
    assert 2 <= correlation_ratios(mostly[:, None], y).classes[0] <= class_count(500)


def test_the_same_data_give_the_same_table() -> None:
    luck = np.random.default_rng(7)
    x, y = luck.normal(size=(100, 2)), luck.normal(size=100)
    assert (correlation_ratios(x, y).low == correlation_ratios(x, y).low).all()


def test_an_outcome_or_an_input_that_never_varies_has_no_share() -> None:
    luck = np.random.default_rng(8)
    x = np.column_stack([luck.normal(size=100), np.ones(100)])
    constant = correlation_ratios(x, np.full(100, 3.0))
    assert (constant.share == 0).all()
    assert (constant.p == 1).all()
    found = correlation_ratios(x, luck.normal(size=100))
    assert (found.share[1], found.low[1], found.high[1], found.p[1]) == (0, 0, 0, 1)


@pytest.mark.parametrize("spoiled", [np.nan, np.inf])
def test_what_is_no_number_is_refused(spoiled: float) -> None:
    x = np.random.default_rng(9).normal(size=(100, 2))
    y = x[:, 0].copy()
    y[17] = spoiled
    with pytest.raises(ValueError, match="not a number"):
        correlation_ratios(x, y)
    with pytest.raises(ValueError, match="at least"):
        correlation_ratios(x[: LEAST - 1], x[: LEAST - 1, 0])
