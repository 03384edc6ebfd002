"""The share of worlds that lived the record: against known shares, a rejection by hand, and a known Bayes factor."""

from __future__ import annotations

from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.calibration import compatibility_table, half_rule_table, shift_table
from sim.analysis.patterns import load_patterns, patterns_of
from sim.errors import UserMistake
from tests.analysis.calibration.toys import bank, runs

RECORD = load_patterns()
SEEN = {"outcome": "attacks", "comparison": "between", "window": [5, 5]}


def prior(count, seed, theory="toy"):
    """A bank whose runs are judged by the patterns of the record."""
    u = pd.DataFrame(np.random.default_rng(seed).random((count, 2)), columns=["a", "b"])
    outcomes = runs(u, seed + 1000)
    return bank(u, RECORD.passes(outcomes, 400), theory=theory, outcomes=outcomes)


def counts(happened, observed, theory):
    """A bank of attacks that were counted, and the pattern that so many were seen."""
    pattern = {"text": "t", "rule": "r", "tests": [{**SEEN, "window": [observed, observed]}]}
    patterns = patterns_of({"patterns": {"seen": pattern}}, RECORD.source)
    outcomes = pd.DataFrame({"attacks": happened.astype(float)})
    return bank({}, patterns.passes(outcomes, 400), theory=theory, outcomes=outcomes), patterns


def rejection(count, seed):
    """Rejection by hand: draw, run, look at each pattern, keep; the unknowns that were kept."""
    luck, kept = np.random.default_rng(seed), []
    u = pd.DataFrame(luck.random((count, 2)), columns=["a", "b"])
    for world, (run, drawn) in enumerate(zip(runs(u, seed + 1).itertuples(), u.itertuples(), strict=True)):
        reported = pd.Timestamp(2024, 3, 1) <= run.first_report_date <= pd.Timestamp(2024, 3, 11)
        squad, number = run.max_squad_share_3d >= 0.5, 1 <= run.exits_by_record_end <= 400
        q4, q1 = run.deaths_q4_2023 / 91, run.deaths_q1_2024 / 91
        level = abs(q4 / 12 - 1) <= 0.2 and abs(q1 / 18.2 - 1) <= 0.2 and run.deaths_surge_week / 7 > q1
        if reported and squad and number and run.exits_before_surge <= 40 and level:
            kept.append((world, drawn.a, drawn.b))
    return np.array(kept)


def test_a_rejection_by_hand_keeps_the_same_share_and_the_same_unknowns():
    here, there = prior(40_000, seed=1), rejection(12_000, seed=50)
    row = compatibility_table([here], RECORD, halved=False).iloc[0]
    by_hand = len(there) / 12_000
    error = np.sqrt(by_hand * (1 - by_hand) * (1 / 12_000 + 1 / 40_000))
    assert row["share"] == pytest.approx(by_hand, abs=4 * error)
    assert 0.05 < by_hand < 0.5
    for column, setting in ((1, "a"), (2, "b")):
        assert stats.ks_2samp(here.quantiles[setting][here.kept], there[:, column]).pvalue > 0.01
    told = shift_table(here).set_index("setting")
    assert told["told"].all()


def test_two_models_with_a_known_bayes_factor_keep_shares_in_that_ratio():
    """Five of ten: 1/11 with a uniform share, C(10, 5)/2^10 with a share of one half; the factor is their ratio."""
    luck, n = np.random.default_rng(2), 100_000
    open_, patterns = counts(luck.binomial(10, luck.random(n)), 5, "any share")
    half, _ = counts(luck.binomial(10, 0.5, n), 5, "one half")
    table = compatibility_table([open_, half], patterns).query("variant == 'record'").set_index("theory")
    exact = {"any share": 1 / 11, "one half": comb(10, 5) / 2**10}
    for theory, share in exact.items():
        assert table.loc[theory, "low"] < share < table.loc[theory, "high"]
    factor = table.loc["one half", "share"] / table.loc["any share", "share"]
    relative = np.sqrt(sum((1 - share) / share / n for share in exact.values()))  # delta method
    assert factor == pytest.approx(exact["one half"] / exact["any share"], rel=4 * relative)


def test_intervals_are_wilsons():
    """The examples of Newcombe (1998), Statistics in Medicine 17, table I."""
    for kept, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718)):
        draws, patterns = counts(np.where(np.arange(of) < kept, 5, 0), 5, "toy")
        row = compatibility_table([draws], patterns).iloc[0]
        assert (row["draws"], row["kept"], row["share"]) == (of, kept, kept / of)
        assert (row["low"], row["high"]) == pytest.approx((low, high), abs=5e-5)


def test_where_none_is_kept_it_is_said_and_bounded_by_three_over_n():
    draws, patterns = counts(np.zeros(20_000), 5, "constant")
    row = compatibility_table([draws], patterns).iloc[0]
    assert (row["kept"], row["share"], row["low"], row["high"]) == (0, 0, 0, 3 / 20_000)
    assert row["text"].endswith("none of 20,000, at most 3/20,000")
    assert (1 - row["high"]) ** 20_000 == pytest.approx(0.05, rel=0.01)


def test_without_any_draw_nothing_is_said():
    draws, patterns = counts(np.array([]), 5, "toy")
    row = compatibility_table([draws], patterns).iloc[0]
    assert row["draws"] == 0
    assert row[["share", "low", "high"]].isna().all()


def test_every_variant_stands_beside_it_and_each_is_what_it_says():
    draws = prior(5000, seed=3)
    table = compatibility_table([draws], RECORD).set_index("variant")
    assert list(table.index) == ["record", "halved a", "halved b", "without C3", "C3 two of a squad",
                                 "tolerances a third wider", "tolerances a third narrower"]  # fmt: skip
    held, u = draws.passes, draws.quantiles
    middle = (u["a"] > 0.25) & (u["a"] < 0.75)
    others = held.drop(columns="C3").all(axis=1)
    assert table["kept"].to_dict() == {
        "record": held.all(axis=1).sum(),
        "halved a": (held.all(axis=1) & middle).sum(),
        "halved b": (held.all(axis=1) & (u["b"] > 0.25) & (u["b"] < 0.75)).sum(),
        "without C3": others.sum(),
        "C3 two of a squad": (others & (draws.outcomes["squad_members_3d"] >= 2)).sum(),
        "tolerances a third wider": RECORD.passes(draws.outcomes, 400, 4 / 3).all(axis=1).sum(),
        "tolerances a third narrower": RECORD.passes(draws.outcomes, 400, 2 / 3).all(axis=1).sum(),
    }
    assert table.loc["halved a", "draws"] == middle.sum()
    assert (table.drop(["halved a", "halved b"])["draws"] == 5000).all()
    assert table.loc["tolerances a third narrower", "kept"] < table.loc["record", "kept"]
    assert table["text"].str.len().min() > 0


def test_halving_a_range_that_holds_the_answer_makes_a_theory_more_compatible():
    """Not evidence for it: the share scales with the width of the prior, which is why it stands there."""
    u = np.random.default_rng(4).random(20_000)
    outcomes = pd.DataFrame({"attacks": np.where(np.abs(u - 0.5) < 0.1, 5.0, 0.0)})
    _, patterns = counts(np.array([]), 5, "toy")
    draws = bank({"a": u}, patterns.passes(outcomes, 400), outcomes=outcomes)
    shares = compatibility_table([draws], patterns).set_index("variant")["share"]
    assert shares["halved a"] == pytest.approx(2 * shares["record"], rel=0.05)


def test_only_assumed_ranges_are_halved_and_only_when_asked():
    draws = prior(200, seed=5)
    derived = bank(draws.quantiles, draws.passes, outcomes=draws.outcomes, status="derived")
    for table in (compatibility_table([draws], RECORD, halved=False), compatibility_table([derived], RECORD)):
        assert not table["variant"].str.startswith("halved").any()


def test_theories_come_one_after_the_other():
    table = compatibility_table([prior(300, 6, "breach"), prior(300, 7, "prospects")], RECORD, halved=False)
    assert table["theory"].tolist() == ["breach"] * 5 + ["prospects"] * 5


def test_a_bank_of_other_patterns_or_without_an_outcome_is_refused():
    draws = prior(100, seed=8)
    with pytest.raises(ValueError, match="other patterns than record"):
        compatibility_table([bank(draws.quantiles, {"P": draws.kept}, outcomes=draws.outcomes)], RECORD)
    short = bank(draws.quantiles, draws.passes, outcomes=draws.outcomes.drop(columns="squad_members_3d"))
    with pytest.raises(UserMistake, match="squad_members_3d: these runs do not have it"):
        compatibility_table([short], RECORD)


# The older rule


def test_the_half_rule_counts_worlds_and_not_runs():
    forty = {
        1: {"C1": [True] * 40, "C2": [True] * 20 + [False] * 20},  # exactly half holds
        2: {"C1": [True] * 40, "C2": [True] * 19 + [False] * 21},
        3: {"C1": [False] * 40, "C2": [True] * 40},
    }
    frame = pd.concat([pd.DataFrame(held).assign(world=world) for world, held in forty.items()])
    table = half_rule_table({"breach": frame}).set_index("pattern")
    assert table["hold"].to_dict() == {"C1": 2, "C2": 2, "every pattern": 1}
    assert (table["worlds"] == 3).all()
    assert (table["runs"] == 40).all()
    assert table.loc["every pattern", "share"] == pytest.approx(1 / 3)
    assert table.loc["every pattern", "low"] == pytest.approx(0.0615, abs=5e-4)


def test_patterns_may_hold_in_different_halves_of_the_runs():
    frame = pd.DataFrame({"world": 1, "C1": [True, False], "C2": [False, True]})
    assert half_rule_table({"breach": frame})["hold"].tolist() == [1, 1, 1]


def test_a_theory_without_a_kept_world_has_no_share():
    empty = pd.DataFrame({"world": pd.Series(dtype=int), "C1": pd.Series(dtype=bool)})
    table = half_rule_table({"constant": empty})
    assert table["worlds"].tolist() == [0, 0]
    assert table["share"].isna().all()
