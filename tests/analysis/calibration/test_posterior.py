"""What the patterns say about settings: known posteriors are found, and what says nothing is not told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.calibration import dependence_table, shift_table
from tests.analysis.calibration.toys import TRIALS, bank, counted

POINTS = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}


@pytest.mark.parametrize("observed", [0, 3, 10, TRIALS])
def test_kept_draws_of_a_binomial_are_its_exact_posterior(observed):
    """Uniform prior, ``observed`` of 20: Beta(observed + 1, 21 − observed), to the error of so many kept draws."""
    draws = counted(200_000, seed=observed, observed=observed)
    exact = stats.beta(observed + 1, TRIALS - observed + 1)
    kept = draws.quantiles["share"][draws.kept]
    assert stats.kstest(kept, exact.cdf).pvalue > 0.01
    (row,) = shift_table(draws).to_dict("records")
    assert row["kept"] == len(kept)
    assert len(kept) == pytest.approx(200_000 / (TRIALS + 1), rel=0.04)  # each count is as likely as another
    for name, point in POINTS.items():
        where = exact.ppf(point)
        error = np.sqrt(point * (1 - point) / len(kept)) / exact.pdf(where)  # of a sample quantile
        assert row[name] == pytest.approx(where, abs=4 * error), name
    sd = np.sqrt(1 / 12)
    assert row["shift"] == pytest.approx((exact.mean() - 0.5) / sd, abs=4 * exact.std() / sd / np.sqrt(len(kept)))
    assert row["narrowing"] == pytest.approx(1 - exact.std() / sd, abs=0.02)
    assert row["told"]


def test_the_central_interval_holds_the_truth_as_often_as_it_says():
    """Truths are drawn from the prior; each sees its own count, and asks the same bank."""
    table = {}
    for observed in range(TRIALS + 1):
        (table[observed],) = shift_table(counted(60_000, seed=1, observed=observed)).to_dict("records")
    luck = np.random.default_rng(2)
    truths = luck.random(2000)
    seen = [table[k] for k in luck.binomial(TRIALS, truths)]
    for low, high, level in (("q05", "q95", 0.9), ("q25", "q75", 0.5)):
        held = np.mean([row[low] <= u <= row[high] for u, row in zip(truths, seen, strict=True)])
        assert held == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 2000))


def test_settings_about_which_the_patterns_say_nothing_are_not_told():
    """Nineteen idle settings and one that moves: over many banks an idle one is named in about one of twenty."""
    named, found = 0, 0
    for seed in range(60):
        u = np.random.default_rng(seed).random((1500, 20))
        table = shift_table(bank({f"s{i}": u[:, i] for i in range(20)}, {"P": u[:, 7] < 0.3})).set_index("setting")
        found += bool(table.loc["s7", "told"])
        named += bool(table.drop("s7")["told"].any())
    assert found == 60
    assert named <= stats.binom(60, 0.05).isf(0.001)


def test_a_setting_that_only_narrowed_is_told_too():
    u = np.random.default_rng(3).random(4000)
    (row,) = shift_table(bank({"a": u}, {"P": np.abs(u - 0.5) < 0.25})).to_dict("records")
    assert row["shift"] == pytest.approx(0, abs=0.1)
    assert row["narrowing"] == pytest.approx(0.5, abs=0.03)
    assert row["ks"] == pytest.approx(0.25, abs=0.03)
    assert row["told"]


def test_p_values_are_adjusted_by_holm_within_the_theory():
    u = np.random.default_rng(4).random((3000, 4))
    odds = 0.5 + 0.12 * (u[:, 0] - 0.5) + 0.06 * (u[:, 1] - 0.5)
    table = shift_table(bank(dict(zip("abcd", u.T, strict=True)), {"P": np.random.default_rng(5).random(3000) < odds}))
    ordered = table.sort_values("p")
    by_hand = np.minimum(np.maximum.accumulate(ordered["p"] * [4, 3, 2, 1]), 1)
    assert ordered["p_holm"].tolist() == pytest.approx(by_hand.tolist())
    assert (table["told"] == (table["p_holm"] < 0.05)).all()
    assert table["shift"].abs().is_monotonic_decreasing


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_hardly_any_kept_world_tells_nothing_and_breaks_nothing(kept):
    u = np.random.default_rng(6).random((50, 3))
    draws = bank(dict(zip("abc", u.T, strict=True)), {"P": np.arange(50) < kept})
    table = shift_table(draws)
    assert (table["kept"] == kept).all()
    assert not table["told"].any()
    assert table["q50"].isna().all() == (kept == 0)
    assert table["narrowing"].isna().all() == (kept < 2)
    assert dependence_table(draws).empty


# In pairs


def test_a_ridge_is_what_cannot_be_told_apart():
    """Only the sum of a and b is seen: each may be high if the other is low; c stays out of it."""
    luck = np.random.default_rng(7)
    u = luck.random((20_000, 4))
    seen = u[:, 0] + u[:, 1] + luck.normal(0, 0.05, 20_000)
    draws = bank(dict(zip("abcd", u.T, strict=True)), {"P": np.abs(seen - 1) < 0.1})
    (row,) = dependence_table(draws).to_dict("records")
    kept = draws.quantiles[draws.kept]
    assert (row["first"], row["second"], row["kept"]) == ("a", "b", len(kept))
    assert row["correlation"] == pytest.approx(stats.spearmanr(kept["a"], kept["b"]).statistic)
    assert row["correlation"] < -0.9
    assert row["prior"] == pytest.approx(0, abs=0.05)


def test_shares_that_add_up_to_one_hang_together_before_anything_is_seen():
    """Three weights: nothing is learnt of them, so no pair is named although they are correlated."""
    luck = np.random.default_rng(8)
    weights = luck.dirichlet([3, 3, 3], 30_000)
    u = stats.beta(3, 6).cdf(weights)
    idle = bank(dict(zip("abc", u.T, strict=True)), {"P": luck.random(30_000) < 0.1})
    assert stats.spearmanr(u[:, 0], u[:, 1]).statistic < -0.4
    assert dependence_table(idle).empty
    assert not shift_table(idle)["told"].any()


def test_pairs_are_named_by_mistake_as_rarely_as_promised():
    named = 0
    for seed in range(100):
        luck = np.random.default_rng(seed)
        u = luck.random((1500, 6))
        named += not dependence_table(bank(dict(zip("abcdef", u.T, strict=True)), {"P": luck.random(1500) < 0.2})).empty
    assert named <= stats.binom(100, 0.05).isf(0.001)


def test_one_setting_has_no_pairs_and_a_constant_one_no_correlation():
    u = np.random.default_rng(9).random(200)
    every = {"P": np.ones(200, dtype=bool)}
    assert dependence_table(bank({"a": u}, every)).empty
    assert dependence_table(bank({"a": u, "still": np.full(200, 0.5)}, every)).empty


def test_tables_of_theories_can_be_put_below_each_other():
    draws = counted(2000, seed=1, observed=3)
    both = pd.concat([shift_table(draws), shift_table(counted(2000, seed=2, observed=3, theory="other"))])
    assert both["theory"].tolist() == ["toy", "other"]
