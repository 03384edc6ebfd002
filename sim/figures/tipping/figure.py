"""F3 from a store: for each scenario and theory in which two numbers vary on a grid, where they tip the outcome."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import tipping
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.figures.drawing.quantile_dotplot import quantile
from sim.figures.interface import Allowed, FigureKind, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import question
from sim.figures.setting_axes import axis_of, default_of
from sim.figures.store_contents import StoreContents
from sim.figures.tipping import draw
from sim.outcomes import check_outcome, defaults


class TippingFigure(FigureKind):
    """Options: ``outcome``, ``threshold``, ``settings`` (x, y), ``label``, ``baseline`` (the defaults of both).

    ``median`` says that the threshold is that of all runs on the map, because policy asks nothing of the outcome.
    """

    id = "F3"
    name = "tipping"
    text = "Where two settings tip the force; the tipping line is a table beside it, with intervals."
    uses = ("outcome", "settings", "threshold")

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """One for each grid of cases."""
        reasons: list[str] = []
        recipes: list[tuple[str, Recipe]] = []
        seen: set[frozenset[str]] = set()
        for (scenario, theory), rows in contents.groups():
            try:
                ids, options = _grid_of(contents, rows, wanted)
            except UserMistake as fault:
                reasons.append(f"{scenario} · {theory}: {fault}")
                continue
            if frozenset(ids) in seen:
                continue
            seen.add(frozenset(ids))
            place = f"tipping-{scenario}-{theory}" + (f"-{len(seen)}" if len(seen) > 1 else "")
            recipe = contents.recipe(self.id, ids, **options, label=f"{scenario} · {theory}")
            recipes.append((place, recipe))
        if not seen:
            return Allowed(left_out=["F3: " + (reasons[0] if reasons else "no two numbers vary on a grid of cases")])
        return Allowed(recipes)

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the map of the recipe's cases; the tipping line is a table beside it."""
        options, case = recipe.options, recipe.cases[0]
        name, threshold = options["outcome"], float(options["threshold"])
        runs = good(recipe.among(store.runs(cases=[case.id for case in recipe.cases])))
        rows = pd.DataFrame([case.row() for case in recipe.cases])
        asked = question(case, False, name, threshold)
        grid = tipping.grid(
            rows, runs, outcome=name, threshold=threshold, side=asked.beyond, settings=options["settings"]
        )
        line = tipping.line(grid)
        axes = axis_of(grid.x, case.theory), axis_of(grid.y, case.theory)
        finding = asked.finding + (", the median of all runs here" if options.get("median") else "")
        labels = draw.Labels(finding, *axes, options.get("baseline"), "the default", case.theory)
        figure = draw.draw(grid, line, labels=labels, footer=recipe.footer(options["label"]))
        alt, name = draw.alt(grid, line, labels=labels), self.file("" if name == defaults.OUTCOME else name)
        return Picture(name, figure, draw.table(grid), alt, recipe, {"line": line.round(9)})


def _grid_of(contents: StoreContents, rows: pd.DataFrame, wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    """Cases and options of the map of these rows; raises UserMistake, saying why there is none."""
    name = defaults.outcome(contents.runs, wanted.outcome)
    rows = tipping.on_grid(rows, wanted.settings)
    case = contents.case(str(rows["case"].iloc[0]))
    ids = list(rows["case"])
    runs = contents.of(*ids)
    if runs[name].isna().all():
        raise UserMistake("--outcome", name, "has no value in any run")
    threshold, median = _threshold(case, name) if wanted.threshold is None else wanted.threshold, False
    if threshold is None:
        threshold, median = float(f"{quantile(np.sort(runs[name].dropna().to_numpy(dtype=float)), 50):.3g}"), True
    grid = tipping.grid(rows, runs, outcome=name, threshold=threshold, settings=wanted.settings)
    options = {"outcome": name, "threshold": float(threshold), "settings": [grid.x, grid.y],
               "baseline": _defaults(case, grid.x, grid.y)}  # fmt: skip
    return ids, options | ({"median": True} if median else {})


def _threshold(case: Case, name: str) -> float | None:
    """What policy asks of an outcome, or of how many are out: what the first contingent can spare. None: nothing."""
    settings: Any = case.values
    spare = settings["officers.pool"] - settings["levers.first_contingent"]
    if check_outcome("--outcome", name, drawn=True).out_by and spare > 0:
        return float(spare)
    return question(case, False, name).threshold


def _defaults(case: Case, *names: str) -> dict[str, float] | None:
    """The packaged values of two settings, where the star stands; None where one is no number."""
    values = {name: default_of(name, case.theory) for name in names}
    return {name: value for name, value in values.items() if value is not None} if None not in values.values() else None


FIGURE = TippingFigure()
