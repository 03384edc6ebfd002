"""Which figures there are, and which of them a store allows: a recipe for each, or one line that says why not.

A folder of this package whose ``figure.py`` has a ``FIGURE`` is a figure; there is no list to add it to
(docs/EXTENDING.md).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

import sim.figures
from sim.ensemble.store.store import Store
from sim.errors import StoreDamaged, UserMistake
from sim.figures.interface import CHOICES, Allowed, FigureKind, Wanted
from sim.figures.provenance.recipe import Recipe
from sim.figures.setting_axes import parameter_of
from sim.figures.store_contents import StoreContents, read
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES
from sim.outcomes import REGISTER, check_outcome
from sim.settings.schema import near

__all__ = ["FIGURES", "Wanted", "check", "chosen", "discover", "figure_of", "of_contents"]


def discover() -> Mapping[str, FigureKind]:
    """The figures of the package's folders by id, in its order."""
    folders = [f"sim.figures.{found.name}" for found in iter_modules(sim.figures.__path__) if found.ispkg]
    modules = [import_module(f"{folder}.figure") for folder in folders if find_spec(f"{folder}.figure")]
    kinds: list[FigureKind] = sorted((module.FIGURE for module in modules), key=lambda kind: (len(kind.id), kind.id))
    return {kind.id: kind for kind in kinds}


FIGURES = discover()
"""All figures by id, F1 first."""


def _of_stores() -> list[str]:
    """Ids of the figures that a store's runs say how to draw."""
    return [id for id, kind in FIGURES.items() if not kind.elsewhere]


def figure_of(id: str) -> FigureKind:
    """The figure of this id; a UserMistake where there is none."""
    if id not in FIGURES:
        raise UserMistake("figure", id, f"one of {', '.join(FIGURES)}")
    return FIGURES[id]


def chosen(store: Store, wanted: Wanted) -> Allowed:
    """The figures that the store allows of those wanted.

    Raises
    ------
    UserMistake
        For a figure, case, outcome or baseline that there is not.
    StoreDamaged
        The store belongs to another version of the model.
    """
    check(store, wanted)
    named = wanted.cases or wanted.root_seed is not None
    if wanted.figures and not named and not any(FIGURES[id].reads_runs for id in wanted.figures):
        return of_contents(StoreContents.without_runs(store), wanted)
    return of_contents(read(store, wanted.cases, wanted.root_seed), wanted)


def check(store: Store, wanted: Wanted) -> None:
    """Refuse a store of another version, a figure that no store's runs say how to draw, and an outcome without axis.

    Raises what :func:`chosen` does.
    """
    if store.model_version != MODEL_VERSION:
        raise StoreDamaged(
            f"{store.folder} belongs to model version {store.model_version}, and this is {MODEL_VERSION}: "
            "use that version to draw it"
        )
    for id in wanted.figures:
        if id not in _of_stores():
            why = f"{id} is {FIGURES[id].elsewhere}" if id in FIGURES else f"one of {', '.join(_of_stores())}"
            raise UserMistake("--figure", id, why)
    _check_choices(wanted, {id: FIGURES[id] for id in wanted.figures or _of_stores()})


def of_contents(contents: StoreContents | None, wanted: Wanted) -> Allowed:
    """The figures that these runs allow of those wanted, which :func:`check` let pass; raises as :func:`chosen`."""
    ids = wanted.figures or tuple(_of_stores())
    if contents is None:
        return Allowed(left_out=[f"{id}: the store has no good run of these cases" for id in ids])
    if wanted.outcome is not None:
        check_outcome("--outcome", wanted.outcome, among=contents.runs)
    recipes: list[tuple[str, Recipe]] = []
    left_out: list[str] = []
    if contents.other_seeds and wanted.root_seed is None:
        others = ", ".join(map(str, contents.other_seeds))
        left_out.append(f"runs under root seed {others}: of {contents.root_seed} there are most (--root-seed chooses)")
    for id in ids:
        allowed = FIGURES[id].recipes(contents, wanted)
        recipes += allowed.recipes
        left_out += allowed.left_out
    return Allowed(recipes, left_out)


def _check_choices(wanted: Wanted, kinds: Mapping[str, FigureKind]) -> None:
    """Refuse what cannot be, and what no figure that is to be drawn heeds."""
    for choice in CHOICES:
        value = getattr(wanted, choice)
        if value is None or value in ((), False):
            continue
        if not any(choice in kind.uses for kind in kinds.values()):
            heed = ", ".join(id for id, kind in FIGURES.items() if choice in kind.uses and not kind.elsewhere)
            shown = ",".join(value) if isinstance(value, tuple) else None if value is True else value
            raise UserMistake(f"--{choice.replace('_', '-')}", shown, f"{', '.join(kinds)} heeds it not; {heed} may")
    if wanted.outcome is not None:
        check_outcome("--outcome", wanted.outcome, drawn=True)
    if wanted.threshold is not None and not math.isfinite(wanted.threshold):
        raise UserMistake("--threshold", wanted.threshold, "a number")
    if len(wanted.settings) > 2:
        raise UserMistake("--settings", ",".join(wanted.settings), "one or two")
    for name in wanted.settings:
        if not any(parameter_of(name, theory) for theory in THEORIES) and name not in REGISTER:
            raise UserMistake("--settings", name, f"neither a setting nor an outcome{near(name)}")
