"""SQL over a store: each run once, read only, and one line for what is wrong."""

from __future__ import annotations

import io
import json
import signal
import sys
import time
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.query import query
from sim.cli import run as tabletop
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables import TABLES
from sim.errors import StoreDamaged, UserMistake
from sim.reports import data_dictionary as dictionary
from tests import processes
from tests.faults import refusal

pytest.importorskip("duckdb", reason="needs the extra [query]")


def rows(*replicates: int, status: str = "ok", **more: object) -> pd.DataFrame:
    run = {"case": "a", "replicate": replicates, "root_seed": 7, "future": 0}
    return pd.DataFrame(run | {"status": status, "message": ""}).assign(**more)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store.open(tmp_path / "worlds", model_version=1, record="cafe")
    made.add("runs", rows(0, 1, exits_by_end=[3.0, 4.0], first_report_date=None))
    made.add("runs", rows(1, 2, exits_by_end=[4.0, 5.5], first_report_date=date(2024, 3, 1)))
    made.add("runs", rows(2, 3, status="failed"))
    named = {"label": "as documented", "scenario.name": "as_documented", "theory.name": "breach"}
    made.add_cases(pd.DataFrame({"case": ["a"], **named, "officers.pool": 400}))
    return made


def test_each_run_counts_once_and_a_good_row_outranks_a_failed_one(store: Store) -> None:
    found = query(
        store, "SELECT status, count(*) AS n, sum(exits_by_end) AS exits FROM runs GROUP BY status ORDER BY status"
    )
    assert found.to_dict("records")[1] == {"status": "ok", "n": 3, "exits": 12.5}
    assert found.to_dict("records")[0]["n"] == 1


def test_tables_are_joined_by_case(store: Store) -> None:
    sql = 'SELECT label, "officers.pool" AS pool, count(*) AS n FROM runs JOIN cases USING ("case") GROUP BY ALL'
    assert query(store, sql).to_dict("records") == [{"label": "as documented", "pool": 400, "n": 4}]


def test_a_date_is_a_date_though_the_first_part_has_none(store: Store) -> None:
    assert query(store, "SELECT max(year(first_report_date)) AS y FROM runs")["y"].tolist() == [2024]


def test_a_table_may_be_named_in_capitals_as_sql_has_it(store: Store) -> None:
    assert query(store, "SELECT count(*) AS n FROM RUNS")["n"].tolist() == [4]


def test_an_empty_table_has_no_rows(store: Store) -> None:
    assert query(store, "SELECT count(*) AS n FROM days")["n"].tolist() == [0]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT nope FROM runs", "nope"),
        ("SELECT case FROM runs", 'so quote it: SELECT "case"'),
        ("SELEC 1", "syntax error"),
        ("SELECT 1; SELECT 2", "one SELECT"),
        ("", "one SELECT"),
        ("CREATE TABLE x AS SELECT * FROM runs", "one SELECT"),
        ("COPY runs TO 'here.csv'", "one SELECT"),
        ("SELECT * FROM read_csv('/etc/hostname')", "configuration"),
    ],
)
def test_what_is_no_question_gets_one_line(store: Store, sql: str, said: str) -> None:
    assert said in refusal(query, store, sql)


def test_a_damaged_part_is_no_answer(store: Store) -> None:
    part = next((store.folder / "runs").iterdir())
    part.write_bytes(part.read_bytes()[:-3])
    with pytest.raises(StoreDamaged, match=part.name):
        query(store, "SELECT 1 FROM runs")


def test_without_duckdb_the_extra_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UserMistake, match=r"pip install 'haiti-tabletop\[query\]'"):
        query(store, "SELECT 1")


def test_the_command_prints_a_table_for_programs_too(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT replicate, exits_by_end AS exits FROM runs WHERE status = 'ok' ORDER BY replicate"
    assert tabletop(["query", str(store.folder), sql, "--as", "csv"]) == 0
    assert capsys.readouterr().out == "replicate,exits\n0,3.0\n1,4.0\n2,5.5\n"


# The dictionary


@pytest.mark.parametrize("table", TABLES)
def test_the_dictionary_explains_every_column_that_a_part_has(table: str) -> None:
    found = dictionary.columns(table)
    assert set(TABLES[table].keys) <= set(found["column"])
    assert found["column"].is_unique
    assert found.loc[found["meaning"] == "", "column"].tolist() == []


# Large answers


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "ended")]
)
def test_a_long_question_can_be_broken_off(
    store: Store, launch: processes.Start, number: int, code: int, said: str
) -> None:
    asked = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(100000) b"
    command = launch(
        [sys.executable, "-m", "sim", "query", str(store.folder), asked],
        stdout=processes.PIPE,
        stderr=processes.PIPE,
        cwd=Path(__file__).parents[2],
    )
    time.sleep(4)
    command.send_signal(number)
    _, err = command.communicate(timeout=30)
    assert (command.returncode, err.strip().count(b"\n")) == (code, 0), err
    assert said in err.decode()


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_answer_larger_than_a_piece_comes_whole(store: Store, form: str, capsys) -> None:
    assert tabletop(["query", str(store.folder), "SELECT range AS n FROM range(250000)", "--as", form]) == 0
    said = capsys.readouterr().out
    rows = pd.read_csv(io.StringIO(said)) if form == "csv" else pd.DataFrame(json.loads(said))
    assert rows["n"].tolist() == list(range(250000))


@pytest.mark.parametrize(("form", "said"), [("csv", "n\n"), ("json", "[]\n")])
def test_an_empty_answer_is_one_too(store: Store, form: str, said: str, capsys) -> None:
    assert tabletop(["query", str(store.folder), "SELECT range AS n FROM range(0)", "--as", form]) == 0
    assert capsys.readouterr().out == said


def test_a_table_for_people_ends_and_says_so(store: Store, capsys) -> None:
    assert tabletop(["query", str(store.folder), "SELECT range AS n FROM range(1000000000000)"]) == 0
    said = capsys.readouterr()
    assert said.out.split()[-1] == "999"
    assert said.err == "tabletop: only the first 1,000 rows are shown; --as csv gives all\n"


def test_a_question_that_wants_too_much_memory_is_one_line(store: Store, monkeypatch, error_line) -> None:
    monkeypatch.setattr("sim.analysis.query._memory", lambda: 100_000_000)
    assert tabletop(["query", str(store.folder), "SELECT list(range) FROM range(100000000)"]) == 2
    assert "Out of Memory" in error_line()
    assert not list(Path().glob(".tmp*"))
