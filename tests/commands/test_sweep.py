"""`tabletop sweep`, as a person types it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import run
from sim.ensemble.store.store import Store
from tests.worlds import FIXED

SMALL = (FIXED, "officers.pool=12", "clock.start=2024-02-20", "clock.end=2024-03-08", "ensemble.replicates=4",
         "executor=serial")  # fmt: skip


def test_a_sweep_is_one_tidy_data_set_and_goes_on_where_it_was(tmp_path: Path, capsys) -> None:
    words = ["theory=breach,prospects", "gangs.blocs=range(3,6)", *SMALL, f"out={tmp_path / 'store'}"]
    assert run(["sweep", *words]) == 0
    said = capsys.readouterr().out
    assert "6 cases" in said
    assert "24 runs computed" in said
    assert "breach · officers.pool=12" not in said.splitlines()[0]
    store = Store.read(tmp_path / "store")
    assert (len(store.cases()), len(store.runs()), len(store.days())) == (6, 24, 0)
    digest = store.digest()
    assert run(["run", "-m", *words]) == 0
    assert "0 runs computed" in capsys.readouterr().out
    assert Store.read(tmp_path / "store").digest() == digest
    grown = ["theory=breach,prospects,constant", *words[1:]]
    assert run(["sweep", *grown]) == 0
    assert "12 runs computed" in capsys.readouterr().out


def test_the_invocation_says_what_was_swept_and_sampled(tmp_path: Path, capsys) -> None:
    words = ["design=morris", "design.size=2", "design.prior=[media.rumour_rate,gangs.size_exponent]", "theory=breach"]
    assert run(["sweep", *words, *SMALL, f"out={tmp_path / 'store'}"]) == 0
    (note,) = Store.read(tmp_path / "store").invocations()
    (sampled,) = note["design"]["sampled"]
    assert (note["design"]["name"], sampled["points"], len(sampled["cases"])) == ("morris", 6, 6)
    assert set(sampled["cases"]) == set(note["cases"])
    assert sampled["ranges"].keys() == {"media.rumour_rate", "gangs.size_exponent"}


def test_a_sweep_says_where_a_range_ends_and_how_many_worlds_its_points_are(capsys) -> None:
    words = ["design=lhs", "design.size=10", "gangs.blocs=interval(3,5)", *SMALL]
    assert run(["sweep", "--dry-run", "media.rumour_rate=range(0.05,0.2,0.05)", *SMALL]) == 0
    assert "media.rumour_rate: 3 values, from 0.05 to 0.15\n" in capsys.readouterr().out
    assert run(["sweep", "--dry-run", *words]) == 0
    assert "10 points, 3 cases\n" in capsys.readouterr().out


def test_a_world_under_a_second_name_is_said_to_be_the_first_one(tmp_path: Path, capsys) -> None:
    (tmp_path / "mine/scenario").mkdir(parents=True)
    (tmp_path / "mine/scenario/mine.yaml").write_text("defaults: [us_troops, _self_]\n")
    words = ["scenario=us_troops,mine", "--config-path", str(tmp_path / "mine"), *SMALL]
    assert run(["sweep", "--dry-run", *words]) == 0
    said = capsys.readouterr()
    assert said.err.startswith("tabletop: mine · threat_efficacy")
    assert "is the same world as us_troops · threat_efficacy" in said.err
    assert "2 combinations, 1 case\n" in said.out
    assert "us_troops · threat_efficacy" in said.out


def test_a_dry_run_says_what_is_missing_and_runs_nothing(tmp_path: Path, capsys) -> None:
    words = ["theory=breach,prospects", *SMALL, f"out={tmp_path / 'store'}"]
    assert run(["sweep", *words, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "8 of 8 runs are missing: about " in said
    assert " MiB" in said
    assert "a share of a case's runs to ±49 of 100 at most" in said
    assert not Store.read(tmp_path / "store").finished()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["theory=breach,nothing"], "theory=nothing: no such choice"),
        (["gangs.blocs=3,400000"], "gangs.blocs=400000"),
        (["--outcome", "exits"], "--outcome=exits"),
        (["clock.end=2023-01-01,2024-03-08"], "clock.end=2023-01-01: a date after"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_no_store(tmp_path: Path, words: list[str], said: str, error_line) -> None:
    assert run(["sweep", *words, f"out={tmp_path / 'store'}"]) == 2
    assert said in error_line()
    assert not (tmp_path / "store").exists()


def test_until_stops_each_case_where_its_mean_is_known(tmp_path: Path, capsys) -> None:
    words = [
        FIXED,
        "officers.friction_before=0,1",
        "officers.pool=12",
        "clock.start=2024-02-20",
        "clock.end=2024-03-08",
    ]
    rule = ["ensemble.replicates=50", "ensemble.until=0.02", "ensemble.cap=400", "executor=serial"]
    assert run(["sweep", *words, *rule, f"out={tmp_path / 'store'}"]) == 0
    (note,) = Store.read(tmp_path / "store").invocations()
    reached = note["until"]["reached"]
    assert len(reached) == 2
    assert json.dumps(reached)
    assert all(now["met"] or now["replicates"] == 400 for now in reached.values())


def test_a_table_is_handed_on_as_csv_and_as_a_workbook(tmp_path: Path, capsys) -> None:
    words = ["theory=breach,prospects", *SMALL, f"out={tmp_path / 'store'}"]
    assert run(["sweep", *words, "--as", "csv"]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert list(table["runs"]) == [4, 4]
    assert run(["sweep", *words, "--as", "xlsx"]) == 0
    (book,) = (tmp_path / "store").glob("figures/sweep-2-cases-*/sweep.xlsx")
    assert f"workbook: {book}" in capsys.readouterr().out
    sheets = pd.read_excel(book, sheet_name=None)
    assert {name: len(sheet) for name, sheet in sheets.items()} == {"exits_by_end": 2, "cases": 2, "runs": 8}
