"""F4 from a store: which inputs matter, for each combination of choices that a Morris or Sobol' design has sampled.

And for worlds that lived the record, what of them goes with which input, where `tabletop sensitivity` has looked.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis import sensitivity
from sim.analysis.given_data import WORLDS, shares_in_worlds
from sim.analysis.lived_record import LIVED, kept_luck, luck_share
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.posterior import FEW
from sim.ensemble.design.last_day import Clock
from sim.ensemble.store.store import Store
from sim.figures.folders import folder_of
from sim.figures.interface import Allowed, FigureKind, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import question
from sim.figures.sensitivity import draw
from sim.figures.store_contents import StoreContents
from sim.outcomes import check_outcome, defaults


class SensitivityFigure(FigureKind):
    """Options: ``outcome``, ``design`` (name, levels), ``sampled`` (choice, points, ranges), ``label``, ``beside``.

    Of worlds as given data only ``outcome``, ``design`` (name ``worlds``), ``label`` and, where known, ``luck``.
    """

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
            if place in (taken for taken, _ in recipes):  # another design over the same choices, so a folder of its own
                place += f"-{hashlib.sha256(' '.join(ids).encode()).hexdigest()[:6]}"
            recipes.append((place, contents.recipe(self.id, ids, **options)))
        recipes += [_of_worlds(contents, case, name) for case in _looked_at(contents, name)]
        if not recipes:
            left_out.append("F4: needs the points of a Morris or Sobol' design (tabletop sweep design=morris)")
        return Allowed(recipes, left_out)

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the indices of the recipe's points, or the shares of its worlds."""
        name, design = recipe.options["outcome"], recipe.options["design"]
        among = recipe.among(store.runs(cases=[case.id for case in recipe.cases]))
        if design["name"] == WORLDS:
            (case,) = recipe.cases
            found = shares_in_worlds(case, recipe.root_seed, among, name)
            luck = float(recipe.options["luck"]) if "luck" in recipe.options else float("nan")
            found = replace(found, luck_share=luck, parameter_share=1 - luck)
            return self._picture(recipe, found, "worlds", case.theory, worlds=LIVED)
        runs, sampled = good(among), recipe.options["sampled"]
        rows = pd.DataFrame([case.row() for case in recipe.cases]).set_index("case")
        indices = sensitivity.analyse(
            design, sampled, recipe.root_seed, rows, runs, check_outcome("--outcome", name, drawn=True)
        )
        theories = {case.theory for case in recipe.cases}
        under = theories.pop() if len(theories) == 1 else ""
        return self._picture(recipe, indices, "", under, beside=str(recipe.options.get("beside", "")))

    def _picture(self, recipe: Recipe, found: sensitivity.Sensitivity, of: str, theory: str, **told: str) -> Picture:
        name, table = found.outcome, found.table[list(draw.COLUMNS)]
        shares = draw.Shares(*(None if np.isnan(x) else x for x in (found.luck_share, found.parameter_share)))
        asked, footer = question(recipe.cases[0], False, name), recipe.footer(recipe.options["label"])
        said = {"theory": theory, **told}
        figure = draw.draw(table, shares=shares, outcome=asked.axis, unit=asked.unit, footer=footer, **said)
        data, alt = draw.table(table, shares=shares), draw.alt(table, shares=shares, outcome=asked.axis, **said)
        return Picture(self.file(of, "" if name == defaults.OUTCOME else name), figure, data, alt, recipe)


def _looked_at(contents: StoreContents, outcome: str) -> list[str]:
    """Cases of kept worlds that `tabletop sensitivity` has looked at, with enough runs that have the outcome."""
    noted = [case for note in contents.store.invocations() if note.get("command", [])[1:2] == ["sensitivity"]
             for case in note.get("kept_worlds", {}).get("of", {})]  # fmt: skip
    runs = contents.runs[(contents.runs["future"] == 0) & contents.runs[outcome].notna()]
    worlds = runs.groupby("case", observed=True)["replicate"].nunique()
    return [case for case in dict.fromkeys(noted) if int(worlds.get(case, 0)) >= FEW]


def _of_worlds(contents: StoreContents, case: str, outcome: str) -> tuple[str, Recipe]:
    world = contents.case(case)
    runs = contents.of(case)
    first = runs[runs["future"] == 0]  # so that each world counts once
    options: dict[str, Any] = {"outcome": outcome, "design": {"name": WORLDS}, "label": world.label}
    if (luck := luck_share(world, first["replicate"], outcome)) is not None:
        options["luck"] = luck  # the list that comes with the package may be another when the picture is made again
    return folder_of("sensitivity-worlds", world.label), contents.recipe("F4", [case], first, **options)


FIGURE = SensitivityFigure()
