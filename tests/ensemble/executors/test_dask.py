"""Dask as the crew: a real scheduler and real workers on loopback, some of which are killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

import pytest

from sim.ensemble.design.plan import Plan
from sim.ensemble.execution.runner import fill
from sim.ensemble.executors import dask as cluster
from sim.ensemble.executors.dask import Dask
from sim.ensemble.executors.serial import Serial
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.signals import kept
from tests.ensemble.tiny_worlds import case, opened
from tests.processes import DEVNULL, PIPE, Popen, Start
from tests.worlds import TINY

pytest.importorskip("distributed", reason="needs the extra [cluster]")

ROOT = Path(__file__).resolve().parents[3]
POISON = """
import os, signal
from sim.ensemble.execution import tasks as workers
real = getattr(workers, "sound", workers.compute)  # a preload is read more than once
workers.sound = real

def compute(block, tables):
    if 13 in block.replicates:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(block, tables)

workers.compute = compute
"""


def plan(address: str | None = None, replicates: int = 30, **other: object) -> Plan:
    cases = tuple(case(*TINY, "theory=breach", f"gangs.branching_ratio={ratio}") for ratio in (0.3, 0.4))
    executor = Dask(address, 2) if address else Serial()
    return replace(Plan(cases, range(replicates), 7, kept=("days",), block=5, executor=executor), **other)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = opened(tmp_path_factory.mktemp("serial") / "worlds")
    fill(plan(), store)
    return store


class Site:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, launch: Start, folder: Path, impatient: bool = False) -> None:
        self._launch = launch
        # By default Dask has four workers die under a task before it says so, and each takes seconds to come back.
        allowed = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"} if impatient else {}
        self._env = {**os.environ, "PYTHONPATH": str(ROOT), **allowed}
        self._folder = folder
        self.scheduler = self._start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        assert self.scheduler.stderr is not None
        self.address = ""
        for line in self.scheduler.stderr:
            if found := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
                self.address = found[1]
                break
        threading.Thread(target=self.scheduler.stderr.read, daemon=True).start()
        self.workers: list[Popen[str]] = []

    def worker(self, *words: str) -> Popen[str]:
        words = (self.address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(self._folder), *words)
        made = self._start("dask_worker", *words, quiet=True)
        self.workers.append(made)
        return made

    def _start(self, module: str, *words: str, quiet: bool = False) -> Popen[str]:
        words = (sys.executable, "-m", f"distributed.cli.{module}", *words)
        heard = DEVNULL if quiet else PIPE
        return self._launch(words, env=self._env, text=True, stdout=DEVNULL, stderr=heard, cwd=self._folder)


@pytest.fixture
def site(launch: Start, tmp_path: Path) -> Site:
    return Site(launch, tmp_path)


@pytest.fixture
def impatient_site(launch: Start, tmp_path: Path) -> Site:
    return Site(launch, tmp_path, impatient=True)


@pytest.mark.slow
def test_a_worker_that_is_killed_in_the_middle_leaves_no_trace(tmp_path: Path, whole: Store, site: Site) -> None:
    """One of two workers, without a nanny, dies by SIGKILL after the first chunks; the other does its work."""
    first, _ = site.worker("--no-nanny"), site.worker("--no-nanny")
    store, done = opened(tmp_path / "worlds"), []

    def progress(runs: int) -> None:
        done.append(runs)
        if len(done) == 2:
            first.send_signal(signal.SIGKILL)

    report = fill(plan(site.address), store, progress)
    assert (report.computed, report.failures) == (60, ())
    assert first.wait(10) == -signal.SIGKILL
    assert store.digest() == whole.digest()
    assert store.days().equals(whole.days())


@pytest.mark.slow
def test_a_run_that_kills_every_worker_becomes_one_failed_row(
    tmp_path: Path, whole: Store, impatient_site: Site
) -> None:
    site = impatient_site
    (tmp_path / "poison.py").write_text(POISON)
    site.worker("--preload", str(tmp_path / "poison.py"))
    store = opened(tmp_path / "worlds")
    of = plan(site.address)
    report = fill(replace(of, cases=of.cases[:1]), store)
    assert [r for _, r, _ in report.failures] == [13]
    runs = store.runs()
    assert runs.loc[runs["status"] == "failed", "replicate"].tolist() == [13]
    assert len(runs) == 30
    expected = opened(tmp_path / "expected")
    kept = whole.runs([of.cases[0].id])
    expected.add("runs", kept[kept["replicate"] != 13])
    assert store.digest() == expected.digest()


@pytest.mark.slow
def test_when_the_scheduler_dies_the_command_says_so_and_can_be_issued_again(
    tmp_path: Path, whole: Store, site: Site
) -> None:
    site.worker("--no-nanny")
    store = opened(tmp_path / "worlds")

    def progress(runs: int) -> None:
        site.scheduler.send_signal(signal.SIGKILL)

    with pytest.raises(UserMistake, match="the scheduler is gone; what is finished is kept"):
        fill(plan(site.address, replicates=200), store, progress)
    found = len(store.runs())
    assert found >= 5
    report = fill(plan(replicates=30), store)
    assert report.found >= 5
    fill(plan(replicates=30), whole)
    assert opened(tmp_path / "worlds").runs().query("replicate < 30").reset_index(drop=True).equals(whole.runs())


def needs_credentials() -> None:
    pytest.importorskip("cryptography", reason="needs the extra [cluster]")


def test_a_cluster_of_its_own_gives_the_same_digest(tmp_path: Path, whole: Store) -> None:
    needs_credentials()
    store = opened(tmp_path / "worlds")
    report = fill(plan(executor=Dask(workers=1)), store)
    assert (report.computed, report.workers) == (60, 1)
    assert store.digest() == whole.digest()


def ports() -> dict[int, str]:
    """Ports on which this process or one of its children listens, and the addresses; others listen as they like."""
    import psutil

    ours = [psutil.Process(), *psutil.Process().children(recursive=True)]
    found = [place for process in ours for place in process.net_connections("tcp")]
    return {place.laddr.port: place.laddr.ip for place in found if place.status == psutil.CONN_LISTEN}


LOOPBACK = "127.0.0.1"


def test_whoever_has_no_credentials_can_have_nothing_done_and_sees_nothing() -> None:
    """Another user of a shared machine, who reaches every port of it."""
    needs_credentials()
    import distributed

    before = ports()
    made = cluster.start(Dask(workers=1), distributed)
    try:
        with distributed.Client(made) as friend:
            assert friend.submit(os.getpid).result() != os.getpid()
        opened_now = {port: address for port, address in ports().items() if port not in before}
        assert opened_now
        assert set(opened_now.values()) == {LOOPBACK}
        assert 8787 not in opened_now
        assert made.scheduler_address.startswith("tls://")
        for port in opened_now:
            assert is_silent(port)
            assert not pages(port)
    finally:
        made.close(timeout=10)


def is_silent(port: int) -> bool:
    """Whether somebody without credentials hears nothing there; a listener of Dask without TLS begins to talk."""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as plain, suppress(OSError):
        if plain.recv(10):
            return False
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as plain, context.wrap_socket(plain) as hidden:
            hidden.sendall(bytes(8))
            return hidden.recv(10) == b""
    except OSError:
        return True


def pages(port: int) -> list[str]:
    """Pages of a status server that a port gives."""
    found = []
    for page in ("status", "info/main/workers.html", "health", "metrics", "json/counts.json"):
        with suppress(OSError, ValueError, HTTPException), urlopen(f"http://127.0.0.1:{port}/{page}", timeout=2) as got:
            found.append(f"{page} {got.status}")
    return found


def test_without_what_makes_credentials_there_is_no_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(UserMistake, match=r"needs cryptography for its credentials, of the extra \[cluster\]"):
        fill(plan(executor=Dask(workers=1)), opened(tmp_path / "worlds"))


def test_an_address_where_nobody_answers_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WAIT_SECONDS", 1)
    with pytest.raises(UserMistake, match=r"executor.address=tcp://127.0.0.1:9: no Dask scheduler answers there"):
        fill(plan("tcp://127.0.0.1:9"), opened(tmp_path / "worlds"))


@pytest.mark.parametrize(
    ("module", "executor", "extra"),
    [("distributed", Dask(), "cluster"), ("dask_jobqueue", Dask(slurm={}), "slurm")],
)
def test_a_missing_extra_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, executor: Dask, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UserMistake, match=rf"needs the extra \[{extra}\]: pip install 'haiti-tabletop\[{extra}\]'"):
        fill(plan(executor=executor), opened(tmp_path / "worlds"))


def test_a_job_of_slurm_gets_what_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Slurm here, the script that would be submitted is all that can be seen."""
    needs_credentials()
    with kept():
        jobqueue = pytest.importorskip("dask_jobqueue", reason="needs the extra [slurm]")
    scripts: list[str] = []
    asked: list[int] = []

    def scale(self: object, jobs: int) -> None:
        scripts.append(self.job_script())  # type: ignore[attr-defined]
        asked.append(jobs)

    monkeypatch.setattr(jobqueue.SLURMCluster, "scale", scale)
    slurm = {"cores": 8, "processes": 8, "memory": "16GB", "queue": "normal", "interface": "lo"}
    import distributed

    made = cluster.start(Dask(workers=3, slurm=slurm), distributed)
    made.close(timeout=10)
    assert asked[0] == 3  # closing asks for none
    assert "#SBATCH -p normal" in scripts[0]
    assert "--nworkers 8" in scripts[0]
    assert "tls://" in scripts[0]
    assert all(f"--tls-{word}" in scripts[0] for word in ("ca-file", "cert", "key"))


def test_asking_for_slurm_leaves_ctrl_c_what_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """dask_jobqueue takes SIGINT as it is imported, for a handler that leaves with exit code 0."""
    needs_credentials()
    import distributed

    with kept():
        pytest.importorskip("dask_jobqueue", reason="needs the extra [slurm]")
    for name in [name for name in sys.modules if name.partition(".")[0] == "dask_jobqueue"]:
        monkeypatch.delitem(sys.modules, name)
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with pytest.raises(UserMistake, match=r"^executor.slurm=\{no_such: 1\}: "):
        cluster.start(Dask(slurm={"no_such": 1}), distributed)
    assert "dask_jobqueue.runner" in sys.modules
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_a_worker_with_other_versions_computes_nothing() -> None:
    with pytest.raises(UserMistake, match=r"install the same everywhere"):
        cluster.elsewhere(print, None, "model version 0, record 0, NumPy 0")  # type: ignore[arg-type]


def test_a_first_worker_is_waited_for_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    monkeypatch.setattr(cluster, "WAIT_SECONDS", 1)
    began = time.monotonic()
    with pytest.raises(UserMistake, match="the scheduler has no workers"):
        fill(plan(site.address), opened(tmp_path / "worlds"))
    assert time.monotonic() - began < 25


def test_a_listener_without_credentials_would_have_been_noticed() -> None:
    import distributed

    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None, processes=True) as made:
        assert not is_silent(int(made.scheduler_address.rpartition(":")[2]))
