"""What a briefing says of certificates: what is kept, and nothing where nothing is."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.reports.briefing import certificates

FINDINGS = """
worlds:
  settled: [scenario=terms_settled]
findings:
  terms: {claim: Settled terms keep officers in., option: settled}
  other: {claim: Rumour matters., option: [[media.rumour_rate=0]]}
"""


@pytest.fixture
def studies(tmp_path, monkeypatch):
    (tmp_path / "certificates").mkdir()
    rows = [("terms", "block", "breach", True, "HOLDS"), ("terms", "prior", "breach", True, "SHIFTS"),
            ("terms", "prior", "constant", False, "FLIPS"), ("terms", "halved", "breach", True, "NOT TRIED"),
            ("other", "block", "breach", True, "HOLDS")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["finding", "check", "theory", "claimed", "verdict"])
    table.to_csv(tmp_path / "certificates" / "certificates.csv", index=False)
    (tmp_path / "findings.yaml").write_text(FINDINGS)
    monkeypatch.setattr(certificates, "experiments_folder", lambda: tmp_path)
    return tmp_path


def test_the_worst_verdict_of_each_finding_is_told_with_what_led_to_it(studies):
    counted, shifted = certificates.of_answer(studies, "")
    assert counted.startswith("Of 2 findings, each under 2 checks: 1 at worst HOLDS, 1 at worst SHIFTS.")
    assert shifted == "Settled terms keep officers in. **SHIFTS** under prior."


def test_a_sheet_has_room_for_a_few(studies, monkeypatch):
    monkeypatch.setattr(certificates, "MOST", 0)
    assert certificates.of_answer(studies, "")[1:] == ["And 1 more that do not hold under all of them."]


def test_a_comparison_gets_the_findings_about_its_scenarios(studies):
    cases = pd.DataFrame({"scenario.name": ["as_documented", "terms_settled"]})
    assert certificates.of_cases(cases) == ["Settled terms keep officers in. **SHIFTS** under prior."]
    assert certificates.of_cases(cases.head(1)) == []


def test_without_a_table_the_verdicts_on_the_page_are_counted(tmp_path):
    (line,) = certificates.of_answer(tmp_path, "- one HOLDS\n- two (FLIPS)\n- three HOLDS\n- four\n")
    assert "2 HOLDS, 1 FLIPS" in line
    assert certificates.of_answer(tmp_path, "what *holds*, all say") == []
