"""The picture of a comparison: figure F2 under one theory, with its data and its provenance."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from sim._version import __version__
from sim.analysis.agreement import voting
from sim.analysis.comparison import Compared
from sim.analysis.statistics.paired_difference import Comparison, sample
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.errors import StoreDamaged
from sim.figures.comparison import draw as comparison
from sim.figures.comparison.contrast import Contrast, Phrases, Scenario
from sim.figures.comparison.figure import picture as comparison_picture
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import Footer
from sim.figures.provenance.recipe import Recipe, spans_of
from sim.model import MODEL_VERSION
from sim.outcomes import BETTER
from sim.reports import comparison_numbers as numbers
from sim.reports import comparison_text as said


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn figure with all that is saved beside it; ``theory`` is the one that it shows."""

    theory: str
    figure: Figure
    table: pd.DataFrame
    alt: str
    metadata: dict[str, str]


def picture(found: Compared, command: Sequence[str], most: int | None = None) -> Picture | None:
    """F2 of the first outcome, under the theory in which the differences are smallest; None for a date, or no values.

    One theory has to do for one axis, and the one that promises least misleads least. ``most`` worlds are drawn beside
    the baseline, those that are best under some theory first.
    """
    name = found.outcomes[0]
    theory = _least(found)
    if numbers.outcome_of(name).type == "date" or theory is None:
        return None
    wanted = said.by_lead(found)[:most]
    compared = {world.name: one for world in wanted for of, one in found.of(world, name) if of == theory}
    told = sorted((one for one in compared.items() if one[1].pairs), key=lambda one: _gain(one[1]), reverse=True)
    told = told[: comparison.MOST - 1]
    if not told:
        return None
    recipe = _recipe(found, theory, told)
    if recipe is not None:
        made = comparison_picture(recipe, found.runs)
        return Picture(theory, made.figure, made.data, made.alt, recipe.metadata([shlex.join(command)]))
    first = found.runs[found.runs["case"] == found.baseline.cases[theory]]
    scenarios = [Scenario(found.baseline.name, good(first)[name])]
    for world, one in told:
        runs = found.runs[found.runs["case"] == one.other]
        scenarios.append(Scenario(world, good(runs)[name], _contrast(one, first, runs)))
    less, more = said.phrases(name)
    higher = BETTER.get(name) == "higher"
    phrases = Phrases(more if higher else less, less if higher else more, not higher)
    question = Question(name, said.meaning(found, name), numbers.unit_of(name))
    version = found.store.model_version if found.store else MODEL_VERSION
    ids = {found.baseline.cases[theory], *(one.other for _, one in told)}
    runs = found.runs[found.runs["case"].isin(ids)]
    footer = Footer(len(runs), _seeds(runs), f"{__version__} (model {version})", f"theory {theory}")
    metadata = {
        "case": ", ".join(sorted(ids)), "seeds": footer.seeds, "version": footer.version, "command": shlex.join(command)
    }  # fmt: skip
    return Picture(
        theory,
        comparison.draw(scenarios, question=question, phrases=phrases, footer=footer),
        comparison.table(scenarios, question=question),
        comparison.alt(scenarios, question=question, phrases=phrases),
        metadata,
    )


def _recipe(found: Compared, theory: str, told: Sequence[tuple[str, Comparison]]) -> Recipe | None:
    """What the picture can be made from again; None where another version made the runs, or under several seeds."""
    ids = [found.baseline.cases[theory], *(one.other for _, one in told)]
    runs = good(found.runs[found.runs["case"].isin(ids)])
    rows = {str(row["case"]): row for row in found.cases.to_dict("records")}
    if runs["root_seed"].nunique() != 1:
        return None
    try:
        cases = tuple(Case.from_row(rows[one]) for one in ids)
    except StoreDamaged:
        return None
    names = [found.baseline.name, *(name for name, _ in told)]
    options = {"outcome": found.outcomes[0], "names": names, "label": f"theory {theory}"}
    spans = tuple(spans_of(runs.loc[runs["case"] == one, "replicate"]) for one in ids)
    return Recipe("F2", cases, spans, int(runs["root_seed"].iloc[0]), options)


def _least(found: Compared) -> str | None:
    """The theory whose largest difference is the smallest, among those that have a vote and values."""
    largest: dict[str, float] = {}
    for world in found.others:
        for theory, one in found.of(world, found.outcomes[0]):
            if one.pairs and one.difference is not None:
                largest[theory] = max(largest.get(theory, 0.0), abs(one.difference))
    return min(voting(largest), key=lambda theory: largest[theory], default=None)


def _gain(one: Comparison) -> float:
    return (one.difference or 0.0) * (1 if BETTER.get(one.outcome) == "higher" else -1)


def _contrast(one: Comparison, first: pd.DataFrame, runs: pd.DataFrame) -> Contrast:
    pairs = sample(first, runs, one.outcome)
    varies = one.low != one.high  # where nothing varies there is no interval to draw
    differences = pairs.other - pairs.baseline if pairs.paired else pairs.other[:0]
    return Contrast(one.pairs, differences, one.better, one.worse, one.difference,
                    one.low if varies else None, one.high if varies else None, one.method,
                    one.vr_factor)  # fmt: skip


def _seeds(runs: pd.DataFrame) -> str:
    roots = ", ".join(str(root) for root in sorted(set(runs["root_seed"])))
    return f"{roots}, replicates {int(runs['replicate'].min())}–{int(runs['replicate'].max())}"
