"""A list of injects as a workbook (XLSX), by openpyxl: the table of :mod:`sim.tabletop.injects.cells` on a sheet."""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import UserMistake
from sim.reports.sheets import check_openpyxl, write_workbook
from sim.tabletop.injects.cells import COLUMNS, TableRow, draft_of_table, looks_like_a_header, table_of
from sim.tabletop.injects.inject import Draft, MasterList

MOST_BYTES, MOST_UNPACKED = 5_000_000, 100_000_000
"""Of a workbook, and of what it unpacks to."""
_SHEET = "injects"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a workbook writes a letter by its number; openpyxl leaves it to whoever reads and writes."""


def read_xlsx(path: Path) -> Draft:
    """What a workbook says, with sheet and row of each part; a UserMistake where it is none."""
    check_openpyxl("file", path)
    from openpyxl import load_workbook  # an extra, and slow to load
    from openpyxl.utils.datetime import from_excel  # likewise

    raw = _bytes(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of a workbook that have nothing to do with its cells
            book = load_workbook(io.BytesIO(raw), read_only=True)
            sheets = {sheet.title: list(_rows(path, sheet)) for sheet in book.worksheets}
    except UserMistake:
        raise
    except Exception as fault:  # openpyxl has no fault of its own for a file that is broken somewhere
        raise UserMistake(str(path), None, f"is no workbook that can be read ({type(fault).__name__})") from fault
    lists = [title for title, rows in sheets.items() if rows and looks_like_a_header(rows[0].cells)]
    chosen = next((title for title in lists if title.strip().lower() == _SHEET), lists[0] if lists else None)
    if chosen is None:
        right = f"no sheet begins with the columns of a list of injects: {', '.join(COLUMNS)}"
        raise UserMistake(str(path), None, right)
    header, *rows = sheets[chosen]
    day = partial(_day_of, from_excel=from_excel, epoch=book.epoch)
    others = [title for title, rows in sheets.items() if rows and title != chosen]
    unread = tuple(f"The sheet {title} is not read; the list is on the sheet {chosen}." for title in others)
    return replace(draft_of_table(path, header, rows, day, path.stem), unmapped=unread)


def _day_of(serial: float, from_excel: Any, epoch: dt.datetime) -> dt.date:
    day: dt.date = from_excel(int(serial), epoch).date()
    return day


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserMistake(str(path), None, f"more than {MOST_BYTES:,} bytes are no list of injects")
        raw = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(raw)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise UserMistake(str(path), None, f"unpacks to more than {MOST_UNPACKED:,} bytes")
    except OSError as fault:
        raise UserMistake(str(path), None, f"cannot be read: {fault.strerror}") from fault
    except zipfile.BadZipFile as fault:
        raise UserMistake(str(path), None, "is no workbook; a list in Excel's older form is saved as .xlsx") from fault
    return raw


def _rows(path: Path, sheet: Any) -> Iterator[TableRow]:
    """The rows of a sheet that hold something; a formula has no value that could be relied upon."""
    sheet.reset_dimensions()  # some programs write wrong ones, and openpyxl would stop there
    for number, cells in enumerate(sheet.iter_rows(), 1):
        place = f"sheet {sheet.title}, row {number}"
        values = [_value(path, place, cell) for cell in cells]
        if any(value is not None and str(value).strip() for value in values):
            yield TableRow(place, values)


def _value(path: Path, place: str, cell: Any) -> Any:
    if cell.data_type == "f":
        where = f"{path}, {place}, cell {cell.coordinate}"
        raise UserMistake(where, cell.value, "a formula; put in its place the value that it gives")
    if cell.data_type == "e":
        raise UserMistake(f"{path}, {place}, cell {cell.coordinate}", cell.value, "is what a formula failed with")
    if isinstance(cell.value, str):
        return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), cell.value)
    return cell.value


def write_xlsx(injects: MasterList, path: Path) -> None:
    """Write a list as a workbook, whole or not at all; a UserMistake where it cannot be."""
    check_openpyxl("file", path)
    header, *rows = table_of(injects)
    cells = [[_ESCAPE.sub(lambda found: f"_x005F{found[0]}", cell) or None for cell in row] for row in rows]
    write_workbook(path, {_SHEET: pd.DataFrame(cells, columns=header, dtype=object)})
