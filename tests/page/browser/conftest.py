"""A small practice session, a server process for it, and the machine's own Chromium."""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sim.tabletop.first_line import first_line
from sim.tabletop.session import begin
from tests.tabletop.conftest import SOME

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.page.browser.server import TableProcess

WORDS = ("table=practice", "table.turns=3", "table.horizon_days=21", "ensemble.root_seed=11", "theory=breach,prospects")

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs a browser takes seconds; without one it is left out, but not where everything must hold."""
    here = Path(__file__).parent
    missing = "" if CHROMIUM.exists() else "no Chromium on this machine"
    missing = missing if importlib.util.find_spec("playwright") else "no Playwright in this environment"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            if missing and os.environ.get("CI") != "true":
                item.add_marker(pytest.mark.skip(reason=missing))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from tests.page.views.browser import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def three_turns() -> dict[str, object]:
    """The first line of a practice session of three turns, with some of its worlds."""
    line = first_line(WORDS)
    theory, world = line["played"]["theory"], line["played"]["world"]
    for name, worlds in line["worlds"].items():
        line["worlds"][name] = sorted({*worlds[:SOME], *([world] if name == theory else [])})
    return line


@pytest.fixture
def server(three_turns: dict[str, object], tmp_path: Path) -> Iterator[TableProcess]:
    """A session that has just begun, and is served."""
    from tests.page.browser.server import TableProcess

    begin(tmp_path / "table", lambda: three_turns)
    table = TableProcess(tmp_path / "table")
    try:
        table.start()
        yield table
    finally:
        table.end()


def in_order(asked: Callable[[], Any], wanted: object) -> None:
    """Wait until something is as it should be, however slow the machine."""
    last = time.monotonic() + 60
    while (found := asked()) != wanted and time.monotonic() < last:
        time.sleep(0.1)
    assert found == wanted
