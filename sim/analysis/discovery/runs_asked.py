"""Which runs a question is asked of: words as they are typed, made a request, and what is asked under each theory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.analysis.alternatives import alternatives
from sim.analysis.comparison import choose_worlds
from sim.analysis.comparison_runs import request_of
from sim.analysis.discovery.cases_of_interest import KEY, Asked, Better, Passing
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.unknowns import FIXED, PRIOR
from sim.ensemble.design.plan import distinct
from sim.ensemble.design.request import Request
from sim.ensemble.design.sweep import sweep
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.outcomes import check_outcome, defaults
from sim.settings.overrides import key_of

WORLDS = 4000
"""Of each theory, where nobody says how many."""
_SIGNS = "<>"
EXAMPLE = "ask 'exits_surge_month>100', or name two cases to compare, as in 'scenario=as_documented,terms_settled'"


def read(
    what: Sequence[str], outcome: str | None = None, baseline: str | None = None, config_path: Path | None = None
) -> tuple[Asked, dict[str, tuple[Case, ...]], Request]:
    """What is asked, the case it is asked of under each theory (or the two, the better one first), and their request.

    Parameters
    ----------
    what
        Settings in Hydra's words, and at most one ``OUTCOME>NUMBER``. With no theory named all are taken.
    outcome, baseline
        What two cases are compared on, and which of them is to be beaten, as for :func:`sim.compare`.
    config_path
        A folder whose files come before the packaged ones.

    Raises
    ------
    UserMistake
        Where nothing is asked, or two things are; for what is no outcome, number, setting or case; for cases that draw
        nothing, or do not draw the same worlds.
    """
    questions = [word for word in what if any(sign in word.partition("=")[0] for sign in _SIGNS)]
    settings = [word for word in what if word not in questions]
    for word in settings:
        if "=" not in word:
            raise UserMistake(KEY, word, f"neither key=value nor OUTCOME>NUMBER; {EXAMPLE}")
    if len(questions) > 1:
        raise UserMistake(KEY, " ".join(questions), "one question at a time")
    typed = {key_of(word) for word in settings}
    if "unknowns" not in typed:
        settings.append(f"unknowns={PRIOR}")
        if "ensemble.replicates" not in typed:
            settings.append(f"ensemble.replicates={WORLDS}")
    if questions:
        for flag, value in (("--outcome", outcome), ("--baseline", baseline)):
            if value is not None:
                raise UserMistake(flag, value, f"is for two cases, and {questions[0]} is asked of one")
        return _of_one(Passing.read(questions[0]), settings, typed, config_path)
    return _of_two(settings, outcome, baseline, config_path)


def _of_one(
    asked: Passing, settings: Sequence[str], typed: set[str], config_path: Path | None
) -> tuple[Asked, dict[str, tuple[Case, ...]], Request]:
    every = [] if "theory" in typed else [f"theory={','.join(THEORIES)}"]
    request = sweep([*settings, *every], config_path)
    by_theory: dict[str, tuple[Case, ...]] = {}
    for case in distinct(request.cases):
        _check_drawn(case)
        if case.theory in by_theory:
            named = f"{by_theory[case.theory][0].label} and {case.label}"
            raise UserMistake(KEY, asked.text, f"is asked of one case, and there are {named}")
        by_theory[case.theory] = (case,)
    return asked, by_theory, request


def _of_two(
    settings: Sequence[str], outcome: str | None, baseline: str | None, config_path: Path | None
) -> tuple[Asked, dict[str, tuple[Case, ...]], Request]:
    if all(key_of(word).split(".")[0] in ("theory", "unknowns", "ensemble", "executor", "out") for word in settings):
        raise UserMistake(KEY, None, f"nothing is asked; {EXAMPLE}")
    request = request_of(settings, config_path, baseline)
    table = pd.DataFrame([case.row() for case in distinct(request.cases)])
    named = ", ".join(world.name for world in alternatives(table))
    first, *others = choose_worlds(table, baseline)
    if len(others) != 1:
        raise UserMistake(KEY, named, "two cases at a time: one, and the one that it is to beat")
    (other,) = others
    name = check_outcome("--outcome", outcome or defaults.OUTCOME).name
    by_id = {case.id: case for case in request.cases}
    by_theory: dict[str, tuple[Case, ...]] = {
        theory: (by_id[case], by_id[first.cases[theory]])
        for theory, case in other.cases.items()
        if theory in first.cases
    }
    for theory, (mine, its) in by_theory.items():
        _check_drawn(mine)
        if (mine.mode, mine.unknowns.bank) != (its.mode, its.unknowns.bank):
            raise UserMistake(KEY, f"{mine.label}, {its.label}", f"do not draw the same worlds under {theory}")
    return Better(name, (other.name, first.name)), by_theory, request


def _check_drawn(case: Case) -> None:
    if case.mode == FIXED or not case.unknowns.drawn:
        raise UserMistake("unknowns", case.mode, "nothing is drawn, so no world differs from another; unknowns=prior")
