"""A list of cases in a CSV file: "rerun exactly these".

A column is a setting or a group (``scenario``, ``theory``, ``media.report_probability``), and an empty cell leaves it
as it is; or one column ``case`` holds ids of cases that a store knows, and other columns do not count. A column
``replicate`` names single runs, ``root_seed`` their luck; so the answer of a query on a store is such a list.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.errors import UserMistake

_OF_RUNS = ("case", "replicate", "root_seed")


@dataclass(frozen=True)
class Listed:
    """One row: the words of its case, or the case itself; and its replicate, if it names one."""

    words: tuple[str, ...]
    case: Case | None
    replicate: int | None


@dataclass(frozen=True)
class CaseList:
    """The rows of a file, and the one root seed that they name, if any."""

    rows: tuple[Listed, ...]
    root_seed: int | None


def read_list(path: str, store: str | None) -> CaseList:
    """Read a list; ``store`` is the folder that ids of cases are looked up in.

    Raises
    ------
    UserMistake
        For a file that cannot be read or has no rows, an unknown case, or a number that is none.
    StoreDamaged
        When the store is needed and is none.
    """
    table = _read(path)
    known = _known(store) if "case" in table[0] else {}
    rows = tuple(_row(path, line, row, known) for line, row in enumerate(table, start=2))
    seeds = {_whole(path, line, "root_seed", row["root_seed"]) for line, row in enumerate(table, start=2)
             if row.get("root_seed")}  # fmt: skip
    if len(seeds) > 1:
        raise UserMistake("design.path", path, f"its rows have {len(seeds)} root seeds; one sweep has one")
    if len({row.replicate is None for row in rows}) > 1:
        raise UserMistake("design.path", path, "some of its rows name a replicate and some do not")
    return CaseList(rows, next(iter(seeds), None))


def _read(path: str) -> list[dict[str, str]]:
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            table = [{k: v for k, v in row.items() if isinstance(k, str) and v} for row in csv.DictReader(file)]
    except OSError as fault:
        raise UserMistake("design.path", path, f"cannot be read: {fault.strerror}") from fault
    except (UnicodeDecodeError, csv.Error) as fault:
        raise UserMistake("design.path", path, f"is no CSV file in UTF-8 ({fault})") from fault
    table = [row for row in table if row]
    if not table:
        raise UserMistake("design.path", path, "has a header at most; a row is a case")
    return table


def _row(path: str, line: int, row: Mapping[str, str], known: Mapping[str, Case]) -> Listed:
    replicate = _whole(path, line, "replicate", row["replicate"]) if "replicate" in row else None
    if "case" in row:
        if row["case"] not in known:
            raise UserMistake("design.path", path, f"line {line}: the store has no case {row['case']}")
        return Listed((), known[row["case"]], replicate)
    return Listed(tuple(f"{key}={value}" for key, value in row.items() if key not in _OF_RUNS), None, replicate)


def _known(store: str | None) -> dict[str, Case]:
    if store is None:
        raise UserMistake("design.store", None, "the file names cases by id; say which store knows them")
    rows: list[dict[Any, Any]] = Store.read(store).cases().to_dict("records")
    return {str(row["case"]): Case.from_row(row) for row in rows}


def _whole(path: str, line: int, column: str, typed: str) -> int:
    try:
        number = float(typed)
    except ValueError:
        number = -1.0
    if number < 0 or number != int(number):
        raise UserMistake("design.path", path, f"line {line}: {column} {typed!r} is no whole number from 0")
    return int(number)
