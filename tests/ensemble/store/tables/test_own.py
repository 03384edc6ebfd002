"""Outcomes that someone added, in a store: beside the runs, filled where missing, and no part of the digest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim import cli
from sim.analysis.query import query
from sim.ensemble.design.plan import Plan, blocks, missing_runs
from sim.ensemble.design.request import request
from sim.ensemble.execution import tasks
from sim.ensemble.execution.runner import fill
from sim.ensemble.executors.dask import installed
from sim.ensemble.store.store import Store
from sim.ensemble.upkeep.status import status
from sim.ensemble.upkeep.verify import relive
from sim.outcomes import REGISTER, Outcome, Watched, added_outcomes
from tests.ensemble.tiny_worlds import case

TINY = ("officers.pool=12", "clock.start=2024-02-26", "clock.end=2024-03-08")
KEYS = ["case", "root_seed", "replicate", "future"]
Add = Callable[..., None]


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Add:
    """``add("officer_days")``: an outcome of this name is in the register until the test ends, or is taken out."""

    for outcome in added_outcomes():  # whoever has added some to the package still sees these stories
        monkeypatch.delitem(REGISTER, outcome.name)

    def add(name: str, compute: Callable[[Watched], Any] | None = None, type: Any = "count") -> None:
        sum_of_out = compute or (lambda watched: watched.total("out"))
        entry = Outcome(name, type, "officer-days", "days that officers were gone", sum_of_out, better="lower")
        monkeypatch.setitem(REGISTER, name, entry)

    return add


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "worlds", model_version=1, record="cafe")


def plan(replicates: int = 3, *kept: str) -> Plan:
    return Plan((case(*TINY, "theory=breach"),), range(replicates), 7, kept=("days", *kept))


def tally(store: Store) -> dict[str, int]:
    """Parts of each table."""
    return {folder.name: len(list(folder.glob("part-*"))) for folder in store.folder.iterdir() if folder.is_dir()}


def test_an_existing_store_gets_what_is_added_for_the_runs_that_it_has(store: Store, add: Add) -> None:
    fill(plan(), store)
    before, parts = store.digest(), tally(store)
    add("officer_days")
    add("first_exit_date", lambda watched: np.full(watched.runs, float(watched.start)), "date")
    report = fill(plan(5, "own"), store)
    assert (report.computed, report.found) == (5, 0)
    runs = store.runs()
    assert runs["first_exit_date"].tolist() == [pd.Timestamp(2024, 2, 26)] * 5
    days = store.days().groupby(KEYS)["out"].sum()
    assert runs["officer_days"].tolist() == days.astype(float).tolist()
    assert fill(plan(5, "own"), store).computed == 0
    assert store.digest() != before  # two runs more
    assert tally(store)["own"] == 1
    assert tally(store)["runs"] == parts["runs"] + 1


def test_where_only_that_is_missing_nothing_else_is_written_and_the_digest_stays(store: Store, add: Add) -> None:
    fill(plan(), store)
    before, parts = store.digest(), tally(store)
    add("officer_days")
    assert fill(plan(3, "own"), store).computed == 3
    assert store.digest() == before
    assert tally(store) == {**parts, "own": 1}
    add("officer_days_too")
    assert missing_runs(plan(3, "own"), store)[plan().cases[0].id].tolist() == [0, 1, 2]
    assert fill(plan(3, "own"), store).computed == 3
    assert store.runs()["officer_days_too"].tolist() == store.runs()["officer_days"].tolist()


def test_a_command_wants_it_as_soon_as_there_is_one(add: Add) -> None:
    assert ("own" in request([]).plan.tables) == bool(added_outcomes())
    add("officer_days")
    assert request([]).plan.tables[-2:] == ("own", "runs")


def test_every_part_has_the_same_columns_and_keeps_every_digit(store: Store, add: Add) -> None:
    third = np.float64(1) / 3
    add("officer_days", lambda watched: np.full(watched.runs, third))
    add("never_date", lambda watched: np.full(watched.runs, np.nan), "date")
    fill(plan(2, "own"), store)
    fill(plan(3, "own"), store)
    shapes = {tuple(zip(s.names, map(str, s.types), strict=True)) for s in map(pq.read_schema, parts_of(store))}
    assert shapes == {(("case", "string"), ("replicate", "int32"), ("root_seed", "int64"), ("future", "int32"),
                       ("outcome", "string"), ("value", "double"))}  # fmt: skip
    assert store.runs()["officer_days"].tolist() == [third] * 3
    assert store.runs()["never_date"].isna().all()
    assert fill(plan(3, "own"), store).computed == 0  # a null is a value


def parts_of(store: Store) -> list[Path]:
    return sorted((store.folder / "own").glob("part-*.parquet"))


def test_readers_ask_for_columns_of_it_like_for_any_other(store: Store, add: Add) -> None:
    add("officer_days")
    add("first_exit_date", lambda watched: np.full(watched.runs, float(watched.start)), "date")
    fill(plan(3, "own"), store)
    assert set(store.runs(columns=["officer_days"])) == {*KEYS, "status", "officer_days"}
    assert set(store.runs(columns=["attacks"])) == {*KEYS, "status", "attacks"}
    said = query(store, "SELECT replicate, attacks, officer_days, first_exit_date FROM runs ORDER BY replicate")
    assert said["officer_days"].tolist() == store.runs()["officer_days"].tolist()
    assert pd.to_datetime(said["first_exit_date"]).dt.date.tolist() == [date(2024, 2, 26)] * 3
    assert query(store, "SELECT count(*) AS n FROM own")["n"].item() == 6


def test_runs_that_lack_it_are_null_and_are_still_there(store: Store, add: Add) -> None:
    add("officer_days")
    fill(plan(2, "own"), store)
    fill(plan(4), store)
    assert store.runs()["officer_days"].isna().tolist() == [False, False, True, True]
    assert query(store, "SELECT count(*) AS n, count(officer_days) AS m FROM runs").iloc[0].tolist() == [4, 2]


def test_one_that_cannot_be_computed_is_null_and_is_tried_again(store: Store, add: Add) -> None:
    add("officer_days", lambda watched: 1 / 0)
    report = fill(plan(3, "own"), store)
    assert report.failures == ()
    assert report.faults == ("outcome officer_days: ZeroDivisionError: division by zero; null there, and tried again "
                             "by the next command",)  # fmt: skip
    assert (store.runs()["status"] == "ok").all()
    assert "officer_days" not in store.runs()
    add("officer_days")
    assert fill(plan(3, "own"), store).computed == 3
    assert store.runs()["officer_days"].notna().all()


def test_a_worker_writes_it_too(store: Store, add: Add) -> None:
    add("officer_days")
    add("broken", lambda watched: 1 / 0)
    asked = plan(2, "own")
    store.add_cases(pd.DataFrame([asked.cases[0].row()]))
    (task,) = tasks.tasks(blocks(asked, missing_runs(asked, store)), asked.tables, store)
    done = tasks.work(task)
    assert [name for name, _ in done.faults] == ["broken"]
    assert {name for name, _ in done.rows} == {"days", "own", "runs"}
    shipped = tasks.work(replace(task, ships=True))
    assert dict(shipped.rows)["own"]["outcome"].to_pylist() == ["officer_days"] * 2
    assert installed.__wrapped__().endswith(", outcome broken, outcome officer_days")


def test_status_counts_a_run_as_missing_where_it_is(store: Store, add: Add) -> None:
    fill(plan(), store)
    asked = plan()
    store.note_invocation({"cases": [asked.cases[0].id], "root_seed": 7, "replicates": [0, 3]})
    assert (status(store)["missing"], status(store)["added_outcomes"]) == (0, {})
    add("officer_days")
    assert (status(store)["missing"], status(store)["added_outcomes"]) == (3, {"officer_days": 0})
    fill(plan(3, "own"), store)
    assert (status(store)["missing"], status(store)["added_outcomes"]) == (0, {"officer_days": 3})


def test_verify_notices_when_it_means_something_else_by_now(store: Store, add: Add) -> None:
    add("officer_days")
    fill(plan(3, "own"), store)
    runs = store.finished_runs()
    assert relive(store, runs) == []
    add("officer_days", lambda watched: watched.total("out") + 1)
    assert [(one.outcome, one.again - one.stored) for one in relive(store, runs)] == [("officer_days", 1.0)] * 3


def test_verify_takes_a_null_for_the_same_null(store: Store, add: Add) -> None:
    add("officer_days", lambda watched: np.where(np.arange(watched.runs) % 2, np.nan, 1.0))
    fill(plan(4, "own"), store)
    assert store.runs()["officer_days"].isna().sum() == 2
    assert relive(store, store.finished_runs()) == []


# The verbs


SMALL = ["unknowns=fixed", "officers.pool=40", "clock.end=2024-03-20", "theory=breach"]


def test_every_verb_takes_it_like_any_other(add: Add, tmp_path: Path, monkeypatch, capsys) -> None:
    """``run`` grows a store that is there already; then it is drawn, made again, compared and swept until known."""
    monkeypatch.chdir(tmp_path)
    words = [*SMALL, "out=s", "executor=serial"]
    both = "scenario=as_documented,terms_settled"
    assert cli.run(["sweep", both, *words, "ensemble.replicates=6"]) == 0
    add("officer_days")
    assert cli.run(["plot", "s", "--outcome", "officer_days"]) == 2
    assert "--outcome=officer_days: these runs do not have it" in capsys.readouterr().err
    assert cli.run(["sweep", both, *words, "ensemble.replicates=6", "--outcome", "officer_days"]) == 0
    assert "12 runs computed" in capsys.readouterr().out
    assert cli.run(["plot", "s", "--figure", "F1", "--figure", "F2", "--outcome", "officer_days"]) == 0
    pictures = sorted(tmp_path.glob("s/figures/*/F*-officer_days.png"))
    assert len(pictures) == 3
    for picture in (pictures[0], pictures[-1]):
        assert cli.run(["reproduce", str(picture)]) == 0
    capsys.readouterr()
    assert cli.run(["compare", "s", "--outcome", "officer_days", "--as", "md", "--no-files"]) == 0
    assert "Which of 2 cases has the fewest days that officers were gone?" in capsys.readouterr().out
    assert cli.run(["compare", "s", "--all", "--no-files"]) == 0
    assert "officer_days" in capsys.readouterr().out
    until = ["ensemble.until=1000", "ensemble.outcome=officer_days", "ensemble.replicates=50"]
    assert cli.run(["run", *words, *until, "--no-figures"]) == 0
    assert "mean known to ±" in capsys.readouterr().out


def test_one_that_fails_is_said_in_one_line_and_changes_no_exit_code(add: Add, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    add("officer_days", lambda watched: 1 / 0)
    words = [*SMALL, "out=s", "executor=serial", "ensemble.replicates=3"]
    assert cli.run(["run", *words, "--no-figures"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "tabletop: outcome officer_days: ZeroDivisionError: division by zero; null there, and tried again by the next "
        "command"
    ]
    assert cli.run(["run", *words, "--no-figures", "ensemble.until=9", "ensemble.outcome=officer_days",
                    "ensemble.replicates=50", "ensemble.cap=50"]) == 0  # fmt: skip
    assert cli.run(["plot", "s", "--outcome", "officer_days"]) == 2
    with pytest.warns(RuntimeWarning, match="outcome officer_days: ZeroDivisionError"):
        sim.run(overrides=words)


def test_in_python_it_is_one_more_column(add: Add, tmp_path: Path) -> None:
    add("officer_days")
    runs = sim.run(overrides=SMALL, replicates=3, out=tmp_path / "s")
    assert runs.outcomes["officer_days"].notna().all()
    assert "officer_days" in runs.summary()["outcome"].tolist()
    assert runs.by_case("officer_days")["runs"].item() == 3
    assert sim.load(tmp_path / "s").outcomes["officer_days"].tolist() == runs.outcomes["officer_days"].tolist()
