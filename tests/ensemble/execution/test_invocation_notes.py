"""What the commands of a store asked for, from the notes that they left."""

from __future__ import annotations

from typing import Any

import pytest

from sim.ensemble.execution.invocation_notes import wanted_runs

SPAN = {"cases": ["a", "b"], "root_seed": 7, "replicates": [2, 4]}


@pytest.mark.parametrize(
    ("notes", "runs"),
    [
        ([SPAN], [("a", 7, 2), ("a", 7, 3), ("b", 7, 2), ("b", 7, 3)]),
        ([{**SPAN, "only": {"a": [3, 5], "b": [0]}}], [("a", 7, 3), ("a", 7, 5), ("b", 7, 0)]),
        ([{**SPAN, "cases": ["a"]}, {**SPAN, "only": {"a": [3, 5]}}], [("a", 7, 2), ("a", 7, 3), ("a", 7, 5)]),
        ([{**SPAN, "cases": ["a"]}, {**SPAN, "cases": ["a"], "root_seed": 8, "replicates": [2, 3]}],
         [("a", 7, 2), ("a", 7, 3), ("a", 8, 2)]),
        ([{"cases": ["a"], "root_seed": 7}], []),
    ],
    ids=["spans", "single runs", "both, each once", "two seeds", "nothing"],
)  # fmt: skip
def test_every_run_that_was_asked_for_is_wanted_once(notes: list[dict[str, Any]], runs: list[tuple]) -> None:
    assert list(wanted_runs(notes).itertuples(index=False, name=None)) == runs
