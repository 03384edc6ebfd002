"""F1 from a store: one outcome of each case, on the same axis unless each is to have its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.figures.drawing import dot_axis
from sim.figures.drawing.distribution import read
from sim.figures.interface import Allowed, FigureKind, Wanted
from sim.figures.outcome import draw
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import everyone_out, question
from sim.figures.store_contents import StoreContents
from sim.outcomes import defaults


class OutcomeFigure(FigureKind):
    """Options: ``outcome``, ``everyone_out`` (whether the axis reaches the pool) and ``limit`` (its end)."""

    id = "F1"
    name = "outcome"
    text = "One scenario's distribution: 50 dots, each 2 of 100 runs."
    uses = ("outcome", "own_axes")

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """One for each case of which a run has the outcome."""
        name = defaults.outcome(contents.runs, wanted.outcome)
        known = contents.runs.loc[contents.runs[name].notna(), "case"]
        ids, left_out = contents.each_case(self.id, known, f"no value of {name}", all_of_them=bool(wanted.cases))
        options: dict[str, Any] = {}
        if len(ids) > 1 and not wanted.own_axes:
            options |= _common_axis([(contents.case(case), contents.of(case)[name]) for case in ids], name)
        if name != defaults.OUTCOME:
            options["outcome"] = name
        return Allowed(
            [(contents.folders[case], contents.recipe(self.id, [case], **options)) for case in ids], left_out
        )

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the one case of the recipe."""
        (case,) = recipe.cases
        name, limit = recipe.options.get("outcome", defaults.OUTCOME), recipe.options.get("limit")
        values = good(recipe.among(store.runs(cases=[case.id])))[name]
        asked = question(case, recipe.options.get("everyone_out", everyone_out(case, values)), name)
        figure = draw.draw(values, question=asked, footer=recipe.footer(case.label), limit=limit)
        data, alt = draw.table(values, question=asked), draw.alt(values, question=asked)
        return Picture(self.file("" if name == defaults.OUTCOME else name), figure, data, alt, recipe)


def _common_axis(values: Sequence[tuple[Case, pd.Series]], name: str) -> dict[str, Any]:
    """Options that give these cases one axis; none where their pools differ."""
    out = any(everyone_out(case, some) for case, some in values)
    answers = [read(some, question(case, out, name)) for case, some in values]
    pools = {case.values["officers.pool"] for case, _ in values}
    ends = [dot_axis.fit([answer], width=draw.WIDTH).high for answer in answers]
    return {"everyone_out": out, "limit": float(max(ends))} if len(pools) == 1 else {}


FIGURE = OutcomeFigure()
