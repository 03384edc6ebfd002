"""Workers: their number leaves no trace, their deaths cost nobody else anything, and nobody runs without them."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, blocks, missing_runs
from sim.ensemble.execution import tasks as tasks_module
from sim.ensemble.execution.runner import fill
from sim.ensemble.execution.supervisor import supervise
from sim.ensemble.execution.tasks import Done, Task, tasks, work, write
from sim.ensemble.executors import processes
from sim.ensemble.executors.processes import Processes, ProcessPool
from sim.ensemble.store import buffered_writer
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from tests.ensemble.tiny_worlds import case, opened
from tests.faults import failing_disk, refusal
from tests.processes import PIPE, Start, run
from tests.worlds import TINY

ROOT = Path(__file__).resolve().parents[3]


def cases() -> tuple[Case, ...]:
    return tuple(case(*TINY, f"theory={theory}", f"gangs.branching_ratio={ratio}")
                 for theory in ("breach", "constant") for ratio in (0.3, 0.4))  # fmt: skip


def plan(**other: object) -> Plan:
    return replace(Plan(cases(), range(10), 7, kept=("days",), block=8), **other)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """What one process makes of the plan."""
    store = opened(tmp_path_factory.mktemp("serial") / "worlds")
    fill(plan(kept=("days", "officers")), store)
    return store


# Real processes


@pytest.mark.parametrize("workers", [1, 2])
def test_the_number_of_workers_leaves_no_trace(store: Store, whole: Store, workers: int) -> None:
    report = fill(plan(kept=("days", "officers"), executor=Processes(workers)), store)
    assert (report.computed, report.workers) == (40, workers)
    assert store.digest() == whole.digest()
    assert store.days().equals(whole.days())
    assert store.table("officers").equals(whole.table("officers"))
    assert sorted(store.parts_written) == sorted(
        p.relative_to(store.folder).as_posix() for p in store.folder.rglob("part-*.parquet")
    )


def test_a_killed_worker_is_replaced_and_nothing_is_lost(store: Store, whole: Store) -> None:
    pool, killed = ProcessPool(2), []
    of = plan(block=2)

    def keep(done: Done) -> Done:
        write(store, done.rows)
        return done

    try:
        for _ in supervise(tasks(blocks(of, missing_runs(of, store)), of.tables, store), pool, keep):
            if not killed:
                killed.append(next(iter(pool._futures._processes)))  # type: ignore[attr-defined]
                os.kill(killed[0], signal.SIGKILL)
    finally:
        pool.close()
    assert killed
    store.add_cases(whole.cases())
    assert store.digest() == whole.digest()


def test_a_script_without_a_guard_is_not_run_again_by_its_workers(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "print('once')\n"
        "import sim\n"
        "runs = sim.run(theory='constant', replicates=4,\n"
        "               overrides=['executor=processes', 'executor.workers=1', 'unknowns=fixed'],\n"
        f"               settings={{'officers.pool': 12, 'clock.end': '2024-03-08'}}, out={str(tmp_path / 'w')!r})\n"
        "print(len(runs.outcomes))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = run([sys.executable, script], capture_output=True, text=True, env=env)
    assert (done.stdout.split(), done.stderr) == (["once", "4"], "")


def test_workers_do_not_outlive_whoever_asked(tmp_path: Path, launch: Start) -> None:
    code = (
        "import os, time\n"
        "from sim.ensemble.executors.main_guard import main_left_alone\n"
        "from sim.ensemble.executors.processes import ProcessPool\n"
        "pool = ProcessPool(1)\n"
        "with main_left_alone(): print(pool._futures.submit(os.getpid).result(), flush=True)\n"
        "time.sleep(60)\n"
    )
    asker = launch([sys.executable, "-c", code], stdout=PIPE, text=True, cwd=ROOT)
    assert asker.stdout is not None
    worker = int(asker.stdout.readline())
    asker.kill()
    asker.wait()
    asker.stdout.close()
    assert gone(worker)


def gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_workers_hand_back_few_rows_and_they_make_few_parts(
    store: Store, whole: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffered_writer, "FLUSH_SECONDS", 1e9)  # a busy machine takes longer to start them
    fill(plan(block=1, executor=Processes(2)), store)
    assert store.digest() == whole.digest()
    assert store.days().equals(whole.days())
    assert [len(list((store.folder / table).iterdir())) for table in ("runs", "days")] == [1, 1]


@pytest.mark.parametrize(("bulky", "written"), [(10**9, []), (3_000, ["days"]), (0, ["days", "runs"])])
def test_a_worker_writes_what_is_bulky_and_a_row_of_the_runs_never_before_the_rest(
    store: Store, monkeypatch: pytest.MonkeyPatch, bulky: int, written: list[str]
) -> None:
    monkeypatch.setattr(tasks_module, "BULKY", bulky)
    of = plan()
    (task, *_) = tasks(blocks(of, missing_runs(of, store)), of.tables, store)
    done = work(task)
    assert [part.partition("/")[0] for part in done.parts] == written
    assert [name for name, _ in done.rows] == [name for name in ("days", "runs") if name not in written]


def test_whoever_leaves_early_keeps_what_was_being_done(store: Store) -> None:
    of, pool, kept = plan(block=1), Mortal(set(), room=5), []

    def keep(done: Done) -> Done:
        kept.append(done.runs)
        return done

    with closing(supervise(tasks(blocks(of, missing_runs(of, store)), of.tables, store), pool, keep)) as finished:
        next(finished)
    assert sum(kept) == 5


# A pool that dies as it is told


class Mortal:
    """Workers in this process: whoever takes a task with one of these runs dies, with all beside him."""

    deaths = 2
    workers = 2

    def __init__(self, poison: set[tuple[str, int]], room: int = 3, certain: bool = False) -> None:
        self.poison, self._room, self.sure = poison, room, certain
        self.taken: list[Task] = []

    def submit(self, work: Callable[[Task], Done], task: Task) -> Future[Done]:
        self.taken.append(task)
        future: Future[Done] = Future()
        of = task.block
        runs = {(of.cases[c].id, int(r)) for c, r in zip(of.case_of_run, of.replicates, strict=True)}
        if runs & self.poison:
            future.set_exception(BrokenProcessPool("died"))
        else:
            future.set_result(pickle.loads(pickle.dumps(work(pickle.loads(pickle.dumps(task))))))
        return future

    def room(self) -> int:
        return self._room

    def is_death(self, fault: BaseException) -> bool:
        return isinstance(fault, BrokenProcessPool)

    def renew(self) -> bool:
        return not self.sure

    def close(self) -> None:
        pass


@pytest.fixture
def mortal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Mortal]:
    def hire(*poison: tuple[str, int], **other: object) -> Mortal:
        pool = Mortal(set(poison), **other)  # type: ignore[arg-type]
        monkeypatch.setattr(Processes, "pool", lambda self: pool)
        return pool

    return hire


@pytest.mark.parametrize("certain", [False, True])
def test_a_poisonous_run_becomes_one_failed_row_and_no_neighbour_suffers(
    store: Store, whole: Store, mortal: Callable[..., Mortal], certain: bool
) -> None:
    name = cases()[1].id
    pool = mortal((name, 3), certain=certain)
    heard: list[tuple[str, int, str]] = []
    report = fill(plan(executor=Processes(2)), store, failed=lambda *failure: heard.append(failure))
    assert [(c, r) for c, r, _ in report.failures] == [(name, 3)]
    assert heard == list(report.failures)
    assert "took its worker down" in heard[0][2]
    runs = store.runs()
    assert (runs["status"] == "failed").sum() == 1
    assert runs.loc[runs["status"] == "failed", "message"].tolist() == [heard[0][2]]
    assert len(runs) == 40
    assert len([task for task in pool.taken if task.block.runs == 1]) >= 8
    pool.poison.clear()
    assert fill(plan(executor=Processes(2)), store).computed == 1
    assert store.digest() == whole.digest()


def test_the_runs_of_a_command_are_counted_once_whoever_dies(store: Store, mortal: Callable[..., Mortal]) -> None:
    mortal((cases()[0].id, 0), (cases()[3].id, 9))
    seen: list[int] = []
    report = fill(plan(executor=Processes(2)), store, seen.append)
    assert (sum(seen), report.computed, len(report.failures)) == (40, 40, 2)


def test_workers_that_die_as_they_start_are_said_in_one_line(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    monkeypatch.setattr(processes, "settle", os.abort)
    with pytest.raises(UserMistake, match="die as soon as they start; use executor=serial"):
        fill(plan(executor=Processes(1)), store)


# What is sent


def test_a_worker_that_does_not_see_the_store_hands_its_rows_back(store: Store, whole: Store) -> None:
    of = plan()
    (task, *_) = tasks(blocks(of, missing_runs(of, store)), of.tables, store)
    done = work(replace(task, folder="/nowhere/at/all"))
    assert done.parts == ()
    assert [name for name, _ in done.rows] == ["days", "runs"]
    assert len(dict(done.rows)["runs"]) == task.block.runs
    assert store.runs().empty


def test_rows_that_were_handed_back_are_written_here(
    store: Store, whole: Store, mortal: Callable[..., Mortal], monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = mortal()
    submit = pool.submit
    monkeypatch.setattr(pool, "submit", lambda work, task: submit(work, replace(task, ships=True)))
    fill(plan(executor=Processes(2)), store)
    assert store.digest() == whole.digest()


def test_a_task_is_small_however_many_cases_it_has(store: Store) -> None:
    base = cases()[0]
    many = tuple(base.varied({"gangs.branching_ratio": 0.1 + n / 1000}, str(n)) for n in range(100))
    of = Plan(many, range(1), 7, block=100)
    (task,) = tasks(blocks(of, missing_runs(of, store)), of.tables, store)
    assert len(pickle.dumps(task)) < 300_000
    assert [c.id for c in pickle.loads(pickle.dumps(task)).block.cases] == [c.id for c in many]


def test_a_mistake_in_a_worker_reaches_whoever_asked() -> None:
    back = pickle.loads(pickle.dumps(UserMistake("out", "there", "cannot be written")))
    assert (back.key, back.value, str(back)) == ("out", "there", "out=there: cannot be written")


def test_a_disk_that_is_full_for_a_worker_is_one_line(store: Store, mortal: Callable[..., Mortal]) -> None:
    mortal()
    store.add_cases(pd.DataFrame([case.row() for case in cases()]))
    with failing_disk():
        said = refusal(fill, plan(executor=Processes(2)), store)
    assert said.endswith("No space left on device; what was finished is kept")
