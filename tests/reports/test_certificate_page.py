"""A certificate in a few words, as cells, and as a page; and assumptions name the findings that rest on them."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.analysis.certificates.claims import Claim, Region, load_claims
from sim.reports.certificate_page import at_a_glance, cells, certificate_page, in_short, numbers_of, tally
from sim.reports.registers import assumption_rows

CLAIM = Claim("toy", "fewer leave", "toy", {"exits_by_end": 1.0}, (("levers.mandatory=1",),), ((),),
              Region(None, 0.0, side=True, text="fewer"), False, None, ("prospects", "breach"), "posterior",
              ("media.rumour_rate",))  # fmt: skip


def row(check: str, theory: str, verdict: str, effect: float = -5.0, **more: object) -> dict[str, object]:
    usual = {"finding": "toy", "check": check, "theory": theory, "claimed": theory != "threat_efficacy",
             "verdict": verdict, "worlds": 100, "effect": effect, "low": effect - 1, "high": effect + 1,
             "reference": -5.0, "change": 0.0, "must_hold": check == "float64", "note": "",
             "command": "tabletop …"}  # fmt: skip
    return usual | more


@pytest.fixture
def table() -> pd.DataFrame:
    return pd.DataFrame([
        row("theory", "threat_efficacy", "FLIPS", 3.0),
        row("theory", "prospects", "HOLDS"),
        row("theory", "breach", "HOLDS"),
        row("float64", "prospects", "HOLDS", note="equal to the last bit"),
        row("half:media.rumour_rate", "prospects", "SHIFTS", -1.0, note="less than half the size"),
        row("half:media.rumour_rate", "breach", "HOLDS"),
        row("prior", "breach", "SHIFTS", -0.5, note="cannot be told"),
        row("officers_4000", "breach", "not tried", float("nan"), note="no world"),
    ])  # fmt: skip


def test_a_certificate_in_short_names_what_holds_and_what_does_not(table):
    assert in_short(CLAIM, table) == (
        "holds under T2 and T4, flips under T1, another size with media.rumour_rate halved (of 3 checks), "
        "not told with prior (of 3 checks)"
    )
    assert in_short(CLAIM, table, name_all=False).endswith("not told in 1 of 3 checks")
    good = table[table["verdict"] == "HOLDS"]
    assert in_short(CLAIM, good) == "holds under T2 and T4, and in all 2 checks"


def test_a_theory_that_a_finding_is_not_claimed_for_is_in_brackets(table):
    shown = cells(CLAIM, table).set_index("under")
    assert shown.loc["each rival theory", "T1 threat efficacy"] == "[FLIPS +3.0 (+2.0 to +4.0)]"
    assert shown.loc["double precision", "T2 prospects"].endswith("; equal to the last bit")
    assert "not tried: no world" in shown.iloc[-1].tolist()


def test_at_a_glance_has_the_worst_of_each_kind(table):
    (line,) = at_a_glance([CLAIM], table).to_dict("records")
    assert (line["holds"], line["flips"]) == ("T2, T4", "T1")
    assert (line["halved ranges"], line["double"], line["4,000 officers"]) == ("shifts", "holds", "")


def test_the_tally_counts_what_is_claimed(table):
    assert tally(table) == (
        "Under what must not matter, 1 of 1 hold, 0 shift, 0 flip. Under what may matter, 3 of 5 hold, 2 shift, 0 flip."
    )


def test_the_page_names_its_command_and_cannot_be_written_by_a_finding(table):
    page = certificate_page([CLAIM], table, ["tabletop", "certify", "a file.yaml"])
    assert "`tabletop certify 'a file.yaml'` wrote this page" in page
    assert "## toy" in page
    odd = Claim(**{**vars(CLAIM), "text": "<script>*bold*"})
    assert "\\<script>\\*bold\\*" in certificate_page([odd], table, "x")


def test_neighbouring_theories_are_joined():
    assert numbers_of(["breach", "threat_efficacy", "prospects", "squad_threshold"]) == "T1–T4"
    assert numbers_of(["breach", "threat_efficacy", "prospects"]) == "T1, T2 and T4"
    assert numbers_of(["breach"]) == "T4"


def test_assumptions_name_the_findings_that_rest_on_them():
    rests = assumption_rows().groupby("setting")["findings"].first()
    for claim in load_claims():
        for key in claim.rests_on:
            assert claim.name in rests[key].split(", "), key
    assert rests.str.len().max() > 0
