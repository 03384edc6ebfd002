"""The worlds of ``tests/worlds.py`` as fixtures, and the one line of a mistake."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import Request
from sim.ensemble.engine.block import Simulation
from sim.model.state import State
from sim.settings.kept_compositions import VARIABLE
from tests.processes import Start, started
from tests.worlds import SHORT, SMALL, asked, each_day, gather, make_case, make_world


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests compose is kept for these tests alone, and for the processes that they start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, os.fspath(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A shell has what it starts in the background ignore Ctrl-C, and so would all that tests start."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _any_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Off a terminal a screen is as wide as COLUMNS says, which whoever runs the tests may have set."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def launch() -> Iterator[Start]:
    """``launch(words, ...)``: a process that is ended with the test, and all that it has started."""
    with started() as start:
        yield start


@pytest.fixture(scope="session")
def ask() -> Callable[..., Request]:
    """``ask("theory=breach", ...)``: a request, composed once."""
    return lambda *overrides: asked(overrides)


@pytest.fixture(scope="session")
def case() -> Callable[..., Case]:
    """``case("theory=breach", ..., events=None)``; ``events`` takes the place of its scenario's."""
    return make_case


@pytest.fixture(scope="session")
def short() -> Callable[..., Case]:
    """Like ``case``, with few officers and five weeks around the surge unless the words say otherwise."""
    return lambda *overrides, **keywords: make_case(*SHORT, *overrides, **keywords)


@pytest.fixture(scope="session")
def world() -> Callable[..., Simulation]:
    """``world("theory=breach", ..., runs=4, dtype=, events=, first=, seed=)``, on the eve of its start."""
    return make_world


@pytest.fixture(scope="session")
def small() -> Callable[..., Simulation]:
    """Like ``world``, with few officers and a short clock unless the words say otherwise."""
    return lambda *overrides, **keywords: make_world(*SMALL, *overrides, **keywords)


@pytest.fixture(scope="session")
def side_by_side() -> Callable[..., Simulation]:
    """``side_by_side([case, case], runs=4)``: one block of several cases under the same luck."""
    return gather


@pytest.fixture(scope="session")
def live() -> Callable[..., State]:
    """``live(world)`` to its end, ``days=3``, or until ``"2024-03-01"`` is over."""

    def onwards(world: Simulation, until: str | None = None, days: int | None = None) -> State:
        for _ in each_day(world, until, days):
            pass
        return world.state

    return onwards


@pytest.fixture(scope="session")
def daily() -> Callable[..., Iterator[State]]:
    """Like ``live``, but hands out each evening: one object that changes, so copy what you keep."""
    return each_day


@pytest.fixture
def error_line(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """``error_line()``: the one line on the error stream."""

    def line() -> str:
        text = capsys.readouterr().err
        assert text.count("\n") == 1, text
        assert "Traceback" not in text
        return text.strip()

    return line
