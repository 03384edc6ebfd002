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
from sim.analysis.explain.causes import CAUSES, Cause, counterfactuals
from sim.analysis.statistics.intervals import relative_drop
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import FUTURES, run_name, run_numbers
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


LEADER = "leaders"
"""The cause that is a squad's leader leaving; its share is always named."""
_CAVEAT = (
    " Without a cause all else happens as it did: what it moves stays as it was at the start."
    " Shares need not add to one: an exit that takes two causes together counts for both, and one that either "
    "would have brought about counts for neither. Exploratory, not a forecast."
)


@dataclass(frozen=True)
class AttributionReport:
    """What was computed, what the store had, and what failed: cause, run (its name), message."""

    computed: int
    found: int
    failures: tuple[tuple[str, str, str], ...]


def fill(
    case: Case, runs: Sequence[int], root_seed: int, store: Store, progress: Progress | None = None
) -> AttributionReport:
    """Run what the store's table of attribution lacks of ``runs``, by their numbers
    (:mod:`sim.ensemble.cases.run_numbers`), and append it; asking again runs nothing.

    Counterfactuals ride in common blocks; what is finished is written every few seconds, and on the way out whatever
    happens. Failed runs are reported and left out, and tried again by the next call.
    """
    cases = counterfactuals(case)
    stored = store.table(TABLE, cases=[case.id])
    stored = stored[stored["root_seed"] == root_seed]
    done = set(zip(stored["cause"], run_numbers(stored).tolist(), strict=True))
    causes: dict[str, list[str]] = {}
    for name, changed in cases.items():
        causes.setdefault(changed.id, []).append(name)
    missing = {key: [r for r in runs if any((name, r) not in done for name in names)] for key, names in causes.items()}
    plan = Plan(tuple(cases.values()), range(0), root_seed)
    failures: list[tuple[str, str, str]] = []
    with closing(BufferedWriter(store)) as writer:
        for block in blocks(plan, missing):
            result = simulate(block)
            writer.take([(TABLE, _rows(case.id, result, causes))])
            failures += _failures(result, causes)
            if progress:
                progress(block.runs)
    count = sum(map(len, missing.values()))
    return AttributionReport(count, len(causes) * len(runs) - count, tuple(failures))


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
    keys = ["replicate", "future"]
    pairs = good(runs)[[*keys, *HORIZONS]]
    both = pairs.merge(attribution.astype(dict.fromkeys(keys, int)), on=keys, suffixes=("", "_without"))
    rows = []
    for cause in (cause for cause in CAUSES if cause.name in set(attribution["cause"])):
        for column, by in HORIZONS.items():
            some = both[both["cause"] == cause.name].dropna(subset=[column, f"{column}_without"])
            if some.empty:
                continue
            # Futures of one world are a cluster: an interval is of worlds.
            sides = some.groupby("replicate", sort=False)[[column, f"{column}_without"]].sum()
            on, off = sides.to_numpy(dtype=float).T
            rows.append([cause.name, by, len(some), on.sum(), off.sum(), *relative_drop(on, off), cause.text])
    columns = ["cause", "by", "runs", "exits", "exits_without", "share", "low", "high", "text"]
    return pd.DataFrame(rows, columns=columns)


def side_by_side(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables of :func:`shares` of one world side by side, for people: a row a cause and horizon, a column a theory.

    Parameters
    ----------
    tables
        By theory; they rest on the same replicates, or the columns are not alike.

    Returns
    -------
    cause, by, and of each theory how many of 100 exits vanish without the cause with the 95 % interval: "18 (12 to
    24)"; "not in it" where the theory does not have the cause, "no exits" where nobody leaves. The first row of each
    horizon has the mean exits themselves.
    """
    rows = []
    for by in dict.fromkeys(HORIZONS.values()):
        at = {theory: table[table["by"] == by].set_index("cause") for theory, table in tables.items()}
        if all(table.empty for table in at.values()):
            continue
        rows.append(["exits a run", by, *(_exits(table) for table in at.values())])
        for cause in (cause.name for cause in CAUSES if any(cause.name in table.index for table in at.values())):
            rows.append([cause, by, *(_share(table, cause) for table in at.values())])
    return pd.DataFrame(rows, columns=["cause", "by", *tables])


def _exits(table: pd.DataFrame) -> str:
    if table.empty:
        return ""
    first = table.iloc[0]
    return words.estimate(float(first["exits"]) / float(first["runs"]))


def _share(table: pd.DataFrame, cause: str) -> str:
    if cause not in table.index:
        return "not in it"
    row = table.loc[cause]
    if pd.isna(row["share"]):
        return "no exits"
    if pd.isna(row["low"]) or row["low"] == row["high"]:
        return words.estimate(100 * row["share"])
    low, share, high = words.interval(*(100 * row[name] for name in ("low", "share", "high")))
    return f"{share} ({low} to {high})"


def sentence_of_theories(name: str, tables: Mapping[str, pd.DataFrame], end: date) -> str:
    """What tables of :func:`shares` of one world say by the run's end: which cause leads, and the leader's share."""
    called = {cause.name: cause.called or cause.name for cause in CAUSES}
    ended = {theory: table[(table["by"] == "end") & table["share"].notna()] for theory, table in tables.items()}
    leading: dict[str, list[str]] = {}
    for theory, table in ended.items():
        some = table[table["share"] > 0]
        if some.empty:
            leading.setdefault("", []).append(words.spoken(theory))
            continue
        top = some.sort_values("share", ascending=False, kind="stable").iloc[0]
        gone = words.of_runs(float(top["share"]))
        leading.setdefault(str(top["cause"]), []).append(f"{words.spoken(theory)} ({gone})")
    parts = [f"without {called[cause]} under {', '.join(of)}" for cause, of in leading.items() if cause]
    said = f"In this model ({words.spoken(name)}), the most exits by {words.day(end)} would not have happened "
    said = (
        said + "; ".join(parts) + "." if parts else f"In this model ({words.spoken(name)}), no cause takes exits away."
    )
    if leading.get(""):
        said += f" No cause switched off alone takes exits away under {', '.join(leading[''])}."
    led = {theory: float(table.loc[table["cause"] == LEADER, "share"].iloc[0]) for theory, table in ended.items()
           if (table["cause"] == LEADER).any()}  # fmt: skip
    if led:
        told = ", ".join(
            f"{words.number(100 * share, digits=2)} ({words.spoken(theory)})" for theory, share in led.items()
        )
        said += f" Of 100 exits so many would not have happened without {called[LEADER]}: {told}."
    return said + _CAVEAT


def how_off() -> str:
    """How each cause is switched off, since shares are alike only where the switches are."""
    told = [f"{cause.name} ({', '.join([*_set(cause), *_capped(cause)])})" for cause in CAUSES]
    return f"Switched off: {'; '.join(told)}."


def _set(cause: Cause) -> list[str]:
    return [f"{key} = {words.number(value)}" for key, value in cause.off.items()]


def _capped(cause: Cause) -> list[str]:
    return [f"{key} at most {cap if isinstance(cap, str) else words.number(cap)}" for key, cap in cause.caps.items()]


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
    return said + _CAVEAT


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
            "future": pa.array(result.block.future_of_run[runs]),
            "cause": pa.array([name for _, name in pairs], pa.string()),
            **{name: numbers(values) for name, values in outcomes.items()},
        }
    )


def _failures(result: Result, causes: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str]]:
    failed, block = _runs_of(result, causes, failed=True), result.block
    numbers = block.replicates + block.future_of_run * FUTURES
    return [(name, run_name(numbers[run]), result.messages[run]) for run, name in failed]


def _runs_of(result: Result, causes: Mapping[str, Sequence[str]], *, failed: bool) -> list[tuple[int, str]]:
    block = result.block
    ids = [block.cases[place].id for place in block.case_of_run]
    return [(run, name) for run, key in enumerate(ids) if bool(result.messages[run]) == failed for name in causes[key]]
