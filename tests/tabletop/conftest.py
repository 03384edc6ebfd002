"""A table of two theories with a hundred and twenty worlds each, lived once and shared; nobody changes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim.model.events import Condition, Event
from sim.tabletop.futures import Futures, OtherWorlds
from sim.tabletop.worlds import TableCases, TableEvent
from tests.ensemble import kept_worlds

WORLDS = {"breach": range(0, 360, 3), "threat_efficacy": range(1, 121), "constant": (3, 8)}
PARTS = date(2024, 4, 1)
TODAY, LAST = date(2024, 3, 15), date(2024, 4, 30)
SEED = 2024


def order(day: date, level: str, value: float = 1.0) -> Event:
    return Event(f"{level} {day}", ((level, "set", value),), date=day)


def given(event: Event, since: date | None = None, **more: object) -> TableEvent:
    """At the table, on the day of the event unless another is named."""
    day = since or event.date
    assert day is not None
    return TableEvent(event, day, **more)  # type: ignore[arg-type]


def whenever(measure: str, above: float, level: str, value: float = 1.0, *, once: bool = True) -> Event:
    return Event(f"when {measure}", ((level, "add", value),), when=Condition(measure, True, above, 1, once))


ORDERS: Sequence[TableEvent] = (
    given(order(date(2024, 3, 9), "levers.pay_escrow")),
    given(whenever("attacks", 3.0, "kenya.slips", once=False), date(2024, 3, 11)),
    given(order(date(2024, 3, 20), "levers.insurance"), date(2024, 3, 12)),
)
DEPART = order(TODAY, "kenya.departure")


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    path: Path = tmp_path_factory.mktemp("kept") / "posterior.json"
    kept_worlds.posterior({name: tuple(worlds) for name, worlds in WORLDS.items()}, PARTS).save(path)
    return ("governments=rules", f"unknowns.posterior={path}")


@pytest.fixture(scope="session")
def table(words: tuple[str, ...]) -> TableCases:
    return TableCases.of(words, SEED, last_day=LAST)


@pytest.fixture(scope="session")
def others(table: TableCases) -> OtherWorlds:
    return OtherWorlds(table, ("breach", 9))


@pytest.fixture(scope="session")
def futures(others: OtherWorlds) -> Futures:
    """Sixty futures of doing nothing, of departing, and of departing under another name."""
    options = {"nothing": [], "depart": [DEPART], "leave": [DEPART]}
    return others.look_ahead(options, date(2024, 4, 10), 60, events=ORDERS, today=TODAY)


def unlike(one: Futures, other: Futures) -> list[tuple[str, str, str]]:
    """Options, theories and measures whose numbers are not the same bit for bit."""
    assert one.days.keys() == other.days.keys()
    return [
        (*key, name)
        for key, days in one.days.items()
        for name in days
        if days[name].tobytes() != other.days[key][name].tobytes()
        or not np.array_equal(one.fault[key], other.fault[key])
    ]
