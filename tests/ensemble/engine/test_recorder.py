"""Outcomes against series made by hand: a story of some days is told to a recorder, and it is asked what happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pytest

from sim.ensemble.engine.block import Simulation
from sim.ensemble.engine.recorder import Recorder
from sim.model.state import State
from sim.outcomes import OUTCOMES, SERIES
from tests.ensemble.tiny_worlds import block, case, let_go

ONE_DAY = timedelta(days=1)
FIRST, RECORD_END, TARGET, LAST = "2024-02-27", "2024-03-02", "2024-03-03", "2024-03-05"
NULL = pytest.approx(np.nan, nan_ok=True)

Day = Mapping[str, object]


@dataclass
class Told:
    """A story told to a recorder; ``told["attacks"]`` is the outcome of the only run, ``told.of(1)`` of another."""

    recorder: Recorder

    def of(self, run: int) -> dict[str, float]:
        return {name: float(values[run]) for name, values in self.recorder.outcomes().items()}

    def __getitem__(self, name: str) -> float:
        return self.of(0)[name]


def tell(
    days: Mapping[str, Day] | None = None,
    *,
    start: str = FIRST,
    end: str = LAST,
    record_end: str = RECORD_END,
    target: str = TARGET,
    every: Day | None = None,
    runs: int = 1,
    settings: tuple[str, ...] = (),
) -> Told:
    """What happens on which day, in a force of two squads of five; ``every`` on all the days that say nothing else.

    A day says what the state's fields are at its end. What goes unsaid is zero; the squads stay as they were last said
    to be, complete at first.
    """
    own = (f"clock.start={start}", f"clock.end={end}", f"clock.record_end={record_end}", f"clock.target_date={target}")
    squads = ("officers.pool=10", "officers.squad_min=5", "officers.squad_max=5")
    of = Simulation.of(block(case("theory=constant", *squads, *own, *settings), replicates=range(runs)))
    recorder, state = Recorder(of.parameters), of.state
    assert state.squad_present.tolist() == [[5] * runs] * 2
    quiet = {name for name in fields_of_a_story() if name != "squad_present"}
    day, told = date.fromisoformat(start), dict(days or {})
    while day <= date.fromisoformat(end):
        today = {**dict.fromkeys(quiet, 0), **(every or {}), **told.pop(day.isoformat(), {})}
        assert today.keys() <= fields_of_a_story()
        leaving = today.pop("squad_exits")
        state.day = day.toordinal()
        say(state, today)
        state.available[...] = state.squad_present.sum(axis=0)
        state.share[...] = state.present
        let_go(of, leaving)
        say(state, today)
        recorder.watch(state)
        day += ONE_DAY
    assert not told, "a day outside the run"
    return Told(recorder)


def say(state: State, today: Day) -> None:
    """Let this be so, whatever the model makes of the day."""
    for name, value in today.items():
        getattr(state, name)[...] = value


def fields_of_a_story() -> set[str]:
    same = {series.name for series in SERIES} - {"out", "available", "perceived_hazard", "reports", "denials"}
    return same | {"squad_present", "squad_exits", "report", "denied", "reserve", "first_contingent", "perceived",
                   "present"}  # fmt: skip


# The table and what is made


def test_every_outcome_of_the_table_is_made_and_no_other() -> None:
    outcomes = tell(runs=3).recorder.outcomes()
    assert list(outcomes) == [outcome.name for outcome in OUTCOMES]
    assert {(values.shape, values.dtype.name) for values in outcomes.values()} == {((3,), "float64")}


def test_every_series_of_the_table_is_made_and_no_other() -> None:
    series = tell(runs=3).recorder.series
    assert list(series) == [row.name for row in SERIES]
    assert {values.shape for values in series.values()} == {(8, 3)}


def test_every_row_of_the_tables_says_what_it_means_in_which_unit() -> None:
    for row in (*OUTCOMES, *SERIES):
        assert row.text, row.name
        assert row.unit, row.name
    for table in (OUTCOMES, SERIES):
        assert len({row.name for row in table}) == len(table)


@pytest.mark.parametrize("name", sorted({series.name for series in SERIES} & fields_of_a_story()))
def test_a_series_holds_the_level_of_each_day(name: str) -> None:
    series = tell({"2024-02-28": {name: 0.25}, "2024-03-05": {name: 3}}).recorder.series[name][:, 0]
    assert series.tolist() == [0, 0.25, 0, 0, 0, 0, 0, 3]


def test_the_series_that_have_other_names_in_the_state_hold_its_levels_too() -> None:
    story = tell(
        {
            "2024-02-28": {"exits": 2, "report": 1, "denied": 1, "squad_present": [[3], [5]]},
            "2024-03-01": {"exits": 1, "report": 1, "squad_present": [[3], [4]]},
        }
    ).recorder.series
    assert story["out"][:, 0].tolist() == [0, 2, 2, 3, 3, 3, 3, 3]
    assert story["available"][:, 0].tolist() == [10, 8, 8, 7, 7, 7, 7, 7]
    assert story["reports"][:, 0].tolist() == [0, 1, 0, 1, 0, 0, 0, 0]
    assert story["denials"][:, 0].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]


def test_exits_on_the_first_day_count() -> None:
    assert tell({FIRST: {"exits": 2}}).recorder.series["out"][:, 0].tolist() == [2] * 8


# Who left


EXITS = {day: {"exits": 1} for day in ("2024-02-28", "2024-02-29", "2024-03-02", "2024-03-03", "2024-03-05")}


def test_exits_are_counted_to_the_eve_of_the_surge_to_the_end_of_the_record_and_to_the_last_day() -> None:
    told = tell(EXITS)
    assert (told["exits_before_surge"], told["exits_by_record_end"], told["exits_by_end"]) == (1, 3, 5)


def test_shares_are_of_the_pool() -> None:
    told = tell(EXITS)
    assert (told["share_out_by_record_end"], told["share_out_by_end"]) == (0.3, 0.5)


def test_intents_are_counted_over_the_whole_run() -> None:
    assert tell({FIRST: {"intents": 2}, "2024-03-02": {"intents": 1}, LAST: {"intents": 4}})["intents_by_end"] == 7


def test_the_peak_is_the_worst_day() -> None:
    assert tell({"2024-02-28": {"exits": 3}, "2024-03-01": {"exits": 4}, LAST: {"exits": 2}})["peak_daily_exits"] == 4


def test_each_run_has_outcomes_of_its_own() -> None:
    told = tell({"2024-02-28": {"exits": [0, 2]}, "2024-03-03": {"exits": [1, 0]}}, runs=2)
    assert (told.of(0)["exits_before_surge"], told.of(1)["exits_before_surge"]) == (0, 2)
    assert (told.of(0)["exits_by_end"], told.of(1)["exits_by_end"]) == (1, 2)


def test_a_run_that_begins_with_the_surge_knows_nothing_of_before() -> None:
    told = tell(start="2024-02-29")
    assert told["exits_before_surge"] == NULL
    assert told["exits_by_end"] == 0


def test_a_run_that_ends_before_the_surge_cannot_say_what_left_before_it() -> None:
    told = tell({"2024-02-20": {"exits": 1}}, start="2024-02-20", end="2024-02-27")
    assert told["exits_before_surge"] == NULL
    assert told["exits_by_record_end"] == NULL
    assert told["share_out_by_record_end"] == NULL
    assert (told["exits_by_end"], told["share_out_by_end"]) == (1, 0.1)


# Leaving together


@pytest.mark.parametrize(
    ("exits", "largest"),
    [
        ((3, 0, 0, 3), 3),
        ((3, 0, 3, 0), 6),
        ((1, 2, 3, 4), 9),
        ((0, 0, 0, 0), 0),
        ((5, 0, 0, 0), 5),
    ],
)
def test_a_cascade_is_what_leaves_within_three_days(exits: tuple[int, ...], largest: int) -> None:
    days = [date(2024, 2, 27) + k * ONE_DAY for k in range(4)]
    story = {day.isoformat(): {"exits": e} for day, e in zip(days, exits, strict=True)}
    assert tell(story)["largest_cascade"] == largest


def test_a_cascade_may_run_over_the_end_of_the_record() -> None:
    assert tell({RECORD_END: {"exits": 2}, TARGET: {"exits": 2}, LAST: {"exits": 2}})["largest_cascade"] == 4


@pytest.mark.parametrize(("end", "largest"), [("2024-02-28", 3), ("2024-02-29", 5), ("2024-03-01", 5)])
def test_a_run_shorter_than_a_cascade_counts_what_it_has(end: str, largest: int) -> None:
    exits = {"2024-02-27": 1, "2024-02-28": 2, "2024-02-29": 2, "2024-03-01": 1}
    story = {day: {"exits": count} for day, count in exits.items() if day <= end}
    assert tell(story, end=end)["largest_cascade"] == largest


@pytest.mark.parametrize(
    ("exits", "share"),
    [
        ({"2024-02-27": [[2], [0]], "2024-02-29": [[2], [0]]}, 0.8),
        ({"2024-02-27": [[2], [0]], "2024-03-01": [[2], [0]]}, 0.4),
        ({"2024-02-27": [[2], [1]], "2024-02-28": [[0], [2]]}, 0.6),
        ({"2024-03-02": [[5], [0]]}, 1.0),
        ({"2024-03-03": [[5], [0]]}, 0.0),
        ({"2024-03-02": [[1], [0]], "2024-03-03": [[4], [0]]}, 0.2),
        ({}, 0.0),
    ],
)
def test_the_share_of_a_squad_that_leaves_within_three_days_is_looked_at_to_the_end_of_the_record(
    exits: dict[str, list[list[int]]], share: float
) -> None:
    told = tell({day: {"squad_exits": squads} for day, squads in exits.items()})
    assert told["max_squad_share_3d"] == pytest.approx(share)


def test_the_share_of_a_squad_is_of_its_own_size() -> None:
    """A pool of ten in squads of six leaves four for the second."""
    uneven = ("officers.squad_min=6", "officers.squad_max=6")
    of = Simulation.of(block(case("theory=constant", "officers.pool=10", *uneven), replicates=[0]))
    recorder = Recorder(of.parameters)
    of.state.day += 1
    recorder.watch(let_go(of, [[3], [3]]))
    while of.running:
        of.state.day += 1
        recorder.watch(let_go(of, 0))
    assert recorder.outcomes()["max_squad_share_3d"] == 0.75


def test_no_record_no_share_of_a_squad() -> None:
    assert tell(end="2024-03-01")["max_squad_share_3d"] == NULL
    assert tell(record_end="2024-02-01")["max_squad_share_3d"] == NULL


def test_squads_with_nobody_left_are_counted_on_the_last_day() -> None:
    gone = {"squad_present": [[0, 0, 1], [0, 5, 1]]}
    told = tell({"2024-02-28": {"squad_present": 0}, LAST: gone}, runs=3)
    assert [told.of(run)["squads_fully_out"] for run in range(3)] == [2, 1, 0]


# What outsiders see


def test_the_first_report_has_a_date() -> None:
    told = tell({"2024-03-01": {"report": 1}, "2024-03-04": {"report": 1}})
    assert told["first_report_date"] == date(2024, 3, 1).toordinal()
    assert told["withdrawal_reports"] == 2


def test_a_report_on_the_first_day_has_a_date() -> None:
    assert tell({FIRST: {"report": 1}})["first_report_date"] == date(2024, 2, 27).toordinal()


def test_without_a_report_there_is_no_date() -> None:
    told = tell()
    assert told["first_report_date"] == NULL
    assert told["withdrawal_reports"] == 0


def test_reports_are_set_against_the_exits() -> None:
    told = tell({"2024-02-28": {"exits": 4, "report": 1}, "2024-03-01": {"exits": [4]}, LAST: {"report": 1}})
    assert told["reported_to_real"] == 0.25


def test_one_exit_is_enough_to_set_reports_against() -> None:
    assert tell({"2024-02-28": {"exits": 1, "report": 1}, LAST: {"report": 1}})["reported_to_real"] == 2


def test_without_exits_there_is_nothing_to_set_reports_against() -> None:
    assert tell()["reported_to_real"] == NULL


def test_rumours_count_by_their_highest_level() -> None:
    assert tell({"2024-02-28": {"rumour": 0.5}, "2024-03-04": {"rumour": 0.25}})["rumours"] == 0.5


# The force on the day


def force(present: int, reserve: float = 0, contingent: float = 8) -> Day:
    return {"squad_present": [[present], [0]], "reserve": reserve, "first_contingent": contingent}


def test_available_are_those_still_in_and_the_reserve_on_the_target_date() -> None:
    told = tell({"2024-03-02": force(5), TARGET: force(4, reserve=2), LAST: force(1, reserve=9)})
    assert told["available_on_target"] == 6


def test_the_shortfall_is_what_the_first_contingent_lacks_on_the_target_date() -> None:
    told = tell({"2024-03-02": force(5), TARGET: force(4, reserve=1), LAST: force(1, contingent=100)})
    assert told["target_shortfall"] == 3


def test_a_force_that_is_large_enough_lacks_nobody() -> None:
    assert tell({TARGET: force(5, reserve=20)})["target_shortfall"] == 0


@pytest.mark.parametrize("target", ["2024-02-26", "2024-03-06"])
def test_a_target_date_beyond_the_run_has_no_answer(target: str) -> None:
    told = tell(target=target, every={"reserve": 5, "first_contingent": 8})
    assert told["available_on_target"] == NULL
    assert told["target_shortfall"] == NULL


@pytest.mark.parametrize("target", [FIRST, LAST])
def test_a_target_date_may_be_the_first_or_the_last_day(target: str) -> None:
    told = tell({target: force(3, reserve=1)}, target=target)
    assert (told["available_on_target"], told["target_shortfall"]) == (4, 4)


# Violence

DEATHS = ("deaths_gang", "deaths_operations", "deaths_vigilantes")


@pytest.mark.parametrize("name", ["attacks", *DEATHS, "civilian_harm"])
def test_totals_run_from_the_first_day_to_the_last(name: str) -> None:
    assert tell({FIRST: {name: 3}, "2024-03-01": {name: 5}, LAST: {name: 7}})[name] == 15


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("deaths_q4_2023", "2023-10-02", "2023-12-31"),
        ("deaths_q1_2024", "2024-01-01", "2024-03-31"),
        ("deaths_surge_week", "2024-02-29", "2024-03-06"),
    ],
)
def test_deaths_of_a_window_are_of_all_kinds_from_its_first_day_to_its_last(name: str, first: str, last: str) -> None:
    start, end = (date.fromisoformat(day) for day in (first, last))
    around = {
        (start - ONE_DAY).isoformat(): dict.fromkeys(DEATHS, 1000),
        first: {"deaths_gang": 1},
        (start + 3 * ONE_DAY).isoformat(): {"deaths_vigilantes": 20},
        last: {"deaths_operations": 300},
        (end + ONE_DAY).isoformat(): dict.fromkeys(DEATHS, 1000),
    }
    wider = {"start": (start - ONE_DAY).isoformat(), "end": (end + ONE_DAY).isoformat()}
    assert tell(around, **wider)[name] == 321
    within = {day: told for day, told in around.items() if first <= day <= last}
    assert tell(within, start=first, end=last)[name] == 321
    cut = {day: told for day, told in within.items() if day != first}
    assert tell(cut, start=(start + ONE_DAY).isoformat(), end=last)[name] == NULL
    cut = {day: told for day, told in within.items() if day != last}
    assert tell(cut, start=first, end=(end - ONE_DAY).isoformat())[name] == NULL


def test_control_is_that_of_the_last_day() -> None:
    assert tell({"2024-03-04": {"control": 0.9}, LAST: {"control": 0.75}})["control_share_end"] == 0.75


def test_assurance_is_that_of_the_last_day_of_the_record() -> None:
    story: dict[str, Day] = {RECORD_END: {"assurance": 0.25}, LAST: {"assurance": 0.75}}
    assert tell(story)["assurance_record_end"] == 0.25
    assert tell(end="2024-03-01")["assurance_record_end"] == NULL


# Danger


def test_perceived_hazard_is_the_mean_over_those_still_in() -> None:
    perceived = np.zeros((10, 2))
    perceived[0] = np.log(3)  # ¾, and ½ for all the others
    present = np.array([[1] + [1] * 4 + [0] * 5, [0] + [1] * 4 + [1] * 5]).T
    day = {"perceived": perceived, "present": present, "squad_present": [[5, 4], [0, 5]]}
    told = tell({RECORD_END: day}, runs=2)
    assert told.of(0)["perceived_hazard_record_end"] == pytest.approx((0.75 + 4 * 0.5) / 5)
    assert told.of(1)["perceived_hazard_record_end"] == pytest.approx(0.5)


def test_perceived_hazard_is_nobodys_when_nobody_is_left() -> None:
    assert tell(every={"squad_present": 0, "present": 0})["perceived_hazard_record_end"] == NULL


def test_a_hazard_far_below_any_that_a_float_can_tell_from_none_is_none() -> None:
    assert tell(every={"perceived": -500, "present": 1})["perceived_hazard_record_end"] == pytest.approx(0, abs=1e-30)
    assert tell(every={"perceived": 500, "present": 1})["perceived_hazard_record_end"] == 1


BASELINE = "officers.baseline=-1.0986122886681098"  # a quarter


def knowable(daily: float, settings: tuple[str, ...] = (BASELINE, "gangs.reference_attacks=4"), **clock: str) -> float:
    start = clock.pop("start", "2024-02-02")
    return tell(every={"attacks": daily}, start=start, settings=settings, **clock)["knowable_hazard"]


def test_knowable_hazard_is_the_baseline_at_the_reference_and_moves_with_the_attacks() -> None:
    assert knowable(4) == pytest.approx(0.25)
    assert knowable(2) == pytest.approx(0.125)
    assert knowable(0) == 0


def test_knowable_hazard_is_a_probability_however_many_the_attacks() -> None:
    assert knowable(400) == 1


def test_knowable_hazard_looks_back_thirty_days_from_the_end_of_the_record() -> None:
    story: dict[str, Day] = {
        "2024-02-01": {"attacks": 1000},
        "2024-02-02": {"attacks": 60},
        "2024-03-02": {"attacks": 60},
        "2024-03-03": {"attacks": 1000},
    }
    settings = (BASELINE, "gangs.reference_attacks=4")
    assert tell(story, start="2024-02-01", settings=settings)["knowable_hazard"] == pytest.approx(0.25)


def test_knowable_hazard_needs_thirty_days_of_the_record() -> None:
    assert knowable(4, start="2024-02-03") == NULL
    assert knowable(4, end="2024-03-01") == NULL


def test_knowable_hazard_by_default_is_that_of_the_haitian_police() -> None:
    assert knowable(4.5, settings=()) == pytest.approx(48 / 13_196, rel=0.01)
