"""What a command wanted, as it notes it in the store, and what all commands together wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from sim.ensemble.design.plan import Plan, distinct
from sim.ensemble.design.request import Request
from sim.ensemble.design.stopping_rule import METHOD
from sim.ensemble.execution.report import Report


def note_of(plan: Plan, report: Report | None) -> dict[str, Any]:
    """Replicates, rule and executor of a command, and with ``until`` its method and where each case stopped."""
    note: dict[str, Any] = {
        "cases": [case.id for case in distinct(plan.cases)],
        "root_seed": plan.root_seed,
        "replicates": [plan.replicates.start, plan.replicates.stop],
        "rule": plan.rule,
        "executor": plan.executor.name,
        "workers": report.workers if report else None,
    }
    if plan.only is not None:
        note["only"] = {case: rows.tolist() for case, rows in plan.only.items()}
    if plan.until is not None:
        note["until"] = {
            "outcome": plan.until.outcome,
            "half_width": plan.until.half_width,
            "cap": plan.until.cap,
            "method": METHOD,
            "reached": {now.case: now.plain() for now in report.reached} if report else None,
        }
    return note


def note_of_design(asked: Request) -> dict[str, Any]:
    """What a sweep tried, so that a sensitivity analysis can tell its points: the cases of each choice in their order.

    A case stands as often as the design has it, and in the place where the design has it.
    """
    design = asked.design
    note: dict[str, Any] = {"swept": list(asked.swept), "design": {"name": design.name, **asdict(design)}}
    if asked.sampled:
        note["design"]["sampled"] = [
            {**settings, "cases": [case.id for case in cases]} for settings, cases in asked.combinations()
        ]
    return note


def wanted_runs(notes: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Every run that the commands of a store asked for, once: case, root_seed, replicate.

    A command that looked for enough replicates itself wanted those at which its cases stopped, or its first round if it
    was interrupted. One that noted no replicates wanted none.
    """
    spans: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for note in notes:
        if not isinstance(note.get("replicates"), list):
            continue
        first, stop = note["replicates"]
        for case, rows in (note.get("only") or {}).items():
            spans.setdefault((case, int(note["root_seed"])), []).extend((r, r + 1) for r in rows)
        if note.get("only"):
            continue
        reached = (note.get("until") or {}).get("reached") or {}
        for case in note.get("cases", []):
            end = first + reached[case]["replicates"] if case in reached else stop
            spans.setdefault((case, int(note["root_seed"])), []).append((first, end))
    keys = list(spans)
    runs = [np.unique(np.concatenate([np.arange(*span) for span in set(spans[key])])) for key in keys]
    of = np.repeat(np.arange(len(keys)), [len(r) for r in runs])
    return pd.DataFrame({
        "case": np.array([case for case, _ in keys], dtype=object)[of],
        "root_seed": np.array([seed for _, seed in keys], dtype=np.int64)[of],
        "replicate": np.concatenate(runs) if runs else np.zeros(0, dtype=np.int64),
    })  # fmt: skip
