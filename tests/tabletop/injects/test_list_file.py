"""Whatever file a list is written to, it is read again as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings

from sim.record import load
from sim.settings.parameter import REFERENCE
from sim.tabletop.injects import Inject, MasterList, list_path, mistakes_of, packaged_lists, read, read_list, write_list
from tests.faults import failing_disk, refusal
from tests.tabletop.injects.lists import ROLES, lists, written

ONE = MasterList("Mine", {}, (Inject("a", "kenya", "x", at=0),))
ODD = MasterList(
    "=Mine",
    {"calm": "- keep calm", "n": "no"},
    (
        Inject(
            "a",
            "kenya",
            "=HYPERLINK(1)\n\n 'x', \"y\"; z",
            at=date(2024, 3, 11),
            notes="_x0041_",
            by="'@me",
            channel="1e3",
        ),
        Inject("b", "all", "45362", after=("a", 0), expected="+1", objective="calm"),
    ),
    "Haïti: 10\u00a0% 🛬",
)


@pytest.mark.parametrize("ending", ["yaml", "csv", "xlsx", "json"])
def test_a_list_is_read_as_it_was_written(ending: str) -> None:
    if ending == "xlsx":
        pytest.importorskip("openpyxl")

    @settings(max_examples=12 if ending == "xlsx" else 30, deadline=None)
    @example(ODD)
    @given(lists())
    def comes_back(injects: MasterList) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"mine.{ending}"
            write_list(injects, path)
            found = read(path, ROLES)
        assert found.list == injects
        assert found.unmapped == ()

    comes_back()


@pytest.mark.parametrize("ending", ["yaml", "csv", "json"])
def test_the_same_list_gives_the_same_bytes(ending: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_list(ODD, tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()


def test_what_no_file_can_say_is_not_written(tmp_path: Path) -> None:
    odd = (("kenya.slips", "add", 1.0), ("kenya.slips", "set", 0.0))
    line = refusal(write_list, replace(ONE, injects=(replace(ONE.injects[0], writes=odd),)), tmp_path / "x.yaml")
    assert line.startswith("injects.a: no file says it so")
    assert "title" in refusal(write_list, replace(ONE, title=" Mine"), tmp_path / "x.csv")
    assert "is empty" in refusal(write_list, replace(ONE, injects=(Inject("a", "all", "", at=0),)), tmp_path / "x.json")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_nothing_leaves_what_was_there(tmp_path: Path) -> None:
    path = written(tmp_path, "as it was", "x.yaml")
    with failing_disk():
        assert "cannot be written" in refusal(write_list, ONE, path)
    assert [file.read_text() for file in tmp_path.iterdir()] == ["as it was"]


def test_the_name_of_a_file_tells_what_it_is(tmp_path: Path) -> None:
    write_list(ONE, tmp_path / "x.YML")
    assert read_list(tmp_path / "x.YML", ROLES) == ONE
    assert "ends in .yaml, .csv, .xlsx or .json" in refusal(write_list, ONE, tmp_path / "x.docx")
    assert "is a folder" in refusal(read_list, (tmp_path / "y.csv").mkdir() or tmp_path / "y.csv", ROLES)
    for ending in ("yaml", "csv", "xlsx", "json"):
        assert "No such file" in refusal(read_list, tmp_path / f"none.{ending}", ROLES)


@pytest.mark.parametrize("ending", ["yaml", "csv", "xlsx", "json"])
@pytest.mark.parametrize(
    "content", [b"\x00\xff\xfe\x01" * 9, b"{" * 5000, b"[[", b"PK\x03\x04", b'"' * 3, b"\xff\xfeD\xd8"]
)
def test_whatever_lies_in_a_file_is_answered_in_a_line(ending: str, content: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, content, f"x.{ending}")
    assert str(path) in refusal(read_list, path, ROLES)


def test_a_packaged_list_goes_by_its_name(tmp_path: Path) -> None:
    assert sorted(packaged_lists()) == ["first_table", "practice"]
    assert list_path("practice").name == "practice.yaml"
    assert list_path(written(tmp_path, "x")) == tmp_path / "mine.yaml"
    assert "near it: practice" in refusal(list_path, "practise")


@pytest.mark.parametrize(("name", "days", "fewest", "most"), [("first_table", 42, 12, 16), ("practice", 14, 4, 4)])
def test_a_packaged_list_is_sound_and_says_what_it_is(name: str, days: int, fewest: int, most: int) -> None:
    path = list_path(name)
    assert mistakes_of(path, ROLES, date(2024, 3, 8)) == ()
    found = read_list(path, ROLES)
    assert fewest <= len(found.injects) <= most
    assert all(one.text.startswith("Exercise. ") for one in found.injects)
    assert all(one.objective and one.expected and one.notes and one.by and one.channel for one in found.injects)
    assert {one.objective for one in found.injects} == set(found.objectives)
    assert all(one.at is None or (isinstance(one.at, int) and one.at < days) for one in found.injects)


def test_the_first_table_is_for_all_roles_and_names_facts_of_the_record_that_were_known() -> None:
    record, found = load(), read_list(list_path("first_table"), ROLES)
    assert {one.to for one in found.injects} == {*ROLES, "umpire", "all"}
    assert {one.when is not None for one in found.injects} == {True, False}
    assert any(one.after for one in found.injects)
    words = (
        " ".join(one.notes for one in found.injects)
        .replace(",", " ")
        .replace(".", " ")
        .replace("(", " ")
        .replace(")", " ")
    )
    named = {word for word in words.split() if "_" in word}
    assert len(named) >= 6
    for id in named:
        assert id in record, id
        fact = record[id]
        assert fact.published is None or fact.published <= record.now or id == "prison_break", id


def test_no_packaged_list_holds_a_reference() -> None:
    assert not any(REFERENCE.search(path.read_text(encoding="utf-8")) for path in packaged_lists().values())
