"""Larger pools: the page is of the sizes, the model and the kept worlds that there are."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

from experiments.paired_options import POSTERIOR, PRIOR, basis, documented, simulated
from experiments.scale import run
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.engine.result_tables import outcome_rows

AGAIN = "the page is stale: python experiments/scale/run.py makes it again"


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


def test_the_page_is_of_the_model_the_worlds_and_the_sizes_that_there_are(found):
    replicates, options = int(found["basis"]["replicates"].iloc[0]), run.plan()
    alone = [option for option in options if option.keys["plan"] == "documented"]
    now = pd.concat([basis(options, POSTERIOR, replicates), basis(alone, PRIOR, replicates)], ignore_index=True)
    now["pool"] = now["pool"].astype(int)
    pd.testing.assert_frame_equal(now, found["basis"], check_dtype=False, obj=AGAIN)


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).strip(), AGAIN


def test_contingent_and_levers_grow_with_the_pool():
    cases = {(one.keys["plan"], int(one.keys["pool"])): one.cases["breach"] for one in run.plan()}
    assert cases["documented", 400].values["levers.first_contingent"] == 300
    assert cases["documented", 100_000].values["levers.first_contingent"] == 75_000
    (order,) = [event for event in cases["kept", 4000].orders if event.id == "pulled"]
    assert ("levers.first_contingent", "set", 500.0) in order.writes


def test_larger_pools_are_lived_in_the_first_of_the_kept_worlds():
    kept = load_posterior().kept("breach")
    assert run.worlds_at(400, 200) == 200
    assert run.worlds_at(8000, 200) == 100
    assert run.worlds_at(100_000, 200) == run.LEAST
    assert run.worlds_at(100_000, 5) == 5, "never more than were asked for"
    assert run.numbers(POSTERIOR, "breach", 20).tolist() == list(kept[:20])


def test_the_smallest_pool_lives_the_kept_worlds_again(tmp_path):
    """Its officers, unknowns and luck are those of the posterior, so what comes before futures part is the same."""
    options = [option for option in run.plan() if option.keys == {"plan": "documented", "pool": "400"}]
    one = [type(option)(option.keys, {"breach": option.cases["breach"]}) for option in options]
    runs = run.live_worlds(one, POSTERIOR, 4, tmp_path).sort_values("replicate")
    (result,) = simulated(documented(POSTERIOR)["breach"], 4)
    again = outcome_rows(result).sort_values("replicate")
    assert runs["replicate"].tolist() == again["replicate"].tolist()
    assert runs["exits_by_record_end"].tolist() == again["exits_by_record_end"].tolist()


@pytest.mark.slow
def test_the_study_of_scale_writes_its_page(tmp_path, monkeypatch):
    """As it is called, but for the pools that take minutes."""
    monkeypatch.setattr(run, "SIZES", (400, 1000))
    typed = ["run.py", "--replicates=6", f"--out={tmp_path / 'store'}", f"--to={tmp_path}"]
    monkeypatch.setattr(sys, "argv", typed)
    run.carry_out(run.__file__, run.__doc__, run.tables, run.page, run.draw, run.WORLDS)
    tables, text = run.read_tables(tmp_path), (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "--replicates 6" in text
    assert "not a forecast" in text
    assert (tmp_path / "by-size.png").read_bytes().startswith(b"\x89PNG")
    assert tables["shares"]["share"].between(0, 1).all()
