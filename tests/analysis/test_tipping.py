"""The tipping line is where it was put, and it is as well known as the runs make it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis import tipping
from sim.analysis.tipping import TippingGrid
from sim.errors import UserMistake

XS, YS = np.linspace(0, 1, 6), np.array([0.0, 1.0, 5.0])


def sweep(share, replicates: int = 200, xs=XS, ys=YS, shared: bool = True, seed: int = 3):
    """Cases over a grid, and runs that pass 10 where the replicate's luck (shared by all cells) allows."""
    luck = np.random.default_rng(seed).random((1 if shared else len(xs) * len(ys), replicates))
    cases, runs = [], []
    for place, (x, y) in enumerate((x, y) for y in ys for x in xs):
        name = f"c{place}"
        settings = {"officers.leader_shock": x, "media.rumour_rate": y, "officers.pool": 400, "theory.name": "breach"}
        cases.append({"case": name, "label": name, "scenario.name": "s", "scenario.events": str(place), **settings})
        hit = luck[0 if shared else place] < share(x, y)
        runs.append(pd.DataFrame({"case": name, "root_seed": 7, "replicate": range(replicates), "future": 0,
                                  "status": "ok", "exits_by_end": np.where(hit, 11.0, 10.0)}))  # fmt: skip
    return pd.DataFrame(cases), pd.concat(runs, ignore_index=True)


def grid(cases, runs, **asked) -> TippingGrid:
    return tipping.grid(cases, runs, **{"outcome": "exits_by_end", "threshold": 10, **asked})


def test_the_two_settings_that_vary_are_found_and_the_shares_are_those_of_the_runs() -> None:
    found = grid(*sweep(lambda x, y: x))
    assert (found.x, found.y) == ("officers.leader_shock", "media.rumour_rate")
    assert found.shares.shape == (3, 6)
    assert found.shares[:, 0] == pytest.approx(0)
    assert found.shares[0, 2] == pytest.approx(0.4, abs=0.1)
    assert (found.runs == 200).all()


def test_a_value_at_the_threshold_is_not_beyond_it() -> None:
    assert grid(*sweep(lambda x, y: x), threshold=11).shares.max() == 0
    assert grid(*sweep(lambda x, y: x), threshold=11, side="below").shares.max() == 1


def test_a_cell_is_undecided_where_its_interval_holds_one_half() -> None:
    cases, runs = sweep(lambda x, y: x)
    found = grid(cases, runs)
    low, high = found.intervals
    assert (low < found.shares).sum() == (found.shares > 0).sum()
    assert (high > found.shares).sum() == (found.shares < 1).sum()
    assert found.undecided.tolist() == ((low < 0.5) & (high > 0.5)).tolist()
    assert not found.undecided[:, [0, -1]].any()


def test_a_cell_without_runs_is_a_hole_and_decides_nothing() -> None:
    cases, runs = sweep(lambda x, y: x)
    found = grid(cases, runs[runs["case"] != "c4"])
    assert np.isnan(found.shares[0, 4])
    assert not found.undecided[0, 4]
    assert tipping.line(found, resamples=50)["threshold"].notna().all()


def test_null_outcomes_and_failed_runs_are_left_out() -> None:
    cases, runs = sweep(lambda x, y: x)
    runs.loc[runs["replicate"] < 50, "exits_by_end"] = np.nan
    runs.loc[runs["replicate"] == 60, "status"] = "failed"
    assert (grid(cases, runs).runs == 149).all()


@pytest.mark.parametrize("rising", [True, False])
def test_the_line_lies_where_it_was_put_within_its_interval(rising: bool) -> None:
    def share(x, y):
        p = np.clip(0.5 + 2 * (x - 0.3 - 0.08 * y), 0, 1)
        return p if rising else 1 - p

    line = tipping.line(grid(*sweep(share, 400)))
    assert list(line["crosses"]) == ["officers.leader_shock"] * 3
    assert list(line["value"]) == list(YS)
    assert list(line["threshold"]) == pytest.approx([0.3, 0.38, 0.7], abs=0.06)
    assert (line["low"] <= line["threshold"]).all()
    assert (line["threshold"] <= line["high"]).all()
    assert list(line["note"]) == ["", "", ""]


def test_what_is_crossed_is_the_setting_that_matters() -> None:
    line = tipping.line(grid(*sweep(lambda x, y: y / 5)), resamples=50)
    assert set(line["crosses"]) == {"media.rumour_rate"}
    assert list(line["value"]) == pytest.approx(list(XS))


@pytest.mark.parametrize(
    ("share", "side"),
    [(lambda x, y: 0.1 * x, "below"), (lambda x, y: 0.9 + 0.1 * x, "above"), (lambda x, y: 0, "below"),
     (lambda x, y: 1, "above"), (lambda x, y: 1 - 0.1 * x, "above"), (lambda x, y: 0.1 - 0.1 * x, "below")],
)  # fmt: skip
def test_a_line_that_is_not_reached_says_so_plainly(share, side: str) -> None:
    line = tipping.line(grid(*sweep(share)), resamples=50)
    assert line["threshold"].isna().all()
    assert set(line["note"]) == {f"not reached within the range: {side} 50 % everywhere"}


def test_a_share_that_crosses_twice_is_told() -> None:
    line = tipping.line(grid(*sweep(lambda x, y: 1 - 4 * (x - 0.5) ** 2 if y == 0 else x)), resamples=50)
    assert "crosses" in line["note"].iloc[0]


def test_shared_luck_makes_the_line_no_better_known_than_it_is() -> None:
    """The line at one half is that of the median luck: its interval must hold the truth about as often as it says."""
    hits = 0
    for seed in range(40):
        line = tipping.line(grid(*sweep(lambda x, y: x, 60, ys=np.array([0.0, 1.0]), seed=seed)), resamples=200)
        hits += bool(line["low"].iloc[0] <= 0.5 <= line["high"].iloc[0])
    assert hits >= 35


def test_the_line_comes_out_the_same_again() -> None:
    found = grid(*sweep(lambda x, y: x))
    pd.testing.assert_frame_equal(tipping.line(found, resamples=100), tipping.line(found, resamples=100))


def test_futures_of_one_world_make_neither_a_share_nor_a_line_better_known() -> None:
    """A thousand futures of one past are one past: here each says what the world's first one does."""
    cases, runs = sweep(lambda x, y: x, 40)
    again = pd.concat([runs.assign(future=future) for future in range(5)], ignore_index=True)
    once, often = grid(cases, runs), grid(cases, again)
    assert (often.runs == 40).all()
    assert np.array_equal(often.intervals, once.intervals)
    pd.testing.assert_frame_equal(tipping.line(often, resamples=100), tipping.line(once, resamples=100))
    last = again["future"] == 4
    again.loc[last, "exits_by_end"] = 21 - again.loc[last, "exits_by_end"]  # one of five ends on the other side
    assert grid(cases, again).shares == pytest.approx(0.8 * once.shares + 0.2 * (1 - once.shares))


def test_cases_off_the_grid_are_no_part_of_it() -> None:
    cases, _ = sweep(lambda x, y: x)
    lone = cases.iloc[[0]].assign(case="lone", **{"officers.leader_shock": 0.33, "media.rumour_rate": 2.2})
    kept = tipping.on_grid(pd.concat([cases, lone], ignore_index=True))
    assert list(kept["case"]) == list(cases["case"])


def test_what_makes_no_map_is_the_users_mistake_in_one_line() -> None:
    cases, runs = sweep(lambda x, y: x)
    with pytest.raises(UserMistake, match=r"needs two numbers that vary; here vary: officers\.leader_shock"):
        grid(cases[cases["media.rumour_rate"] == 0], runs)
    with pytest.raises(UserMistake, match=r"--settings=officers\.pool: no number that varies here"):
        grid(cases, runs, settings=("officers.pool", "media.rumour_rate"))
    with pytest.raises(UserMistake, match="two settings, such as"):
        grid(cases, runs, settings=("officers.pool",))
    third = cases.assign(**{"gangs.ratio": np.arange(len(cases))})
    with pytest.raises(UserMistake, match=r"the cases differ in gangs\.ratio too"):
        grid(third, runs, settings=("officers.leader_shock", "media.rumour_rate"))
    with pytest.raises(UserMistake, match="two cases have the same values"):
        grid(pd.concat([cases, cases.iloc[[0]].assign(case="again")]), runs)
    with pytest.raises(UserMistake, match="lie on no grid"):
        tipping.on_grid(cases.iloc[[0, 7, 14]])
