"""An ensemble on one screen: quantiles of runs, and one sentence in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from sim.ensemble.outcomes import OUTCOMES

LOW, HIGH = 0.05, 0.95
"""The interval that is shown holds 90 of 100 runs."""


def good(runs: pd.DataFrame) -> pd.DataFrame:
    """Runs that ended well."""
    return runs[runs["status"] == "ok"]


def quantiles(runs: pd.DataFrame) -> pd.DataFrame:
    """One row an outcome: how many runs have it, median, half and 90 % of runs; dates as dates.

    Columns: outcome, unit, runs, low, lower, median, upper, high, meaning. Quantiles are those of *runs*; nothing
    here is an interval of a mean.
    """
    rows = []
    for outcome in OUTCOMES:
        if outcome.name not in runs:
            continue
        values = good(runs)[outcome.name].dropna()
        if outcome.type == "date":
            values = pd.Series([pd.Timestamp(day).toordinal() for day in values], dtype=float)
        numbers = values.to_numpy(dtype=float)
        points = np.quantile(numbers, [LOW, 0.25, 0.5, 0.75, HIGH], method="inverted_cdf") if len(numbers) else []
        shown: list[object] = [date.fromordinal(int(x)) if outcome.type == "date" else float(x) for x in points]
        rows.append([outcome.name, outcome.unit, len(numbers), *(shown or [None] * 5), outcome.text])
    columns = ["outcome", "unit", "runs", "low", "lower", "median", "upper", "high", "meaning"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class Ask:
    """What the sentence needs to know of a case."""

    scenario: str
    theory: str
    pool: int
    first_contingent: int
    record_end: date


def sentence(runs: pd.DataFrame, ask: Ask) -> str:
    """What the ensemble found, in plain words with numbers, and what it is not."""
    ok = good(runs)
    if ok.empty:
        return "No run of this case ended well, so there is nothing to say."
    exits = ok["exits_by_record_end"].dropna().to_numpy(dtype=float)
    end = f"{ask.record_end.day} {ask.record_end:%B %Y}"
    name = f"{ask.scenario} under {ask.theory}"
    if not len(exits):
        return f"In this model ({name}) the runs do not include {end}. Exploratory, not a forecast."
    if len(exits) == 1:
        said = f"in one run {exits[0]:.0f} of {ask.pool} officers had stepped out by {end}"
    else:
        low, middle, high = np.quantile(exits, [LOW, 0.5, HIGH], method="inverted_cdf")
        said = (
            f"{low:.0f} to {high:.0f} of {ask.pool} officers (90 of 100 runs; half of them at most {middle:.0f}) "
            f"had stepped out by {end}"
        )
    reported = f"a withdrawal had been reported by the end in {_of_runs(ok['withdrawal_reports'] > 0)}"
    short = ok["target_shortfall"].dropna()
    wanted = f"; too few were left for a first contingent of {ask.first_contingent:,} in "
    missing = wanted + _of_runs(short > 0) if len(short) else ""
    return f"In this model ({name}), {said}; {reported}{missing}. Exploratory, not a forecast."


def _of_runs(found: pd.Series) -> str:
    """``17 of 100 runs``, never a rounded certainty, and the plain count of fewer than a hundred runs."""
    if len(found) < 100:
        return f"{found.sum():.0f} of {len(found)} run" + ("s" if len(found) > 1 else "")
    percent = 100 * float(found.mean())
    if 0 < percent < 0.5:
        return "fewer than 1 of 100 runs"
    if 99.5 < percent < 100:
        return "more than 99 of 100 runs"
    return f"{percent:.0f} of 100 runs"
