"""What a command did, as it tells those who asked; nothing here runs anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sim.ensemble.design.stopping_rule import Reached
from sim.ensemble.engine.result_tables import Failure

Progress = Callable[[int], None]
"""Hears of the number of runs that each block finished."""
Failed = Callable[[str, int, str], None]
"""Hears of case, replicate and message of a failed run, as soon as it has failed."""


@dataclass(frozen=True)
class Report:
    """What a command did.

    Attributes
    ----------
    computed, found
        Runs computed now, and runs that the store had.
    failures
        Runs that failed now.
    seconds
        Wall time.
    reached
        By case, where ``ensemble.until`` stopped.
    workers
        Most workers that were at hand, threads or processes; 0: the command did it all itself.
    faults
        A line for each outcome that someone added and that could not be computed in some run, with the reason.
    """

    computed: int
    found: int
    failures: tuple[Failure, ...]
    seconds: float
    reached: tuple[Reached, ...] = ()
    workers: int = 0
    faults: tuple[str, ...] = ()
