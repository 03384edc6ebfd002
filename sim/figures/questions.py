"""What a case is asked, in words: the axis, the threshold and the good direction of each outcome."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim import text as words
from sim.ensemble.cases.case import Case
from sim.errors import UserMistake
from sim.figures.comparison.contrast import Phrases
from sim.figures.drawing.distribution import Question
from sim.outcomes import BETTER, OUTCOMES, Outcome

FIRST = "exits_by_record_end"
"""The outcome of a case's own figure."""
COMPARED = "exits_by_end"
"""The outcome of comparisons: what scenarios change after the record counts too."""
_OUT = {"exits_by_record_end": "clock.record_end", "exits_by_end": "clock.end"}
_KILLED = ("deaths_", "civilian_harm")


def outcome_of(name: str) -> Outcome:
    """An outcome that can be drawn; a UserMistake for another."""
    known = [one.name for one in OUTCOMES if one.type not in ("date", "text")]
    found = next((one for one in OUTCOMES if one.name == name), None)
    if found is None or name not in known:
        why = "a date, which no dot can stand for; " if found is not None else ""
        raise UserMistake("--outcome", name, f"{why}one of {', '.join(known)}")
    return found


def question(case: Case, everyone_out: bool, name: str = FIRST, threshold: float | None = None) -> Question:
    """What an outcome is asked; exits, against what the first contingent can spare, unless a threshold is given.

    The axis of exits reaches to the whole pool only where ``everyone_out`` says that a run did.
    """
    settings: Any = case.values
    outcome = outcome_of(name)
    if name not in _OUT:
        axis = _axis(case, outcome)
        if threshold is None:
            return Question(name, axis, outcome.unit)
        text = f"more than {words.number(threshold)} {outcome.unit}"
        return Question(name, axis, outcome.unit, threshold=threshold, finding=f"{axis} pass {words.number(threshold)}",
                        threshold_text=text)  # fmt: skip
    pool, on = settings["officers.pool"], words.day(settings[_OUT[name]])
    spare = pool - int(settings["levers.first_contingent"])
    upper = pool if everyone_out else None
    if threshold is None and spare <= 0:
        return Question(name, f"officers out by {on}", "officers", upper=upper)
    limit = spare if threshold is None else threshold
    said = words.number(limit)
    why = ": too few left for the first contingent" if threshold is None else ""
    return Question(
        name,
        f"officers out by {on}",
        "officers",
        threshold=limit,
        finding=f"more than {said} of {pool:,} officers are out by {on}",
        threshold_text=f"more than {said} officers{why}",
        upper=upper,
    )


def _axis(case: Case, outcome: Outcome) -> str:
    """The outcome's meaning, with its dates."""
    settings: Any = case.values
    text = outcome.text
    for key in ("clock.record_end", "clock.target_date"):
        text = text.replace(key, words.day(settings[key]))
    return text.replace("the run's last day", words.day(settings["clock.end"]))


def phrases(name: str) -> Phrases:
    """An outcome's good and bad direction; one without a good direction is told as lower and higher."""
    if name.startswith(("exits_", "share_out")):
        return Phrases("loses fewer officers", "loses more")
    if name.startswith(_KILLED):
        return Phrases("sees fewer people killed", "sees more")
    if name == "available_on_target":
        return Phrases("has more officers left", "has fewer", lower_is_better=False)
    if BETTER.get(name) == "higher":
        return Phrases("is higher", "is lower", lower_is_better=False)
    return Phrases("is lower", "is higher")


def everyone_out(case: Case, values: pd.Series) -> bool:
    """Whether the whole pool has left in some run."""
    pool: Any = case.values["officers.pool"]
    return bool((values >= pool).any())
