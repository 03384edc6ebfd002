"""The studies' commands, at small size."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

EXPERIMENTS = Path(__file__).parent.parent / "experiments"


@pytest.mark.slow
def test_the_study_of_levers_writes_its_page_and_its_table(tmp_path):
    words = ["--settings", "3", "--replicates", "2", "--out", str(tmp_path / "store"), "--to", str(tmp_path / "page")]
    subprocess.run([sys.executable, str(EXPERIMENTS / "levers" / "run.py"), *words], check=True, cwd=tmp_path)
    table = pd.read_csv(tmp_path / "page" / "differences.csv")
    assert set(table["theory"]) == {"constant", "threat_efficacy", "prospects", "squad_threshold", "breach"}
    mandatory = table[(table["lever"] == "mandatory") & (table["outcome"] == "exits_by_record_end")]
    assert (mandatory["difference"] <= 0).all()
    reserve = table[(table["lever"] == "reserve_100") & (table["outcome"] == "available_on_target")]
    assert reserve["difference"].eq(100).all()
    assert "not a forecast" in (tmp_path / "page" / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_study_of_scaling_does_runs_in_a_process_of_its_own_and_tells_their_speed_and_memory():
    words = [sys.executable, str(EXPERIMENTS / "speed" / "scaling.py"), "--once", "40"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout)
    assert found["speed"] == pytest.approx(40 * 400 * 60 / found["cpu"])
    assert 50 < found["MiB"] < 1024


@pytest.mark.slow
def test_the_study_of_regret_names_the_lever_that_is_never_far_from_best(tmp_path):
    words = ["--settings", "2", "--replicates", "2", "--out", str(tmp_path / "store"), "--to", str(tmp_path / "page")]
    subprocess.run([sys.executable, str(EXPERIMENTS / "regret" / "run.py"), *words], check=True, cwd=tmp_path)
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
    words = ["--samples", "150", "--replicates", "24", "--out", str(tmp_path / "store"), "--to", str(tmp_path / "page")]
    subprocess.run([sys.executable, str(EXPERIMENTS / "coverage" / "run.py"), *words], check=True, cwd=tmp_path)
    table = pd.read_csv(tmp_path / "page" / "coverage.csv")
    usual = table[table["given"] >= 50].groupby("method")["covers"]
    assert usual.min()["ours"] > usual.min()["Student's t"]
    assert (usual.median() - 95).abs()["ours"] < 1.5
    assert table[table["method"] == "ours"]["misled"].max() < 15


@pytest.mark.slow
def test_the_study_of_tipping_writes_its_line_and_its_picture(tmp_path):
    words = ["--replicates", "3", "--out", str(tmp_path / "store"), "--to", str(tmp_path / "page")]
    subprocess.run([sys.executable, str(EXPERIMENTS / "tipping" / "run.py"), *words], check=True, cwd=tmp_path)
    line = pd.read_csv(tmp_path / "page" / "F3-tipping-line.csv")
    assert set(line["setting"]) == {"governments.kit_gap"}
    assert line["threshold"].notna().any()
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert (tmp_path / "page" / "F3-tipping.png").exists()
    assert "as likely as not" in page
    assert "not a forecast" in page


@pytest.mark.slow
def test_the_study_that_kills_finds_one_digest(tmp_path):
    words = ["--kills", "1", "--replicates", "20", "--no-dask", "--to", str(tmp_path / "page")]
    subprocess.run([sys.executable, str(EXPERIMENTS / "nothing_lost" / "run.py"), *words], check=True, cwd=tmp_path)
    assert pd.read_csv(tmp_path / "page" / "digests.csv")["digest"].nunique() == 1


@pytest.mark.slow
def test_the_study_of_the_record_scores_every_theory(tmp_path):
    words = ["--replicates", "6", "--out", str(tmp_path / "store"), "--to", str(tmp_path / "page")]
    subprocess.run([sys.executable, str(EXPERIMENTS / "record" / "run.py"), *words], check=True, cwd=tmp_path)
    table = pd.read_csv(tmp_path / "page" / "scores.csv", index_col="theory")
    assert set(table.index) == {"constant", "threat_efficacy", "prospects", "squad_threshold", "breach"}
    assert table.loc["constant", "violence"] == 0, "the reference does not listen"
    assert table[["C1", "C2", "C3", "C5", "C6"]].stack().between(0, 1).all()
    assert "**prospects**" in (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
