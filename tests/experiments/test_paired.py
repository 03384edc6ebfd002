"""The benchmark of the tree against an older commit: its arithmetic, and that each side is the tree that it says."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from experiments.speed.paired import (
    CannotDo,
    Goal,
    Row,
    Side,
    Task,
    figure,
    goals,
    summary,
    table,
    take_turns,
    tasks,
    verdict,
)
from experiments.study import ROOT
from tests import processes
from tests.experiments.commands import study

PAIRS = pd.DataFrame({"row": "a", "old": [10.0, 20.0, 40.0], "new": [5.0, 4.0, 30.0]})


def in_turns(old, new, rounds=3, **limits):
    """Each side as a function of what it was asked before; the older one may be none."""
    asked: list[str] = []

    class Known:
        def __init__(self, name, values):
            self.name, self.values = name, values

        def close(self):
            asked.append("closed")

    def measure(side):
        asked.append(side.name)
        if side.values is None:
            raise CannotDo("it is too old")
        return {"a": side.values[sum(name == side.name for name in asked) - 1]}

    row = {"a": Row("something", "s")}
    return take_turns([Task(measure, row, **limits)], Known("old", old), Known("new", new), rounds), asked


def test_ratios_are_taken_within_a_round_before_their_median():
    found = summary(PAIRS)
    assert (found["old"], found["new"]) == (20, 5)
    assert found["ratio"] == 0.5, "of 0.5, 0.2 and 0.75; the medians' own ratio would be 0.25"
    assert (found["low"], found["high"]) == pytest.approx((0.26, 0.7))


def test_one_round_has_no_spread_and_a_side_that_cannot_has_no_ratio():
    one = summary(PAIRS.head(1))
    assert one["ratio"] == 0.5
    assert np.isnan([one["low"], one["high"]]).all()
    none = summary(PAIRS.assign(old=np.nan))
    assert none["new"] == 5
    assert np.isnan([none["old"], none["ratio"], none["low"]]).all()


def test_goals_are_of_the_ratio_or_of_the_newer_side():
    found = summary(PAIRS)
    assert verdict(Goal(0.5), found) == "met"
    assert verdict(Goal(0.4), found) == "missed"
    assert verdict(Goal(5.0, "new", at_least=True), found) == "met"
    assert verdict(Goal(5.1, "new", at_least=True), found) == "missed"
    assert verdict(None, found) == verdict(Goal(0.5), summary(PAIRS.assign(old=np.nan))) == ""
    assert (str(Goal(0.6)), str(Goal(0.95, "new", at_least=True))) == ("ratio ≤ 0.6", "new ≥ 0.95")


@pytest.mark.parametrize(
    ("value", "told"),
    [(9.4, "9.40"), (0.0786, "0.0786"), (99.96, "100"), (100.4, "100"), (1234.5, "1,234"), (-0.02, "-0.0200"),
     (0.0, "0.00"), (np.nan, "–")],
)  # fmt: skip
def test_numbers_have_three_figures(value, told):
    assert figure(value) == told


def test_the_table_has_a_dash_for_what_the_older_side_cannot_do():
    wanted = {"a": Row("a run", "s", Goal(0.6)), "b": Row("threads", "s", Goal(0.6)), "c": Row("memory", "MiB")}
    pairs = pd.concat([PAIRS, PAIRS.assign(row="b", old=np.nan), PAIRS.head(1).assign(row="c")])
    _, _, first, second, third = table(wanted, pairs).splitlines()
    assert first == "| a run | s | 20.0 | 5.00 | 0.50 | 0.26 – 0.70 | ratio ≤ 0.6 | met |"
    assert second == "| threads | s | – | 5.00 | – | – | ratio ≤ 0.6 |  |"
    assert third == "| memory | MiB | 10.0 | 5.00 | 0.50 | – |  |  |"
    assert goals(wanted, pairs) == "1 of 1 goals are met."


def test_the_sides_take_turns_at_going_first():
    measured, asked = in_turns([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    assert asked == ["old", "new", *["closed"] * 2, "new", "old", *["closed"] * 2, "old", "new", *["closed"] * 2]
    assert measured[["round", "old", "new"]].to_numpy().tolist() == [[1, 1, 4], [2, 2, 5], [3, 3, 6]]


def test_what_takes_minutes_is_done_in_fewer_rounds():
    assert len(in_turns([1.0], [2.0], rounds=1)[0]) == len(in_turns([1.0], [2.0], rounds=3, most=1)[0]) == 1


def test_only_the_older_side_may_be_unable(capsys):
    measured, _ = in_turns(None, [4.0, 5.0, 6.0])
    assert measured["old"].isna().all()
    assert "too old" in capsys.readouterr().err
    with pytest.raises(CannotDo):
        in_turns([4.0], None)


def test_no_two_rows_have_one_name():
    for quick in (True, False):
        names = [name for task in tasks(quick, full=True) for name in task.rows]
        assert len(names) == len(set(names))


def test_a_side_is_refused_that_is_another_tree(tmp_path):
    side = Side(tmp_path / "elsewhere", tmp_path, ROOT / "experiments" / "speed" / "one_side.py")
    with pytest.raises(CannotDo, match="it ended"):
        side.ask("engine", theory="constant", width=1)
    side.close()


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("git") and (ROOT / ".git").exists()), reason="the older side is a commit")
def test_the_benchmark_measures_a_commit_against_the_tree(tmp_path):
    study("speed/paired", "--against=HEAD", "--quick", "--rounds=1", "--only=engine_one,help", to=tmp_path / "page")
    found = pd.read_csv(tmp_path / "page" / "paired.csv")
    assert found["row"].to_list() == ["engine_one", "help"]
    assert (found[["old", "new"]] > 0).all(axis=None)
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    head = processes.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT).stdout
    assert f"against {head.strip()}" in page
    assert str(tmp_path) not in page
