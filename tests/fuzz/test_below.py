"""What is below Hydra's composing, thousands of times: words, values, lists, event tables, conf files and stores.

Whatever comes in is either taken, and then comes back as itself, or refused in one line that says where.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.event_tables import canonical_events, read_canonical, read_events
from sim.ensemble.design.case_csv import read_list
from sim.ensemble.design.designs import DESIGNS, read_design
from sim.ensemble.executors import EXECUTORS, read_executor
from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import Store
from sim.errors import LONGEST_SHOWN, StoreDamaged, UserMistake, one_line
from sim.model import MODEL_VERSION
from sim.settings.conf_files import conf_files
from sim.settings.overrides import key_of, read_override, read_overrides
from sim.settings.schema import check_value
from sim.settings.sweep_grid import read_grid
from tests.fuzz.budget import BELOW, bounded, examples
from tests.fuzz.grammar import (
    CHOICES,
    PARAMETERS,
    any_words,
    event_tables,
    fitting,
    fragments,
    junk,
    numbers,
    odd_text,
    st_one,
    written,
)  # fmt: skip
from tests.worlds import TINY, make_case

pytestmark = pytest.mark.slow


@contextmanager
def quietly() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def shown(text: str) -> str:
    """A text as a mistake shows it."""
    return one_line(text[:LONGEST_SHOWN])


def check_line(mistake: UserMistake | StoreDamaged, *named: str) -> None:
    """One line that a person can read, and that names one of these things."""
    line = str(mistake)
    assert line.isprintable(), line
    assert len(line) < 2000, line
    assert any(shown(name) in line for name in named), (line, named)


# Words


@examples(0.245, BELOW)
@given(st.lists(any_words, min_size=1, max_size=4))
def test_words_are_read_or_refused_by_name(words: list[str]) -> None:
    with bounded(), quietly():
        try:
            grid = read_grid(read_overrides(words, CHOICES))
        except UserMistake as mistake:
            return check_line(mistake, *(key_of(word)[:60] for word in words))
    assert math.prod(map(len, grid.axes)) == grid.size <= 100_000


@examples(0.1, BELOW)
@given(any_words)
def test_a_word_that_was_read_says_the_same_when_it_is_typed_as_it_is_shown(word: str) -> None:
    with bounded(), quietly(), suppress(UserMistake):
        for one in read_override(word, CHOICES).words[:9]:
            (again,) = read_override(one.text, CHOICES).words
            assert (again.key, repr(again.value)) == (one.key, repr(one.value))


# Values


@st.composite
def values(draw: st.DrawFn) -> tuple[Any, Any]:
    parameter = draw(st_one(PARAMETERS))
    return parameter, draw(st.one_of(fitting(parameter), numbers, junk, st.none(), st.lists(numbers, max_size=2)))


@examples(0.15, BELOW)
@given(values())
def test_a_value_is_taken_once_and_for_all_or_refused(given_: tuple[Any, Any]) -> None:
    parameter, value = given_
    try:
        taken = check_value(parameter, value)
    except UserMistake as mistake:
        return check_line(mistake, parameter.key)
    assert check_value(parameter, taken) == taken
    if parameter.kind != "text":  # a text may need quotes
        (word,) = read_override(f"{parameter.key}={written(taken)}", CHOICES).words
        assert check_value(parameter, word.value) == taken


FIELDS = {"design": (DESIGNS, read_design), "executor": (EXECUTORS, read_executor)}


@st.composite
def variants(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A group that names one of several kinds, with settings that some of them have."""
    group = draw(st_one(sorted(FIELDS)))
    kind = FIELDS[group][0][draw(st_one(sorted(FIELDS[group][0])))]
    names = st_one([*(field.name for field in fields(kind)), "nothing"])
    given_ = draw(st.dictionaries(names, st.one_of(numbers, junk, st.none(), st.lists(junk, max_size=2)), max_size=2))
    return group, {"name": kind.name, **given_}


@examples(0.03, BELOW)
@given(variants())
def test_a_design_and_an_executor_are_read_or_refused_by_key(given_: tuple[str, dict[str, Any]]) -> None:
    group, settings = given_
    with bounded():
        try:
            FIELDS[group][1](settings)
        except UserMistake as mistake:
            check_line(mistake, group)


# Event tables


@examples(0.15, BELOW)
@given(event_tables)
def test_an_event_table_comes_back_as_itself_or_is_refused_by_row(table: Any) -> None:
    try:
        with bounded():
            events = read_events(table, {"officers.pool": 400})
    except UserMistake as mistake:
        return check_line(mistake, "scenario.events")
    kept = canonical_events(events)
    texts = [[event.text, event.origin] for event in events]
    assert canonical_events(read_canonical(json.loads(json.dumps(kept)), texts)) == kept


@st.composite
def torn_canonical(draw: st.DrawFn) -> Any:
    """Stored events of which one thing, somewhere, is another."""
    tree = [
        ["2024-03-01", None, [["kenya.slips", "add", 1.0]]],
        [None, ["coalition", True, 0.5, 1, True], [["levers.gang_truce", "set", 1.0]]],
    ]
    node: Any = tree
    while True:
        place = draw(st.integers(0, len(node) - 1))
        if isinstance(node[place], list) and draw(st.booleans()):
            node = node[place]
            continue
        node[place] = draw(st.one_of(junk, numbers, st.none(), st.booleans(), st.lists(numbers, max_size=3)))
        return tree


@examples(0.05, BELOW)
@given(torn_canonical())
def test_stored_events_are_read_or_refused(tree: Any) -> None:
    try:
        events = read_canonical(tree, None)
    except UserMistake as mistake:
        return check_line(mistake, "scenario.events")
    assert canonical_events(read_canonical(canonical_events(events), None)) == canonical_events(events)


# Lists


known_columns = (
    "scenario theory media.report_probability gangs.blocs replicate root_seed case label status scenario.events "
    "theory.name exits_by_end future world unknowns unknowns.mode unknowns.drawn"
)
columns = st.one_of(st_one([*known_columns.split(), "", "Unnamed: 0"]), odd_text)
known_cells = "breach as_documented 0.1 3 1.0 1e400 -1 0,1 [] [[]] null"
cells = st.one_of(st_one([*known_cells.split(), ""]), junk)


@st.composite
def lists(draw: st.DrawFn) -> bytes:
    """A CSV file, or what somebody made of one."""
    header = draw(st.lists(columns, max_size=4))
    width = len(header)
    file = io.StringIO()
    sign = draw(st_one([",", ",", ",", ";", "\t"]))
    writer = csv.writer(file, delimiter=sign, lineterminator=draw(st_one(["\n", "\r\n"])))
    with suppress(csv.Error):
        writer.writerow(header)
        for _ in range(draw(st.integers(0, 4))):
            writer.writerow(
                draw(st.lists(cells, min_size=max(0, width - draw(st_one([0, 0, 0, 1]))), max_size=width + 1))
            )
    raw = file.getvalue().encode(draw(st_one(["utf-8", "utf-8", "utf-8-sig", "utf-16"])), "surrogatepass")
    return raw[: draw(st.integers(0, len(raw)))] if draw(st_one([False, False, True])) else raw


@examples(0.15, BELOW)
@given(lists())
def test_a_list_is_read_or_refused_by_file_and_line(raw: bytes) -> None:
    with TemporaryDirectory() as folder, quietly(), bounded():
        path = f"{folder}/these.csv"
        Path(path).write_bytes(raw)
        try:
            found = read_list(path, None)
        except UserMistake as mistake:
            check_line(mistake, path, "design.store")
            return
        assert found.rows
        for row in found.rows:
            for word in row.words:
                try:
                    read_override(word, CHOICES)
                except UserMistake as mistake:
                    check_line(mistake, key_of(word)[:60])


# Conf folders


yaml_leaves = st.one_of(
    fragments, odd_text, numbers, st.none(), st.booleans(), st_one(["${officers.pool}", "us_troops", "*"])
)
yaml_names = st.one_of(
    st_one(
        [
            "name",
            "story",
            "events",
            "defaults",
            "hydra",
            "sweeper",
            "params",
            "_target_",
            "scenario",
            "officers",
            "pool",
        ]
    ),
    odd_text,
)
yaml_trees = st.recursive(
    yaml_leaves,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(yaml_names, inner, max_size=4)),
    max_leaves=8,
)
yaml_pieces = st_one([*"\n:-{}[]&*!|>#'\" ", "a", "  ", "\n- ", ": ", "<<: ", "name: mine\n", "&a [*a]", "events:\n  "])
yaml_heads = st_one(["", "# @package _global_\n", "# @package x\n", "\ufeff"])
places = (
    "config.yaml scenario/mine.yaml theory/mine.yaml experiment/mine.yaml scenario/mine.yml mine.yaml "
    "scenarios/mine.yaml scenario/deep/mine.yaml media/default.yaml notes.txt"
)
file_names = st_one([*places.split(), "scenario/a b.yaml"])


@st.composite
def conf_texts(draw: st.DrawFn) -> str:
    """YAML, or text that may be some."""
    if draw(st.booleans()):
        return draw(yaml_heads) + draw(st.lists(yaml_pieces, max_size=20).map("".join))
    tree = draw(yaml_trees)
    with suppress(UnicodeEncodeError, yaml.YAMLError):
        return yaml.safe_dump(tree, allow_unicode=True)
    return repr(tree)


@examples(0.05, BELOW)
@given(st.dictionaries(file_names, conf_texts(), min_size=1, max_size=2))
def test_a_conf_folder_is_read_or_refused_by_file(files: dict[str, str]) -> None:
    with TemporaryDirectory() as folder, quietly(), bounded():
        for name, text in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            with conf_files(Path(folder)) as found:
                assert set(found.choices) == set(CHOICES)
        except UserMistake as mistake:
            check_line(
                mistake,
                *(f"{folder}/{name}" for name in files),
                *(f"{folder}/{name.partition('/')[0]}" for name in files),
            )


# Stores


@cache
def row() -> dict[str, Any]:
    """A row of the table of cases."""
    return make_case("scenario=us_troops", "theory=breach", *TINY).row()


@cache
def stored() -> dict[str, pa.Table]:
    """The tables of a store of three runs."""
    case, days = row()["case"], pa.array([1, 2, 3], pa.date32())
    run = {"case": [case] * 3, "root_seed": [1] * 3, "replicate": [0, 1, 2], "future": [0] * 3}
    how = {"status": ["ok", "ok", "failed"], "message": [None, None, "odd"], "exits_by_end": [1.0, 2.0, None]}
    return {"cases": pa.Table.from_pylist([row()]), "runs": pa.table(run | how), "days": pa.table(run | {"day": days})}


@st.composite
def changes(draw: st.DrawFn) -> tuple[int, str, Any]:
    return (
        draw(st.integers(0, 10_000)),
        draw(st_one(["gone", "other", "text"])),
        draw(st.one_of(junk, numbers, st.none())),
    )


@examples(0.03, BELOW)
@example((0, "other", "\x7f"))
@given(changes())
def test_a_row_of_the_table_of_cases_is_that_case_or_damaged(change: tuple[int, str, Any]) -> None:
    (place, how, value), whole = change, row()
    key = sorted(whole)[place % len(whole)]
    other = {name: cell for name, cell in whole.items() if name != key}
    if how != "gone":
        other[key] = value if how == "other" else str(whole[key])
    try:
        assert Case.from_row(other).id == whole["case"]
    except StoreDamaged as damage:
        check_line(damage, "case")


WAYS = ("column gone", "column doubled", "other type", "torn", "bits", "empty", "no rows", "parts of two kinds")


@st.composite
def spoilings(draw: st.DrawFn) -> tuple[str, str, int, Any]:
    table, how = draw(st_one(["cases", "runs", "days"])), draw(st_one(WAYS))
    kinds = st_one([pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.null(), pa.binary()])
    return table, how, draw(st.integers(0, 10_000)), draw(kinds)


def spoil(folder: Path, rows: pa.Table, how: str, place: int, kind: Any) -> None:
    """Write a table's part that is not what it should be, under a name that fits its bytes unless it is torn."""
    name = rows.column_names[place % rows.num_columns]
    if how == "column gone" and rows.num_columns > 1:
        rows = rows.drop_columns([name])
    elif how == "column doubled":
        rows = rows.append_column(name, rows[name])
    elif how in ("other type", "parts of two kinds"):
        if how == "parts of two kinds":
            parts.write(folder, rows)
        try:
            column = rows[name].cast(kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            column = pa.nulls(len(rows), kind)
        rows = rows.set_column(rows.column_names.index(name), name, column)
    elif how == "no rows":
        rows = rows.slice(0, 0)
    part = parts.write(folder, rows)
    raw = bytearray(part.read_bytes())
    if how == "torn":
        part.write_bytes(raw[: place % len(raw)])
    elif how == "bits":
        raw[place % len(raw)] ^= 1 << place % 8
        part.write_bytes(raw)
    elif how == "empty":
        part.write_bytes(b"")


@examples(0.01, BELOW)
@given(spoilings())
def test_a_spoilt_part_is_read_or_called_damaged(spoiling: tuple[str, str, int, Any]) -> None:
    spoilt, how, place, kind = spoiling
    with TemporaryDirectory() as name, quietly(), bounded():
        folder = Path(name)
        (folder / "manifest.json").write_text(
            json.dumps({"format": 1, "model_version": MODEL_VERSION, "record": "cafe"})
        )
        for table, rows in stored().items():
            if table == spoilt:
                spoil(folder / table, rows, how, place, kind)
            else:
                parts.write(folder / table, rows)
        store = Store.read(folder)
        for look in (store.cases, store.runs, store.days, store.finished, store.digest, store.damaged):
            try:
                look()
            except StoreDamaged as damage:
                check_line(damage, os.fspath(folder))
