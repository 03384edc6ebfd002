"""What worlds that lived the record predict of what a backtest asks, and how that is scored.

A pattern's predictive probability under a theory is the share of its runs that show it. Its interval is exact, and says
how well these runs know the share; it says nothing of how right the theory is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.agreement import REFERENCE
from sim.analysis.backtest.backtest_file import Backtest
from sim.analysis.backtest.scored_patterns import DayQuantity, ScoredPattern
from sim.analysis.day_windows import daily_series, of_window
from sim.analysis.lived_record import still_happened
from sim.analysis.statistics.intervals import exact_of_clusters
from sim.analysis.statistics.scores import (
    SEED,
    TAILS,
    brier,
    crps,
    crps_interval,
    difference,
    log_score,
    resampled,
)
from sim.analysis.statistics.summary import good
from sim.arrays import FloatArray, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables.interface import RUN
from sim.errors import UserMistake

CLOSER, FARTHER, UNTOLD = "closer", "farther", "not told apart"
_NOTHING = (None, None, None)
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
        observed ``crps`` with ends, ``crps_vs_T0`` with ends, and ``crps_climatology``. Null where there is none.
    summary
        One row a theory, over all patterns with an answer: ``theory``, ``patterns``, mean ``brier`` and ``log`` with
        ends, ``brier_climatology``, ``brier_vs_T0`` and ``brier_vs_climatology`` with ends, and ``verdict_T0``,
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
    return Predictions(backtest, pd.DataFrame(rows), _summary(backtest, asked), still)


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
        row: dict[str, object] = {
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
            scores["crps"] = (crps(values, number), *crps_interval(values, mine.cluster, number))
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


def _told(name: str, estimate: Estimate | tuple[None, None, None]) -> dict[str, object]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), estimate, strict=True))


def _summary(backtest: Backtest, asked: Mapping[str, _TheoryRuns]) -> pd.DataFrame:
    """Means over the patterns with an answer, with intervals of a bootstrap of the worlds of each theory."""
    pool = backtest.pool
    answers = {one.id: answer for one in backtest.patterns if (answer := one.answer(pool)) is not None}
    if not answers:
        return pd.DataFrame()
    truth = np.array(list(answers.values()), dtype=np.float64)
    bases = np.array([one.climatology(pool) for one in backtest.patterns if one.id in answers])
    climatology = float(((bases - truth) ** 2).mean())
    rows: list[dict[str, object]] = []
    reference = np.empty(0)
    for number, (theory, mine) in enumerate(asked.items()):
        shown = np.array([mine.passed[id] for id in answers])
        share = shown.mean(axis=1)
        again = resampled(mine.cluster, SEED + number) @ shown.T
        means = ((again - truth) ** 2).mean(axis=1)
        score = float(((share - truth) ** 2).mean())
        reference = means if theory == REFERENCE else reference
        logs = [log_score(float(p), bool(t)) for p, t in zip(share, truth, strict=True)]
        row: dict[str, object] = {"theory": theory, "patterns": len(truth)}
        row |= _told("brier", (score, *_ends(means)))
        row |= {"log": float(np.mean(logs)), "brier_climatology": climatology}
        against = {"climatology": (score - climatology, *_ends(means - climatology))}
        if theory != REFERENCE:
            first = float(str(rows[0]["brier"]))
            against["T0"] = (score - first, *_ends(means - reference))
        for other, apart in against.items():
            row |= _told(f"brier_vs_{other}", apart) | {f"verdict_{other}": verdict(apart)}
        rows.append(row)
    return pd.DataFrame(rows)


def verdict(apart: Estimate) -> str:
    """Whether a score is below another, above it, or neither can be told."""
    _, low, high = apart
    return CLOSER if high < 0 else FARTHER if low > 0 else UNTOLD


def _ends(values: FloatArray) -> tuple[float, float]:
    low, high = np.quantile(values, TAILS)
    return float(low), float(high)
