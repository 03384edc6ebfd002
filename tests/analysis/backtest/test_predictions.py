"""Predictions and scores whose answers are known: by hand, by pandas, and by the model's own outcomes."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from sim.analysis.backtest.backtest_file import Backtest, load_backtest
from sim.analysis.backtest.backtest_request import request_of
from sim.analysis.backtest.predictions import CLOSER, FARTHER, UNTOLD, Predictions, predict, verdict
from sim.analysis.day_windows import daily_series
from sim.analysis.statistics.intervals import exact
from sim.analysis.statistics.scores import crps
from sim.api import Runs, run_request
from sim.reports.backtest_page import backtest_page, opening, pattern_rows, verdicts
from tests.analysis.backtest.files import EXITS, written

SEEN = {"observed": True, "source": "made up"}
DEATHS = ("deaths_gang", "deaths_operations", "deaths_vigilantes")
PATTERNS = {
    "always": {**EXITS, **SEEN, "comparison": "at_least", "value": 0, "known": "2026-12-24"},
    "never": {**EXITS, **SEEN, "comparison": "below", "value": 0},
    "wrong": {**EXITS, "comparison": "below", "value": 0, "observed": False, "source": "made up"},
    "few": {**EXITS, "observed": 7, "source": "made up", "value": 4},
    "killed": {"text": "t", "series": "deaths_gang", "window": "2024-Q1", "comparison": "at_least", "value": 800},
    "quarter": {"text": "t", "outcome": "deaths_q4_2023", "comparison": "above", "value": 1100},
    "held back": {"text": "t", "series": "blocked", "window": "2024-04", "comparison": "at_least", "value": 1},
    "report": {"text": "t", "series": "reports", "window": "2024-04", "measure": "first_day", "comparison": "after",
               "value": "2024-04-15", "missing": "passes"},
}  # fmt: skip
INPUTS = {"march": {"date": "2024-03-20", "set": {"levers": {"pay_escrow": 1}}, "text": "pay is secured"}}


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> tuple[Backtest, Runs, Predictions]:
    """A hundred kept worlds under T4 and a hundred of the prior under T0, to the end of April."""
    folder = tmp_path_factory.mktemp("backtest")
    backtest = load_backtest(written(folder, PATTERNS, inputs=INPUTS))
    with pytest.warns(UserWarning, match="so it is run with unknowns=prior"):
        request = request_of(backtest, ["ensemble.replicates=100"])
    runs = run_request(request, folder / "s")
    return backtest, runs, predict(backtest, request.cases, runs.outcomes, runs.store)


@pytest.fixture(scope="module")
def table(told) -> pd.DataFrame:
    return told[2].table.set_index(["pattern", "theory"])


def test_what_is_always_true_has_probability_one_with_its_exact_interval_and_scores_nothing(table):
    for theory in ("constant", "breach"):
        row = table.loc["always", theory]
        assert (row["probability"], row["brier"], row["log"]) == (1, 0, 0)
        assert (row["low"], row["high"]) == pytest.approx((0.025 ** (1 / 100), 1))
        assert (row["brier_low"], row["brier_high"]) == pytest.approx((0, (1 - 0.025 ** (1 / 100)) ** 2))


def test_what_never_comes_and_came_is_as_wrong_as_can_be_and_its_complement_right(table):
    row = table.loc["never", "breach"]
    assert (row["probability"], row["brier"], row["log"]) == (0, 1, math.inf)
    assert row["log_low"] == pytest.approx(-math.log(1 - 0.025 ** (1 / 100)))
    assert table.loc["wrong", "breach"]["brier"] == 0


def test_the_climatology_of_nothing_is_a_fair_coin(table):
    row = table.loc["always", "breach"]
    assert (row["climatology"], row["brier_climatology"]) == (0.5, 0.25)
    assert row["brier_vs_climatology"] == -0.25


def test_scores_are_those_by_hand(told, table):
    _, runs, _ = told
    for theory in ("constant", "breach"):
        case = runs.cases.loc[runs.cases["theory.name"] == theory, "case"].iloc[0]
        days = runs.days[(runs.days["case"] == case) & (runs.days["day"] >= "2024-04-01")]
        left = days.groupby("replicate")["exits"].sum().to_numpy(dtype=float)
        row, share = table.loc["few", theory], float((left <= 4).mean())
        assert row["answer"] == 0, "seven are more than four"
        assert row["passed"] == (left <= 4).sum()
        assert (row["low"], row["high"]) == pytest.approx(exact(row["passed"], 100))
        assert row["brier"] == pytest.approx(share**2)
        assert row["log"] == pytest.approx(-math.log(1 - share) if share < 1 else math.inf)
        assert row["crps"] == pytest.approx(crps(left, 7.0))
        assert row["crps_low"] <= row["crps"] <= row["crps_high"]
    both = table.loc["few"]
    assert both.loc["breach", "brier_vs_T0"] == pytest.approx(both["brier"]["breach"] - both["brier"]["constant"])
    assert both.loc["breach", "brier_vs_T0_low"] < both.loc["breach", "brier_vs_T0"]
    assert math.isnan(both.loc["constant", "brier_vs_T0"])


def test_a_pattern_of_a_series_is_what_pandas_makes_of_the_days(told, table):
    _, runs, _ = told
    day = runs.days["day"]
    killed = (
        runs.days[(day >= "2024-01-01") & (day <= "2024-03-31")].groupby(["case", "replicate"])["deaths_gang"].sum()
    )
    for theory in ("constant", "breach"):
        case = runs.cases.loc[runs.cases["theory.name"] == theory, "case"].iloc[0]
        assert table.loc["killed", theory]["passed"] == (killed[case] >= 800).sum()
        own = runs.outcomes[runs.outcomes["case"] == case]
        assert table.loc["quarter", theory]["passed"] == (own["deaths_q4_2023"] > 1100).sum()
        late = runs.of(case).window("reports", "2024-04", "first_day")["reports"]
        assert table.loc["report", theory]["passed"] == ((late > "2024-04-15") | late.isna()).sum()
    assert 0 < table.loc["killed", "breach"]["passed"] < 100


def test_blocked_intents_are_asked_of_the_states(told, table):
    _, runs, _ = told
    case = runs.cases.loc[runs.cases["theory.name"] == "breach", "case"].iloc[0]
    days = daily_series(runs.store, [case], ["blocked", "intents"])
    april = days[days["day"] >= "2024-04-01"].groupby("replicate")["blocked"].sum()
    assert table.loc["held back", "breach"]["passed"] == (april >= 1).sum()
    assert (days["blocked"] <= days["intents"]).all()


def test_the_reference_runs_on_its_prior_and_is_labelled_so(told, table):
    assert set(table.xs("constant", level="theory")["worlds"]) == {"prior"}
    assert set(table.xs("breach", level="theory")["worlds"]) == {"kept"}
    shown = pattern_rows(told[2].table, "few")["theory"]
    assert shown.tolist() == ["constant (T0, prior)", "breach", "climatology"]
    assert "constant 100 on its prior" in " ".join(opening(told[2]))


def test_an_input_on_days_that_worlds_were_kept_for_is_said_to_touch_them(told):
    lived, runs = told[2].still["breach"]
    assert (0 <= lived <= runs, runs) == (True, 100)
    assert "Before 1 April 2024, on days that worlds were kept for: march." in " ".join(opening(told[2]))


def test_means_over_patterns_are_those_of_the_table(told, table):
    summary = told[2].summary.set_index("theory")
    scored = table[table["answer"].notna()]
    for theory in ("constant", "breach"):
        mine = scored.xs(theory, level="theory")
        assert summary.loc[theory, "patterns"] == len(mine) == 4
        assert summary.loc[theory, "brier"] == pytest.approx(mine["brier"].mean())
        for end in ("low", "high"):
            assert summary.loc[theory, f"brier_{end}"] == pytest.approx(mine[f"brier_{end}"].mean())
    assert summary.loc["breach", "brier_vs_T0"] == pytest.approx(
        summary["brier"]["breach"] - summary["brier"]["constant"]
    )


def test_what_is_told_apart_is_told_in_words():
    assert verdict((-0.1, -0.2, -0.01)) == CLOSER
    assert verdict((0.1, 0.05, 0.2)) == FARTHER
    assert verdict((0.1, 0, 0.2)) == verdict((0.0, 0.0, 0.0)) == UNTOLD


def test_the_page_says_that_answers_are_invented_and_which_were_known(told):
    page = backtest_page(told[2], "tabletop backtest story.yaml")
    assert page.index("**SYNTHETIC: inputs and answers of this file are invented.") < page.index("## What is asked")
    assert "Invented answer: it did not hold (7)" in page
    assert "Answers that came after the file was written: 1 of 4; the others were known" in " ".join(verdicts(told[2]))
    assert "killed, held back" not in page
    assert "killed: looks at days before 1 April 2024" in page
    assert "the invented answers" in page
    assert "not a forecast" in page


def test_one_run_tells_next_to_nothing(told):
    backtest, runs, _ = told
    with pytest.warns(UserWarning, match="so it is run with unknowns=prior"):
        request = request_of(backtest, ["ensemble.replicates=1"])
    one = run_request(request, runs.store.folder)
    predictions = predict(backtest, request.cases, one.outcomes, one.store)
    row = predictions.table.set_index(["pattern", "theory"]).loc["always", "breach"]
    assert (row["low"], row["high"]) == pytest.approx((0.025, 1))
    assert set(predictions.summary["verdict_T0"].dropna()) == {UNTOLD}
    assert "crps_low" not in predictions.table
    assert predictions.table["crps"].notna().any()


def test_futures_of_a_world_are_one_cluster(told):
    backtest, runs, _ = told
    with pytest.warns(UserWarning, match="so it is run with unknowns=prior"):
        request = request_of(backtest, ["ensemble.replicates=150"])
    more = run_request(request, runs.store.folder)
    table = predict(backtest, request.cases, more.outcomes, more.store).table.set_index(["pattern", "theory"])
    row = table.loc["always", "breach"]
    assert (row["runs"], row["clusters"]) == (150, 100)
    assert row["low"] == pytest.approx(0.025 ** (1 / 100))
    assert table.loc["always", "constant"]["clusters"] == 150
    few, before = table.loc["few", "breach"], np.array(exact(*table.loc["few", "breach"][["passed", "runs"]]))
    assert few["high"] - few["low"] >= before[1] - before[0] - 1e-12
