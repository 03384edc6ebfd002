"""The pictures of several cases: comparison (F2), tipping map (F3), sensitivity (F4) and theories (F6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import sensitivity as sens
from sim.analysis import tipping as tip
from sim.analysis.patterns import PATTERNS, both_reasons, drops_without_reasons, scores
from sim.analysis.statistics.paired_difference import Comparison, compare_all, sample
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.figures.comparison import draw as comparison
from sim.figures.comparison.contrast import Contrast, Scenario
from sim.figures.of_case import everyone_out
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import COMPARED, outcome_of, phrases, question
from sim.figures.sensitivity import draw as sensitivity
from sim.figures.theories import draw as theories
from sim.figures.tipping import draw as tipping
from sim.model.withdrawal import THEORIES
from sim.outcomes import BETTER
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED

_NEEDS = {"C3": "max_squad_share_3d", "C5": "exits_by_record_end", "C6": "deaths_q1_2024"}
"""Outcomes that lie beyond a short run's horizon; a pattern whose outcome no run has is not tested."""


def comparison_picture(recipe: Recipe, runs: pd.DataFrame) -> Picture:
    """F2; options: ``outcome``, ``names`` of the cases, ``label``; the first case is the baseline."""
    name, names = recipe.options.get("outcome", COMPARED), recipe.options["names"]
    rows = {case.id: good(runs[runs["case"] == case.id]) for case in recipe.cases}
    baseline = recipe.cases[0]
    found = compare_all(runs, [(baseline.id, case.id, name) for case in recipe.cases[1:]])
    told = {one.other: _contrast(one, rows[baseline.id], rows[one.other]) for one in found}
    scenarios = [Scenario(names[n], rows[case.id][name], told.get(case.id)) for n, case in enumerate(recipe.cases)]
    out = any(everyone_out(case, rows[case.id][name]) for case in recipe.cases) and name.startswith("exits_")
    asked, said = question(baseline, out, name), phrases(name)
    footer = recipe.footer(recipe.options["label"])
    figure = comparison.draw(scenarios, question=asked, phrases=said, footer=footer)
    words = comparison.alt(scenarios, question=asked, phrases=said)
    return Picture(_named("F2-comparison", name), figure, comparison.table(scenarios, question=asked), words, recipe)


def _contrast(one: Comparison, baseline: pd.DataFrame, other: pd.DataFrame) -> Contrast:
    found = sample(baseline, other, one.outcome)
    differences = found.other - found.baseline if found.paired else np.empty(0)
    pairs = len(found.other) if found.paired else one.pairs
    return Contrast(
        pairs, differences, one.better, one.worse, one.difference, one.low, one.high, one.method, one.vr_factor
    )


def tipping_picture(recipe: Recipe, runs: pd.DataFrame) -> Picture:
    """F3; options: ``outcome``, ``threshold``, ``settings`` (x, y), ``label``; the tipping line is a table beside."""
    name, threshold = recipe.options["outcome"], float(recipe.options["threshold"])
    rows = pd.DataFrame([case.row() for case in recipe.cases])
    grid = tip.grid(rows, runs, outcome=name, threshold=threshold, settings=recipe.options["settings"])
    line = tip.line(grid)
    case = recipe.cases[0]
    asked = question(case, False, name, threshold)
    known = {one.key: one for one in (*FIXED, *THEORIES[case.theory].parameters)}
    baseline = recipe.options.get("baseline")
    labels = tipping.Labels(asked.finding, _axis(known, grid.x), _axis(known, grid.y), baseline, "the default")
    figure = tipping.draw(grid, line, labels=labels, footer=recipe.footer(recipe.options["label"]))
    told = tipping.alt(grid, line, labels=labels)
    return Picture(_named("F3-tipping", name), figure, tipping.table(grid), told, recipe, {"line": line.round(9)})


def _axis(known: Mapping[str, Parameter], name: str) -> str:
    one = known[name]
    unit = "" if one.unit in ("1", "") else f" ({one.unit})"
    return f"{name}{unit}: {one.text}"


def sensitivity_picture(recipe: Recipe, runs: pd.DataFrame) -> Picture:
    """F4; options: ``outcome``, ``design`` (name, levels), ``sampled`` (choice, points, ranges), ``label``."""
    name, design, sampled = (recipe.options[key] for key in ("outcome", "design", "sampled"))
    rows = pd.DataFrame([case.row() for case in recipe.cases]).set_index("case")
    found = sens.analyse(design, sampled, recipe.root_seed, rows, runs, outcome_of(name))
    shares = sensitivity.Shares(*(None if np.isnan(x) else x for x in (found.luck_share, found.parameter_share)))
    asked = question(recipe.cases[0], False, name)
    footer = recipe.footer(recipe.options["label"])
    figure = sensitivity.draw(found.table, shares=shares, outcome=asked.axis, unit=asked.unit, footer=footer)
    told = sensitivity.alt(found.table, shares=shares, outcome=asked.axis)
    return Picture(_named("F4-sensitivity", name), figure, sensitivity.table(found.table, shares=shares), told, recipe)


def theories_picture(recipe: Recipe, runs: pd.DataFrame, attribution: pd.DataFrame) -> Picture:
    """F6; options: ``outcome``, ``worlds`` ([name, {theory: case}], the baseline first), ``label``.

    ``attribution`` (rows of the store's table) serves C4; where it has none of a case, C4 is not tested there.
    """
    name, worlds = recipe.options.get("outcome", COMPARED), recipe.options["worlds"]
    numbers = {name: theory.number for name, theory in THEORIES.items()}
    named = {theory: numbers[theory] for theory in numbers if any(theory in of for _, of in worlds)}
    (_, base), others = worlds[0], worlds[1:]
    asked = [(base[theory], of[theory], name) for _, of in others for theory in of if theory in base]
    effects = {(one.baseline, one.other): theories.Effect(one.difference, one.low, one.high)
               for one in compare_all(runs, asked)}  # fmt: skip
    findings = [
        theories.Finding(text, {t: effects.get((base.get(t, ""), of.get(t, "")), theories.Effect(None)) for t in named})
        for text, of in others
    ]
    cases = {case.id: case for case in recipe.cases}
    patterns = _patterns({t: cases[base[t]] for t in named if t in base}, runs, attribution)
    given = question(recipe.cases[0], False, name)
    lower = BETTER.get(name) != "higher"
    figure = theories.draw(findings, patterns, theories=named, outcome=given.axis, lower_is_better=lower,
                           footer=recipe.footer(recipe.options["label"]))  # fmt: skip
    data, told = (make(findings, patterns, theories=named) for make in (theories.table, theories.alt))
    return Picture(_named("F6-theories", name), figure, data, told, recipe)  # type: ignore[arg-type]


def _patterns(cases: Mapping[str, Case], runs: pd.DataFrame, attribution: pd.DataFrame) -> list[theories.Pattern]:
    """In how many runs of the baseline each pattern of the record is passed, by theory."""
    found: dict[str, Mapping[str, float]] = {}
    whole: dict[str, float | None] = {}
    for theory, case in cases.items():
        pool: Any = case.values["officers.pool"]
        rows = good(runs[runs["case"] == case.id])
        unknown = [one for one, needed in _NEEDS.items() if rows[needed].isna().all()]
        found[theory] = {one: share for one, share in scores(rows, pool).items() if one not in unknown}
        both = both_reasons(drops_without_reasons(rows, attribution[attribution["case"] == case.id]))
        whole[theory] = None if both is None else float(both)
    return [
        theories.Pattern(one.id, one.text, {t: found[t].get(one.id) for t in cases} if one.passes else whole,
                         whole=one.passes is None)
        for one in PATTERNS
    ]  # fmt: skip


def _named(figure: str, outcome: str) -> str:
    """The name of a picture; an outcome that is not the usual one is part of it."""
    return figure if outcome == COMPARED else f"{figure}-{outcome}"
