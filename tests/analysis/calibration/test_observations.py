"""Which observation would tell most: against joint distributions whose information is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.analysis.calibration import observation_table


def bits(*rows):
    """Mutual information of theory (weighted alike) and category, exactly."""
    joint = np.array(rows) / len(rows)
    apart = joint / (joint.sum(axis=0) * joint.sum(axis=1, keepdims=True))
    return float(np.sum(joint[joint > 0] * np.log2(apart[joint > 0])))


def words(probabilities, count, luck):
    return luck.choice(list("abcdefgh")[: len(probabilities)], count, p=probabilities)


def of_words(table, sizes, seed):
    luck = np.random.default_rng(seed)
    rows = zip(table, sizes, strict=True)
    return {f"T{k}": pd.DataFrame({"word": words(p, n, luck)}) for k, (p, n) in enumerate(rows)}


KNOWN = ([0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.2, 0.6, 0.2])


def test_the_information_of_a_known_joint_distribution_is_found():
    (row,) = observation_table(of_words(KNOWN, (4000, 2000, 6000), 1)).to_dict("records")
    exact = bits(*KNOWN)
    assert row["bits"] == pytest.approx(exact, abs=0.02)
    assert row["low"] < exact < row["high"]
    assert (row["theories"], row["worlds"], row["bins"], row["chance"]) == (3, 2000, 3, 1 / 3)
    assert row["right"] == pytest.approx((0.7 + 0.6 + 0.6) / 3, abs=0.02)  # the likeliest theory of each word


@pytest.mark.parametrize("table", [KNOWN, ([0.5, 0.5], [0.45, 0.55])], ids=["much", "little"])
def test_the_interval_holds_it_as_often_as_it_says(table):
    exact, held = bits(*table), 0
    for seed in range(200):
        row = observation_table(of_words(table, (150,) * len(table), seed)).iloc[0]
        held += row["low"] <= exact <= row["high"]
    assert held >= stats.binom(200, 0.93).ppf(0.001)


def test_an_observation_that_says_nothing_has_no_bits_on_average():
    """Without the correction ten bins and two theories of 100 worlds would show about .03 bits of nothing."""
    luck, found = np.random.default_rng(3), []
    for seed in range(200):
        worlds = {theory: pd.DataFrame({"rain": luck.random(100)}) for theory in ("one", "other")}
        found.append(observation_table(worlds, seed=seed).iloc[0])
    table = pd.DataFrame(found)
    assert table["bits"].mean() == pytest.approx(0, abs=3 * table["bits"].std() / np.sqrt(200))
    assert (table["low"] > 0).mean() < 0.05
    assert table["right"].mean() == pytest.approx(0.5, abs=0.02)


def test_small_samples_are_not_taken_for_information_about_three_theories_either():
    estimates = [observation_table(of_words(KNOWN, (40, 60, 200), seed))["bits"][0] for seed in range(300)]
    assert np.mean(estimates) == pytest.approx(bits(*KNOWN), abs=0.012)


def test_a_number_that_lies_apart_names_each_theory_and_comes_first():
    luck = np.random.default_rng(4)
    worlds = {
        f"T{k}": pd.DataFrame({"rain": luck.random(300), "squads": luck.normal(10 * k, 1, 300)}) for k in range(4)
    }
    table = observation_table(worlds)
    assert table["observation"].tolist() == ["squads", "rain"]
    row = table.iloc[0]
    assert row["bits"] > 1.6  # of 2; the bins' edges fall within theories
    assert row["high"] <= 2
    assert row["right"] > 0.85


def test_ties_at_zero_are_one_bin_and_what_is_missing_is_another():
    luck = np.random.default_rng(5)
    zeros = {"one": 0.9, "other": 0.3}
    numbers = {t: pd.DataFrame({"exits": np.where(luck.random(3000) < p, 0, luck.integers(1, 4, 3000))})
               for t, p in zeros.items()}  # fmt: skip
    (row,) = observation_table(numbers).to_dict("records")
    exact = bits([0.9, *[0.1 / 3] * 3], [0.3, *[0.7 / 3] * 3])
    assert row["bits"] == pytest.approx(exact, abs=0.03)
    gone = {t: frame.replace(0, np.nan) for t, frame in numbers.items()}
    assert observation_table(gone)["bits"][0] == pytest.approx(row["bits"])


@pytest.mark.parametrize("kind", ["datetime64", "date", "bool", "word", "nullable"])
def test_days_words_truth_values_and_whole_numbers_say_the_same(kind):
    """A first report in March or none: the same information whatever it is written as."""
    luck = np.random.default_rng(6)

    def column(share):
        seen = luck.random(2000) < share
        written = {
            "datetime64": pd.Series(np.where(seen, np.datetime64("2024-03-05"), np.datetime64("NaT"))),
            "date": pd.Series(np.where(seen, pd.Timestamp(2024, 3, 5).date(), None), dtype=object),
            "bool": pd.Series(seen),
            "word": pd.Series(np.where(seen, "March", "never")),
            "nullable": pd.Series(np.where(seen, 3, 0)).astype("Int64"),
        }
        return pd.DataFrame({"report": written[kind]})

    (row,) = observation_table({"one": column(0.8), "other": column(0.3)}).to_dict("records")
    assert row["bits"] == pytest.approx(bits([0.8, 0.2], [0.3, 0.7]), abs=0.03)
    assert row["bins"] == 2


def test_many_rare_words_share_a_bin():
    luck = np.random.default_rng(7)
    worlds = {t: pd.DataFrame({"name": luck.integers(0, 400, 500).astype(str)}) for t in ("one", "other")}
    (row,) = observation_table(worlds).to_dict("records")
    assert row["bins"] == 10
    assert row["bits"] == pytest.approx(0, abs=0.03)


def test_a_theory_without_worlds_is_left_out_and_one_theory_alone_is_not_told_from_any():
    luck = np.random.default_rng(8)
    worlds = {t: pd.DataFrame({"rain": luck.random(50)}) for t in ("one", "other")}
    with_none = {"constant": pd.DataFrame({"rain": []}), **worlds}
    assert observation_table(with_none)["theories"].tolist() == [2]
    assert observation_table({"one": worlds["one"]}).empty
    assert "bits" in observation_table({})


def test_the_same_seed_gives_the_same_table():
    worlds = of_words(KNOWN, (100, 100, 100), 9)
    pd.testing.assert_frame_equal(observation_table(worlds), observation_table(worlds))
    assert observation_table(worlds)["low"][0] != observation_table(worlds, seed=1)["low"][0]


def test_theories_that_were_observed_differently_are_refused():
    with pytest.raises(ValueError, match="do not have the same observations"):
        observation_table({"one": pd.DataFrame({"a": [1]}), "other": pd.DataFrame({"b": [1]})})
