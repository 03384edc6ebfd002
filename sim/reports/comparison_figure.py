"""The picture of a comparison: figure F2 under one theory, with its data and its provenance."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from sim.analysis.agreement import voting
from sim.analysis.comparison import Compared
from sim.analysis.statistics.paired_difference import PairedDifference
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import run_numbers
from sim.errors import StoreDamaged
from sim.figures.comparison import draw
from sim.figures.comparison.contrast import Phrases, Scenario
from sim.figures.comparison.figure import FIGURE, contrast
from sim.figures.comparison.figure import picture as picture_of
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import Footer
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Origin, Recipe, spans_of
from sim.model import MODEL_VERSION
from sim.outcomes import on_days, outcome_of
from sim.reports import comparison_numbers as numbers


def picture(comparison: Compared, most: int | None = None) -> Picture | None:
    """F2 of the first outcome, under the theory in which the differences are smallest; None for a date, or no values.

    One theory has to do for one axis, and the one that promises least misleads least. ``most`` worlds are drawn beside
    the baseline, those that are best under some theory first.
    """
    name = comparison.outcomes[0]
    theory = _least(comparison)
    if outcome_of(name).type == "date" or theory is None:
        return None
    wanted = numbers.by_lead(comparison)[:most]
    compared = {world.name: one for world in wanted for of, one in comparison.of(world, name) if of == theory}
    shown = sorted((one for one in compared.items() if one[1].pairs), key=lambda one: _gain(one[1]), reverse=True)
    shown = shown[: draw.MOST - 1]
    if not shown:
        return None
    recipe = _recipe(comparison, theory, shown)
    return picture_of(recipe, comparison.runs) if recipe else _picture_without_recipe(comparison, theory, shown)


def _picture_without_recipe(
    comparison: Compared, theory: str, shown: Sequence[tuple[str, PairedDifference]]
) -> Picture:
    """Where cases or luck cannot be named for a picture to be made again: the comparisons as they were made."""
    name = comparison.outcomes[0]
    ids = [comparison.baseline.cases[theory], *(one.other for _, one in shown)]
    rows = comparison.runs[comparison.runs["case"].isin(ids)]
    by_case = {case: good(rows[rows["case"] == case]) for case in ids}
    scenarios = [Scenario(comparison.baseline.name, by_case[ids[0]][name])]
    scenarios += [
        Scenario(world, by_case[one.other][name], contrast(one, by_case[ids[0]], by_case[one.other]))
        for world, one in shown
    ]
    outcome = outcome_of(name)
    question, phrases = (
        Question(name, on_days(outcome.label, numbers.clock(comparison)), outcome.unit),
        Phrases.of(outcome),
    )
    origin = Origin(tuple(ids), _seeds(rows), comparison.store.model_version if comparison.store else MODEL_VERSION)
    footer = Footer(len(rows), origin.seeds, origin.version, f"theory {theory}")
    figure = draw.draw(scenarios, question=question, phrases=phrases, footer=footer)
    data = draw.table(scenarios, question=question)
    alt = draw.alt(scenarios, question=question, phrases=phrases)
    return Picture(FIGURE.file(), figure, data, alt, origin)


def _recipe(comparison: Compared, theory: str, shown: Sequence[tuple[str, PairedDifference]]) -> Recipe | None:
    """What the picture can be made from again; None where another version made the runs, or under several seeds."""
    ids = [comparison.baseline.cases[theory], *(one.other for _, one in shown)]
    runs = good(comparison.runs[comparison.runs["case"].isin(ids)])
    rows = {str(row["case"]): row for row in comparison.cases.to_dict("records")}
    if runs["root_seed"].nunique() != 1:
        return None
    try:
        cases = tuple(Case.from_row(rows[one]) for one in ids)
    except StoreDamaged:
        return None
    names = [comparison.baseline.name, *(name for name, _ in shown)]
    options = {"outcome": comparison.outcomes[0], "names": names, "label": f"theory {theory}"}
    spans = tuple(spans_of(run_numbers(runs[runs["case"] == one])) for one in ids)
    return Recipe(FIGURE.id, cases, spans, int(runs["root_seed"].iloc[0]), options)


def _least(comparison: Compared) -> str | None:
    """The theory whose largest difference is the smallest, among those that have a vote and values."""
    largest: dict[str, float] = {}
    for world in comparison.others:
        for theory, one in comparison.of(world, comparison.outcomes[0]):
            if one.pairs and one.difference is not None:
                largest[theory] = max(largest.get(theory, 0.0), abs(one.difference))
    return min(voting(largest), key=lambda theory: largest[theory], default=None)


def _gain(one: PairedDifference) -> float:
    return (one.difference or 0.0) * outcome_of(one.outcome).gain


def _seeds(runs: pd.DataFrame) -> str:
    roots = ", ".join(str(root) for root in sorted(set(runs["root_seed"])))
    return f"{roots}, replicates {int(runs['replicate'].min())}–{int(runs['replicate'].max())}"
