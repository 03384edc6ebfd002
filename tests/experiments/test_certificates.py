"""The page of certificates is of the findings, the model and the kept worlds that there are."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.certificates import run
from experiments.study import ROOT
from sim.analysis.certificates.checks import BASE, checks_of
from sim.analysis.certificates.claims import load_claims
from sim.analysis.certificates.verdicts import NOT_TRIED, VERDICTS
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/certificates/run.py makes it again"


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


@pytest.fixture(scope="module")
def claims():
    return load_claims()


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).partition("\nFigures of model version")[0].strip(), AGAIN


def test_the_page_is_of_the_findings_that_there_are_and_all_their_checks(found, claims):
    table = found["certificates"]
    assert list(dict.fromkeys(table["finding"])) == [claim.name for claim in claims], AGAIN
    assert set(table["verdict"]) <= {*VERDICTS, NOT_TRIED}
    for claim in claims:
        rows = table[(table["finding"] == claim.name) & table["claimed"]]
        assert set(rows["check"]) == {check.name for check in checks_of(claim)}, AGAIN
        assert set(rows["theory"]) == set(claim.theories), AGAIN
    marks = found["basis"].query("kind == 'finding'").set_index("name")["value"]
    assert marks.to_dict() == {claim.name: run._mark(repr(claim)) for claim in claims}, AGAIN


@pytest.mark.slow
def test_the_page_is_of_the_model_the_worlds_and_the_cases_that_there_are(found):
    count = int(found["basis"].query("kind == 'worlds'")["value"].iloc[0])
    now = run.basis(run.asked_of(count))
    pd.testing.assert_frame_equal(now, found["basis"].astype(str), obj=AGAIN)


def test_what_must_not_matter_does_not(found):
    rows = found["certificates"]
    assert set(rows[rows["must_hold"]]["verdict"]) <= {"HOLDS"}


def test_no_finding_flips_under_a_theory_that_it_is_claimed_for(found):
    rows = found["certificates"]
    rows = rows[rows["claimed"] & (rows["check"] == BASE.name)]
    assert not (rows["verdict"] == "FLIPS").any()


def test_every_study_of_a_finding_is_there(claims):
    assert all((ROOT / "experiments" / claim.study / "README.md").exists() for claim in claims)


@pytest.mark.slow
def test_the_study_of_certificates_writes_its_page(tmp_path):
    study("certificates/run", "--replicates=12", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "certificates.csv")
    assert set(table[table["must_hold"]]["verdict"]) == {"HOLDS"}
    page = (tmp_path / "page" / "README.md").read_text("utf-8")
    assert "--replicates 12" in page
    assert "not a forecast" in page.lower() or "never a forecast" in page.lower()
