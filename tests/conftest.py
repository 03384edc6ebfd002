"""Worlds for the tests: small, short, and composed once for each set of words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import Request, request
from sim.ensemble.engine.block import Block, Simulation
from sim.model.events import Event
from sim.model.state import State
from sim.model.withdrawal import THEORIES
from sim.settings import schema

SETTINGS = {p.key for p in schema.FIXED if not p.key.startswith("ensemble.")}
SETTINGS |= {p.key for theory in THEORIES.values() for p in theory.parameters}
SMALL = ("officers.pool=40", "clock.end=2024-03-20")
"""Forty officers until a fortnight after the record: what most stories need."""


@cache
def asked(words: tuple[str, ...]) -> Request:
    return request(words)


@cache
def varied(words: tuple[str, ...]) -> Case:
    """The case that these words ask for. Composing takes long, so single settings vary a case composed before."""
    single = [word for word in words if word.partition("=")[0] in SETTINGS]
    composed: Case = asked(tuple(word for word in words if word not in single)).case
    values = dict(word.split("=") for word in single)
    return composed.varied({key: number(value) for key, value in values.items()}, " · ".join(words))


def number(word: str) -> float | str:
    try:
        return float(word)
    except ValueError:
        return word  # a date or a choice


def make_case(*overrides: str, events: Sequence[Event] | None = None) -> Case:
    """The case that these words ask for; ``events`` takes the place of its scenario's."""
    case: Case = varied(overrides)
    return case if events is None else replace(case, events=tuple(events), table=None)


def make_world(
    *overrides: str,
    runs: int = 4,
    dtype: str = "float32",
    events: Sequence[Event] | None = None,
    first: int = 0,
    seed: int = 20240307,
) -> Simulation:
    """The eve of the first day in ``runs`` replicates of one case."""
    return gather([make_case(*overrides, events=events)], runs=runs, dtype=dtype, first=first, seed=seed)


def gather(
    cases: Sequence[Case], runs: int = 4, dtype: str = "float32", first: int = 0, seed: int = 20240307
) -> Simulation:
    """One block of several cases, all under the same ``runs`` replicates; runs of a case are neighbours."""
    case_of_run = np.repeat(np.arange(len(cases)), runs)
    replicates = np.tile(np.arange(first, first + runs), len(cases))
    return Simulation.of(Block(tuple(cases), case_of_run, replicates, seed, dtype))


@pytest.fixture(scope="session")
def ask() -> Callable[..., Request]:
    """``ask("theory=breach", ...)``: a request, composed once."""
    return lambda *overrides: asked(overrides)


@pytest.fixture(scope="session")
def case() -> Callable[..., Case]:
    """``case("theory=breach", ..., events=None)``; ``events`` takes the place of its scenario's."""
    return make_case


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


def each_day(world: Simulation, until: str | None = None, days: int | None = None) -> Iterator[State]:
    last = world.parameters.structure.end if until is None else date.fromisoformat(until).toordinal()
    if days is not None:
        last = world.state.day + days
    while world.state.day < last:
        yield world.step()
