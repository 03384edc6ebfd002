"""A workbook opens as what was written: words as words, dates as dates, and nothing that works itself out."""

from __future__ import annotations

import builtins
import io
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import UserMistake
from sim.reports import sheets

openpyxl = pytest.importorskip("openpyxl")


def test_each_table_is_a_sheet_that_reads_back(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"case": ["a", "b"], "exits": [3.5, None], "day": [date(2024, 3, 1), None], "many": [[1, 2], [3]]}
    )
    assert sheets.write_workbook(tmp_path / "x" / "run.xlsx", {"runs": table, "cases": table.head(1)}) == []
    again = pd.read_excel(tmp_path / "x" / "run.xlsx", sheet_name=None)
    assert list(again) == ["runs", "cases"]
    assert again["runs"]["exits"].tolist()[0] == 3.5
    assert again["runs"]["day"][0] == pd.Timestamp(2024, 3, 1)
    assert again["runs"]["exits"].isna().tolist() == [False, True]
    assert again["runs"]["many"].tolist() == ["[1, 2]", "[3]"]


def test_a_word_that_looks_like_a_formula_stays_a_word(tmp_path: Path) -> None:
    sheets.write_workbook(tmp_path / "f.xlsx", {"t": pd.DataFrame({"label": ["=1+1", "=HYPERLINK(1)"]})})
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx")["t"]
    assert [(cell.value, cell.data_type) for cell in sheet["A"][1:]] == [("=1+1", "s"), ("=HYPERLINK(1)", "s")]


def test_a_table_that_no_sheet_holds_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST", 2)
    tables = {"runs": pd.DataFrame({"a": range(3)}), "few": pd.DataFrame({"a": [1]})}
    said = sheets.write_workbook(tmp_path / "m.xlsx", tables)
    assert said == ["runs: 3 rows, and a sheet holds 2"]
    assert openpyxl.load_workbook(tmp_path / "m.xlsx").sheetnames == ["few"]


def test_without_openpyxl_one_line_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: object) -> object:
        if name == "openpyxl":
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(UserMistake) as caught:
        sheets.write_workbook(tmp_path / "n.xlsx", {"t": pd.DataFrame({"a": [1]})})
    assert str(caught.value) == "--as=xlsx: needs the extra [sheets]: pip install 'haiti-tabletop[sheets]'"
    assert list(tmp_path.iterdir()) == []


def test_csv_holds_no_formula_and_numbers_stay_numbers() -> None:
    words = ["=1+1", "+1", "-1", "@x", "\tx", "x=1", "−1", None]
    table = pd.DataFrame({"said": words, "number": [-1.0, 2, 3, 4, 5, 6, 7, None]})
    back = pd.read_csv(io.StringIO(sheets.csv_text(table)))
    assert list(back["said"])[:7] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "x=1", "−1"]
    assert back["number"][0] == -1
