"""Which figures a store allows: a recipe for each, and one line for each that it does not allow."""

from __future__ import annotations

from sim.ensemble.store.store import Store
from sim.errors import StoreDamaged, UserMistake
from sim.figures import figures
from sim.figures.interface import Allowed, Wanted
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import outcome_of
from sim.figures.store_contents import read
from sim.model import MODEL_VERSION

__all__ = ["Wanted", "chosen"]


def chosen(store: Store, wanted: Wanted) -> Allowed:
    """The figures that the store allows of those wanted.

    Raises
    ------
    UserMistake
        For a figure, case, outcome or baseline that there is not.
    StoreDamaged
        The store belongs to another version of the model.
    """
    if store.model_version != MODEL_VERSION:
        raise StoreDamaged(
            f"{store.folder} belongs to model version {store.model_version}, and this is {MODEL_VERSION}: "
            "use that version to draw it"
        )
    drawable = {id: kind for id, kind in figures().items() if not kind.elsewhere}
    for id in wanted.figures:
        if id not in drawable:
            why = f"{id} is {figures()[id].elsewhere}" if id in figures() else f"one of {', '.join(drawable)}"
            raise UserMistake("--figure", id, why)
    if wanted.outcome is not None:
        outcome_of(wanted.outcome)
    contents = read(store, wanted.cases, wanted.root_seed)
    ids = wanted.figures or tuple(drawable)
    if contents is None:
        return Allowed(left_out=[f"{id}: the store has no good run of these cases" for id in ids])
    recipes: list[tuple[str, Recipe]] = []
    left_out: list[str] = []
    if contents.other_seeds and wanted.root_seed is None:
        others = ", ".join(map(str, contents.other_seeds))
        left_out.append(f"runs under root seed {others}: of {contents.root_seed} there are most (--root-seed chooses)")
    for id in ids:
        allowed = drawable[id].recipes(contents, wanted)
        recipes += allowed.recipes
        left_out += allowed.left_out
    return Allowed(recipes, left_out)
