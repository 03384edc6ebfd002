"""``tabletop backtest`` as a person types it."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

from sim import cli
from tests.analysis.backtest.files import EXITS, written

FEW = "ensemble.replicates=20"
SEEN = {"observed": 2, "source": "made up", "known": "2026-11-30"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A file with an answer and one without, and a store that has its runs."""
    place = tmp_path_factory.mktemp("backtest")
    phase = {"text": "t", "series": "phase", "window": "2024-04-20", "comparison": "at_least", "value": "deploying"}
    file = written(place, {"few leave": {**EXITS, **SEEN}, "on its way": phase}, governments="rules", inputs={
        "pay": {"date": "2024-04-02", "set": {"levers": {"pay_escrow": 1}}, "text": "pay [bold]"}})  # fmt: skip
    assert cli.run(["backtest", str(file), FEW, f"out={place / 's'}"]) == 0
    return place


@pytest.fixture
def backtest(folder):
    return lambda *words: cli.run(["backtest", str(folder / "story.yaml"), FEW, f"out={folder / 's'}", *words])


def test_the_screen_says_what_is_frozen_known_asked_and_scored(backtest, folder, capsys):
    assert backtest() == 0
    said = capsys.readouterr().out
    assert said.startswith("SYNTHETIC: inputs and answers of this file are invented.")
    for part in (
        "What the authors knew of the time after 7 March 2024 then: nothing, it is made up", "Frozen: list ",
        "constant 20 on its prior", "governments by their rules. All of the record would still have happened in breach",
        "set levers.pay_escrow 1", "pay [bold]", "exits in all, 1 Apr 2024 to 30 Apr 2024: at most 9",
        "Invented answer: it held (2); made up. The authors: known since 30 Nov 2026, when written.",
        "No answer is given, so nothing is scored.", "constant (T0, prior)", "Exploratory, not a forecast",
        "0 runs computed", "40 known already",
    ):  # fmt: skip
        assert part in said, part
    (page,) = folder.glob("s/figures/backtest-story-*/backtest.md")
    assert "tabletop backtest" in page.read_text(encoding="utf-8")
    table = pd.read_csv(page.with_name("scores.csv"))
    assert len(table) == 4
    assert not list(folder.glob("s/figures/*/.tmp-*"))


def test_programs_get_a_table_and_nothing_else(backtest, capsys):
    assert backtest("--as", "csv") == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert table["theory"].tolist() == ["constant", "breach"] * 2
    assert backtest("--as", "json") == 0
    assert json.loads(capsys.readouterr().out)[0]["pattern"] == "few leave"


def test_before_it_is_run_it_says_what_it_takes(folder, tmp_path, capsys):
    assert cli.run(["backtest", str(folder / "story.yaml"), "--dry-run", f"out={tmp_path / 'new'}"]) == 0
    assert "2,000 of 2,000 runs are missing" in capsys.readouterr().out


def test_the_same_worlds_give_the_same_page(backtest, folder):
    (page,) = folder.glob("s/figures/backtest-story-*/backtest.md")
    before = page.read_bytes()
    assert backtest() == 0
    assert page.read_bytes().partition(b"wrote this page")[2] == before.partition(b"wrote this page")[2]


@pytest.mark.parametrize(("words", "right"), [
    (["gangs.blocs=3"], "gangs.blocs=3: what a backtest is of stands in its file"),
    (["scenario=no_surge"], "stands in its file"),
    (["ensemble.until=1"], "with it go theory, unknowns.posterior, ensemble.replicates"),
    (["more.yaml"], "backtest=more.yaml: neither key=value nor the one file"),
    (["theory=breech"], "there are breach"),
    (["unknowns.posterior=nowhere.json"], "cannot be read"),
    (["--as", "xml"], "'table', 'csv', 'json'"),
])  # fmt: skip
def test_a_mistake_gets_one_line_and_exit_code_2(folder, error_line, words, right):
    assert cli.run(["backtest", str(folder / "story.yaml"), *words]) == 2
    assert right in error_line()


def test_a_file_that_is_wrong_names_its_line(tmp_path, error_line):
    file = written(tmp_path, {"few": {**EXITS, "window": "2025-Q1"}})
    assert cli.run(["backtest", str(file)]) == 2
    line = 1 + file.read_text().splitlines().index("    window: 2025-Q1")
    assert f"story.yaml, line {line}: patterns.few.window=2025-Q1: ends after 2024-04-30" in error_line()
    assert not (tmp_path / "outputs").exists()


def test_no_file_is_a_mistake_too(error_line):
    assert cli.run(["backtest", "nowhere.yaml"]) == 2
    assert "nowhere.yaml: cannot be read" in error_line()
