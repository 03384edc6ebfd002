"""Reserve lists: the page is of the contingents, the model and the kept worlds that there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.paired_options import MODES, Option, basis
from experiments.reserve import run
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/reserve/run.py makes it again"


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


def test_the_page_is_of_the_model_the_worlds_and_the_contingents_that_there_are(found):
    replicates = int(found["basis"]["replicates"].iloc[0])
    now = pd.concat([basis(run.plan(mode), mode, replicates) for mode in MODES], ignore_index=True)
    now["contingent"] = now["contingent"].astype(int)
    pd.testing.assert_frame_equal(now, found["basis"], check_dtype=False, obj=AGAIN)


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).strip(), AGAIN


def test_the_documented_contingent_leaves_its_worlds_as_they_were():
    plan = {(one.keys["plan"], one.keys["contingent"]): one.cases["breach"] for one in run.plan(run.POSTERIOR)}
    documented = run.documented(run.POSTERIOR)["breach"]
    assert plan["documented", "300"].id == documented.id
    assert plan["documented", "200"].id != documented.id
    writes = [write for event in plan["kept", "300"].orders for write in event.writes]
    assert "levers.first_contingent" not in [target for target, *_ in writes]
    assert "levers.mandatory" not in [target for target, *_ in writes], "no locks"


def test_a_list_is_what_so_many_worlds_lack_and_no_more():
    """Of ten worlds two lack 40 officers, the others none."""

    class Known:
        id = "known"

    option = Option({"plan": "documented", "contingent": "300"}, {"breach": Known()})
    available = {"known": np.array([300.0] * 8 + [260.0] * 2)}
    table = run.needed([option], available).set_index("share")["reserve"]
    assert table[run.SURE] == 0
    assert table[0.95] == 40
    curve = run.curves([option], available).set_index("reserve")["met"]
    assert (curve[30], curve[40]) == (0.8, 1.0)


@pytest.mark.slow
def test_the_study_of_reserves_writes_its_page(tmp_path):
    study("reserve/run", "--replicates=12", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "needed.csv")
    lists = table.pivot_table(index=["mode", "plan", "theory", "share"], columns="contingent", values="reserve")
    assert (lists.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None), "a larger contingent needs no shorter list"
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "--replicates 12" in page
    assert "not a forecast" in page
    assert (tmp_path / "page" / "reserve-list.png").read_bytes().startswith(b"\x89PNG")
