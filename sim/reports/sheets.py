"""Tables as a workbook that a spreadsheet opens: a sheet each, words as words and dates as dates."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sim.errors import of_extra
from sim.reports.spreadsheet_cells import harmless
from sim.reports.whole_files import write_whole

MOST = 1_048_575
"""Rows of a sheet beside its head."""


def write_workbook(path: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Write tables as sheets of one XLSX file, whole or not at all.

    Parameters
    ----------
    tables
        By the name of their sheet.

    Returns
    -------
    In a line each, what did not fit: a table of more than :data:`MOST` rows is left out.

    Raises
    ------
    UserMistake
        openpyxl is not installed, or the file cannot be written.
    """
    check_openpyxl()
    left_out = [f"{name}: {len(table):,} rows, and a sheet holds {MOST:,}" for name, table in tables.items()
                if len(table) > MOST]  # fmt: skip
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer, engine="openpyxl") as writer:
        for name, table in tables.items():
            if len(table) <= MOST:
                _plain(table).to_excel(writer, sheet_name=name[:31], index=False)
                _as_words(writer.sheets[name[:31]])
    write_whole(path, buffer.getvalue())
    return left_out


def check_openpyxl(key: str = "--as", value: object = "xlsx") -> None:
    """Raise a UserMistake in what asks for it where there is nothing that reads or writes a workbook.

    So it is said before anything is run.
    """
    with of_extra("sheets", key, value):
        import openpyxl  # noqa: F401  # an extra, and slow to load


def csv_text(table: pd.DataFrame) -> str:
    """A table as CSV that a spreadsheet may open: words that it would take for a formula begin with an apostrophe.

    >>> csv_text(pd.DataFrame({"said": ["=1+1", "-2 officers", "so"], "number": [-1.5, 2.0, 3.0]}))
    "said,number\\n'=1+1,-1.5\\n'-2 officers,2.0\\nso,3.0\\n"
    """
    columns = {str(name): column.map(harmless) for name, column in table.items() if column.dtype == object or
               pd.api.types.is_string_dtype(column)}  # fmt: skip
    return table.assign(**columns).to_csv(index=False, lineterminator="\n")


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Lists and the like as text; what is missing stays missing."""
    columns = {name: column.map(lambda value: value if pd.api.types.is_scalar(value) else str(value))
               for name, column in table.items() if column.dtype == object}  # fmt: skip
    return table.assign(**{str(name): column for name, column in columns.items()})


def _as_words(sheet: object) -> None:
    """A word that begins with = is a word, and no formula that a spreadsheet would work out."""
    for row in sheet.iter_rows():  # type: ignore[attr-defined]
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
