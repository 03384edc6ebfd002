"""The synthetic backtest: its page is of the file, the model and the kept worlds that there are."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.backtest import run
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/backtest/run.py makes it again"
pytestmark = pytest.mark.filterwarnings("ignore:theory=constant")


def test_the_page_is_of_the_cases_that_there_are():
    found, base = run.read()
    now = run.basis(run.asked(found.backtest, int(base["replicates"].iloc[0])))
    pd.testing.assert_frame_equal(now, base, check_dtype=False, obj=AGAIN)


def test_the_page_says_what_its_tables_and_its_file_say():
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(*run.read()).strip(), AGAIN


def test_everything_in_it_is_called_invented():
    found, _ = run.read()
    assert found.backtest.synthetic
    assert {one.source for one in found.backtest.patterns if one.observed is not None} == {"invented for this example"}
    assert set(found.backtest.sources.values()) == {"invented for this example"}
    assert len(found.backtest.sources) == len(found.backtest.inputs)
    assert "**SYNTHETIC: inputs and answers of this file are invented." in (run.HERE / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_the_command_writes_its_page(tmp_path):
    study("backtest/run", "--replicates=20", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "--replicates 20" in page
    assert "not a forecast" in page
    assert len(pd.read_csv(tmp_path / "page" / "scores.csv")) == 5 * 8
