"""The check of the method: it passes where all is right as often as it says, and fails where something is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.analysis.calibration import self_check
from tests.analysis.calibration.toys import bank, counted


def world(count, seed, *, luck_of=None, settings=4, prior=None, labels=None):
    """Worlds in which two of the settings, and luck, decide two patterns. ``luck_of``: one luck for all draws."""
    own = np.random.default_rng(seed)
    u = own.random((count, settings)) if prior is None else prior(own, (count, settings))
    if luck_of is None:
        noise = own.normal(0, 0.3, (count, 2))
    else:
        noise = np.broadcast_to(np.random.default_rng(luck_of).normal(0, 0.3, 2), (count, 2))
    passes = {"P": u[:, 0] + noise[:, 0] > 0.5, "Q": u[:, 0] + u[:, 1] + noise[:, 1] > 1}
    shown = u if labels is None else u[:, labels]
    return bank({f"s{i}": shown[:, i] for i in range(settings)}, passes)


def test_a_bank_with_luck_of_its_own_for_each_draw_passes():
    found = self_check(world(20_000, 1), world(500, 2))
    assert found.passed
    assert found.settings["truths"].tolist() == [500] * 4
    assert found.settings["inside"].all()
    assert found.left_out == 0
    assert found.ranks.shape == (500, 4)
    assert found.cells["truths"].sum() == 500
    assert (
        found.sentence
        == "toy: 500 truths, 0 of them in pooled cells; ranks of all settings even, coverage as promised."
    )


@pytest.mark.parametrize("luck", range(5))
def test_a_bank_with_common_luck_fails(luck):
    """The trap: every prior draw under one luck. The settings that matter take the blame for what luck did."""
    found = self_check(world(20_000, 1, luck_of=luck), world(500, 2))
    assert not found.passed
    assert not found.settings.set_index("setting").loc["s0", "inside"]
    assert "not to be trusted" in found.sentence


@pytest.mark.parametrize(
    "wrong",
    [
        {"prior": lambda luck, shape: luck.beta(1.4, 1.0, shape)},  # another prior than the truths'
        {"prior": lambda luck, shape: luck.beta(1.6, 1.6, shape)},  # too narrow: only the tails are wrong
        {"labels": [1, 0, 2, 3]},  # quantiles under another setting's name
    ],
    ids=["shifted", "narrow", "mislabelled"],
)
def test_a_posterior_that_is_wrong_fails(wrong):
    assert not self_check(world(20_000, 3, **wrong), world(500, 4)).passed


def test_quantiles_of_other_runs_fail():
    """The settings shown are of other worlds: a posterior that is the prior, whose ranks over all cells are even."""
    right = world(20_000, 5)
    order = np.random.default_rng(6).permutation(20_000)
    moved = bank({name: right.quantiles[name].to_numpy()[order] for name in right.settings}, right.passes)
    found = self_check(moved, world(500, 7))
    assert found.settings["inside"].all()
    assert not found.passed
    assert set(found.cells.loc[~found.cells["inside"], "worst"]) == {"s0", "s1"}
    assert "uneven in the cells: none" in found.sentence


@pytest.mark.parametrize(("draws", "truths"), [(20_000, 300), (400, 400)], ids=["a large bank", "as many as truths"])
def test_it_passes_as_often_as_it_says_where_all_is_right(draws, truths):
    """Truths of one cell share the bank's draws; with few of these, ranks stray further, and that is allowed for."""
    passed = sum(self_check(world(draws, seed), world(truths, seed + 10_000)).passed for seed in range(100))
    assert passed >= stats.binom(100, 0.95).ppf(0.001)


def test_coverage_is_counted_by_the_size_of_the_cell():
    """Counts of 20 make 21 cells; the exact posterior is known, so their central intervals hold what they say."""
    found = self_check(counted(2500, 1), counted(1500, 2))
    assert found.passed
    table = found.coverage.set_index(["draws", "level"])
    assert set(found.coverage["draws"]) == {"100 to 999", "20 to 99", "all"} & set(found.coverage["draws"])
    assert table.loc[("all", 0.9), "truths"] == 1500 - found.left_out
    assert table.loc[("all", 0.9), "coverage"] == pytest.approx(0.9, abs=0.04)
    assert table.loc[("all", 0.5), "coverage"] == pytest.approx(0.5, abs=0.05)
    assert (table["low"] < table["coverage"]).all()


def test_cells_with_few_draws_are_pooled_and_said():
    found = self_check(counted(200, 1), counted(300, 2))  # about ten draws a cell
    cells = found.cells.set_index("cell")
    assert cells.loc["few draws", "truths"] > 200
    assert cells.loc["few draws", "ranked"]
    assert f"{cells.loc['few draws', 'truths']} of them in pooled cells" in found.sentence
    assert found.left_out == 0


def test_truths_without_draws_to_be_ranked_among_are_left_out_and_said():
    draws = bank({"a": np.linspace(0.01, 0.99, 1000)}, {"P": np.zeros(1000, dtype=bool)})
    luck = np.random.default_rng(1)
    truths = bank({"a": luck.random(100)}, {"P": np.arange(100) < 7})
    found = self_check(draws, truths)
    assert (found.left_out, len(found.ranks)) == (7, 93)
    assert "7 left out" in found.sentence
    nothing = self_check(draws, truths.where(truths.kept))
    assert not nothing.passed
    assert "not checked" in nothing.sentence
    assert nothing.settings.empty


def test_settings_that_take_few_values_rank_evenly_too():
    """Whole numbers tie; ties are broken at random, the same way each time."""

    def few(count, seed):
        luck = np.random.default_rng(seed)
        u = (luck.integers(0, 4, count) + 0.5) / 4
        return bank({"a": u}, {"P": luck.random(count) < u})

    found = self_check(few(5000, 1), few(500, 2))
    assert found.passed
    assert found.ranks.equals(self_check(few(5000, 1), few(500, 2)).ranks)
    assert not found.ranks.equals(self_check(few(5000, 1), few(500, 2), seed=1).ranks)


def test_bank_and_truths_must_be_of_one_kind():
    with pytest.raises(ValueError, match="not of one theory"):
        self_check(world(100, 1), world(100, 2, settings=3))
