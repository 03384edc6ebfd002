"""One day of the world, in its order. Start reading here.

Sequential between the lines of :data:`ORDER`, synchronous within one: each reads today's values of those above it, and
peers read yesterday's values of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Ints
from sim.model import events as happenings
from sim.model import gangs, governments, media, officers
from sim.model.events import Schedule
from sim.model.luck import Draws
from sim.model.officers import Scratch
from sim.model.parameters import Parameters
from sim.model.state import State
from sim.model.withdrawal.interface import Theory


@dataclass
class Day:
    """What the parts of a day work on: the state, what is fixed while the block runs, luck, and room.

    ``gone`` are officer and run of each who leaves today, none until officers have decided.
    """

    state: State
    p: Parameters
    events: Schedule
    draws: Draws
    theory: Theory
    scratch: Scratch
    gone: tuple[Ints, Ints]


def happen(day: Day) -> None:
    """What is dated today, and what its condition lets happen."""
    happenings.apply(day.state, day.events)


def muster(day: Day) -> None:
    """Officers are selected, trained and sent."""
    officers.muster(day.state, day.p)


def govern(day: Day) -> None:
    """Governments act."""
    governments.act(day.state, day.p)


def attack(day: Day) -> None:
    """Gangs act."""
    gangs.act(day.state, day.p, day.draws)


def report(day: Day) -> None:
    """Media report what happened."""
    media.report_news(day.state, day.p)


def perceive(day: Day) -> None:
    """Officers take it in."""
    officers.perceive(day.state, day.p, day.scratch)


def remember(day: Day) -> None:
    """A theory's memory is taken to today."""
    officers.remember(day.state, day.p, day.theory, day.scratch)


def decide(day: Day) -> None:
    """Officers stay or leave."""
    day.gone = officers.decide(day.state, day.p, day.theory, day.scratch)


def suffer(day: Day) -> None:
    """Casualties in theatre."""
    officers.suffer(day.state, day.p)


def observe(day: Day) -> None:
    """Outsiders see, or do not see, who left."""
    media.observe_withdrawals(day.state, day.p, day.draws, *day.gone)


Part = Callable[[Day], None]
ORDER: tuple[Part, ...] = (
    happen,
    muster,
    govern,
    attack,
    report,
    perceive,
    remember,
    decide,
    suffer,
    observe,
)
"""The parts of a day. Another order is another model: only certificates live one, and nothing of it is stored."""
_NOBODY = np.zeros(0, dtype=np.int64)


def step(
    state: State,
    p: Parameters,
    events: Schedule,
    draws: Draws,
    theory: Theory,
    scratch: Scratch | None = None,
    order: Sequence[Part] = ORDER,
) -> State:
    """Take every run of a block to its next day, in place.

    Parameters
    ----------
    state
        Yesterday's state; it becomes today's.
    p, events, theory
        What is fixed while the block runs.
    draws
        Luck: a pure function of addresses, so nothing that happens in a run moves it.
    scratch
        Buffers to reuse from day to day; made for the day when missing.
    order
        The parts of the day.
    """
    state.day += 1
    day = Day(state, p, events, draws, theory, scratch or Scratch.like(state), (_NOBODY, _NOBODY))
    for part in order:
        part(day)
    return state
