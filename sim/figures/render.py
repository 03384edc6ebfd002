"""A figure from its recipe and a store that holds its runs; and filling a store with what a recipe needs."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import pandas as pd

from sim.analysis.explain import attribution
from sim.analysis.statistics.summary import good
from sim.ensemble.design.plan import Plan
from sim.ensemble.execution.report import Progress
from sim.ensemble.execution.runner import fill
from sim.ensemble.store.store import KEYS, Store
from sim.figures import of_case, of_cases
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import FIRST
from sim.figures.why import figure as of_run

ATTRIBUTED = "attributed"
"""Option of F6: by case whose C4 was tested, the replicates that it was tested in."""


def make(recipe: Recipe, store: Store) -> Picture:
    """Draw the figure; the store holds the runs that the recipe names, and maybe others.

    Raises
    ------
    ValueError
        The runs allow no such figure, such as one without any value.
    """
    if recipe.figure == "F7":
        return of_run.live(recipe)
    ids = [case.id for case in recipe.cases]
    if recipe.figure == "F5":
        days = store.days(cases=ids, columns=["case", "root_seed", "replicate", "day", *of_case.DRAWN])
        return of_case.timeline_picture(recipe, recipe.among(days))
    runs = good(recipe.among(store.runs(cases=ids)))
    if recipe.figure == "F6":
        rows = _attributed(recipe).among(store.attribution(cases=ids))
        rows = rows if len(rows) else pd.DataFrame(columns=[*KEYS["attribution"], FIRST])
        return of_cases.theories_picture(recipe, runs, rows)
    draw = {
        "F1": of_case.outcome_picture,
        "F2": of_cases.comparison_picture,
        "F3": of_cases.tipping_picture,
        "F4": of_cases.sensitivity_picture,
    }
    return draw[recipe.figure](recipe, runs)


def run_missing(recipe: Recipe, store: Store, progress: Progress | None = None) -> int:
    """Run what a recipe needs and the store lacks; how many runs were computed."""
    if recipe.figure == "F7":
        return 0
    computed = 0
    both = zip(recipe.cases, recipe.replicates, strict=True)
    for spans, group in groupby(sorted(both, key=lambda one: one[1]), key=lambda one: one[1]):
        cases = tuple(case for case, _ in group)
        for first, last in spans:
            plan = Plan(cases, range(first, last + 1), recipe.root_seed, days=recipe.figure == "F5")
            computed += fill(plan, store, progress).computed
    tested = _attributed(recipe)
    for case, spans in zip(tested.cases, tested.replicates, strict=True):
        wanted = [r for first, last in spans for r in range(first, last + 1)]
        computed += attribution.fill(case, wanted, recipe.root_seed, store).computed
    return computed


def _attributed(recipe: Recipe) -> Recipe:
    """The recipe's cases and replicates whose C4 was tested."""
    tested = recipe.options.get(ATTRIBUTED, {})
    cases = tuple(case for case in recipe.cases if case.id in tested)
    return replace(recipe, cases=cases, replicates=tuple(tuple(map(tuple, tested[case.id])) for case in cases))
