"""What somebody might still observe, counted by hand in worlds of a few officers, and in worlds of a bank."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration.bank import BankRequest
from sim.analysis.calibration.features import OBSERVATIONS, _of_worlds, features
from sim.analysis.patterns import load_patterns
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.officer_table import officer_table
from tests.worlds import SEED

LAST = pd.Timestamp(2024, 3, 7)


def told(*officers):
    """Observations of a world whose officers are (squad, leader, wanted out, left), each to its own row."""
    table = pd.DataFrame(officers, columns=["squad", "leader", "intent_date", "left_date"])
    for name in ("intent_date", "left_date"):
        table[name] = pd.to_datetime(table[name])
    (found,) = _of_worlds({5: table}, [5], LAST)
    return found


def test_a_world_is_counted_by_hand():
    found = told(
        (0, 1, "2024-02-26", "2024-02-27"),  # before the surge; the leader first
        (0, 0, "2024-02-28", "2024-03-01"),  # accord, month's end
        (0, 0, "2024-02-28", "2024-03-01"),  # the same day
        (1, 1, "2024-03-05", None),  # his leader wants out after him, and is still there
        (1, 0, "2024-03-01", "2024-03-04"),  # alone in his squad
        (2, 0, None, None),
        (3, 1, "2024-03-08", "2024-03-09"),  # too late to count
    )
    assert found == {
        "intents_unseen": 1.0,
        "leaders_among_intents": 0.4,  # two of five
        "leaders_first": 0.5,  # squad 0, not squad 1
        "squads_touched": 2.0,
        "alone": 0.25,
        "before_surge": 0.25,
        "accord_days": 0.5,
        "peak_day": 0.5,
        "days_with_exits": 2.0,
        "month_end": 0.5,
    }


def test_a_leader_who_wants_out_on_the_same_day_is_among_the_first():
    found = told((0, 1, "2024-03-01", None), (0, 0, "2024-03-01", "2024-03-02"))
    assert found["leaders_first"] == 1.0


def test_the_days_of_the_accord_and_of_the_surge_count_with_both_ends():
    days = ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-03", "2024-03-04", "2024-03-07"]
    found = told(*((number, 0, day, day) for number, day in enumerate(days)))
    assert found["before_surge"] == pytest.approx(1 / 6)
    assert found["accord_days"] == pytest.approx(2 / 6)
    assert found["month_end"] == pytest.approx(2 / 6)
    assert found["days_with_exits"] == 5.0
    assert found["alone"] == 1.0


def test_where_nobody_left_shares_are_unknown_and_counts_are_none():
    found = told((0, 1, None, None), (0, 0, "2024-03-08", "2024-03-09"))
    counts = {"intents_unseen", "squads_touched", "days_with_exits"}
    assert {name for name, value in found.items() if value == 0} == counts
    assert all(np.isnan(found[name]) for name in found.keys() - counts)


def test_observations_of_a_bank_are_those_of_its_worlds_whatever_the_width():
    case, worlds = BankRequest(("breach",), load_patterns(), SEED).case("breach"), np.array([18, 3, 40])
    found = features(case, SEED, worlds)
    assert list(found.columns) == list(OBSERVATIONS)
    pd.testing.assert_frame_equal(found, features(case, SEED, worlds, width=1))
    for row, world in enumerate(worlds):
        officers = officer_table(simulate(Block.of_run((case,), int(world), SEED))).to_pandas()
        out = officers[pd.to_datetime(officers["left_date"]) <= LAST]
        assert found["exits_by_record_end"][row] == len(out)
        assert found["squads_touched"][row] == out["squad"].nunique()


def test_of_no_world_there_is_nothing():
    case = BankRequest(("breach",), load_patterns(), SEED).case("breach")
    assert features(case, SEED, np.array([], dtype=np.int64)).empty
