"""A figure from its recipe and a store that holds its runs; and filling a store with what a recipe needs."""

from __future__ import annotations

from itertools import groupby

from sim.analysis.explain import attribution
from sim.ensemble.design.plan import Plan
from sim.ensemble.execution.report import Progress
from sim.ensemble.execution.runner import fill
from sim.ensemble.store.store import Store
from sim.figures.catalog import figure_of
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe


def make(recipe: Recipe, store: Store) -> Picture:
    """Draw the figure; the store holds the runs that the recipe names, and maybe others.

    Raises
    ------
    UserMistake
        There is no such figure.
    ValueError
        The runs allow no such figure, such as one without any value.
    """
    return figure_of(recipe.figure).make(recipe, store)


def run_missing(recipe: Recipe, store: Store, progress: Progress | None = None) -> int:
    """Run what a recipe needs and the store lacks; how many runs were computed."""
    needs = figure_of(recipe.figure).needs(recipe)
    computed = 0
    both = sorted(zip(recipe.replicates, recipe.cases, strict=True), key=lambda one: one[0]) if needs.runs else ()
    for spans, group in groupby(both, key=lambda one: one[0]):
        cases = tuple(case for _, case in group)
        for first, last in spans:
            plan = Plan(cases, range(first, last + 1), recipe.root_seed, kept=("days",) if needs.days else ())
            computed += fill(plan, store, progress).computed
    cases_by_id = {case.id: case for case in recipe.cases}
    for id, spans in needs.attribution.items():
        replicates = [replicate for first, last in spans for replicate in range(first, last + 1)]
        computed += attribution.fill(cases_by_id[id], replicates, recipe.root_seed, store).computed
    return computed
