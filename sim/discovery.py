"""What is found by looking into a folder: a file there is enough, and no list has to know of it."""

from __future__ import annotations

import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


def discover(package: str, attribute: str) -> list[Any]:
    """The objects called ``attribute`` in the modules of a package, by the names of the modules.

    Parameters
    ----------
    package
        Dotted name of a package that is imported already, such as ``__name__`` in its ``__init__``.
    attribute
        Name that a module must hold to be one of those looked for, such as ``THEORY``; other modules are helpers.
    """
    modules = [import_module(f"{package}.{entry.name}") for entry in iter_modules(sys.modules[package].__path__)]
    return [getattr(module, attribute) for module in modules if hasattr(module, attribute)]
