"""What a table measures is what the register measures, and what it adds is counted from the state."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.errors import UserMistake
from sim.model.state import Letter, Stage
from sim.outcomes import DAILY
from sim.tabletop.measures import MEASURES, measure_of, visible
from sim.tabletop.worlds import TableCases, played_world
from tests.tabletop.conftest import LAST, TODAY, given, order


def test_every_measure_can_be_shown_and_seen_by_somebody() -> None:
    assert set(MEASURES) > set(DAILY)
    for name, measure in MEASURES.items():
        assert measure.name == name
        assert measure.sight in ("public", "kenya", "hidden")
        assert measure.unit
        assert measure.text
    assert {one.sight for one in visible("public", "kenya")} == {"public", "kenya"}
    assert MEASURES["perceived_hazard"] in visible("hidden")
    assert MEASURES["exits"].said("fewer") == "fewer officers who leave"
    assert MEASURES["control"].said("lower") == "a lower share of the capital under gang control"


def test_a_name_that_is_none_gets_those_near_it() -> None:
    assert measure_of("measure", "deaths") is MEASURES["deaths"]
    with pytest.raises(UserMistake, match="deaths"):
        measure_of("measure", "death")
    with pytest.raises(UserMistake, match="intents"):
        measure_of("measure", "intents", [one.name for one in visible("public")])


def test_the_tables_own_numbers_are_counted_from_the_state(table: TableCases) -> None:
    orders = [given(order(TODAY, "kenya.departure")), given(order(TODAY, "levers.mandatory"))]
    played = played_world(table, "threat_efficacy", 5, orders, LAST)
    state, last = played.state, played.days.iloc[-1]
    wants = np.isin(state.letter, (Letter.BLOCKED, Letter.WAITING)) & (state.present > 0)
    assert last["held_back"] == wants.sum() > 0
    assert last["deployed"] == (state.stage == Stage.DEPLOYED).sum() > 0
    assert last["available"] == state.present.sum()
    days = played.days
    assert (days["deaths"] == days["deaths_gang"] + days["deaths_operations"] + days["deaths_vigilantes"]).all()
    assert days["out"].iloc[-1] == days["exits"].sum()
    assert days.index[-1] == date(2024, 4, 29)


def test_who_has_left_before_is_counted_where_noting_begins_late(table: TableCases) -> None:
    line = table.line("threat_efficacy", [5])
    standing, _ = line.lived(line.begun(), [], TODAY.toordinal() - 1)
    whole = played_world(table, "threat_efficacy", 5, [], TODAY).since(table.first_day)
    assert standing.days["out"][:, 0].tolist() == whole["out"].tolist()
