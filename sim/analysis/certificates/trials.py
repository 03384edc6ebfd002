"""Which runs a check of a finding is made of, where they come from, and the effect that they give.

What a case's address says is run through the store, as every command's runs are. What it does not say (officers or the
day in another order, another width, double precision) is lived here and kept in no store: of these only the effects by
world are written, beside it, so that asking again is cheap.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.certificates.checks import BLOCK, DAYS, EXACT, OFFICERS, WIDTH, Check
from sim.analysis.certificates.claims import Claim
from sim.analysis.certificates.other_orders import DAY_ORDERS, OfficersReversed
from sim.analysis.certificates.verdicts import Measured, measure
from sim.analysis.patterns import load_patterns
from sim.arrays import Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import bank_case_of
from sim.ensemble.cases.posterior import Posterior
from sim.ensemble.design.plan import Plan, blocks
from sim.ensemble.engine.block import Block, draws_of, simulate
from sim.ensemble.engine.result_tables import outcome_table
from sim.ensemble.executors.interface import cores
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.files import commit
from sim.model import MODEL_VERSION
from sim.model.day import ORDER
from sim.record import load as load_record
from sim.signals import leave_signals

FOLDER = "certificates"
"""Of a store: effects by world of runs that no store keeps."""
FORMAT = 1
FIRST_DRAWS, MOST_DRAWS = 512, 65_536
"""Of a bank that is drawn for the variants of a pattern, at first and at most."""
Live = Callable[[Plan], pd.DataFrame]
"""Runs what of a plan is missing, and gives the rows that it asks for."""
Advance = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Takes a number of runs, and hands out what hears of those that are done."""


@dataclass(frozen=True)
class Trial:
    """One check of one finding under one theory.

    Attributes
    ----------
    claim, check, theory
        Which.
    option, against
        The cases of either side.
    worlds
        Numbers of the worlds, ``(worlds,)``; none where there are none.
    root_seed
        Family of luck.
    why
        Why there are none.
    """

    claim: Claim
    check: Check
    theory: str
    option: tuple[Case, ...]
    against: tuple[Case, ...]
    worlds: Ints
    root_seed: int
    why: str = ""

    @property
    def cases(self) -> tuple[Case, ...]:
        """All of them."""
        return (*self.option, *self.against)

    def effect(self, runs: pd.DataFrame) -> Measured:
        """What the runs of its cases in its worlds say."""
        mine = runs[runs["replicate"].isin(self.worlds)]
        return measure(self.claim, [c.id for c in self.option], [c.id for c in self.against], mine, self.check.factor)

    @property
    def key(self) -> str:
        """16 hex digits of all that its effect follows from."""
        what = [
            FORMAT, MODEL_VERSION, load_record().hash, self.root_seed, self.check.name, _order(self.check),
            sorted(self.claim.outcome.items()),
            repr(self.claim.counts), self.claim.relative, [c.id for c in self.option], [c.id for c in self.against],
            self.worlds.tolist(),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]


# Worlds


def kept_under(posterior: Posterior, theory: str, variant: str, wanted: int, live: Live, plan: Plan) -> Ints:
    """The first worlds that live the record under a variant of its patterns, at most ``wanted``, ``(worlds,)``.

    Worlds are drawn as those of the bank were, through the store, in rounds that double until enough are kept.
    """
    patterns = load_patterns()
    tests = next(one for one in patterns.variants if one.name == variant)
    case, draws = bank_case_of(posterior, theory), FIRST_DRAWS
    pool = int(str(case.values["officers.pool"]))
    while True:
        only = {case.id: np.arange(draws, dtype=np.int64)}
        runs = live(replace(plan, cases=(case,), only=only, root_seed=posterior.root_seed, kept=()))
        runs = runs[runs["status"] == "ok"].sort_values("replicate", ignore_index=True)
        passed = patterns.variant_passes(tests, runs, patterns.passes(runs, pool), pool)
        kept = runs["replicate"].to_numpy(dtype=np.int64)[passed]
        if len(kept) >= wanted or draws >= MOST_DRAWS:
            return kept[:wanted]
        share = max(len(kept), 1) / draws
        draws = min(MOST_DRAWS, max(2 * draws, math.ceil(1.05 * wanted / share)))


# Runs through the store


def plan_of(trials: Iterable[Trial], plan: Plan) -> Plan:
    """The runs of trials that the store keeps, each once."""
    cases: dict[str, Case] = {}
    only: dict[str, list[Ints]] = {}
    for trial in trials:
        if trial.check.stored and len(trial.worlds):
            for case in trial.cases:
                cases.setdefault(case.id, case)
                only.setdefault(case.id, []).append(trial.worlds)
    wanted = {case: np.unique(np.concatenate(parts)) for case, parts in only.items()}
    return replace(plan, cases=tuple(cases.values()), only=wanted, kept=())


# Runs that no store keeps


def otherwise(trials: Iterable[Trial]) -> list[list[Trial]]:
    """The trials that no store keeps, by check and theory: those that are lived together."""
    groups: dict[tuple[str, str], list[Trial]] = {}
    for trial in trials:
        if not trial.check.stored and len(trial.worlds):
            groups.setdefault((trial.check.name, trial.theory), []).append(trial)
    return list(groups.values())


def runs_otherwise(trials: Sequence[Trial], store: Store) -> int:
    """How many runs of such a group have to be lived."""
    new = [trial for trial in trials if _read(store, trial) is None]
    cases = {case.id for trial in new for case in trial.cases}
    return len(cases) * len(np.unique(np.concatenate([trial.worlds for trial in new]))) if new else 0


def effects_otherwise(
    trials: Sequence[Trial], plan: Plan, store: Store, progress: Advance
) -> tuple[dict[str, Measured], int]:
    """The effects of trials of one check and theory that is no case of its own, by :attr:`Trial.key`; runs that failed.

    Effects that were found before are read; new ones are written as soon as they are there.
    """
    known = {trial.key: one for trial in trials if (one := _read(store, trial)) is not None}
    new = [trial for trial in trials if trial.key not in known]
    if not new:
        return known, 0
    runs = _live_otherwise(new, plan, progress)
    bad = runs[runs["status"] != "ok"]
    for trial in new:
        known[trial.key] = trial.effect(runs)
        if not bad["case"].isin([case.id for case in trial.cases]).any():  # else the next command tries them again
            _write(store, trial, known[trial.key])
    return known, len(bad)


def _live_otherwise(trials: Sequence[Trial], plan: Plan, progress: Advance) -> pd.DataFrame:
    check = trials[0].check
    cases = {case.id: case for trial in trials for case in trial.cases}
    worlds = np.unique(np.concatenate([trial.worlds for trial in trials]))
    width = BLOCK if check is WIDTH else plan.block
    listed = list(blocks(replace(plan, cases=tuple(cases.values()), block=width), dict.fromkeys(cases, worlds)))
    if check is WIDTH:  # whose width is also that of no planner's
        listed = [part for block in listed for part in _narrow(block)]
    order = _order(check)

    def one(block: Block) -> pd.DataFrame:
        asked = replace(block, dtype="float64") if check is EXACT else block
        luck = (lambda of: draws_of(of, OfficersReversed)) if check is OFFICERS else draws_of
        return outcome_table(simulate(asked, luck, order)).to_pandas()

    found: list[pd.DataFrame] = []
    pool = ThreadPoolExecutor(cores(), "tabletop", initializer=leave_signals)
    try:
        with progress(sum(block.runs for block in listed)) as advance:
            for block, rows in zip(listed, pool.map(one, listed), strict=True):
                found.append(rows)
                advance(block.runs)
    finally:
        pool.shutdown(cancel_futures=True)
    return pd.concat(found, ignore_index=True)


def _order(check: Check) -> tuple[str, ...]:
    """The parts of a day under a check."""
    return DAY_ORDERS[check.detail][1] if check in DAYS.values() else ORDER


def _narrow(block: Block) -> list[Block]:
    return [block.take(np.arange(begin, min(begin + BLOCK, block.runs))) for begin in range(0, block.runs, BLOCK)]


def _file(store: Store, trial: Trial) -> Path:
    return store.folder / FOLDER / f"{trial.key}.json"


def _read(store: Store, trial: Trial) -> Measured | None:
    """What was found before; None where nothing was, or the file is torn or somebody else's."""
    try:
        told: Mapping[str, Any] = json.loads(_file(store, trial).read_bytes())
        worlds, values = np.array(told["worlds"], dtype=np.int64), np.array(told["effects"], dtype=np.float64)
        series = pd.Series(values, index=pd.Index(worlds, name="world"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    share = trial.claim.counts is not None and not trial.against and len(trial.option) == 1
    return Measured(series, share) if set(worlds) <= set(trial.worlds.tolist()) else None


def _write(store: Store, trial: Trial, found: Measured) -> None:
    values = {"finding": trial.claim.name, "check": trial.check.name, "theory": trial.theory,
              "worlds": found.values.index.tolist(), "effects": found.values.tolist()}  # fmt: skip
    file = _file(store, trial)
    try:
        file.parent.mkdir(exist_ok=True)
        commit(file, json.dumps(values).encode())
    except OSError as fault:
        raise UserMistake("out", file, f"cannot be written: {fault.strerror or fault}") from fault
