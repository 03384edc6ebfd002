"""The pictures of one case: its outcome (F1) and its timeline (F5), each with its data and its provenance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim import __version__
from sim.analysis.summary import good
from sim.ensemble.cases import Case
from sim.figures import outcome, timeline, words
from sim.figures.answer import Question
from sim.figures.page import Footer
from sim.figures.saving import save
from sim.figures.strip import Event
from sim.model import MODEL_VERSION

DRAWN = ("out", "exits", "perceived_hazard")
"""Daily series that the pictures need."""


def save_figures(
    case: Case, runs: pd.DataFrame, days: pd.DataFrame, folder: Path, command: Sequence[str]
) -> list[Path]:
    """Draw what the runs allow and return the pictures' paths; a case of failed runs has none.

    Raises
    ------
    UserMistake
        When the folder cannot be written.
    """
    ok = good(runs)
    if ok.empty:
        return []
    settings: Any = case.values
    footer = Footer(len(ok), _seeds(ok), f"{__version__} (model {MODEL_VERSION})", case.label)
    metadata = {
        "case": case.id,
        "seeds": footer.seeds,
        "version": footer.version,
        "command": " ".join(command),
        "settings": case.canonical,
    }
    paths = []
    values = ok["exits_by_record_end"]
    if values.notna().any():
        asked = question(case, everyone_out=bool((values >= settings["officers.pool"]).any()))
        picture = outcome.draw(values, question=asked, footer=footer)
        data, told = outcome.table(values, question=asked), outcome.alt(values, question=asked)
        paths.append(save(picture, folder / "F1-outcome.png", data=data, metadata=metadata, alt=told)[0])
    if len(days):
        asked_days: dict[str, Any] = {
            "pool": settings["officers.pool"], "events": shown_events(case), "record_end": settings["clock.record_end"],
        }  # fmt: skip
        picture = timeline.draw(days, footer=footer, **asked_days)
        data = timeline.table(days)
        told = timeline.alt(days, **asked_days)
        paths.append(save(picture, folder / "F5-timeline.png", data=data, metadata=metadata, alt=told)[0])
    return paths


def question(case: Case, everyone_out: bool) -> Question:
    """Exits by the record's end, against what the first contingent can spare.

    The axis reaches to the whole pool only where ``everyone_out`` says that a run did.
    """
    settings: Any = case.values
    pool, end = settings["officers.pool"], settings["clock.record_end"]
    spare = pool - int(settings["levers.first_contingent"])
    on = words.day(end)
    upper = pool if everyone_out else None
    if spare <= 0:
        return Question("exits_by_record_end", f"officers out by {on}", "officers", upper=upper)
    return Question(
        "exits_by_record_end",
        f"officers out by {on}",
        "officers",
        threshold=spare,
        finding=f"more than {spare:,} of {pool:,} officers are out by {on}",
        threshold_text=f"more than {spare:,} officers: too few left for the first contingent",
        upper=upper,
    )


def shown_events(case: Case) -> list[Event]:
    """The dated rows of the case's table inside its horizon, each with its text."""
    settings: Any = case.values
    start, end = settings["clock.start"], settings["clock.end"]
    return [
        Event(event.date, event.text, event.origin)
        for event in case.events
        if event.date is not None and start <= event.date <= end
    ]


def _seeds(runs: pd.DataFrame) -> str:
    roots = sorted(set(runs["root_seed"]))
    low, high = int(runs["replicate"].min()), int(runs["replicate"].max())
    return f"{', '.join(str(root) for root in roots)}, replicates {low}–{high}"
