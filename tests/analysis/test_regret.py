"""Regret: how far an option is from the best one of each state."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.regret import flips, minimax, performance, regret, robustness, without

EXITS = "exits_by_record_end"


def states(exits: dict[tuple[str, int], dict[str, float]], replicates: int = 3) -> pd.DataFrame:
    return pd.DataFrame([
        {"theory": theory, "setting": setting, "option": option, "root_seed": 1, "replicate": r, "future": 0,
         EXITS: value + r}
        for (theory, setting), options in exits.items()
        for option, value in options.items()
        for r in range(replicates)
    ])  # fmt: skip


TWO = {
    ("breach", 0): {"nothing": 20, "pay": 10, "kit": 12},
    ("breach", 1): {"nothing": 30, "pay": 10, "kit": 14},
    ("prospects", 0): {"nothing": 8, "pay": 9, "kit": 5},
    ("prospects", 1): {"nothing": 8, "pay": 12, "kit": 5},
}


def test_regret_is_the_distance_from_the_best_of_the_same_state():
    means = performance(states(TWO), EXITS)
    assert list(means.columns) == ["nothing", "pay", "kit"]
    distance = regret(means, EXITS)
    assert distance.loc[("breach", 1)].to_dict() == {"nothing": 20, "pay": 0, "kit": 4}
    assert (distance.min(axis=1) == 0).all()


def test_the_minimax_option_is_never_far_from_best_though_it_may_seldom_be_best():
    distance = regret(performance(states(TWO), EXITS), EXITS)
    assert minimax(distance) == "kit"
    table = robustness(distance, tolerance=2).set_index("option")
    assert table.loc["kit", ["worst", "best", "within"]].tolist() == [4, 0.5, 0.75]
    assert table.loc["pay", ["breach", "prospects"]].tolist() == [0, 7]


def test_the_smallest_worst_regret_comes_first_and_of_equals_the_smallest_mean():
    distance = pd.DataFrame(
        {"seldom far": [0.0, 0.0, 9.0], "never far": [4.0, 4.0, 4.0], "as near": [4.0, 3.0, 2.0]},
        index=pd.MultiIndex.from_product([["breach"], range(3)], names=["theory", "setting"]),
    )
    assert list(robustness(distance, 0.0)["option"]) == ["as near", "never far", "seldom far"]


def test_more_is_better_where_the_register_says_so():
    runs = states(TWO).rename(columns={EXITS: "available_on_target"})
    distance = regret(performance(runs, "available_on_target"), "available_on_target")
    assert distance.loc[("breach", 0)].to_dict() == {"nothing": 0, "pay": 10, "kit": 8}


def test_only_luck_that_every_option_has_met_counts():
    runs = states(TWO)
    lost = runs.drop(runs[(runs["option"] == "kit") & (runs["replicate"] == 2)].index)
    assert performance(lost, EXITS).loc[("breach", 0), "pay"] == 10.5


def test_a_ranking_flips_where_the_order_is_reversed_by_more_than_the_tolerance():
    means = performance(states(TWO), EXITS)
    (row,) = flips(means, EXITS, tolerance=0.5).to_dict("records")
    assert (row["theory"], row["other"], row["settings"]) == ("breach", "prospects", 2)
    assert row["reversed"] == pytest.approx(4 / 6)  # nothing against pay, and pay against kit, at both settings
    assert row["other_best"] == 1
    (row,) = flips(means, EXITS, tolerance=4).to_dict("records")
    assert (row["reversed"], row["other_best"]) == (0, 0)


def test_equal_theories_never_flip():
    means = performance(states({("a", 0): TWO["breach", 0], ("b", 0): TWO["breach", 0]}), EXITS)
    (row,) = flips(means, EXITS, tolerance=0).to_dict("records")
    assert (row["reversed"], row["other_best"]) == (0, 0)


def test_leaving_an_option_out_changes_what_is_regretted():
    means = performance(states(TWO), EXITS)
    assert regret(without(means, ["pay"]), EXITS)["kit"].max() == 0


def test_an_outcome_without_a_good_direction_cannot_be_regretted():
    with pytest.raises(ValueError, match="rumours"):
        performance(pd.DataFrame({"rumours": np.ones(2)}), "rumours")
