"""Dropping and joining: what goes was meant to go, and nothing else is lost."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.cli import run as tabletop
from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.upkeep.join import join_parts
from sim.ensemble.upkeep.prune import prune, to_prune
from sim.ensemble.upkeep.status import status
from sim.errors import UserMistake
from sim.model import MODEL_VERSION
from tests.ensemble.store.format_1 import as_format_1
from tests.ensemble.store.format_2 import as_format_2
from tests.faults import failing_disk, refusal
from tests.worlds import TINY

WORDS = [*TINY, "ensemble.officers=true", "ensemble.replicates=4", "--no-figures"]
THEORIES = ("breach", "constant", "prospects")


def made(folder: Path) -> Store:
    for theory in THEORIES:
        assert tabletop(["run", *WORDS, f"theory={theory}", f"out={folder}"]) == 0
    return Store.read(folder)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made(tmp_path / "s")


def tables(store: Store) -> dict[str, pd.DataFrame]:
    return {name: store.table(name) for name in TABLES}


def store_part(store: Store, table: str) -> pa.Table:
    return parts.read(parts.listed(store.folder / table)[0])


def in_pieces(rows: pa.Table, size: int = 5_000) -> pa.Table:
    return pa.concat_tables([rows.slice(first, size) for first in range(0, len(rows), size)])


def sound(store: Store) -> bool:
    found = status(store)
    return (found["missing"], found["damaged"]) == (0, []) and tabletop(["verify", str(store.folder)]) == 0


# Pruning


def test_each_run_counts_once_whatever_parts_hold_its_rows(tmp_path: Path, monkeypatch) -> None:
    """Arrow groups a table of several pieces, as it does a large one, in another order each time."""
    monkeypatch.setattr(parts, "read", lambda part, columns, read=parts.read: in_pieces(read(part, columns)))
    store = Store.open(tmp_path / "s", model_version=MODEL_VERSION, record="cafe")
    keys = [(f"c{case:011d}", 7, replicate, 0, date(2024, 3, day)) for case in range(3) for replicate in range(9_000)
            for day in (1, 2, 3)]  # fmt: skip
    days = pd.DataFrame(keys, columns=["case", "root_seed", "replicate", "future", "day"]).sample(
        frac=1, random_state=1
    )
    for first in range(0, len(days), 27_000):
        store.add("days", days.iloc[first : first + 27_000])
    assert to_prune(store, ["days"], None).runs == 27_000
    assert to_prune(store, ["days"], ["c00000000001"]).runs == 9_000


@pytest.mark.parametrize("key", ["case", "replicate"])
def test_a_part_without_a_key_is_named_before_anything_goes(store: Store, key: str, error_line) -> None:
    other = parts.write(store.folder / "days", store_part(store, "days").drop_columns([key]))
    assert tabletop(["prune", str(store.folder), "days", "--yes"]) == 4
    assert f"{other} cannot be used (it has no column {key})" in error_line()
    assert other.exists()


@pytest.mark.parametrize("words", [["days"], ["days", "officers"], ["attribution", "days"]])
def test_a_table_goes_and_counts_neither_as_missing_nor_as_damage(store: Store, words: list[str], capsys) -> None:
    before = tables(store)
    assert tabletop(["prune", str(store.folder), *words, "--yes"]) == 0
    assert f"dropped: {' and '.join(words)}: 12 runs" in capsys.readouterr().out
    for name, rows in tables(store).items():
        assert rows.empty if name in words else rows.equals(before[name])
    assert sound(store)
    again = made(store.folder)
    assert all(rows.equals(before[name]) for name, rows in tables(again).items())
    assert sound(again)


def test_what_somebody_removed_by_hand_is_not_wanted_once_it_is_pruned(store: Store, capsys) -> None:
    shutil.rmtree(store.folder / "days")
    assert status(store)["missing"] == 12
    assert tabletop(["prune", str(store.folder), "days"]) == 0
    assert "nothing is there to be dropped" in capsys.readouterr().out
    assert sound(store)


def test_a_case_goes_with_all_that_is_of_it_and_nothing_else(store: Store) -> None:
    join_parts(store, ["test"])  # so that parts hold several cases
    before, cases = tables(store), store.cases().set_index("theory.name")["case"]
    label = store.cases().set_index("theory.name")["label"]["constant"]
    assert tabletop(["prune", str(store.folder), "--case", label, "--case", cases["breach"], "--yes"]) == 0
    for name, rows in tables(store).items():
        left = before[name][before[name]["case"] == cases["prospects"]].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, left, check_dtype=False)
    assert status(store)["wanted"] == 4
    assert sound(store)


def test_a_table_of_one_case_goes_alone(store: Store) -> None:
    join_parts(store, ["test"])
    case = store.cases()["case"][1]
    assert tabletop(["prune", str(store.folder), "days", "--case", case, "--yes"]) == 0
    assert set(store.days()["case"]) == {store.cases()["case"][0], store.cases()["case"][2]}
    assert len(store.runs()) == 12
    assert sound(store)


def test_whatever_stops_it_midway_what_is_gone_was_meant_to_go(store: Store) -> None:
    what = to_prune(store, (), list(store.cases()["case"])[:1])
    with failing_disk(call="unlink"), pytest.raises(UserMistake, match="No space left"):
        prune(store, what, ["test"])
    assert sound(store)
    assert len(store.cases()) == 3  # the case goes last
    prune(store, what, ["test"])
    assert len(store.cases()) == 2
    assert sound(store)


OPTIONAL = "unknowns, attribution, days, officers, own, states, weeks"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            [],
            f"TABLE: name what is to go: {OPTIONAL}, or cases with --case",
        ),
        (
            ["runs"],
            f"TABLE=runs: one of {OPTIONAL}; runs go with their case: --case",
        ),
        (["months"], "TABLE=months: one of unknowns, attribution"),
        (["days", "--case", "br"], "--case=br: no case of this label or id"),
        (["days"], "nobody is there to be asked: say --yes"),
    ],
)
def test_nothing_goes_by_mistake(store: Store, words: list[str], said: str, error_line, capsys, monkeypatch) -> None:
    before = sorted(store.folder.rglob("*"))
    monkeypatch.setattr("sys.stdin", open("/dev/null"))  # noqa: SIM115
    capsys.readouterr()
    assert tabletop(["prune", str(store.folder), *words]) == 2
    assert said in error_line()
    assert sorted(store.folder.rglob("*")) == before


# Joining


@pytest.mark.parametrize("put", [None, as_format_1, as_format_2])
def test_joined_parts_hold_the_same_rows_in_the_same_columns(
    store: Store, put: Callable[[Store], Store] | None, capsys
) -> None:
    if put is not None:
        store = put(store)
    before, digest, found = tables(store), store.digest(), status(store)
    capsys.readouterr()
    assert tabletop(["verify", str(store.folder), "--join"]) == 0
    assert "runs: 3 parts are 1 now" in capsys.readouterr().out
    store = Store.read(store.folder)
    for name, rows in tables(store).items():
        pd.testing.assert_frame_equal(rows, before[name], check_dtype=False)
        assert len({tuple(pq.read_schema(part).names) for part in (store.folder / name).glob("part-*")}) <= 1
    assert store.digest() == digest
    now = status(store)
    assert {key: now[key] for key in ("wanted", "missing", "done", "format")} == {
        key: found[key] for key in ("wanted", "missing", "done", "format")
    }
    assert tabletop(["verify", str(store.folder), "--join"]) == 0
    assert "parts are" not in capsys.readouterr().out.replace("parts are sound", "")


def test_large_parts_are_left_alone_and_the_others_become_as_large(store: Store) -> None:
    size = max(part.stat().st_size for part in (store.folder / "days").iterdir())
    names = {part.name for part in (store.folder / "days").iterdir() if part.stat().st_size >= size}
    join_parts(store, ["test"], large=size)
    assert names <= {part.name for part in (store.folder / "days").iterdir()}


@pytest.mark.parametrize("call", ["fsync", "replace", "unlink"])
def test_a_joining_that_fails_loses_nothing(store: Store, call: str) -> None:
    before, digest = tables(store), store.digest()
    with failing_disk(call=call):
        assert "No space left" in refusal(join_parts, store, ["test"])
    assert store.digest() == digest
    assert all(rows.equals(before[name]) for name, rows in tables(store).items())
    assert sound(store)


# Status


def test_status_says_sizes_by_table_and_part_and_the_cases_in_words(store: Store, capsys) -> None:
    found = status(store)
    for name in ("cases", "runs", "days", "officers"):
        files = list((store.folder / name).iterdir())
        size = sum(part.stat().st_size for part in files) / 2**20
        assert found["tables"][name]["MiB"] == pytest.approx(size)
        assert set(found["tables"][name]["by_part"]) == {part.name for part in files}
    assert [(row["theory"], row["runs"], row["failed"]) for row in found["by_case"]] == [
        (theory, 4, 0) for theory in store.cases()["theory.name"]
    ]
    capsys.readouterr()
    assert tabletop(["status", str(store.folder), "--parts"]) == 0
    said = capsys.readouterr().out
    assert "as_documented · constant" in said
    assert all(part in said for part in found["tables"]["days"]["by_part"])
