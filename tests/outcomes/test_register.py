"""The register: what is found in its folder, what of it the model version stores, and one answer to a wrong name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sim import cli, outcomes
from sim.analysis.comparison import compared
from sim.analysis.sensitivity import sensitivities
from sim.analysis.statistics.summary import by_case
from sim.ensemble.design.request import request
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.model import MODEL_VERSION
from sim.outcomes import OUTCOMES, REGISTER, SERIES, check_outcome, defaults
from sim.outcomes.stored import DAYS, RUNS
from tests.analysis.tables_of_cases import world

NEAR = "=exits: no such outcome; near it: "


def test_the_columns_of_the_model_version_are_all_found_and_keep_their_order() -> None:
    assert tuple(outcome.name for outcome in OUTCOMES) == RUNS
    assert tuple(series.name for series in SERIES) == DAYS
    assert len(set(RUNS)) == 33
    assert set(REGISTER) == set(RUNS) | {outcome.name for outcome in outcomes.added_outcomes()}


def test_what_is_meant_when_nobody_says_is_in_the_register() -> None:
    named = (defaults.OUTCOME, defaults.OF_SHORT_RUNS, *defaults.SUMMARY)
    assert set(named) <= set(RUNS)
    assert check_outcome("--outcome", defaults.OUTCOME, drawn=True)


# A wrong name


ASKED: dict[str, Callable[[Path], object]] = {
    "ensemble.outcome": lambda _: request(["ensemble.outcome=exits"]),
    "compared": lambda _: compared(*world({("as_documented", "breach"): 30}), ["exits"]),
    "by_case": lambda _: by_case(pd.DataFrame(), pd.DataFrame(), "exits"),
    "sensitivities": lambda folder: sensitivities(Store.open(folder, model_version=1, record="r"), "exits"),
    "drawn": lambda _: check_outcome("--outcome", "exits", drawn=True),
}


@pytest.mark.parametrize("who", ASKED)
def test_whoever_is_asked_for_an_outcome_that_there_is_not_gives_the_same_answer(who: str, tmp_path: Path) -> None:
    with pytest.raises(UserMistake) as mistake:
        ASKED[who](tmp_path)
    key, _, said = str(mistake.value).partition("=")
    assert key in ("ensemble.outcome", "--outcome", "outcome")
    assert f"={said}".startswith(NEAR)
    assert "exits_by_end" in said


@pytest.mark.parametrize("verb", [["sweep"], ["plot", "."], ["compare", "."]])
def test_every_verb_gives_it_too(verb: list[str], tmp_path: Path, monkeypatch, capsys) -> None:
    Store.open(tmp_path, model_version=MODEL_VERSION, record="r")
    monkeypatch.chdir(tmp_path)
    assert cli.run([*verb, "--outcome", "exits"]) == 2
    assert f"--outcome{NEAR}" in capsys.readouterr().err


def test_a_name_that_is_near_none_gets_the_way_to_the_list() -> None:
    with pytest.raises(UserMistake, match="no such outcome; `tabletop show outcomes` lists them"):
        check_outcome("--outcome", "zzz")


def test_a_date_cannot_be_drawn_and_the_answer_says_what_can_be_done_with_it() -> None:
    with pytest.raises(UserMistake, match="a date, which no dot can stand for; `tabletop compare` counts its days"):
        check_outcome("--outcome", "first_report_date", drawn=True)
    assert check_outcome("--outcome", "first_report_date").type == "date"


def test_runs_that_do_not_have_it_are_told_from_a_wrong_name() -> None:
    with pytest.raises(UserMistake, match="these runs do not have it"):
        check_outcome("--outcome", "attacks", among=["case", "exits_by_end"])


# What is found


GOOD = """
from sim.outcomes.entry import Outcome

OUTCOMES = (Outcome("days_at_sea", "count", "days", "days at sea", lambda watched: watched.total("out")),)
"""
BROKEN = {
    "no Python": ("OUTCOMES = (", "cannot be read: SyntaxError"),
    "another fault": ("import numpy\nOUTCOMES = numpy.nothing", "cannot be read: AttributeError"),
    "no tuple": ("from sim.outcomes.violence import OUTCOMES\nOUTCOMES = OUTCOMES[0]", "a tuple, and everything"),
    "no outcome": ("OUTCOMES = ('attacks',)", "everything in it of type Outcome"),
    "a name that is taken": (
        GOOD.replace("days_at_sea", "attacks"),
        "=attacks: a name that the register has already",
    ),
    "no name": (
        GOOD.replace("days_at_sea", "Days at sea"),
        "ValueError: an outcome's name is small",
    ),
}


@pytest.fixture
def dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Drop a file into the register's folder, or what looks like it."""

    def drop(text: str) -> None:
        (tmp_path / "at_sea.py").write_text(text, encoding="utf-8")
        monkeypatch.setattr(outcomes, "__path__", [*outcomes.__path__, str(tmp_path)])
        monkeypatch.delitem(sys.modules, "sim.outcomes.at_sea", raising=False)

    return drop


def test_a_file_in_the_folder_is_enough(dropped: Callable[[str], None]) -> None:
    dropped(GOOD)
    assert set(outcomes.discover()) == {*REGISTER, "days_at_sea"}
    assert set(outcomes.discover_series()) == set(outcomes.DAILY) >= set(DAYS)


@pytest.mark.parametrize("fault", BROKEN)
def test_a_file_that_cannot_be_read_is_named_in_one_line(fault: str, dropped: Callable[[str], None]) -> None:
    text, said = BROKEN[fault]
    dropped(text)
    with pytest.raises(UserMistake) as mistake:
        outcomes.discover()
    assert str(mistake.value).startswith("sim.outcomes.at_sea")
    assert said in str(mistake.value)
