"""Reports against exits: the page is of the documented world, the model and the kept worlds that there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.observation import run
from experiments.paired_options import MODES, basis
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/observation/run.py makes it again"


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


def seen(reports: list[float], exits: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"reports": reports, "exits": exits, "denials": 0.0, "rumour": 1.0})


def test_exits_for_each_report_is_a_ratio_of_sums():
    told = run.ratio(seen([1, 3, 0, 4], [30, 90, 10, 110]))
    assert told["ratio"] == pytest.approx(240 / 8)
    assert told["low"] < told["ratio"] < told["high"]
    assert (told["silent"], told["denied"]) == (0.25, 0)


def test_each_count_of_reports_lies_in_one_bin():
    counts = np.arange(0, 200)
    for count, place in zip(counts, run.bin_of(pd.Series(counts)), strict=True):
        first, last = run.BINS[place]
        assert first <= count <= last


def test_a_signal_that_names_the_number_leaves_no_range_and_noise_leaves_it_all():
    luck = np.random.default_rng(2)
    reports = luck.integers(0, 3, 600).astype(float)
    assert run.narrower(seen(reports.tolist(), (10 * reports).tolist())) == 1
    assert run.narrower(seen(reports.tolist(), luck.normal(50, 10, 600).tolist())) == pytest.approx(0, abs=0.1)
    told = run.tells(seen(reports.tolist(), (10 * reports).tolist())).set_index("signal")
    assert told.loc["reports", "correlation"] == pytest.approx(1)
    assert np.isnan(told.loc["denials", "correlation"]), "it does not vary"


@pytest.mark.slow
def test_the_study_of_observation_writes_its_page(tmp_path):
    study("observation/run", "--replicates=40", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "ratios.csv")
    lived = table[(table["mode"] == "posterior") & (table["by"] != "record")]
    assert (lived["silent"] == 0).all(), "every world that lived the record has a report by 11 March"
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "--replicates 40" in page
    assert "not a forecast" in page
    assert (tmp_path / "page" / "reports-and-exits.png").read_bytes().startswith(b"\x89PNG")
