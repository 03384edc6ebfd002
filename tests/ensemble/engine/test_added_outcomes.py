"""Outcomes that someone added: computed beside the version's own, and whatever they do costs no run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest

from sim import outcomes
from sim.ensemble.engine.block import Result, Simulation, simulate
from sim.ensemble.engine.result_tables import outcome_table
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import TheoryWrapper
from sim.outcomes import REGISTER, Outcome, Series, Watched, added_outcomes
from tests.ensemble.tiny_worlds import block, case

Add = Callable[..., None]


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Add:
    """``add("days_at_sea", compute)``: an outcome of this name is in the register until the test ends."""

    for outcome in added_outcomes():  # whoever has added some to the package still sees these stories
        monkeypatch.delitem(REGISTER, outcome.name)

    def add(name: str, compute: Callable[[Watched], Any], type: Any = "count") -> None:
        entry = Outcome(name, type, "days", f"what {name} means", compute)
        monkeypatch.setitem(REGISTER, name, entry)

    return add


def lived(runs: int = 3, *words: str, first: int = 0) -> Result:
    return simulate(block(case("theory=breach", *words), replicates=range(first, first + runs)))


def test_what_is_added_is_computed_from_what_was_watched(add: Add) -> None:
    add("officer_days", lambda watched: watched.total("out"))
    add("half_out_date", lambda watched: np.full(watched.runs, float(watched.record_end)), "date")
    result = lived()
    assert list(result.added.values) == ["half_out_date", "officer_days"]
    assert result.added.values["officer_days"].tolist() == result.series["out"].astype(float).sum(axis=0).tolist()
    assert result.added.values["half_out_date"][0] == date(2024, 3, 7).toordinal()
    assert result.added.faults == {}


def test_nothing_else_of_a_run_changes(add: Add) -> None:
    before = outcome_table(lived())
    add("officer_days", lambda watched: watched.total("out"))
    add("broken", lambda watched: 1 / 0)
    assert outcome_table(lived()).equals(before)


def test_it_has_the_same_bits_in_a_block_of_any_width(add: Add) -> None:
    add("hazard_days", lambda watched: watched.total("perceived_hazard") / watched.setting("media.rumour_rate"))
    wide = lived(5).added.values["hazard_days"]
    assert [lived(1, first=run).added.values["hazard_days"][0] for run in range(5)] == wide.tolist()


@pytest.mark.parametrize(
    ("compute", "type", "said"),
    [
        (lambda watched: 1 / 0, "count", "ZeroDivisionError: division by zero"),
        (lambda watched: watched.series("nothing"), "count", "LookupError: there is no daily series nothing"),
        (lambda watched: watched.setting("media.nothing"), "count", "no such setting in this group: nothing"),
        (lambda watched: watched.series("out"), "count", "one value a run is wanted"),
        (lambda watched: 3.0, "count", "one value a run is wanted"),
        (lambda watched: ["many"] * watched.runs, "count", "ValueError"),
        (lambda watched: watched.total("out") / 0, "count", "gives an infinite number"),
        (lambda watched: np.full(watched.runs, 738000.5), "date", "gives a number that is no day"),
        (lambda watched: np.full(watched.runs, 1e9), "date", "gives a number that is no day"),
    ],
)
def test_one_that_fails_costs_no_run_and_says_why(add: Add, compute: Any, type: str, said: str) -> None:
    name = "sinking_date" if type == "date" else "sinking"
    add(name, compute, type)
    result = lived()
    assert result.messages == ("", "", "")
    assert said in result.added.faults[name]
    assert not result.added.known[name].any()
    assert np.isnan(result.added.values[name]).all()


def test_one_that_fails_in_some_runs_fails_in_those_alone_whatever_is_beside_them(add: Add) -> None:
    exits = lived(6).outcomes["exits_by_end"]
    limit = np.median(exits)
    assert 0 < (exits > limit).sum() < 6

    def compute(watched: Watched) -> Any:
        return [1 / float(value > limit) for value in watched.on("out", watched.end)]

    add("choosy", compute)
    whole = lived(6)
    assert whole.added.known["choosy"].tolist() == (exits > limit).tolist()
    assert "ZeroDivisionError" in whole.added.faults["choosy"]
    for run in range(6):
        assert lived(1, first=run).added.known["choosy"][0] == whole.added.known["choosy"][run]


def test_null_is_a_value_too(add: Add) -> None:
    add("never_date", lambda watched: np.full(watched.runs, np.nan), "date")
    result = lived()
    assert result.added.known["never_date"].all()
    assert np.isnan(result.added.values["never_date"]).all()


def test_a_run_that_fails_leaves_the_added_outcomes_of_its_neighbours(add: Add, monkeypatch) -> None:
    """The block is lived again run by run then, and its results are put together."""
    add("officer_days", lambda watched: watched.total("out"))
    whole = lived()

    class Failing(TheoryWrapper):
        def hazard(self, see, p, out) -> None:
            if p.runs > 1 or see.state.baseline[0, 0] == bad:
                raise RuntimeError("out of order")
            super().hazard(see, p, out)

    bad = Simulation.of(block(case("theory=breach"), replicates=[1])).state.baseline[0, 0]
    monkeypatch.setitem(THEORIES, "breach", Failing(THEORIES["breach"]))
    result = lived()
    assert [bool(message) for message in result.messages] == [False, True, False]
    assert result.added.known["officer_days"].tolist() == [True, False, True]
    assert result.added.values["officer_days"][[0, 2]].tolist() == whole.added.values["officer_days"][[0, 2]].tolist()


def test_a_series_that_someone_added_is_watched_for_the_outcomes_that_ask_for_it(add: Add, monkeypatch) -> None:
    loss = Series("loss", "share", "0 to 1", "authority that is lost", lambda day: 1 - day.state.authority)
    monkeypatch.setitem(outcomes.DAILY, "loss", loss)
    add("most_lost", lambda watched: watched.series("loss").max(axis=0))
    result = lived()
    assert result.added.values["most_lost"] == pytest.approx(1 - result.series["authority"].min(axis=0), abs=1e-6)
    assert "loss" not in result.series


def test_a_series_that_fails_costs_what_asks_for_it_and_nothing_else(add: Add, monkeypatch) -> None:
    monkeypatch.setitem(outcomes.DAILY, "owed", Series("owed", "level", "days", "owed", lambda day: day.state.nothing))
    add("most_owed", lambda watched: watched.series("owed").max(axis=0))
    add("officer_days", lambda watched: watched.total("out"))
    result = lived()
    assert result.messages == ("", "", "")
    assert "daily series owed: AttributeError" in result.added.faults["most_owed"]
    assert result.added.known["officer_days"].all()
