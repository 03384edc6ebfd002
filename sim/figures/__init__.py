"""Figures, a folder each, behind one small interface; nothing is drawn or set at import.

In a figure's folder ``draw.py`` takes data and gives a matplotlib figure, a table and the same in words, and
``figure.py`` says what of a store it is drawn from. A folder whose ``figure.py`` has a ``FIGURE`` is a figure; there
is no list to add it to (docs/EXTENDING.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from sim.errors import UserMistake

if TYPE_CHECKING:
    from sim.figures.interface import FigureKind


@cache
def figures() -> Mapping[str, FigureKind]:
    """All figures by id, in its order; the first call imports them."""
    folders = [f"{__name__}.{found.name}" for found in iter_modules(__path__) if found.ispkg]
    modules = [import_module(f"{folder}.figure") for folder in folders if find_spec(f"{folder}.figure")]
    kinds: list[FigureKind] = [module.FIGURE for module in modules]
    found = {kind.id: kind for kind in sorted(kinds, key=lambda kind: (len(kind.id), kind.id))}
    if len(found) < len(kinds):
        raise ValueError(f"two figures have one id, among {', '.join(sorted(kind.id for kind in kinds))}")
    return found


def figure_of(id: str, key: str = "--figure") -> FigureKind:
    """The figure of this id; a UserMistake for ``key`` where there is none."""
    if id not in figures():
        raise UserMistake(key, id, f"one of {', '.join(figures())}")
    return figures()[id]
