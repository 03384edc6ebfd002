"""The runs that a backtest wants: the record's world with the inputs, under each theory, in the frozen worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.analysis.agreement import REFERENCE
from sim.analysis.backtest.backtest_file import Backtest
from sim.analysis.backtest.scored_patterns import DayQuantity
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.posterior import KEY, RECORD, packaged_posterior
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.ensemble.design.plan import Plan
from sim.ensemble.design.request import Request
from sim.ensemble.design.sweep import sweep
from sim.errors import UserMistake
from sim.outcomes.states import STATES
from sim.settings.overrides import key_of

WORLDS = 1000
"""Of each theory, where nobody says how many: each kept world once."""
TAKEN = ("replicates", "root_seed", "block", "first_replicate")
"""Settings of the ensemble that a backtest takes."""


def list_typed(words: Sequence[str]) -> str | None:
    """The list of worlds that was typed, if one was."""
    typed = [word.partition("=")[2] for word in words if key_of(word) == KEY]
    return typed[-1] if typed else None


def check_words(words: Sequence[str]) -> None:
    """Refuse settings of a world: those of a backtest stand in its file.

    Raises
    ------
    UserMistake
        For any word that is not one of theory, unknowns.posterior, ``ensemble.*``, ``executor.*`` and out.
    """
    for word in words:
        key = key_of(word)
        group, _, name = key.partition(".")
        if key in ("theory", KEY, "out") or group == "executor" or (group == "ensemble" and name in TAKEN):
            continue
        if "=" not in word:
            raise UserMistake("backtest", word, "neither key=value nor the one file")
        ensemble = ", ".join(f"ensemble.{one}" for one in TAKEN)
        right = f"what a backtest is of stands in its file; with it go theory, {KEY}, {ensemble}, executor, out"
        raise UserMistake(key, word.partition("=")[2], right)


def request_of(backtest: Backtest, words: Sequence[str] = ()) -> Request:
    """The runs of a backtest as a request; with a theory typed the reference comes, too.

    Parameters
    ----------
    backtest
        What was read of a file.
    words
        Settings in Hydra's words, as :func:`check_words` lets them pass.

    Raises
    ------
    UserMistake
        For a setting that is none, or has no place here.
    """
    check_words(words)
    typed = {key_of(word) for word in words}
    said = [word for word in words if key_of(word) != KEY]
    mine = [
        f"scenario={RECORD}", f"unknowns={POSTERIOR}", f"governments={backtest.governments}",
        f"clock.end={backtest.horizon}",
    ]  # fmt: skip
    if backtest.posterior.path != packaged_posterior():
        mine.append(f"{KEY}='{str(backtest.posterior.path).replace(chr(39), chr(92) + chr(39))}'")
    mine += [] if "theory" in typed else [f"theory={','.join(backtest.theories)}"]
    mine += [] if "ensemble.replicates" in typed else [f"ensemble.replicates={WORLDS}"]
    asked = sweep([*mine, *said])
    cases = list(asked.cases)
    if all(case.theory != REFERENCE for case in cases):
        rest = [word for word in said if key_of(word) != "theory"]
        cases = [*sweep([*mine, *rest, f"theory={REFERENCE}"]).cases, *cases]
    plan: Plan = replace(asked.plan, cases=tuple(_with_inputs(case, backtest) for case in cases), kept=_kept(backtest))
    return replace(asked, plan=plan)


def _with_inputs(case: Case, backtest: Backtest) -> Case:
    """The case with the inputs, under a name of its own: in a store it must not pass for the record's world."""
    name = f"backtest {backtest.name}"
    label = f"{name} · {case.theory} · unknowns={case.mode}"
    return replace(case.varied({}, label, backtest.events(case.values)), scenario=name)


def _kept(backtest: Backtest) -> tuple[str, ...]:
    """The tables that the patterns are asked of."""
    named = {pattern.quantity.series for pattern in backtest.patterns if isinstance(pattern.quantity, DayQuantity)}
    states = {entry.name for entry in STATES}
    return (*(("days",) if named - states else ()), *(("states",) if named & states else ()))
