"""The worlds of a table: which there are, which is played, and that a turn lived is a turn lived."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.ensemble.engine.block import Block, simulate
from sim.errors import UserMistake
from sim.tabletop.composed_worlds import table_cases
from sim.tabletop.table_event import TableEvent
from sim.tabletop.worlds import TableCases, played_world
from tests.tabletop.conftest import LAST, ORDERS, SEED, TODAY, given, order, whenever

FIRST = date(2024, 3, 8)


def test_a_theory_without_worlds_enough_is_left_out_and_said(table: TableCases) -> None:
    assert table.theories == ("threat_efficacy", "breach")
    said = " ".join(table.left_out)
    assert "constant is left out: it has 2 kept worlds" in said
    assert "prospects is left out: it has no kept world" in said


def test_the_played_world_is_drawn_by_the_seed_with_equal_weights_for_theories(words: tuple[str, ...]) -> None:
    cases = table_cases(words, SEED, last_day=LAST)
    drawn = [TableCases(cases.cases, (), seed).drawn_world() for seed in range(300)]
    assert drawn[SEED % 300] == TableCases(cases.cases, (), SEED % 300).drawn_world()
    assert all(world in cases.worlds(theory) for theory, world in drawn)
    share = np.mean([theory == "breach" for theory, _ in drawn])
    assert 0.4 < share < 0.6
    assert len({world for _, world in drawn}) > 100


@pytest.mark.parametrize(
    ("typed", "key"),
    [("theory=breach", "theory"), ("clock.end=2025-01-01", "clock.end"), ("unknowns=fixed", "unknowns"),
     ("media.report_probability=2", "media.report_probability")],
)  # fmt: skip
def test_what_is_the_tables_own_or_cannot_be_is_refused(typed: str, key: str) -> None:
    with pytest.raises(UserMistake, match=key):
        table_cases([typed], theories=["breach"])


def test_days_that_cannot_be_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(UserMistake, match="first_day"):
        table_cases(words, first_day=date(2023, 1, 1), last_day=LAST)
    with pytest.raises(UserMistake, match="last_day"):
        table_cases(words, last_day=date(2024, 3, 8))
    with pytest.raises(UserMistake, match="theory"):
        table_cases(words, theories=["constant"], last_day=LAST)


def test_without_orders_the_past_is_that_of_the_same_address(table: TableCases) -> None:
    played = played_world(table, "breach", 9, [], FIRST)
    case = table.cases["breach"]
    result = simulate(Block((case,), np.zeros(1, dtype=np.int64), np.array([9]), SEED))
    days = len(played.days)
    assert days == (FIRST - date(2023, 10, 2)).days
    for name in ("exits", "out", "deaths_gang", "attacks", "media", "perceived_hazard", "reports", "available"):
        assert np.array_equal(played.days[name].to_numpy(np.float32), result.series[name][:days, 0], equal_nan=True), (
            name
        )


def test_from_the_first_day_on_its_luck_is_the_sessions(table: TableCases, words: tuple[str, ...]) -> None:
    other = TableCases(table.cases, (), SEED + 1, last_day=LAST)
    mine, theirs = (played_world(one, "breach", 9, [], TODAY).days for one in (table, other))
    assert mine[mine.index < FIRST].equals(theirs[theirs.index < FIRST])
    assert not mine[mine.index >= FIRST].equals(theirs[theirs.index >= FIRST])


def test_a_later_turn_begins_as_the_earlier_one_ended(table: TableCases) -> None:
    early, late = (played_world(table, "breach", 9, ORDERS, day) for day in (TODAY, LAST))
    assert early.days.equals(late.days[late.days.index < TODAY])
    going = early.simulation
    while going.state.day < TODAY.toordinal() + 3:
        going.step()
    assert going.state.attacks[0] == np.float32(late.days["attacks"].loc[date.fromordinal(going.state.day)])


def test_an_undone_order_leaves_nothing_behind(table: TableCases) -> None:
    never = played_world(table, "breach", 9, ORDERS[:1], LAST).days
    ordered = played_world(table, "breach", 9, [ORDERS[0], given(order(TODAY, "kenya.departure"))], LAST).days
    assert not ordered.equals(never)
    assert ordered[ordered.index < TODAY].equals(never[never.index < TODAY])
    assert played_world(table, "breach", 9, ORDERS[:1], LAST).days.equals(never)


def test_a_condition_is_watched_from_the_day_on_which_it_was_given(table: TableCases) -> None:
    often = whenever("attacks", 0.5, "kenya.slips", once=False)
    slips = {
        day: played_world(table, "breach", 9, [TableEvent(often, day)], LAST).state.slips[0]
        for day in (FIRST, date(2024, 3, 20), LAST)
    }
    without = played_world(table, "breach", 9, [], LAST).state.slips[0]
    assert slips[FIRST] > slips[date(2024, 3, 20)] > slips[LAST] == without
    until = played_world(table, "breach", 9, [TableEvent(often, FIRST, until=date(2024, 3, 20))], LAST).state.slips[0]
    assert slips[FIRST] - until == slips[date(2024, 3, 20)] - without


def test_two_conditions_that_are_alike_are_two(table: TableCases) -> None:
    often = TableEvent(whenever("attacks", 0.5, "kenya.slips", once=False), FIRST)
    one, two, none = (played_world(table, "breach", 9, [often] * k, LAST).state.slips[0] for k in (1, 2, 0))
    assert two - none == 2 * (one - none) > 0


def test_an_order_to_depart_deploys(table: TableCases) -> None:
    days = played_world(table, "breach", 9, [given(order(TODAY, "kenya.departure"))], LAST).days
    assert (days.loc[date(2024, 3, 16) : LAST, "deployed"] > 0).all()
    assert (days.loc[:TODAY, "deployed"] == 0).all()


def test_the_case_of_a_world_has_its_orders(table: TableCases) -> None:
    case = table.case("breach", ORDERS)
    assert [event.origin for event in case.orders] == ["player"] * 3
    assert len(case.events) == len(table.cases["breach"].events) + 3


def test_nothing_is_ordered_for_a_day_that_is_over() -> None:
    with pytest.raises(ValueError, match="before 2024-03-15"):
        given(order(FIRST, "kenya.departure"), TODAY)
