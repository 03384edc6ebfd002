"""One world told: what it drew, its days, and who left, as the runs themselves have it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration.study import posterior_case
from sim.analysis.explain.world_story import days_of_world, leavers_of_world, unknowns_of_world, world_number
from sim.ensemble.cases.conditioning import bank_case_of
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.result_tables import outcome_rows
from sim.ensemble.engine.run_unknowns import values_in_worlds

PACKAGED = load_posterior()
CASE = posterior_case(PACKAGED, "breach")
WORLD = PACKAGED.kept("breach")[0]
SEED = 99


@pytest.fixture(scope="module")
def run():
    return outcome_rows(simulate(Block.of_run((CASE,), WORLD, SEED))).iloc[0]


def test_every_drawn_setting_is_told_the_most_unusual_first():
    table = unknowns_of_world(CASE, SEED, WORLD)
    assert set(table["setting"]) == set(CASE.unknowns.drawn)
    far = (table["quantile"] - 0.5).abs()
    assert far.is_monotonic_decreasing
    row = table.set_index("setting").loc["gangs.trigger_days"]
    assert (row["low"], row["high"], row["unit"]) == (14.0, 365.0, "days")
    assert row["value"] == values_in_worlds(CASE, SEED, np.array([WORLD]))["gangs.trigger_days"][0]


def test_the_middle_half_is_that_of_the_packaged_list():
    table = unknowns_of_world(CASE, SEED, WORLD).set_index("setting")
    worlds = np.array(PACKAGED.kept("breach"))
    values = values_in_worlds(CASE, SEED, worlds)["gangs.trigger_days"]
    inside = (values >= table.loc["gangs.trigger_days", "kept_lower"]) & (
        values <= table.loc["gangs.trigger_days", "kept_upper"]
    )
    assert inside.mean() == pytest.approx(0.5, abs=0.01)


def test_a_world_of_the_bank_itself_is_held_against_its_kept_worlds_and_one_of_another_seed_is_not():
    bank = bank_case_of(PACKAGED, "breach")
    own = unknowns_of_world(bank, PACKAGED.root_seed, WORLD)
    pd.testing.assert_frame_equal(own, unknowns_of_world(CASE, SEED, WORLD))
    assert unknowns_of_world(bank, PACKAGED.root_seed + 1, WORLD)["kept_lower"].isna().all()
    foreign = replace(CASE, unknowns=replace(CASE.unknowns, bank="0" * 12))
    assert unknowns_of_world(foreign, SEED, WORLD)["kept_lower"].isna().all()


def test_the_days_add_up_to_the_run(run):
    days = days_of_world(CASE, WORLD, SEED)
    assert days["exits"].sum() == days["out"].iloc[-1] == run["exits_by_end"]
    by_record_end = days[days["day"] <= date(2024, 3, 7)]
    assert by_record_end["out"].iloc[-1] == run["exits_by_record_end"]
    assert days.loc[days["reports"] > 0, "day"].iloc[0] == run["first_report_date"]
    assert ((days["happened"] != "") | (days["exits"] > 0) | (days["reports"] > 0)).all()
    assert days["day"].is_monotonic_increasing


def test_what_happened_stands_on_its_day():
    days = days_of_world(CASE, WORLD, SEED).set_index("day")["happened"]
    assert "High Court" in days[date(2023, 10, 9)]


def test_who_left_is_as_many_as_left(run):
    left = leavers_of_world(CASE, WORLD, SEED)
    assert len(left) == run["exits_by_end"] > 0
    assert list(left.columns) == ["officer", "squad", "leader", "intent_date", "left_date"]
    assert left["left_date"].is_monotonic_increasing
    assert (left["intent_date"] <= left["left_date"]).all()
    assert left["officer"].is_unique


def test_a_future_has_the_past_of_its_world_and_days_of_its_own():
    first, other = (days_of_world(CASE, WORLD + future * FUTURES, SEED) for future in (0, 1))
    parts = PACKAGED.parts
    before = [table[table["day"] < parts].reset_index(drop=True) for table in (first, other)]
    pd.testing.assert_frame_equal(*before)
    assert not first[first["day"] >= parts].equals(other[other["day"] >= parts])
    assert world_number(WORLD + FUTURES) == WORLD
