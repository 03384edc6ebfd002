"""A session that was played once, and a table that is made in an instant."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.tabletop.first_line import first_line
from sim.tabletop.session import Session, begin

WORDS = ("table=practice", "ensemble.root_seed=11", "theory=breach,prospects", "table.horizon_days=21")

WORLDS = 240
"""Of each theory: enough to leave some out, few enough to be lived at once."""


@pytest.fixture(scope="session")
def head() -> dict[str, object]:
    """The first line of a small practice session, with the first of its worlds alone."""
    line = first_line(WORDS)
    theory, world = line["played"]["theory"], line["played"]["world"]
    for name, worlds in line["worlds"].items():
        line["worlds"][name] = sorted({*worlds[:WORLDS], *([world] if name == theory else [])})
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
    from sim.tabletop.turn_end import end_turn
    from sim.tabletop.turn_opening import open_turn

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
