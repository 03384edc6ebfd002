"""The programs that the engine is measured against compute what it computes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.peers import fused
from experiments.peers.contenders import CONTENDERS
from experiments.peers.controls import adjusted, covered, paid
from experiments.peers.script import GIVEN, SERIES, case_of, script
from sim.ensemble.engine.block import Block, simulate
from tests.experiments.commands import study

RUNS = 512


def shares_out(name: str, runs: int) -> list[np.ndarray]:
    parts = list(CONTENDERS[name].live(runs, 0, "as_documented"))
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


def test_a_case_is_composed_once():
    assert case_of("as_documented") is case_of("as_documented")


def test_a_control_takes_out_what_it_explains_and_noise_nothing():
    rng = np.random.default_rng(5)
    known, noise = rng.standard_normal((2, 4000))
    difference = 1 + known + 0.5 * rng.standard_normal(4000)
    assert difference.var() / adjusted(difference, known[:, None]).var() == pytest.approx(5, rel=0.15)
    assert difference.var() / adjusted(difference, noise[:, None]).var() == pytest.approx(1, abs=0.01)
    assert adjusted(difference, known[:, None]).mean() == pytest.approx(1, abs=0.04)


def test_the_interval_with_a_control_covers():
    rng = np.random.default_rng(6)
    known = rng.standard_normal((4000, 2))
    difference = known @ [1.0, -1.0] + rng.standard_normal(4000)
    assert covered(difference, known, 30) == pytest.approx(0.95, abs=0.02)


def test_a_control_whose_mean_costs_as_much_as_it_saves_is_worth_nothing():
    assert paid(1.5) == 1
    assert paid(2.0) == 1
    assert paid(100.0) == pytest.approx(2 / (0.1 + np.sqrt(0.99)) ** 2)


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
    assert ("not installed" in page) == (len(table) < len(CONTENDERS))


@pytest.mark.slow
def test_the_study_of_answers_parts_speed_from_luck(tmp_path):
    study("peers/answer", "--quick", to=tmp_path)
    table = pd.read_csv(tmp_path / "answer.csv")
    assert np.allclose(table["whole"], table["speed"] * table["luck"], rtol=1e-3)
    assert (table["paired_runs"] <= table["alone_runs"]).all()
    assert (table["controlled_runs"] <= table["paired_runs"]).all()
    assert table["luck"].iloc[-1] > 5
    controls = pd.read_csv(tmp_path / "controls.csv").set_index("name")
    assert controls.loc["none", "less"] == 1
    assert controls["less"].idxmax() == "both"


@pytest.mark.slow
def test_the_study_of_coupling_says_what_would_help(tmp_path):
    study("peers/coupling", "--quick", to=tmp_path)
    table = pd.read_csv(tmp_path / "coupling.csv")
    exits = table[(table["theory"] == "breach") & (table["outcome"] == "share_out_by_end")].dropna(subset="factor")
    assert (exits["with the control"] > exits["factor"]).mean() > 0.5
    reports = table[(table["theory"] == "threat_efficacy") & (table["outcome"] == "withdrawal_reports")]
    assert (reports["factor"] > reports["reports by the day"]).mean() > 0.5


@pytest.mark.slow
def test_the_study_of_agreement_tells_luck_from_bias(tmp_path):
    pytest.importorskip("ambr")
    study("peers/agreement", "--quick", to=tmp_path)
    table = pd.read_csv(tmp_path / "agreement.csv")
    assert (table["z"].abs() < 4).all()
    assert "the luck of its seeds" in (tmp_path / "AGREEMENT.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["naga", "modelly"])
def test_a_peer_that_is_installed_loses_as_many_officers_as_the_engine(name):
    if not CONTENDERS[name].installed:
        pytest.skip("not installed")
    for theirs, engine in zip(shares_out(name, 16), shares_out("engine", RUNS // 2), strict=True):
        assert abs(theirs.mean() - engine.mean()) < 4 * engine.std() * np.sqrt(1 / 16 + 2 / RUNS)
