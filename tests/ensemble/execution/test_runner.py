"""Filling a store: what is missing is run, what is there is not, and nothing that was finished is lost."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.arrays import Floats
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, blocks, missing_runs
from sim.ensemble.engine.block import Simulation, simulate
from sim.ensemble.engine.result_tables import day_table, outcome_rows
from sim.ensemble.execution import tasks
from sim.ensemble.execution.runner import fill
from sim.ensemble.store import buffered_writer
from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.model.parameters import Parameters
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import Perception, TheoryWrapper
from sim.outcomes import OUTCOMES, SERIES
from tests.ensemble.tiny_worlds import block, case, opened
from tests.worlds import TINY

DAYS = 12


def breach() -> Case:
    """The case of most stories."""
    return case(*TINY, "theory=breach")


def cases() -> tuple[Case, ...]:
    """It, one that can share its blocks, and one that cannot."""
    return breach(), case(*TINY, "theory=breach", "scenario=terms_settled"), case(*TINY, "theory=constant")


@pytest.fixture
def another(tmp_path: Path) -> Store:
    return opened(tmp_path / "others")


def plan(*of: Case, replicates: range = range(6), block: int = 128, days: bool = True, seed: int = 7) -> Plan:
    return Plan(of or (breach(),), replicates, seed, kept=("days",) if days else (), block=block)


def parts_of(store: Store) -> list[str]:
    return sorted(p.relative_to(store.folder).as_posix() for p in store.folder.rglob("part-*.parquet"))


def writing_each_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks do not wait for company on their way to the disk."""
    monkeypatch.setattr(buffered_writer, "FLUSH_SECONDS", -1.0)


# Growing


def test_filling_runs_every_replicate_of_every_case(store: Store) -> None:
    report = fill(plan(*cases()), store)
    assert (report.computed, report.found, report.failures) == (18, 0, ())
    runs = store.runs()
    assert set(runs["status"]) == {"ok"}
    assert runs.groupby("case")["replicate"].apply(list).to_dict() == {c.id: list(range(6)) for c in cases()}
    assert set(runs["root_seed"]) == {7}
    assert set(store.cases()["case"]) == {c.id for c in cases()}


def test_asking_again_runs_nothing_and_adds_no_part(store: Store) -> None:
    fill(plan(*cases()), store)
    before, digest = parts_of(store), store.digest()
    blocks_seen: list[int] = []
    report = fill(plan(*cases()), opened(store.folder), blocks_seen.append)
    assert (report.computed, report.found, report.failures) == (0, 18, ())
    assert (blocks_seen, parts_of(store), store.digest()) == ([], before, digest)


def test_more_replicates_add_only_what_is_new(store: Store) -> None:
    fill(plan(replicates=range(4)), store)
    before, rows = set(parts_of(store)), store.runs()
    report = fill(plan(replicates=range(7)), store)
    assert (report.computed, report.found) == (3, 4)
    assert before < set(parts_of(store))
    pd.testing.assert_frame_equal(store.runs().head(4), rows)
    added = [p for p in set(parts_of(store)) - before if p.startswith("runs/")]
    assert sum(len(pd.read_parquet(store.folder / p)) for p in added) == 3


def test_a_case_that_comes_twice_is_run_once(store: Store) -> None:
    twin = replace(breach(), label="the same by another name")
    assert fill(plan(breach(), twin), store).computed == 6
    assert len(store.runs()) == 6


def test_another_root_seed_is_other_runs(store: Store) -> None:
    fill(plan(), store)
    assert fill(plan(seed=8), store).computed == 6
    assert sorted(set(store.runs()["root_seed"])) == [7, 8]


def test_progress_counts_the_runs_of_each_block(store: Store) -> None:
    seen: list[int] = []
    fill(plan(replicates=range(10), block=4), store, seen.append)
    assert seen == [4, 4, 2]


@pytest.mark.parametrize("width", [1, 2, 5, 7, 64])
def test_the_width_of_the_blocks_leaves_no_trace(store: Store, another: Store, width: int) -> None:
    fill(plan(*cases()), store)
    fill(plan(*cases(), block=width), another)
    assert another.digest() == store.digest()
    pd.testing.assert_frame_equal(another.days(), store.days())


def test_a_store_grown_by_many_commands_has_the_digest_of_one_command(store: Store, another: Store) -> None:
    fill(plan(*cases(), replicates=range(9)), store)
    fill(plan(cases()[2], replicates=range(5, 9), block=3), another)
    fill(plan(cases()[1], cases()[0], replicates=range(2), days=False), another)
    fill(plan(cases()[0], replicates=range(7), block=2), opened(another.folder))
    fill(plan(*reversed(cases()), replicates=range(9), block=4), another)
    assert another.digest() == store.digest()
    pd.testing.assert_frame_equal(another.runs(), store.runs())
    pd.testing.assert_frame_equal(another.days(), store.days())


def test_what_differs_has_another_digest(store: Store, another: Store) -> None:
    fill(plan(replicates=range(3)), store)
    fill(plan(replicates=range(1, 4)), another)
    assert another.digest() != store.digest()


# Daily series


def test_series_are_kept_where_they_are_asked_for(store: Store) -> None:
    fill(plan(), store)
    days = store.days()
    assert len(days) == 6 * DAYS
    assert set(days) == {"case", "replicate", "root_seed", "future", "day", *(s.name for s in SERIES)}
    assert days["day"].min() == pd.Timestamp("2024-02-26")
    assert days["day"].max() == pd.Timestamp("2024-03-08")


def test_without_series_there_are_only_outcomes(store: Store) -> None:
    fill(plan(days=False), store)
    assert len(store.runs()) == 6
    assert store.days().empty


def test_series_asked_for_later_are_made_later_and_change_no_outcome(store: Store) -> None:
    fill(plan(days=False), store)
    digest = store.digest()
    report = fill(plan(), store)
    assert (report.computed, report.found) == (6, 0)
    assert store.digest() == digest
    assert len(store.days()) == 6 * DAYS
    assert fill(plan(), store).computed == 0
    assert fill(plan(days=False), store).computed == 0


def test_the_rows_of_a_run_are_its_series_day_by_day() -> None:
    result = simulate(block(breach(), replicates=[3, 4]))
    rows = day_table(result).to_pandas()
    of_four = rows[rows["replicate"] == 4]
    assert of_four["day"].tolist() == list(pd.date_range("2024-02-26", "2024-03-08"))
    for series in SERIES:
        assert of_four[series.name].tolist() == result.series[series.name][:, 1].tolist(), series.name


def test_the_row_of_a_run_holds_every_outcome_and_dates_as_dates() -> None:
    result = simulate(block(breach(), replicates=range(3)))
    result.outcomes["first_report_date"][:] = [date(2024, 3, 1).toordinal(), np.nan, np.nan]
    rows = outcome_rows(result)
    assert set(rows) == {
        "case",
        "replicate",
        "root_seed",
        "future",
        "world",
        "status",
        "message",
        *(o.name for o in OUTCOMES),
    }
    assert rows["first_report_date"].tolist() == [date(2024, 3, 1), None, None]
    assert rows["attacks"].tolist() == result.outcomes["attacks"].astype(np.float32).tolist()


# Planning


def planned(of: Plan, missing: dict[str, list[int]]) -> list[list[tuple[str, int]]]:
    return [
        [(b.cases[c].id, int(r)) for c, r in zip(b.case_of_run, b.replicates, strict=True)] for b in blocks(of, missing)
    ]


def test_replicates_are_interleaved_so_that_every_case_is_equally_far(store: Store) -> None:
    of = plan(*cases()[:2], replicates=range(3), block=4)
    order = [pair for chunk in planned(of, missing_runs(of, store)) for pair in chunk]
    assert [replicate for _, replicate in order] == [0, 0, 1, 1, 2, 2]


def test_blocks_hold_every_missing_run_once_and_are_no_wider_than_planned(store: Store) -> None:
    fill(plan(breach(), replicates=range(2)), store)
    of = plan(*cases(), replicates=range(5), block=4)
    chunks = planned(of, missing_runs(of, store))
    assert max(map(len, chunks)) == 4
    pairs = [pair for chunk in chunks for pair in chunk]
    assert len(pairs) == len(set(pairs)) == 13
    assert (breach().id, 1) not in pairs


def test_cases_of_different_structure_never_share_a_block(store: Store) -> None:
    of = plan(*cases(), block=64)
    assert all(len({c.structure for c in b.cases}) == 1 for b in blocks(of, missing_runs(of, store)))
    assert len(planned(of, missing_runs(of, store))) == 2


# Failing


class Fragile(TheoryWrapper):
    """The theory of breach, but for replicates whose first officer has one of these efficacies."""

    def __init__(self, marks: Sequence[float]) -> None:
        super().__init__(THEORIES["breach"])
        self._marks = np.array(marks)

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        if np.isin(see.state.efficacy[0], self._marks).any() and see.state.day >= date(2024, 3, 1).toordinal():
            raise ArithmeticError("worn out")
        super().hazard(see, p, out)


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """``fragile(2, 3)`` has replicates 2 and 3 fail until ``fragile()`` heals them."""
    sound = THEORIES["breach"]

    def put_in_place(*replicates: int) -> None:
        monkeypatch.setitem(THEORIES, "breach", sound)
        if replicates:
            marks = Simulation.of(block(breach(), replicates=replicates)).state.efficacy[0]
            monkeypatch.setitem(THEORIES, "breach", Fragile(marks))

    return put_in_place


def test_a_failed_run_is_a_row_that_says_why(store: Store, fragile) -> None:
    fragile(2)
    report = fill(plan(), store)
    message = "T4 breach, 2024-03-01: ArithmeticError: worn out"
    assert report.failures == ((breach().id, 2, message),)
    assert (report.computed, report.found) == (6, 0)
    runs = store.runs().set_index("replicate")
    assert runs["status"].tolist() == ["ok", "ok", "failed", "ok", "ok", "ok"]
    assert runs.loc[2, "message"] == message
    assert runs.loc[2, [o.name for o in OUTCOMES]].isna().all()
    assert set(store.days()["replicate"]) == {0, 1, 3, 4, 5}


def test_a_failed_run_is_tried_again_and_the_good_row_outranks_the_failed(
    store: Store, another: Store, fragile
) -> None:
    fragile(2)
    fill(plan(), store)
    assert fill(plan(), store).computed == 1
    fragile()
    assert fill(plan(), store).computed == 1
    assert fill(plan(), store).computed == 0
    fill(plan(), another)
    assert set(store.runs()["status"]) == {"ok"}
    assert store.digest() == another.digest()
    pd.testing.assert_frame_equal(store.days(), another.days())


def test_failed_runs_leave_the_digest_to_the_good_ones(store: Store, another: Store, fragile) -> None:
    fill(plan(replicates=range(2)), another)
    fragile(2)
    fill(plan(replicates=range(3)), store)
    assert store.digest() == another.digest()


@pytest.mark.parametrize("days", [True, False])
def test_where_every_run_fails_every_run_is_a_row(store: Store, fragile, days: bool) -> None:
    fragile(0, 1, 2)
    report = fill(plan(replicates=range(3), days=days), store)
    assert len(report.failures) == 3
    assert store.runs()["status"].tolist() == ["failed"] * 3
    fragile()
    again = fill(plan(replicates=range(3), days=days), store)
    assert (again.computed, again.failures) == (3, ())
    assert store.runs()["status"].tolist() == ["ok"] * 3


# Interrupted


def stop_after(blocks: int, by: BaseException) -> Callable[[int], None]:
    seen: list[int] = []

    def progress(runs: int) -> None:
        seen.append(runs)
        if len(seen) == blocks:
            raise by

    return progress


def test_an_interrupt_that_became_another_fault_on_its_way_is_still_an_interrupt(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise SystemError("a result with an exception set") from None

    monkeypatch.setattr(tasks, "simulate", lose)
    with pytest.raises(KeyboardInterrupt):
        fill(plan(case()), store)


@pytest.mark.parametrize("by", [KeyboardInterrupt(), SystemExit(143), RuntimeError("screen gone")])
def test_an_interrupted_command_keeps_what_it_finished_and_is_completed_by_issuing_it_again(
    store: Store, another: Store, by: BaseException
) -> None:
    with pytest.raises(type(by)):
        fill(plan(*cases(), block=4), store, stop_after(2, by))
    assert len(store.runs()) == 8
    assert len(store.days()) == 8 * DAYS
    report = fill(plan(*cases(), block=4), opened(store.folder))
    assert (report.computed, report.found) == (10, 8)
    fill(plan(*cases()), another)
    assert store.digest() == another.digest()
    pd.testing.assert_frame_equal(store.days(), another.days())


def test_an_interrupt_in_the_middle_of_a_block_costs_that_block_only(store: Store, monkeypatch) -> None:
    done: list[int] = []

    def slow(of):
        if len(done) == 1:
            raise KeyboardInterrupt
        done.append(of.runs)
        return simulate(of)

    monkeypatch.setattr(tasks, "simulate", slow)
    with pytest.raises(KeyboardInterrupt):
        fill(plan(block=2), store)
    assert store.runs()["replicate"].tolist() == [0, 1]
    monkeypatch.undo()
    assert fill(plan(block=2), store).computed == 4


def test_outcomes_without_their_series_are_run_again(store: Store, another: Store, monkeypatch) -> None:
    """The series are written first, so that a break between the two writes loses neither."""
    real = Store.add

    def broken(self: Store, table: str, data: pd.DataFrame) -> Path | None:
        if table == "runs":
            raise KeyboardInterrupt
        return real(self, table, data)

    monkeypatch.setattr(Store, "add", broken)
    with pytest.raises(KeyboardInterrupt):
        fill(plan(), store)
    monkeypatch.undo()
    assert store.runs().empty
    assert fill(plan(), store).computed == 6
    fill(plan(), another)
    assert store.digest() == another.digest()
    pd.testing.assert_frame_equal(store.days(), another.days())


def test_blocks_reach_the_disk_while_others_are_still_to_run(store: Store, monkeypatch) -> None:
    writing_each_block(monkeypatch)
    counts: list[int] = []
    fill(plan(block=2), store, lambda runs: counts.append(len(opened(store.folder).runs())))
    assert counts == [2, 4, 6]


def test_finished_blocks_wait_for_company_so_that_parts_stay_few(store: Store, monkeypatch) -> None:
    monkeypatch.setattr(buffered_writer, "FLUSH_SECONDS", 1e9)
    fill(plan(block=1), store)
    assert len([p for p in parts_of(store) if p.startswith("runs/")]) == 1


def test_many_rows_do_not_wait(store: Store, monkeypatch) -> None:
    monkeypatch.setattr(buffered_writer, "FLUSH_SECONDS", 1e9)
    rows = tasks.compute(next(blocks(plan(), {breach().id: [0]})), ("days", "runs")).rows
    monkeypatch.setattr(buffered_writer, "FLUSH_BYTES", 2.5 * sum(table.nbytes for _, table in rows))
    fill(plan(block=1), store)
    assert len([p for p in parts_of(store) if p.startswith("runs/")]) == 2


# A full disk


@pytest.fixture
def disk_full_after(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """``disk_full_after(n)``: n parts may be written, and then there is no space left."""
    real, written = parts.commit, []

    def start(count: int) -> None:
        def commit(target: Path, data: bytes) -> None:
            if len(written) >= count:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            written.append(target)
            real(target, data)

        monkeypatch.setattr(parts, "commit", commit)

    return start


@pytest.mark.parametrize("written", [0, 1, 2, 3, 4])
def test_a_full_disk_is_one_line_and_what_was_finished_can_be_read(
    store: Store, another: Store, disk_full_after, monkeypatch, written: int
) -> None:
    """Parts are written in the order cases, days, runs, days, runs; nothing less than both counts as finished."""
    writing_each_block(monkeypatch)
    disk_full_after(written)
    with pytest.raises(UserMistake, match="No space left on device") as caught:
        fill(plan(block=2), store)
    assert "\n" not in str(caught.value)
    assert str(store.folder) in str(caught.value)
    assert store.damaged() == []
    assert [p for p in store.folder.rglob("*") if p.name.startswith(".tmp-")] == []
    finished = max(0, (written - 1) // 2) * 2
    assert store.runs()["replicate"].tolist() == list(range(finished))
    monkeypatch.undo()
    report = fill(plan(block=2), opened(store.folder))
    assert (report.computed, report.found) == (6 - finished, finished)
    fill(plan(), another)
    assert store.digest() == another.digest()
