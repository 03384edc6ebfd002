"""One day of the world, in its order. Start reading here.

Sequential between the lines, synchronous within one: each reads today's values of those above it, and peers
read yesterday's values of each other.
"""

from __future__ import annotations

from sim.model import events as happenings
from sim.model import gangs, governments, media, officers
from sim.model.events import Schedule
from sim.model.luck import Draws
from sim.model.officers import Scratch
from sim.model.parameters import Parameters
from sim.model.state import State
from sim.model.withdrawal.interface import Theory


def step(
    state: State,
    p: Parameters,
    events: Schedule,
    draws: Draws,
    theory: Theory,
    scratch: Scratch | None = None,
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
    """
    scratch = scratch or Scratch.like(state)
    state.day += 1
    happenings.apply(state, events)
    officers.muster(state, p)
    governments.act(state, p)
    gangs.act(state, p, draws)
    media.report_news(state, p)
    officers.perceive(state, p, scratch)
    officers.remember(state, p, theory, scratch)
    gone = officers.decide(state, p, theory, scratch)
    officers.suffer(state, p)
    media.observe_withdrawals(state, p, draws, *gone)
    return state
