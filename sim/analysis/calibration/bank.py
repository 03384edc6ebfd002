"""The bank: one set of prior runs of the documented world, each under luck of its own, that answers many questions.

Every run lives to the last day that a pattern of the record looks at, and is scored; none is cut short. A theory goes
on in rounds until enough worlds are kept, or its cap is met. Rounds depend on what the runs are, and on nothing that
was there before, so a bank that was interrupted and resumed, or joined from several machines, is the bank of one go.

Each world has its own luck. With one luck for all, worlds would be kept for what that luck happens to need, and the
list would say more about it than about the record (docs/ODD.md); so a bank cannot be made that way.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.calibration.prior_draws import PriorDraws
from sim.analysis.patterns import Patterns
from sim.arrays import Ints
from sim.ensemble.cases.case import Case, settings_of
from sim.ensemble.cases.conditioning import bank_case
from sim.ensemble.cases.posterior import KeptWorlds, Posterior
from sim.ensemble.design.plan import Plan
from sim.ensemble.engine.run_unknowns import quantiles_in_worlds
from sim.ensemble.execution.report import Failed, Progress, Report
from sim.ensemble.execution.runner import fill
from sim.ensemble.executors.interface import Executor
from sim.ensemble.executors.serial import Serial
from sim.ensemble.store.manifest import FORMAT
from sim.ensemble.store.store import RUNS, Store
from sim.ensemble.store.tables.interface import GOOD, RUN
from sim.errors import UserMistake
from sim.model import MODEL_VERSION
from sim.record import load as load_record

FIRST = 20_000
"""Draws of a theory's first rounds; one that keeps too few of them for its cap to give enough stops there."""
ROUND = 4096
"""Draws of the first round; each further one at most doubles them."""
NONE = 3.0
"""None of N leaves at most 3/N with probability .95 (the rule of three, Hanley & Lippman-Hand 1983)."""


@dataclass(frozen=True)
class BankRequest:
    """What a bank is of.

    Attributes
    ----------
    theories
        Their names, in the order in which they are drawn.
    patterns
        What a world must show to be kept.
    root_seed
        Family of luck, and of unknowns.
    keep, cap
        Kept worlds of a theory that are enough, and its draws at most.
    ranges
        Prior ranges instead of the settings' own.
    insist
        Whether a theory goes on to its cap although its first rounds say that this will not be enough.
    """

    theories: tuple[str, ...]
    patterns: Patterns
    root_seed: int
    keep: int = 1000
    cap: int = 1_000_000
    ranges: Mapping[str, tuple[float, float]] | None = None
    insist: bool = False

    def case(self, theory: str) -> Case:
        """The case of one theory, whose worlds are drawn."""
        return bank_case(theory, self.patterns.last_day, tuple(sorted((self.ranges or {}).items())))

    @property
    def folder(self) -> Path:
        """``outputs/bank-<8 hex>`` of what makes its runs: banks of one kind grow together."""
        what = [FORMAT, MODEL_VERSION, load_record().hash, self.patterns.last_day.isoformat(), self.root_seed]
        told = json.dumps([*what, sorted((self.ranges or {}).items())])
        return Path("outputs") / f"bank-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Tried:
    """How far one theory has come: worlds drawn without a gap from 0 on, and those that were kept."""

    theory: str
    draws: int
    kept: Ints

    @property
    def share(self) -> float:
        """Kept of drawn."""
        return len(self.kept) / self.draws if self.draws else math.nan


def next_draws(asked: BankRequest, now: Tried) -> int:
    """Worlds that shall have been drawn after the next round; those that have been, when the theory is done."""
    if len(now.kept) >= asked.keep or now.draws >= asked.cap:
        return now.draws
    hopeless = len(now.kept) * asked.cap < asked.keep * now.draws
    if not len(now.kept) or (hopeless and not asked.insist):
        last = asked.cap if asked.insist else min(asked.cap, FIRST)
        return min(last, max(ROUND, 2 * now.draws)) if now.draws < last else now.draws
    wanted = math.ceil(1.02 * asked.keep / now.share)
    whole = -(-max(wanted, now.draws + ROUND) // 256) * 256  # blocks that are full
    return int(min(asked.cap, max(ROUND, 2 * now.draws), whole))


def tried(asked: BankRequest, store: Store, theory: str) -> Tried:
    """How far a theory has come in a store, whoever drew it and in whatever order."""
    runs = _runs(asked, store, theory, asked.patterns.outcomes)
    passed = asked.patterns.passes(runs, _pool(asked.case(theory))).all(axis=1).to_numpy()
    return Tried(theory, len(runs), runs["replicate"].to_numpy()[passed])


def fill_theory(
    asked: BankRequest,
    theory: str,
    store: Store,
    executor: Executor | None = None,
    block: int = 256,
    hear: Callable[[Tried, int], Progress] | None = None,
    failed: Failed | None = None,
) -> tuple[Tried, list[Report]]:
    """Draw a theory's worlds until enough are kept, or its cap is met; what the store has is not run again.

    Parameters
    ----------
    hear
        Called before each round with how far the theory has come and how far the round goes; what it gives is called
        with the number of runs of each block that is done.
    failed
        Called with case, replicate and message as soon as a run has failed.
    """
    plan = Plan((asked.case(theory),), range(0), asked.root_seed, block=block, executor=executor or Serial())
    now, reports = Tried(theory, 0, np.zeros(0, dtype=np.int64)), list[Report]()
    while (stop := next_draws(asked, now)) > now.draws:
        progress = hear(now, stop) if hear else None
        reports.append(fill(replace(plan, replicates=range(stop)), store, progress, failed))
        now = _first(tried(asked, store, theory), stop)
    return now, reports


def _first(now: Tried, stop: int) -> Tried:
    """Of a store that has more draws than a round asked for, those that the round did: rounds make no difference."""
    return Tried(now.theory, stop, now.kept[now.kept < stop])


def posterior_of(asked: BankRequest, all_tried: Sequence[Tried]) -> Posterior:
    """The first worlds of each theory that lived the record, as many as are wanted at most.

    How many were drawn for them ends with the last one of these, so that it does not depend on the size of a round.
    """
    theories = {}
    for now in all_tried:
        kept = np.sort(now.kept)[: asked.keep]
        draws = int(kept[-1]) + 1 if len(kept) == asked.keep else now.draws
        theories[now.theory] = KeptWorlds(asked.case(now.theory).id, draws, tuple(kept.tolist()))
    return Posterior(
        theories,
        asked.root_seed,
        asked.patterns.name,
        asked.patterns.digest,
        asked.patterns.last_day + timedelta(days=1),
        MODEL_VERSION,
        load_record().hash,
        dict(asked.ranges or {}),
    )


def prior_draws(asked: BankRequest, store: Store, theory: str, draws: int) -> PriorDraws:
    """The first ``draws`` worlds of a theory with their unknowns, outcomes and patterns."""
    case = asked.case(theory)
    return draws_of(case, asked.patterns, asked.root_seed, _runs(asked, store, theory, None).iloc[:draws])


def draws_of(case: Case, patterns: Patterns, root_seed: int, runs: pd.DataFrame) -> PriorDraws:
    """Prior runs of a case, rows of a table of runs by world, with what their worlds drew."""
    runs = runs.sort_values("replicate", ignore_index=True)
    worlds, known = runs["replicate"].to_numpy(dtype=np.int64), settings_of(case.theory)
    statuses = [{"setting": key, "status": known[key].status} for key in case.unknowns.drawn]
    return PriorDraws(
        theory=case.theory,
        worlds=worlds,
        quantiles=quantiles_in_worlds(case, root_seed, worlds),
        outcomes=runs,
        passes=patterns.passes(runs, _pool(case)),
        pool=_pool(case),
        statuses=pd.DataFrame(statuses),
    )


def _runs(asked: BankRequest, store: Store, theory: str, columns: Sequence[str] | None) -> pd.DataFrame:
    """Rows of a theory's worlds, by world, from 0 to the first that is missing; a failed run shows no pattern."""
    runs = store.runs(cases=[asked.case(theory).id], columns=columns)
    runs = runs[runs["root_seed"] == asked.root_seed].sort_values("replicate", ignore_index=True)
    gap = np.flatnonzero(runs["replicate"].to_numpy() != np.arange(len(runs)))
    return runs.iloc[: int(gap[0]) if len(gap) else len(runs)]


def _pool(case: Case) -> int:
    return int(str(case.values["officers.pool"]))


def fill_part(
    asked: BankRequest,
    worlds: range,
    store: Store,
    executor: Executor,
    block: int = 256,
    progress: Progress | None = None,
    failed: Failed | None = None,
) -> Report:
    """Draw these worlds of every theory, kept or not: a part of a bank whose other worlds are drawn elsewhere."""
    cases = tuple(asked.case(theory) for theory in asked.theories)
    return fill(Plan(cases, worlds, asked.root_seed, block=block, executor=executor), store, progress, failed)


def take_in(asked: BankRequest, store: Store, folder: Path) -> int:
    """Add the runs of another bank of the same kind that this one lacks; how many that were.

    Raises
    ------
    UserMistake
        There is no such folder, or it has no run of these cases.
    StoreDamaged
        It is no store, is damaged, or is one of another version or record.
    """
    other = Store.open(folder, model_version=store.model_version, record=store.record, create=False)
    ids = [asked.case(theory).id for theory in asked.theories]
    known = store.finished_runs()
    rows = other.table(RUNS, ids)
    rows = rows[rows["root_seed"] == asked.root_seed]
    if rows.empty:
        right = "has no run of this bank: the same theory, patterns' last day, unknowns.range and root seed make one"
        raise UserMistake("--join", folder, right)
    cases = other.cases()
    store.add_cases(cases[cases["case"].isin(ids)])
    there = pd.MultiIndex.from_frame(known[list(RUN)])
    new = rows[(rows["status"] == GOOD) & ~pd.MultiIndex.from_frame(rows[list(RUN)]).isin(there)]
    store.add(RUNS, new)
    return len(new)
