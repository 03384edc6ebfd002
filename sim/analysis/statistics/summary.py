"""An ensemble on one screen: quantiles of runs, and one sentence in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.outcomes import OUTCOMES, Outcome, added_outcomes, check_outcome, defaults

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
    ok = good(runs)
    rows = [
        [outcome.name, outcome.unit, *_points(ok[outcome.name], outcome), outcome.text]
        for outcome in (*OUTCOMES, *added_outcomes())
        if outcome.name in runs
    ]
    return pd.DataFrame(rows, columns=["outcome", "unit", *_COLUMNS, "meaning"])


def by_case(cases: pd.DataFrame, runs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """One row a case, in the order of ``cases``: case, label, and the quantiles of one outcome as in
    :func:`quantiles`.
    """
    asked = check_outcome("outcome", outcome, among=runs)
    values = {str(case): rows[outcome] for case, rows in good(runs).groupby("case", sort=False)}
    nothing = pd.Series(dtype=float)
    rows = [
        [case, label, *_points(values.get(case, nothing), asked)]
        for case, label in zip(cases["case"], cases["label"], strict=True)
    ]
    return pd.DataFrame(rows, columns=["case", "label", *_COLUMNS])


_COLUMNS = ("runs", "low", "lower", "median", "upper", "high")


_HEADS = {"low": "5 %", "lower": "25 %", "upper": "75 %", "high": "95 %"}


def usual(table: pd.DataFrame) -> pd.DataFrame:
    """Of the rows of :func:`quantiles` those that a screen shows unless all are asked for."""
    shown = (*defaults.SUMMARY, *(outcome.name for outcome in added_outcomes()))
    return table[table["outcome"].isin(shown)].reset_index(drop=True)


def for_people(table: pd.DataFrame) -> pd.DataFrame:
    """The columns of :func:`quantiles` or :func:`by_case` that people read, quantiles called by their percentage."""
    return table.drop(columns=["meaning", "case"], errors="ignore").rename(columns=_HEADS)


def cell(value: Any) -> str:
    """A value of a table for people: a number to four significant digits, nothing for a missing one."""
    if value is None or (not isinstance(value, str | list | tuple | dict) and pd.isna(value)):
        return ""
    return words.number(value, digits=4) if isinstance(value, float) else str(value)


def _points(values: pd.Series, outcome: Outcome) -> list[object]:
    """How many runs have a value, and its quantiles, or nothing where none has."""
    known = values.dropna()
    if outcome.type == "date":
        known = pd.Series([pd.Timestamp(day).toordinal() for day in known], dtype=float)
    numbers = known.to_numpy(dtype=float)
    if not len(numbers):
        return [0, *[None] * 5]
    points = np.quantile(numbers, [LOW, 0.25, 0.5, 0.75, HIGH], method="inverted_cdf")
    return [len(numbers), *(date.fromordinal(int(x)) if outcome.type == "date" else float(x) for x in points)]


@dataclass(frozen=True)
class Ask:
    """What the sentence needs to know of a case; ``worlds`` says which its runs are of, if that is to be said."""

    scenario: str
    theory: str
    pool: int
    first_contingent: int
    record_end: date
    worlds: str = ""


def sentence(runs: pd.DataFrame, ask: Ask) -> str:
    """What the ensemble found, in plain words with numbers, and what it is not."""
    ok = good(runs)
    if ok.empty:
        return "No run of this case ended well, so there is nothing to say."
    exits = ok["exits_by_record_end"].dropna().to_numpy(dtype=float)
    end = words.day(ask.record_end)
    name = f"{ask.scenario} under {ask.theory}{f', {ask.worlds}' if ask.worlds else ''}"
    if not len(exits):
        return f"In this model ({name}) the runs do not include {end}. Exploratory, not a forecast."
    if len(exits) == 1:
        said = f"in one run {exits[0]:.0f} of {ask.pool} officers had stepped out by {end}"
    elif not exits.any():
        said = f"none of {ask.pool} officers had stepped out by {end} in any run"
    else:
        low, middle, high = np.quantile(exits, [LOW, 0.5, HIGH], method="inverted_cdf")
        said = (
            f"{low:.0f} to {high:.0f} of {ask.pool} officers (90 of 100 runs; half of them at most {middle:.0f}) "
            f"had stepped out by {end}"
        )
    reported = f"a withdrawal had been reported by the end in {_in_runs(ok['withdrawal_reports'] > 0)}"
    short = ok["target_shortfall"].dropna()
    wanted = f"; too few were left for a first contingent of {ask.first_contingent:,} in "
    missing = wanted + _in_runs(short > 0) if len(short) else ""
    return f"In this model ({name}), {said}; {reported}{missing}. Exploratory, not a forecast."


def _in_runs(happened: pd.Series) -> str:
    return words.of_runs(float(happened.mean()), runs=len(happened), noun="runs")
