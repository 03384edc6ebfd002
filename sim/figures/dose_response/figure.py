"""F8 from a store: for each sweep over one setting, an outcome against it; or against another outcome of its runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from sim.analysis import dose_response
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.figures.dose_response import draw
from sim.figures.drawing.distribution import Question
from sim.figures.folders import folder_of
from sim.figures.interface import Allowed, FigureKind, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.questions import question
from sim.figures.setting_axes import axis_of, default_of, parameter_of
from sim.figures.store_contents import StoreContents
from sim.model.withdrawal import THEORIES
from sim.outcomes import REGISTER, check_outcome, defaults, on_days

MOST = 12
"""Pictures that are drawn unless --settings or --case says which."""


@dataclass(frozen=True)
class _Sweep:
    """Cases of one scenario that differ in one number, and in nothing else but the theory."""

    scenario: str
    setting: str
    rows: pd.DataFrame


class DoseResponseFigure(FigureKind):
    """Options: ``outcome``, ``against`` (a setting, or an outcome whose runs are binned), ``label``."""

    id = "F8"
    name = "dose_response"
    text = "An outcome against one swept setting, or against perceived risk: the spread of runs at each point."
    uses = ("outcome", "settings")

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """One for each scenario and setting that was swept alone; or for each scenario, against an outcome."""
        outcome = defaults.outcome(contents.runs, wanted.outcome)
        if len(wanted.settings) > 1:
            return Allowed(left_out=["F8: one setting stands on its axis; --settings names two"])
        against = wanted.settings[0] if len(wanted.settings) == 1 else None
        if against in REGISTER and against is not None:
            check_outcome("--settings", against, drawn=True, among=contents.runs)
            found = [_Sweep(str(name), against, rows) for name, rows in contents.rows.groupby("scenario.name")]
        else:
            found = [one for one in _sweeps(contents) if against in (None, one.setting)]
        recipes: list[tuple[str, Recipe]] = []
        for one in found:
            ids = list(one.rows["case"])
            values = contents.of(*ids)
            known = values[outcome].notna()
            if against in REGISTER:
                known &= values[str(against)].notna()
            if not known.any():
                continue
            theories = one.rows["theory.name"].nunique()
            label = f"{one.scenario}, {len(ids)} cases" + (f", {theories} theories" if theories > 1 else "")
            place = folder_of("dose-response", one.setting, one.scenario)
            recipe = contents.recipe(self.id, ids, outcome=outcome, against=one.setting, label=label)
            recipes.append((place, recipe))
        if not recipes:
            which = f"over {against} alone" if against else "over one setting that is a number"
            return Allowed(left_out=[f"F8: needs a sweep {which} whose runs have {outcome}"])
        more = len(recipes) - MOST
        left = [f"F8: {more} of {len(recipes)} pictures; choose with --settings or --case"] if more > 0 else []
        return Allowed(recipes[:MOST], left)

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the recipe's cases, a panel a theory."""
        name, against = recipe.options["outcome"], recipe.options["against"]
        runs = good(recipe.among(store.runs(cases=[case.id for case in recipe.cases])))
        rows = pd.DataFrame([case.row() for case in recipe.cases])
        binned = against in REGISTER
        of = dose_response.by_outcome if binned else dose_response.by_setting
        points = of(rows, runs, against, name)
        theories = {key: theory.number for key, theory in THEORIES.items() if key in set(points["theory"])}
        asked, dose = _question(recipe.cases, name), _dose(recipe, against, list(theories))
        figure = draw.draw(points, theories=theories, question=asked, dose=dose,
                           footer=recipe.footer(recipe.options["label"]))  # fmt: skip
        alt = draw.alt(points, question=asked, dose=dose, theories=theories)
        file = self.file(against if binned else "", "" if name == defaults.OUTCOME else name)
        return Picture(file, figure, draw.table(points, question=asked, dose=dose), alt, recipe)


def _sweeps(contents: StoreContents) -> list[_Sweep]:
    """The sweeps over one setting: those of each command, and what all cases together make."""
    found: list[_Sweep] = []
    for rows in _candidates(contents):
        for scenario, some in rows.groupby("scenario.name", sort=False):
            setting = dose_response.turned(some)
            if setting is None:
                continue
            one = _Sweep(str(scenario), setting, some.reset_index(drop=True))
            for place, other in enumerate(found):
                if (joined := _joined(other, one)) is not None:
                    found[place] = joined
                    break
            else:
                found.append(one)
    return found


def _candidates(contents: StoreContents) -> Iterator[pd.DataFrame]:
    for note in contents.store.invocations():
        if len(note.get("cases") or ()) > 1:
            yield contents.rows[contents.rows["case"].isin(note["cases"])]
    yield contents.rows


def _joined(first: _Sweep, second: _Sweep) -> _Sweep | None:
    """Both as one sweep, where they differ in nothing else."""
    if (first.scenario, first.setting) != (second.scenario, second.setting):
        return None
    rows = pd.concat([first.rows, second.rows]).drop_duplicates("case").reset_index(drop=True)
    return replace(first, rows=rows) if dose_response.turned(rows) == first.setting else None


def _question(cases: tuple[Case, ...], name: str) -> Question:
    """What the outcome is asked; without a threshold where the cases do not share it."""
    asked = [question(case, False, name) for case in cases]
    if len({(one.threshold, one.axis) for one in asked}) == 1:
        return replace(asked[0], upper=None)
    outcome = check_outcome("--outcome", name, drawn=True)
    axes = {one.axis for one in asked}
    return Question(name, axes.pop() if len(axes) == 1 else outcome.label, outcome.unit)


def _dose(recipe: Recipe, against: str, theories: list[str]) -> draw.Dose:
    case = recipe.cases[0]
    if against in REGISTER:
        outcome = REGISTER[against]
        clock: Any = case.values
        text = on_days(outcome.label, clock)
        return draw.Dose(text, f"{text} ({outcome.unit}), in bins of runs", outcome.type == "count", binned=True)
    known = {theory: default_of(against, theory) for theory in theories}
    parameter = parameter_of(against, theories[0])
    whole = parameter is not None and parameter.kind == "int"
    defaults_ = {theory: value for theory, value in known.items() if value is not None}
    return draw.Dose(against, axis_of(against, theories[0]), whole, defaults_)


FIGURE = DoseResponseFigure()
