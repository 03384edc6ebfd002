"""Planning: what is missing is found by arrays, and an interrupted sweep is balanced."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from sim.ensemble.design.plan import Plan, blocks, lacking, missing_runs
from sim.ensemble.store.store import Store
from tests.ensemble.tiny_worlds import case
from tests.worlds import TINY


def many(count: int):
    base = case(*TINY, "theory=breach")
    return tuple(base.varied({"media.report_probability": 0.1 + n / 10_000}, str(n)) for n in range(count))


def test_a_thousand_cases_of_a_hundred_replicates_are_planned_at_once(store: Store) -> None:
    cases = many(1000)
    ids = np.repeat([c.id for c in cases], 50)
    store.add(
        "runs",
        pd.DataFrame(
            {"case": ids, "root_seed": 7, "replicate": np.tile(np.arange(50), 1000), "future": 0, "status": "ok"}
        ),
    )
    plan = Plan(cases, range(100), 7)
    list(blocks(plan, {cases[0].id: [0]}))
    began = time.process_time()
    found = list(blocks(plan, missing_runs(plan, store)))
    assert time.process_time() - began < 1
    assert sum(b.runs for b in found) == 50_000
    assert min(int(b.replicates.min()) for b in found) == 50
    halfway = np.concatenate([[b.cases[c].id for c in b.case_of_run] for b in found[: len(found) // 2]])
    counts = pd.Series(halfway).value_counts()
    assert len(counts) == 1000
    assert counts.max() - counts.min() <= 1


def test_runs_of_another_seed_another_case_or_other_replicates_do_not_count(store: Store) -> None:
    one, other = many(2)
    rows = [
        (one.id, 7, 3, 0, "ok"),
        (one.id, 8, 4, 0, "ok"),
        (other.id, 7, 5, 0, "ok"),
        (one.id, 7, 99, 0, "ok"),
        (one.id, 7, 6, 0, "failed"),
        (one.id, 7, 2, 1, "ok"),
    ]
    store.add("runs", pd.DataFrame(rows, columns=["case", "root_seed", "replicate", "future", "status"]))
    plan = Plan((one,), range(2, 8), 7)
    assert missing_runs(plan, store)[one.id].tolist() == [2, 4, 5, 6, 7]


def test_a_run_is_finished_when_every_table_that_is_asked_for_has_it(store: Store) -> None:
    (one,) = many(1)
    keys = pd.DataFrame({"case": one.id, "root_seed": 7, "replicate": range(4), "future": 0})
    store.add("runs", keys.assign(status="ok"))
    store.add("days", keys.head(3).assign(day=pd.Timestamp(2024, 3, 1)))
    store.add("officers", keys.tail(3).assign(officer=0))
    for kept, missing in [((), []), (("days",), [3]), (("officers",), [0]), (("days", "officers"), [0, 3])]:
        plan = Plan((one,), range(4), 7, kept=kept)
        assert missing_runs(plan, store)[one.id].tolist() == missing


def test_each_case_may_have_replicates_of_its_own(store: Store) -> None:
    one, other = many(2)
    plan = Plan((one, other), range(2), 7)
    missing = lacking(plan, store, {one.id: range(1, 3), other.id: range(0)})[0]
    assert {name: list(runs) for name, runs in missing.items()} == {one.id: [1, 2], other.id: []}
    assert [b.replicates.tolist() for b in blocks(plan, missing)] == [[1, 2]]
