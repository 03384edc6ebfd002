"""Worlds for the study of what drives exits: causes switched off, and settings drawn from their ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, Simulation
from sim.settings.parameter import Parameter

SWITCHES = {
    "violence": "officers.violence_felt",
    "ambiguity": "officers.ambiguity_felt",
    "imminence": "officers.imminence_felt",
    "peers": "officers.peers_felt",
    "rumours": "officers.rumours_felt",
}
"""The five causes and the setting that holds each at its reference."""
WIDTH = 256
"""Runs stepped together; changes no number."""


def held(case: Case, cause: str) -> Case:
    """The case with one cause held at its reference."""
    return with_values(case, {SWITCHES[cause]: 0.0})


def with_values(case: Case, values: Mapping[str, float]) -> Case:
    """The case with some settings at other values."""
    return replace(case, values={**case.values, **values}, label=f"{case.label} · {', '.join(values)}")


def simulations(case: Case, replicates: Sequence[int], root_seed: int) -> list[Simulation]:
    """The eve of the first day of these runs, in blocks."""
    parts = [np.asarray(replicates[k : k + WIDTH]) for k in range(0, len(replicates), WIDTH)]
    return [Simulation.of(Block((case,), np.zeros(len(p), dtype=np.int64), p, root_seed)) for p in parts]


def drawn(case: Case, register: Sequence[Parameter], runs: int, seed: int) -> list[Case]:
    """One case a run, every uncertain number drawn from its range on its scale; each is to have luck of its own."""
    rng = np.random.default_rng(seed)
    uncertain = [p for p in register if p.role == "uncertainty" and p.kind == "float" and p.prior is not None]
    columns = {p.key: _draws(p, rng.random(runs)) for p in uncertain if p.key in case.values}
    return [with_values(case, {key: float(values[run]) for key, values in columns.items()}) for run in range(runs)]


def _draws(parameter: Parameter, uniform: np.ndarray) -> np.ndarray:
    assert parameter.prior is not None
    low, high = parameter.prior
    if parameter.scale == "log":
        return np.exp(np.log(low) + uniform * (np.log(high) - np.log(low)))
    return low + uniform * (high - low)
