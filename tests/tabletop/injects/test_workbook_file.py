"""A list as a workbook: dates that are dates, numbers that stand for days, no formulas, sheets of other things."""

from __future__ import annotations

import builtins
import datetime as dt
import sys
from pathlib import Path

import pytest

from sim.errors import NoEffect
from sim.tabletop.injects import Inject, MasterList, read, read_list, write_list
from tests import processes
from tests.faults import refusal
from tests.tabletop.injects.lists import ROLES, said_of

openpyxl = pytest.importorskip("openpyxl")
HEADER = ["id", "at", "to", "text"]


def book(path: Path, *rows: list, title: str = "injects", **others: list) -> Path:
    """A workbook with these rows on a sheet, and others with a row each."""
    made = openpyxl.Workbook()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    for name, row in others.items():
        made.create_sheet(name).append(row)
    made.save(path)
    return path


def test_days_that_a_spreadsheet_typed_anew_are_read_right(tmp_path: Path) -> None:
    days = [dt.datetime(2024, 3, 11), dt.date(2024, 3, 11), 45362, 45362.0, "2024-03-11", "45362"]
    path = book(tmp_path / "x.xlsx", HEADER, *([f"a{n}", day, "all", "x"] for n, day in enumerate(days)))
    assert [one.at for one in read_list(path, ROLES).injects] == [dt.date(2024, 3, 11)] * len(days)


def test_days_of_a_workbook_that_counts_from_1904_are_read_right(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (HEADER, ["a", 45362 - 1462, "all", "x"], ["b", dt.datetime(2024, 3, 11), "all", "x"]):
        made.active.append(row)
    made.save(tmp_path / "x.xlsx")
    assert {one.at for one in read_list(tmp_path / "x.xlsx", ROLES).injects} == {dt.date(2024, 3, 11)}


def test_empty_rows_and_columns_and_words_that_became_numbers_do_no_harm(tmp_path: Path) -> None:
    path = book(
        tmp_path / "x.xlsx",
        [None] * 4,
        [*HEADER, None],
        ["a", "D", "all", 7.0, None],
        [" ", None],
        ["b", "D+1", "all", True],
    )
    made = openpyxl.load_workbook(path)
    made.active.cell(9_000, 12).font = openpyxl.styles.Font(bold=True)  # an empty cell far below
    made.save(path)
    assert [(one.id, one.text) for one in read_list(path, ROLES).injects] == [("a", "7"), ("b", "TRUE")]


def test_no_word_that_is_written_is_a_formula(tmp_path: Path) -> None:
    made = MasterList("t", {}, (Inject("a", "all", "=1+1", at=0, notes="_x000D_ stays"),))
    write_list(made, tmp_path / "x.xlsx")
    cells = [cell for row in openpyxl.load_workbook(tmp_path / "x.xlsx")["injects"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert read_list(tmp_path / "x.xlsx", ROLES) == made


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (["a", "D", "peru", "x"], "sheet injects, row 2: injects.a.to=peru: one of kenya"),
        (["a", "D", "all", "=A1"], "sheet injects, row 2, cell D2==A1: a formula"),
        (["a", "D", "all", "#NAME?"], "sheet injects, row 2, cell D2=#NAME?: is what a formula failed with"),
        (["a", dt.datetime(2024, 3, 11, 9, 30), "all", "x"], "sheet injects, row 2: injects.a.at=2024-03-11 09"),
        (["a", 3, "all", "x"], "sheet injects, row 2: injects.a.at=3: a date such as"),
        ([7, "D", "all", "x"], "sheet injects, row 2: injects.7=7: an inject's id begins"),
    ],
)  # fmt: skip
def test_a_mistake_names_sheet_and_row(row: list, wanted: str, tmp_path: Path) -> None:
    assert said_of(book(tmp_path / "x.xlsx", HEADER, row))[0].startswith(wanted)


def test_the_sheet_with_the_list_is_found_and_the_others_are_told(tmp_path: Path) -> None:
    path = book(tmp_path / "x.xlsx", ["What", "this is"], title="Readme", Plan=["a"], Liste=HEADER)
    made = openpyxl.load_workbook(path)
    made["Liste"].append(["a", "D", "all", "x"])
    made.save(path)
    found = read(path, ROLES)
    assert [one.id for one in found.list.injects] == ["a"]
    assert found.unmapped == (
        "The sheet Readme is not read; the list is on the sheet Liste.",
        "The sheet Plan is not read; the list is on the sheet Liste.",
    )
    with pytest.warns(NoEffect) as warned:
        read_list(path, ROLES)
    assert [str(one.message) for one in warned] == [f"{path}: {sentence}" for sentence in found.unmapped]
    assert "no sheet begins with the columns" in said_of(book(tmp_path / "y.xlsx", ["a"]))[0]


def test_without_openpyxl_one_line_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "x.xlsx", HEADER, ["a", "D", "all", "x"])
    real = builtins.__import__

    def absent(name: str, *rest: object) -> object:
        if name.startswith("openpyxl"):
            raise ImportError(name)
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", absent)
    for call in (
        lambda: read_list(path, ROLES),
        lambda: write_list(MasterList("t", {}, (Inject("a", "all", "x", at=0),)), path),
    ):
        assert refusal(call) == f"file={path}: needs the extra [sheets]: pip install 'haiti-tabletop[sheets]'"


def test_a_list_in_yaml_is_read_without_pandas_or_openpyxl() -> None:

    code = "import sys, sim.tabletop.injects as i; i.packaged_lists(); print({'pandas', 'openpyxl'} & set(sys.modules))"
    done = processes.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
