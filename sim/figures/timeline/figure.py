"""F5 from a store: the days of each case, on the same axes unless each is to have its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.analysis.lived_record import which_worlds
from sim.analysis.statistics import trajectories
from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables.interface import RUN
from sim.figures.interface import Allowed, FigureKind, Needs, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.store_contents import StoreContents
from sim.figures.timeline import draw, panels
from sim.figures.timeline.strip import ShownEvent
from sim.model.events import Amount

_SERIES = ("out", "exits", "perceived_hazard")


class TimelineFigure(FigureKind):
    """Option ``tops``: the ends of axes by series."""

    id = "F5"
    name = "timeline"
    text = "A scenario in time: sample runs, the central half as whole curves, one run, and the events."
    uses = ("own_axes",)

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """One for each case whose days are kept, of the runs whose days are."""
        kept = contents.runs[list(RUN)].merge(contents.store.finished_runs("days"), on=list(RUN))
        why = "no days (ensemble.days=true keeps them)"
        ids, left_out = contents.each_case(self.id, kept["case"], why, all_of_them=bool(wanted.cases))
        recipes = [
            (contents.folders[case], contents.recipe(self.id, [case], kept[kept["case"] == case])) for case in ids
        ]
        if len(ids) > 1 and not wanted.own_axes:
            tops = _common_tops([_days(recipe, contents.store) for _, recipe in recipes])
            recipes = [(place, recipe.with_options(tops=tops)) for place, recipe in recipes]
        return Allowed(recipes, left_out)

    def needs(self, recipe: Recipe) -> Needs:
        """Daily series."""
        return Needs(days=True)

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the one case of the recipe."""
        (case,) = recipe.cases
        days, settings = draw.read(_days(recipe, store)), case.values
        asked: dict[str, Any] = {"pool": settings["officers.pool"], "events": shown_events(case),
                                 "record_end": settings["clock.record_end"], "theory": case.theory,
                                 "worlds": which_worlds(case)}  # fmt: skip
        figure = draw.draw(days, footer=recipe.footer(case.label), tops=recipe.options.get("tops"), **asked)
        return Picture(self.file(), figure, draw.table(days, events=asked["events"]), draw.alt(days, **asked), recipe)


def _days(recipe: Recipe, store: Store) -> pd.DataFrame:
    return recipe.among(store.days(cases=[case.id for case in recipe.cases], columns=[*RUN, "day", *_SERIES]))


def _common_tops(days: Sequence[pd.DataFrame]) -> dict[str, float]:
    """Ends of the axes that suit all these daily tables."""
    data = [trajectories.read(table, list(_SERIES), full=["out", "exits"], played=None) for table in days]
    shown = (panels.EXITS, panels.THIRD["perceived_hazard"])
    tops = {one.column: max(panels.reach(one, some) for some in data) * 1.06 for one in shown}
    return {name: float(np.round(top, 9)) for name, top in tops.items() if top > 0}


def shown_events(case: Case) -> list[ShownEvent]:
    """The dated rows of the case's table inside its horizon, each with its text, or else with what it writes."""
    settings: Any = case.values
    start, end = settings["clock.start"], settings["clock.end"]
    return [
        ShownEvent(event.date, event.text or _writes(event.writes), event.origin)
        for event in case.events
        if event.date is not None and start <= event.date <= end
    ]


def _writes(writes: Iterable[tuple[str, str, Amount]]) -> str:
    amounts = [(name, op, value if isinstance(value, str) else words.number(value)) for name, op, value in writes]
    return ", ".join(f"{op} {name} {amount}" for name, op, amount in amounts)


FIGURE = TimelineFigure()
