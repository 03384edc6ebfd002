"""Rival theories of withdrawal, one a file, behind one small interface.

A module of this package that has a ``THEORY`` is a theory; there is no list to add it to (docs/EXTENDING.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.discovery import discover as found_in
from sim.model.withdrawal.interface import Theory


def discover() -> Mapping[str, Theory]:
    """The theories of this package's modules by name, in the order of their numbers."""
    theories: list[Theory] = found_in(__name__, "THEORY")
    return {theory.name: theory for theory in sorted(theories, key=lambda theory: theory.number)}


THEORIES = discover()
"""All theories by name, T0 first."""
