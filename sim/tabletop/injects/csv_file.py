"""A list of injects as CSV, also as a spreadsheet leaves it: another separator, a mark of byte order, empty rows.

A spreadsheet works out a cell that begins like a formula. So a text that does gets an apostrophe before it, which
reading takes away again.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from pathlib import Path

from sim.errors import UserMistake
from sim.record.strict_yaml import MOST_BYTES
from sim.reports.spreadsheet_cells import harmless, restored
from sim.tabletop.injects.cells import COLUMNS, TableRow, draft_of_table, looks_like_a_header, table_of
from sim.tabletop.injects.inject import Draft, MasterList

_SEPARATORS = (",", ";", "\t", "|")
_DAY_ZERO = dt.date(1899, 12, 30)
"""Of the numbers that a spreadsheet has for days."""


def read_csv(path: Path) -> Draft:
    """What a CSV file says, with the line of each row; a UserMistake where it is no such file."""
    text = _text(path)
    first = 1
    said = re.match(r"sep=(.)\r?\n", text)  # a line that Excel writes for itself
    if said:
        text, first = text[said.end() :], 2
    rows = _rows(path, text, said[1] if said else _separator(text), first)
    if not rows or not looks_like_a_header(rows[0].cells):
        place = f"{path}, {rows[0].place if rows else 'line 1'}"
        raise UserMistake(f"{place}: header", None, f"names no columns of a list of injects: {', '.join(COLUMNS)}")
    return draft_of_table(path, rows[0], rows[1:], _day_of, path.stem)


def _day_of(serial: float) -> dt.date:
    return _DAY_ZERO + dt.timedelta(days=int(serial))


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserMistake(str(path), None, f"more than {MOST_BYTES:,} bytes are no list of injects")
        raw = path.read_bytes()
    except OSError as fault:
        raise UserMistake(str(path), None, f"cannot be read: {fault.strerror}") from fault
    code = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return raw.decode(code)
    except UnicodeDecodeError as fault:
        line = raw[: fault.start].count(b"\n") + 1
        raise UserMistake(f"{path}, line {line}", None, "is no text in UTF-8; save it as CSV UTF-8") from fault


def _separator(text: str) -> str:
    """The sign between cells: the one that cuts the header into most names of columns."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    names = {sign: sum(cell.strip(' "').lower() in COLUMNS for cell in header.split(sign)) for sign in _SEPARATORS}
    return max(_SEPARATORS, key=lambda sign: names[sign])


def _rows(path: Path, text: str, separator: str, first: int) -> list[TableRow]:
    """Rows with the line on which each begins; those with nothing in them left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows, begin = [], first
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(TableRow(f"line {begin}", [restored(cell) for cell in cells]))
            begin = reader.line_num + first
    except csv.Error as fault:
        raise UserMistake(f"{path}, line {begin}", None, f"is no row of a CSV file ({fault})") from fault
    return rows


def csv_of(injects: MasterList) -> bytes:
    """A list as CSV, with the mark by which a spreadsheet knows UTF-8."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator="\r\n").writerows([map(harmless, row) for row in table_of(injects)])
    return buffer.getvalue().encode("utf-8-sig")
