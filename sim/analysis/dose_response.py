"""An outcome against what was turned: one setting of a sweep, or another outcome of the same runs.

Against a setting each of its values is a point. Against an outcome, such as the risk that officers perceive, runs are
put into bins of about one size; that is how the two go together over runs, and not what the one does to the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np
import pandas as pd

from sim.analysis.statistics.summary import HIGH, LOW, good
from sim.analysis.tipping import varied
from sim.model.withdrawal import THEORIES

QUANTILES = {"low": LOW, "lower": 0.25, "median": 0.5, "upper": 0.75, "high": HIGH}
COLUMNS = ("theory", "at", "first", "last", "runs", *QUANTILES)
BINS, FEWEST = 10, 10
"""Bins of an outcome on the axis, at most; runs that each of them has, at least, where there are two or more."""


def turned(cases: pd.DataFrame) -> str | None:
    """The one number in which the cases of each theory differ; None where there is none, or they differ in more.

    A setting, or the size of an event, as :func:`with_event_sizes` names it.
    """
    cases = with_event_sizes(cases)
    names = {name for _, rows in cases.groupby("theory.name") for name in varied(rows)}
    if len(names) != 1:
        return None
    (name,) = names
    numeric = pd.api.types.is_numeric_dtype(cases[name]) and not pd.api.types.is_bool_dtype(cases[name])
    return name if numeric else None


def with_event_sizes(cases: pd.DataFrame) -> pd.DataFrame:
    """Cases with a column for each size of an event in which they differ: "levers.foreign_troops on 2024-03-06".

    Where their events differ in more than sizes, such as days, there is a column of texts, which is no dose.
    """
    if "scenario.events" not in cases or cases["scenario.events"].nunique() < 2:
        return cases
    tables = [json.loads(text) for text in cases["scenario.events"]]
    shapes = {json.dumps([[day, when, [write[:2] for write in writes]] for day, when, writes in one]) for one in tables}
    if len(shapes) > 1:
        return cases.assign(**{"events that differ": cases["scenario.events"]})
    sizes: dict[str, list[float | str]] = {}
    for one in tables:
        seen: dict[str, int] = {}
        for day, _, writes in one:
            for target, _, value in writes:
                name = f"{target} on {day}" if day else f"{target} on a condition"
                seen[name] = seen.get(name, 0) + 1
                size = value if isinstance(value, str) else float(value)  # what is drawn is named by its setting
                sizes.setdefault(name if seen[name] == 1 else f"{name} ({seen[name]})", []).append(size)
    return cases.assign(**{name: values for name, values in sizes.items() if len(set(values)) > 1})


def by_setting(cases: pd.DataFrame, runs: pd.DataFrame, setting: str, outcome: str) -> pd.DataFrame:
    """Quantiles of an outcome at each value of a setting, under each theory.

    Parameters
    ----------
    cases, runs
        Tables of a store; failed runs, and runs without a value, are left out.

    Returns
    -------
    One row a theory and value, in the order of the theories, ascending: ``theory``, ``at`` (the
    value; ``first`` and ``last`` are the same), ``runs``, and ``low``, ``lower``, ``median``, ``upper``, ``high``:
    quantiles 5, 25, 50, 75 and 95 % of runs.
    """
    placed = _placed(cases, runs, outcome, with_event_sizes(cases).set_index("case")[setting])
    rows = []
    for (theory, at), some in placed.groupby(["theory", "x"], sort=True):
        rows.append([theory, at, at, at, *_quantiles(some["y"])])
    return _in_order(rows)


def by_outcome(cases: pd.DataFrame, runs: pd.DataFrame, axis: str, outcome: str) -> pd.DataFrame:
    """Quantiles of an outcome over the runs of each bin of another outcome, under each theory.

    Bins hold about the same number of runs; equal values lie in one bin.

    Returns
    -------
    As :func:`by_setting`; ``at`` is the median of the bin's runs on the axis, ``first`` and ``last`` are its ends.
    """
    placed = _placed(cases, runs, outcome, None, axis)
    rows = []
    for theory, some in placed.groupby("theory", sort=True):
        for part in _bins(some.sort_values("x", kind="stable")):
            x = part["x"].to_numpy(dtype=float)
            middle = float(np.quantile(x, 0.5, method="inverted_cdf"))
            rows.append([theory, middle, x[0], x[-1], *_quantiles(part["y"])])
    return _in_order(rows)


def _in_order(rows: list[list[object]]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    place = {name: number for number, name in enumerate(THEORIES)}
    return found.sort_values("theory", key=lambda names: names.map(place), kind="stable", ignore_index=True)


def _placed(
    cases: pd.DataFrame, runs: pd.DataFrame, outcome: str, setting: pd.Series | None, axis: str = ""
) -> pd.DataFrame:
    """One row a run that has both: theory, x, y."""
    ok = good(runs)
    ok = ok[ok["case"].isin(cases["case"])]
    theory = cases.set_index("case")["theory.name"]
    x = ok[axis] if setting is None else ok["case"].map(setting)
    placed = pd.DataFrame({"theory": ok["case"].map(theory), "x": _numbers(x), "y": _numbers(ok[outcome])})
    return placed.dropna()


def _numbers(values: pd.Series) -> pd.Series:
    return pd.to_numeric(values.astype("object")).astype("Float64").astype(float)


def _quantiles(values: pd.Series) -> list[float]:
    points = np.quantile(values.to_numpy(dtype=float), list(QUANTILES.values()), method="inverted_cdf")
    return [len(values), *map(float, points)]


def _bins(ordered: pd.DataFrame) -> Iterable[pd.DataFrame]:
    """Parts of about one size, never cut between equal values."""
    count = len(ordered)
    parts = int(np.clip(count // FEWEST, 1, BINS))
    x, begin = ordered["x"].to_numpy(dtype=float), 0
    for number in range(1, parts + 1):
        end = int(np.searchsorted(x, x[count * number // parts - 1], side="right"))
        if end > begin:
            yield ordered.iloc[begin:end]
            begin = end
