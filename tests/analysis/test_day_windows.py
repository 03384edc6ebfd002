"""Daily series over any days are what pandas makes of the table of days, and over its windows the model's outcomes."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.day_windows import DayWindow, measure_of, of_window, quarters
from sim.errors import UserMistake
from sim.model.state import Phase
from sim.outcomes import DAILY
from sim.outcomes.states import PHASES
from tests.worlds import FIXED

RUN = ["case", "root_seed", "replicate", "future"]
DEATHS = ("deaths_gang", "deaths_operations", "deaths_vigilantes")


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> sim.Runs:
    """Forty officers from the mandate to the end of June, eight draws of luck."""
    world = {"officers.pool": 40, "clock.end": "2024-06-30", "levers.reserve": 7}
    asked = ["ensemble.states=true", FIXED]
    folder = tmp_path_factory.mktemp("windows") / "s"
    return sim.run(theory="breach", replicates=8, settings=world, overrides=asked, out=folder)


@pytest.mark.parametrize(("name", "measure", "pandas"), [
    ("exits", "total", "sum"), ("exits", "mean", "mean"), ("exits", "highest", "max"), ("rumour", "lowest", "min"),
    ("out", "last", "last"), ("deaths_gang", None, "sum"), ("control", None, "last"),
])  # fmt: skip
def test_a_window_is_what_pandas_makes_of_the_table_of_days(runs, name, measure, pandas):
    days = runs.days
    inside = days[(days["day"] >= "2024-04-10") & (days["day"] <= "2024-05-20")].astype({name: float})
    wanted = inside.groupby(RUN)[name].agg(pandas)
    found = runs.window(name, ["2024-04-10", "2024-05-20"], measure)
    pd.testing.assert_series_equal(found.set_index(RUN)[name], wanted)


@pytest.mark.parametrize(("quarter", "outcome"), [("2023-Q4", "deaths_q4_2023"), ("2024-Q1", "deaths_q1_2024")])
def test_quarters_are_the_outcomes_of_the_model_version(runs, quarter, outcome):
    deaths = sum(runs.quarters(name).set_index(RUN)[quarter] for name in DEATHS)
    assert deaths.tolist() == runs.outcomes.set_index(RUN)[outcome].tolist()
    assert deaths.sum() > 0


def test_windows_are_other_outcomes_of_the_model_version_too(runs):
    own = runs.outcomes.set_index(RUN)
    month = runs.window("exits", ["2024-02-29", "2024-03-31"]).set_index(RUN)["exits"]
    assert month.tolist() == own["exits_surge_month"].tolist()
    report = runs.window("reports", [date(2023, 10, 2), date(2024, 6, 30)], "first_day").set_index(RUN)["reports"]
    assert report.astype(str).tolist() == own["first_report_date"].astype(str).tolist()
    assert report.notna().any()


def test_officers_on_hand_are_those_available_on_the_day_the_force_is_counted(runs):
    on_hand = runs.window("on_hand", "2024-06-01").set_index(RUN)["on_hand"]
    assert on_hand.tolist() == runs.outcomes.set_index(RUN)["available_on_target"].tolist()
    assert (on_hand - runs.window("available", "2024-06-01").set_index(RUN)["available"]).unique() == [7]


def test_who_wants_out_leaves_or_is_blocked(runs):
    whole = ["2023-10-02", "2024-06-30"]
    intents, exits, blocked = (runs.window(name, whole)[name] for name in ("intents", "exits", "blocked"))
    assert (intents == exits + blocked).all()
    assert blocked.sum() > 0


def test_the_phase_is_told_by_its_number(runs):
    assert tuple(phase.name.lower() for phase in sorted(Phase)) == PHASES
    assert runs.window("phase", "2023-10-15")["phase"].unique() == [Phase.BLOCKED]
    assert runs.window("phase", "2024-03-02")["phase"].unique() == [Phase.AUTHORISED]


def test_a_day_without_a_value_leaves_the_window_without_one():
    rows = pd.DataFrame({"case": "c", "root_seed": 1, "replicate": np.repeat([0, 1, 2], [3, 3, 2]), "future": 0,
                         "day": pd.Timestamp("2024-04-01") + pd.to_timedelta([0, 1, 2, 0, 1, 2, 0, 1], unit="D"),
                         "perceived_hazard": [0.2, np.nan, 0.4, 0.2, 0.3, 0.4, 0.1, 0.1]})  # fmt: skip
    window = DayWindow.read(["2024-04-01", "2024-04-03"])
    found = of_window(rows, "perceived_hazard", window, "mean")["perceived_hazard"]
    assert found.isna().tolist() == [True, False, True], "the last run ends a day too early"
    assert found[1] == pytest.approx(0.3)


def test_a_quarter_in_which_a_run_begins_counts_from_its_first_day_and_named_days_do_not():
    assert DayWindow.read("2023-Q4").from_start(date(2023, 10, 2)).first == date(2023, 10, 2)
    named = DayWindow.read(["2023-10-01", "2023-12-31"])
    assert named.from_start(date(2023, 10, 2)) == named
    assert [one.calendar for one in quarters(date(2024, 2, 1), date(2024, 6, 29))] == ["2024-Q1"]


@pytest.mark.parametrize(("given", "right"), [
    ("2024-Q5", "days of the calendar"), ("2024-13", "days of the calendar"), ("2024-02-30", "days of the calendar"),
    ("20240301", "days of the calendar"), (2024, "such as 2024-Q2"), (["2024-03-01"], "two days"),
    (["2024-03-02", "2024-03-01"], "ends before it begins"), (["2024-03-01", None], "days of the calendar"),
])  # fmt: skip
def test_what_is_no_window_is_said_in_a_line(given, right):
    with pytest.raises(UserMistake, match=right):
        DayWindow.read(given)


def test_what_cannot_be_measured_is_said_in_a_line(runs):
    with pytest.raises(UserMistake, match="near it: exits"):
        runs.window("exist", "2024-Q2")
    with pytest.raises(UserMistake, match="the runs' days are 2023-10-02 to 2024-06-30"):
        runs.window("exits", "2024-Q3")
    with pytest.raises(UserMistake, match="near it: highest"):
        runs.window("exits", "2024-Q2", "high")
    with pytest.raises(UserMistake, match="say one of mean, highest, lowest, last"):
        measure_of(DAILY["out"], "total")


def test_states_that_were_not_kept_are_not_made_up(tmp_path):
    small = {"officers.pool": 12, "clock.start": "2024-02-26", "clock.end": "2024-03-08"}
    runs = sim.run(theory="constant", replicates=1, settings=small, overrides=[FIXED], out=tmp_path / "s")
    with pytest.raises(UserMistake, match=r"ensemble\.states=true does"):
        runs.window("phase", "2024-03-01")
