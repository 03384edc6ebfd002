"""``tabletop compare``, as it is typed."""

from __future__ import annotations

import io
import json
import shutil

import pandas as pd
import pytest

import sim
from sim import cli
from sim.ensemble.store.store import Store
from tests.worlds import SMALL as WORLD

SMALL = (*WORLD, "ensemble.replicates=6")
EXITS = ("--outcome", "exits_by_end")  # what a clock that ends in March sees
TWO = ("scenario=as_documented,terms_settled", "theory=breach", *SMALL)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare") / "store"
    assert cli.run(["compare", *TWO, f"out={folder}", "--no-files"]) == 0
    return folder


def test_settings_run_only_what_is_missing(store, capsys):
    assert cli.run(["compare", *TWO, f"out={store}", "--no-files"]) == 0
    said = capsys.readouterr().out
    assert "0 runs computed" in said
    assert "terms settled against as documented" in said
    assert "exits_by_end" in said


def test_a_store_alone_is_read_and_written_into(store, capsys):
    before = {path.name for path in (store / "runs").iterdir()}
    assert cli.run(["compare", str(store)]) == 0
    said = capsys.readouterr().out
    assert said.count("written: ") == 4
    assert {path.name for path in (store / "runs").iterdir()} == before


def test_csv_and_json_give_every_field(store, capsys):
    assert cli.run(["compare", str(store), "--as", "csv", "--no-files"]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert {"world", "theory", "outcome", "low", "high", "method", "vr_factor", "more", "adjusted_p"} <= set(table)
    assert cli.run(["compare", str(store), "--as", "json", "--no-files", "--outcome", "exits_by_end"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["world"], row["outcome"], row["pairs"]) == ("terms_settled", "exits_by_end", 6)


def test_the_brief_and_the_page_can_be_printed(store, capsys):
    assert cli.run(["compare", str(store), "--brief", "--no-files"]) == 0
    assert "## What flips it" in capsys.readouterr().out
    assert cli.run(["compare", str(store), "--as", "html", "--no-files"]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_all_outcomes_can_be_compared(store, capsys):
    assert cli.run(["compare", str(store), "--all", "--no-files"]) == 0
    assert "knowable_hazard" in capsys.readouterr().out


def test_a_single_world_is_compared_with_the_record(tmp_path, capsys):
    words = ["scenario=terms_settled", "theory=breach", *WORLD, "ensemble.replicates=1", f"out={tmp_path / 's'}"]
    assert cli.run(["compare", *words, "--no-files"]) == 0
    said = capsys.readouterr().out
    assert "against as documented" in said
    assert "2 runs computed" in said


def test_python_gets_tables(store):
    found = sim.compare(store, outcomes=["exits_by_record_end", "civilian_harm"])
    assert list(found.table["outcome"]) == ["exits_by_record_end", "civilian_harm"]
    assert set(found.findings["finding"]) <= {"holds", "flips", "not discriminated", "no effect"}
    assert found.report is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "does not exist"),
        (
            ["scenario=as_documented,", "terms_settled"],
            "typed scenario=terms_settled, and several",
        ),
        (["scenario=as_documented,as_documented", "theory=breach", *SMALL], "needs two cases that differ"),
        (["STORE", "--outcome", "exits"], "--outcome=exits: "),
        (["STORE", "--baseline", "nobody"], "--baseline=nobody: no such case; there are"),
        (["STORE", "--case", "as_documented"], "needs two cases that differ"),
        (["theory=astrology", "scenario=as_documented,us_troops"], "theory=astrology"),
        (["scenario=glob(zz*)"], "scenario=glob(zz*): no"),
    ],
)
def test_a_mistake_is_one_line_and_two(store, error_line, words, said):
    assert cli.run(["compare", *(str(store) if word == "STORE" else word for word in words)]) == 2
    assert said in error_line()


def test_stores_of_two_model_versions_are_not_compared(store, tmp_path, capsys):
    Store.open(tmp_path / "old", model_version=1, record="another")
    assert cli.run(["compare", str(store), str(tmp_path / "old")]) == 2
    assert "only runs of one model compare" in capsys.readouterr().err


def test_the_same_runs_in_two_stores_count_once(store, tmp_path, capsys):
    other = tmp_path / "other"
    assert cli.run(["compare", *TWO, "ensemble.replicates=7", f"out={other}", "--no-files"]) == 0
    capsys.readouterr()
    assert cli.run(["compare", str(store), str(other), "--as", "json", "--no-files", *EXITS]) == 0
    assert {row["pairs"] for row in json.loads(capsys.readouterr().out)} == {7}


def test_a_store_that_lost_a_part_compares_what_still_pairs(store, tmp_path, capsys):
    torn = tmp_path / "torn"
    shutil.copytree(store, torn)
    assert cli.run(["compare", *TWO, "ensemble.replicates=9", f"out={torn}", "--no-files"]) == 0
    first, *_ = sorted((torn / "runs").iterdir(), key=lambda part: part.stat().st_mtime)
    first.unlink()
    capsys.readouterr()
    assert cli.run(["compare", str(torn), "--as", "json", "--no-files", *EXITS]) == 0
    assert {row["pairs"] for row in json.loads(capsys.readouterr().out)} == {3}


def test_a_damaged_part_is_four(store, tmp_path, capsys):
    hurt = tmp_path / "hurt"
    shutil.copytree(store, hurt)
    part = next((hurt / "runs").iterdir())
    part.write_bytes(part.read_bytes()[:-9] + b"otherwise")
    assert cli.run(["compare", str(hurt)]) == 4
    assert "damaged" in capsys.readouterr().err


def test_runs_that_all_failed_leave_nothing_to_compare(store, tmp_path, error_line):
    ruined = Store.open(tmp_path / "ruined", model_version=2, record="r")
    healthy = Store.read(store)
    ruined.add_cases(healthy.cases())
    ruined.add("runs", healthy.runs().assign(status="failed", message="on purpose"))
    assert cli.run(["compare", str(ruined.folder)]) == 2
    assert "12 runs, none pairs" in error_line()


@pytest.mark.parametrize("words", [[], ["scenario=as_documented"], ["theory=glob(*)"], ["theory=breach,prospects"]])
def test_theories_are_not_ranked_and_nothing_is_run_to_say_so(words, tmp_path, capsys):
    assert cli.run(["compare", *words, f"out={tmp_path / 's'}"]) == 2
    *remarks, said = capsys.readouterr().err.splitlines()
    assert "theories are no options to choose between" in said
    assert all("so it is run with unknowns=prior" in remark for remark in remarks)  # a theory without kept worlds
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("flags", "said"),
    [(["--outcome", "exits"], "--outcome=exits: "), (["--baseline", "nobody"], "--baseline=nobody: no such case"),
     (["--case", "nobody"], "--case=nobody: no such case")],
)  # fmt: skip
def test_nothing_is_refused_once_it_has_been_computed(flags, said, tmp_path, error_line):
    assert cli.run(["compare", *TWO, f"out={tmp_path / 's'}", *flags]) == 2
    assert said in error_line()
    assert not (tmp_path / "s").exists()


@pytest.mark.slow
def test_all_levers_are_ranked_by_one_command(tmp_path, capsys):
    words = ["scenario=glob(*)", *SMALL, "ensemble.replicates=2", f"out={tmp_path / 's'}"]
    assert cli.run(["compare", *words]) == 0
    said = capsys.readouterr().out
    rows = [line.split()[0] for line in said.splitlines() if line.startswith(" ") and "─" not in line and line.split()]
    assert {"as_documented", "kit_first", "us_troops", "terms_settled"} <= set(rows)
    assert said.count("written: ") == 4


def test_what_acts_later_gets_the_first_later_outcome_and_says_so(tmp_path, capsys):
    later = ["scenario=as_documented,gang_truce", "theory=breach", *WORLD, "ensemble.replicates=30",
             f"out={tmp_path / 's'}", "--no-files", "--outcome", "exits_by_record_end"]  # fmt: skip
    assert cli.run(["compare", *later]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "no number of replicates will tell them apart by 7 March 2024, since nothing differs before 8 March" in said


def test_a_dry_run_says_what_is_missing_and_how_well_the_difference_will_be_known(store, capsys):
    before = {path.name for path in (store / "runs").iterdir()}
    assert cli.run(["compare", *TWO, "ensemble.replicates=12", f"out={store}", "--dry-run", *EXITS]) == 0
    said = capsys.readouterr().out
    assert "2 cases, 1 theory" in said
    assert "12 of 24 runs are missing: about " in said
    assert "the mean difference of exits_by_end will be known to ±" in said
    assert {path.name for path in (store / "runs").iterdir()} == before
    assert cli.run(["compare", str(store), "--dry-run"]) == 0
    assert "nothing is run for folders alone" in capsys.readouterr().out


def test_a_comparison_is_a_workbook_too(store, capsys):
    assert cli.run(["compare", str(store), "--as", "xlsx", *EXITS]) == 0
    (book,) = store.glob("figures/compare-*/comparison.xlsx")
    sheets = pd.read_excel(book, sheet_name=None)
    assert list(sheets) == ["comparison", "ranking", "findings", "cases"]
    row = sheets["comparison"].iloc[0]
    assert row["other_mean"] - row["baseline_mean"] == pytest.approx(row["difference"])


LONG = "a" * 300


@pytest.mark.parametrize(
    "words", [[LONG], [f"scenario={LONG}"], [f"media.rumour_rate={LONG}"], ["STORE", "--case", LONG],
              ["STORE", "--baseline", LONG], ["STORE", "--outcome", LONG], [*TWO, f"out={LONG}"]]
)  # fmt: skip
def test_a_word_that_no_file_system_takes_is_a_mistake_in_one_line(words, store, error_line):
    assert cli.run(["compare", *(str(store) if word == "STORE" else word for word in words)]) == 2
    assert "aaa" in error_line()


def test_a_flag_that_changes_nothing_is_told(store, tmp_path, error_line):
    assert cli.run(["compare", str(store), "--no-files", "--config-path", str(tmp_path)]) == 0
    assert "--config-path has no effect: folders alone are compared as they are" in error_line()
