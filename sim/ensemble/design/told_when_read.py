"""What a case says that cannot come to anything: told in a line when it is read, before anything is run."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sim.ensemble.cases.case import Case
from sim.errors import NoEffect, one_line
from sim.settings.overrides import key_of

_LOOKED_AT = ("clock.record_end", "clock.target_date")


def tell(cases: Iterable[Case], typed: Collection[str]) -> None:
    """Tell of events after the end, of days that no run sees, and of a contingent that the pool cannot fill.

    A line each, once: on the error stream of the command line, as a warning in Python.

    Parameters
    ----------
    typed
        Words as they were typed. A day or a contingent is told of where it was typed; an event always, wherever its
        file comes from, but for the record's own where somebody ends the clock before them.
    """
    keys = {key_of(word).lstrip("+") for word in typed}
    for line in dict.fromkeys(line for case in cases for line in _lines(case, keys)):
        warnings.warn(NoEffect(one_line(line)), stacklevel=3)


def _typed(event: str, keys: Collection[str]) -> bool:
    return any(key == f"scenario.events.{event}" or key.startswith(f"scenario.events.{event}.") for key in keys)


def _lines(case: Case, keys: Collection[str]) -> Iterable[str]:
    clock: Any = case.values
    start, end = clock["clock.start"], clock["clock.end"]
    for event in case.events:
        cut = event.origin == "documented" and "clock.end" in keys and not _typed(event.id, keys)
        if event.date is not None and event.date > end and not cut:  # who ends the record early knows that it ends
            named = f"scenario.events.{event.id}" if event.id else f"the event {event.text!r}"
            yield f"{named}: {event.date} lies after clock.end={end}, so it never happens"
    for key in _LOOKED_AT:
        if key in keys and not start <= clock[key] <= end:
            yield f"{key}={clock[key]}: outside the run, {start} to {end}, so what is asked of that day has no value"
    if "levers.first_contingent" in keys:
        contingent = clock["levers.first_contingent"]
        yield from beyond_the_pool(case, contingent, f"levers.first_contingent={contingent:g}")


def beyond_the_pool(case: Case, contingent: float, typed: str) -> Iterator[str]:
    """That a first contingent is larger than the pool, if it is; ``typed`` is how somebody said it."""
    pool: Any = case.values["officers.pool"]
    if contingent > pool:
        yield f"{typed}: more than officers.pool={pool}, so every run falls short of it"
