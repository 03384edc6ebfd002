"""F6 from a store: the baseline, and what differs from it, under two theories or more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from sim import text as words
from sim.analysis.alternatives import alternatives, choose, usual_baseline
from sim.analysis.explain.attribution import HORIZONS, TABLE
from sim.analysis.patterns import PATTERNS, both_reasons, drops_without_reasons, tested
from sim.analysis.statistics.paired_difference import compare_all
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import run_numbers
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables import TABLES
from sim.figures.interface import Allowed, FigureKind, Needs, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe, Spans, spans_of
from sim.figures.questions import question
from sim.figures.store_contents import StoreContents
from sim.figures.theories import draw
from sim.model.withdrawal import THEORIES
from sim.outcomes import check_outcome, defaults

FINDINGS = 12
"""Rows beside the baseline that are listed without being named."""


class TheoriesFigure(FigureKind):
    """Options: ``outcome``, ``worlds`` ([name, {theory: case}], the baseline first), ``label``, and ``attributed``: by
    case whose C4 was tested, the replicates that it was tested in."""

    id = "F6"
    name = "theories"
    text = "Where rival theories agree: finding by finding, and pattern by pattern of the record."
    uses = ("outcome", "baseline")

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """One, where the baseline was run under two theories or more."""
        rows = contents.people
        listed = alternatives(rows)
        lacking = Allowed(left_out=["F6: needs the baseline under two theories or more"])
        if not listed:
            return lacking
        base = choose(listed, wanted.baseline, "--baseline") if wanted.baseline else usual_baseline(listed)
        if len(base.cases) < 2:
            return lacking
        others = [one for one in listed if one is not base and set(one.cases) & set(base.cases)]
        more = len(others) - FINDINGS
        left_out = [f"F6: {more} scenarios more than {FINDINGS} rows; choose with --case"] if more > 0 else []
        shown = [base, *others[:FINDINGS]]
        order = [theory for theory in THEORIES if theory in base.cases]
        ids = [one.cases[theory] for one in shown for theory in order if theory in one.cases]
        kept = contents.store.table(TABLE, cases=[base.cases[theory] for theory in order])
        kept = kept[kept["root_seed"] == contents.root_seed]
        options: dict[str, Any] = {
            "outcome": defaults.outcome(contents.runs, wanted.outcome),
            "worlds": [[one.name, dict(one.cases)] for one in shown],
            "attributed": {str(case): spans_of(run_numbers(rows)) for case, rows in kept.groupby("case")},
            "label": f"{len(ids)} cases, {len(order)} theories",
        }  # fmt: skip
        return Allowed([("theories", contents.recipe(self.id, ids, **options))], left_out)

    def needs(self, recipe: Recipe) -> Needs:
        """Each cause switched off in the replicates that C4 was tested in."""
        return Needs(attribution=_attributed(recipe))

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the findings of the recipe's alternatives, and the patterns that the baseline shows.

        Where attribution is lacking of a case, C4 is not tested there.
        """
        runs = good(recipe.among(store.runs(cases=[case.id for case in recipe.cases])))
        name, worlds = recipe.options.get("outcome", defaults.OUTCOME), recipe.options["worlds"]
        named = {key: theory.number for key, theory in THEORIES.items() if any(key in of for _, of in worlds)}
        (_, base), others = worlds[0], worlds[1:]
        asked = [(base[theory], of[theory], name) for _, of in others for theory in of if theory in base]
        effects = {(one.baseline, one.other): draw.Effect(one.difference, one.low, one.high)
                   for one in compare_all(runs, asked)}  # fmt: skip
        findings = [
            draw.Finding(
                words.spoken(text), {t: effects.get((base.get(t, ""), of.get(t, "")), draw.Effect(None)) for t in named}
            )
            for text, of in others
        ]
        cases = {case.id: case for case in recipe.cases}
        among = {t: cases[base[t]] for t in named if t in base}
        patterns = _patterns(among, runs, _attribution(recipe, store))
        given, footer = question(recipe.cases[0], False, name), recipe.footer(recipe.options["label"])
        outcome = check_outcome("--outcome", name, drawn=True)
        figure = draw.draw(findings, patterns, theories=named, outcome=given.axis, sides=outcome.words,
                           lower_is_better=not outcome.higher_is_better, footer=footer)  # fmt: skip
        data, alt = draw.table(findings, patterns, theories=named), draw.alt(findings, patterns, theories=named)
        return Picture(self.file("" if name == defaults.OUTCOME else name), figure, data, alt, recipe)


def _attributed(recipe: Recipe) -> dict[str, Spans]:
    return {case: tuple((first, last) for first, last in spans)
            for case, spans in recipe.options.get("attributed", {}).items()}  # fmt: skip


def _attribution(recipe: Recipe, store: Store) -> pd.DataFrame:
    """Rows of the store's table of attribution that C4 is tested with."""
    attributed = _attributed(recipe)
    cases = tuple(case for case in recipe.cases if case.id in attributed)
    tested = replace(recipe, cases=cases, replicates=tuple(attributed[case.id] for case in cases))
    rows = tested.among(store.table(TABLE, cases=list(attributed)))
    return rows if len(rows) else pd.DataFrame(columns=[*TABLES[TABLE].keys, *HORIZONS])


def _patterns(cases: Mapping[str, Case], runs: pd.DataFrame, attribution: pd.DataFrame) -> list[draw.PatternShares]:
    """In how many runs of the baseline each pattern of the record is passed, by theory."""
    shares: dict[str, Mapping[str, float]] = {}
    whole: dict[str, float | None] = {}
    for theory, case in cases.items():
        pool: Any = case.values["officers.pool"]
        rows = runs[runs["case"] == case.id]
        shares[theory] = tested(rows, pool)
        both = both_reasons(drops_without_reasons(rows, attribution[attribution["case"] == case.id]))
        whole[theory] = None if both is None else float(both)
    return [
        draw.PatternShares(one.id, one.text, {t: shares[t].get(one.id) for t in cases} if one.passes else whole,
                     whole=one.passes is None)
        for one in PATTERNS
    ]  # fmt: skip


FIGURE = TheoriesFigure()
