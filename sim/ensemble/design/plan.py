"""Which runs are missing, and in which blocks they shall be stepped.

Cases are grouped by structure, and within a group the replicates are interleaved across cases, so that an interrupted
command leaves every case equally far. All of it is arrays: a hundred thousand runs are planned in a few hundredths of
a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import FUTURES, MOST_FUTURES, run_numbers
from sim.ensemble.design.stopping_rule import Until
from sim.ensemble.engine.block import Block
from sim.ensemble.executors.interface import Executor
from sim.ensemble.executors.serial import Serial
from sim.ensemble.store.store import RUNS, Store
from sim.errors import UserMistake

Missing = Mapping[str, Sequence[int] | NDArray[np.int64]]
"""Runs to be done, by case: replicates, with their futures as :func:`run_numbers` has them."""

OFFICERS_AT_ONCE = 400 * 256
"""Officers times runs of a block; about what the caches hold (experiments/peers measures it)."""
LEAST_WIDTH = 16
"""Runs that a processor's vector registers take side by side."""
SERIAL = Serial()


@dataclass(frozen=True)
class Plan:
    """What one command asks of a store.

    Attributes
    ----------
    cases
        Worlds to be run; one that comes twice is run once.
    replicates
        Draws of luck of every case, or places in its list of kept worlds; with ``until`` they are the first round.
    root_seed
        Family of luck.
    kept
        Names of the tables that are kept besides that of the runs, such as ``("days",)``.
    block, executor
        Runs stepped together, and where; neither changes a result.
    until
        The rule by which replicates are added, or None.
    only
        Runs by case, as :func:`run_numbers` has them, where single ones are asked for; None: all of ``replicates``.
    """

    cases: tuple[Case, ...]
    replicates: range
    root_seed: int
    kept: tuple[str, ...] = ()
    block: int = 256
    executor: Executor = SERIAL
    until: Until | None = None
    only: Mapping[str, NDArray[np.int64]] | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that a run must be in to be finished; that of the runs comes last."""
        return (*(name for name in self.kept if name != RUNS), RUNS)

    @property
    def rule(self) -> str:
        """What decides how many runs there are, in one line."""
        if self.only is not None:
            return f"listed: {self.wanted:,} runs"
        return self.until.text if self.until else f"fixed: {len(self.replicates)} replicates"

    @property
    def wanted(self) -> int:
        """Runs asked for, those of a first round with ``until``."""
        if self.only is not None:
            return sum(map(len, self.only.values()))
        return len(self.replicates) * len(distinct(self.cases))


def distinct(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Each case once, in the order given, under the first of its labels."""
    found: dict[str, Case] = {}
    for case in cases:
        found.setdefault(case.id, case)
    return tuple(found.values())


def missing_runs(plan: Plan, store: Store) -> dict[str, NDArray[np.int64]]:
    """Runs of each case that have no good row yet, or none in a table that the plan asks for."""
    return lacking(plan, store)[0]


def lacking(
    plan: Plan, store: Store, spans: Mapping[str, range] | None = None
) -> tuple[dict[str, NDArray[np.int64]], tuple[str, ...]]:
    """What :func:`missing_runs` gives, and those tables of the plan in which some of these runs have no rows.

    ``spans`` names the replicates that count, case by case; without it they are the plan's for each.
    """
    if plan.only is not None:
        listed = {case.id: np.unique(plan.only.get(case.id, np.zeros(0, np.int64))) for case in distinct(plan.cases)}
        done = _done_of_list(plan, listed, store)
    else:
        spans = {case.id: plan.replicates for case in distinct(plan.cases)} if spans is None else spans
        cases = {case.id: case for case in distinct(plan.cases)}
        listed = {case: numbers_of(cases[case], span) for case, span in spans.items()}
        kept = {case: rows for case, rows in listed.items() if cases[case].worlds is not None}
        whole = {case: span for case, span in spans.items() if case not in kept}
        done = _done_of_spans(plan, whole, store) | (_done_of_list(plan, kept, store) if kept else {})
        done = {case: done[case] for case in listed}
    missing = {case: rows[~done[case].all(axis=0)] for case, rows in listed.items()}
    lacks = [any(not have[number].all() for have in done.values()) for number in range(len(plan.tables))]
    return missing, tuple(table for table, lack in zip(plan.tables, lacks, strict=True) if lack)


def numbers_of(case: Case, span: range) -> NDArray[np.int64]:
    """The runs at these places of a case, as :func:`run_numbers` has them, ``(len(span),)``.

    Raises UserMistake where kept worlds have not so many futures.
    """
    if case.worlds is not None and span.stop > (most := len(case.worlds) * MOST_FUTURES):
        right = f"at most {most:,} runs of {len(case.worlds):,} kept worlds, first_replicate counted in"
        raise UserMistake("ensemble.replicates", len(span), right)
    replicates, futures = case.addresses(np.arange(span.start, span.stop, dtype=np.int64))
    return np.asarray(replicates + futures * FUTURES, dtype=np.int64)


def _done_of_spans(plan: Plan, spans: Mapping[str, range], store: Store) -> dict[str, NDArray[np.bool_]]:
    """By case, which replicates of its span have rows in which of the plan's tables, ``(tables, replicates)``."""
    ids = pd.Index(list(spans))
    first = np.array([span.start for span in spans.values()], dtype=np.int64)
    length = np.array([len(span) for span in spans.values()], dtype=np.int64)
    done = [np.zeros((len(plan.tables), count), dtype=bool) for count in length]
    for number, table in enumerate(plan.tables):
        rows = store.finished_runs(table)
        rows = rows[rows["root_seed"] == plan.root_seed]
        of, position = ids.get_indexer(pd.Index(rows["case"])), run_numbers(rows)
        known = of >= 0
        of, position = of[known], position[known] - first[of[known]]
        inside = (position >= 0) & (position < length[of])
        of, position = of[inside], position[inside]
        order = np.argsort(of, kind="stable")
        bounds = np.searchsorted(of[order], np.arange(len(ids) + 1))
        for case in np.flatnonzero(np.diff(bounds)):
            done[case][number, position[order[bounds[case] : bounds[case + 1]]]] = True
    return dict(zip(spans, done, strict=True))


def _done_of_list(plan: Plan, wanted: Mapping[str, NDArray[np.int64]], store: Store) -> dict[str, NDArray[np.bool_]]:
    """The same where single runs are named: nothing is as long as the way from the first replicate to the last."""
    done = {case: np.zeros((len(plan.tables), len(rows)), dtype=bool) for case, rows in wanted.items()}
    for number, table in enumerate(plan.tables):
        rows = store.finished_runs(table)
        rows = rows[(rows["root_seed"] == plan.root_seed) & rows["case"].isin(list(wanted))]
        for case, there in rows.groupby("case", observed=True):
            done[str(case)][number] = np.isin(wanted[str(case)], run_numbers(there))
    return done


def width_of(plan: Plan, case: Case) -> int:
    """Runs in one block: the plan's, or fewer where a large pool would leave the cache and fill the memory."""
    pool = case.values["officers.pool"]
    assert isinstance(pool, int)
    return min(plan.block, max(LEAST_WIDTH, OFFICERS_AT_ONCE // pool // LEAST_WIDTH * LEAST_WIDTH))


def blocks(plan: Plan, missing: Missing) -> Iterator[Block]:
    """Group the missing runs by structure, replicate by replicate across cases, in blocks of the plan's width."""
    groups: dict[tuple[object, ...], list[Case]] = {}
    for case in distinct(plan.cases):
        if len(missing.get(case.id, ())):
            groups.setdefault(case.structure, []).append(case)
    for cases in groups.values():
        counts = [len(missing[case.id]) for case in cases]
        runs = np.concatenate([np.asarray(missing[case.id], dtype=np.int64) for case in cases])
        futures, replicates = np.divmod(runs, FUTURES)
        of = np.repeat(np.arange(len(cases)), counts)
        order = np.lexsort((of, runs))
        width = width_of(plan, cases[0])
        for begin in range(0, len(order), width):
            chunk = order[begin : begin + width]
            used, case_of_run = np.unique(of[chunk], return_inverse=True)
            chosen, later = tuple(cases[c] for c in used), futures[chunk] if futures[chunk].any() else None
            yield Block(chosen, case_of_run, replicates[chunk], plan.root_seed, futures=later)
