"""What commands asked a store for, and what of it is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.store.store import CASES, OWN, RUNS, Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.interface import GOOD, RUN, Table

Finished = Callable[[str], pd.DataFrame]
"""Gives case, root_seed, replicate and future of the runs that a table has its rows of."""


def wanted_runs(notes: Iterable[Mapping[str, Any]], table: str = RUNS) -> pd.DataFrame:
    """Every run that the commands of a store asked for in a table, once: case, root_seed, replicate, future.

    A command that looked for enough replicates itself wanted those at which its cases stopped, or its first round if it
    was interrupted. One that noted no tables wanted that of the runs, and one that noted no replicates nothing. What
    was pruned since is not wanted any more.

    Parameters
    ----------
    notes
        As :meth:`sim.ensemble.store.store.Store.invocations` gives them, oldest first.
    """
    wanted: dict[tuple[str, int], list[NDArray[np.int64]]] = {}
    for note in notes:
        pruned = note.get("pruned") or {}
        if table in pruned.get("tables", ()):
            cases = pruned.get("cases")
            wanted = {} if cases is None else {key: rows for key, rows in wanted.items() if key[0] not in set(cases)}
        if table in (note.get("tables") or (RUNS,)) and note.get("root_seed") is not None:
            for case, rows in _replicates(note):
                wanted.setdefault((case, note["root_seed"]), []).append(rows)
    keys = list(wanted)
    runs = [np.unique(np.concatenate(wanted[key])) for key in keys]
    of = np.repeat(np.arange(len(keys)), [len(r) for r in runs])
    futures, replicates = np.divmod(np.concatenate(runs) if runs else np.zeros(0, dtype=np.int64), FUTURES)
    return pd.DataFrame({
        "case": np.array([case for case, _ in keys], dtype=object)[of],
        "root_seed": np.array([seed for _, seed in keys], dtype=np.int64)[of],
        "replicate": replicates,
        "future": futures,
    })  # fmt: skip


def _replicates(note: Mapping[str, Any]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """By case, the runs that one command wanted, as :func:`sim.ensemble.cases.run_numbers.run_numbers` has them."""
    kept = note.get("kept_worlds") or {"lists": [], "of": {}}
    if note.get("only"):
        yield from ((case, np.array(rows, dtype=np.int64)) for case, rows in note["only"].items())
    elif note.get("replicates"):
        first, stop = note["replicates"]
        reached = (note.get("until") or {}).get("reached") or {}
        for case in note.get("cases") or ():
            end = first + reached[case]["replicates"] if case in reached else stop
            places = np.arange(first, end, dtype=np.int64)
            if case in kept["of"]:
                worlds = np.array(kept["lists"][kept["of"][case]], dtype=np.int64)
                places = worlds[places % len(worlds)] + places // len(worlds) * FUTURES
            yield case, places


def missing_rows(
    store: Store, notes: Sequence[Mapping[str, Any]], runs: pd.DataFrame, finished: Finished | None = None
) -> dict[str, pd.DataFrame]:
    """By table, the runs that some command wanted there and that have no rows, or no good one, in it.

    Parameters
    ----------
    notes
        Of the commands, oldest first.
    runs
        Rows of the table of runs, with ``status``.
    finished
        Gives the runs that a table has its rows of, to be handed to several questions so that each table is read once;
        None: as the store has them now.

    Returns
    -------
    dict
        Tables that lack something, each with case, root_seed, replicate and future of what it lacks. Under ``cases``
        are the runs whose case is gone.
    """
    lacks = _lacks(store, notes, runs, _good(runs), finished or store.finished_runs)
    return {table: rows for table, rows in lacks.items() if len(rows)}


def lost_rows(
    store: Store, notes: Sequence[Mapping[str, Any]], runs: pd.DataFrame, finished: Finished | None = None
) -> dict[str, pd.DataFrame]:
    """The same of what was there once: a command that has come to its end wanted it, and it is gone.

    What a command that was interrupted has not done yet is not lost, nor are rows that failed runs never had.
    """
    ended = [note for note in notes if note.get("finished") or note.get("pruned")]
    lacks = _lacks(store, ended, runs, runs[list(RUN)], finished or store.finished_runs)
    for table in _of_runs():
        if table.name in lacks:
            lacks[table.name] = lacks[table.name].merge(_good(runs), on=list(RUN))
    lacks.pop(OWN, None)  # an outcome may have been added since, or could not be computed
    return {table: rows for table, rows in lacks.items() if len(rows)}


def _lacks(
    store: Store, notes: Sequence[Mapping[str, Any]], runs: pd.DataFrame, there: pd.DataFrame, finished: Finished
) -> dict[str, pd.DataFrame]:
    """What commands wanted of each table and is not in it; ``there`` are the runs that the table of runs counts."""
    of_runs = wanted_runs(notes)
    lacks = {RUNS: _without(of_runs, there), CASES: runs.loc[~runs["case"].isin(store.cases()["case"]), list(RUN)]}
    for table in _of_runs():
        # An added outcome is wanted of every run, whenever it was added.
        wanted = of_runs if table.name == OWN else wanted_runs(notes, table.name)
        if len(wanted):
            lacks[table.name] = _without(wanted, finished(table.name))
    return lacks


def _good(runs: pd.DataFrame) -> pd.DataFrame:
    return runs.loc[runs["status"] == GOOD, list(RUN)]


def _of_runs() -> list[Table]:
    """Tables that have rows of runs, besides that of the runs; none that would need rows of nothing."""
    others = [table for table in TABLES.values() if table.name not in (CASES, RUNS)]
    return [table for table in others if table.needs is None or table.needs[1]()]


def _without(wanted: pd.DataFrame, there: pd.DataFrame) -> pd.DataFrame:
    left = wanted.merge(there, on=list(RUN), how="left", indicator=True)
    return left.loc[left["_merge"] == "left_only", list(RUN)]
