"""Rival theories of withdrawal, one a file, behind one small interface.

A module of this package that has a ``THEORY`` is a theory; there is no list to add it to (docs/EXTENDING.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from sim.model.withdrawal.interface import Theory


def discover() -> Mapping[str, Theory]:
    """The theories of this package's modules by name, in the order of their numbers."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    theories: list[Theory] = [module.THEORY for module in modules if hasattr(module, "THEORY")]
    return {theory.name: theory for theory in sorted(theories, key=lambda theory: theory.number)}


THEORIES = discover()
"""All theories by name, T0 first."""
