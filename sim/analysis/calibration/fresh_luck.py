"""Kept worlds under other luck: how much of what an outcome varies by is luck, and whether settings show the record.

A world is kept for one run of its own. Its unknowns are lived again here under fresh draws of luck from the first day,
or under several futures from the day on which these part; the second is what an outcome that ends later is split by.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.patterns import Patterns
from sim.arrays import FloatArray, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import on_prior
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.design.last_day import Clock, last_day
from sim.ensemble.engine.block import Block, Result, simulate
from sim.ensemble.engine.result_tables import outcome_rows
from sim.outcomes import OUTCOMES
from sim.signals import leave_signals

ALL = "all"
"""In the column ``theory``: all theories together, weighted equally."""
FRESH_LUCK, OWN_FUTURES = "fresh luck", "futures"
"""What an outcome is split by: luck from the first day, or from the day on which futures part."""
AWAY = FUTURES // 2
"""Draws of luck from here on are no bank's, which counts its worlds from 0."""
BOOTSTRAPS = 400
WIDTH = 256


def fresh_runs(case: Case, root_seed: int, worlds: Ints, times: int, *, days: bool = False) -> Iterator[Result]:
    """The unknowns of some worlds of a prior case, each under so many draws of luck that no bank has; by blocks."""
    numbers = np.repeat(np.asarray(worlds, dtype=np.int64), times)
    luck = AWAY + np.arange(len(numbers), dtype=np.int64)
    return _stepped(
        Block((case,), np.zeros(len(chunk), dtype=np.int64), luck[chunk], root_seed, worlds=numbers[chunk])
        for chunk in _chunks(len(numbers))
    )


def future_runs(case: Case, root_seed: int, worlds: Ints, times: int) -> Iterator[Result]:
    """Some worlds of a posterior case, each with so many futures; by blocks."""
    numbers = np.repeat(np.asarray(worlds, dtype=np.int64), times)
    later = np.tile(np.arange(times, dtype=np.int64), len(worlds))
    return _stepped(
        Block((case,), np.zeros(len(chunk), dtype=np.int64), numbers[chunk], root_seed, futures=later[chunk])
        for chunk in _chunks(len(numbers))
    )


def _chunks(count: int) -> Iterator[NDArray[np.int64]]:
    for begin in range(0, count, WIDTH):
        yield np.arange(begin, min(begin + WIDTH, count))


def _stepped(blocks: Iterable[Block]) -> Iterator[Result]:
    """Blocks on two threads, in their order; compiled code holds no lock."""
    with ThreadPoolExecutor(2, initializer=leave_signals) as pool:
        yield from pool.map(simulate, blocks)


def half_rule_runs(case: Case, patterns: Patterns, root_seed: int, worlds: Ints, times: int = 40) -> pd.DataFrame:
    """Which patterns hold in runs of fresh luck of some worlds: column world, and a column of booleans a pattern."""
    pool = int(str(case.values["officers.pool"]))
    parts = []
    for result in fresh_runs(case, root_seed, worlds, times):
        passed = patterns.passes(outcome_rows(result), pool)
        passed.insert(0, "world", result.block.world_of_run)
        parts.append(passed)
    return pd.concat(parts, ignore_index=True)


def luck_split(cases: Mapping[str, Case], root_seed: int, size: int = 250, times: int = 8) -> pd.DataFrame:
    """By outcome, what shares of its variance over worlds that lived the record are luck, unknowns and theory.

    A one-way random-effects model within each theory; over all of them, theories are weighted equally, and what their
    means vary by is theirs.

    Parameters
    ----------
    cases
        By theory, its posterior case with its kept worlds.
    root_seed
        Of the futures.
    size, times
        Worlds of each theory, the first ones of its list, and runs of each.

    Returns
    -------
    One row an outcome and theory, "all" last: ``outcome``, ``theory``, ``split_by`` (fresh luck, or futures for an
    outcome that ends after these part), ``worlds``, ``luck``, ``unknowns``, ``theory_share`` (of 1), ``low``,
    ``high`` (95 % bootstrap interval of ``luck`` over worlds). Outcomes that do not vary, and dates, have no row.
    """
    values = {theory: _nested(case, root_seed, size, times) for theory, case in cases.items() if case.worlds}
    rows = []
    for outcome in (one for one in OUTCOMES if one.type != "date"):
        known = {
            theory: (how[outcome.name], table[outcome.name])
            for theory, (how, table) in values.items()
            if outcome.name in table
        }
        tables = {theory: table for theory, (_, table) in known.items() if len(table) > 1 and np.ptp(table) > 0}
        if not tables:
            continue
        how = next(iter(known.values()))[0]
        for theory, table in tables.items():
            rows.append([outcome.name, theory, how, len(table), *_shares([table])])
        if len(tables) > 1:
            rows.append([outcome.name, ALL, how, min(map(len, tables.values())), *_shares(list(tables.values()))])
    names = ["outcome", "theory", "split_by", "worlds", "luck", "unknowns", "theory_share", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def _nested(case: Case, root_seed: int, size: int, times: int) -> tuple[dict[str, str], dict[str, FloatArray]]:
    """By outcome, how it is split, and its values, ``(worlds, times)``; worlds where it is null in a run left out."""
    assert case.worlds is not None
    parts, clock = case.unknowns.parts, Clock.of(case.values)
    assert parts is not None
    assert clock is not None
    worlds = np.array(case.worlds[:size], dtype=np.int64)
    later = {one.name for one in OUTCOMES if last_day(one.name, clock) >= parts}
    early = replace(on_prior(case, case.label), worlds=None)
    early = early.varied({"clock.end": date.fromordinal(min(parts.toordinal() - 1, clock.end))}, case.label)
    how = {one.name: OWN_FUTURES if one.name in later else FRESH_LUCK for one in OUTCOMES}
    runs = {FRESH_LUCK: list(fresh_runs(early, case.unknowns.root_seed, worlds, times))}
    if later:
        runs[OWN_FUTURES] = list(future_runs(case, root_seed, worlds, times))
    table = {}
    for name, kind in how.items():
        values = np.concatenate([result.outcomes[name] for result in runs[kind]]).reshape(len(worlds), times)
        table[name] = values[~np.isnan(values).any(axis=1)]
    return how, table


def _shares(tables: Sequence[FloatArray]) -> list[float]:
    """Shares of luck, unknowns and theory, and the interval of the first; one table a theory, ``(worlds, times)``."""
    luck = np.random.default_rng(20240307)
    again = [
        _parts([table[luck.integers(len(table), size=len(table))] for table in tables])[0] for _ in range(BOOTSTRAPS)
    ]
    low, high = np.quantile([share for share in again if not np.isnan(share)] or [np.nan], [0.025, 0.975])
    return [*_parts(tables), float(low), float(high)]


def _parts(tables: Sequence[FloatArray]) -> tuple[float, float, float]:
    within = float(np.mean([table.var(axis=1, ddof=1).mean() for table in tables]))
    between = float(np.mean([_between(table) for table in tables]))
    theory = float(np.var([table.mean() for table in tables]))
    whole = within + between + theory
    return (within / whole, between / whole, theory / whole) if whole else (np.nan, np.nan, np.nan)


def _between(table: FloatArray) -> float:
    """Variance of worlds' own means, without what luck adds to the means of so many runs."""
    means, times = table.mean(axis=1), table.shape[1]
    return max(float(means.var(ddof=1)) - float(table.var(axis=1, ddof=1).mean()) / times, 0.0)
