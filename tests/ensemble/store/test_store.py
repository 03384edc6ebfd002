"""Tiny stories about the store: it grows, it keeps what was finished, and it says when something is wrong."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import struct
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.interface import Column
from sim.ensemble.upkeep.join import join_parts
from sim.ensemble.upkeep.prune import to_prune
from sim.errors import StoreDamaged, UserMistake
from sim.model import MODEL_VERSION
from tests.faults import failing_disk, refusal

CASE, OTHER = "0123456789ab", "ba9876543210"
KEYS = ["case", "root_seed", "replicate", "future"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return reopened(tmp_path / "worlds")


def reopened(folder: Path) -> Store:
    return Store.open(folder, model_version=3, record="cafe")


def rows(*replicates: int, case: str = CASE, status: str = "ok", **outcomes: object) -> pd.DataFrame:
    frame = pd.DataFrame({"case": case, "replicate": replicates, "root_seed": 7, "future": 0, "status": status})
    frame["message"] = None if status == "ok" else "hazard became NaN on 2024-02-29"
    frame["exits_by_end"] = np.array(replicates) * 10
    frame["share_out_by_end"] = np.array(replicates) / 3
    return frame.assign(**outcomes)


def case_rows(cases: list[str], labels: list[str], **settings: object) -> pd.DataFrame:
    named = {"scenario.name": "as_documented", "theory.name": "breach"}
    return pd.DataFrame({"case": cases, "label": labels, **named, **settings})


def replicates_of(store: Store) -> list[int]:
    return store.runs()["replicate"].tolist()


def leftovers(store: Store) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.name.startswith(".tmp-")]


# Growing


def test_adding_twice_keeps_both(store):
    store.add("runs", rows(0, 1))
    store.add("runs", rows(2))
    assert replicates_of(store) == [0, 1, 2]
    assert store.finished() == {(CASE, 7, 0, 0), (CASE, 7, 1, 0), (CASE, 7, 2, 0)}


def test_what_was_added_is_there_when_the_store_is_opened_again(store):
    store.add("runs", rows(0, 1))
    again = reopened(store.folder)
    pd.testing.assert_frame_equal(again.runs(), store.runs())
    assert again.parts_written == []


def test_no_rows_make_no_part(store):
    assert store.add("runs", rows(0).head(0)) is None
    assert not (store.folder / "runs").exists()


def test_an_empty_store_answers_every_question(store):
    assert store.finished() == store.finished("days") == set()
    assert [len(table) for table in (store.runs(), store.cases(), store.days(), store.table("attribution"))] == [0] * 4
    assert set(store.runs()) == {column.name for column in TABLES["runs"].columns()}
    assert store.damaged() == []
    assert store.digest() == hashlib.sha256().hexdigest()


def test_runs_come_back_sorted_whatever_the_order_they_went_in(store):
    store.add("runs", rows(2, 0, case=OTHER))
    store.add("runs", rows(1, case=CASE))
    found = store.runs()
    assert list(zip(found["case"], found["replicate"], strict=True)) == [(CASE, 1), (OTHER, 0), (OTHER, 2)]


def test_a_good_row_outranks_a_failed_one_whichever_came_first(store):
    store.add("runs", rows(0, 1, status="failed", exits_by_end=None, share_out_by_end=None))
    store.add("runs", rows(0))
    store.add("runs", rows(0, status="failed", exits_by_end=None, share_out_by_end=None))
    assert store.runs()["status"].tolist() == ["ok", "failed"]
    assert store.finished() == {(CASE, 7, 0, 0)}


def test_only_unknown_cases_are_added(store):
    first = case_rows([CASE, CASE], ["as documented", "a second name"])
    assert store.add_cases(first) is not None
    assert store.add_cases(first) is None
    store.add_cases(case_rows([CASE, OTHER], ["again", "new"]))
    assert store.cases()["label"].tolist() == ["as documented", "new"]
    assert store.asked_as == {CASE: ["a second name", "again"]}
    store.note_invocation({"command": ["tabletop", "run"]})
    assert Store.read(store.folder).called() == {CASE: ["a second name", "again"]}


def test_the_named_cases_alone_can_be_read(store):
    store.add("runs", pd.concat([rows(0, 1), rows(0, case=OTHER)]))
    assert store.runs([OTHER])["case"].tolist() == [OTHER]
    assert store.runs([]).empty


def test_days_are_read_by_column_and_case_and_never_twice(store):
    first, second = pd.Timestamp(2024, 3, 1), pd.Timestamp(2024, 3, 2)
    days = pd.DataFrame(
        {"case": CASE, "replicate": 0, "root_seed": 7, "future": 0, "day": [second, first], "exits": [4, 2]}
    )
    store.add("days", days)
    store.add("days", days.head(1).assign(rumour=1))
    assert store.days(columns=["exits"]).to_dict("list") == {
        "case": [CASE] * 2, "replicate": [0, 0], "root_seed": [7, 7], "future": [0, 0],
        "day": [first, second], "exits": [2, 4],
    }  # fmt: skip
    assert store.days([OTHER]).empty
    assert store.finished("days") == {(CASE, 7, 0, 0)}


def test_attribution_has_one_row_for_each_cause(store):
    causes = pd.DataFrame(
        {"case": CASE, "replicate": 0, "root_seed": 7, "future": 0, "cause": ["pay", "fear"], "exits_by_end": [2, 5]}
    )
    store.add("attribution", causes)
    store.add("attribution", causes)
    assert store.table("attribution")["cause"].tolist() == ["fear", "pay"]


def test_two_writers_share_a_folder(store):
    other = reopened(store.folder)
    store.add("runs", rows(0))
    other.add("runs", rows(1))
    assert replicates_of(store) == replicates_of(other) == [0, 1]


def test_the_same_part_written_by_many_at_once_is_one_part(tmp_path):
    def work(worker: int) -> None:
        mine = reopened(tmp_path / "worlds")
        mine.add("runs", rows(0))
        mine.add("runs", rows(worker))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1, 9)))
    assert replicates_of(reopened(tmp_path / "worlds")) == list(range(9))
    assert len(list((tmp_path / "worlds" / "runs").iterdir())) == 9


# Types


def test_every_part_has_every_column_in_its_type_whatever_the_rows_hold(store):
    when = pd.to_datetime(["2024-02-29", None])
    store.add("runs", rows(0, 1, first_report_date=when, message=pd.Categorical(["so", "so"])))
    store.add("runs", rows(2, status="failed").drop(columns=["exits_by_end", "share_out_by_end"]))
    declared = TABLES["runs"].schema()
    for part in (store.folder / "runs").iterdir():
        assert pq.read_schema(part).equals(declared, check_metadata=True)
    assert store.runs()["first_report_date"].tolist() == [pd.Timestamp(2024, 2, 29), pd.NaT, pd.NaT]
    assert store.runs()["exits_by_end"].tolist()[:2] == [0, 10]


@pytest.mark.parametrize(
    ("column", "value"), [("fault_day", 3), ("exits_by_end", "many"), ("replicate", 0.5), ("root_seed", 2**63)]
)
def test_what_no_column_holds_is_refused_and_leaves_nothing(store, column, value):
    with pytest.raises((ValueError, pa.ArrowException, OverflowError)):
        store.add("runs", rows(0, **{column: value}))
    assert not (store.folder / "runs").exists()


def test_the_largest_root_seed_is_kept(store):
    store.add("runs", rows(0, root_seed=2**63 - 1))
    assert store.finished() == {(CASE, 2**63 - 1, 0, 0)}


def test_settings_come_back_as_they_went_in(store):
    settings = {"gangs.branching_ratio": 0.06, "gangs.blocs": 25, "clock.end": date(2024, 6, 1)}
    store.add_cases(case_rows([CASE], ["as documented"], **settings))
    store.add_cases(case_rows([OTHER], ["other"], **{"officers.cohesion": "hold"}))
    known, other = store.cases().to_dict("records")
    assert {key: known[key] for key in settings} == settings
    assert pd.isna(known["officers.cohesion"])
    assert pd.isna([other["gangs.branching_ratio"], other["gangs.blocs"], other["clock.end"]]).all()
    assert "officers.pool" not in known


def test_settings_of_a_theory_that_came_later_get_a_column_in_every_part(store, monkeypatch):
    first = store.add_cases(case_rows([CASE], ["a"], **{"gangs.blocs": 3}))
    declared = TABLES["cases"]
    mood = Column("theory.mood", pa.float64(), "1", "how they feel")
    wider = replace(declared, columns=lambda: (*declared.columns(), mood))
    monkeypatch.setitem(TABLES, "cases", wider)
    second = store.add_cases(case_rows([OTHER], ["b"], **{"theory.mood": 0.5}))
    files = sorted((store.folder / "cases").iterdir())
    assert second in files
    assert first not in files
    assert {tuple(pq.read_schema(part).names) for part in files} == {tuple(wider.schema().names)}
    assert pd.read_parquet(store.folder / "cases").set_index("case")["theory.mood"].to_dict() == {
        CASE: pytest.approx(float("nan"), nan_ok=True), OTHER: 0.5,
    }  # fmt: skip
    monkeypatch.setitem(TABLES, "cases", declared)  # and somebody who does not have that theory adds, too
    store.add_cases(case_rows(["cdddddddddda"], ["c"], **{"gangs.blocs": 4}))
    assert {tuple(pq.read_schema(part).names) for part in (store.folder / "cases").iterdir()} == {
        tuple(wider.schema().names)
    }
    assert store.cases()["label"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("keep", ["new", "old"])
def test_parts_are_replaced_only_by_one_that_holds_their_rows(store, keep):
    old = [store.add("runs", rows(0)), store.add("runs", rows(1))]
    with failing_disk(call="replace" if keep == "old" else "unlink"), pytest.raises(UserMistake, match="No space"):
        store.rewrite("runs", old, TABLES["runs"].schema())
    assert all(part.exists() for part in old)
    assert replicates_of(store) == [0, 1]
    store.rewrite("runs", old, TABLES["runs"].schema())
    assert len(list((store.folder / "runs").iterdir())) == 1
    assert replicates_of(store) == [0, 1]


def test_a_reader_looks_again_when_a_part_goes_while_it_reads(store, monkeypatch):
    old = [store.add("runs", rows(0)), store.add("runs", rows(1))]
    listed, asked = parts.listed, []

    def stale(folder):
        asked.append(folder)
        return old if len(asked) == 1 else listed(folder)

    store.rewrite("runs", old, TABLES["runs"].schema())
    monkeypatch.setattr(parts, "listed", stale)
    assert store.table("runs")["replicate"].tolist() == [0, 1]
    assert len(asked) > 1


def test_what_is_held_in_memory_is_what_the_parts_hold_now(store):
    first = store.add("runs", rows(0, 1, 2))
    assert replicates_of(store) == [0, 1, 2]
    other = reopened(store.folder)
    other.add("runs", pd.concat([rows(3), rows(0, case=OTHER)]))
    assert len(store.runs()) == 5
    assert store.runs([OTHER], ["exits_by_end"]).columns.tolist() == [*KEYS, "status", "exits_by_end"]
    assert store.runs([OTHER])["case"].tolist() == [OTHER]
    first.unlink()
    assert len(store.runs()) == 2
    first.write_bytes(b"damaged")
    with pytest.raises(StoreDamaged, match=first.name):
        store.runs()


def test_dates_stay_dates_when_no_run_has_one(store):
    store.add("runs", rows(0, first_report_date=None))
    assert store.runs()["first_report_date"].dtype.kind == "M"
    store.add("runs", rows(1, first_report_date=date(2024, 3, 1)))
    assert store.runs()["first_report_date"].tolist() == [pd.NaT, pd.Timestamp(2024, 3, 1)]


def test_plain_pandas_reads_a_table(store):
    for replicate, reported in enumerate((None, date(2024, 3, 1), None)):
        store.add("runs", rows(replicate, first_report_date=reported))
    store.add("runs", rows(3, status="failed", exits_by_end=None, share_out_by_end=None))
    (store.folder / "runs" / ".tmp-left").write_bytes(b"half")
    found = pd.read_parquet(store.folder / "runs").sort_values("replicate")
    assert found["replicate"].tolist() == [0, 1, 2, 3]
    assert found["first_report_date"].tolist() == [None, date(2024, 3, 1), None, None]


@pytest.mark.parametrize(
    ("table", "frame", "said"),
    [
        ("months", rows(0), "no table 'months'"),
        ("runs", rows(0).drop(columns=["status", "case"]), "'case', 'status'"),
        ("days", rows(0), "'day'"),
    ],
)
def test_rows_that_could_not_be_found_again_are_refused(store, table, frame, said):
    with pytest.raises(ValueError, match=said):
        store.add(table, frame)


# The digest


def test_the_digest_does_not_depend_on_parts_order_or_repeats(tmp_path):
    whole, split = reopened(tmp_path / "whole"), reopened(tmp_path / "split")
    everything = pd.concat([rows(0, 1, 2), rows(0, 1, case=OTHER)])
    whole.add("runs", everything)
    split.add("runs", everything.iloc[[4, 2]].iloc[:, ::-1])
    split.add("runs", everything.iloc[[0]])
    split.add("runs", everything.iloc[[3, 1, 4, 0]])
    assert split.digest() == whole.digest()


def test_the_digest_does_not_see_failed_rows(store):
    store.add("runs", rows(0))
    before = store.digest()
    store.add("runs", rows(0, 1, status="failed", exits_by_end=None, share_out_by_end=None, message="fault"))
    assert store.digest() == before


@pytest.mark.parametrize(
    "change",
    [
        {"exits_by_end": 1},
        {"exits_by_end": None},
        {"share_out_by_end": 0.5},
        {"replicate": 3},
        {"root_seed": 8},
        {"future": 1},
        {"message": "x"},
    ],
)
def test_the_digest_sees_any_change(tmp_path, change):
    one, two = reopened(tmp_path / "one"), reopened(tmp_path / "two")
    one.add("runs", rows(0))
    two.add("runs", rows(0).assign(**change))
    assert one.digest() != two.digest()


@pytest.mark.parametrize("kind", [pa.int8(), pa.int64(), pa.float32(), pa.float64()], ids=str)
def test_the_digest_is_the_hash_of_the_values_spelled_out(store, kind):
    table = pa.table(
        {
            "case": [CASE, CASE],
            "replicate": [0, 1],
            "root_seed": [7, 7],
            "future": [0, 3],
            "status": ["ok", "ok"],
            "exits_by_end": pa.array([None, 12], kind),
            "share_out_by_end": [0.5, -0.0],
            "first_report_date": pa.array([None, date(1970, 1, 3)]),
            "message": pa.nulls(2, pa.string()),
        }
    )
    store.add("runs", table)
    spelled = [
        b"case\0text\0002\0" + b"\0\0" + struct.pack("<2q", 12, 12) + CASE.encode() * 2,
        b"exits_by_end\0whole\0002\0" + b"\1\0" + struct.pack("<2q", 0, 12),
        b"first_report_date\0date\0002\0" + b"\1\0" + struct.pack("<2q", 0, 2),
        b"future\0whole\0002\0" + b"\0\0" + struct.pack("<2q", 0, 3),
        b"replicate\0whole\0002\0" + b"\0\0" + struct.pack("<2q", 0, 1),
        b"root_seed\0whole\0002\0" + b"\0\0" + struct.pack("<2q", 7, 7),
        b"share_out_by_end\0number\0002\0" + b"\0\0" + struct.pack("<2d", 0.5, 0.0),
        b"status\0text\0002\0" + b"\0\0" + struct.pack("<2q", 2, 2) + b"okok",
    ]
    assert store.digest() == hashlib.sha256(b"".join(spelled)).hexdigest()


# Damage


@pytest.mark.parametrize("question", [Store.runs, Store.finished, Store.digest])
def test_a_truncated_part_is_named_with_the_way_out(store, question):
    part = store.add("runs", rows(0, 1))
    store.add("runs", rows(2))
    part.write_bytes(part.read_bytes()[:-9])
    with pytest.raises(StoreDamaged) as raised:
        question(store)
    assert part.name in str(raised.value)
    assert "move it away and issue the command again" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert store.damaged() == [part]


def test_one_altered_byte_is_noticed(store):
    part = store.add("runs", rows(0, 1))
    altered = bytearray(part.read_bytes())
    altered[10] ^= 1
    part.write_bytes(altered)
    with pytest.raises(StoreDamaged, match="do not match its name"):
        store.runs()


DAY = pd.DataFrame(
    {"case": CASE, "replicate": range(40), "root_seed": 7, "future": 0, "day": pd.Timestamp(2024, 3, 1), "exits": 2}
)
OF_TABLE = {
    "cases": case_rows([CASE], ["a"], **{"gangs.blocs": 3}),
    "runs": rows(*range(40)),
    "days": DAY,
    "officers": DAY.drop(columns=["day", "exits"]).assign(officer=3, perceived_hazard=0.25),
    "attribution": DAY.drop(columns=["day", "exits"]).assign(cause="pay", exits_by_end=2),
    "unknowns": DAY.drop(columns=["day", "exits"]).assign(**{"gangs.branching_ratio": 0.4}),
    "own": DAY.drop(columns=["day", "exits"]).assign(outcome="mood", value=0.5),
    "states": DAY.drop(columns=["exits"]).assign(phase=1, blocked=2),
    "weeks": DAY.drop(columns=["exits"]).assign(out=2),
}


@pytest.mark.parametrize("table", OF_TABLE)
def test_a_flipped_bit_anywhere_in_a_part_is_noticed_by_whoever_reads_it(store, table):
    assert set(OF_TABLE) == set(TABLES)
    part = store.add(table, OF_TABLE[table])
    whole = part.read_bytes()
    places = random.Random(table).sample(range(8 * len(whole)), 60)
    for place in places:
        altered = bytearray(whole)
        altered[place // 8] ^= 1 << place % 8
        part.write_bytes(altered)
        with pytest.raises(StoreDamaged, match=part.name):
            store.table(table)
        with pytest.raises(StoreDamaged, match=part.name):
            store.finished(table) if table != "cases" else store.cases()
    part.write_bytes(whole)
    assert len(store.table(table)) == len(OF_TABLE[table])


def test_pages_carry_checksums_so_that_a_bit_that_flips_later_is_noticed_too(store, monkeypatch):
    part = store.add("days", DAY)
    altered = bytearray(part.read_bytes())
    column = pq.ParquetFile(part).metadata.row_group(0).column(4)
    altered[(column.dictionary_page_offset or column.data_page_offset) + column.total_compressed_size - 1] ^= 1
    part.write_bytes(altered)
    monkeypatch.setattr(parts, "_check", lambda part: None)  # this process has seen the part when it was sound
    with pytest.raises(StoreDamaged, match=part.name):
        store.days()


def test_each_part_is_compared_with_its_name_once_a_question(store, monkeypatch):
    """Each comparison asks the disk for the file's seal, and a store may have thousands of parts."""
    store.add("runs", rows(0))
    store.add("runs", rows(1))
    seen: list[Path] = []
    monkeypatch.setattr(parts, "_check", seen.append)
    assert len(parts.scan(parts.listed(store.folder / "runs"), TABLES["runs"].schema(), ["replicate"])) == 2
    assert sorted(seen) == parts.listed(store.folder / "runs")


@pytest.mark.parametrize("fault", [errno.EACCES, errno.EIO, errno.EMFILE, errno.ENOMEM])
@pytest.mark.parametrize("question", [Store.runs, Store.finished, Store.digest, Store.damaged])
def test_what_cannot_be_read_is_not_called_damaged(store, monkeypatch, question, fault):
    part = store.add("runs", rows(0))

    def refuse(part):
        raise OSError(fault, os.strerror(fault))

    monkeypatch.setattr(parts, "is_sound", refuse)
    said = refusal(question, store)
    assert said == f"folder={part}: cannot be read ({os.strerror(fault)}); whether it is sound is not known"
    assert part.exists()


def test_a_shortage_of_memory_is_not_damage(store, monkeypatch):
    store.add("runs", rows(0))

    def short(*_, **__):
        raise pa.ArrowMemoryError("malloc of size 64 failed")

    monkeypatch.setattr(parts, "scan", short)
    with pytest.raises(MemoryError):
        store.runs()


def test_a_table_whose_folder_cannot_be_listed_is_not_taken_for_an_empty_one(store, monkeypatch):
    store.add("runs", rows(0))
    with failing_disk(errno.EACCES, "listdir"):
        assert "cannot be read: Permission denied" in refusal(store.runs)


@pytest.mark.parametrize("kept", [0, 100])
def test_a_cut_off_part_of_days_is_named(store, kept):
    part = store.add(
        "days",
        pd.DataFrame(
            {"case": CASE, "replicate": 0, "root_seed": 7, "future": 0, "day": pd.date_range("2024-03-01", periods=9)}
        ),
    )
    part.write_bytes(part.read_bytes()[:kept])
    with pytest.raises(StoreDamaged, match=part.name):
        store.days()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda table: table.append_column("case", table["case"]), "the column case stands in it twice"),
        (lambda table: table.drop_columns(["root_seed"]), "it has no column root_seed"),
        (lambda table: table.set_column(0, "case", pa.nulls(len(table), pa.string())), "has rows without a value"),
        (lambda table: table.set_column(1, "replicate", pa.array(["a"])), "replicate is string, and should be int32"),
        (
            lambda table: table.drop_columns(["exits_by_end"]).append_column("exits_by_end", pa.array(["a"])),
            "exits_by_end is string, and should be",
        ),
    ],
)
def test_a_sound_part_with_other_columns_than_its_table_is_named(tmp_path, change, said):
    """Somebody else's program wrote it: its bytes are those that its name says, and it is no part of this table."""
    store = Store.open(tmp_path / "of-this-version", model_version=MODEL_VERSION, record="cafe")
    store.add("runs", rows(0))
    parts.write(store.folder / "runs", change(pa.Table.from_pandas(rows(1), preserve_index=False)))
    for look in (store.runs, store.digest):
        with pytest.raises(StoreDamaged, match=said):
            look()


@pytest.mark.parametrize("column", ["label", "scenario.name", "theory.name"])
@pytest.mark.parametrize("change", ["lost", "empty"])
def test_a_part_of_cases_that_nobody_could_name_is_named(store, column, change):
    whole = pa.Table.from_pandas(case_rows([CASE], ["as documented"]), preserve_index=False).drop_columns([column])
    without = whole if change == "lost" else whole.append_column(column, pa.nulls(1, pa.string()))
    part = parts.write(store.folder / "cases", without)
    for look in (store.cases, lambda: store.add_cases(case_rows([OTHER], ["new"]))):
        with pytest.raises(StoreDamaged, match=rf"{part.name}.* column {column}"):
            look()


@pytest.mark.parametrize("table", [table.name for table in TABLES.values()])
def test_a_part_with_a_column_twice_is_named_by_whoever_reads_it(store, table):
    """Of every table, and whichever column it is: those of keys are asked for by name, the last one by nobody."""
    held = TABLES[table].schema().empty_table()
    for column in (*TABLES[table].required, held.column_names[-1]):
        part = parts.write(store.folder / table, held.append_column(column, held[column]))
        looks = [lambda: store.table(table), lambda: store.table(table, columns=()), lambda: store.table(table, [CASE])]
        for look in (*looks, lambda: join_parts(store, ["verify"]), lambda: to_prune(store, [], [CASE])):
            with pytest.raises(StoreDamaged, match=rf"{part.name}.*the column {column} stands in it twice"):
                look()
        part.unlink()


def test_moving_a_damaged_part_away_loses_its_runs_only_and_adding_them_again_heals(store):
    part = store.add("runs", rows(0))
    store.add("runs", rows(1))
    whole = store.digest()
    part.write_bytes(b"")
    part.rename(store.folder / "moved-away")
    assert store.finished() == {(CASE, 7, 1, 0)}
    store.add("runs", rows(0))
    assert store.digest() == whole


def test_a_part_damaged_under_its_name_is_replaced_by_the_same_rows(store):
    part = store.add("runs", rows(0))
    part.write_bytes(b"")
    assert store.add("runs", rows(0)) == part
    assert store.damaged() == []


def test_a_leftover_of_an_interrupted_writer_is_ignored(store):
    store.add("runs", rows(0))
    (store.folder / "runs" / ".tmp-0123").write_bytes(b"half a part")
    assert replicates_of(store) == [0]
    assert store.damaged() == []


# The folder


def test_an_empty_folder_becomes_a_store_and_so_does_one_with_a_leftover(tmp_path):
    (tmp_path / ".tmp-0123").write_bytes(b"{")
    reopened(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest == {"format": 3, "model_version": 3, "record": "cafe"}


def test_a_folder_of_something_else_is_no_store(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    for opened in (reopened, Store.read):
        with pytest.raises(StoreDamaged, match="is no store"):
            opened(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_store(tmp_path):
    (tmp_path / "worlds").write_text("a file")
    for opened in (reopened, Store.read):
        with pytest.raises(StoreDamaged, match="is no store"):
            opened(tmp_path / "worlds")


@pytest.mark.parametrize(
    ("version", "record", "said"),
    [(4, "cafe", "model version 3 .* model version 4"), (3, "f00d", "record cafe.* record f00d")],
)
def test_another_version_or_record_is_refused_in_one_line_that_names_both(store, version, record, said):
    with pytest.raises(StoreDamaged, match=f"{said}.*choose another out=") as raised:
        Store.open(store.folder, model_version=version, record=record)
    assert "\n" not in str(raised.value)


def test_another_format_is_refused_even_for_reading(store):
    (store.folder / "manifest.json").write_text('{"format": 4, "pieces": []}')
    with pytest.raises(StoreDamaged, match="format 4, and this version reads 1, 2 and 3"):
        Store.read(store.folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 1}', "\udcff"])
def test_an_unreadable_manifest_is_damage_not_a_fresh_start(store, content):
    (store.folder / "manifest.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(StoreDamaged, match=r"manifest\.json cannot be used"):
        reopened(store.folder)


def test_a_missing_folder_is_the_users_mistake_when_reading(tmp_path):
    with pytest.raises(UserMistake, match="does not exist"):
        Store.read(tmp_path / "nowhere")
    with pytest.raises(UserMistake, match="does not exist"):
        Store.open(tmp_path / "nowhere", model_version=3, record="cafe", create=False)
    assert not (tmp_path / "nowhere").exists()


def test_any_version_can_be_read_but_not_added_to(store):
    store.add("runs", rows(0))
    seen = Store.read(store.folder)
    assert (seen.model_version, seen.record) == (3, "cafe")
    assert replicates_of(seen) == [0]
    with pytest.raises(ValueError, match="cannot be added to"):
        seen.add("runs", rows(1))


# Interrupted and failing writes


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_one_line_and_keeps_what_was_finished(store, call):
    store.add("runs", rows(0))
    with failing_disk(call=call):
        said = refusal(store.add, "runs", rows(1))
    assert said == f"out={store.folder}: cannot write runs: No space left on device; what was finished is kept"
    assert leftovers(store) == []
    assert len(store.parts_written) == 1
    assert replicates_of(store) == [0]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_an_interrupt_while_writing_leaves_no_half_part(store, call):
    store.add("runs", rows(0))
    with failing_disk(KeyboardInterrupt, call), pytest.raises(KeyboardInterrupt):
        store.add("runs", rows(1))
    assert leftovers(store) == []
    assert replicates_of(reopened(store.folder)) == [0]


def test_a_folder_that_cannot_be_made_is_the_users_mistake(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for impossible in (tmp_path / "file" / "worlds", tmp_path / ("long" * 100)):
        with pytest.raises(UserMistake, match=r"cannot write manifest\.json"):
            reopened(impossible)


def test_a_store_that_vanishes_is_not_quietly_made_again(store):
    store.folder.rename(store.folder.with_name("gone"))
    with pytest.raises(UserMistake, match="cannot write runs"):
        store.add("runs", rows(0))


# Notes and figures


def test_an_invocation_is_kept_with_the_parts_it_wrote(store):
    part = store.add("runs", rows(0))
    note = store.note_invocation({"command": "tabletop run", "seconds": np.float32(1.5), "out": store.folder})
    other = store.note_invocation({"command": "tabletop sweep", "parts_written": []})
    kept = json.loads(note.read_text(encoding="utf-8"))
    assert kept == {
        "command": "tabletop run",
        "seconds": 1.5,
        "out": str(store.folder),
        "parts_written": [f"runs/{part.name}"],
        "format": 3,
        "model_version": 3,
        "record": "cafe",
    }
    assert json.loads(other.read_text(encoding="utf-8"))["parts_written"] == []
    assert ":" not in note.name
    assert note.parent == store.folder / "invocations"


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("theory=breach,pay", "theory=breach,pay"),
        ("sweep: a/b", "sweep_a_b"),
        ("../../etc", "etc"),
        ("Haïti", "Haïti"),
        ("::", "unnamed"),
    ],
)
def test_figures_get_a_folder_whose_name_every_system_takes(store, label, name):
    assert store.figures(label) == store.figures(label) == store.folder / "figures" / name
    assert (store.folder / "figures" / name).is_dir()
