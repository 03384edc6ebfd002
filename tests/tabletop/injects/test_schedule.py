"""When an inject is due: by its day, by what it follows, by what it is put off to."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.model.events import Condition, Schedule
from sim.tabletop.injects import Inject, MasterList, due, event_of, watch_of
from tests.faults import refusal

FIRST = date(2024, 3, 8)
LIST = MasterList(
    "Mine",
    {},
    (
        Inject("late", "all", "x", at=6),
        Inject("flash", "all", "x", at=1),
        Inject("dated", "all", "x", at=date(2024, 3, 9)),
        Inject("more", "all", "x", after=("flash", 3)),
        Inject("thin", "all", "x", when=Condition("available", above=False, threshold=300)),
    ),
)


def ids(day: int, fired: dict | None = None, skipped: tuple = (), postponed: dict | None = None) -> list[str]:
    return [one.id for one in due(LIST, FIRST, date(2024, 3, day), fired or {}, skipped, postponed)]


def test_what_is_due_comes_by_its_day_and_then_in_the_order_of_the_list() -> None:
    assert ids(8) == []
    assert ids(9) == ["flash", "dated"]
    assert ids(14) == ["flash", "dated", "late"]


def test_what_was_fired_or_skipped_is_not_due() -> None:
    assert ids(9, {"flash": date(2024, 3, 9)}) == ["dated"]
    assert ids(9, skipped=("dated",)) == ["flash"]


def test_a_chain_counts_from_the_day_that_its_first_was_fired() -> None:
    fired = {"flash": date(2024, 3, 11), "dated": date(2024, 3, 9)}
    assert ids(13, fired) == []
    assert ids(14, fired) == ["late", "more"]
    assert ids(30, skipped=("flash",)) == ["dated", "late"]


def test_an_inject_can_be_put_off_or_brought_forward() -> None:
    assert ids(9, postponed={"flash": date(2024, 3, 12)}) == ["dated"]
    assert ids(12, postponed={"flash": date(2024, 3, 12)}) == ["dated", "flash"]
    assert ids(8, postponed={"late": date(2024, 3, 8)}) == ["late"]


def test_a_chain_that_is_put_off_still_waits_for_its_first() -> None:
    assert ids(9, postponed={"more": date(2024, 3, 9)}) == ["flash", "dated"]
    assert "more" in ids(9, {"flash": date(2024, 3, 9)}, postponed={"more": date(2024, 3, 9)})


def test_a_condition_is_for_the_session_to_see_unless_it_was_put_off_to_a_day() -> None:
    assert "thin" not in ids(31)
    assert "thin" in ids(20, postponed={"thin": date(2024, 3, 20)})


def test_an_inject_is_an_event_of_its_day_and_a_condition_one_that_waits() -> None:
    inject = Inject("flash", "all", "They strike.", at=1, writes=(("gangs.coalition", "set", 1.0),))
    event = event_of(inject, date(2024, 3, 9))
    assert (event.id, event.date, event.writes, event.text) == (
        "flash",
        date(2024, 3, 9),
        inject.writes,
        "They strike.",
    )
    waits = watch_of(LIST["thin"])
    assert (waits.date, waits.when) == (None, Condition("available", above=False, threshold=300))
    schedule = Schedule.build([[event, waits]], np.zeros(1, dtype=int))
    assert (schedule.days, len(schedule.watches)) == ([date(2024, 3, 9).toordinal()], 1)
    assert refusal(watch_of, inject) == "injects.flash: waits for no condition"


def test_an_inject_is_found_by_its_id() -> None:
    assert LIST["more"].after == ("flash", 3)
    with pytest.raises(KeyError):
        LIST["none"]
