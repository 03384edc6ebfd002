"""The benchmark of PRIM against EMA Workbench's: its page is that of its table; an interpreter without it is said."""

from __future__ import annotations

import json
import re
import sys

import numpy as np
import pandas as pd
import pytest

from experiments.speed.discover import SIDE, data, once, page, summary, version_of

MEASURED = pd.DataFrame({"rows": 20_000, "inputs": 15, "round": [0, 1, 2], "ours": [1.0, 2.0, 3.0],
                         "ema": [10.0, 10.0, 10.0], "boxes": 50, "same": [True, True, True]})  # fmt: skip


def test_ratios_are_taken_round_by_round():
    (row,) = summary(MEASURED).to_dict("records")
    assert (row["ratio"], row["lowest"], row["highest"], row["same"], row["rounds"]) == (0.2, 0.1, 0.3, 3, 3)


@pytest.mark.parametrize(("change", "verdict"), [
    ({}, "met"), ({"ours": [9.0, 9.0, 9.0]}, "missed"), ({"same": [True, False, True]}, "missed"),
])  # fmt: skip
def test_the_goal_is_met_only_by_the_same_boxes_in_a_quarter(change, verdict):
    assert f"with the same boxes: {verdict}." in page(MEASURED.assign(**change), "2.5", "command", False)


def test_the_page_is_that_of_the_table():
    written = (SIDE.with_name("DISCOVER.md")).read_text(encoding="utf-8")
    version = re.search(r"EMA Workbench (\S+),", written)[1]
    command = re.search(r"`(.*)` wrote this page", written)[1]
    told = page(pd.read_csv(SIDE.with_name("discover.csv")), version, command, "--quick" in command)
    assert written.startswith(told.rstrip())


def test_our_side_finds_the_box_that_is_in_the_data(tmp_path):
    x, y = data(2000, 6, 1)
    np.savez(tmp_path / "d.npz", x=x, y=y)
    found = once(sys.executable, "ours", tmp_path / "d.npz")
    low, high = found["boxes"][-1]
    assert json.dumps(found)
    assert low[1] == pytest.approx(0.6, abs=0.05)
    assert high[3] == pytest.approx(0.5, abs=0.05)


def test_an_interpreter_that_is_none_is_one_line(tmp_path):
    with pytest.raises(SystemExit, match=r"^--ema-python=.*: No such file") as left:
        version_of(str(tmp_path / "python"))
    assert "\n" not in str(left.value)
