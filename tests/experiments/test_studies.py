"""The studies' commands, at small size."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from sim.model import MODEL_VERSION
from tests.experiments.commands import study


@pytest.mark.slow
def test_the_study_of_levers_writes_its_page_and_its_table(tmp_path):
    study("levers/run", "--settings=3", "--replicates=2", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "differences.csv")
    assert set(table["theory"]) == {"constant", "threat_efficacy", "prospects", "squad_threshold", "breach"}
    mandatory = table[(table["lever"] == "mandatory") & (table["outcome"] == "exits_by_record_end")]
    assert (mandatory["difference"] <= 0).all()
    reserve = table[(table["lever"] == "reserve_100") & (table["outcome"] == "available_on_target")]
    assert reserve["difference"].eq(100).all()
    assert "not a forecast" in (tmp_path / "page" / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_study_of_scaling_does_runs_in_a_process_of_its_own_and_tells_their_speed_and_memory():
    found = json.loads(study("speed/scaling", "--once=40"))
    assert found["speed"] == pytest.approx(40 * 400 * 60 / found["cpu"])
    assert 50 < found["MiB"] < 1024


@pytest.mark.slow
def test_the_study_of_regret_names_the_lever_that_is_never_far_from_best(tmp_path):
    study("regret/run", "--settings=2", "--replicates=2", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "regret.csv")
    assert (table["worst"] >= table["mean"]).all()
    exits = table[(table["outcome"] == "exits_by_record_end") & (table["choice"] == "every lever")]
    assert exits.iloc[0]["option"] == "mandatory"
    assert exits.iloc[0]["worst"] == 0
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "**mandatory** has the smallest worst regret" in page
    assert "not a forecast" in page


@pytest.mark.slow
def test_the_study_of_coverage_prefers_the_method_in_use(tmp_path):
    study("coverage/run", "--samples=150", "--replicates=24", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "coverage.csv")
    usual = table[table["given"] >= 50].groupby("method")["covers"]
    assert usual.min()["ours"] > usual.min()["Student's t"]
    assert (usual.median() - 95).abs()["ours"] < 1.5
    assert table[table["method"] == "ours"]["misled"].max() < 15


@pytest.mark.slow
def test_the_study_that_kills_finds_one_digest(tmp_path):
    study("nothing_lost/run", "--kills=1", "--replicates=20", "--no-dask", to=tmp_path / "page")
    assert pd.read_csv(tmp_path / "page" / "digests.csv")["digest"].nunique() == 1


@pytest.mark.slow
def test_a_table_that_is_killed_comes_to_the_same(tmp_path):
    study("table_session/run", "--kills=3", "--most=3", to=tmp_path / "page")
    sessions = pd.read_csv(tmp_path / "page" / "sessions.csv")
    assert sessions["killed"].sum() == 3
    assert sessions["digest"].nunique() == 1
    assert (tmp_path / "page" / "report" / "after_action.html").exists()


@pytest.mark.slow
def test_the_study_of_the_record_scores_every_theory(tmp_path):
    study("record/run", "--replicates=6", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "scores.csv", index_col="theory")
    assert set(table.index) == {"constant", "threat_efficacy", "prospects", "squad_threshold", "breach"}
    assert table.loc["constant", "violence"] == 0, "the reference does not listen"
    assert table[["C1", "C2", "C3", "C5", "C6"]].stack().between(0, 1).all()
    assert "**prospects**" in (tmp_path / "page" / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_study_of_what_drives_exits_sets_both_versions_side_by_side(tmp_path):
    study("drivers/run", "--replicates=24", "--visits=40", "--crossed=8", "--floors=16", to=tmp_path)
    drivers = pd.read_csv(tmp_path / f"version-{MODEL_VERSION}-drivers.csv").set_index(["theory", "cause", "window"])
    assert (drivers.loc["constant", "share"] == 0).all()
    assert drivers.loc[("squad_threshold", "violence", "surge"), "share"] > 0.5
    assert drivers.loc[("breach", "ambiguity", "surge"), "share"] > 0.3
    days = pd.read_csv(tmp_path / f"version-{MODEL_VERSION}-days.csv")
    assert days.loc[days["day"] < "2023-10-31", "exits"].sum() == 0
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert page.count("| threat_efficacy | 3 |") == page.count(f"| threat_efficacy | {MODEL_VERSION} |") == 3
    assert (tmp_path / "days.png").read_bytes().startswith(b"\x89PNG")
