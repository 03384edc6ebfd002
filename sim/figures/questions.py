"""What a case is asked, in words: the axis of each outcome, and the threshold of those that policy looks at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim import text as words
from sim.analysis.lived_record import which_worlds
from sim.ensemble.cases.case import Case
from sim.figures.drawing.distribution import Beyond, Question
from sim.outcomes import check_outcome, defaults, on_days


def question(case: Case, everyone_out: bool, name: str = defaults.OUTCOME, threshold: float | None = None) -> Question:
    """What an outcome is asked: whether it passes ``threshold``, or the policy's own where it has one.

    Policy asks for the first contingent: whether enough officers are there (``available_on_target``), or some are
    lacking (``target_shortfall``). The axis of exits reaches to the whole pool only where ``everyone_out`` says that a
    run did.
    """
    settings: Any = case.values
    outcome = check_outcome("--outcome", name, drawn=True)
    axis = on_days(outcome.label, settings)
    upper = settings["officers.pool"] if outcome.out_by and everyone_out else None
    wanted, own = settings["levers.first_contingent"], False
    if threshold is None and name in POLICY:
        threshold, own = (wanted if POLICY[name] == "below" else 0), True
    if threshold is None:
        return Question(name, axis, outcome.unit, upper=upper, theory=case.theory, worlds=which_worlds(case))
    beyond = POLICY.get(name, "above")
    said, pool = words.number(threshold), settings["officers.pool"]
    more = f"{'fewer' if beyond == 'below' else 'more'} than {said}"
    flag = f"{more} {outcome.unit}"
    if name in POLICY:
        on = words.day(settings["clock.target_date"])
        finding = f"{more} officers are available on {on}" if beyond == "below" else f"{more} are lacking on {on}"
        flag += f": the first contingent is {words.number(wanted)}" if own and beyond == "below" else ""
    elif outcome.out_by:
        finding = f"{more} of {pool:,} officers are out by {words.day(settings[outcome.out_by])}"
    else:
        finding = f"{axis} pass {said}"
    return Question(name, axis, outcome.unit, threshold, finding, flag, beyond, upper, theory=case.theory,
                    worlds=which_worlds(case))  # fmt: skip


POLICY: Mapping[str, Beyond] = {"available_on_target": "below", "target_shortfall": "above"}
"""Outcomes that policy has a threshold for, and the side of it on which too few are there."""


def everyone_out(case: Case, values: pd.Series) -> bool:
    """Whether the whole pool has left in some run."""
    pool: Any = case.values["officers.pool"]
    return bool((values >= pool).any())
