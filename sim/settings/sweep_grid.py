"""Words of a sweep become a grid: which settings take several values, and which of them are mere values.

The order of the combinations is Hydra's. Nothing is composed here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sim.errors import UserMistake
from sim.settings.composition import Composer
from sim.settings.overrides import MOST_CASES, Override, SweptRange, TypedOverride

ONCE = ("ensemble", "executor", "design", "experiment", "out")
"""Groups and settings that say how a sweep is done; they belong to all of it."""


@dataclass(frozen=True, slots=True)
class SweepGrid:
    """A sweep as it was typed: the words that each setting takes, in the order of typing, and the intervals."""

    axes: tuple[tuple[Override, ...], ...] = ()
    intervals: tuple[SweptRange, ...] = ()

    @property
    def size(self) -> int:
        """Number of combinations."""
        return math.prod(map(len, self.axes))

    @property
    def swept(self) -> tuple[str, ...]:
        """Keys that take more than one value, or an interval."""
        return (*(axis[0].key for axis in self.axes if len(axis) > 1), *(i.key for i in self.intervals))

    def combinations(self) -> Iterator[tuple[Override, ...]]:
        """Every combination, the last axis fastest, as Hydra's basic sweeper orders them."""
        return product(*self.axes)


def grid_of(files: Composer, overrides: Sequence[str]) -> SweepGrid:
    """What a sweep's words say, those of ``hydra.sweeper.params`` in an experiment file included.

    Parameters
    ----------
    files
        Hydra with its files open (:func:`sim.settings.composition.composer`).
    overrides
        The words as they were typed.

    Raises
    ------
    UserMistake
        For several values where there can be but one, a key without any value, or more combinations than anyone wants.
    """
    return read_grid(files.read(overrides))


def read_grid(typed: Sequence[TypedOverride]) -> SweepGrid:
    """As :func:`grid_of`, of words that :func:`sim.settings.overrides.read_overrides` has read; raises the same."""
    for override in typed:
        if override.several and override.key.partition(".")[0] in ONCE:
            raise UserMistake(override.key, override.value, "one value for the whole sweep")
    axes = tuple(override.words for override in typed if override.words)
    grid = SweepGrid(axes, tuple(override.interval for override in typed if override.interval))
    if grid.size > MOST_CASES:
        longest = max(typed, key=lambda override: len(override.words))
        right = f"{grid.size:,} combinations in all, and a sweep has at most {MOST_CASES:,}"
        raise UserMistake(longest.key, longest.value, right)
    return grid
