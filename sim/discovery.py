"""What is found by looking into a folder: a file there is enough, and no list has to know of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sim.errors import UserMistake


def discover(package: str, attribute: str) -> list[Any]:
    """The objects called ``attribute`` in the modules of a package, by the names of the modules.

    Parameters
    ----------
    package
        Dotted name of a package that is imported already, such as ``__name__`` in its ``__init__``.
    attribute
        Name that a module must hold to be one of those looked for, such as ``THEORY``; other modules are helpers.

    Raises
    ------
    UserMistake
        When a module cannot be imported: one line with its name and the fault.
    """
    return [value for _, value in by_module(package, attribute)]


def by_module(package: str, attribute: str) -> Iterator[tuple[str, Any]]:
    """What :func:`discover` gives, each with the dotted name of its module."""
    for entry in iter_modules(sys.modules[package].__path__):
        name = f"{package}.{entry.name}"
        try:
            module = import_module(name)
        except Exception as fault:  # whatever a file does that someone dropped in
            raise UserMistake(name, None, f"cannot be read: {type(fault).__name__}: {fault}") from fault
        if hasattr(module, attribute):
            yield name, getattr(module, attribute)
