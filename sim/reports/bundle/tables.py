"""Cases and runs of a bundle as CSV that any program reads, in one spelling, and back again to the last bit."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import FUTURES, MOST_FUTURES
from sim.ensemble.design.case_csv import case_of_cells
from sim.ensemble.store.digest import digest
from sim.ensemble.store.tables.interface import GOOD, RUN
from sim.errors import StoreDamaged, UserMistake
from sim.outcomes import OUTCOMES

BESIDE = ("world", "status", "message")
"""Columns of a run that are neither its address nor an outcome."""
_HEAD = (*RUN, *BESIDE)
_DATES = {outcome.name for outcome in OUTCOMES if outcome.type == "date"}
_OWN = {outcome.name for outcome in OUTCOMES}


def cases_csv(cases: Sequence[Case]) -> bytes:
    """Every setting of each case, in the order of their ids; ``design=file`` runs such a list as it is."""
    rows = [case.row() for case in sorted(cases, key=lambda case: case.id)]
    columns = dict.fromkeys(key for row in rows for key in row)
    return _csv(columns, ([_cell(row.get(key)) for key in columns] for row in rows))


def read_cases(content: bytes) -> dict[str, Case]:
    """Undo :func:`cases_csv`, as strictly as a list of anybody's is read.

    Raises
    ------
    StoreDamaged
        It is no such table, or a case is not the one that its id says.
    """
    cases = {}
    for number, row in enumerate(_rows(content), 2):
        try:
            case = case_of_cells({key: cell for key, cell in row.items() if cell})
        except UserMistake as fault:
            raise StoreDamaged(f"settings/cases.csv, line {number}: {fault}") from fault
        if row.get("case") not in (case.id, *case.earlier_ids):
            raise StoreDamaged(f"settings/cases.csv, line {number}: case {row.get('case')} comes back as {case.id}")
        cases[str(row["case"])] = case
    return cases


def runs_csv(runs: pd.DataFrame) -> bytes:
    """One row a run, sorted by its address; an outcome in the fewest digits that give its 32 bits back."""
    rows = runs.sort_values(list(RUN), ignore_index=True)
    added = sorted(set(map(str, rows.columns)) - _OWN - set(_HEAD))
    columns = [*(name for name in _HEAD if name in rows), *(o.name for o in OUTCOMES if o.name in rows), *added]
    return _csv(columns, zip(*(_cells(rows[name]) for name in columns), strict=True))


def read_runs(content: bytes) -> pd.DataFrame:
    """Undo :func:`runs_csv`: the same types and bits as a store's table of runs has.

    Raises
    ------
    StoreDamaged
        A cell is none of its column's values.
    """
    rows = _rows(content)
    columns = {name: [row[name] for row in rows] for name in (rows[0] if rows else _HEAD)}
    if missing := [name for name in (*RUN, "status") if name not in columns]:
        raise StoreDamaged(f"runs/runs.csv has no column {', '.join(missing)}")
    try:
        runs = pd.DataFrame({name: _column(name, cells) for name, cells in columns.items()})
    except (ValueError, OverflowError) as fault:
        raise StoreDamaged(f"runs/runs.csv has a cell that is none of its column's values ({fault})") from fault
    inside = runs["replicate"].between(0, FUTURES - 1) & runs["future"].between(0, MOST_FUTURES - 1)
    if not (inside & (runs["root_seed"] >= 0)).all() or runs.duplicated(list(RUN)).any():
        raise StoreDamaged("runs/runs.csv names a run that cannot be, or one twice")
    return runs


def digest_of(runs: pd.DataFrame) -> str:
    """The digest of these runs, which is the store's where they are all that it holds (``tabletop status``)."""
    rows = runs[runs["status"] == GOOD].sort_values(list(RUN), ignore_index=True)
    rows = rows[[name for name in rows if name in (*_HEAD, *_OWN)]]
    table = pa.Table.from_pandas(rows, preserve_index=False)
    for place, name in enumerate(table.column_names):
        if name in _DATES:
            table = table.set_column(place, name, table[name].cast(pa.date32()))
        elif pa.types.is_large_string(table[name].type):
            table = table.set_column(place, name, table[name].cast(pa.string()))
    return digest(table)


def added_values(runs: pd.DataFrame) -> pd.DataFrame:
    """The values of outcomes that somebody added, one row a run and outcome, as a store's table of them has it."""
    added = [name for name in runs if name not in (*_HEAD, *_OWN)]
    rows = runs[runs["status"] == GOOD].melt(id_vars=list(RUN), value_vars=added, var_name="outcome")
    return rows.assign(value=pd.to_numeric(rows["value"], errors="coerce"))


def _csv(head: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _rows(content: bytes) -> list[Mapping[str, str]]:
    csv.field_size_limit(10_000_000)  # events of a case are one cell
    try:
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
        return [dict(zip(header, row, strict=True)) for row in rows]
    except (UnicodeDecodeError, ValueError, csv.Error) as fault:
        raise StoreDamaged(f"a table of the bundle is none ({fault})") from fault


def _cell(value: Any) -> str:
    """A setting as it is typed."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return repr(float(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _cells(column: pd.Series) -> list[str]:
    """A column of runs; what is null is empty."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return ["" if pd.isna(day) else day.date().isoformat() for day in column]
    if pd.api.types.is_float_dtype(column):
        return [_number(value) for value in column.to_numpy()]
    return ["" if pd.isna(value) else str(value) for value in column]


def _number(value: Any) -> str:
    if math.isnan(value):
        return ""
    if math.isinf(value) or (value == 0 and math.copysign(1, value) < 0):
        return str(float(value))
    return np.format_float_positional(value, unique=True, trim="-")


def _column(name: str, cells: Sequence[str]) -> Any:
    if name in ("case", "status", "message"):
        return pd.Series(cells, dtype=object)
    if name in RUN:
        return np.array([int(cell) for cell in cells], dtype=np.int64)
    if name in _DATES:
        return pd.to_datetime(pd.Series([cell or None for cell in cells]), format="%Y-%m-%d")
    if name not in (*_OWN, "world"):
        return pd.Series([cell or None for cell in cells], dtype=object)
    return np.array([float(cell) if cell else math.nan for cell in cells], dtype=np.float32)
