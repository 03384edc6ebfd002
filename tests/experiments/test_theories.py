"""What tells theories apart: the page is of the documented world, the model and the kept worlds that there are."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from experiments.paired_options import MODES, basis
from experiments.theories import measure, run
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/theories/run.py makes it again"
DAY = date(2024, 3, 1).toordinal()


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


def test_the_page_is_of_the_model_and_the_worlds_that_there_are(found):
    replicates = int(found["basis"]["replicates"].iloc[0])
    now = pd.concat([basis([run.plan(mode)], mode, replicates) for mode in MODES], ignore_index=True)
    pd.testing.assert_frame_equal(now, found["basis"], check_dtype=False, obj=AGAIN)


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).strip(), AGAIN


def test_what_is_seen_of_each_exit():
    """In one squad the leader leaves and a mate two days later; in another somebody leaves alone, long after."""
    exits = pd.DataFrame({"world": 7, "squad": [0, 0, 1], "leader": [1, 0, 0], "day": [DAY, DAY + 2, DAY + 40]})
    table = measure.seen(exits, date(2024, 7, 31), date(2024, 3, 7))
    assert table["with_mate"].tolist() == [1, 1, 0]
    assert table["after_leader"].tolist() == [0, 1, 0]
    assert table["leader"].tolist() == [1, 0, 0]
    assert table["accord_days"].tolist() == [1, 1, 0]
    assert table["later"].tolist() == [0, 0, 1]
    assert table["month_end"].tolist() == [1, 1, 0]
    assert len(measure.seen(exits, date(2024, 3, 7), date(2024, 3, 7))) == 2, "who leaves later is not seen"


def test_of_so_many_exits_shares_are_those_of_a_part():
    exits = pd.DataFrame({"world": [1] * 6 + [2], **{name: [1.0, 0.0] * 3 + [1.0] for name in measure.SEEN}})
    some = measure.shares(exits, 2)
    assert some.index.tolist() == [1], "the other world has one exit"
    assert set(some["leader"]) <= {0.0, 0.5, 1.0}
    whole = measure.shares(exits, 0)
    assert whole.loc[1, "leader"] == 0.5
    assert whole.loc[1, "number"] == pytest.approx(np.log(7))


def test_theories_that_differ_are_told_apart_and_equal_ones_are_not():
    luck = np.random.default_rng(5)
    features = {"a": luck.normal(0, 1, (400, 2)), "b": luck.normal(0, 1, (400, 2)), "c": luck.normal(3, 1, (400, 2))}
    told = measure.judged(features)
    areas = {(one, two): found for one, two, found, _ in measure.pairs(told)}
    assert areas["a", "b"].low < 0.5 < areas["a", "b"].high
    assert areas["a", "c"].low > 0.95
    right, of = measure.rightly(told)["c"]
    assert right / of > 0.9
    ratios = {(one, two): ratio for one, two, _, ratio in measure.pairs(told)}
    assert ratios["a", "c"] > 100 > 2 > ratios["a", "b"]


def test_the_first_count_is_that_from_which_on_the_goal_is_reached():
    counts = np.array([1, 5, 20, 80])
    assert measure.first_with(counts, np.array([0.5, 0.81, 0.79, 0.9]), 0.8) == 80
    assert measure.first_with(counts, np.array([0.9, 0.9, 0.9, 0.9]), 0.8) == 1
    assert np.isnan(measure.first_with(counts, np.array([0.9, 0.9, 0.9, 0.7]), 0.8))


def test_an_area_is_the_share_of_pairs_that_point_the_right_way():
    first, second = np.array([3.0, 4.0, 5.0, 6.0]), np.array([1.0, 2.0, 3.5, 3.0])
    wins = (first[:, None] > second).mean() + (first[:, None] == second).mean() / 2
    assert measure.area(first, second).value == wins


def test_the_interval_of_an_area_covers_it():
    """Two normal distributions a standard deviation apart: the area is Φ(1/√2)."""
    luck, covered = np.random.default_rng(6), 0
    for _ in range(300):
        one = measure.area(luck.normal(1, 1, 60), luck.normal(0, 1, 50))
        covered += one.low < 0.7602 < one.high
    assert 0.92 < covered / 300 < 0.985


@pytest.mark.slow
def test_the_study_of_theories_writes_its_page(tmp_path):
    study("theories/run", "--replicates=130", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "named.csv")
    assert table["right"].between(0, 1).all()
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "--replicates 130" in page
    assert "not a forecast" in page
    assert (tmp_path / "page" / "areas.png").read_bytes().startswith(b"\x89PNG")
