"""Ways to live the same world that are no case of their own: officers listed in another order, a day in another order.

Nothing of them is kept in a store: a row there is what its address says it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Floats, Ints
from sim.ensemble.engine.addressed_draws import AddressedDraws
from sim.model.day import ORDER
from sim.model.luck import Purpose

WORLD = {Purpose.SQUAD_SIZE, Purpose.ATTACKS, Purpose.ATTACK, Purpose.DAY, Purpose.UNKNOWN}
"""Draws that belong to the world, and not to an officer."""


class OfficersReversed(AddressedDraws):
    """Luck in which the first officer has the draws of the last one, the second those of the last but one, and so on.

    Squads, gangs and media have their own. Officers are exchangeable, so over worlds that were kept for nothing every
    outcome has the same distribution.
    """

    def uniform(self, purpose: Purpose, entities: int) -> Floats:
        """As of the addressed draws, officers' in reverse."""
        return self._turned(purpose, super().uniform(purpose, entities))

    def normal(self, purpose: Purpose, entities: int) -> Floats:
        """As of the addressed draws, officers' in reverse."""
        return self._turned(purpose, super().normal(purpose, entities))

    def branched(self, purpose: Purpose, entities: int) -> Floats:
        """As of the addressed draws, officers' in reverse."""
        return self._turned(purpose, super().branched(purpose, entities))

    def partings(self, officer: Ints, day: int, run: Ints) -> tuple[Floats, Floats]:
        """The luck of the press, which is an officer's own, goes with him."""
        return super().partings(self._officers - 1 - officer, day, run)

    def luck(self, day: int) -> NDArray[np.uint64]:
        """As of the addressed draws, officers counted from the last."""
        luck = super().luck(day)
        luck[3] = self._officers - 1
        return luck

    _officers = 0

    def _turned(self, purpose: Purpose, values: Floats) -> Floats:
        if purpose in WORLD:
            return values
        self._officers = len(values)
        return np.ascontiguousarray(values[::-1])


def _after(moved: Sequence[str], other: str) -> tuple[str, ...]:
    """The parts of a day with some moved to right after another one."""
    left = [part for part in ORDER if part not in moved]
    place = left.index(other) + 1
    return (*left[:place], *moved, *left[place:])


DAY_ORDERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "gangs_first": ("gangs act before governments do", _after(["governments"], "gangs")),
    "news_tomorrow": ("officers hear today's news tomorrow", _after(["news"], "decide")),
    "decide_first": ("officers decide on what they perceived yesterday", _after(["perceive", "remember"], "decide")),
}
"""Other orders of the day that make sense, by name, in words. What is dated comes first and what outsiders see of
leavers last in all of them: attacks of the record count for a day, and who leaves is known when officers decided."""
