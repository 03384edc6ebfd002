"""What docs/INJECTS.md shows is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.tabletop.injects import list_path, mistakes_of, read_list, write_list
from sim.tabletop.injects.inject import FIELDS
from tests.tabletop.injects.lists import ROLES, said_of, written

PAGE = (Path(sim.__file__).resolve().parent.parent / "docs" / "INJECTS.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE, flags=re.DOTALL))


def test_the_list_is_read_and_its_csv_is_what_is_written(tmp_path: Path) -> None:
    path = written(tmp_path, SHOWN["mine.yaml"])
    assert mistakes_of(path, ROLES) == ()
    example = read_list(path, ROLES)
    assert (len(example.injects), bool(example["flash_report"].writes)) == (3, True)
    write_list(example, tmp_path / "mine.csv")
    assert (tmp_path / "mine.csv").read_text(encoding="utf-8-sig") == SHOWN["mine.csv"]
    assert read_list(written(tmp_path, SHOWN["mine.csv"], "again.csv"), ROLES) == example


def test_the_mistake_is_what_is_said(tmp_path: Path) -> None:
    said = re.search(r"^mine\.yaml, (line 17: .*)$", PAGE, flags=re.MULTILINE)
    assert said
    wrong = SHOWN["mine.yaml"].replace("after: flash_report+2", "after: flash_reprot+2")
    assert said_of(written(tmp_path, wrong)) == [said[1]]


def test_the_python_runs(tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("openpyxl")
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict = {}
    exec(code, names)
    assert [one.id for one in names["today"]] == ["phone_in"]
    assert read_list("practice.xlsx", ROLES) == read_list(list_path("practice"), ROLES)


def test_every_field_has_a_row() -> None:
    rows = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?`) \|", PAGE, flags=re.MULTILINE))))
    assert set(FIELDS) <= rows
