"""Rules: chosen on one half and judged on the other, stable limits only, nothing out of noise, several by covering."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from sim.analysis.discovery.rules import FEWEST, MOST_LIMITS, BoxQuality, TooFew, find_rules

ROWS = 2000
WORLDS = np.arange(ROWS)


def inputs(count=30, seed=1, rows=ROWS):
    drawn = np.random.default_rng(seed).random((rows, count))
    return pd.DataFrame(drawn, columns=[f"officers.s{n}" for n in range(count)])


def flipped(y, share, seed=7):
    return y ^ (np.random.default_rng(seed).random(len(y)) < share)


def test_a_known_rule_is_told_apart_from_sixty_inputs_that_do_nothing():
    x = inputs(60)
    y = flipped(((x["officers.s4"] > 0.6) & (x["officers.s9"] < 0.5)).to_numpy(), 0.1)
    found = find_rules(x, y, WORLDS)
    rule = found.rules[0]
    assert set(zip(rule.limits["input"], rule.limits["side"], strict=True)) == {("officers.s4", "above"),
                                                                                ("officers.s9", "below")}  # fmt: skip
    limits = rule.limits.set_index("input")["limit"]
    assert limits["officers.s4"] == pytest.approx(0.6, abs=0.05)
    assert limits["officers.s9"] == pytest.approx(0.5, abs=0.05)
    assert (rule.limits["quasi_p"] < 1e-6).all()
    assert (rule.limits["appears"] == 1).all()
    assert rule.judged.density == pytest.approx(0.9, abs=0.05)
    assert rule.holds_up
    assert len(found.rules) == 1


def test_what_is_told_is_of_the_half_that_was_not_searched():
    x = inputs()
    y = flipped((x["officers.s4"] > 0.7).to_numpy(), 0.2)
    found = find_rules(x, y, WORLDS)
    rule, odd = found.rules[0], WORLDS % 2 == 1
    (limit,) = rule.limits["limit"]
    inside = (x["officers.s4"] >= limit).to_numpy()[odd]
    hits = int(y[odd][inside].sum())
    assert rule.judged == BoxQuality(1000, int(y[odd].sum()), int(inside.sum()), hits)
    assert rule.coverage == hits / y[odd].sum()
    assert rule.limits["quasi_p"].item() == pytest.approx(binom.sf(hits - 1, inside.sum(), y[odd].mean()))
    assert rule.limits["at"].item() == (x["officers.s4"] < limit).mean()


def test_the_judging_half_has_no_say_in_the_choice():
    x = inputs()
    y = flipped((x["officers.s4"] > 0.7).to_numpy(), 0.2)
    other = y.copy()
    other[1::2] = np.random.default_rng(3).permutation(other[1::2])
    one, two = find_rules(x, y, WORLDS).rules[0], find_rules(x, other, WORLDS).rules[0]
    assert one.limits["limit"].tolist() == two.limits["limit"].tolist()
    assert one.step == two.step
    assert one.holds_up
    assert not two.holds_up


@pytest.mark.parametrize("seed", range(5))
def test_no_rule_is_made_of_noise(seed):
    y = np.random.default_rng(seed + 100).random(ROWS) < 0.2
    found = find_rules(inputs(60, seed), y, WORLDS)
    assert [rule for rule in found.rules if rule.holds_up] == []
    assert found.ended


def test_several_boxes_cover_what_one_cannot():
    x = inputs(10)
    one = (x["officers.s1"] < 0.4) & (x["officers.s2"] < 0.5)
    two = (x["officers.s3"] > 0.7) & (x["officers.s4"] > 0.5)
    found = find_rules(x, flipped((one | two).to_numpy(), 0.03), WORLDS)
    sides = [dict(zip(rule.limits["input"], rule.limits["side"], strict=True)) for rule in found.rules[:2]]
    assert {"officers.s1": "below", "officers.s2": "below"} in sides
    assert {"officers.s3": "above", "officers.s4": "above"} in sides
    assert found.together > 0.7
    assert sum(rule.coverage for rule in found.rules) == found.together
    assert found.rules[1].judged.rows == found.judged[0] - found.rules[0].judged.inside


def test_cases_at_both_ends_of_an_input_are_none_that_peeling_finds():
    """A limit that PRIM has, and says: each end is dense, so that nothing pays to be cut."""
    x = inputs(10)
    found = find_rules(x, ((x["officers.s1"] - 0.5).abs() > 0.25).to_numpy(), WORLDS)
    assert found.rules == ()
    assert found.ended == "no cut at an end of an input raises the share of cases"


def test_the_amount_lets_an_input_in_that_rare_cases_do_not_show():
    x = inputs(40, rows=1000)
    amount = 2 * x["officers.s5"].to_numpy() + np.random.default_rng(1).normal(0, 2, 1000)
    y = amount > np.quantile(amount, 0.9)
    blind, seeing = (find_rules(x, y, np.arange(1000), amount=given) for given in (None, amount))
    assert "officers.s5" not in {name for rule in blind.rules for name in rule.entered}
    assert "officers.s5" in seeing.rules[0].entered


def test_another_box_of_the_path_can_be_taken():
    x = inputs()
    y = flipped(((x["officers.s4"] > 0.6) & (x["officers.s9"] < 0.5)).to_numpy(), 0.1)
    chosen = find_rules(x, y, WORLDS).rules[0]
    named = find_rules(x, y, WORLDS, step=3).rules[0]
    assert (named.step, named.chosen_by, chosen.chosen_by) == (3, "you", "")
    assert chosen.path["phi_reduced"].max() == chosen.path["phi_reduced"][chosen.step]
    assert named.judged.mass > chosen.judged.mass
    last = len(chosen.path) - 1
    for beyond in (0, -1, last + 1):
        with pytest.raises(IndexError, match=str(last)):
            find_rules(x, y, WORLDS, step=beyond)


def test_no_rule_has_more_limits_than_a_sentence_can_say():
    x = inputs(12)
    y = x.iloc[:, :8].sum(axis=1).to_numpy() > 4.8
    found = find_rules(x, y, WORLDS)
    assert max(len(rule.limits) for rule in found.rules) == MOST_LIMITS
    assert found.rules[0].dropped


@pytest.mark.parametrize("cases", [0, 2 * FEWEST - 2, ROWS - 10, ROWS])
def test_too_few_on_either_side_is_said(cases):
    with pytest.raises(TooFew, match=f"{cases:,} of 2,000 runs are cases; each half of the worlds needs {FEWEST}"):
        find_rules(inputs(3), np.less(WORLDS, cases), WORLDS)


def test_the_table_has_a_row_a_limit():
    x = inputs(10)
    found = find_rules(x, flipped((x["officers.s1"] < 0.25).to_numpy(), 0.03), WORLDS)
    table = found.table
    assert {"rule", "input", "side", "limit", "quasi_p", "appears", "mass", "coverage", "density", "overall",
            "step"} <= set(table)  # fmt: skip
    assert len(table) == sum(len(rule.limits) for rule in found.rules)
