"""The page of a sensitivity study: every number from the study, how much is luck, and what is left out is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.sensitivity import COLUMNS, Sensitivity
from sim.analysis.sensitivity_study import SensitivityRequest, TheorySensitivity
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.outcomes import outcome_of
from sim.record import load as load_record
from sim.reports.sensitivity_page import how_kept, how_much_luck, save, sensitivity_page, shown_table


def part(design: str, rows: list[tuple[str, str, float]], luck: float, lacking: int = 0) -> Sensitivity:
    numbers = [[name, index, value, 0.8 * value, 1.2 * value, 0, 1, 3.0, 4.0] for name, index, value in rows]
    table = pd.DataFrame(numbers, columns=COLUMNS)
    if design == "worlds":
        table["p"] = [0.001] + [0.9] * (len(table) - 1)
    lacks = pd.DataFrame({"case": ["c1"] * lacking, "replicate": range(lacking), "future": 0})
    return Sensitivity(("theory=breach",), design, "attacks", table, 1 - luck, luck, 40, 2, "c1", lacks)


@pytest.fixture
def found() -> TheorySensitivity:
    return TheorySensitivity(
        "breach",
        "attacks",
        3,
        part("morris", [("a.b", "mu_star", 5), ("a.c", "mu_star", 2), ("a.d", "mu_star", 0)], 0.25, lacking=2),
        ("a.b", "a.c"),
        ("a.e",),
        part(
            "sobol", [("a.b", "total", 0.7), ("a.b", "first", 0.6), ("a.c", "total", 0.3), ("a.c", "first", 0.2)], 0.3
        ),
        part("worlds", [("a.c", "first", 0.4), ("a.b", "first", 0.0), ("a.d", "first", 0.0)], np.nan),
        ("Morris: 2 runs without a value of attacks left out (c1 replicate 0, c1 replicate 1)",),
    )


ASKED = SensitivityRequest(outcome_of("attacks"), ("breach",), held=("scenario=no_surge", "executor=serial", "out=x"))


def test_a_row_has_what_each_analysis_says_of_a_setting_and_nothing_for_what_moves_nothing(found) -> None:
    rows = shown_table(found)
    assert list(rows["setting"]) == ["a.b", "a.c"]
    assert rows.iloc[0].tolist() == ["a.b", "5.0 (4.0 to 6.0)", "70 (56 to 84)", "60 (48 to 72)", "0 (0 to 0)"]
    assert rows.iloc[1, 4] == "40 (32 to 48)"


def test_how_settings_were_kept_and_how_much_is_luck_is_said(found) -> None:
    assert how_kept(found).startswith("Morris keeps 2 of 3 drawn settings for Sobol'")
    assert how_kept(found).endswith("1 more had no room.")
    assert how_much_luck(found) == (
        "Luck, of what single runs vary by: 25 of 100 over the 40 points of Morris; 30 of 100 over the 40 points of "
        "Sobol'; not known over 40 worlds that lived the record."
    )


def test_the_page_says_all_of_it(found) -> None:
    page = sensitivity_page(ASKED, [found], ["tabletop", "sensitivity"], {"breach": [("F4.png", "an [alt] text")]})
    assert "in worlds that lived the record attacks goes most with a.c (40 of 100, 95 % 32 to 48)" in page
    assert "a.b (70 of 100, 95 % 56 to 84) and a.c (30 of 100, 95 % 24 to 36) matter most for attacks" in page
    assert "- Morris: 2 runs without a value of attacks left out" in page
    assert "| `a.b` | 5.0 (4.0 to 6.0) |" in page
    assert r"![an \[alt\] text](F4.png)" in page
    assert "not how sure we are of the world" in " ".join(page.split())
    assert "probability" not in page


def test_numbers_and_runs_without_a_value_lie_beside_it_in_a_folder_of_the_world(found, tmp_path) -> None:
    store = Store.open(tmp_path / "s", model_version=MODEL_VERSION, record=load_record().hash)
    none = pd.DataFrame({"case": [], "root_seed": [], "replicate": [], "future": [], "status": []})
    paths = save(ASKED, [found], store, {"breach": (none, none)}, ["tabletop"], figures=False)
    assert [path.name for path in paths] == ["sensitivity.csv", "lacking.csv", "sensitivity.md"]
    assert paths[0].parent.name == "sensitivity-attacks-breach-scenario=no_surge", "not where or how it was run"
    assert len(pd.read_csv(paths[0])) == 3 + 4 + 3
    assert pd.read_csv(paths[1])[["theory", "analysis", "case", "replicate"]].values.tolist() == [
        ["breach", "morris", "c1", 0], ["breach", "morris", "c1", 1]]  # fmt: skip
