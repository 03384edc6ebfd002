"""Outcomes that someone added, computed beside those of the model version: whatever they do, it costs no run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray
from sim.ensemble.engine.recorder import Lived, Recorder
from sim.outcomes import Outcome, Watched, added_outcomes


@dataclass(frozen=True)
class Added:
    """What the added outcomes are in the runs of a block.

    Attributes
    ----------
    values
        By name, one float64 a run, ``(runs,)``; NaN is null, dates are proleptic ordinals.
    known
        By name, whether it could be computed, ``(runs,)``; where it could not, there is no value, which is less than a
        null, and whoever asks again tries again.
    faults
        By name, why it could not.
    """

    values: Mapping[str, FloatArray] = field(default_factory=dict)
    known: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, recorder: Recorder) -> Added:
        """Ask every outcome that someone added.

        One that fails is asked again run by run, so that it fails only where it must, whatever runs are beside it.
        """
        values: dict[str, FloatArray] = {}
        known: dict[str, NDArray[np.bool_]] = {}
        faults: dict[str, str] = {}
        whole = Lived(recorder)
        for outcome in added_outcomes():
            name = outcome.name
            try:
                values[name], known[name] = _ask(outcome, whole), np.ones(whole.runs, dtype=bool)
                continue
            except Exception:
                values[name], known[name] = np.full(whole.runs, np.nan), np.zeros(whole.runs, dtype=bool)
            for run in range(whole.runs):
                try:
                    values[name][run] = _ask(outcome, Lived(recorder, slice(run, run + 1)))[0]
                    known[name][run] = True
                except Exception as fault:
                    faults.setdefault(name, " ".join(f"{type(fault).__name__}: {fault}".split()))
        return cls(values, known, faults)

    @classmethod
    def join(cls, parts: Sequence[Added], runs: Sequence[int]) -> Added:
        """The parts of a block under each other; a part of so many runs that was never asked has no values."""
        names = dict.fromkeys(name for part in parts for name in part.values)
        sized = list(zip(parts, runs, strict=True))
        return cls(
            {n: np.concatenate([p.values.get(n, np.full(count, np.nan)) for p, count in sized]) for n in names},
            {n: np.concatenate([p.known.get(n, np.zeros(count, dtype=bool)) for p, count in sized]) for n in names},
            {name: fault for part in reversed(parts) for name, fault in part.faults.items()},
        )


def _ask(outcome: Outcome, watched: Watched) -> FloatArray:
    """The outcome of these runs, checked; an exception where it is not what it should be."""
    with np.errstate(all="ignore"):
        values = np.asarray(outcome.compute(watched), dtype=np.float64)
    if values.shape != (watched.runs,):
        raise ValueError(f"gives an array of shape {values.shape}, and one value a run is wanted, ({watched.runs},)")
    there = values[~np.isnan(values)]
    if np.isinf(there).any():
        raise ValueError("gives an infinite number")
    if outcome.type == "date" and not ((there % 1 == 0) & (there >= 1) & (there <= date.max.toordinal())).all():
        raise ValueError("gives a number that is no day (date.toordinal)")
    return values
