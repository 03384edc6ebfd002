"""F4 from a store: for each combination of choices that a Morris or Sobol' design has sampled, which inputs matter."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import sensitivity
from sim.analysis.lived_record import kept_luck
from sim.analysis.statistics.summary import good
from sim.ensemble.design.last_day import Clock
from sim.ensemble.store.store import Store
from sim.figures.interface import Allowed, FigureKind, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import question
from sim.figures.sensitivity import draw
from sim.figures.store_contents import StoreContents
from sim.outcomes import check_outcome, defaults


class SensitivityFigure(FigureKind):
    """Options: ``outcome``, ``design`` (name, levels), ``sampled`` (choice, points, ranges), ``label``, ``beside``."""

    id = "F4"
    name = "sensitivity"
    text = "Which inputs matter, beside the share of variance that is luck."
    uses = ("outcome",)

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """One for each sampled combination of choices all of whose points have been run."""
        name, known = defaults.outcome(contents.runs, wanted.outcome), set(contents.rows["case"])
        recipes: list[tuple[str, Recipe]] = []
        left_out: list[str] = []
        for design, sampled, seed in sensitivity.designs(contents.store):
            ids = list(dict.fromkeys(sampled["cases"]))
            if seed != contents.root_seed or not set(ids) <= known:
                choice = " ".join(sampled["choice"])
                left_out.append(f"F4: not all points of {design['name']} {choice} have been run")
                continue
            if contents.of(*ids)[name].isna().all():
                left_out.append(f"F4: no run of {design['name']} has a value of {name}")
                continue
            options: dict[str, Any] = {
                "outcome": name, "sampled": sampled,
                "design": {key: design[key] for key in ("name", "levels") if key in design},
                "label": " · ".join([f"{design['name']}, {len(ids)} points", *sampled["choice"]]),
            }  # fmt: skip
            if beside := kept_luck(str(sampled.get("theory", "")), name, Clock.of(contents.case(ids[0]).values)):
                options["beside"] = beside
            place = re.sub(r"[^\w.,=-]+", "_", "-".join(["sensitivity", design["name"], *sampled["choice"]]))
            recipes.append((place, contents.recipe(self.id, ids, **options)))
        if not recipes:
            left_out.append("F4: needs the points of a Morris or Sobol' design (tabletop sweep design=morris)")
        return Allowed(recipes, left_out)

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the indices of the recipe's points."""
        name, design, sampled = (recipe.options[key] for key in ("outcome", "design", "sampled"))
        runs = good(recipe.among(store.runs(cases=[case.id for case in recipe.cases])))
        rows = pd.DataFrame([case.row() for case in recipe.cases]).set_index("case")
        indices = sensitivity.analyse(
            design, sampled, recipe.root_seed, rows, runs, check_outcome("--outcome", name, drawn=True)
        )
        table = indices.table
        shares = draw.Shares(*(None if np.isnan(x) else x for x in (indices.luck_share, indices.parameter_share)))
        asked, footer = question(recipe.cases[0], False, name), recipe.footer(recipe.options["label"])
        theories = {case.theory for case in recipe.cases}
        under = theories.pop() if len(theories) == 1 else ""
        told = {"theory": under, "beside": str(recipe.options.get("beside", ""))}
        figure = draw.draw(table, shares=shares, outcome=asked.axis, unit=asked.unit, footer=footer, **told)
        data, alt = draw.table(table, shares=shares), draw.alt(table, shares=shares, outcome=asked.axis, **told)
        return Picture(self.file("" if name == defaults.OUTCOME else name), figure, data, alt, recipe)


FIGURE = SensitivityFigure()
