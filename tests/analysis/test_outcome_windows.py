"""Up to which day an outcome looks, and from which day two cases can differ."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from sim.analysis.outcome_windows import NEVER, Clock, differ_from, last_day, later_outcomes
from sim.outcomes import REGISTER, Outcome

CLOCK = Clock(*(date(*day).toordinal() for day in ((2023, 10, 2), (2024, 7, 31), (2024, 3, 7), (2024, 6, 1))))
ROW = {"case": "a", "label": "x", "scenario.name": "x", "clock.start": date(2023, 10, 2),
       "clock.end": date(2024, 7, 31), "clock.record_end": date(2024, 3, 7), "clock.target_date": date(2024, 6, 1),
       "media.rumour_rate": 0.2, "theory.slips": None, "scenario.events": "[]"}  # fmt: skip


def events(*days: str | None, when: object = None) -> dict[str, object]:
    return ROW | {"scenario.events": json.dumps([[day, when, [["kenya.slips", "add", 1]]] for day in days])}


@pytest.mark.parametrize(
    ("name", "day"),
    [("exits_before_surge", (2024, 2, 28)), ("exits_by_record_end", (2024, 3, 7)), ("max_squad_share_3d", (2024, 3, 7)),
     ("deaths_surge_week", (2024, 3, 6)), ("deaths_q4_2023", (2023, 12, 31)), ("target_shortfall", (2024, 6, 1)),
     ("available_on_target", (2024, 6, 1)), ("exits_by_end", (2024, 7, 31)), ("largest_cascade", (2024, 7, 31)),
     ("squads_fully_out", (2024, 7, 31)), ("first_report_date", (2024, 7, 31))],
)  # fmt: skip
def test_the_last_day_is_the_last_that_the_outcome_asks_for(name: str, day: tuple[int, int, int]) -> None:
    assert last_day(name, CLOCK) == date(*day)


def test_the_last_day_of_an_outcome_that_someone_adds_needs_no_word_of_his(monkeypatch) -> None:
    april = Outcome("exits_in_april", "count", "officers", "in April", lambda seen: seen.on("out", april_30))
    april_30 = date(2024, 4, 30).toordinal()
    odd = Outcome("odd", "count", "officers", "what no quiet run has", lambda seen: seen.series("out")[999])
    for one in (april, odd):
        monkeypatch.setitem(REGISTER, one.name, one)
    assert last_day("exits_in_april", CLOCK) == date(2024, 4, 30)
    assert last_day("odd", CLOCK) == date(2024, 7, 31)


def test_no_outcome_looks_beyond_the_run() -> None:
    short = Clock(CLOCK.start, CLOCK.record_end, CLOCK.record_end, CLOCK.target_date)
    assert {last_day(name, short) <= date(2024, 3, 7) for name in REGISTER} == {True}


def test_cases_differ_from_the_first_event_that_only_one_has() -> None:
    both = events("2024-03-01", "2024-04-01")
    assert differ_from(both, events("2024-03-01", "2024-05-01")) == date(2024, 4, 1)
    assert differ_from(both, events("2024-03-01")) == date(2024, 4, 1)
    assert differ_from(events("2024-03-01", "2024-03-01"), events("2024-03-01")) == date(2024, 3, 1)
    assert differ_from(events("2024-03-01", "2024-04-01"), events("2024-04-01", "2024-03-01")) == date(2024, 3, 1)
    assert differ_from(both, both | {"label": "y", "scenario.name": "y", "case": "b"}) == NEVER


def test_what_takes_its_time_differs_from_the_day_on_which_it_comes(case) -> None:
    record, troops = (case("theory=breach", f"scenario={name}").row() for name in ("as_documented", "us_troops"))
    assert differ_from(record, troops) == date(2024, 3, 20)  # sent on 6 March, a fortnight under way


def test_a_setting_or_a_condition_counts_from_the_first_day() -> None:
    assert differ_from(ROW, ROW | {"media.rumour_rate": 0.3}) == date(2023, 10, 2)
    assert differ_from(ROW, events(None, when=["attacks", ">", 3, 1])) == date(2023, 10, 2)
    assert differ_from(ROW, ROW | {"theory.slips": float("nan")}) == NEVER  # neither has it
    assert differ_from(ROW, ROW | {"clock.end": date(2024, 7, 31) - timedelta(days=9)}) == NEVER


def test_what_counts_the_same_over_a_later_window_comes_in_the_order_of_its_end() -> None:
    assert later_outcomes("exits_before_surge", CLOCK, list(REGISTER)) == [
        "exits_in_surge", "exits_by_record_end", "exits_surge_month", "exits_after_record", "exits_by_end",
        "target_shortfall",
    ]  # fmt: skip
    assert later_outcomes("exits_surge_month", CLOCK, list(REGISTER))[:2] == ["exits_after_record", "exits_by_end"]
    assert later_outcomes("exits_by_end", CLOCK, list(REGISTER)) == []
    assert later_outcomes("exits_before_surge", CLOCK, ["exits_by_end"]) == ["exits_by_end"]
    assert later_outcomes("civilian_harm", CLOCK, list(REGISTER)) == []
