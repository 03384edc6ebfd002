"""Levers as orders: they stand, whatever a later row of the record writes."""

from __future__ import annotations

from datetime import date

from sim.analysis.lever_experiment import lever_cases
from sim.analysis.lever_orders import standing
from sim.ensemble.design.request import request
from sim.model.events import Event

TROOPS = "levers.foreign_troops"


def order(day: date, *writes: tuple[str, str, float]) -> Event:
    return Event("order", writes, date=day, origin="player")


def test_an_order_is_given_again_where_a_later_row_would_undo_it_and_only_there():
    case = request(["theory=breach", "unknowns=fixed"]).case
    early = standing(case, [order(date(2024, 3, 1), (TROOPS, "set", 1000.0), ("levers.pay_escrow", "set", 1.0))])
    assert [(event.date, event.writes) for event in early[1:]] == [(date(2024, 3, 6), ((TROOPS, "set", 1000.0),))]
    assert len(standing(case, [order(date(2024, 3, 7), (TROOPS, "set", 1000.0))])) == 1, "the row came before"
    assert len(standing(case, [order(date(2024, 3, 1), ("levers.pay_escrow", "set", 1.0))])) == 1


def test_what_an_order_writes_besides_levers_is_written_once():
    """The accord of the record moves imminence a few days later."""
    case = request(["theory=breach", "unknowns=fixed"]).case
    assert len(standing(case, [order(date(2024, 2, 20), ("kenya.imminence", "set", 0.9))])) == 1


def test_foreign_troops_of_the_experiment_are_not_ended_by_the_record():
    levers = {"troops": {"set": {"levers": {"foreign_troops": 1000}}}}
    listed = lever_cases(levers, settings=1, date="2024-03-01", seed=1, theories=["breach"])
    cases = {str(keys["lever"]): case for keys, case in listed}
    last = [(event.date, write[2]) for event in cases["troops"].events for write in event.writes if write[0] == TROOPS]
    assert last[-1] == (date(2024, 3, 6), 1000.0)
