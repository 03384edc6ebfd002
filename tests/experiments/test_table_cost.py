"""What a table waits for: verdicts of wall seconds on a busy machine, and a page that is that of its table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.speed import table

FOLDER = Path(table.__file__).parent


@pytest.mark.parametrize(("wall", "cpu", "kind", "said"), [
    (0.7, 1.2, table.AHEAD, "met"),
    (4.0, 1.2, table.AHEAD, "missed on a busy machine; 0.60 s of work for each core"),
    (4.0, 2.2, table.AHEAD, "missed"),
    (4.0, 0.3, "replay of twenty turns", "missed on a busy machine; 0.30 s of work"),
    (4.0, 1.2, "replay of twenty turns", "missed"),
])  # fmt: skip
def test_a_goal_in_wall_seconds_is_judged_with_the_work_beside_it(wall, cpu, kind, said):
    assert table.verdict(wall, cpu, 1.0, kind) == said


def test_the_page_is_that_of_the_table():
    found = pd.read_csv(FOLDER / "table.csv")
    assert set(table.GOALS) <= set(found["what"])
    assert table.told(found) in (FOLDER / "TABLE.md").read_text(encoding="utf-8")
