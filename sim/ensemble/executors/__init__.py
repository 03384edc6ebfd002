"""Where runs are computed, one executor a file; none of them changes a result.

A module of this package that has an ``EXECUTOR`` is an executor; there is no list to add it to (docs/EXTENDING.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.discovery import discover as found_in
from sim.ensemble.executors.interface import Executor
from sim.settings.variants import read_choice


def discover() -> Mapping[str, type[Executor]]:
    """The executors of this package's modules, by name."""
    executors: list[type[Executor]] = found_in(__name__, "EXECUTOR")
    return {executor.name: executor for executor in executors}


EXECUTORS = discover()
"""All executors by name."""


def read_executor(given: Any) -> Executor:
    """The executor that the composed group ``executor`` asks for.

    Raises
    ------
    UserMistake
        For an unknown executor, a setting that it does not have, or a value that it cannot take.
    """
    return read_choice("executor", given, EXECUTORS)
