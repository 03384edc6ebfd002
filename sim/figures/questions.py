"""What a case is asked, in words: the axis of each outcome, and the threshold of the exits."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim import text as words
from sim.ensemble.cases.case import Case
from sim.figures.drawing.distribution import Question
from sim.outcomes import check_outcome, defaults, on_days


def question(case: Case, everyone_out: bool, name: str = defaults.OUTCOME, threshold: float | None = None) -> Question:
    """What an outcome is asked; exits, against what the first contingent can spare, unless a threshold is given.

    The axis of exits reaches to the whole pool only where ``everyone_out`` says that a run did.
    """
    settings: Any = case.values
    outcome = check_outcome("--outcome", name, drawn=True)
    axis = on_days(outcome.label, settings)
    if not outcome.out_by:
        if threshold is None:
            return Question(name, axis, outcome.unit)
        text = f"more than {words.number(threshold)} {outcome.unit}"
        return Question(name, axis, outcome.unit, threshold=threshold, finding=f"{axis} pass {words.number(threshold)}",
                        threshold_text=text)  # fmt: skip
    pool, on = settings["officers.pool"], words.day(settings[outcome.out_by])
    spare = pool - int(settings["levers.first_contingent"])
    upper = pool if everyone_out else None
    if threshold is None and spare <= 0:
        return Question(name, axis, outcome.unit, upper=upper)
    limit = spare if threshold is None else threshold
    said = words.number(limit)
    why = ": too few left for the first contingent" if threshold is None else ""
    return Question(
        name,
        axis,
        outcome.unit,
        threshold=limit,
        finding=f"more than {said} of {pool:,} officers are out by {on}",
        threshold_text=f"more than {said} officers{why}",
        upper=upper,
    )


def everyone_out(case: Case, values: pd.Series) -> bool:
    """Whether the whole pool has left in some run."""
    pool: Any = case.values["officers.pool"]
    return bool((values >= pool).any())
