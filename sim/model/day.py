"""One day of the world, in its order. Start reading here.

Sequential between the lines of :data:`PARTS`, synchronous within one: each reads today's values of those above it, and
peers read yesterday's values of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

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


def _decide(day: Day) -> None:
    day.gone = officers.decide(day.state, day.p, day.theory, day.scratch)


PARTS: Mapping[str, Callable[[Day], None]] = MappingProxyType({
    "events": lambda day: happenings.apply(day.state, day.events),
    "muster": lambda day: officers.muster(day.state, day.p),
    "governments": lambda day: governments.act(day.state, day.p),
    "gangs": lambda day: gangs.act(day.state, day.p, day.draws),
    "news": lambda day: media.report_news(day.state, day.p),
    "perceive": lambda day: officers.perceive(day.state, day.p, day.scratch),
    "remember": lambda day: officers.remember(day.state, day.p, day.theory, day.scratch),
    "decide": _decide,
    "suffer": lambda day: officers.suffer(day.state, day.p),
    "observe": lambda day: media.observe_withdrawals(day.state, day.p, day.draws, *day.gone),
})  # fmt: skip
ORDER = tuple(PARTS)
"""The parts of a day. Another order is another model: only certificates live one, and nothing of it is stored."""
_NOBODY = np.zeros(0, dtype=np.int64)


def step(
    state: State,
    p: Parameters,
    events: Schedule,
    draws: Draws,
    theory: Theory,
    scratch: Scratch | None = None,
    order: Sequence[str] = ORDER,
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
        Names of the parts of the day.
    """
    state.day += 1
    day = Day(state, p, events, draws, theory, scratch or Scratch.like(state), (_NOBODY, _NOBODY))
    for part in order:
        PARTS[part](day)
    return state
