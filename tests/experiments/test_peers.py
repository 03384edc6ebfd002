"""The programs that the engine is measured against compute what it computes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.peers import fused
from experiments.peers.contenders import CONTENDERS
from experiments.peers.script import GIVEN, SERIES, script
from sim.ensemble.engine.block import Block, simulate
from tests.experiments.commands import study

RUNS = 512


def shares_out(name: str, runs: int) -> list[np.ndarray]:
    parts = list(CONTENDERS[name].live(runs, 0))
    return [np.concatenate([part[k] for part in parts]) for k in range(2)]


def test_the_fused_kernel_loses_as_many_officers_as_the_engine():
    for limit, engine in zip(shares_out("fused", 2 * RUNS), shares_out("engine", RUNS // 2), strict=True):
        error = np.sqrt(limit.var() / len(limit) + engine.var() / len(engine))
        assert abs(limit.mean() - engine.mean()) < 4 * error
        assert 4 * error < 0.1 * engine.mean()
        assert limit.std() == pytest.approx(engine.std(), rel=0.2)


def test_the_kernel_keeps_the_same_series(case):
    known = simulate(Block((case(),), np.zeros(RUNS // 4, np.int64), np.arange(RUNS // 4), 20240307)).series
    made = dict(zip(SERIES, fused.simulate(script(), RUNS, 3), strict=True))
    assert set(made) == set(known)
    for name, engine in known.items():
        mine, theirs = made[name].mean(axis=0), engine.mean(axis=0)
        error = np.sqrt(mine.var() / len(mine) + theirs.var() / len(theirs))
        if name in GIVEN or not error:
            np.testing.assert_allclose(mine.mean(), theirs.mean(), rtol=1e-4, err_msg=name)
        else:
            assert abs(mine.mean() - theirs.mean()) < 4.5 * error, name


def test_a_case_that_the_peers_do_not_know_is_refused():
    with pytest.raises(ValueError, match="leaders_briefed"):
        script("as_documented", "levers.leaders_briefed=1")
    with pytest.raises(ValueError, match="scripted"):
        script("as_documented", "governments=rules")


@pytest.mark.slow
def test_the_study_of_peers_writes_its_page_and_only_rows_that_agree(tmp_path):
    study("peers/measure", "--quick", "--rounds=1", to=tmp_path)
    table = pd.read_csv(tmp_path / "peers.csv").set_index("program")
    assert {"mesa", "engine", "engine_all", "fused"} <= set(table.index)
    assert table["agrees"].all()
    assert table.loc["engine_all", "share_out_by_end"] == table.loc["engine", "share_out_by_end"]
    assert table.loc["mesa", "engine is faster by"] > 10
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert ("not installed" in page) == (len(table) < 6)


@pytest.mark.slow
def test_the_study_of_answers_parts_speed_from_luck(tmp_path):
    study("peers/answer", "--quick", to=tmp_path)
    table = pd.read_csv(tmp_path / "answer.csv")
    assert np.allclose(table["whole"], table["speed"] * table["luck"], rtol=1e-3)
    assert (table["paired_runs"] <= table["alone_runs"]).all()
    assert table["luck"].iloc[-1] > 5


@pytest.mark.slow
def test_the_study_of_coupling_says_what_would_help(tmp_path):
    study("peers/coupling", "--quick", to=tmp_path)
    table = pd.read_csv(tmp_path / "coupling.csv")
    exits = table[(table["theory"] == "breach") & (table["outcome"] == "share_out_by_end")].dropna(subset="factor")
    assert (exits["with the control"] > exits["factor"]).mean() > 0.5
    reports = table[(table["theory"] == "threat_efficacy") & (table["outcome"] == "withdrawal_reports")]
    assert (reports["factor"] > reports["reports by the day"]).mean() > 0.5
