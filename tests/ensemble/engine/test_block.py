"""Blocks: settings and replicates side by side, and a fault that costs its own run and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.engine.block import Result, Simulation, block_parameters, simulate
from sim.model.luck import Draws
from sim.model.parameters import Parameters
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import Perception, Theory, TheoryWrapper
from sim.outcomes import OUTCOMES, SERIES
from tests.ensemble.tiny_worlds import block, case, world
from tests.worlds import identical

WORDS = ("theory=breach", "theory.base_hazard=0.02", "officers.pool=20", "clock.end=2024-03-10")
"""So restless that in every run officers leave after the fault as well."""
DAY = date(2024, 2, 29)
VICTIM = 2

Spoil = Callable[[Floats, np.ndarray], None]
"""What goes wrong: it gets today's hazards and the index of the run that it is to go wrong in."""


class Spoiled(TheoryWrapper):
    """A theory with a fault in one replicate, known by the efficacy of its first officer, from ``day`` on."""

    def __init__(self, theory: Theory, spoil: Spoil, day: date = DAY, replicate: int = VICTIM) -> None:
        super().__init__(theory)
        self._spoil, self._day = spoil, day.toordinal()
        self._mark = world(case(*WORDS), replicates=[replicate]).state.efficacy[0, 0]
        self.seen: list[int] = []

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        super().hazard(see, p, out)
        run = np.flatnonzero(see.state.efficacy[0] == self._mark)
        if run.size and see.state.day >= self._day:
            self.seen.append(see.state.runs)
            self._spoil(out, run)


def put(value: float) -> Spoil:
    """The last officer's hazard becomes this."""

    def spoil(out: Floats, run: np.ndarray) -> None:
        out[-1, run] = value

    return spoil


def cry(out: Floats, run: np.ndarray) -> None:
    raise ValueError("no such mood")


@pytest.fixture
def healthy() -> Result:
    return simulate(block(case(*WORDS)))


@pytest.fixture
def spoiled(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Spoiled]:
    """``spoiled(spoil, day=..., replicate=...)`` puts a fault into the theory of breach."""

    def put_in_place(spoil: Spoil, **where: object) -> Spoiled:
        theory = Spoiled(THEORIES["breach"], spoil, **where)  # type: ignore[arg-type]
        monkeypatch.setitem(THEORIES, "breach", theory)
        return theory

    return put_in_place


def others(runs: int) -> list[int]:
    return [run for run in range(runs) if run != VICTIM]


def assert_neighbours_are_unharmed(result: Result, healthy: Result) -> None:
    """Bit for bit the same in all runs but the victim's, whose outcomes are empty."""
    kept = others(healthy.block.runs)
    since = DAY.toordinal() - date(2024, 2, 15).toordinal()
    assert (healthy.series["exits"][since:, kept].sum(axis=0) > 0).all()
    for name, values in healthy.outcomes.items():
        assert identical(result.outcomes[name][kept], values[kept]), name
        assert np.isnan(result.outcomes[name][VICTIM]), name
    for name, values in healthy.series.items():
        assert identical(result.series[name][:, kept], values[:, kept]), name
    assert [bool(message) for message in result.messages] == [run == VICTIM for run in range(healthy.block.runs)]


@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1, np.inf, -np.inf, np.nextafter(np.float32(1), np.float32(2))])
def test_a_hazard_that_is_no_probability_costs_its_own_run_only(spoiled, healthy: Result, value: float) -> None:
    spoiled(put(value))
    result = simulate(block(case(*WORDS)))
    assert_neighbours_are_unharmed(result, healthy)
    message = result.messages[VICTIM]
    assert all(word in message for word in ("T4", "breach", "2024-02-29", "hazard", "probability"))


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_hazards_of_zero_and_one_are_probabilities(spoiled, value: float) -> None:
    spoiled(put(value))
    result = simulate(block(case(*WORDS)))
    assert result.messages == ("", "", "", "")
    assert all(np.isfinite(result.outcomes["exits_by_end"]))


def test_the_message_names_the_first_day_of_a_fault_that_lasts(spoiled) -> None:
    spoiled(put(np.nan), day=date(2024, 2, 20))
    assert "2024-02-20" in simulate(block(case(*WORDS))).messages[VICTIM]


def test_a_hazard_is_looked_at_without_a_replay(spoiled) -> None:
    theory = spoiled(put(np.nan))
    simulate(block(case(*WORDS)))
    assert set(theory.seen) == {4}


def test_a_run_in_which_a_theory_fails_altogether_costs_its_own_run_only(spoiled, healthy: Result) -> None:
    spoiled(cry)
    result = simulate(block(case(*WORDS)))
    assert_neighbours_are_unharmed(result, healthy)
    assert result.messages[VICTIM] == "T4 breach, 2024-02-29: ValueError: no such mood"


def test_after_an_exception_the_block_is_replayed_as_single_runs(spoiled) -> None:
    theory = spoiled(cry)
    simulate(block(case(*WORDS)))
    assert theory.seen == [4, 1]


def test_a_single_run_that_fails_is_a_row_without_series(spoiled) -> None:
    spoiled(cry)
    result = simulate(block(case(*WORDS), replicates=[VICTIM]))
    assert result.series == {}
    assert set(result.outcomes) == {outcome.name for outcome in OUTCOMES}
    assert all(np.isnan(values).tolist() == [True] for values in result.outcomes.values())


def test_where_every_run_fails_each_says_so(spoiled) -> None:
    spoiled(cry, replicate=0)
    result = simulate(block(case(*WORDS), replicates=[0, 0, 0]))
    assert len(result.messages) == 3
    assert all("no such mood" in message for message in result.messages)
    assert all(np.isnan(values).all() for values in result.outcomes.values())
    assert result.series == {}


def test_a_fault_before_the_first_day_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unready(Spoiled):
        def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
            raise KeyError("duty")

    theory = Unready(THEORIES["breach"], cry)
    monkeypatch.setitem(THEORIES, "breach", theory)
    result = simulate(block(case(*WORDS), replicates=[0, 1]))
    assert result.messages == ("T4 breach, before the first day: KeyError: 'duty'",) * 2


def test_two_faults_in_a_block_cost_two_runs(monkeypatch: pytest.MonkeyPatch, healthy: Result) -> None:
    first = Spoiled(THEORIES["breach"], put(np.nan), replicate=0)
    both = Spoiled(first, cry, day=date(2024, 3, 5), replicate=3)
    monkeypatch.setitem(THEORIES, "breach", both)
    result = simulate(block(case(*WORDS)))
    assert [result.messages[run] for run in (1, 2)] == ["", ""]
    assert ("2024-02-29" in result.messages[0], "2024-03-05" in result.messages[3]) == (True, True)
    for name, values in healthy.outcomes.items():
        assert identical(result.outcomes[name][1:3], values[1:3]), name


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
def test_whoever_interrupts_is_obeyed(spoiled, stop: type[BaseException]) -> None:
    def interrupt(out: Floats, run: np.ndarray) -> None:
        raise stop

    spoiled(interrupt)
    with pytest.raises(stop):
        simulate(block(case(*WORDS)))


# What a block is made of


def test_a_healthy_block_has_every_outcome_every_series_and_no_message(healthy: Result) -> None:
    assert set(healthy.outcomes) == {outcome.name for outcome in OUTCOMES}
    assert set(healthy.series) == {series.name for series in SERIES}
    days = (date(2024, 3, 10) - date(2024, 2, 15)).days + 1
    assert {values.shape for values in healthy.series.values()} == {(days, 4)}
    assert {values.shape for values in healthy.outcomes.values()} == {(4,)}
    assert healthy.messages == ("", "", "", "")


def test_the_settings_of_each_case_ride_in_its_own_runs() -> None:
    cases = [case(*WORDS, f"theory.slips={value}") for value in (0.25, 0.5)]
    parameters = block_parameters(block(*cases, replicates=[0, 1], dtype="float64"))
    assert parameters.theory.slips.tolist() == [0.25, 0.25, 0.5, 0.5]
    assert parameters.layout.officers == 20


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_state_and_the_series_have_the_precision_asked_for(dtype: str) -> None:
    of = world(case(*WORDS), dtype=dtype)
    of.step()
    assert {array.dtype.name for array in of.state.to_arrays().values()} <= {dtype, "int8", "int32", "int64"}
    assert {a.dtype.name for a in simulate(block(case(*WORDS), dtype=dtype)).series.values()} == {dtype}


def test_a_single_of_a_block_is_that_run() -> None:
    whole = block(case(*WORDS), case(*WORDS, "theory.slips=0.25"), replicates=[5, 6])
    single = whole.single(3)
    assert (single.runs, single.replicates.tolist()) == (1, [6])
    assert single.cases[single.case_of_run[0]].values["theory.slips"] == 0.25


def test_a_world_runs_from_the_day_after_its_eve_to_its_end() -> None:
    of = Simulation.of(block(case(*WORDS)))
    days = []
    while of.running:
        days.append(date.fromordinal(of.step().day))
    assert (days[0], days[-1], len(days)) == (date(2024, 2, 15), date(2024, 3, 10), 25)


def test_a_perceived_hazard_that_is_no_number_is_caught_under_every_theory() -> None:
    for theory in ("constant", "squad_threshold"):
        world = Simulation.of(block(case(f"theory={theory}"), replicates=[0, 1]))
        world.state.perceived[3, 0] = np.nan
        with np.errstate(invalid="ignore"):
            state = world.step()
        assert state.fault.tolist() == [state.day, 0]
