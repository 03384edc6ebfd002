"""Which worlds runs are of, in words that a person reads under a table."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from sim.analysis import lived_record
from sim.analysis.calibration.study import posterior_case
from sim.analysis.lived_record import luck_line, record_line, still_happened, which_worlds
from sim.ensemble.cases.conditioning import on_prior
from sim.ensemble.cases.posterior import load_posterior
from sim.errors import UserMistake

LIVED = {
    "status": "ok", "first_report_date": pd.Timestamp(2024, 3, 4), "max_squad_share_3d": 1.0, "squad_members_3d": 3.0,
    "exits_by_record_end": 30.0, "exits_before_surge": 4.0, "deaths_q4_2023": 12.0 * 91, "deaths_q1_2024": 18.2 * 91,
    "deaths_surge_week": 200.0,
}  # fmt: skip
LATE = {**LIVED, "first_report_date": pd.Timestamp(2024, 3, 20)}


@pytest.fixture
def case():
    return posterior_case(load_posterior(), "breach")


def runs(*rows):
    return pd.DataFrame([{"replicate": n, "future": 0, **row} for n, row in enumerate(rows)])


def test_each_mode_has_its_words(case):
    assert which_worlds(case) == "in worlds that lived the record"
    assert which_worlds(on_prior(case, "prior")) == "in worlds drawn from the prior"
    assert which_worlds(replace(case, values={**case.values, "unknowns.mode": "fixed"})) == ""


def test_runs_in_which_the_record_happens_are_counted_and_failed_ones_are_not(case):
    assert still_happened(case, runs(LIVED, LATE, LIVED, {**LIVED, "status": "failed"})) == (2, 3)


def test_worlds_that_lived_the_record_are_said_to(case):
    line = record_line(case, runs(LIVED, LIVED))
    assert line == (
        "Worlds that lived the record: 2 kept worlds of this theory; by 31 March each shows every pattern of it "
        "(tabletop show world tells one)."
    )


def test_futures_of_a_world_are_no_further_worlds(case):
    table = runs(LIVED, LIVED, LIVED).assign(replicate=[5, 5, 9], future=[0, 1, 0])
    assert "2 kept worlds of this theory, with 3 futures;" in record_line(case, table)


def test_what_is_set_otherwise_is_named_with_in_how_many_it_would_still_have_happened(case):
    values = {**case.values, "gangs.branching_ratio": 0.45}
    held = replace(case, values=values, unknowns=case.unknowns.without({"gangs.branching_ratio": 0.45}))
    line = record_line(held, runs(LIVED, LATE, LATE, LATE))
    assert line.endswith(
        "4 kept worlds of this theory, with gangs.branching_ratio=0.45 set otherwise: in 1 of 4 of them it would still "
        "have happened."
    )


def test_a_list_of_other_patterns_does_not_claim_those_of_the_record(case):
    line = record_line(case, runs(LIVED, LATE))
    assert "each shows every pattern" not in line
    assert "the list was made with patterns of its own, and in 1 of 2" in line


def test_luck_is_told_in_parts_of_a_hundred_and_the_theory_beside_it(case, monkeypatch):
    known = load_posterior()
    told = (
        {"outcome": "exits_by_end", "theory": "breach", "luck": 0.25, "unknowns": 0.75, "theory_share": 0.0},
        {"outcome": "exits_by_end", "theory": "all", "luck": 0.2, "unknowns": 0.5, "theory_share": 0.3},
    )
    monkeypatch.setattr(lived_record, "load_posterior", lambda: replace(known, luck=told))
    assert luck_line(case, "exits_by_end") == (
        "Of what exits_by_end varies by in worlds that lived the record, 25 of 100 is luck from 1 April 2024 on under "
        "this theory; over the theories, weighted equally, 20 is luck from 1 April 2024 on, 50 what nobody knows and "
        "earlier luck, 30 the theory."
    )
    assert luck_line(case, "exits_in_surge") == ""
    assert luck_line(on_prior(case, "prior"), "exits_by_end") == ""
    other = replace(case, unknowns=replace(case.unknowns, bank="0" * 12))
    assert luck_line(other, "exits_by_end") == ""
    monkeypatch.setattr(lived_record, "load_posterior", lambda: replace(known, luck=told[:1]))
    assert luck_line(case, "exits_by_end").endswith("25 of 100 is luck from 1 April 2024 on under this theory.")


def test_luck_of_an_outcome_of_the_past_is_all_luck(case, monkeypatch):
    known = load_posterior()
    told = ({"outcome": "exits_by_record_end", "theory": "breach", "luck": 0.25, "unknowns": 0.75, "theory_share": 0},)
    monkeypatch.setattr(lived_record, "load_posterior", lambda: replace(known, luck=told))
    assert luck_line(case, "exits_by_record_end").endswith("25 of 100 is luck under this theory.")


def test_without_a_list_nothing_is_said_of_luck(case, monkeypatch):
    def torn():
        raise UserMistake("unknowns.posterior", "x", "torn")

    monkeypatch.setattr(lived_record, "load_posterior", torn)
    assert luck_line(case, "exits_by_end") == ""


def test_the_packaged_list_tells_luck_of_every_theory_that_it_has_worlds_of(case):
    rows = [SimpleNamespace(**row) for row in load_posterior().luck if row["outcome"] == "exits_by_record_end"]
    assert {row.theory for row in rows} == {"all", "breach", "prospects", "squad_threshold", "threat_efficacy"}
    assert all(row.luck + row.unknowns + row.theory_share == pytest.approx(1, abs=2e-4) for row in rows)
    (own,), (whole,) = ([row for row in rows if row.theory == name] for name in ("breach", "all"))
    line = luck_line(case, "exits_by_record_end")
    assert f"{round(100 * own.luck)} of 100 is luck under this theory; " in line
    assert line.endswith(f"{round(100 * whole.theory_share)} the theory.")
