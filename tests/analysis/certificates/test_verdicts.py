"""Known answers: what holds, what flips, what cannot be told, and a change under what must not matter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.certificates.claims import Claim, Counts, Region
from sim.analysis.certificates.verdicts import (
    FLIPS,
    HOLDS,
    SHIFTS,
    TOO_FEW,
    Measured,
    judge,
    judge_unchanged,
    measure,
    worst,
)

FEWER = Region(None, 0.0, side=True)
CLAIM = Claim("toy", "", "toy", {"exits_by_end": 1.0}, ((),), ((),), FEWER, False, None, (), "prior", ())


def effects(mean: float, spread: float = 1.0, count: int = 50, seed: int = 1, first: int = 0) -> Measured:
    values = mean + spread * np.random.default_rng(seed).standard_normal(count)
    return Measured(pd.Series(values, index=pd.RangeIndex(first, first + count)))


@pytest.mark.parametrize(("mean", "verdict"), [(-3, HOLDS), (3, FLIPS), (0, SHIFTS)])
def test_a_side_holds_flips_or_cannot_be_told(mean, verdict):
    assert judge(FEWER, effects(mean)).verdict == verdict


@pytest.mark.parametrize(("mean", "verdict"), [(-3, HOLDS), (-10, FLIPS), (-5, SHIFTS), (3, FLIPS)])
def test_a_size_holds_within_its_tolerance_alone(mean, verdict):
    assert judge(Region(-5, -1), effects(mean)).verdict == verdict


@pytest.mark.parametrize(
    ("mean", "note"), [(-10, ""), (-6, ""), (-2, "less than half the size"), (-30, "more than twice the size")]
)
def test_of_a_side_the_size_shifts_beyond_a_factor_of_two(mean, note):
    told = judge(FEWER, effects(mean), effects(-10, seed=2))
    assert (told.verdict, told.note) == (SHIFTS if note else HOLDS, note)


def test_too_few_worlds_tell_nothing():
    few = Measured(pd.Series([-1.0, -1.0, -2.0]))
    assert judge(FEWER, few).note == TOO_FEW
    assert judge(FEWER, Measured(pd.Series(dtype=float))).verdict == SHIFTS


def test_no_effect_at_all_is_on_no_side():
    told = judge(FEWER, Measured(pd.Series(np.zeros(400))))
    assert (told.verdict, told.note) == (SHIFTS, "no effect")


def test_what_must_not_matter_holds_although_the_finding_itself_is_not_told():
    usual = effects(0, spread=5)
    other = Measured(usual.values + np.random.default_rng(3).standard_normal(50))
    assert judge_unchanged(FEWER, other, usual).verdict == HOLDS


def test_a_change_that_is_told_is_no_chance():
    """A planted fault: under what must not matter the effect is half an officer smaller in each world, or turned."""
    usual = effects(-3)
    small = Measured(usual.values + 0.5 + 0.1 * np.random.default_rng(4).standard_normal(50))
    assert judge_unchanged(FEWER, small, usual).verdict == SHIFTS
    turned = Measured(3 + 0.1 * usual.values)
    assert judge_unchanged(FEWER, turned, usual).verdict == FLIPS


def test_other_worlds_are_two_samples():
    told = judge_unchanged(FEWER, effects(-3, seed=5, first=50), effects(-3))
    assert told.verdict == HOLDS
    assert judge_unchanged(FEWER, effects(-30, seed=5, first=50), effects(-3)).verdict == SHIFTS


def test_where_only_bits_may_differ_any_difference_counts():
    usual = effects(-3)
    assert judge_unchanged(FEWER, usual, usual, exact=True).note == "equal to the last bit"
    other = usual.values.copy()
    other.iloc[7] += 1e-9
    told = judge_unchanged(FEWER, Measured(other), usual, exact=True)
    assert (told.verdict, told.note) == (SHIFTS, "1 of 50 worlds differ")


def runs(**cases: list[float]) -> pd.DataFrame:
    rows = [{"case": case, "replicate": k, "status": "ok", "exits_by_end": value, "intents_by_end": 2 * value}
            for case, values in cases.items() for k, value in enumerate(values)]  # fmt: skip
    return pd.DataFrame(rows)


def test_an_effect_is_the_difference_in_each_world():
    told = measure(CLAIM, ["b"], ["a"], runs(a=[10, 20, 30], b=[8, 15, 24]))
    assert told.values.tolist() == [-2, -5, -6]


def test_only_worlds_that_both_sides_have_count():
    table = runs(a=[10, 20, 30], b=[8, 15, 24])
    table.loc[(table["case"] == "b") & (table["replicate"] == 1), "status"] = "failed"
    assert measure(CLAIM, ["b"], ["a"], table).values.index.tolist() == [0, 2]


def test_a_share_of_the_baseline_is_a_ratio_of_means():
    told = measure(replace(CLAIM, relative=True), ["b"], ["a"], runs(a=[10, 30], b=[9, 21]))
    assert told.mean is not None
    assert told.mean.value == pytest.approx(-0.25)


def test_a_side_may_be_the_mean_of_several_worlds_and_an_outcome_a_sum():
    table = runs(a=[10, 20], b=[8, 16], c=[4, 10])
    assert measure(CLAIM, ["b", "c"], ["a"], table).values.tolist() == [-4, -7]
    locked = replace(CLAIM, outcome={"intents_by_end": 1.0, "exits_by_end": -0.5})
    assert measure(locked, ["b"], ["a"], table).values.tolist() == [-3, -6]


def test_what_counts_people_is_told_for_the_usual_force():
    assert measure(CLAIM, ["b"], ["a"], runs(a=[100, 200], b=[80, 150]), factor=10).values.tolist() == [-2, -5]


def test_a_share_of_runs_has_wilsons_interval():
    told = measure(replace(CLAIM, counts=Counts("above", 15), against=()), ["a"], [], runs(a=[10, 20, 30, 40]))
    assert told.values.tolist() == [0, 1, 1, 1]
    ends = told.interval
    assert ends.method == "Wilson"
    assert (ends.low, ends.high) == pytest.approx((0.301, 0.954), abs=0.001)


def test_the_worst_of_several():
    assert worst([HOLDS, SHIFTS]) == SHIFTS
    assert worst([SHIFTS, FLIPS, HOLDS]) == FLIPS
    assert worst([]) == HOLDS
