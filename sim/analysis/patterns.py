"""Scores against the patterns of the record, C1 to C6: tolerances fixed beforehand, and no point target anywhere.

The record gives no number of withdrawals (fact ``withdrawal_report``), so no score rewards one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import text as words
from sim.analysis.statistics.intervals import relative_drop
from sim.analysis.statistics.summary import good

Passes = NDArray[np.bool_]

REASONS = ("violence", "ambiguity")
"""What officers named, as causes of :data:`sim.analysis.explain.causes.CAUSES` (C4)."""
HALF = 0.5
"""A theory shows a pattern when at least this share of its replicates passes."""
C4_DROP = 0.10
"""Violence off, and ambiguity off, each lower the exits of the surge by at least this share (C4)."""


@dataclass(frozen=True)
class Pattern:
    """One pattern of the record and the test a replicate must pass.

    ``passes`` is None for a pattern of the whole ensemble (C4).
    """

    id: str
    text: str
    rule: str
    facts: tuple[str, ...]
    passes: Callable[[pd.DataFrame, int], Passes] | None


def _first_report(runs: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(runs["first_report_date"])


def _quiet_before(runs: pd.DataFrame, pool: int) -> Passes:
    first = _first_report(runs)
    return (first.isna() | (first > pd.Timestamp(2024, 2, 28))).to_numpy()


def _report_after(runs: pd.DataFrame, pool: int) -> Passes:
    first = _first_report(runs)
    return ((first >= pd.Timestamp(2024, 3, 1)) & (first <= pd.Timestamp(2024, 3, 11))).to_numpy()


def _squad_together(runs: pd.DataFrame, pool: int) -> Passes:
    return (runs["max_squad_share_3d"] >= 0.5).to_numpy()


def _undisclosed(runs: pd.DataFrame, pool: int) -> Passes:
    exits, before = runs["exits_by_record_end"], runs["exits_before_surge"]
    return ((exits >= 1) & (exits <= pool) & (before <= 40)).to_numpy()


def _violence(runs: pd.DataFrame, pool: int) -> Passes:
    q4, q1 = runs["deaths_q4_2023"].astype(float) / 91, runs["deaths_q1_2024"].astype(float) / 91
    week = runs["deaths_surge_week"].astype(float) / 7
    return (
        ((q4 / 12.0 - 1).abs() <= 0.2).to_numpy() & ((q1 / 18.2 - 1).abs() <= 0.2).to_numpy() & (week > q1).to_numpy()
    )


PATTERNS: tuple[Pattern, ...] = (
    Pattern("C1", "no reported exit before the surge, despite court block and two slipped starts",
            "no report from 2 October 2023 to 28 February 2024", ("withdrawal_report",), _quiet_before),
    Pattern("C2", "first report soon after the surge and the accord", "first report on 1 to 11 March 2024",
            ("withdrawal_report",), _report_after),
    Pattern("C3", "a squad leaves together", "a squad with at least half out within 3 days, by 7 March 2024",
            ("squad_withdrawal",), _squad_together),
    Pattern("C4", "both reasons are real",
            "violence off, and ambiguity off, each lower exits in the surge by at least 10 %",
            ("reason_violence", "reason_mechanisms"), None),
    Pattern("C5", "the number is undisclosed", "1 to the whole pool out by 7 March 2024, at most 40 by 28 February",
            ("withdrawal_report",), _undisclosed),
    Pattern("C6", "level and step of violence",
            "12.0 deaths a day ± 20 % in Q4 2023, 18.2 ± 20 % in Q1 2024, the surge week above the quarter",
            ("killed_q4_2023", "killed_q1_2024"), _violence),
)  # fmt: skip


def scores(runs: pd.DataFrame, pool: int) -> dict[str, float]:
    """Share of replicates that pass each pattern but C4; a null outcome does not pass."""
    return {p.id: float(p.passes(runs, pool).mean()) for p in PATTERNS if p.passes is not None and len(runs)}


NEEDS = {"C3": "max_squad_share_3d", "C5": "exits_by_record_end", "C6": "deaths_q1_2024"}
"""Outcomes that lie beyond a short run's horizon; a pattern whose outcome no run has is not tested."""


def tested(runs: pd.DataFrame, pool: int) -> dict[str, float]:
    """Share of the good runs that pass each pattern but C4, of those patterns whose days the runs see."""
    ok = good(runs)
    unknown = [one for one, needed in NEEDS.items() if ok[needed].isna().all()]
    return {one: share for one, share in scores(ok, pool).items() if one not in unknown}


def agreement(runs: pd.DataFrame, pool: int) -> str:
    """In one line how far the runs of a case are from the record."""
    shares, texts = tested(runs, pool), {pattern.id: pattern.text for pattern in PATTERNS}
    if not shares:
        return "The record: these runs see none of its patterns."
    count = len(good(runs))
    told = [f"{one} {words.of_runs(share, runs=count)}" for one, share in shares.items()]
    missed = [f"{one} ({texts[one]})" for one, share in shares.items() if share < HALF]
    said = f"How far these runs are from the record, pattern by pattern: {', '.join(told)} runs show it"
    return f"{said}; most lack {', '.join(missed)}." if missed else f"{said}."


def drops_without_reasons(runs: pd.DataFrame, attribution: pd.DataFrame) -> dict[str, float]:
    """By how much exits in the surge fall without each of the :data:`REASONS`, over the runs that both have.

    Parameters
    ----------
    runs
        Runs of one case, with columns root_seed, replicate, status and exits_in_surge.
    attribution
        Rows of the store's table of attribution of the same case: cause, root_seed, replicate, exits_in_surge.

    Returns
    -------
    1 − Σ exits without / Σ exits, by reason; NaN where that was not run, or nobody leaves.
    """
    exits, keys, drops = "exits_in_surge", ["root_seed", "replicate", "future"], {}
    for reason in REASONS:
        without = attribution.loc[attribution["cause"] == reason, [*keys, exits]]
        pairs = good(runs).merge(without, on=keys, suffixes=("", "_without"))
        both = pairs[[exits, f"{exits}_without"]].dropna().to_numpy(dtype=float)
        drops[reason] = relative_drop(both[:, 0], both[:, 1]).share
    return drops


def both_reasons(drops: Mapping[str, float]) -> bool | None:
    """C4: whether each of the :data:`REASONS` lowers exits by at least :data:`C4_DROP`; None where one is not known.

    >>> both_reasons({"violence": 0.3, "ambiguity": 0.02}), both_reasons({"violence": 0.3, "ambiguity": 0.1})
    (False, True)
    """
    known = [drops[reason] for reason in REASONS]
    return None if np.isnan(known).any() else min(known) >= C4_DROP
