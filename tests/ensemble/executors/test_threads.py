"""Threads of the command's own process: nothing shows how many there were, and nothing that was finished is lost."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from sim.arrays import Floats
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, blocks, missing_runs
from sim.ensemble.engine.block import Block, Result, Simulation, simulate
from sim.ensemble.execution import tasks as tasks_module
from sim.ensemble.execution.runner import fill
from sim.ensemble.executors import auto
from sim.ensemble.executors.auto import Auto
from sim.ensemble.executors.threads import IN_HAND, ThreadPool, Threads
from sim.ensemble.store.store import Store
from sim.model.parameters import Parameters
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import Perception, TheoryWrapper
from tests import processes
from tests.ensemble.tiny_worlds import RULES, case, opened
from tests.faults import failing_disk, refusal
from tests.worlds import TINY

ROOT = Path(__file__).resolve().parents[3]


def cases() -> tuple[Case, ...]:
    """Every theory, and the governments' rules, so that blocks of unlike worlds are stepped at a time."""
    worlds = [(f"theory={theory}",) for theory in THEORIES] + [("theory=breach", *RULES)]
    return tuple(case(*TINY, *words) for words in worlds)


RUNS = 8 * (len(THEORIES) + 1)


def plan(**other: object) -> Plan:
    return replace(Plan(cases(), range(8), 7, kept=("days", "officers"), block=5, executor=Threads(2)), **other)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """What the command's own process makes of the plan, one block after the other."""
    store = opened(tmp_path_factory.mktemp("serial") / "worlds")
    fill(Plan(cases(), range(8), 7, kept=("days", "officers")), store)
    return store


def same(one: Store, other: Store) -> bool:
    return one.digest() == other.digest() and all(
        one.table(name).equals(other.table(name)) for name in ("runs", "days", "officers")
    )


# Nothing shows


@pytest.mark.parametrize("workers", [1, 2, 5])
@pytest.mark.parametrize("width", [1, 3, 16, 256])
def test_neither_threads_nor_the_width_of_blocks_leave_a_trace(
    store: Store, whole: Store, workers: int, width: int
) -> None:
    report = fill(plan(executor=Threads(workers), block=width), store)
    assert (report.computed, report.found, report.workers) == (RUNS, 0, workers)
    assert same(store, whole)
    assert sorted(store.parts_written) == sorted(
        part.relative_to(store.folder).as_posix() for part in store.folder.rglob("part-*.parquet")
    )


def test_more_threads_than_blocks_are_no_mistake(store: Store, whole: Store) -> None:
    fill(plan(executor=Threads(40), block=256), store)
    assert same(store, whole)


def test_a_thread_may_write_what_is_bulky(store: Store, whole: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks_module, "BULKY", 3_000)
    fill(plan(), store)
    assert same(store, whole)
    assert len(list((store.folder / "days").iterdir())) > 1


@pytest.mark.slow
def test_kernels_that_nobody_has_compiled_are_loaded_or_compiled_once_by_threads_that_meet_there(
    tmp_path: Path,
) -> None:
    """In a fresh process, whose first calls of every kernel are those of four threads at a time."""
    script = (
        "import sys\n"
        "from sim.ensemble.execution.runner import fill\n"
        "from tests.ensemble.executors.test_threads import opened, plan, Threads\n"
        "store = opened(sys.argv[1])\n"
        "fill(plan(executor=Threads(4)), store)\n"
        "print(store.digest())\n"
    )
    done = processes.run([sys.executable, "-c", script, str(tmp_path / "w")], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    store = opened(tmp_path / "again")
    fill(plan(), store)
    assert done.stdout.split() == [store.digest()]


def test_blocks_are_stepped_side_by_side(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits for the other in the middle, so that one after the other would never end."""
    meeting = threading.Barrier(2, timeout=60)

    def meet(block: Block) -> Result:
        meeting.wait()
        return simulate(block)

    monkeypatch.setattr(tasks_module, "simulate", meet)
    assert fill(plan(block=4, kept=()), store).computed == RUNS


def test_blocks_that_are_out_are_never_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    out: list[int] = []
    real = ThreadPool.submit

    def counted(self: ThreadPool, work: Callable, task: object) -> object:
        out.append(1)
        assert sum(out) <= 2 + IN_HAND
        return real(self, work, task)

    monkeypatch.setattr(ThreadPool, "submit", counted)
    fill(plan(block=1, kept=()), store, lambda runs: out.append(-1))
    assert out.count(1) == RUNS
    assert [ThreadPool(workers).room() for workers in (1, 2, 64)] == [2, 4, 64 + IN_HAND]


# What fails


class Fragile(TheoryWrapper):
    """The theory of breach, which breaks for a replicate whose first officer has this efficacy."""

    def __init__(self, mark: float) -> None:
        super().__init__(THEORIES["breach"])
        self._mark = mark

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        if (see.state.efficacy[0] == self._mark).any() and see.state.day >= date(2024, 3, 1).toordinal():
            raise ArithmeticError("worn out")
        super().hazard(see, p, out)


def test_a_run_that_fails_is_a_row_and_costs_no_neighbour(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    of = plan(cases=(case(*TINY, "theory=breach"),), kept=("days",), block=3)
    (first, *_) = blocks(of, missing_runs(of, store))
    mark = Simulation.of(first.single(2)).state.efficacy[0, 0]
    monkeypatch.setitem(THEORIES, "breach", Fragile(mark))
    heard: list[tuple[str, int, str]] = []
    report = fill(of, store, failed=lambda *failure: heard.append(failure))
    assert heard == list(report.failures) == [(of.cases[0].id, 2, "T4 breach, 2024-03-01: ArithmeticError: worn out")]
    runs = store.runs().set_index("replicate")
    assert (runs["status"] == "failed").tolist() == [replicate == 2 for replicate in range(8)]
    monkeypatch.undo()
    assert fill(of, store).computed == 1


def test_what_a_thread_raises_reaches_whoever_asked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(block: Block) -> Result:
        if 3 in block.replicates:
            raise RuntimeError("no such thing")
        return simulate(block)

    monkeypatch.setattr(tasks_module, "simulate", broken)
    with pytest.raises(RuntimeError, match="no such thing"):
        fill(plan(block=1, kept=()), store)
    assert 0 < len(store.runs()) < RUNS
    assert set(store.runs()["status"]) == {"ok"}


def test_a_disk_that_is_full_for_a_thread_is_one_line(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks_module, "BULKY", 0)
    store.add_cases(pd.DataFrame([case.row() for case in cases()]))
    with failing_disk():
        said = refusal(fill, plan(), store)
    assert said.endswith("No space left on device; what was finished is kept")


# Interrupted


@pytest.mark.parametrize("by", [KeyboardInterrupt(), SystemExit(143), RuntimeError("screen gone")])
def test_an_interrupted_command_keeps_what_it_finished_and_is_completed_by_issuing_it_again(
    store: Store, whole: Store, by: BaseException
) -> None:
    seen: list[int] = []

    def progress(runs: int) -> None:
        seen.append(runs)
        if len(seen) == 3:
            raise by

    with pytest.raises(type(by)):
        fill(plan(block=2), store, progress)
    kept = len(store.runs())
    assert sum(seen) <= kept <= sum(seen) + 2 * ThreadPool(2).room()
    report = fill(plan(block=2), opened(store.folder))
    assert (report.computed, report.found) == (RUNS - kept, kept)
    assert same(opened(store.folder), whole)


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs a system that sends signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_the_blocks_that_are_stepped_come_to_their_end_and_begins_no_other(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    begun: list[Block] = []
    both, heard, shutdown = threading.Barrier(2), threading.Event(), ThreadPoolExecutor.shutdown

    def step(block: Block) -> Result:
        begun.append(block)
        if both.wait(60) == 0:  # from a thread, as others send it
            signal.pthread_kill(threading.main_thread().ident or 0, number)
        heard.wait(60)
        time.sleep(0.2)  # what waits is called off meanwhile
        return simulate(block)

    def end(pool: ThreadPoolExecutor, *args: bool, **words: bool) -> None:
        heard.set()
        shutdown(pool, *args, **words)

    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", end)

    monkeypatch.setattr(tasks_module, "simulate", step)
    with pytest.raises(KeyboardInterrupt if number == signal.SIGINT else SystemExit):
        fill(plan(block=2, kept=()), store)
    assert len(begun) == 2
    assert len(store.runs()) == 4
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("tabletop")]


def test_threads_leave_signals_to_the_main_one() -> None:
    pool = ThreadPool(1)
    if hasattr(signal, "pthread_sigmask"):
        held = pool._futures.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
        assert {signal.SIGINT, signal.SIGTERM} <= held
    pool.close()


def test_outside_the_main_thread_they_work_too(store: Store, whole: Store) -> None:
    asker = threading.Thread(target=fill, args=(plan(), store))
    asker.start()
    asker.join()
    assert same(store, whole)


# Which executor


def test_one_block_stays_here_and_two_take_threads(store: Store, whole: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auto, "cores", lambda: 2)
    one = plan(executor=Auto(), cases=cases()[:1], block=256)
    assert fill(one, store).workers == 0
    assert fill(one, store).workers == 0
    assert fill(plan(executor=Auto(), block=256), store).workers == 2
    assert same(store, whole)


@pytest.mark.parametrize(("workers", "machine"), [(1, 2), (None, 1), (4, 1)])
def test_where_nobody_could_share_it_work_stays_here(
    store: Store, monkeypatch: pytest.MonkeyPatch, workers: int | None, machine: int
) -> None:
    monkeypatch.setattr(auto, "cores", lambda: machine)
    assert fill(plan(executor=Auto(workers), kept=()), store).workers == 0
