"""What a command wanted, as it notes it in the store."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

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
        "tables": list(plan.tables),
        "rule": plan.rule,
        "executor": plan.executor.name,
        "workers": report.workers if report else None,
    }
    if report is not None and report.faults:
        note["faults"] = list(report.faults)
    if kept := [case for case in distinct(plan.cases) if case.worlds is not None]:
        lists = list(dict.fromkeys(case.worlds for case in kept))
        note["kept_worlds"] = {
            "lists": [list(worlds or ()) for worlds in lists],
            "of": {case.id: lists.index(case.worlds) for case in kept},
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
