"""What one layout of squads for all runs, as version 3 had it, was worth: the share of the spread between layouts."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import numpy as np
import pandas as pd

from experiments.drivers.measure import ROOT_SEED, documented
from sim.ensemble.engine import block
from sim.ensemble.engine.addressed_draws import squad_layout
from sim.model.layout import Layout
from sim.model.withdrawal import THEORIES

OUTCOMES = ("squads_fully_out", "max_squad_share_3d", "squad_members_3d", "exits_in_surge", "exits_by_end")
LAYOUTS = 24


def table(runs: int) -> pd.DataFrame:
    """Columns theory, outcome, mean, between: the share of the variance that lies between layouts, at least 0.

    ``LAYOUTS`` layouts with ``runs`` draws of all other luck each, the same draws for each layout; the layouts' part is
    what is left of the spread of their means once the replicates' own share of it is taken off (analysis of variance of
    two crossed random factors, which these are).
    """
    luck = np.arange(runs)
    rows = []
    for theory, case in documented().items():
        if THEORIES[theory].null:
            continue
        values: dict[str, list[np.ndarray]] = {name: [] for name in OUTCOMES}
        for layout in range(LAYOUTS):
            with patch.object(block, "squad_layout", _one(layout)):
                found = block.simulate(block.Block((case,), np.zeros(runs, dtype=np.int64), luck, ROOT_SEED))
            for name in OUTCOMES:
                values[name].append(found.outcomes[name])
        for name in OUTCOMES:
            rows.append([theory, name, float(np.mean(values[name])), between(np.array(values[name]))])
    return pd.DataFrame(rows, columns=["theory", "outcome", "mean", "between"])


def between(values: np.ndarray) -> float:
    """Share of the variance of ``(layouts, replicates)`` that the layouts alone account for, at least 0."""
    layouts, runs = values.shape
    of_layout, of_run = values.mean(axis=1), values.mean(axis=0)
    rest = values - of_layout[:, None] - of_run[None] + values.mean()
    error = (rest**2).sum() / ((layouts - 1) * (runs - 1))
    component = max(runs * of_layout.var(ddof=1) - error, 0) / runs
    luck = max(layouts * of_run.var(ddof=1) - error, 0) / layouts
    whole = component + luck + error
    return float(component / whole) if whole else 0.0


def _one(number: int) -> Callable[..., Layout]:
    """The layout of one replicate for every run."""

    def layout(root_seed: int, replicates: np.ndarray, *rest: object) -> Layout:
        return squad_layout(root_seed, np.full(len(replicates), number), *rest)  # type: ignore[arg-type]

    return layout
