"""Enough replicates: rounds that stop when a mean is known well enough, and come to the same end whoever begins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from sim.ensemble.design.plan import Plan
from sim.ensemble.design.stopping_rule import ALIKE, FIRST, Reached, Until, judge, next_size, read_until
from sim.ensemble.execution.invocation_notes import note_of
from sim.ensemble.execution.runner import fill
from sim.ensemble.store.store import Store
from sim.ensemble.upkeep.missing import wanted_runs
from tests.ensemble.tiny_worlds import case
from tests.faults import refusal
from tests.worlds import TINY

RULE = Until(0.5, "attacks", 10_000)


def runs(values: Any, outcome: str = "attacks") -> pd.DataFrame:
    """Good runs, each of a world of its own."""
    return pd.DataFrame({"replicate": range(len(values)), "future": 0, outcome: values})


def plan(until: Until, *words: str) -> Plan:
    cases = (case(*TINY, "theory=constant"), case(*TINY, "theory=constant", "gangs.branching_ratio=0.8"))
    return Plan(cases, range(60), 7, until=until)


def test_the_half_width_is_that_of_students_interval() -> None:
    values = np.random.default_rng(1).normal(10, 3, 80)
    now = judge(Until(1, "attacks", 1000), "c", 80, runs(values))
    low, high = student.interval(
        0.95, 79, loc=values.mean(), scale=values.std(ddof=1) / np.sqrt(80) * np.sqrt(1 + 1 / 80)
    )
    assert now.half_width == pytest.approx((high - low) / 2)
    assert now.mean == pytest.approx(values.mean())
    assert now.met


def test_runs_that_are_all_alike_are_believed_only_when_there_are_many() -> None:
    few, many = (judge(RULE, "c", n, runs([4.0] * n)) for n in (ALIKE - 1, ALIKE))
    assert (few.met, many.met, many.half_width) == (False, True, 0.0)
    assert next_size(RULE, few) >= ALIKE


def test_an_outcome_that_no_run_has_does_not_keep_a_command_running_for_ever() -> None:
    assert not judge(RULE, "c", FIRST, runs([np.nan] * FIRST)).met
    assert judge(RULE, "c", ALIKE, runs([np.nan] * ALIKE)) == Reached("c", ALIKE, None, None, True)


def test_a_date_is_counted_in_days() -> None:
    days = pd.Series(pd.to_datetime(["2024-03-01", "2024-03-03", None] * 40))
    assert judge(
        Until(1, "first_report_date", 1000), "c", 120, runs(days, "first_report_date")
    ).half_width == pytest.approx(0.223, abs=0.01)


def test_futures_of_a_world_are_a_cluster() -> None:
    """The mean is that of the worlds' means, and worlds are what is counted, however many futures each has."""
    values = np.random.default_rng(1).normal(10, 3, 80)
    worlds = judge(RULE, "c", 80, runs(values))
    noise = np.tile([-1.0, 0.0, 1.0], (80, 1))
    many = pd.DataFrame({
        "replicate": np.repeat(np.arange(80), 3), "future": np.tile(range(3), 80),
        "attacks": (values[:, None] + noise).ravel(),
    })  # fmt: skip
    clustered = judge(RULE, "c", 240, many.sample(frac=1, random_state=1))
    assert clustered.mean == pytest.approx(worlds.mean)
    assert clustered.half_width == pytest.approx(worlds.half_width)
    lost = judge(RULE, "c", 240, many.assign(attacks=many["attacks"].where(many["replicate"] > 0)))
    assert lost.mean == pytest.approx(values[1:].mean())


@pytest.mark.parametrize(("width", "size"), [(0.51, 111), (0.6, 152), (50.0, 200), (0.5, 100)])
def test_a_round_at_most_doubles_a_case_and_adds_a_tenth_at_least(width: float, size: int) -> None:
    assert next_size(RULE, Reached("c", 100, 3.0, width, width <= 0.5)) == size


def test_the_cap_ends_it() -> None:
    assert next_size(Until(0.5, "attacks", 150), Reached("c", 100, 3.0, 9.0, False)) == 150
    assert next_size(Until(0.5, "attacks", 150), Reached("c", 150, 3.0, 9.0, False)) == 150


def test_the_interval_covers_the_mean_about_as_often_as_it_says() -> None:
    """Two thousand studies of a skewed outcome, each stopped by looking; optional stopping costs little."""
    luck, rule, covered = np.random.default_rng(5), Until(0.25, "attacks", 5000), 0
    for _ in range(2000):
        values = luck.exponential(1.0, 5000)
        now = judge(rule, "c", FIRST, runs(values[:FIRST]))
        while (size := next_size(rule, now)) > now.replicates:
            now = judge(rule, "c", size, runs(values[:size]))
        assert now.half_width is not None
        assert now.mean is not None
        covered += abs(now.mean - 1) <= now.half_width
    assert 0.90 < covered / 2000 < 0.97


def test_cases_grow_until_each_is_known_and_no_further(store: Store) -> None:
    report = fill(plan(RULE), store)
    sizes = {now.case: now.replicates for now in report.reached}
    assert all(now.met for now in report.reached)
    assert all(now.half_width <= 0.5 for now in report.reached if now.half_width is not None)
    counts = store.runs().groupby("case").size().to_dict()
    assert counts == sizes
    assert max(sizes.values()) > min(sizes.values()) >= 60, "the livelier world needs more runs"
    assert report.computed == sum(sizes.values())


def test_growing_changes_no_run_and_asking_for_more_only_adds(store: Store) -> None:
    fill(plan(replace(RULE, half_width=1.0)), store)
    before, parts = store.runs(), set(store.parts_written)
    report = fill(plan(RULE), store)
    assert report.found >= 120
    after = store.runs().merge(before[["case", "root_seed", "replicate"]])
    pd.testing.assert_frame_equal(after, before)
    assert parts < set(store.parts_written)
    assert fill(plan(RULE), store).computed == 0


def test_an_interrupted_command_comes_to_the_same_end(store: Store, tmp_path: Path) -> None:
    other = Store.open(tmp_path / "other", model_version=1, record="cafe")
    fill(plan(RULE), other)
    seen: list[int] = []

    def stop(runs: int) -> None:
        seen.append(runs)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill(plan(RULE), store, stop)
    fill(plan(RULE), store)
    assert store.digest() == other.digest()


def test_the_invocation_notes_rule_method_and_where_each_case_stopped(store: Store) -> None:
    of = plan(RULE)
    report = fill(of, store)
    note = note_of(of, report)
    assert note["rule"] == "until the mean of attacks is known to ±0.5 in every case, or 10000 runs"
    assert "t-interval" in note["until"]["method"]
    assert {c: r["replicates"] for c, r in note["until"]["reached"].items()} == {
        now.case: now.replicates for now in report.reached
    }
    cases = [case.id for case in of.cases]
    assert len(wanted_runs([{**note, "cases": cases, "root_seed": 7}])) == report.computed
    assert len(wanted_runs([{**note_of(of, None), "cases": cases, "root_seed": 7}])) == 120


def test_what_several_commands_wanted_is_counted_once() -> None:
    notes = [
        {"cases": ["a", "b"], "root_seed": 1, "replicates": [0, 4]},
        {"cases": ["a"], "root_seed": 1, "replicates": [2, 6]},
        {"cases": ["a"], "root_seed": 2, "replicates": [0, 1]},
        {"cases": ["a"], "root_seed": 1, "rule": "attribution"},
    ]
    assert len(wanted_runs(notes)) == 6 + 4 + 1
    assert wanted_runs([]).empty


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ensemble.outcome": "exit"}, "ensemble.outcome=exit: no such outcome; near it: exits_by_end"),
        ({"ensemble.replicates": 10}, "ensemble.replicates=10: with ensemble.until"),
        ({"ensemble.cap": 100}, "ensemble.cap=100: at least ensemble.replicates=400"),
    ],
)
def test_a_rule_that_cannot_be_is_the_users_mistake(change: dict[str, object], said: str) -> None:
    values = {"ensemble.until": 0.1, "ensemble.outcome": "attacks", "ensemble.replicates": 400, "ensemble.cap": 2000}
    assert refusal(read_until, {**values, **change}).startswith(said)
    assert read_until({**values, "ensemble.until": 0.0}) is None


def test_a_cap_of_the_first_round_asks_for_that_round_alone() -> None:
    values = {"ensemble.until": 0.1, "ensemble.outcome": "attacks", "ensemble.replicates": 400, "ensemble.cap": 400}
    rule = read_until(values)
    assert rule is not None
    assert next_size(rule, Reached("c", 400, 3.0, 9.0, False)) == 400
