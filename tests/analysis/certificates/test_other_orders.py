"""The same world told otherwise: officers in another order, and parts of the day in another order."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.certificates.checks import DAYS, LARGER, chosen, grown
from sim.analysis.certificates.claims import load_claims
from sim.analysis.certificates.other_orders import DAY_ORDERS, OfficersReversed
from sim.ensemble.engine.addressed_draws import AddressedDraws
from sim.ensemble.engine.block import Block, Simulation, draws_of, simulate
from sim.errors import UserMistake
from sim.model.day import ORDER
from sim.model.luck import Purpose
from tests.worlds import unlike

OFFICERS = 40
OWN = [Purpose.BASELINE, Purpose.TOLERANCE, Purpose.FRICTION, Purpose.THRESHOLD, Purpose.CASUALTY_KIND]


@pytest.fixture
def both():
    return [kind(7, np.arange(5)) for kind in (AddressedDraws, OfficersReversed)]


@pytest.mark.parametrize("purpose", OWN)
def test_the_last_officer_has_the_first_ones_luck(both, purpose):
    usual, turned = (draws.uniform(purpose, OFFICERS) for draws in both)
    assert np.array_equal(turned, usual[::-1])


def test_the_luck_of_the_press_goes_with_its_officer(both):
    for draws in both:
        draws.uniform(Purpose.BASELINE, OFFICERS)
    run = np.array([0, 3])
    usual, turned = (draws.partings(officer, 738_000, run) for draws, officer in
                     zip(both, (np.array([39, 30]), np.array([0, 9])), strict=True))  # fmt: skip
    assert np.array_equal(usual, turned)


def test_squads_gangs_and_media_keep_theirs(both):
    for ask in (lambda d: d.uniform(Purpose.SQUAD_SIZE, 9), lambda d: d.daily(Purpose.DAY, 2, 738_000)):
        assert np.array_equal(*map(ask, both))


def block_of(case, runs=24):
    return Block((case,), np.zeros(runs, dtype=np.int64), np.arange(runs), 7)


def test_officers_in_another_order_are_other_lives_of_the_same_force(short):
    block = block_of(short("theory=breach"))
    usual, turned = (simulate(block, lambda of, kind=kind: draws_of(of, kind)).outcomes for kind in
                     (AddressedDraws, OfficersReversed))  # fmt: skip
    exits = [outcomes["exits_by_end"] for outcomes in (usual, turned)]
    assert not np.array_equal(*exits)
    assert abs(exits[0].mean() - exits[1].mean()) < 3 * exits[0].std() / np.sqrt(24)
    assert np.array_equal(usual["attacks"], turned["attacks"])


@pytest.mark.parametrize("name", DAY_ORDERS)
def test_another_order_of_the_day_has_the_same_parts_and_another_course(case, name):
    order = DAY_ORDERS[name][1]
    assert set(order) == set(ORDER)
    assert len(order) == len(ORDER)
    assert order != ORDER
    assert (order[0], order[-1]) == (ORDER[0], ORDER[-1])
    block = block_of(case("theory=breach", "governments=rules"))
    usual, other = simulate(block), simulate(block, order=order)
    assert any(not np.array_equal(usual.series[key], other.series[key]) for key in usual.series)
    assert other.messages == ("",) * 24


@pytest.mark.parametrize("order", [ORDER, *(parts for _, parts in DAY_ORDERS.values())])
def test_what_a_part_needs_of_another_day_is_state(case, order):
    """Rooms to work in belong to a day: a world whose state is copied each evening goes on as one that is not."""
    block = block_of(case("theory=breach", "governments=rules"), 3)
    through, anew = (Simulation.of(block, order=order) for _ in range(2))
    while through.running:
        through.step()
        anew.state = anew.state.copy()
        anew.step()
        assert unlike(through.state, anew.state) == [], through.state.day


@pytest.mark.parametrize("name", DAY_ORDERS)
def test_yesterdays_report_is_heard_today_whenever_news_comes(case, name):
    worlds = [
        simulate(block_of(case("theory=breach", f"media.report_salience={salience}")), order=DAY_ORDERS[name][1])
        for salience in (0, 20)
    ]
    quiet, loud = (world.series["media"] for world in worlds)
    first = int(np.flatnonzero(worlds[0].series["reports"].any(axis=1))[0])
    assert np.array_equal(quiet[: first + 1], loud[: first + 1])
    assert (loud[first + 1] >= quiet[first + 1]).all()
    assert (loud[first + 1] > quiet[first + 1]).any()


def test_a_larger_force_has_a_larger_contingent_and_reserve_be_they_set_or_written(short):
    word = "scenario.events.more={date: 2024-03-01, set: {levers: {reserve: 30, gang_truce: 1}}, text: more}"
    case = short("theory=breach", "levers.first_contingent=20", word)
    larger = grown(case)
    assert larger.values["officers.pool"] == LARGER * case.values["officers.pool"]
    assert larger.values["levers.first_contingent"] == 200
    written = {name: value for event in larger.events for name, _, value in event.writes}
    assert written["levers.reserve"] == 300
    assert written["levers.gang_truce"] == 1


def test_checks_are_named_and_a_slip_tells_those_near():
    claims = load_claims()[:1]
    (checks,) = chosen(claims, ["day"]).values()
    assert checks == tuple(DAYS.values())
    (one,) = chosen(claims, ["day:gangs_first"]).values()
    assert [check.name for check in one] == ["day:gangs_first"]
    with pytest.raises(UserMistake, match="near it: float64"):
        chosen(claims, ["float46"])
