"""Dose and response: the page is of the doses, the model and the kept worlds that there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.paired_options import POSTERIOR, basis
from experiments.perceived_risk import run
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/perceived_risk/run.py makes it again"


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


def test_the_page_is_of_the_model_the_worlds_and_the_doses_that_there_are(found):
    now = basis(run.plan(), POSTERIOR, int(found["basis"]["replicates"].iloc[0]))
    now["felt"] = now["felt"].astype(float)
    pd.testing.assert_frame_equal(now, found["basis"], check_dtype=False, obj=AGAIN)


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).strip(), AGAIN


def test_only_the_dose_and_the_peers_are_set():
    options = {(one.keys["peers"], one.keys["felt"]): one.cases["breach"] for one in run.plan()}
    whole = options["on", "1"].values
    for (peers, felt), case in options.items():
        changed = {key: value for key, value in case.values.items() if value != whole[key]}
        wanted = ({"officers.peers_felt": 0.0} if peers == "off" else {}) | (
            {run.FELT: float(felt)} if felt != "1" else {}
        )
        assert changed == wanted


def test_outcomes_that_go_together_have_a_correlation_and_others_an_interval_around_none():
    luck = np.random.default_rng(4)
    risk = luck.random(200)
    tied = run.together(pd.DataFrame({run.RISK: risk, run.AFTER: 3 * risk}))
    assert (tied["correlation"], tied["low"]) == (pytest.approx(1), pytest.approx(1))
    loose = run.together(pd.DataFrame({run.RISK: risk, run.AFTER: luck.random(200)}))
    assert loose["low"] < 0 < loose["high"]


@pytest.mark.slow
def test_the_study_of_perceived_risk_writes_its_page(tmp_path):
    study("perceived_risk/run", "--replicates=20", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "responses.csv")
    assert (table["on"] > 0).all(), "more leave where more of the news is felt"
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "--replicates 20" in page
    assert "not a forecast" in page
    assert (tmp_path / "page" / "perceived-hazard.png").read_bytes().startswith(b"\x89PNG")
