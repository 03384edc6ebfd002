"""From what is asked to what is on disk: plan the missing runs, step them in blocks, append them to a store.

Replicates are interleaved across cases, so an interrupted command leaves every case equally far. What is finished is
written every few seconds, and on the way out whatever happens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from sim.ensemble.cases import Case
from sim.ensemble.engine import Block, Result, simulate
from sim.ensemble.outcomes import OUTCOMES
from sim.ensemble.store import Store

FLUSH_SECONDS = 5.0
"""Finished runs wait no longer than this for their place on disk."""
FLUSH_ROWS = 400_000
"""Daily rows wait in memory up to this many."""


@dataclass(frozen=True)
class Plan:
    """What one command asks of a store.

    ``replicates`` apply to every case; ``block`` never changes a result.
    """

    cases: tuple[Case, ...]
    replicates: range
    root_seed: int
    days: bool = True
    block: int = 256


@dataclass(frozen=True)
class Report:
    """What a command did: runs computed now, runs found in the store, and what failed, by message."""

    computed: int
    found: int
    failures: tuple[tuple[str, int, str], ...]
    seconds: float


Progress = Callable[[int], None]


def fill(plan: Plan, store: Store, progress: Progress | None = None) -> Report:
    """Run what is missing and append it; asking again runs nothing.

    Failed runs become rows with a status and a message, and are tried again by the next call. Interrupting keeps what
    is finished.
    """
    began = time.perf_counter()
    store.add_cases(pd.DataFrame([case.row() for case in {c.id: c for c in plan.cases}.values()]))
    missing = missing_runs(plan, store)
    wanted = len({case.id for case in plan.cases}) * len(plan.replicates)
    writer = _Writer(store, plan.days)
    failures: list[tuple[str, int, str]] = []
    try:
        for block in blocks(plan, missing):
            result = simulate(block)
            writer.take(result)
            failures += _failures(result)
            if progress:
                progress(block.runs)
    finally:
        writer.flush()
    count = sum(len(runs) for runs in missing.values())
    return Report(count, wanted - count, tuple(failures), time.perf_counter() - began)


def missing_runs(plan: Plan, store: Store) -> dict[str, list[int]]:
    """Replicates of each case that have no good row yet, or no series where series are asked for."""
    done = store.finished()
    if plan.days:
        done = done & store.finished("days")
    return {case.id: [r for r in plan.replicates if (case.id, plan.root_seed, r) not in done] for case in plan.cases}


def blocks(plan: Plan, missing: dict[str, list[int]]) -> Iterator[Block]:
    """Group the missing runs by structure, replicate by replicate across cases, in blocks of the plan's width."""
    groups: dict[tuple[object, ...], list[Case]] = {}
    for case in {c.id: c for c in plan.cases}.values():
        groups.setdefault(case.structure, []).append(case)
    for cases in groups.values():
        pairs = sorted((r, c) for c, case in enumerate(cases) for r in missing[case.id])
        for first in range(0, len(pairs), plan.block):
            chunk = np.array(pairs[first : first + plan.block], dtype=np.int64)
            used, case_of_run = np.unique(chunk[:, 1], return_inverse=True)
            yield Block(tuple(cases[c] for c in used), case_of_run, chunk[:, 0], plan.root_seed)


def outcome_rows(result: Result) -> pd.DataFrame:
    """One row a run, as the store keeps them."""
    frame = _keys(result)
    frame["status"] = ["failed" if message else "ok" for message in result.messages]
    frame["message"] = list(result.messages)
    for outcome in OUTCOMES:
        values = result.outcomes[outcome.name]
        if outcome.type == "date":
            frame[outcome.name] = [None if np.isnan(v) else date.fromordinal(int(v)) for v in values]
        else:
            frame[outcome.name] = values.astype(np.float32)
    return frame


def day_rows(result: Result) -> pd.DataFrame:
    """One row a run and day, runs of good status only."""
    good = np.array([not message for message in result.messages])
    if not result.series or not good.any():
        return pd.DataFrame()
    days = next(iter(result.series.values())).shape[0]
    start = result.block.cases[0].values["clock.start"]
    assert isinstance(start, date)
    keys = _keys(result)[good]
    frame = keys.loc[keys.index.repeat(days)].reset_index(drop=True)
    first = np.datetime64(start, "D")
    frame["day"] = np.tile((first + np.arange(days)).astype("datetime64[s]"), len(keys))
    for name, values in result.series.items():
        frame[name] = values[:, good].T.ravel().astype(np.float32)
    return frame


def _keys(result: Result) -> pd.DataFrame:
    block = result.block
    ids = np.array([case.id for case in block.cases], dtype=object)
    return pd.DataFrame(
        {
            "case": ids[block.case_of_run],
            "replicate": block.replicates,
            "root_seed": np.int64(block.root_seed),
        }
    )


def _failures(result: Result) -> Iterator[tuple[str, int, str]]:
    for run, message in enumerate(result.messages):
        if message:
            case = result.block.cases[result.block.case_of_run[run]]
            yield case.id, int(result.block.replicates[run]), message


class _Writer:
    """Gathers finished blocks and appends them now and then: few parts, and little to lose."""

    def __init__(self, store: Store, days: bool) -> None:
        self._store, self._days = store, days
        self._runs: list[pd.DataFrame] = []
        self._series: list[pd.DataFrame] = []
        self._since = time.monotonic()

    def take(self, result: Result) -> None:
        self._runs.append(outcome_rows(result))
        if self._days:
            self._series.append(day_rows(result))
        waiting = sum(len(frame) for frame in self._series)
        if time.monotonic() - self._since > FLUSH_SECONDS or waiting > FLUSH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Series first: a run counts as finished only when its outcomes are there."""
        for table, frames in (("days", self._series), ("runs", self._runs)):
            filled = [frame for frame in frames if len(frame)]
            if filled:
                self._store.add(table, pd.concat(filled, ignore_index=True))
            frames.clear()
        self._since = time.monotonic()
