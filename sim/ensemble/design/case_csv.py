"""A list of cases in a CSV file: "rerun exactly these".

A row is a case, said in one of three ways, by the columns that the file has:

- a column is a setting or a group (``scenario``, ``theory``, ``media.report_probability``), and an empty cell leaves it
  as it is;
- ``case`` holds ids of cases that a store knows, as in the answer of a query; other columns do not count, but a setting
  among them must be that of the case;
- every setting of the table of cases stands there, ``scenario.events`` among them: the row is the case itself.

A column ``replicate`` names single runs, ``root_seed`` their luck. Nothing is dropped: a row that does not fit the
header, a column without a name or a cell that is none of its column's values is named with its line.
"""

from __future__ import annotations

import csv
import io
import json
import re
import stat
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim import text as words
from sim.ensemble.cases.case import DRAWN, Case, settings_of
from sim.ensemble.cases.conditioning import with_kept_worlds
from sim.ensemble.design.designs.interface import CaseList, Listed, at_line
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables.interface import RUN
from sim.errors import UserMistake, no_effect, unread
from sim.model.withdrawal import THEORIES
from sim.outcomes import OUTCOMES
from sim.settings.parameter import Parameter
from sim.settings.schema import check_value

MOST_BYTES = 256_000_000
MOST_ROWS = 1_000_000
"""A list may name single runs, so it has more rows than a sweep has cases."""
_MOST = {"replicate": 2**31 - 1, "root_seed": 2**63 - 1, "future": 2**24 - 2}
_BESIDE = ("label", "scenario.name", "scenario.texts", "status", "message", "world", DRAWN)
"""Columns of a store's tables that say nothing of a world."""
_EVENTS = "scenario.events"


def read_list(path: str, store: str | None) -> CaseList:
    """Read a list; ``store`` is the folder that ids of cases are looked up in.

    Raises
    ------
    UserMistake
        With file and line, for a file that cannot be read or has no rows, a row that does not fit the header, an
        unknown case, or a number that is none.
    StoreDamaged
        When the store is needed and is none.
    """
    table = _Table.read(path)
    reader = _ById(table, store) if "case" in table.header else _ByRow(table)
    rows = []
    for line, row in table.rows:
        with at_line(path, line):
            words, case = reader.case(row)
            replicate = _whole("replicate", row)
            if case is not None and replicate is None:  # its runs are those of its worlds, as of a case that is typed
                case = with_kept_worlds(case)
            rows.append(Listed(line, words, case, replicate, _whole("future", row) or 0))
    seeds = set()
    for line, row in table.rows:
        with at_line(path, line):
            seeds.add(_whole("root_seed", row))
    for column, found in (
        ("replicate", {row.replicate is None for row in rows}),
        ("root seed", {s is None for s in seeds}),
    ):
        if len(found) > 1:
            raise UserMistake("design.path", path, f"some of its rows name a {column} and some do not")
    if len(seeds) > 1:
        raise UserMistake("design.path", path, f"its rows have {len(seeds)} root seeds; one sweep has one")
    return CaseList(path, tuple(rows), next(iter(seeds)))


# The file


@dataclass(frozen=True)
class _Table:
    """A CSV file as it stands: the names of its columns, and each row's line and cells that are not empty."""

    path: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]

    @classmethod
    def read(cls, path: str) -> _Table:
        lines = _lines(path)
        line, header = next(lines, (1, []))
        with at_line(path, line):
            names = _header(header)
        rows = []
        for line, cells in lines:
            with at_line(path, line):
                if len(cells) != len(header):
                    few = f"{words.several(len(cells), 'cell')}, the header has {len(header)}"
                    raise UserMistake("row", None, f"{few}; a cell that holds a comma wants quotes")
                if not any(cell.strip() for cell in cells):
                    raise UserMistake("row", None, "has nothing in it; delete it")
                if any(cell.strip() for cell in cells[len(names) :]):
                    raise UserMistake("row", None, f"column {len(names) + 1} has cells and no name")
            rows.append((line, {name: cell for name, cell in zip(names, cells, strict=False) if cell.strip()}))
            if len(rows) > MOST_ROWS:
                raise UserMistake("design.path", path, f"has more than {MOST_ROWS:,} rows")
        if not rows:
            raise UserMistake("design.path", path, "has a header at most; a row is a case")
        return cls(path, names, tuple(rows))


def _lines(path: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; empty lines left out."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    begin = 1
    try:
        for cells in reader:
            if cells:
                yield begin, cells
            begin = reader.line_num + 1
    except csv.Error as fault:
        raise UserMistake("design.path", path, f"line {begin}: is no row of a CSV file ({fault})") from fault


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            kind = Path(path).stat().st_mode
            if not (stat.S_ISREG(kind) or stat.S_ISFIFO(kind)):
                raise UserMistake("design.path", path, "is no file")
            raw = file.read(MOST_BYTES + 1)
    except OSError as fault:
        raise UserMistake("design.path", path, unread(fault)) from fault
    except ValueError as fault:
        raise UserMistake("design.path", path, f"cannot be read: {fault}") from fault
    if len(raw) > MOST_BYTES:
        raise UserMistake("design.path", path, f"has more than {MOST_BYTES:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise UserMistake("design.path", path, f"line {line}: is no text in UTF-8; save it as CSV UTF-8") from fault


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of the columns; columns without any at the end may be there as long as their cells are empty."""
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UserMistake("header", None, "names no column; a column is a setting, a group, or case")
    for sign, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and sign in names[0]:
            raise UserMistake("header", None, f"cells are separated by {name}; save it with commas")
    for number, name in enumerate(names, 1):
        if not name or re.fullmatch(r"Unnamed: \d+", name):
            right = f"column {number} has no name; an index that pandas wrote? to_csv(index=False)"
            raise UserMistake("header", None, right)
        if name in names[: number - 1]:
            raise UserMistake("header", None, f"{name} is given twice")
    return tuple(names)


def _whole(column: str, row: Mapping[str, str]) -> int | None:
    """A whole number, with all its digits; also as a table of floats writes it, as far as that is exact."""
    typed = row.get(column, "").strip()
    if not typed:
        return None
    number = -1
    if re.fullmatch(r"\d{1,19}", typed):
        number = int(typed)
    elif re.fullmatch(r"\d{1,15}\.0*", typed):
        number = int(typed.partition(".")[0])
    if not 0 <= number <= _MOST[column]:
        raise UserMistake(column, typed, f"is no whole number from 0 to {_MOST[column]:,}")
    return number


# Its rows


@dataclass(frozen=True)
class _ByRow:
    """Rows that say what a case is, by words or with everything."""

    table: _Table

    def case(self, row: Mapping[str, str]) -> tuple[tuple[str, ...], Case | None]:
        """The words of a row's case, or the case."""
        if row.get(_EVENTS, "").lstrip().startswith("["):
            return (), case_of_cells(row)
        return tuple(f"{key}={cell}" for key, cell in row.items() if key not in (*RUN, "world")), None


@dataclass(frozen=True)
class _ById:
    """Rows that name a case by its id."""

    table: _Table
    store: str | None

    def __post_init__(self) -> None:
        outcomes = {outcome.name for outcome in OUTCOMES}
        said = [name for name in self.table.header if not (name in (*RUN, *_BESIDE) or name in outcomes)]
        if others := [name for name in said if name not in _SETTINGS and name != _EVENTS]:
            no_effect(f"{self.table.path}: the columns {', '.join(others)}", "each row's case says it all")

    def case(self, row: Mapping[str, str]) -> tuple[tuple[str, ...], Case]:
        """The case of a row."""
        name = row.get("case", "").strip()
        if not name:
            raise UserMistake("case", "", "an id, in every row")
        if row.keys() >= {_EVENTS, "theory.name", "scenario.name"}:
            case = case_of_cells(row)
            if name not in (case.id, *case.earlier_ids):
                right = f"the settings of this row are those of case {case.id}; without the column case they are run"
                raise UserMistake("case", name, right)
            return (), case
        if name not in self._known:
            raise UserMistake("case", name, "the store has no such case" + _mangled(name))
        case = self._known[name]
        for key, cell in row.items():
            self._check(case, key, cell)
        return (), case

    def _check(self, case: Case, key: str, cell: str) -> None:
        """A setting beside an id is that of the case; whoever changed one wants another."""
        parameter = settings_of(case.theory).get(key)
        if key == "theory.name":
            same = cell == case.theory
        elif key == DRAWN:
            same = _json(cell) == case.unknowns.plain()
        elif key == _EVENTS:
            same = _json(cell) == json.loads(case.canonical)["events"]
        elif parameter is None or key not in case.values:
            same = key not in _SETTINGS
        else:
            same = check_value(parameter, _value(parameter, cell)) == case.values[key]
        if not same:
            right = f"is not that of case {case.id}; without the column case the settings of the row are run"
            raise UserMistake(key, cell, right)

    @cached_property
    def _known(self) -> dict[str, Case]:
        if self.store is None:
            raise UserMistake("design.store", None, "the file names cases by id; say which store knows them")
        rows: list[dict[Any, Any]] = Store.read(self.store).cases().to_dict("records")
        return {str(row["case"]): Case.from_row(row).anew() for row in rows}


_SETTINGS = {p.key for theory in THEORIES for p in settings_of(theory).values()} | {"theory.name"}


def case_of_cells(row: Mapping[str, str]) -> Case:
    """The case of a row that has every cell of the table of cases.

    Raises
    ------
    UserMistake
        For a setting that the row lacks, or that its cell is no value of.
    """
    theory = row.get("theory.name", "").strip()
    if theory not in THEORIES:
        raise UserMistake("theory.name", theory, f"no such theory; there are {', '.join(THEORIES)}")
    known, cells = settings_of(theory), {"scenario.name": "unnamed", "label": "", **row, "theory.name": theory}
    for key in cells:
        if key in _SETTINGS and key not in known and key != "theory.name":
            raise UserMistake(key, cells[key], f"no such setting under {theory}")
    values: dict[Hashable, Any] = {
        key: _value(known[key], cell) if key in known else cell for key, cell in cells.items()
    }
    try:
        return Case.from_settings(values)
    except KeyError as lacking:
        right = (
            "the row has events of a whole case, so it needs every setting; or say scenario=… and leave the events out"
        )
        raise UserMistake(str(lacking.args[0]), None, right) from None


def _value(parameter: Parameter, cell: str) -> Any:
    """A cell in its setting's type; as it stands where it is none, for the setting's own check."""
    text = cell.strip()
    if parameter.kind == "bool":
        return {"true": True, "false": False}.get(text.lower(), text)
    if parameter.kind in ("int", "float"):
        if re.fullmatch(r"[-+]?\d+", text):
            return int(text) if len(text) < 400 else text
        try:
            return float(text)
        except ValueError:
            return text
    return text


def _json(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None


def _mangled(name: str) -> str:
    """What a spreadsheet may have made of an id of digits."""
    if re.fullmatch(r"\d+|\d+(\.\d+)?[eE][-+]?\d+|inf", name, flags=re.I) and not re.fullmatch(r"[0-9a-f]{12}", name):
        return "; did a spreadsheet take an id for a number? Read and write the column as text"
    return ""
