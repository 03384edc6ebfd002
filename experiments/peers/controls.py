"""Control variates for a paired difference, and what they give out of sample.

A control is a number of a run (or of a pair) whose mean is known. What a regression on it explains is taken from every
pair's difference; coefficients come from the other parts of the sample (cross-fitting), so no pair is predicted by a
line that it helped to draw, and the variance that is left is an honest one. Three kinds:

- **known before anything is run**: the officers' traits are addressed draws with means that the model gives;
- **the baseline run's own numbers**: their mean is not given, it has to come from other runs of the baseline;
- **martingales**: intents less what hazards made one expect (:func:`coupling.surprise`), in both runs; mean exactly 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from experiments.peers.coupling import lived
from experiments.peers.script import ROOT_SEED
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.addressed_draws import AddressedDraws
from sim.model.luck import Purpose

FOLDS = 5
MARTINGALE = "martingale_record_end"
RESAMPLED = 2000


@dataclass(frozen=True)
class Control:
    """A way to make a difference less uncertain.

    Attributes
    ----------
    less
        How many times smaller the variance is, out of sample, the mean of the control known.
    paid
        The same when its mean has to be paid for with further baseline runs, in runs of either scenario.
    covers
        Share of intervals from a sample of that many pairs that cover the mean of all pairs.
    """

    name: str
    known: str
    less: float
    paid: float
    pairs: int
    covers: float


def adjusted(difference: Any, X: Any) -> Any:
    """The differences less what centred controls ``X``, ``(pairs, controls)``, explain; cross-fitted."""
    out, fold = np.empty(len(difference)), np.arange(len(difference)) % FOLDS
    for k in range(FOLDS):
        fit = fold != k
        line = np.column_stack([np.ones(fit.sum()), X[fit]])
        slopes = np.linalg.lstsq(line, difference[fit], rcond=None)[0][1:]
        out[~fit] = difference[~fit] - X[~fit] @ slopes
    return out


def covered(difference: Any, X: Any, pairs: int) -> float:
    """Share of 95 % t-intervals from ``pairs`` pairs, drawn without replacement, that cover the mean of all pairs.

    A sample of some of the pairs is nearer to their mean than to the true one, by the finite-population factor, which
    the interval is given too.
    """
    truth, rng, hits = adjusted(difference, X).mean(), np.random.default_rng(1), 0
    shrink = math.sqrt(1 - pairs / len(difference))
    for _ in range(RESAMPLED):
        some = rng.choice(len(difference), pairs, replace=False)
        rest = adjusted(difference[some], X[some])
        width = stdtrit(pairs - 1, 0.975) * rest.std(ddof=1) / math.sqrt(pairs) * shrink
        hits += abs(rest.mean() - truth) <= width
    return hits / RESAMPLED


def paid(less: float) -> float:
    """What is left of a factor when the mean of the control costs runs of the baseline.

    With n pairs and N ≥ n runs of the baseline the variance is σ²(1 − R²)/n + σ²R²/N at the price of n + N runs; its
    smallest value against σ²/n at 2n runs.
    """
    explained = max(1 - 1 / less, 0.0)
    if explained <= 0.5:
        return 1.0
    return 2 / (math.sqrt(1 - explained) + math.sqrt(explained)) ** 2


def traits(case: Case, replicates: Any) -> Any:
    """Mean frailty, baseline and efficacy of a run's officers, less their expectations, ``(runs, 3)``."""
    draws, pool, sd = AddressedDraws(ROOT_SEED, replicates), case.values["officers.pool"], case.values
    spread = sd["officers.frailty_sd"]
    frailty = np.exp(spread * draws.normal(Purpose.FRAILTY, pool) - spread**2 / 2).mean(axis=0) - 1
    means = (draws.normal(purpose, pool).mean(axis=0) for purpose in (Purpose.BASELINE, Purpose.EFFICACY))
    return np.column_stack([frailty, *means])


def pairs(cases: Sequence[Case], first: int, count: int, outcome: str) -> tuple[Any, Any, Any]:
    """Differences of an outcome, the martingales of both runs, and exits of the baseline's surge week."""
    a, b = lived(cases, np.arange(first, first + count))
    surge = a["exits_in_surge"].to_numpy(float)
    return (a[outcome] - b[outcome]).to_numpy(), np.column_stack([a[MARTINGALE], b[MARTINGALE]]), surge[:, None]


def controls(cases: Sequence[Case], count: int, outcome: str, needed: Any) -> list[Control]:
    """What each control gives; ``needed(variance)`` is how many pairs a variance takes."""
    difference, martingales, surge = pairs(cases, 0, count, outcome)
    surge = surge - surge.mean()
    none = np.empty((count, 0))
    ways = {
        "none": ("", none),
        "mean frailty, baseline and efficacy of the officers": ("the model", traits(cases[0], np.arange(count))),
        "the baseline's exits in the surge week": ("further baseline runs", surge),
        "intents less expected ones, both runs": ("exactly 0", martingales),
        "both": ("further baseline runs", np.column_stack([martingales, surge])),
    }
    found, plain = [], difference.var(ddof=1)
    for name, (known, X) in ways.items():
        left = adjusted(difference, X).var(ddof=1)
        less, take = plain / left, min(needed(left), count // 2)
        bought = paid(less) if "baseline" in known else less
        if name == "both":
            bought = found[-1].less * paid(less / found[-1].less)
        found.append(Control(name, known, less, bought, needed(left), covered(difference, X, take)))
    return found


def table(found: Sequence[Control]) -> pd.DataFrame:
    """As a frame."""
    return pd.DataFrame([vars(one) for one in found])
