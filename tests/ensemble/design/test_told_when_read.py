"""What cannot come to anything is told in a line when it is read."""

from __future__ import annotations

import warnings

import pytest

from sim.cli import run as tabletop
from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from sim.errors import NoEffect

EVENT = "+scenario.events.late={date: 2031-01-01, set: {levers: {insurance: 1}}, text: late}"


def told(make, *words: str) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make(list(words))
    return [str(one.message) for one in caught if issubclass(one.category, NoEffect)]


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (EVENT, "scenario.events.late: 2031-01-01 lies after clock.end=2024-07-31, so it never happens"),
        ("clock.record_end=1971-01-01", "clock.record_end=1971-01-01: outside the run, 2023-10-02 to 2024-07-31"),
        ("clock.target_date=1999-01-01", "clock.target_date=1999-01-01: outside the run"),
        ("clock.target_date=2024-08-01", "clock.target_date=2024-08-01: outside the run"),
        ("levers.first_contingent=500", "levers.first_contingent=500: more than officers.pool=400"),
    ],
)
def test_it_is_told_in_one_line(word: str, said: str) -> None:
    for make in (request, sweep):
        (line,) = told(make, "theory=breach", word)
        assert line.startswith(said)


@pytest.mark.parametrize(
    "words",
    [[], ["scenario=gang_truce"], ["clock.end=2024-06-30"], ["clock.target_date=2024-07-31"],
     ["unknowns=prior", "officers.pool=40"], ["levers.first_contingent=400"]],
)  # fmt: skip
def test_what_comes_to_something_is_not_told(words: list[str]) -> None:
    assert told(request, *words) == []


def test_a_row_of_the_scenario_that_a_shorter_clock_leaves_out_is_told_too() -> None:
    (line,) = told(request, "scenario=court_blocks_again", "clock.end=2024-03-08")
    assert "2024-03-11 lies after clock.end=2024-03-08" in line


def test_who_ends_the_record_early_is_not_told_each_of_its_events() -> None:
    assert told(request, "clock.end=2024-01-15") == []
    (line,) = told(request, "clock.end=2024-01-15", "scenario.events.us_declines.date=2024-02-01")
    assert line.startswith("scenario.events.us_declines: 2024-02-01 lies after clock.end=2024-01-15")


def test_many_cases_tell_it_once() -> None:
    assert len(told(sweep, "unknowns=prior", "theory=glob(*)", "gangs.blocs=2,3,4", EVENT)) == 1


def test_the_command_line_says_it_before_it_runs(tmp_path, capsys) -> None:
    words = ["officers.pool=12", "clock.start=2024-02-26", "clock.end=2024-03-08", "ensemble.replicates=2"]
    assert tabletop(["run", *words, EVENT, f"out={tmp_path / 's'}", "--no-figures"]) == 0
    assert "tabletop: scenario.events.late: 2031-01-01 lies after clock.end=2024-03-08" in capsys.readouterr().err
