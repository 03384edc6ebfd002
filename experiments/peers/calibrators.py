"""The calibrations that are measured, each behind the same call; run as a command, this is one measurement.

`python experiments/peers/calibrators.py engine 1000 0` prints one line of JSON: CPU seconds after start-up and a
warm-up, draws, the kept unknowns, and the CPU seconds of as many calls of the model alone.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.peers.toy import OFFICERS, PATTERNS, PRIORS, Array, missed, simulate, valued

WIDTH = 256
"""Worlds that this project's runs are stepped in, as its blocks."""
ALONE = 2000
"""Calls of the model alone that tell what one costs a particle at a time."""


@dataclass(frozen=True)
class Kept:
    """What a calibration came to: draws tried, and of each kept one the quantiles of its unknowns."""

    draws: int
    quantiles: dict[str, Array]


@dataclass(frozen=True)
class Calibrator:
    """A calibration.

    Attributes
    ----------
    keep
        Keep so many draws, with the seed ``first``.
    alone
        CPU seconds of the model alone for so many draws, as the calibration calls it.
    title
        What the table calls it.
    needs
        Package that it needs.
    """

    keep: Callable[[int, int], Kept]
    alone: Callable[[int], float]
    title: str
    needs: str = "numpy"

    @property
    def installed(self) -> bool:
        """Whether the package is there."""
        return importlib.util.find_spec(self.needs) is not None

    @property
    def version(self) -> str:
        """Of the package; nothing for this project."""
        return importlib.metadata.version(self.needs) if self.needs != "numpy" else ""


def engine(count: int, seed: int) -> Kept:
    """This project: worlds by address, in the rounds of its banks, scored by its patterns as data."""
    from sim.analysis.calibration import PriorDraws
    from sim.analysis.calibration.bank import BankRequest, Tried, next_draws
    from sim.analysis.patterns import patterns_of
    from sim.ensemble.cases.unknown_draws import prior_quantiles
    from sim.ensemble.cases.unknowns import Prior

    pd, drawn = _pandas(), {name: Prior(*prior) for name, prior in PRIORS.items()}
    patterns = patterns_of({"patterns": told()}, Path("toy.yaml"))
    asked = BankRequest(("toy",), patterns, seed, keep=count, insist=True)
    now, parts = Tried("toy", 0, np.zeros(0, dtype=np.int64)), []
    while (stop := next_draws(asked, now)) > now.draws:
        for worlds in _blocks(now.draws, stop):
            quantiles = prior_quantiles(drawn, "toy", seed, worlds)
            runs = pd.DataFrame(simulate(valued(quantiles), _luck(seed, worlds)))
            passes = patterns.passes(runs, OFFICERS)
            parts.append((worlds, pd.DataFrame(quantiles), runs, passes))
            kept = np.asarray(passes.all(axis=1))
            now = Tried("toy", int(worlds[-1]) + 1, np.concatenate([now.kept, worlds[kept]]))
    worlds = np.concatenate([part[0] for part in parts])
    frames = [pd.concat([part[k] for part in parts], ignore_index=True) for k in (1, 2, 3)]
    statuses = pd.DataFrame({"setting": list(PRIORS), "status": "assumed"})
    bank = PriorDraws("toy", worlds, *frames, OFFICERS, statuses)
    rows = np.flatnonzero(bank.kept)[:count]
    chosen = bank.quantiles.iloc[rows]
    return Kept(int(rows[-1]) + 1, {name: chosen[name].to_numpy() for name in PRIORS})


def told() -> dict[str, Any]:
    """The toy's patterns as a file of patterns says them."""
    return {
        name: {"text": name, "rule": f"{outcome} {comparison} {value}",
               "tests": [{"outcome": outcome, "comparison": comparison, "value": value}]}
        for name, (outcome, comparison, value) in PATTERNS.items()
    }  # fmt: skip


def _pandas() -> Any:
    import pandas

    return pandas


def _blocks(begin: int, stop: int) -> Iterator[Any]:
    for at in range(begin, stop, WIDTH):
        yield np.arange(at, min(at + WIDTH, stop), dtype=np.int64)


def _luck(seed: int, worlds: Any) -> Callable[[int], Array]:
    from sim.arrays import EPOCH
    from sim.ensemble.engine.addressed_draws import AddressedDraws
    from sim.model.luck import Purpose

    draws = AddressedDraws(seed, worlds)
    return lambda day: draws.daily(Purpose.DAY, OFFICERS, EPOCH + day)


def engine_alone(count: int) -> float:
    """The model alone, in blocks, with its luck."""
    began = _cpu()
    for worlds in _blocks(0, count):
        simulate(valued(dict.fromkeys(PRIORS, np.full(len(worlds), 0.5))), _luck(1, worlds))
    return _cpu() - began


def pyabc(count: int, seed: int) -> Kept:
    """pyABC: one population, a particle at a time, no pattern missed, in one core; its history in memory."""
    import pyabc as library

    np.random.seed(seed % 2**32)  # pyABC draws from NumPy's global generator
    luck = np.random.default_rng(seed)

    def model(particle: Any) -> dict[str, float]:
        return {"missed": float(_one(particle, luck)[0])}

    prior = library.Distribution(**{name: library.RV("uniform", 0, 1) for name in PRIORS})
    abc = library.ABCSMC(
        models=model,
        parameter_priors=prior,
        distance_function=lambda x, observed: x["missed"] - observed["missed"],
        population_size=count,
        eps=library.ListEpsilon([0.5]),
        sampler=library.SingleCoreSampler(),
    )
    abc.new("sqlite://", {"missed": 0.0})
    history = abc.run(max_nr_populations=1)
    frame, weights = history.get_distribution(m=0, t=0)
    assert np.ptp(weights) < 1e-9, "one population from the prior has equal weights"
    return Kept(int(history.total_nr_simulations), {name: frame[name].to_numpy() for name in PRIORS})


def _one(particle: Any, luck: np.random.Generator) -> Array:
    quantiles = {name: np.array([particle[name]]) for name in PRIORS}
    return missed(simulate(valued(quantiles), lambda day: luck.random((OFFICERS, 1))))


def pyabc_alone(count: int) -> float:
    """The model alone, a particle at a time: of some calls, for as many as asked."""
    luck, particle = np.random.default_rng(1), dict.fromkeys(PRIORS, 0.5)
    began = _cpu()
    for _ in range(ALONE):
        _one(particle, luck)
    return (_cpu() - began) * count / ALONE


CALIBRATORS = {
    "pyabc": Calibrator(pyabc, pyabc_alone, "pyABC, `ABCSMC` of one population, `SingleCoreSampler`", "pyabc"),
    "engine": Calibrator(engine, engine_alone, "**this project's rejection**"),
}
"""In the order of the table."""


def measure(name: str, count: int, seed: int) -> dict[str, Any]:
    """One measurement in this process, after a warm-up."""
    one = CALIBRATORS[name]
    one.keep(20, seed + 10**6)
    one.alone(WIDTH)
    began, wall = _cpu(), time.perf_counter()
    kept = one.keep(count, seed)
    spent, passed = _cpu() - began, time.perf_counter() - wall
    quantiles = {key: values.tolist() for key, values in kept.quantiles.items()}
    return {"name": name, "kept": count, "draws": kept.draws, "cpu": spent, "wall": passed,
            "alone": one.alone(kept.draws), "version": one.version, **quantiles}  # fmt: skip


def _cpu() -> float:
    """CPU seconds of this process, its threads, and the processes that it has waited for."""
    return sum(use.ru_utime + use.ru_stime for use in map(resource.getrusage, _BOTH))


_BOTH = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
