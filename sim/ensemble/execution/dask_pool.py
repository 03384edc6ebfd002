"""Dask as the crew: a scheduler that runs already, one started on this machine, or jobs of Slurm.

Needs the extra ``[cluster]``, for Slurm ``[slurm]``. A worker that dies is Dask's to replace and its chunk to do again
elsewhere; a chunk under which several died comes back as KilledWorker and is split into single runs. A scheduler that
dies is the end of the command, and what was finished is on the disk.
"""

from __future__ import annotations

import logging
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Any

from sim.ensemble.design.executor_settings import Executor
from sim.ensemble.execution.signals import kept
from sim.ensemble.execution.spawning import main_left_alone
from sim.ensemble.execution.tasks import Done, Task, installed, work_elsewhere
from sim.errors import UserMistake

WAIT_SECONDS = 30
"""For a scheduler to answer and for a first worker to come."""


class Cluster:
    """Workers of a Dask cluster."""

    deaths = 1  # KilledWorker means that Dask has tried several already
    sure = True

    def __init__(self, settings: Executor) -> None:
        try:
            import distributed
        except ImportError as fault:
            right = "needs the extra [cluster]: pip install 'haiti-tabletop[cluster]'"
            raise UserMistake("executor", "dask", right) from fault
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it says in pages what we say in a line
        self._settings, self._killed = settings, distributed.KilledWorker
        self._cluster = None if settings.address else _start(settings, distributed)
        self._client = self._connect(distributed)
        self._pool = self._client.get_executor(pure=False, retries=settings.retries)
        self._asker = installed()

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

    def submit(self, task: Task) -> Future[Done]:
        """Hand a task to the scheduler."""
        try:
            future: Future[Done] = self._pool.submit(work_elsewhere, task, self._asker)
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


def _start(settings: Executor, distributed: Any) -> Any:
    if settings.slurm is None:
        options = {"dashboard_address": None, "silence_logs": logging.CRITICAL}
        with main_left_alone():
            return distributed.LocalCluster(n_workers=settings.processes, threads_per_worker=1, **options)
    try:
        with kept():  # it takes SIGINT as it is imported, and a Ctrl-C would end the command as if all were done
            from dask_jobqueue import SLURMCluster
    except ImportError as fault:
        right = "needs the extra [slurm]: pip install 'haiti-tabletop[slurm]'"
        raise UserMistake("executor.slurm", None, right) from fault
    try:
        cluster = SLURMCluster(**settings.slurm)
        cluster.scale(jobs=settings.workers or 1)
    except (TypeError, ValueError, OSError, RuntimeError) as fault:
        raise UserMistake("executor.slurm", dict(settings.slurm), str(fault)) from fault
    return cluster
