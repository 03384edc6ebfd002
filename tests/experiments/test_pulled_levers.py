"""Levers pulled on three days: the page is of the levers, the model and the kept worlds that there are."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from experiments.paired_options import basis
from experiments.pulled_levers import run
from sim.ensemble.design.request import request
from sim.model.events import TARGETS
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/pulled_levers/run.py makes it again"


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


@pytest.fixture(scope="module")
def case():
    return request(["theory=breach", "unknowns=posterior"]).case


def test_the_page_is_of_the_model_the_worlds_and_the_levers_that_there_are(found):
    replicates = int(found["basis"]["replicates"].iloc[0])
    parts = []
    for mode, whens in ((run.POSTERIOR, list(run.PULLED)), (run.PRIOR, ["accord"])):
        nothing, changed = run.plan(mode, whens)
        parts.append(basis([nothing, *changed], mode, replicates))
    now = pd.concat(parts, ignore_index=True).replace("", float("nan"))
    pd.testing.assert_frame_equal(now, found["basis"], check_dtype=False, obj=AGAIN)


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).strip(), AGAIN


def test_every_lever_is_pulled_as_far_as_it_goes(case):
    levers = run.levers_of(case).set_index("option")["pulled"]
    assert {name for name in levers.index if " " not in name} == {
        key.removeprefix(run.LEVERS) for key in TARGETS if key.startswith(run.LEVERS)
    }
    assert levers["pay_escrow"] == "pay_escrow=1"
    assert levers["first_contingent"] == "first_contingent=50", "as small as its range, not as large"
    together = levers[["all terms", "all of the sender", "all of governments"]].str.cat(sep=" ")
    assert not any(name in together for name in (*run.LOCKS, *run.PEOPLE, "gang_truce"))


def test_levers_are_pulled_on_the_days_of_the_record(case):
    assert run.dates_of(case) == {
        "accord": date(2024, 3, 1),
        "surge": date(2024, 2, 29),
        "January": date(2024, 1, 26),
    }


def test_a_later_row_of_the_record_does_not_undo_a_lever(case):
    """On 6 March the United States decline: that row writes foreign troops."""
    troops = run.pulled(case, {"foreign_troops": 3000.0}, date(2024, 1, 26), "troops")
    writes = [(event.date, one[2]) for event in troops.events for one in event.writes
              if one[0] == "levers.foreign_troops"]  # fmt: skip
    assert [day for day, _ in writes] == [date(2024, 1, 26), date(2024, 3, 6), date(2024, 3, 6)]
    assert writes[-1][1] == 3000
    assert len(run.pulled(case, {"pay_escrow": 1.0}, date(2024, 1, 26), "pay").events) == len(case.events) + 1


def toy(exits: list[float], intents: list[float], sides: tuple[str, str] = ("holds", "holds")) -> dict:
    """One lever under two theories."""
    rows, said = [], []
    for outcome, values, finding in ((run.END, exits, sides[0]), (run.WANT, intents, sides[1])):
        keys = {"when": "accord", "option": "lever", "outcome": outcome, "mode": run.POSTERIOR}
        rows += [{**keys, "theory": t, "difference": v} for t, v in zip(("prospects", "breach"), values, strict=True)]
        said.append({**keys, "finding": finding, "side": -1 if values[0] < 0 else 1})
    levers = pd.DataFrame([{"option": "lever", "text": "a lever", "pulled": "lever=1"}])
    return {"differences": pd.DataFrame(rows), "findings": pd.DataFrame(said), "levers": levers}


@pytest.mark.parametrize(
    ("exits", "intents", "findings", "kind"),
    [
        ([-10, -8], [-11, -9], ("holds", "holds"), "keeps"),
        ([-10, -8], [-11, -3], ("holds", "holds"), "locks"),
        ([-10, -8], [0, 1], ("holds", "not discriminated"), "locks"),
        ([3, 4], [3, 4], ("holds", "holds"), "drives"),
        ([-3, 4], [-3, 4], ("flips", "flips"), "open"),
        ([0, 0], [0, 0], ("no effect", "no effect"), "nothing"),
    ],
)
def test_a_locked_door_keeps_nobody(exits, intents, findings, kind):
    assert run.kinds(toy(exits, intents, findings)) == {"lever": kind}


@pytest.mark.slow
def test_the_study_of_pulled_levers_writes_its_page(tmp_path):
    study("pulled_levers/run", "--replicates=12", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "differences.csv")
    january = table[(table["option"] == "mandatory") & (table["when"] == "January")]
    assert (january[january["outcome"] == "exits_in_surge"]["difference"] < 0).all()
    reserve = table[(table["option"] == "reserve") & (table["outcome"] == run.TARGET)]
    assert reserve["difference"].eq(200).all()
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "--replicates 12" in page
    assert "not a forecast" in page
    assert (tmp_path / "page" / "kept-officers.png").read_bytes().startswith(b"\x89PNG")
