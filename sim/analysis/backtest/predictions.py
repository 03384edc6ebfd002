"""What worlds that lived the record predict of what a backtest asks, and how that is scored.

A pattern's predictive probability under a theory is the share of its runs that show it. Its interval is exact, and says
how well these runs know the share; it says nothing of how right the theory is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.agreement import REFERENCE
from sim.analysis.backtest.backtest_file import Backtest
from sim.analysis.backtest.scored_patterns import DayQuantity, ScoredPattern
from sim.analysis.day_windows import daily_series, of_window
from sim.analysis.lived_record import still_happened
from sim.analysis.statistics.intervals import FEWEST, exact_of_clusters
from sim.analysis.statistics.scores import brier, crps, crps_interval, difference, log_score
from sim.analysis.statistics.summary import good
from sim.arrays import FloatArray, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables.interface import RUN
from sim.errors import UserMistake

CLOSER, FARTHER, UNTOLD = "closer", "farther", "not told apart"
Estimate = tuple[float, float, float]
"""A number and the ends of its 95 % interval."""


@dataclass(frozen=True)
class Predictions:
    """What came of a backtest.

    Attributes
    ----------
    backtest
        What was asked.
    table
        One row a pattern and theory, the reference first: ``pattern``, ``theory``, ``worlds`` (kept, or drawn from the
        prior), ``runs``, ``clusters`` (independent worlds), ``passed``, ``probability`` with ``low`` and ``high``,
        ``answer`` (1, 0, or null), ``climatology`` (a probability), and where there is an answer ``brier`` and ``log``
        with their ends (``brier_low`` …), ``brier_climatology``, ``log_climatology``, and the Brier score less that of
        the reference and of the climatology with ends (``brier_vs_T0``, ``brier_vs_climatology``); where a number was
        observed ``crps`` with ends (of five worlds or more), ``crps_vs_T0`` with ends, and ``crps_climatology``. Null
        where there is none.
    summary
        One row a theory, over all patterns with an answer: ``theory``, ``patterns``, mean ``brier`` with ends,
        ``log`` and ``brier_climatology``, ``brier_vs_T0`` and ``brier_vs_climatology`` with ends, and ``verdict_T0``,
        ``verdict_climatology``; no rows where no pattern has an answer.
    still
        Where inputs or rules touch days that worlds were kept for: by theory, in how many of how many runs the record
        would still have happened.
    """

    backtest: Backtest
    table: pd.DataFrame
    summary: pd.DataFrame
    still: Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class _TheoryRuns:
    """The good runs of one theory: values of each pattern's quantity, who shows it, and clusters of futures."""

    case: Case
    values: Mapping[str, FloatArray]
    passed: Mapping[str, FloatArray]
    cluster: Ints


def predict(backtest: Backtest, cases: Sequence[Case], outcomes: pd.DataFrame, store: Store) -> Predictions:
    """Ask the runs of a backtest what it asks, and score what has an answer.

    Parameters
    ----------
    backtest
        What was read of a file.
    cases
        Those of :func:`sim.analysis.backtest.backtest_request.request_of`, the reference among them.
    outcomes
        Their runs, as ``Runs.outcomes``.
    store
        Where their days are.

    Raises
    ------
    UserMistake
        Where no run of a theory ended well, so that there is nothing to ask.
    """
    asked = {case.theory: _ask(backtest, case, outcomes, store) for case in _reference_first(cases)}
    rows = [row for pattern in backtest.patterns for row in _rows(pattern, asked, backtest.pool)]
    early = backtest.early()
    still = {
        case.theory: still_happened(case, outcomes[outcomes["case"] == case.id])
        for case in cases
        if early and case.mode == POSTERIOR
    }
    table = pd.DataFrame(rows)
    return Predictions(backtest, table, _summary(table), still)


def _reference_first(cases: Sequence[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: case.theory != REFERENCE)


def _ask(backtest: Backtest, case: Case, outcomes: pd.DataFrame, store: Store) -> _TheoryRuns:
    runs = good(outcomes[outcomes["case"] == case.id]).reset_index(drop=True)
    if runs.empty:
        raise UserMistake("theory", case.theory, "no run of it ended well, so there is nothing to ask")
    windows = {one.quantity.outcome: one.quantity for one in backtest.patterns}
    days: dict[str, pd.DataFrame] = {}
    for asked in (one for one in windows.values() if isinstance(one, DayQuantity)):
        if asked.series not in days:  # one by one, since a hundred thousand rows a theory and series add up
            days[asked.series] = daily_series(store, [case.id], [asked.series])
        found = of_window(days[asked.series], asked.series, asked.window, asked.measure)
        runs = runs.merge(found.rename(columns={asked.series: asked.outcome}), on=list(RUN), how="left")
    return _TheoryRuns(
        case,
        {one.id: one.quantity.of(runs) for one in backtest.patterns},
        {one.id: one.test.passes(runs, backtest.pool).astype(np.float64) for one in backtest.patterns},
        np.unique(runs["replicate"], return_inverse=True)[1].astype(np.int64),
    )


def _rows(pattern: ScoredPattern, asked: Mapping[str, _TheoryRuns], pool: int) -> list[dict[str, object]]:
    """One row a theory, the reference's first, whose scores the others are set against."""
    answer, base, number = pattern.answer(pool), pattern.climatology(pool), pattern.number
    reference: dict[str, Estimate] = {}
    rows = []
    for theory, mine in asked.items():
        passed = mine.passed[pattern.id]
        share = float(passed.mean())
        low, high = exact_of_clusters(passed, mine.cluster)
        row: dict[str, Any] = {
            "pattern": pattern.id, "theory": theory, "worlds": "kept" if mine.case.mode == POSTERIOR else "prior",
            "runs": len(passed), "clusters": int(mine.cluster.max()) + 1, "passed": int(passed.sum()),
            "probability": share, "low": low, "high": high, "answer": None if answer is None else int(answer),
            "climatology": base,
        }  # fmt: skip
        scores: dict[str, Estimate] = {}
        if answer is not None:
            ends = (high, low) if answer else (low, high)
            scores["brier"] = (brier(share, answer), brier(ends[0], answer), brier(ends[1], answer))
            row |= _told("log", (log_score(share, answer), log_score(ends[0], answer), log_score(ends[1], answer)))
            row |= {"brier_climatology": brier(base, answer), "log_climatology": log_score(base, answer)}
            certain = (brier(base, answer),) * 3
            row |= _told("brier_vs_climatology", difference(scores["brier"], certain))
        values = mine.values[pattern.id]
        if number is not None and not np.isnan(values).any():
            distance = crps(values, number)
            if row["clusters"] >= FEWEST:
                scores["crps"] = (distance, *crps_interval(values, mine.cluster, number))
            row["crps"] = distance
            past = pattern.past.numbers if pattern.past else None
            row["crps_climatology"] = None if past is None else crps(past, number)
        for name, score in scores.items():
            row |= _told(name, score)
            if theory == REFERENCE:
                reference[name] = score
            elif name in reference:
                row |= _told(f"{name}_vs_T0", difference(score, reference[name]))
        rows.append(row)
    return rows


def _told(name: str, estimate: Estimate) -> dict[str, object]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), estimate, strict=True))


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    """Means over the patterns with an answer, one row a theory, the reference first.

    An end of a mean is the mean of the patterns' ends: as wide as if all patterns went together, since how much they do
    is what few worlds tell least, and never none, however much all runs agree.
    """
    scored = table[table["answer"].notna()]
    rows: list[dict[str, object]] = []
    reference: Estimate | None = None
    for theory, mine in scored.groupby("theory", sort=False):
        score = float(mine["brier"].mean()), float(mine["brier_low"].mean()), float(mine["brier_high"].mean())
        base = float(mine["brier_climatology"].mean())
        row: dict[str, object] = {"theory": theory, "patterns": len(mine)} | _told("brier", score)
        row |= {"log": float(mine["log"].mean()), "brier_climatology": base}
        against = {"climatology": difference(score, (base,) * 3)}
        if reference is not None:
            against["T0"] = difference(score, reference)
        reference = score if theory == REFERENCE else reference
        for other, apart in against.items():
            row |= _told(f"brier_vs_{other}", apart) | {f"verdict_{other}": verdict(apart)}
        rows.append(row)
    return pd.DataFrame(rows)


def verdict(apart: Estimate) -> str:
    """Whether a score is below another, above it, or neither can be told."""
    _, low, high = apart
    return CLOSER if high < 0 else FARTHER if low > 0 else UNTOLD
