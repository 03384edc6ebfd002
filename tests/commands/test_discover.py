"""``tabletop discover``, as it is typed."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from sim import cli

WORLD = ("theory=breach", "officers.pool=60", "clock.start=2024-02-01", "clock.end=2024-04-02",
         "ensemble.replicates=600", "unknowns=prior")  # fmt: skip
ASKED = "exits_surge_month>8"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("discover") / "s"
    assert cli.run(["discover", ASKED, *WORLD, f"out={folder}", "--no-figures"]) == 0
    return folder


@pytest.fixture
def discover(store, capsys):
    """``discover("…")``: the exit code; in the store that has the runs of the record."""

    def typed(*words):
        return cli.run(["discover", *words, *WORLD, f"out={store}"])

    return typed


def test_it_says_the_rule_in_one_sentence_with_units_and_both_shares(discover, capsys):
    assert discover(ASKED, "--no-figures") == 0
    said = capsys.readouterr().out
    assert (
        "In this model under breach, in worlds drawn from the prior, when theory." in said or "when officers." in said
    )
    assert ": a run loses more than 8 officers in " in said
    assert " of 100 overall" in said
    assert "quasi-p" in said
    assert "on the path: reduced to the limits that are stable and matter" in said
    assert "not what would happen if a setting were changed" in said
    assert "0 runs computed" in said


def test_the_picture_lies_beside_its_data_and_is_made_again_to_the_pixel(discover, store, capsys):
    assert discover(ASKED) == 0
    (picture,) = store.glob("figures/discover-*/F11-discovery.png")
    table, path = (pd.read_csv(picture.with_name(f"F11-discovery{part}.csv")) for part in ("", "-path"))
    assert {"input", "side", "limit", "quasi_p", "appears", "density", "coverage", "mass"} <= set(table)
    assert set(path["rule"]) == set(table["rule"])
    assert cli.run(["reproduce", str(picture), "--to", str(store)]) == 0
    said = capsys.readouterr().out
    assert "0 runs computed" in said
    assert "The same picture" in said


def test_another_box_can_be_taken_and_is_called_so(discover, store, capsys):
    assert discover(ASKED, "--box", "2", "--path") == 0
    said = capsys.readouterr().out
    assert "Box 2 of" in said
    assert "as asked" in said
    assert "the path of rule 1" in said
    assert list(store.glob("figures/discover-*/F11-discovery-box-2.png"))


def test_programs_get_a_table_and_nothing_else(discover, capsys):
    assert discover(ASKED, "--as", "csv") == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert list(table.columns[:5]) == ["theory", "rule", "input", "side", "limit"]
    assert discover(ASKED, "--as", "json") == 0
    assert json.loads(capsys.readouterr().out)[0]["theory"] == "breach"


def test_when_one_case_beats_another_is_asked_of_pairs(discover, store, capsys):
    assert discover("scenario=as_documented,no_surge") == 0
    said = capsys.readouterr().out
    assert "no_surge better than as_documented on exits_surge_month: true in" in said
    assert "of 600 pairs" in said
    assert "no surge loses fewer officers than as documented in" in said
    assert "600 runs computed in" in said
    assert "600 known already" in said
    (picture,) = store.glob("figures/discover-*beats*/F11-discovery.png")
    assert cli.run(["reproduce", str(picture), "--to", str(store)]) == 0


@pytest.mark.parametrize(("words", "right"), [
    (["exits_surge_munth>8"], "near it: exits_surge_month"),
    (["exits_surge_month>1000"], "true in no run: the runs have 0 to"),
    (["exits_surge_month>=0"], "true in every run"),
    (["exits_after_record>5000"], "breach: true in no run"),
    ([ASKED, "attacks>3"], "one question at a time"),
    ([], "nothing is asked; ask 'exits_surge_month>100'"),
    (["exits"], "neither key=value nor OUTCOME>NUMBER"),
    ([ASKED, "--box", "5000"], "--box=5000: under breach the boxes of the path are 1 to"),
    ([ASKED, "--box", "0"], "--box=0: under breach the boxes of the path are 1 to"),
    ([ASKED, "--outcome", "attacks"], "--outcome=attacks: is for two cases"),
    ([ASKED, "scenario=as_documented,no_surge"], "is asked of one case, and there are"),
    (["scenario=as_documented,no_surge,terms_settled"], "two cases at a time"),
    ([ASKED, "ensemble.replicates=30"], "of 30 runs are cases; each half of the worlds needs 20"),
    ([ASKED, "unknowns=fixed"], "unknowns=fixed: nothing is drawn"),
    ([ASKED, "offficers.pool=3"], "offficers"),
])  # fmt: skip
def test_a_mistake_is_one_line(store, error_line, words, right):
    last = {word.partition("=")[0] for word in words}
    rest = [word for word in WORLD if word.partition("=")[0] not in last]
    if "scenario=as_documented,no_surge,terms_settled" in words or not words:
        rest = ["theory=breach"]
    assert cli.run(["discover", *words, *rest, f"out={store}", "--no-figures"]) == 2
    assert right in error_line()
