"""Which inputs matter, from a store that a Morris, Sobol' or other such design filled: indices, and luck beside them.

An index is that of the mean over replicates at each point of the design; what luck adds is told as a share of the
variance of single runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.indices import INDICES
from sim.arrays import FloatArray
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables.interface import GOOD
from sim.errors import UserMistake
from sim.outcomes import Outcome, check_outcome

COLUMNS = ["setting", "index", "value", "low", "high", "low_input", "high_input", "effect_low", "effect_high"]


@dataclass(frozen=True)
class Sensitivity:
    """What a design says of one outcome at one combination of choices.

    Attributes
    ----------
    choice
        Words of the combination, such as ``theory=breach``.
    design
        Its name, such as ``morris`` or ``sobol``.
    table
        One row a setting and index, the most important setting first: setting, index (of Morris ``mu_star`` and
        ``sigma`` in the outcome's unit, of Sobol' ``first`` and ``total`` as shares; :mod:`sim.analysis.indices`),
        value, low, high (bootstrap, 95 %), low_input, high_input, effect_low, effect_high (mean outcome over the points
        in the lowest and in the highest quarter of the input).
    parameter_share, luck_share
        Shares of the variance of single runs, over the design, that settings and luck account for.
    points, replicates
        Points of the design, and runs at each.
    case
        The first of the points, for whatever is the same at all of them.
    lacking
        Runs that have no value of the outcome, or failed: columns case, replicate, future. A replicate that lacks one
        at any point is left out at all of them, for points are compared under the same luck.
    """

    choice: tuple[str, ...]
    design: str
    outcome: str
    table: pd.DataFrame
    parameter_share: float
    luck_share: float
    points: int
    replicates: int
    case: str
    lacking: pd.DataFrame = field(default_factory=pd.DataFrame)


def sensitivities(store: Store, outcome: str) -> list[Sensitivity]:
    """One for each combination of choices that a design with :data:`INDICES` has sampled, newest last.

    Raises
    ------
    UserMistake
        For an unknown outcome, or one that a point's runs do not have.
    """
    cases, runs = store.cases().set_index("case"), store.runs(columns=[outcome])
    asked = check_outcome("outcome", outcome, among=runs)
    runs = runs[runs["status"] == GOOD]
    return [analyse(design, sampled, seed, cases, runs, asked) for design, sampled, seed in designs(store)]


def designs(store: Store) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any], int]]:
    """Each design with one of its combinations and its root seed; the same one asked for again counts once."""
    newest: dict[str, tuple[Mapping[str, Any], Mapping[str, Any], int]] = {}
    for note in store.invocations():
        design = note.get("design") or {}
        if design.get("name") in INDICES:
            for sampled in design.get("sampled", ()):
                key = repr((design["name"], sampled["cases"], note["root_seed"]))
                newest.pop(key, None)
                newest[key] = (design, sampled, int(note["root_seed"]))
    yield from newest.values()


def analyse(
    design: Mapping[str, Any],
    sampled: Mapping[str, Any],
    seed: int,
    cases: pd.DataFrame,
    runs: pd.DataFrame,
    outcome: Outcome,
) -> Sensitivity:
    """What one of :func:`designs` says, given the table of cases by id and the good runs."""
    ids, ranges = list(sampled["cases"]), sampled["ranges"]
    values, lacking = _by_point(runs[runs["root_seed"] == seed], ids, outcome)
    mean = values.mean(axis=1)
    inputs = cases.loc[ids, list(ranges)].to_numpy(dtype=float)
    unit = _in_unit(inputs, list(ranges.values()))
    indices = INDICES[design["name"]]
    by_index = indices.of(unit, mean, design)
    ends = [_outer_quarters(column, mean) for column in unit.T]
    table = pd.DataFrame([
        [key, name, numbers[place], numbers[place] - halves[place], numbers[place] + halves[place], *ranges[key][:2],
         *ends[place]]
        for name, (numbers, halves) in by_index.items()
        for place, key in enumerate(ranges)
    ], columns=COLUMNS)  # fmt: skip
    if indices.least is not None:
        table["low"] = table["low"].clip(lower=indices.least)
    weight = table[table["index"] == indices.ranks].set_index("setting")["value"]
    rank = table["setting"].map(weight.rank(ascending=False, method="first"))
    table = table.iloc[np.lexsort((np.arange(len(table)), rank))].reset_index(drop=True)
    parameters, luck = _shares(values)
    return Sensitivity(
        tuple(sampled["choice"]), design["name"], outcome.name, table, parameters, luck, len(set(ids)), values.shape[1],
        ids[0], lacking,
    )  # fmt: skip


def _in_unit(inputs: FloatArray, ranges: Sequence[Sequence[Any]]) -> FloatArray:
    """Where in its range each input lies, ``(points, settings)``, 0 to 1; a range that was explored by its logarithm
    ends in "log"."""
    ends = np.array([some[:2] for some in ranges], dtype=float)
    logs = np.array([some[2:] == ["log"] for some in ranges])
    inputs, ends = inputs.copy(), ends.copy()
    inputs[:, logs], ends[logs] = np.log(inputs[:, logs]), np.log(ends[logs])
    low, high = ends.T
    return np.asarray((inputs - low) / (high - low))


def _outer_quarters(unit: FloatArray, mean: FloatArray) -> tuple[float, float]:
    """Mean in the lowest and in the highest quarter of one input, both ends of a quarter included."""
    return _mean_where(unit <= 0.25, mean), _mean_where(unit >= 0.75, mean)


def _mean_where(chosen: NDArray[np.bool_], mean: FloatArray) -> float:
    return float(mean[chosen].mean()) if chosen.any() else float("nan")


def _by_point(runs: pd.DataFrame, ids: Sequence[str], outcome: Outcome) -> tuple[FloatArray, pd.DataFrame]:
    """The outcome in the replicates that every point has, ``(points, replicates)``, and the runs that have none."""
    rows = runs[runs["case"].isin(set(ids))]
    numbers = rows[outcome.name]
    if outcome.type == "date":
        numbers = (pd.to_datetime(numbers) - pd.Timestamp(0)).dt.days
    once = list(dict.fromkeys(ids))
    wide = (
        rows.assign(number=numbers)
        .pivot(index=["replicate", "future"], columns="case", values="number")
        .reindex(columns=pd.Index(once))
    ).astype(float)
    wide = wide.where(np.isfinite(wide))
    places, points = np.nonzero(wide.isna().to_numpy())
    lacking = wide.index[places].to_frame(index=False)
    lacking.insert(0, "case", [once[point] for point in points])
    whole = wide.dropna(axis=0)
    if whole.empty:
        right = "no replicate has it at every point of the design; take an outcome that every run has, or end the sweep"
        raise UserMistake("outcome", outcome.name, right)
    return whole[list(ids)].to_numpy().T, lacking


def _shares(values: FloatArray) -> tuple[float, float]:
    """Parts of the variance of single runs between points and within them (a one-way random-effects model)."""
    points, replicates = values.shape
    if replicates < 2:
        return float("nan"), float("nan")
    within = float(values.var(axis=1, ddof=1).mean())
    between = max(float(values.mean(axis=1).var(ddof=1)) - within / replicates, 0.0) if points > 1 else 0.0
    whole = within + between
    return (between / whole, within / whole) if whole else (0.0, 0.0)
