"""Which cases and runs a comparison is about, out of words and stores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.analysis.alternatives import alternatives, choose, usual_baseline
from sim.analysis.record_world import RECORD
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import on_prior
from sim.ensemble.cases.unknowns import POSTERIOR, PRIOR
from sim.ensemble.design.plan import distinct
from sim.ensemble.design.request import Request
from sim.ensemble.design.sweep import sweep
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables.interface import RUN
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES

_NO_WORLD = ("ensemble.", "executor", "out=", "theory=", "unknowns")
_THIS = f"scenario={RECORD}"


def request_of(words: Sequence[str], config_path: Path | None = None, baseline: str | None = None) -> Request:
    """One request for every case that these words name; all theories unless one is named.

    A single world gets the record's beside it, to be compared with. Where a world has other officers than those that
    lived the record, so that it is run on the prior, the ``baseline`` is run there as well. Daily series are not kept
    unless asked for.

    Raises
    ------
    UserMistake
        For words that make no case, and when ``ensemble.*`` has more than one value.
    """
    named = list(words)
    if not any(word.startswith("theory=") for word in named):
        named.append(f"theory={','.join(THEORIES)}")
    asked = sweep(named, config_path)
    if len({_world(case) for case in asked.cases}) == 1 and (bare := _record(named)):
        asked = asked.of_cases((*sweep(bare, config_path).cases, *asked.cases))
    cases = distinct(asked.cases)
    return asked.of_cases(distinct((*cases, *_twins(cases, baseline))))


def _twins(cases: Sequence[Case], baseline: str | None) -> list[Case]:
    """The baseline on the prior under each theory under which it lived the record and another world did not."""
    apart = {case.theory for case in cases if case.mode == PRIOR} & {c.theory for c in cases if c.mode == POSTERIOR}
    if not apart:
        return []
    listed = alternatives(pd.DataFrame([case.row() for case in cases]))
    first = choose(listed, baseline, "--baseline") if baseline else usual_baseline(listed)
    of_first = [case for case in cases if case.id in first.cases.values() and case.theory in apart]
    return [on_prior(case, f"{case.label} · unknowns={PRIOR}") for case in of_first if case.mode == POSTERIOR]


def _world(case: Case) -> tuple[object, ...]:
    """What a case is besides its theory."""
    # A theory without kept worlds is run on its prior, and is a theory of the same world.
    other = ("theory.", "unknowns.")
    shared = tuple(sorted((key, value) for key, value in case.values.items() if not key.startswith(other)))
    return case.scenario, shared, case.events


def _record(named: Sequence[str]) -> list[str]:
    """The words of the world that a single one is compared with; none where it is the record itself.

    Another scenario is compared with the record's under the same settings, other settings with the record as it is.
    """
    frame = [word for word in named if word.startswith(_NO_WORLD)]
    world = [word for word in named if not word.startswith(_NO_WORLD)]
    settings = [word for word in world if not word.startswith("scenario=")]
    if len(settings) < len(world) and _THIS not in world:
        return [_THIS, *settings, *frame]
    return [_THIS, *frame] if settings else []


def same_version(stores: Sequence[Store]) -> None:
    """Refuse stores of different model versions or records: their differences would be those of the models, too."""
    for store in stores[1:]:
        first = stores[0]
        if (store.model_version, store.record) != (first.model_version, first.record):
            what = f"model version {store.model_version} and record {store.record}"
            other = f"{first.folder} of {first.model_version} and {first.record}"
            raise UserMistake("compare", store.folder, f"is of {what}, and {other}: only runs of one model compare")


def every_run(stores: Sequence[Store]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cases and runs of all these stores, each once; a good run outranks a failed one."""
    tables = [(store.cases(), store.runs()) for store in stores]
    for store, (cases, runs) in zip(stores, tables, strict=True):
        store.check_cases(runs, cases)
    return each_once(tables)


def each_once(tables: Sequence[tuple[pd.DataFrame, pd.DataFrame]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same of tables of cases and runs."""
    if len(tables) == 1:
        return tables[0]
    cases = pd.concat([cases for cases, _ in tables], ignore_index=True).drop_duplicates("case", ignore_index=True)
    runs = pd.concat([runs for _, runs in tables if len(runs)] or [tables[0][1]], ignore_index=True)
    bad = (runs["status"] != "ok").rename("bad")
    order = runs.assign(bad=bad).sort_values([*RUN, "bad"], kind="stable").drop(columns="bad")
    return cases, order.drop_duplicates(list(RUN), ignore_index=True)
