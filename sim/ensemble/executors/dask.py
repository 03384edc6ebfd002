"""Runs on a Dask cluster: a scheduler that runs already, one started on this machine, or jobs of Slurm.

Needs the extra ``[cluster]``, for Slurm ``[slurm]``. A worker that dies is Dask's to replace and its chunk to do again
elsewhere; a chunk under which several died comes back as KilledWorker and is split into single runs. A scheduler that
dies is the end of the command, and what was finished is on the disk.
"""

from __future__ import annotations

import logging
import os
import platform
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from sim.ensemble.executors.interface import Done, Pool, Task, a_core_each, cores
from sim.ensemble.executors.main_guard import main_left_alone
from sim.errors import TabletopError, UserMistake, of_extra
from sim.model import MODEL_VERSION
from sim.outcomes import added_outcomes
from sim.record import load
from sim.settings.variants import instance, optional, setting, whole_number
from sim.signals import kept

WAIT_SECONDS = 30
"""For a scheduler to answer and for a first worker to come."""


@dataclass(frozen=True)
class Dask:
    """On a Dask cluster.

    Attributes
    ----------
    address
        A running scheduler, ``tcp://host:8786``, or the path of its scheduler file; None starts one.
    workers
        Processes on this machine, or jobs of Slurm; None: a core each.
    retries
        How often Dask tries again a chunk that raised.
    slurm
        Keywords for ``dask_jobqueue.SLURMCluster``; None: no Slurm.
    """

    name: ClassVar[str] = "dask"
    text: ClassVar[str] = "on a Dask cluster: a running one, one on this machine, or jobs of Slurm"

    address: str | None = setting(None, optional(instance(str, "a running scheduler, such as tcp://host:8786")))
    workers: int | None = setting(None, a_core_each)
    retries: int = setting(2, whole_number(0, 1000))
    slurm: Mapping[str, Any] | None = setting(
        None, optional(instance(Mapping, "settings of a job, such as {cores: 8, memory: 16GB}"))
    )

    def check(self) -> None:
        """Raise UserMistake for settings that exclude each other."""
        if self.address is not None and self.slurm is not None:
            raise UserMistake("executor.slurm", self.slurm, "either executor.address or executor.slurm")

    def wants_pool(self, several: bool) -> bool:
        """Always."""
        return True

    def pool(self) -> Pool:
        """The scheduler's workers."""
        return Cluster(self)


class Cluster:
    """Workers of a Dask cluster."""

    deaths = 1  # KilledWorker means that Dask has tried several already
    sure = True

    def __init__(self, settings: Dask) -> None:
        with of_extra("cluster", "executor", "dask"):
            import distributed  # of an extra, and slow to load
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it says in pages what we say in a line
        self.workers = settings.workers or cores()
        self._settings, self._killed = settings, distributed.KilledWorker
        self._cluster = None if settings.address else start(settings, distributed)
        self._client = self._connect(distributed)
        self._pool = self._client.get_executor(pure=False, retries=settings.retries)

    def _connect(self, distributed: Any) -> Any:
        address = self._settings.address
        where = {"scheduler_file": address} if address and address.endswith(".json") else {"address": address}
        try:
            client = distributed.Client(self._cluster) if self._cluster else distributed.Client(
                **where, timeout=WAIT_SECONDS)  # fmt: skip
        except (OSError, TimeoutError, ValueError) as fault:
            raise UserMistake("executor.address", address, "no Dask scheduler answers there") from fault
        if self._settings.slurm is None:
            try:
                client.wait_for_workers(1, timeout=WAIT_SECONDS)
            except TimeoutError as fault:
                client.close()
                raise UserMistake("executor.address", address, "the scheduler has no workers") from fault
        return client

    def submit(self, work: Callable[[Task], Done], task: Task) -> Future[Done]:
        """Hand a task to the scheduler."""
        try:
            future: Future[Done] = self._pool.submit(elsewhere, work, task, installed())
        except Exception as fault:
            raise _gone() from fault
        return future

    def room(self) -> int:
        """Two tasks a thread of the workers that are there; at least a few, for those still to come."""
        try:
            return max(4, 2 * sum(self._client.nthreads().values()))
        except Exception as fault:
            raise _gone() from fault

    def is_death(self, fault: BaseException) -> bool:
        """Whether workers died under a task; raises if it was the scheduler."""
        if isinstance(fault, self._killed):
            return True
        if isinstance(fault, CancelledError | OSError | TimeoutError) or type(fault).__name__ in _LOST:
            raise _gone() from fault
        return False

    def renew(self) -> bool:
        """Dask replaces its workers itself, and no other task is lost with one."""
        return False

    def close(self) -> None:
        """Leave the scheduler, or stop the one that was started here."""
        with suppress(Exception):
            self._pool.shutdown(wait=False)
        with suppress(Exception):
            self._client.close(timeout=5)
        if self._cluster is not None:
            with suppress(Exception):
                self._cluster.close(timeout=10)


def _gone() -> UserMistake:
    right = "the scheduler is gone; what is finished is kept, and the same command goes on from there"
    return UserMistake("executor", "dask", right)


_LOST = ("FutureCancelledError", "FuturesCancelledError", "CommClosedError", "CancelledError")


_NO_PAGES: Mapping[str, Any] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}


def start(settings: Dask, distributed: Any) -> Any:
    """A cluster of its own, on this machine or of jobs of Slurm.

    Whoever reaches a scheduler can have its workers run anything, as the user who started it, and on a shared machine
    everybody reaches its ports. So they speak TLS with credentials made for this one command, and serve no pages.

    Raises
    ------
    UserMistake
        When something that this needs is not installed, or Slurm's settings are none.
    """
    try:
        security = distributed.Security.temporary()
    except ImportError as fault:
        right = "needs cryptography for its credentials, of the extra [cluster]: pip install 'haiti-tabletop[cluster]'"
        raise UserMistake("executor", "dask", right) from fault
    if settings.slurm is not None:
        return _of_slurm(settings.slurm, settings.workers or 1, security)
    options = {"dashboard_address": None, "silence_logs": logging.CRITICAL, "host": "127.0.0.1"}
    with main_left_alone(), distributed_settings(_NO_PAGES):
        cluster = distributed.LocalCluster(n_workers=settings.workers or cores(), threads_per_worker=1, protocol="tls",
                                           security=security, **options)  # fmt: skip
    cluster.scheduler.http_server.stop()  # it listens on port 8787 even where it has nothing to show
    return cluster


def _of_slurm(given: Mapping[str, Any], jobs: int, security: Any) -> Any:
    """Jobs of Slurm; credentials are files that only the user can read, in the folder where the command was typed."""
    with of_extra("slurm", "executor.slurm"), kept():
        # it takes SIGINT as it is imported, and a Ctrl-C would end the command as if all were done: kept() undoes that
        from dask_jobqueue import SLURMCluster  # of an extra
    try:
        with distributed_settings(_NO_PAGES):
            safe = {"security": security, "protocol": "tls://", "shared_temp_directory": os.getcwd()}
            cluster = SLURMCluster(**{**safe, **given})
        cluster.scale(jobs=jobs)
    except (TypeError, ValueError, OSError, RuntimeError) as fault:
        raise UserMistake("executor.slurm", dict(given), str(fault)) from fault
    return cluster


def distributed_settings(settings: Mapping[str, Any]) -> Any:
    """A context in which Dask has these settings, which it hands on to the workers that it starts."""
    import dask  # of an extra

    return dask.config.set(settings)


def elsewhere(work: Callable[[Task], Done], task: Task, asker: str) -> Done:
    """Do one task on another machine.

    Raises
    ------
    UserMistake
        When other versions are installed here than where ``asker`` is, and whatever mistake the task itself raises.
    """
    if installed() != asker:
        right = f"a worker on {platform.node()} has {installed()}, and this is {asker}; install the same everywhere"
        raise UserMistake("executor", "dask", right)
    try:
        return work(task)
    except TabletopError:
        raise
    except Exception as fault:
        # Dask sends the traceback along, and a client waits for ever for one that cannot be sent.
        raise RuntimeError(f"{type(fault).__name__}: {fault}") from None


@cache
def installed() -> str:
    """What must be equal wherever runs of one store are computed."""
    added = "".join(f", outcome {outcome.name}" for outcome in added_outcomes())
    return f"model version {MODEL_VERSION}, record {load().hash[:12]}, NumPy {np.__version__}{added}"


EXECUTOR = Dask
