"""F2 from a store: two to six alternatives under each theory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sim.analysis.alternatives import alternatives, choose, usual_baseline
from sim.analysis.statistics.paired_difference import PairedDifference, compare_all, sample
from sim.analysis.statistics.summary import good
from sim.ensemble.store.store import Store
from sim.figures.comparison import draw
from sim.figures.comparison.contrast import Contrast, Phrases, Scenario
from sim.figures.interface import Allowed, FigureKind, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import everyone_out, question
from sim.figures.store_contents import StoreContents
from sim.outcomes import check_outcome, defaults

SCENARIOS = 12
"""So many are compared, the first six of them, without being named."""


class ComparisonFigure(FigureKind):
    """Options: ``outcome``, ``names`` of the cases, ``label``; the first case is the baseline."""

    id = "F2"
    name = "comparison"
    text = "Scenarios on one axis; beside each, the differences between runs of the same luck."
    uses = ("outcome", "baseline")

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """One for each theory under which there are two alternatives or more."""
        name = defaults.outcome(contents.runs, wanted.outcome)
        recipes: list[tuple[str, Recipe]] = []
        left_out: list[str] = []
        for theory, baseline, others in _by_theory(contents, wanted):
            with_value = [other for other in others if contents.of(other[1])[name].notna().any()]
            if not with_value or contents.of(baseline[1])[name].isna().all():
                continue
            if len(with_value) > SCENARIOS and not wanted.cases:
                left_out.append(
                    f"F2 under {theory}: {len(with_value) + 1} scenarios; name two to {draw.MOST} with --case"
                )
                continue
            shown, rest = with_value[: draw.MOST - 1], with_value[draw.MOST - 1 :]
            if rest:
                first = ", ".join(world for world, _ in rest[:3])
                left_out.append(f"F2 under {theory}: {len(rest)} scenarios more than {draw.MOST} ({first} …); "
                                "choose with --case")  # fmt: skip
            names, ids = zip(baseline, *shown, strict=True)
            label = f"{len(ids)} scenarios under {theory}"
            recipe = contents.recipe(self.id, ids, names=list(names), label=label, outcome=name)
            recipes.append((f"comparison-{theory}", recipe))
        if not recipes and not left_out:
            left_out.append("F2: a comparison needs two cases or more, under one theory, that have the outcome")
        return Allowed(recipes, left_out)

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the recipe's cases beside the first of them."""
        return picture(recipe, store.runs(cases=[case.id for case in recipe.cases]))


def picture(recipe: Recipe, runs: pd.DataFrame) -> Picture:
    """The recipe drawn from a table that holds its runs, and maybe others."""
    name, names = recipe.options.get("outcome", defaults.OUTCOME), recipe.options["names"]
    runs = good(recipe.among(runs))
    by_case = {case.id: runs[runs["case"] == case.id] for case in recipe.cases}
    baseline = recipe.cases[0]
    differences = compare_all(runs, [(baseline.id, case.id, name) for case in recipe.cases[1:]])
    contrasts = {one.other: contrast(one, by_case[baseline.id], by_case[one.other]) for one in differences}
    scenarios = [
        Scenario(names[n], by_case[case.id][name], contrasts.get(case.id)) for n, case in enumerate(recipe.cases)
    ]
    out = any(everyone_out(case, by_case[case.id][name]) for case in recipe.cases)
    asked, said = question(baseline, out, name), Phrases.of(check_outcome("--outcome", name, drawn=True))
    figure = draw.draw(scenarios, question=asked, phrases=said, footer=recipe.footer(recipe.options["label"]))
    data, alt = draw.table(scenarios, question=asked), draw.alt(scenarios, question=asked, phrases=said)
    return Picture(FIGURE.file("" if name == defaults.OUTCOME else name), figure, data, alt, recipe)


def contrast(one: PairedDifference, baseline: pd.DataFrame, other: pd.DataFrame) -> Contrast:
    """What a comparison of two tables of good runs says, and its paired differences."""
    pairs = sample(baseline, other, one.outcome)
    differences = pairs.other - pairs.baseline if pairs.paired else np.empty(0)
    count = len(differences) if pairs.paired else one.pairs
    return Contrast(
        count, differences, one.better, one.worse, one.difference, one.low, one.high, one.method, one.vr_factor
    )


def _by_theory(contents: StoreContents, wanted: Wanted) -> Iterator[tuple[str, tuple[str, str], list[tuple[str, str]]]]:
    """Theory, then name and case of the baseline, and of each other alternative that has a case under it."""
    listed = alternatives(contents.people)
    if len(listed) < 2:
        return
    base = choose(listed, wanted.baseline, "--baseline") if wanted.baseline else usual_baseline(listed)
    for theory, case in base.cases.items():
        others = [(one.name, one.cases[theory]) for one in listed if one is not base and theory in one.cases]
        yield theory, (base.name, case), others


FIGURE = ComparisonFigure()
