"""Executors are found by their files, and what each can be told is checked."""

from __future__ import annotations

import pytest

from sim.ensemble.executors import EXECUTORS, read_executor
from sim.ensemble.executors.dask import Dask
from sim.ensemble.executors.processes import Processes
from sim.ensemble.executors.serial import Serial
from sim.ensemble.executors.threads import Threads
from sim.paths import conf_folder
from sim.settings.composition import compose
from tests.faults import refusal


def test_every_executor_has_a_file_in_conf_that_it_can_read_and_the_other_way_round() -> None:
    files = {path.stem for path in (conf_folder() / "executor").glob("*.yaml")}
    assert files == set(EXECUTORS)
    assert all(executor.__module__.endswith(f".{name}") and executor.text for name, executor in EXECUTORS.items())
    for name in files:
        assert isinstance(read_executor(compose([f"executor={name}"])["executor"]), EXECUTORS[name])


def test_what_is_said_is_what_the_executor_has() -> None:
    assert read_executor("serial") == Serial()
    assert read_executor({"name": "processes", "workers": 3}) == Processes(3)
    assert read_executor({"name": "processes", "workers": 1e1}) == Processes(10)
    assert read_executor({"name": "threads", "workers": 3}) == Threads(3)
    assert read_executor({"name": "dask", "slurm": {"cores": 8}}) == Dask(slurm={"cores": 8})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "fibres"}, "executor=fibres: one of auto, dask, processes, serial, threads"),
        (None, "executor: one of"),
        ({"name": "serial", "workers": 2}, "executor.workers=2: executor=serial takes no settings"),
        ({"name": "threads", "workers": 0}, "executor.workers=0: a whole number of workers"),
        ({"name": "auto", "workers": 0}, "executor.workers=0: a whole number of workers"),
        ({"name": "auto", "workers": True}, "executor.workers=true: a whole number of workers"),
        ({"name": "dask", "retries": -1}, "executor.retries=-1: a whole number"),
        ({"name": "dask", "address": 8786}, "executor.address=8786: a running scheduler"),
        ({"name": "dask", "slurm": "yes"}, "executor.slurm=yes: settings of a job"),
        ({"name": "dask", "address": "tcp://a:1", "slurm": {}}, "either executor.address or executor.slurm"),
    ],
)
def test_an_executor_that_cannot_be_is_the_users_mistake(given: object, said: str) -> None:
    assert said in refusal(read_executor, given)
