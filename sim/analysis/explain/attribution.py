"""Which cause drives exits: the share of them that vanishes when one cause is switched off under the same draws.

Shares are ratios of sums, 1 − Σ exits without / Σ exits with, so runs in which nobody
leaves do no harm. They need not add to one: an exit that takes two causes together vanishes without either of them
and counts for both; one that either of two would have brought about counts for neither; and a cause that holds
officers back has a negative share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim import text as words
from sim.analysis.explain.causes import CAUSES, counterfactuals
from sim.analysis.statistics.intervals import relative_drop
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, blocks
from sim.ensemble.engine.block import Result, simulate
from sim.ensemble.engine.result_tables import numbers
from sim.ensemble.execution.report import Progress
from sim.ensemble.store.buffered_writer import BufferedWriter
from sim.ensemble.store.store import Store

TABLE = "attribution"
"""Name of the store's table of attribution."""
HORIZONS = {"exits_in_surge": "surge", "exits_after_record": "after_record", "exits_by_end": "end"}
"""Outcomes that the table of attribution holds, and the word for when each counts: in the surge up to the record's end,
after it, and all by the run's end."""


@dataclass(frozen=True)
class AttributionReport:
    """What was computed, what the store had, and what failed: cause, replicate, message."""

    computed: int
    found: int
    failures: tuple[tuple[str, int, str], ...]


def fill(
    case: Case, replicates: Sequence[int], root_seed: int, store: Store, progress: Progress | None = None
) -> AttributionReport:
    """Run what the store's table of attribution lacks and append it; asking again runs nothing.

    Counterfactuals ride in common blocks; what is finished is written every few seconds, and on the way out whatever
    happens. Failed runs are reported and left out, and tried again by the next call.
    """
    cases = counterfactuals(case)
    stored = store.table(TABLE, cases=[case.id])
    stored = stored[stored["root_seed"] == root_seed]
    done = set(zip(stored["cause"], stored["replicate"], strict=True))
    causes: dict[str, list[str]] = {}
    for name, changed in cases.items():
        causes.setdefault(changed.id, []).append(name)
    missing = {
        key: [r for r in replicates if any((name, r) not in done for name in names)] for key, names in causes.items()
    }
    plan = Plan(tuple(cases.values()), range(0), root_seed)
    failures: list[tuple[str, int, str]] = []
    with closing(BufferedWriter(store)) as writer:
        for block in blocks(plan, missing):
            result = simulate(block)
            writer.take([(TABLE, _rows(case.id, result, causes))])
            failures += _failures(result, causes)
            if progress:
                progress(block.runs)
    count = sum(len(runs) for runs in missing.values())
    return AttributionReport(count, len(causes) * len(replicates) - count, tuple(failures))


def shares(runs: pd.DataFrame, attribution: pd.DataFrame) -> pd.DataFrame:
    """One row a cause and horizon, in the order of :data:`CAUSES`.

    Parameters
    ----------
    runs
        Runs of one case and root seed, as the store has them.
    attribution
        The table of attribution of the same case and root seed.

    Returns
    -------
    pandas.DataFrame
        cause, by (surge, after_record or end), runs (pairs), exits (with the cause), exits_without, share, low, high,
        text.
        The share is null where nobody leaves. A horizon that the runs do not reach has no row.
    """
    pairs = good(runs)[["replicate", *HORIZONS]]
    both = pairs.merge(attribution.astype({"replicate": int}), on="replicate", suffixes=("", "_without"))
    rows = []
    for cause in (cause for cause in CAUSES if cause.name in set(attribution["cause"])):
        for column, by in HORIZONS.items():
            some = both[both["cause"] == cause.name].dropna(subset=[column, f"{column}_without"])
            if some.empty:
                continue
            on, off = some[column].to_numpy(dtype=float), some[f"{column}_without"].to_numpy(dtype=float)
            rows.append([cause.name, by, len(some), on.sum(), off.sum(), *relative_drop(on, off), cause.text])
    columns = ["cause", "by", "runs", "exits", "exits_without", "share", "low", "high", "text"]
    return pd.DataFrame(rows, columns=columns)


def sentence(case: Case, table: pd.DataFrame) -> str:
    """What a table of :func:`shares` says by the run's end, in plain words, and what it does not say."""
    called, ended = {cause.name: cause.called or cause.name for cause in CAUSES}, table[table["by"] == "end"]
    ended = ended[ended["share"].notna()].sort_values("share", ascending=False, kind="stable")
    if ended.empty or ended["share"].iloc[0] <= 0:
        said = f"In this model ({case.label}), no cause switched off alone takes exits away."
    else:
        top, end = ended.iloc[0], date.fromisoformat(str(case.values["clock.end"]))
        gone, by = words.of_runs(top["share"], noun="exits"), words.day(end)
        said = f"In this model ({case.label}), {gone} by {by} would not have happened without {called[top['cause']]} "
        said += f"({_known(top)})."
    lacking = [cause.name for cause in CAUSES if cause.name not in set(table["cause"])]
    said += f" Not in this case: {', '.join(lacking)}." if lacking else ""
    return said + (
        " Without a cause all else happens as it did: what it moves stays as it was at the start."
        " Shares need not add to one: an exit that takes two causes together counts for both, and one that either "
        "would have brought about counts for neither. Exploratory, not a forecast."
    )


def _known(row: pd.Series[Any]) -> str:
    """How well the share of a row of :func:`shares` is known."""
    pairs = words.several(int(row["runs"]), "paired run")
    if np.isnan(row["low"]):
        return f"no interval from {pairs}"
    low, _, high = words.interval(*(100 * row[name] for name in ("low", "share", "high")))
    return f"95 % interval {low} to {high} of 100, {pairs}"


def _rows(case: str, result: Result, causes: Mapping[str, Sequence[str]]) -> pa.Table:
    """Rows of the good runs of a block of counterfactuals, under the id of the ``case`` that they belong to."""
    pairs = _runs_of(result, causes, failed=False)
    runs = np.array([run for run, _ in pairs], dtype=np.int64)
    outcomes = {name: result.outcomes[name][runs] for name in HORIZONS}
    return pa.table(
        {
            "case": pa.array([case] * len(pairs), pa.string()),
            "replicate": pa.array(result.block.replicates[runs]),
            "root_seed": pa.array(np.full(len(pairs), result.block.root_seed, dtype=np.int64)),
            "cause": pa.array([name for _, name in pairs], pa.string()),
            **{name: numbers(values) for name, values in outcomes.items()},
        }
    )


def _failures(result: Result, causes: Mapping[str, Sequence[str]]) -> list[tuple[str, int, str]]:
    failed = _runs_of(result, causes, failed=True)
    return [(name, int(result.block.replicates[run]), result.messages[run]) for run, name in failed]


def _runs_of(result: Result, causes: Mapping[str, Sequence[str]], *, failed: bool) -> list[tuple[int, str]]:
    block = result.block
    ids = [block.cases[place].id for place in block.case_of_run]
    return [(run, name) for run, key in enumerate(ids) if bool(result.messages[run]) == failed for name in causes[key]]
