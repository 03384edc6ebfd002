"""Where the force tips: the page is of the grid, the model and the kept worlds that there are."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.paired_options import MODES, POSTERIOR, basis
from experiments.tipping import run
from sim.analysis.tipping import line
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/tipping/run.py makes it again"


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


@pytest.fixture(scope="module")
def plans():
    return {mode: run.plan(mode) for mode in MODES}


def test_the_page_is_of_the_model_the_worlds_and_the_grid_that_there_are(found, plans):
    replicates = int(found["basis"]["replicates"].iloc[0])
    now = pd.concat([basis(plan, mode, replicates) for mode, plan in plans.items()], ignore_index=True)
    now[["x", "y"]] = now[["x", "y"]].replace("", "nan").astype(float)
    pd.testing.assert_frame_equal(now, found["basis"], check_dtype=False, obj=AGAIN)


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).strip(), AGAIN


def test_only_the_two_settings_and_the_end_are_set(plans):
    nothing, *cells = plans[POSTERIOR]
    usual = nothing.cases["breach"].values
    for cell in cells:
        case = cell.cases["breach"]
        changed = {key: value for key, value in case.values.items() if value != usual[key]}
        assert changed == {run.X: float(cell.keys["x"]), run.Y: float(cell.keys["y"])}
        assert case.mode == POSTERIOR


def test_a_map_out_of_its_table_has_the_same_shares(found):
    cells = found["cells"][(found["cells"]["theory"] == "breach") & (found["cells"]["mode"] == POSTERIOR)]
    again = run.cells_of(run.of_cells(cells))
    both = cells.merge(again, on=[run.X, run.Y], suffixes=("", "_again"))
    assert len(both) == len(cells)
    assert (both["share"] - both["share_again"]).abs().max() < 1e-3
    assert (both["runs"] == both["runs_again"]).all()
    lines = found["lines"][(found["lines"]["theory"] == "breach") & (found["lines"]["mode"] == POSTERIOR)]
    known = line(run.of_cells(cells), resamples=2)["threshold"]
    pd.testing.assert_series_equal(known, lines["threshold"].reset_index(drop=True), rtol=1e-3)


def test_what_lies_outside_the_range_is_said_to_be_on_a_side_of_it():
    row = pd.Series({"threshold": float("nan"), "low": float("nan"), "high": float("nan"),
                     "note": "not reached within the range: below 50 % everywhere"})  # fmt: skip
    assert run._point(row, (0.5, 3)) == ">3", "where few tip, it takes more"
    assert (
        run._point(row.replace({row["note"]: "not reached within the range: above 50 % everywhere"}), (0.5, 3))
        == "<0.5"
    )
    known = pd.Series({"threshold": 1.2, "low": float("nan"), "high": 1.5, "note": ""})
    assert run._point(known, (0.5, 3)) == "1.20 (<0.5 to 1.50)"


@pytest.mark.slow
def test_the_study_of_tipping_writes_its_page_and_its_pictures(tmp_path):
    study("tipping/run", "--replicates=3", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    lines = pd.read_csv(tmp_path / "page" / "lines.csv")
    assert set(lines["crosses"]) == {run.X}
    assert lines["threshold"].notna().any()
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "as likely as not" in page
    assert "not a forecast" in page
    assert (tmp_path / "page" / "tipping-lines.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "page" / "F3-tipping-T4.png").read_bytes().startswith(b"\x89PNG")
