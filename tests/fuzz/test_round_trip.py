"""What a list, a frame or a query of the store gives back runs exactly the cases that it came from."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.event_tables import read_events
from sim.ensemble.design.case_csv import read_list
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.model.events import MEASURES, TARGETS, Event
from sim.model.withdrawal import THEORIES
from tests.fuzz.budget import BELOW, LINES, examples
from tests.fuzz.grammar import WORLD, fitting, st_one, written
from tests.fuzz.shell import desk, typed
from tests.worlds import TINY, make_case

pytestmark = pytest.mark.slow


@st.composite
def events(draw: st.DrawFn) -> Event:
    """An event that may be: dated or conditional, with what it sets or adds inside the limits of its levels."""
    row: dict[str, Any] = {}
    for name in draw(st.lists(st_one(sorted(TARGETS)), min_size=1, max_size=3, unique=True)):
        group, _, level = name.partition(".")
        write = row.setdefault(draw(st_one(["set", "add"])), {}).setdefault(group, {})
        write[level] = draw(st.floats(0, TARGETS[name].high))
    if draw(st.booleans()):
        row["date"] = draw(st.dates(date(2023, 10, 1), date(2025, 1, 1)))
    else:
        side, days = draw(st_one(["above", "below"])), draw(st.integers(1, 60))
        row["when"] = {"measure": draw(st_one(sorted(MEASURES))), side: draw(st.floats(-1, 100)), "days": days}
    (event,) = read_events({"x": row})
    return event


@st.composite
def worlds(draw: st.DrawFn) -> Case:
    """A case that differs from the record's in settings of any kind and in events."""
    case = make_case(f"theory={draw(st_one(sorted(THEORIES)))}", f"unknowns={draw(st_one(['fixed', 'prior']))}")
    changed = draw(st.lists(st_one(WORLD), max_size=5, unique_by=lambda parameter: parameter.key))
    label = draw(st_one(["plain", "a, b", 'says "no"', "a\nb", "=1+1", "é · 中", "1e5", ""]))
    try:
        return case.varied({p.key: draw(fitting(p)) for p in changed}, label, draw(st.lists(events(), max_size=2)))
    except UserMistake:  # settings that do not go together
        assume(False)
        raise


def saved(frame: pd.DataFrame, by: str, path: Path) -> None:
    """Write a frame as a list, the way that one of several programs does."""
    if by == "a spreadsheet":
        fewer = frame.map(lambda cell: f"{cell:.15g}" if isinstance(cell, float) else cell)
        fewer.replace("nan", "").to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    elif by == "every cell in quotes":
        frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    else:
        frame.to_csv(path, index=False)


PROGRAMS = ("pandas", "a spreadsheet", "every cell in quotes")


@examples(0.02, BELOW)
@given(st.lists(worlds(), min_size=1, max_size=3), st_one(PROGRAMS), st.booleans())
def test_the_rows_of_cases_are_those_cases(cases: Sequence[Case], by: str, named: bool) -> None:
    frame = pd.DataFrame([case.row() for case in cases])
    with TemporaryDirectory() as folder:
        path = Path(folder, "cases.csv")
        saved(frame if named else frame.drop(columns="case"), by, path)
        rows = read_list(str(path), None).rows
    assert [row.case and row.case.id for row in rows] == [case.id for case in cases]


@examples(0.005, BELOW)
@given(st.lists(worlds(), min_size=1, max_size=3), st_one(PROGRAMS), st.lists(st.integers(0, 2**31 - 1), max_size=3))
def test_what_a_store_gives_back_is_what_it_was_given(cases: Sequence[Case], by: str, luck: list[int]) -> None:
    with TemporaryDirectory() as folder:
        store = Store.open(folder, model_version=1, record="cafe")
        store.add_cases(pd.DataFrame([case.row() for case in cases]))
        kept = Store.read(folder).cases()
        assert {Case.from_row(row).id for row in kept.to_dict("records")} == {case.id for case in cases}
        listed = [(case.id, replicate) for case in cases for replicate in luck or [0]]
        path = Path(folder, "runs.csv")
        saved(pd.DataFrame(listed, columns=["case", "replicate"]), by, path)
        rows = read_list(str(path), folder).rows
    assert [(row.case and row.case.id, row.replicate) for row in rows] == listed


@st.composite
def sweeps(draw: st.DrawFn) -> list[str]:
    """A sweep of two or three settings, all of whose values may be."""
    words = ["theory=" + ",".join(draw(st.lists(st_one(sorted(THEORIES)), min_size=1, max_size=2, unique=True)))]
    some = [p for p in WORLD if not p.key.startswith(("clock.", "officers.pool", "officers.squad"))]
    for parameter in draw(st.lists(st_one(some), max_size=2, unique_by=lambda parameter: parameter.key)):
        values = draw(st.lists(fitting(parameter).map(written), min_size=1, max_size=2, unique=True))
        words.append(f"{parameter.key}={','.join(values)}")
    return words


@examples(0.02, LINES)
@given(sweeps(), st_one(["SELECT * FROM cases", "SELECT * FROM runs", 'SELECT "case", replicate FROM runs']))
def test_the_answer_of_a_query_runs_exactly_what_it_came_from(words: list[str], sql: str) -> None:
    little = [*TINY, "ensemble.replicates=2", "executor=serial"]
    with desk():
        made = typed("sweep", *words, *little, "out=first")
        assume(made.code == 0)  # two settings may not go together
        Path("these.csv").write_text(typed("query", "first", sql, "--as", "csv").out, encoding="utf-8")
        frame = ["ensemble.replicates=2"] if "cases" in sql else []
        told = ["design=file", "design.path=these.csv", "design.store=first", *frame, "executor=serial", "out=second"]
        assert typed("sweep", *told).code == 0
        assert Store.read("second").digest() == Store.read("first").digest()
        assert sorted(Store.read("second").cases()["case"]) == sorted(Store.read("first").cases()["case"])
