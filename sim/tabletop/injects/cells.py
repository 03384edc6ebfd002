"""A list of injects as one table, for CSV and for workbooks alike: a row an inject, the head and objectives above them.

The column ``kind`` says what a row is: ``title`` and ``story`` have their text in the column ``text``, an
``objective`` has its id and its text; everything else is an ``inject``, also where the column is missing. What is a
mapping in YAML is written in a cell as YAML writes it in a line: ``{kenya: {slips: 1}}``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from sim.errors import UserMistake
from sim.record import strict_yaml
from sim.tabletop.injects.inject import FIELDS, Draft, DraftRow, MasterList, Places, row_of

COLUMNS = ("kind", "id", *FIELDS)
NEEDED = ("id", "to", "text")
"""Columns by which a table is known to be a list of injects."""
_KINDS = ("title", "story", "objective", "inject")
_MAPPINGS = {
    "when": "a condition such as {measure: available, below: 350, days: 3}",
    "set": "a mapping such as {kenya: {court_block: 1}}",
    "add": "a mapping such as {kenya: {slips: 1}}",
}
_SERIALS = range(25_569, 87_659)
"""Numbers that a spreadsheet has for the days from 1970 to 2139."""
_TEXT_OF_DAY = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(?::00(?:\.0+)?)?")
_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class TableRow:
    """A row of a table: where it stands, and its cells."""

    place: str
    cells: Sequence[Any]


def draft_of_table(
    path: Path, header: TableRow, rows: Sequence[TableRow], serial: Callable[[float], dt.date], title: str
) -> Draft:
    """What a table says.

    Parameters
    ----------
    path
        The file, as it is named in mistakes.
    header
        The names of the columns.
    rows
        The rows below; those without anything in them do not count.
    serial
        The day that a spreadsheet's number stands for.
    title
        What the list is called where no row says it.
    """
    label = str(path)
    names = _header(label, header)
    head: dict[str, Any] = {"title": title}
    places: dict[tuple[str, ...], str] = {(): header.place}
    objectives: list[DraftRow] = []
    injects: list[DraftRow] = []
    for row in rows:
        fields = _fields(label, names, row)
        if not fields:
            continue
        kind, id = str(fields.pop("kind", "inject")).strip().lower(), fields.pop("id", None)
        name = ".".join(filter(None, (f"{kind}s", str(id or ""))))
        at = Places(label, name, {(): row.place})
        if kind not in _KINDS:
            raise Places(label, "", {(): row.place}).mistake("kind", kind, f"one of {', '.join(_KINDS)}")
        if kind == "inject":
            injects.append(DraftRow(id, {key: _cell(at, key, value, serial) for key, value in fields.items()}, at))
            continue
        if beside := [key for key in fields if key != "text"]:
            raise at.mistake(beside[0], fields[beside[0]], f"{kind} has a text and nothing else")
        if kind == "objective":
            objectives.append(DraftRow(id, fields, at))
        elif (kind,) in places:
            raise at.mistake("", None, f"{kind} is given twice")
        else:
            head[kind], places[kind,] = fields.get("text", ""), row.place
    return Draft(DraftRow(None, head, Places(label, "", places)), tuple(objectives), tuple(injects))


def looks_like_a_header(cells: Sequence[Any]) -> bool:
    """Whether a row names the columns of a list of injects."""
    return set(NEEDED) <= {str(cell).strip().lower() for cell in cells if cell is not None}


def _header(label: str, header: TableRow) -> list[str]:
    names = ["" if cell is None else str(cell).strip().lower() for cell in header.cells]
    place = Places(label, "", {(): header.place})
    for name in names:
        if name and name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1, cutoff=0.6)
            right = f"no such column; near it: {near[0]}" if near else f"no such column; there are {', '.join(COLUMNS)}"
            raise place.mistake("header", name, right)
        if name and names.count(name) > 1:
            raise place.mistake("header", name, "is given twice")
    for name in NEEDED:
        if name not in names:
            raise place.mistake("header", None, f"has no column {name}; a list has at least {', '.join(NEEDED)}")
    return names


def _fields(label: str, names: Sequence[str], row: TableRow) -> dict[str, Any]:
    """The cells of a row that hold something, by their column."""
    filled = [None if isinstance(cell, str) and not cell.strip() else cell for cell in row.cells]
    for number, cell in enumerate(filled):
        if cell is not None and (number >= len(names) or not names[number]):
            right = f"column {number + 1} has no name; a cell that holds a comma wants quotes"
            raise Places(label, "", {(): row.place}).mistake("row", cell, right)
    return {name: cell for name, cell in zip(names, filled, strict=False) if cell is not None}


def _cell(at: Places, name: str, value: Any, serial: Callable[[float], dt.date]) -> Any:
    """A cell as its field has it: a mapping, a day, a text; a word that a spreadsheet took for a number is a word."""
    if name in _MAPPINGS:
        return _mapping(at, name, value)
    if name == "at":
        return _day(at, value, serial)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _mapping(at: Places, name: str, cell: Any) -> Any:
    try:
        strict_yaml.check_flat(str(cell), name)
        found = strict_yaml.parse(str(cell), name)
    except (UserMistake, yaml.YAMLError, ValueError) as fault:
        raise at.mistake(name, cell, _MAPPINGS[name]) from fault
    if not isinstance(found, dict):
        raise at.mistake(name, cell, _MAPPINGS[name])
    return found


def _day(at: Places, value: Any, serial: Callable[[float], dt.date]) -> Any:
    """What stands for a day, also as a spreadsheet writes it: a number, a time of midnight, points between."""
    if isinstance(value, str):
        written = value.strip()
        if re.fullmatch(r"\d{5}(?:\.0+)?", written):
            value = float(written)
        elif midnight := _TEXT_OF_DAY.fullmatch(written):
            return midnight[1]
        elif points := _POINTS.fullmatch(written):
            return f"{points[3]}-{int(points[2]):02}-{int(points[1]):02}"
        elif slashes := _SLASHES.fullmatch(written):
            first, second, year = int(slashes[1]), int(slashes[2]), slashes[3]
            days = [f"{year}-{second:02}-{first:02}", f"{year}-{first:02}-{second:02}"]
            meant = " or ".join(day for day in dict.fromkeys(days) if int(day[5:7]) <= 12)
            raise at.mistake("at", written, f"which of the two is the month? Write {meant}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value not in _SERIALS:
            raise at.mistake(
                "at", value, "a date such as 2024-03-11, or days after the session's first day such as D+3"
            )
        return serial(value)
    return value


def table_of(injects: MasterList) -> list[list[str]]:
    """A list as rows of text, the header first."""
    rows = [{"kind": "title", "text": injects.title}]
    if injects.story:
        rows.append({"kind": "story", "text": injects.story})
    rows += [{"kind": "objective", "id": id, "text": text} for id, text in injects.objectives.items()]
    rows += [
        {"kind": "inject", "id": one.id} | {name: _written(value) for name, value in row_of(one).items()}
        for one in injects.injects
    ]
    return [list(COLUMNS), *([row.get(name, "") for name in COLUMNS] for row in rows)]


def _written(value: Any) -> str:
    if isinstance(value, dict):
        return yaml.safe_dump(value, default_flow_style=True, sort_keys=False, width=10**9, allow_unicode=True).strip()
    return value.isoformat() if isinstance(value, dt.date) else str(value)
