"""``tabletop why`` as a person types it, over a small store."""

from __future__ import annotations

import json
from io import StringIO

import pandas as pd
import pytest
from matplotlib.image import imread
from PIL import Image

from sim.analysis.explain.attribution import HORIZONS
from sim.cli import run as tabletop
from sim.ensemble.store.store import Store
from tests.worlds import SHORT

SMALL = [*SHORT, "ensemble.replicates=3"]
LIVELY = [*SMALL, "theory=breach", "theory.base_hazard=0.01"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("why") / "s"
    for words in (LIVELY, [*LIVELY, "scenario=terms_settled"], [*SMALL, "theory=constant", "theory.base_hazard=0"]):
        assert tabletop(["run", *words, f"out={folder}", "--no-figures", "ensemble.days=false"]) == 0
    return folder


def case_of(store, label):
    cases = Store.read(store).cases()
    return cases.loc[cases["label"].str.startswith(label), "case"].iloc[0]


def leavers(store, capsys, replicate="1"):
    assert tabletop(["why", "s", "as_documented · breach", replicate, "--as", "csv", "--no-figures"]) == 0
    return pd.read_csv(StringIO(capsys.readouterr().out))


def test_a_run_lists_who_left_and_the_store_agrees(store, capsys):
    table = leavers(store, capsys)
    runs = Store.read(store).runs(cases=[case_of(store, "as_documented · breach")])
    assert len(table) == runs.loc[runs["replicate"] == 1, "exits_by_end"].iloc[0] > 0
    assert list(table["left"]) == sorted(table["left"])


def test_an_officer_who_left_is_explained_and_drawn(store, capsys):
    officer = str(leavers(store, capsys)["officer"].iloc[0])
    assert tabletop(["why", "s", "as_documented · breach", "1", officer]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert f"officer {officer} came to want out on" in out
    assert "what multiplied his perceived odds of harm" in out
    assert "the same run without one cause" in out
    (picture,) = store.glob(f"figures/*/F7-why-1-officer-{officer}.png")
    assert imread(picture).ndim == 3
    text = Image.open(picture).text
    assert text["case"] == case_of(store, "as_documented · breach")
    assert picture.parent.name.startswith("as_documented-breach")
    assert text["command"] == f"tabletop why s $'as_documented \\u00b7 breach' 1 {officer}"
    assert f"officer {officer} came to want out" in text["Description"]
    assert {"violence", "ambiguity", "peers", "arrears", "rumours"} <= set(pd.read_csv(picture.with_suffix(".csv")))


def test_an_officer_who_stayed_is_told_what_kept_him(store, capsys):
    assert tabletop(["why", "s", "constant", "0", "39", "--no-figures"]) == 0
    assert "officer 39 stayed to 20 March 2024: 0 of his tolerance of" in capsys.readouterr().out


def test_a_run_that_nobody_left_says_so_and_is_drawn(store, capsys):
    assert tabletop(["why", "s", "constant", "0"]) == 0
    assert "0 of 40 officers are out" in capsys.readouterr().out
    assert len(list(store.glob("figures/*/F7-why-0-force.png"))) == 1


def test_two_paired_runs_part_on_the_day_of_the_order(store, capsys):
    assert tabletop(["why", "s", "as_documented · breach", "1", "--against", "terms_settled"]) == 0
    out = capsys.readouterr().out
    assert "The cases differ in scenario.events." in out
    assert "They part on 1 March 2024: pay escrow is 0 in the one and 1 in the other." in out
    (picture,) = store.glob("figures/*/F7-why-1-officer-*-against-*.png")
    assert picture.stem.endswith(case_of(store, "terms_settled"))
    days = pd.read_csv(picture.with_suffix(".csv")).set_index("day")
    assert "part" in days.loc["2024-03-01", "mark"]


def test_a_named_officer_is_drawn_against_himself(store, capsys):
    assert tabletop(["why", "s", "as_documented · breach", "1", "3", "--against=terms_settled", "--as", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["what"] == "pay escrow"
    assert len(list(store.glob("figures/*/F7-why-1-officer-3-against-*.png"))) == 1


def test_a_case_s_exits_are_attributed_once(store, capsys):
    assert tabletop(["why", "s", "as_documented · breach"]) == 0
    out = capsys.readouterr().out
    assert "18 runs computed, 0 known already" in out
    assert "need not add to one" in out
    table = Store.read(store).table("attribution")
    assert set(table) == {"case", "replicate", "root_seed", "future", "cause", *HORIZONS}
    assert len(table) == 18
    assert tabletop(["why", "s", "as_documented · breach", "--replicates=2"]) == 0
    assert "0 runs computed, 12 known already" in capsys.readouterr().out
    assert len(Store.read(store).table("attribution")) == 18


def test_a_scenario_s_exits_are_attributed_under_all_its_theories_over_the_same_replicates(store, capsys):
    more = [*SHORT, "theory=prospects", "ensemble.replicates=5", f"out={store}", "--no-figures", "ensemble.days=false"]
    two = [*SHORT, "theory=squad_threshold", *more[2 + len(SHORT) - 1 :]]
    assert tabletop(["run", *more]) == 0
    assert tabletop(["run", *two, "ensemble.replicates=2"]) == 0
    capsys.readouterr()
    assert tabletop(["why", "s", "as_documented"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "2 replicates, the same of each" in out
    assert "squad_threshold" in out
    assert "without a leader who leaves" in out
    assert "Switched off: violence (" in out
    assert tabletop(["why", "s", "as_documented", "--as", "csv"]) == 0
    table = pd.read_csv(StringIO(capsys.readouterr().out))
    assert set(table["theory"]) >= {"prospects", "squad_threshold"}
    assert set(table["runs"]) == {2}


def test_attribution_leaves_the_runs_as_they_were_and_notes_the_command(store, capsys):
    before = Store.read(store).digest()
    notes = set(store.glob("invocations/*.json"))
    assert tabletop(["why", "s", "as_documented · breach", "--replicates", "1"]) == 0
    assert Store.read(store).digest() == before
    (note,) = set(store.glob("invocations/*.json")) - notes
    told = json.loads(note.read_text(encoding="utf-8"))
    assert told["command"] == ["tabletop", "why", "s", "as_documented · breach", "--replicates", "1"]
    assert (told["computed"], told["failed"], told["finished"]) == (6, 0, True)
    assert len(told["parts_written"]) == 1


def test_for_programs_the_table_alone_is_printed(store, capsys):
    assert tabletop(["why", "s", "as_documented · breach", "--as", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["by"] for row in rows} == set(HORIZONS.values())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["nowhere", "x"], "does not exist"),
        (["s", "nope"], "no such case"),
        (["s", "breach"], "2 cases"),
        (["s", "constant", "abc"], "REPLICATE=abc"),
        (["s", "constant", "3"], "3 from 0 to 2"),
        (["s", "constant", "1", "40"], "OFFICER=40: a whole number from 0 to 39"),
        (["s", "constant", "1", "x"], "OFFICER=x"),
        (["s", "constant", "1", "-1"], "-1"),
        (["s", "constant", "1", "--replicates", "2"], "leave REPLICATE out"),
        (["s", "constant", "--replicates", "0"], "from 1 to 3"),
        (["s", "constant", "--replicates", "4"], "from 1 to 3"),
        (["s", "constant", "--replicates", "x"], "--replicates=x"),
        (["s", "constant", "--against", "breach"], "give REPLICATE as well"),
        (["s", "constant", "1", "--against", "nope"], "--against=nope: no such case"),
        (["s", "constant", "1", "--against", "constant"], "name another one"),
        (["s", "constant", "1", "--root-seed", "7"], "run under 20240307"),
        (["s", "constant", "1", "--root-seed", "x"], "x"),
        (["s", "constant", "1", "2", "3"], "--help"),
        (["s"], "CASE"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_would_be_right(store, error_line, words, expected):
    assert tabletop(["why", *words]) == 2
    assert expected in error_line()


def test_a_store_of_another_version_or_record_is_not_touched(store, error_line):
    manifest = store / "manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**told, "record": "other"}), encoding="utf-8")
    assert tabletop(["why", "s", "constant"]) == 4
    assert "belongs to" in error_line()
    manifest.write_text(json.dumps({**told, "model_version": 0}), encoding="utf-8")
    assert tabletop(["why", "s", "constant", "1", "1"]) == 4
    assert "cannot be lived again" in error_line()


def test_a_run_that_comes_out_differently_here_is_noted_and_explained_all_the_same(store, error_line, monkeypatch):
    find = Store.runs

    def tampered(self, cases=None):
        return find(self, cases).assign(exits_by_end=99.0)

    monkeypatch.setattr(Store, "runs", tampered)
    assert tabletop(["why", "s", "constant", "1", "1", "--no-figures"]) == 0
    assert "comes out differently here than in the store (exits_by_end 0, stored 99)" in error_line()


def test_a_counterfactual_that_fails_is_told_and_the_rest_is_kept(store, error_line, monkeypatch):
    from sim.analysis.explain import attribution

    simulate = attribution.simulate

    def broken(block):
        result = simulate(block)
        return type(result)(block, result.outcomes, result.series, ("odd", *result.messages[1:]))

    monkeypatch.setattr(attribution, "simulate", broken)
    assert tabletop(["why", "s", "as_documented · breach"]) == 3
    assert "run failed: without" in error_line()
    assert len(Store.read(store).table("attribution")) == 17


def test_help_names_the_forms_and_an_example(capsys):
    assert tabletop(["why", "--help"]) == 0
    said = capsys.readouterr().out
    for word in ("DIR CASE [REPLICATE] [OFFICER]", "--against", "Example: tabletop why"):
        assert word in said
