"""The toy that two calibrations share, and the page that says what each costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.peers.calibration import GOAL, HERE, agreement, page, ratios
from experiments.peers.calibrators import CALIBRATORS, engine, told
from experiments.peers.toy import DAYS, OFFICERS, PRIORS, SIZE, SURGE, missed, simulate, valued
from sim.analysis.patterns import patterns_of
from tests.experiments.commands import study


def toy(runs: int, seed: int) -> dict[str, np.ndarray]:
    luck = np.random.default_rng(seed)
    return simulate(valued({name: luck.random(runs) for name in PRIORS}), lambda day: luck.random((OFFICERS, runs)))


def test_the_toy_counts_who_leaves_when():
    never, sure = 1.0, 0.0
    values = valued({name: np.full(1, 0.5) for name in PRIORS})
    quiet = simulate(values, lambda day: np.full((OFFICERS, 1), never))
    assert {name: float(value[0]) for name, value in quiet.items()} == dict.fromkeys(quiet, 0.0)
    lost = np.full((OFFICERS, 1), never)
    lost[:SIZE] = sure
    last = simulate(values, lambda day: lost if day == DAYS - 1 else np.full((OFFICERS, 1), never))
    assert last["exits_before_surge"] == 0
    assert last["exits_by_record_end"] == SIZE
    assert last["max_squad_share_3d"] == 1
    early = simulate(values, lambda day: lost if day == SURGE - 1 else np.full((OFFICERS, 1), never))
    assert early["exits_before_surge"] == SIZE


def test_both_calibrations_judge_by_the_same_patterns():
    outcomes = toy(2000, 3)
    passes = patterns_of({"patterns": told()}, Path("toy.yaml")).passes(pd.DataFrame(outcomes), OFFICERS)
    np.testing.assert_array_equal((~passes).sum(axis=1), missed(outcomes))
    assert passes.all(axis=1).any()


def test_a_draw_of_the_toy_is_the_same_alone():
    """pyABC takes one particle at a time; it is the same model."""
    u = {name: np.random.default_rng(5).random(7) for name in PRIORS}
    luck = np.random.default_rng(6).random((DAYS, OFFICERS, 7))
    together = simulate(valued(u), lambda day: luck[day])
    for k in range(7):
        alone = simulate(valued({name: at[[k]] for name, at in u.items()}), lambda day, k=k: luck[day][:, [k]])
        assert {name: value[0] for name, value in alone.items()} == {name: v[k] for name, v in together.items()}


def test_the_rejection_keeps_what_ten_lines_keep():
    kept, rng = engine(300, 11), np.random.default_rng(12)
    u = {name: rng.random(20_000) for name in PRIORS}
    lived = missed(simulate(valued(u), lambda day: rng.random((OFFICERS, 20_000)))) == 0
    shares = 300 / kept.draws, lived.mean()
    assert abs(shares[0] - shares[1]) < 4 * np.sqrt(shares[1] / kept.draws + shares[1] / 20_000)
    for name in PRIORS:
        mine = u[name][lived]
        error = mine.std() * np.sqrt(1 / 300 + 1 / len(mine))
        assert abs(kept.quantiles[name].mean() - mine.mean()) < 4 * error


def test_the_page_says_what_the_table_says():
    frame = pd.read_csv(HERE / "calibration.csv", keep_default_na=False)
    shown = (HERE / "CALIBRATION.md").read_text("utf-8")
    again = page(frame, " --peers-python …", quick=False)
    assert [line for line in again.splitlines() if "cores, " not in line] == [
        line for line in shown.partition("\nFigures of model version")[0].splitlines() if "cores, " not in line
    ]
    assert ratios(frame, "pyabc")["whole"].median() >= GOAL
    assert (agreement(frame, "pyabc")["z"].abs() < 3).all()


@pytest.mark.slow
def test_the_study_of_calibration_writes_its_page_with_or_without_pyabc(tmp_path):
    study("peers/calibration", "--quick", "--rounds=1", to=tmp_path)
    table = pd.read_csv(tmp_path / "calibration.csv").set_index("program")
    assert {name for name, one in CALIBRATORS.items() if one.installed} == set(table.index)
    text = (tmp_path / "CALIBRATION.md").read_text("utf-8")
    assert ("not installed" in text) == ("pyabc" not in table.index)
