"""One outcome of two cases, pair by pair."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.statistics.intervals import Interval, Mean
from sim.analysis.statistics.paired_difference import compare_all, more, sample, table, variance_reduction

EXITS, LEFT, DAY = "exits_by_record_end", "available_on_target", "first_report_date"


def runs(
    case: str, values, *, first: int = 0, seed: int = 1, status: str = "ok", outcome: str = EXITS, future: int = 0
) -> pd.DataFrame:
    values = pd.Series(values)
    return pd.DataFrame({"case": case, "root_seed": seed, "replicate": np.arange(len(values)) + first,
                         "future": future, "status": status, outcome: values})  # fmt: skip


def only(*frames: pd.DataFrame, outcome: str = EXITS):
    (found,) = compare_all(pd.concat(frames, ignore_index=True), [("a", "b", outcome)])
    return found


def test_the_difference_is_other_less_baseline_and_shared_luck_drops_out():
    luck = np.random.default_rng(1).normal(50, 20, 60)
    gain = np.random.default_rng(2).normal(-4, 1, 60)
    found = only(runs("a", luck), runs("b", luck + gain))
    assert found.difference == pytest.approx(gain.mean())
    assert found.low < -4 < found.high < 0
    assert (found.better, found.worse, found.paired, found.pairs) == (1.0, 0.0, True, 60)
    assert found.vr_factor > 100
    assert found.more == 0
    assert found.settled


def test_pairs_are_made_by_seed_and_replicate_whatever_the_order_of_rows():
    a, b = runs("a", range(30)), runs("b", np.arange(30) + 1.0)
    found = only(a.sample(frac=1, random_state=1), b.sample(frac=1, random_state=2))
    assert (found.difference, found.better, found.worse) == (1.0, 0.0, 1.0)


def test_what_is_better_is_the_outcomes_own_business():
    fewer = only(runs("a", [5.0] * 8), runs("b", [4.0] * 8))
    available = only(runs("a", [5.0] * 8, outcome=LEFT), runs("b", [4.0] * 8, outcome=LEFT), outcome=LEFT)
    assert (fewer.better, fewer.worse, fewer.tied) == (1.0, 0.0, 0.0)
    assert (available.better, available.worse, available.tied) == (0.0, 1.0, 0.0)


def test_the_share_of_better_pairs_has_an_interval_of_its_own():
    found = only(runs("a", [5.0] * 100), runs("b", [4.0] * 83 + [6.0] * 12 + [5.0] * 5))
    assert (found.better, found.worse, found.tied) == pytest.approx((0.83, 0.12, 0.05))
    assert 0.7 < found.better_low < 0.83 < found.better_high < 0.9


def test_runs_of_other_seeds_do_not_pair_and_are_compared_as_two_samples():
    rng = np.random.default_rng(3)
    a, b = rng.normal(10, 2, 80), rng.normal(8, 2, 50)
    found = only(runs("a", a, seed=1), runs("b", b, seed=2))
    assert not found.paired
    assert "unpaired" in found.method
    assert found.difference == pytest.approx(b.mean() - a.mean())
    assert found.better == pytest.approx((b[:, None] < a[None, :]).mean())
    assert (found.vr_factor, found.better_low, found.pairs) == (None, None, 50)


def test_of_two_samples_equal_values_are_neither_better_nor_worse():
    rng = np.random.default_rng(4)
    a, b = rng.integers(0, 4, 60).astype(float), rng.integers(0, 4, 40).astype(float)
    found = only(runs("a", a, seed=1), runs("b", b, seed=2))
    gaps = b[:, None] - a[None, :]
    shares = [(gaps < 0).mean(), (gaps > 0).mean(), (gaps == 0).mean()]
    assert [found.better, found.worse, found.tied] == pytest.approx(shares)
    assert shares[2] > 0.1


def test_failed_runs_and_runs_without_a_partner_take_no_part():
    a = pd.concat([runs("a", range(10)), runs("a", [999.0], first=10, status="failed")])
    b = pd.concat([runs("b", np.arange(8) + 2.0), runs("b", [1.0], first=10)])
    found = only(a, b)
    assert (found.pairs, found.alone, found.difference) == (8, 3, 2.0)


# Futures of one world


def futures(case: str, by_future, **which) -> pd.DataFrame:
    """Runs of the same worlds in their futures, a row of values each."""
    return pd.concat([runs(case, values, future=future, **which) for future, values in enumerate(by_future)])


def test_futures_of_a_world_are_one_pair_whose_difference_is_the_mean_of_theirs():
    """By hand: worlds differ by 1, 2 and 6 on average, so by 3, with the standard deviation of these three."""
    a = futures("a", [[10.0, 20.0, 30.0], [12.0, 20.0, 34.0]])
    b = futures("b", [[10.0, 22.0, 38.0], [14.0, 22.0, 38.0]])
    found = only(a, b)
    alone = only(runs("a", [11.0, 20.0, 32.0]), runs("b", [12.0, 22.0, 38.0]))
    assert (found.difference, found.pairs, found.paired, found.alone) == (3.0, 3, True, 0)
    assert (found.low, found.high, found.p) == (alone.low, alone.high, alone.p)
    assert (found.better, found.worse, found.tied) == (0.0, 1.0, 0.0)


def test_more_futures_of_the_same_worlds_make_no_interval_narrower():
    rng = np.random.default_rng(5)
    luck, gain = rng.normal(50, 20, 40), rng.normal(-2, 3, 40)
    once = only(runs("a", luck), runs("b", luck + gain))
    often = only(futures("a", [luck] * 25), futures("b", [luck + gain] * 25))
    assert (often.pairs, often.difference) == (40, pytest.approx(once.difference))
    assert (often.low, often.high) == pytest.approx((once.low, once.high))
    apart = only(futures("a", [luck] * 25, seed=1), futures("b", [luck + gain] * 25, seed=2))
    two = only(runs("a", luck, seed=1), runs("b", luck + gain, seed=2))
    assert not apart.paired
    assert (apart.low, apart.high) == pytest.approx((two.low, two.high))


def test_only_futures_that_both_sides_have_make_pairs():
    a = futures("a", [[10.0, 20.0, 30.0], [99.0, 99.0, 99.0]])
    b = runs("b", [11.0, 22.0, 33.0])
    found = only(a, b)
    assert (found.difference, found.pairs, found.paired, found.alone) == (2.0, 3, True, 3)
    later = futures("b", [[11.0, 22.0, 33.0], [np.nan, 99.0, 99.0]])  # a pair is missing, not one of its sides
    found = only(a, later)
    assert (found.without, found.difference) == (1, pytest.approx((1 + 1 + 1.5) / 3))


def test_runs_that_are_said_to_be_no_pairs_are_two_samples_whatever_their_numbers():
    both = pd.concat([runs("a", [1.0, 5.0, 9.0]), runs("b", [2.0, 6.0, 10.0])], ignore_index=True)
    (paired,) = compare_all(both, [("a", "b", EXITS)])
    (apart,) = compare_all(both, [("a", "b", EXITS)], lambda one, other: (one, other) == ("a", "b"))
    assert (paired.paired, apart.paired) == (True, False)
    assert paired.difference == apart.difference == 1
    assert apart.vr_factor is None


def test_a_date_that_was_never_reached_leaves_its_pair_out():
    days = pd.to_datetime(["2024-03-01", "2024-03-05", None, "2024-03-02"])
    later = pd.to_datetime(["2024-03-04", None, "2024-03-02", "2024-03-03"])
    found = only(runs("a", days, outcome=DAY), runs("b", later, outcome=DAY), outcome=DAY)
    assert (found.pairs, found.without, found.difference) == (2, 2, 2.0)
    assert found.low is None


def test_one_pair_says_nothing_of_how_sure():
    found = only(runs("a", [5.0]), runs("b", [3.0]))
    assert (found.difference, found.low, found.high, found.vr_factor, found.p) == (-2.0, None, None, None, None)
    assert found.more > 0


def test_two_cases_that_never_differ_are_not_told_apart_by_any_number_of_runs():
    same = np.random.default_rng(4).normal(5, 1, 400)
    found = only(runs("a", same), runs("b", same))
    assert (found.difference, found.low, found.high, found.tied, found.more) == (0.0, 0.0, 0.0, 1.0, None)
    assert found.vr_factor == math.inf


def test_few_pairs_that_never_differ_ask_for_more_before_that_is_believed():
    found = only(runs("a", [1.0] * 20), runs("b", [1.0] * 20))
    assert found.low is None
    assert found.more == 280
    assert found.vr_factor is None


def test_where_a_side_has_no_good_run_there_is_nothing_to_say():
    found = only(runs("a", [1.0, 2.0]), runs("b", [1.0, 2.0], status="failed"))
    assert (found.pairs, found.difference, found.method, found.more) == (0, None, "none", None)


def test_the_variance_reduction_factor_is_one_for_independent_values_and_larger_for_shared_luck():
    rng = np.random.default_rng(5)
    a, b = rng.normal(0, 1, 20_000), rng.normal(0, 1, 20_000)
    assert variance_reduction(a, b) == pytest.approx(1, abs=0.05)
    assert variance_reduction(a, a + 0.1 * b) == pytest.approx((1 + 1.01) / 0.01, rel=0.05)
    assert variance_reduction(a, -a) == pytest.approx(0.5)


def test_the_replicates_that_are_advised_settle_it_in_eight_of_ten_tries():
    rng, size = np.random.default_rng(6), 40
    pilot = stats.norm.ppf((np.arange(size) + 0.5) / size)
    pilot = (pilot - pilot.mean()) / pilot.std(ddof=1) + 0.2
    advised = size + more(0.2, Mean.of(pilot).interval(), size)
    tries = rng.normal(0.2, 1, (1500, advised))
    assert np.mean([Mean.of(values).interval().excludes_zero for values in tries]) == pytest.approx(0.8, abs=0.06)


def test_as_many_more_are_advised_for_less_as_for_more_of_it():
    """What counts is the half-width towards 0, on whichever side the difference lies."""
    near, far = more(0.2, Interval(-0.1, 0.9, ""), 50), more(0.2, Interval(-0.7, 0.3, ""), 50)
    assert (near, far) == (more(-0.2, Interval(-0.9, 0.1, ""), 50), more(-0.2, Interval(-0.3, 0.7, ""), 50))
    assert 0 < near < far


def test_a_difference_of_nought_or_next_to_it_has_no_such_number():
    assert more(0.0, Interval(-1.0, 1.0, ""), 50) is None
    assert more(1e-6, Interval(-1.0, 1.0, ""), 50) is None


def test_all_comparisons_made_together_are_one_family():
    rng = np.random.default_rng(7)
    frames = [runs("a", rng.normal(0, 1, 50)), runs("b", rng.normal(0.4, 1, 50)), runs("c", rng.normal(0.4, 1, 50))]
    every = pd.concat(frames, ignore_index=True)
    (alone,) = compare_all(every, [("a", "b", EXITS)])
    together = compare_all(every, [("a", "b", EXITS), ("a", "c", EXITS), ("b", "c", EXITS)])[0]
    assert (alone.low, alone.p) == (together.low, together.p)
    assert alone.adjusted_p == alone.p <= together.adjusted_p
    assert together.wide_low < together.low < together.high < together.wide_high


def test_the_table_has_a_row_a_comparison_even_where_there_is_none():
    assert list(table([]).columns)[:3] == ["baseline", "other", "outcome"]
    assert len(table([only(runs("a", [1.0]), runs("b", [2.0]))])) == 1


def test_a_sample_keeps_both_sides_where_nothing_pairs():
    found = sample(runs("a", [1.0, np.nan]), runs("b", [2.0, 3.0, 4.0], first=9), EXITS)
    assert (len(found.baseline), len(found.other), found.paired, found.without) == (1, 3, False, 1)
