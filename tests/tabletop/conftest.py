"""A table of two theories with a hundred and twenty worlds each, and a session of which a turn was played."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim.model.events import Condition, Event
from sim.tabletop.composed_worlds import table_cases
from sim.tabletop.first_line import first_line
from sim.tabletop.futures import Futures
from sim.tabletop.other_worlds import OtherWorlds
from sim.tabletop.session import Session, begin
from sim.tabletop.table_event import TableEvent
from sim.tabletop.turn_end import end_turn
from sim.tabletop.turn_opening import open_turn
from sim.tabletop.worlds import TableCases
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
    return table_cases(words, SEED, last_day=LAST)


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


# A session

PRACTICE = ("table=practice", "ensemble.root_seed=11", "theory=breach,prospects", "table.horizon_days=21")

SOME = 240
"""Of each theory: enough to leave some out, few enough to be lived at once."""


@pytest.fixture(scope="session")
def head() -> dict[str, object]:
    """The first line of a small practice session, with the first of its worlds alone."""
    line = first_line(PRACTICE)
    theory, world = line["played"]["theory"], line["played"]["world"]
    for name, worlds in line["worlds"].items():
        line["worlds"][name] = sorted({*worlds[:SOME], *([world] if name == theory else [])})
    return line


@pytest.fixture
def session(head: dict[str, object], tmp_path: Path) -> Session:
    """A session that has just begun, its scripted orders not given yet."""
    return begin(tmp_path / "table", lambda: head)


@pytest.fixture
def again() -> Callable[[Session], Session]:
    """A session read anew from its folder."""
    return lambda session: Session.read(session.folder)


@pytest.fixture(scope="session")
def _played(head: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("played") / "table"
    session = begin(folder, lambda: head)
    open_turn(session)
    session.expect("kenya", "exits", "0..30")
    session.expect("kenya", "reports>=5", "10%")
    session.branch("pay", "kenya")
    session.order("kenya", ["pay_escrow=1"], option="pay")
    session.order("kenya", ["insurance=1"], why="nobody goes uninsured")
    end_turn(session)
    open_turn(session)
    return folder


@pytest.fixture
def played(_played: Path, tmp_path: Path) -> Session:
    """A copy of a session of which one turn was played: an order, an option that was not taken, two forecasts."""
    return Session.read(Path(shutil.copytree(_played, tmp_path / "played")))
