"""The outcome of docs/EXTENDING.md, as it stands there: added, told, drawn, made again, and grown into a store."""

from __future__ import annotations

import pandas as pd

import sim
from sim import cli
from sim.ensemble.store.store import Store
from sim.outcomes import OUTCOMES, added_outcomes, outcome_of
from sim.reports.registers import outcome_rows

BOTH = ["scenario=as_documented,terms_settled", "theory=breach", "officers.pool=40", "clock.end=2024-04-30",
        "out=s", "ensemble.replicates=6"]  # fmt: skip


def test_the_outcomes_of_the_page_are_told_compared_drawn_and_made_again(example, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run(["sweep", *BOTH]) == 0
    digest = Store.read("s").digest()
    example("An outcome")
    assert {"half_out_date", "officer_days_lost"} <= {outcome.name for outcome in added_outcomes()}
    assert {"half_out_date", "officer_days_lost"} <= set(outcome_rows()["name"][len(OUTCOMES) :])
    capsys.readouterr()
    assert cli.run(["status", "s"]) == 0
    assert "officer_days_lost in 0 runs" in capsys.readouterr().out
    assert cli.run(["compare", *BOTH, "--outcome", "officer_days_lost", "--as", "md"]) == 0
    said = capsys.readouterr().out
    assert "# Which of 2 cases loses the fewest officer-days by 30 April 2024?" in said
    assert "In this model, the fewest officer-days are lost by 30 April 2024 in: " in said
    assert cli.run(["plot", "s", "--figure", "F1", "--outcome", "officer_days_lost"]) == 0
    picture = next(tmp_path.glob("s/figures/*/F1-outcome-officer_days_lost.png"))
    assert cli.run(["reproduce", str(picture)]) == 0
    assert Store.read("s").digest() == digest


def test_they_count_days_and_find_the_day(example, tmp_path):
    example("An outcome")
    settings = {"officers.pool": 40, "clock.end": "2024-04-30", "theory.base_hazard": 0.02}
    runs = sim.run(theory="constant", replicates=4, settings=settings, out=tmp_path / "s")
    out = runs.days.pivot(index="day", columns="replicate", values="out")
    assert runs.outcomes["officer_days_lost"].tolist() == out.sum().astype(float).tolist()
    first = (out >= 20).idxmax().where((out >= 20).any())
    assert runs.outcomes["half_out_date"].notna().any()
    assert pd.to_datetime(runs.outcomes["half_out_date"]).tolist() == pd.to_datetime(first).tolist()


def test_their_words_are_whole(example):
    example("An outcome")
    lost, half = outcome_of("officer_days_lost"), outcome_of("half_out_date")
    assert lost.phrases == ("loses fewer officer-days", "loses more")
    assert lost.direction == "fewer is better"
    assert half.apart(3, "3") == "3 days later"
