"""The pictures of one case: its outcome (F1) and its timeline (F5)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.statistics import trajectories as bundle
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.figures.drawing import dot_axis as scale
from sim.figures.drawing.distribution import read
from sim.figures.outcome import draw as outcome
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe, spans_of
from sim.figures.questions import FIRST, question, shown_events
from sim.figures.timeline import draw as timeline
from sim.figures.timeline import panels

DRAWN = ("out", "exits", "perceived_hazard")
"""Daily series that the pictures need."""


def save_figures(
    case: Case, runs: pd.DataFrame, days: pd.DataFrame, folder: Path, command: Sequence[str]
) -> list[Path]:
    """Draw what the runs (of one root seed) allow and return the pictures' paths; a case of failed runs has none.

    Raises
    ------
    UserMistake
        When the folder cannot be written.
    """
    ok = good(runs)
    if ok.empty:
        return []
    pictures = []
    if ok[FIRST].notna().any():
        pictures.append(outcome_picture(recipe_of("F1", case, ok), ok))
    if len(days):
        pictures.append(timeline_picture(recipe_of("F5", case, ok), days))
    return [picture.save(folder, command) for picture in pictures]


def recipe_of(figure: str, case: Case, runs: pd.DataFrame, **options: Any) -> Recipe:
    """The recipe of a figure of one case and these good runs of it."""
    return Recipe(figure, (case,), (spans_of(runs["replicate"]),), int(runs["root_seed"].iloc[0]), options)


def outcome_picture(recipe: Recipe, runs: pd.DataFrame) -> Picture:
    """F1; options: ``outcome``, ``everyone_out`` (whether the axis reaches the pool) and ``limit`` (its end)."""
    (case,) = recipe.cases
    name = recipe.options.get("outcome", FIRST)
    values = runs[name]
    asked = question(case, recipe.options.get("everyone_out", everyone_out(case, values)), name)
    figure = outcome.draw(values, question=asked, footer=recipe.footer(case.label), limit=recipe.options.get("limit"))
    told = outcome.alt(values, question=asked)
    ending = "" if name == FIRST else f"-{name}"
    return Picture(f"F1-outcome{ending}", figure, outcome.table(values, question=asked), told, recipe)


def timeline_picture(recipe: Recipe, days: pd.DataFrame) -> Picture:
    """F5; option ``tops``: the ends of axes by series."""
    (case,) = recipe.cases
    settings: Any = case.values
    events = shown_events(case)
    asked: dict[str, Any] = {
        "pool": settings["officers.pool"], "events": events, "record_end": settings["clock.record_end"],
    }  # fmt: skip
    footer, tops = recipe.footer(case.label), recipe.options.get("tops")
    figure = timeline.draw(days, footer=footer, tops=tops, **asked)
    return Picture("F5-timeline", figure, timeline.table(days), timeline.alt(days, **asked), recipe)


def everyone_out(case: Case, values: pd.Series) -> bool:
    """Whether the whole pool has left in some run."""
    pool: Any = case.values["officers.pool"]
    return bool((values >= pool).any())


def common_axis(values: Sequence[tuple[Case, pd.Series]], name: str) -> dict[str, Any]:
    """Options of F1 that give these cases one axis."""
    out = any(everyone_out(case, some) for case, some in values)
    answers = [read(some, question(case, out, name)) for case, some in values]
    pools = {case.values["officers.pool"] for case, _ in values}
    ends = [scale.fit([answer], width=outcome.WIDTH).high for answer in answers]
    return {"everyone_out": out, "limit": float(max(ends))} if len(pools) == 1 else {}


def common_tops(days: Sequence[pd.DataFrame]) -> dict[str, float]:
    """Ends of the axes of F5 that suit all these daily tables."""
    read_ = [bundle.read(table, list(DRAWN), full=["out", "exits"], played=None) for table in days]
    shown = (panels.EXITS, panels.THIRD["perceived_hazard"])
    found = {one.column: max(panels.reach(one, data) / one.factor for data in read_) * 1.06 for one in shown}
    return {name: float(np.round(top, 9)) for name, top in found.items() if top > 0}
