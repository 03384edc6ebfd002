"""Where runs are computed: what the settings group ``executor`` may say.

``auto`` begins in this process and takes the cores of this machine once it pays; ``serial`` and ``processes`` do only
the one or the other; ``dask`` is a cluster. None of them changes a result.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from sim.errors import UserMistake

Name = Literal["auto", "serial", "processes", "dask"]

SETTINGS: Mapping[Name, tuple[str, ...]] = {
    "auto": ("workers",),
    "serial": (),
    "processes": ("workers",),
    "dask": ("address", "workers", "retries", "slurm"),
}
"""What each executor can be told."""


@dataclass(frozen=True)
class Executor:
    """Where the runs of one command are computed.

    Attributes
    ----------
    workers
        Processes on this machine, or jobs of Slurm; None: a core each.
    address
        A running Dask scheduler, ``tcp://host:8786``, or the path of its scheduler file; None starts one.
    retries
        How often Dask tries again a chunk that raised.
    slurm
        Keywords for ``dask_jobqueue.SLURMCluster``; None: no Slurm.
    """

    name: Name = "serial"
    workers: int | None = None
    address: str | None = None
    retries: int = 2
    slurm: Mapping[str, Any] | None = field(default=None, hash=False)

    @property
    def processes(self) -> int:
        """Workers as a number."""
        return self.workers or cores()


SERIAL = Executor()


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def read_executor(given: Any) -> Executor:
    """Check the composed group ``executor``.

    Raises
    ------
    UserMistake
        For an unknown executor, a setting that it does not have, or a value that it cannot take.
    """
    name = given.get("name") if isinstance(given, Mapping) else given
    if name not in SETTINGS:
        raise UserMistake("executor", name, f"one of {', '.join(SETTINGS)}")
    assert isinstance(given, Mapping) or given is name
    rest = {key: value for key, value in given.items() if key != "name"} if isinstance(given, Mapping) else {}
    for key in rest:
        if key not in SETTINGS[cast(Name, name)]:
            right = f"executor={name} takes {', '.join(SETTINGS[cast(Name, name)]) or 'no settings'}"
            raise UserMistake(f"executor.{key}", rest[key], right)
    workers, retries = rest.get("workers"), rest.get("retries", 2)
    address, slurm = rest.get("address"), rest.get("slurm")
    if workers is not None and not _whole(workers, 1):
        raise UserMistake("executor.workers", workers, "a whole number of workers, at least 1, or null: a core each")
    if not _whole(retries, 0):
        raise UserMistake("executor.retries", retries, "a whole number, at least 0")
    if address is not None and not isinstance(address, str):
        raise UserMistake("executor.address", address, "a running scheduler, such as tcp://host:8786")
    if slurm is not None and not isinstance(slurm, Mapping):
        raise UserMistake("executor.slurm", slurm, "settings of a job, such as {cores: 8, memory: 16GB}")
    if address is not None and slurm is not None:
        raise UserMistake("executor.slurm", slurm, "either executor.address or executor.slurm")
    return Executor(cast(Name, name), workers, address, retries, slurm)


def _whole(value: Any, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least
