"""States of the world to try levers in: every theory over the prior ranges of its settings, with and without each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sim.analysis.lever_orders import standing
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.event_tables import read_events
from sim.ensemble.design.designs.lhs import LatinHypercube
from sim.ensemble.design.plan import Plan, missing_runs
from sim.ensemble.design.prior_ranges import priors
from sim.ensemble.design.request import request
from sim.ensemble.execution.report import Progress
from sim.ensemble.execution.runner import fill
from sim.ensemble.store.store import Store
from sim.model.withdrawal import THEORIES

NOTHING = "nothing"
"""The option of pulling no lever."""

Keyed = list[tuple[dict[str, object], Case]]


def read_levers(file: Path) -> dict[str, Mapping[str, Any]]:
    """Levers from a YAML file: each name with the fields of its event."""
    levers: dict[str, Mapping[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return levers


def lever_cases(
    levers: Mapping[str, Mapping[str, Any]],
    *,
    settings: int,
    date: str,
    seed: int,
    modes: Sequence[str] = ("scripted",),
    theories: Sequence[str] = tuple(THEORIES),
) -> Iterator[tuple[dict[str, object], Case]]:
    """Every (theory, mode, setting, lever) as a case, with the keys that tables are grouped by.

    All theories share one Latin hypercube of the common settings, so that a setting means the same world under each;
    each has one of its own settings beside it.

    Parameters
    ----------
    levers
        What is pulled, as events of a player; on ``date`` unless it says otherwise. Orders stand (:func:`standing`).
    settings
        Points of the hypercubes, drawn by ``seed``.
    modes
        Ways in which governments act.
    """
    pulled = {NOTHING: ()} | {
        name: read_events({name: {"date": date, "origin": "player", **row}}, key="levers")
        for name, row in levers.items()
    }
    for theory in theories:
        points = LatinHypercube(settings, seed).explore(priors(["all"], theory))
        for mode in modes:
            # What the hypercube does not explore stays where it is.
            base = request([f"theory={theory}", f"governments={mode}", "unknowns=fixed"]).case
            for k, point in enumerate(points):
                for lever, events in pulled.items():
                    keys: dict[str, object] = {"theory": theory, "mode": mode, "setting": k, "lever": lever}
                    yield keys, base.varied(point, f"{theory} {mode} {k} {lever}", standing(base, events))


def plan_of(listed: Keyed, replicates: int, root_seed: int) -> Plan:
    """What to run: every case under the same luck, without daily series."""
    cases = tuple(case for _, case in listed)
    return Plan(cases, range(replicates), root_seed, executor=request([]).plan.executor)


def missing(plan: Plan, store: Store) -> int:
    """How many runs of a plan a store does not have."""
    return sum(len(runs) for runs in missing_runs(plan, store).values())


def lived(listed: Keyed, plan: Plan, store: Store, progress: Progress | None = None) -> pd.DataFrame:
    """Run what is missing, and return the plan's good runs with the keys of their cases before them."""
    fill(plan, store, progress)
    keys = pd.DataFrame([{**keys, "case": case.id} for keys, case in listed])
    runs = store.runs(cases=list(keys["case"]))
    wanted = (runs["status"] == "ok") & (runs["root_seed"] == plan.root_seed) & runs["replicate"].isin(plan.replicates)
    return keys.merge(runs[wanted], on="case")
