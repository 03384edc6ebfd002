"""Compiled kernels of those who leave: sparse passes over officers, and what their squads see of it."""

from __future__ import annotations

import numpy as np

from sim.arrays import Array, Floats, Ints
from sim.model.jit import compiled

BLOCKED, WAITING, ACCEPTED = 1, 2, 3
DEPLOYED, OPTED_OUT, HOME = 3, 4, 5
"""Letters and stages, as a test demands; written here, so that a change of them has the kernels compiled anew."""


@compiled
def dawn(intents: Floats, exits: Floats, squad_exits: Floats, leader_left: Floats) -> None:
    """Nobody has left today: ``(runs,)`` twice, and ``(squads, runs)`` twice."""
    intents[:], exits[:] = 0, 0
    squad_exits[:], leader_left[:] = 0, 0


@compiled
def stopped(
    who: Ints,
    run: Ints,
    intents: Floats,
    stage: Ints,
    at_risk: Floats,
    letter: Ints,
    in_theatre: Floats,
    before: Floats,
    mandatory: Floats,
    friction: Floats,
) -> Array:
    """Those who came to want out today are counted and no longer at risk; their letters are blocked or wait.

    Returns whether nothing stopped each of them, ``(intents,)``. ``in_theatre`` and ``before`` are the friction there
    and at home, ``(runs,)``; ``friction`` is each officer's uniform, ``(officers, runs)``.
    """
    one, free = friction.dtype.type(1), np.empty(len(who), np.bool_)
    for n in range(len(who)):
        i, r = who[n], run[n]
        f = in_theatre[r] if stage[i, r] == DEPLOYED else before[r]
        f = f + mandatory[r] * (one - f)
        free[n] = not friction[i, r] < f
        intents[r] += one
        at_risk[i, r] = 0
        letter[i, r] = WAITING if free[n] else BLOCKED
    return free


@compiled
def go(
    who: Ints,
    run: Ints,
    squad_of: Ints,
    starts: Ints,
    stage: Ints,
    letter: Ints,
    present: Floats,
    at_risk: Floats,
    squad_present: Floats,
    squad_exits: Floats,
    leader_left: Floats,
    exits: Floats,
) -> None:
    """These officers leave, from theatre or from home, and are missed in their squads."""
    one = exits.dtype.type(1)
    for n in range(len(who)):
        i, r = who[n], run[n]
        q = squad_of[i]
        stage[i, r] = HOME if stage[i, r] == DEPLOYED else OPTED_OUT
        letter[i, r] = ACCEPTED
        present[i, r] = 0
        at_risk[i, r] = 0
        squad_present[q, r] -= one
        squad_exits[q, r] += one
        exits[r] += one
        if starts[q] == i:
            leader_left[q, r] = 1


@compiled
def holds(values: Ints, what: int) -> bool:
    """Whether a small number is to be found in ``(rows, columns)``."""
    yes = np.int8
    found, sought = yes(0), yes(what)
    for i in range(len(values)):
        for r in range(values.shape[1]):
            found = yes(found | yes(values[i, r] == sought))
        if found:
            return True
    return False


@compiled
def together(recent: Floats, sizes: Floats, share: Floats) -> None:
    """Raise ``share`` ``(runs,)`` to the largest share of a squad that has left lately.

    ``recent`` is ``(days, squads, runs)``, of which there are three; ``sizes`` is ``(squads,)``.
    """
    _, squads, runs = recent.shape
    for q in range(squads):
        for r in range(runs):
            gone = (recent[0, q, r] + recent[1, q, r] + recent[2, q, r]) / sizes[q]
            share[r] = gone if gone > share[r] else share[r]
