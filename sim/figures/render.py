"""A figure from its recipe and a store that holds its runs; and filling a store with what a recipe needs."""

from __future__ import annotations

from itertools import groupby

import numpy as np

from sim.analysis.explain import attribution
from sim.analysis.explain.causes import CAUSES
from sim.ensemble.design.plan import Plan
from sim.ensemble.execution.report import Progress
from sim.ensemble.execution.runner import fill
from sim.ensemble.store.store import DAYS, OWN, Store
from sim.figures.catalog import figure_of
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.outcomes import added_outcomes, check_outcome

USUAL = 20_000
"""Runs of the default world that a figure takes at most, as a rule: some minutes."""
DEFAULT_WORLD = 400 * 304
"""Officer-days of one."""


def work(recipe: Recipe) -> float:
    """What a recipe takes if nothing of it is known: runs, in those of the default world."""
    needs = figure_of(recipe.figure).needs(recipe)
    total = 0.0
    for case, spans in zip(recipe.cases, recipe.replicates, strict=True):
        runs = sum(last - first + 1 for first, last in spans) if needs.runs else len(spans)
        runs += len(CAUSES) * sum(last - first + 1 for first, last in needs.attribution.get(case.id, ()))
        total += runs * case.officer_days
    return total / DEFAULT_WORLD


def make(recipe: Recipe, store: Store) -> Picture:
    """Draw the figure; the store holds the runs that the recipe names, and maybe others.

    Raises
    ------
    UserMistake
        There is no such figure or outcome, or the runs do not have the outcome.
    ValueError
        The runs allow no such figure, such as one without any value.
    """
    figure = figure_of(recipe.figure)
    if (name := _added_outcome(recipe)) is not None:
        check_outcome("outcome", name, among=store.runs(cases=[case.id for case in recipe.cases], columns=[name]))
    return figure.make(recipe, store)


def run_missing(recipe: Recipe, store: Store, progress: Progress | None = None) -> int:
    """Run what a recipe needs and the store lacks; how many runs were computed."""
    needs = figure_of(recipe.figure).needs(recipe)
    kept = (*([DAYS] if needs.days else []), *([OWN] if _added_outcome(recipe) else []))
    computed = 0
    both = sorted(zip(recipe.replicates, recipe.cases, strict=True), key=lambda one: one[0]) if needs.runs else ()
    for spans, group in groupby(both, key=lambda one: one[0]):
        cases = tuple(case for _, case in group)
        runs = np.concatenate([np.arange(first, last + 1) for first, last in spans] or [np.zeros(0, dtype=np.int64)])
        plan = Plan(cases, range(0), recipe.root_seed, kept=kept, only={case.id: runs for case in cases})
        computed += fill(plan, store, progress).computed
    cases_by_id = {case.id: case for case in recipe.cases}
    for id, spans in needs.attribution.items():
        replicates = [replicate for first, last in spans for replicate in range(first, last + 1)]
        computed += attribution.fill(cases_by_id[id], replicates, recipe.root_seed, store).computed
    return computed


def _added_outcome(recipe: Recipe) -> str | None:
    """The outcome that a recipe draws, where someone added it; UserMistake where there is none of its name here."""
    name = recipe.options.get("outcome")
    return name if name is not None and check_outcome("outcome", name) in added_outcomes() else None
