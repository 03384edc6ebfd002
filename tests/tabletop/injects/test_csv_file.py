"""A list as a spreadsheet leaves it as CSV is read right, and none that is written runs as a formula."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from sim.tabletop.injects import Inject, MasterList, read_list, write_list
from tests.tabletop.injects.lists import ROLES, said_of, written

ROWS = "id,at,to,text\na,D+1,kenya,Haïti strikes\nb,2024-03-11,haiti,x\n"


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(),
        ROWS.replace("\n", "\r\n").encode("utf-8-sig"),
        ROWS.replace(",", ";").replace("\n", "\r\n").encode("utf-8-sig"),
        ("sep=;\r\n" + ROWS.replace(",", ";")).encode(),
        ROWS.replace(",", "\t").encode("utf-16"),
        ("\n" + ROWS.replace("\n", ",,\n") + ",,,,,\n;;\n,,,,,\n\n").replace(";;\n", ",,\n").encode(),
        ROWS.replace("id,at,to,text", "ID, At ,To,Text").encode(),
        ROWS.replace("2024-03-11", "2024-03-11 00:00:00").encode(),
        ROWS.replace("2024-03-11", "45362").encode(),
        ROWS.replace("2024-03-11", "11.03.2024").encode(),
        ROWS.replace("D+1", "d + 1").encode(),
    ],
)
def test_what_a_spreadsheet_makes_of_a_list_is_read_right(content: bytes, tmp_path: Path) -> None:
    found = read_list(written(tmp_path, content, "mine.csv"), ROLES)
    assert found.title == "mine"
    assert found.injects == (
        Inject("a", "kenya", "Haïti strikes", at=1),
        Inject("b", "haiti", "x", at=date(2024, 3, 11)),
    )


def test_no_cell_that_is_written_begins_as_a_formula_does(tmp_path: Path) -> None:
    texts = ("=1+1", "+1", "-1", "@all", "＝1", "'=1", "quite harmless", "'quoted'")
    made = MasterList("=t", {}, tuple(Inject(f"i{n}", "all", text, at=0, notes=text) for n, text in enumerate(texts)))
    write_list(made, tmp_path / "mine.csv")
    with (tmp_path / "mine.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@＝"))]
    assert {"'=1+1", "''=1", "quite harmless", "'quoted'"} <= set(cells)
    assert read_list(tmp_path / "mine.csv", ROLES) == made


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        ("id,at,to,text\na,D,kenya,x\n\na,D,kenya,x\n", "line 4: injects.a=a: is taken by line 2; an id"),
        ('id,at,to,text\na,D,kenya,"x\ny"\nb,D,peru,x\n', "line 4: injects.b.to=peru: one of kenya"),
        ("sep=,\nid,at,to,text\nb,D,peru,x\n", "line 3: injects.b.to=peru: one of kenya"),
        ("id,at,to,text\na,3/4/2024,kenya,x\n", "line 2: injects.a.at=3/4/2024: which of the two is the month? Write"),
        ("id,at,to,text\na,3/14/2024,kenya,x\n", "line 2: injects.a.at=3/14/2024: which of the two is the month?"),
        ("id,at,to,text\na,3,kenya,x\n", "line 2: injects.a.at=3: a date such as 2024-03-07"),
        ("id,at,to,text,ad\na,D,kenya,x,\n", "line 1: header=ad: no such column; near it: add"),
        ("id,at,to,text,at\na,D,kenya,x,\n", "line 1: header=at: is given twice"),
        ("id,at,to\na,D,kenya\n", "line 1: header: names no columns of a list"),
        ("", "line 1: header: names no columns of a list"),
        ("id,at,to,text\na,D,kenya,x,y\n", "line 2: row=y: column 5 has no name; a cell that"),
        ("id,at,to,text,set\na,D,kenya,x,slips 1\n", "line 2: injects.a.set=slips 1: a mapping such as {kenya"),
        ('id,at,to,text,set\na,D,kenya,x,"{kenya: {acord: 1}}"\n', "line 2: injects.a.set.kenya.acord=1: no such"),
        ('id,to,text,when\na,kenya,x,"{measure: morale, above: 1}"\n', "line 2: injects.a.when.measure=morale: one of"),
        ("id,at,to,text\n,D,kenya,x\n", "line 2: injects: an inject's id begins"),
        ("kind,id,at,to,text\nevent,a,D,kenya,x\n", "line 2: kind=event: one of title, story, objective, inject"),
        ("kind,id,at,to,text\ntitle,,,,a\ntitle,,,,b\n", "line 3: titles: title is given twice"),
        ("kind,id,at,to,text\nobjective,a,D,,a\n", "line 2: objectives.a.at=D: objective has a text and nothing else"),
        ('id,at,to,text\na,D,kenya,"x\n', "line 2: is no row of a CSV file"),
        (b"id,at,to,text\na,D,kenya,Ha\xefti\n", "line 2: is no text in UTF-8; save it as CSV UTF-8"),
        ("id,at,to,text\n", "line 1: injects: there is none"),
    ],
)  # fmt: skip
def test_a_mistake_names_the_line_on_which_its_row_begins(content: str | bytes, wanted: str, tmp_path: Path) -> None:
    assert said_of(written(tmp_path, content, "mine.csv"))[0].startswith(wanted)
