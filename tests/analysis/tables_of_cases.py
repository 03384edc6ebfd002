"""Tables of cases and runs as a store would give them, made up: worlds, theories, and how many leave in each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

OUTCOMES = {"exits_surge_month": 1.0, "available_on_target": -1.0, "civilian_harm": 0.0}
"""Outcomes with what one exit more does to each."""


def world(
    means: Mapping[tuple[str, str], float], replicates: int = 60, seed: int = 1, seeds: Mapping[str, int] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """``world({("as_documented", "breach"): 20, ...})``: cases and runs; luck is shared, and some is each run's own."""
    cases, runs = [], []
    for number, ((name, theory), mean) in enumerate(means.items()):
        case = f"{number:012x}"
        cases.append({
            "case": case, "label": f"{name} · {theory}", "scenario.name": name, "theory.name": theory,
            "clock.record_end": date(2024, 3, 7), "clock.target_date": date(2024, 6, 1),
        })  # fmt: skip
        luck = np.random.default_rng(seed).normal(0, 8, replicates)
        own = np.random.default_rng([seed, number]).normal(0, 1, replicates)
        exits = np.round(mean + luck + own * (mean != 0))
        rows = {
            "case": case,
            "root_seed": (seeds or {}).get(name, 7),
            "replicate": np.arange(replicates),
            "future": 0,
            "status": "ok",
        }
        runs.append(pd.DataFrame(rows | {o: 100 * (by == 0) + by * exits for o, by in OUTCOMES.items()}))
    return pd.DataFrame(cases), pd.concat(runs, ignore_index=True)
