"""Shares over worlds that are there: known answers on the prior's own draws, and what is left out is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.given_data import shares_in_worlds
from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import request
from sim.ensemble.engine.run_unknowns import values_in_worlds
from sim.errors import UserMistake

SEED = 7
FIRST, SECOND = "officers.dread_sd", "media.rumour_rate"


@pytest.fixture(scope="module")
def case() -> Case:
    return request(["unknowns=prior", "theory=breach"]).case


def runs_of(case: Case, count: int = 2000) -> pd.DataFrame:
    """Runs in which attacks follow two settings and nothing else, with variances of 4 to 1."""
    worlds = np.arange(count)
    drawn = values_in_worlds(case, SEED, worlds)
    standard = {
        key: (np.log(drawn[key]) - np.log(drawn[key]).mean()) / np.log(drawn[key]).std() for key in (FIRST, SECOND)
    }
    return pd.DataFrame({"case": case.id, "root_seed": SEED, "replicate": worlds, "future": 0, "status": "ok",
                         "attacks": 2 * standard[FIRST] + standard[SECOND]})  # fmt: skip


def test_what_an_outcome_is_made_of_has_the_shares_that_it_is_made_with(case: Case) -> None:
    found = shares_in_worlds(case, SEED, runs_of(case), "attacks")
    assert list(found.table["setting"][:2]) == [FIRST, SECOND]
    assert list(found.table["value"][:2]) == pytest.approx([0.8, 0.2], abs=0.04)
    assert len(found.table) == len(case.unknowns.drawn)
    assert (found.table["p"][:2] < 0.01).all()
    assert (found.table["p"][2:] > 0.01).all(), "nothing else is told from chance after Holm's correction"
    first = found.table.iloc[0]
    assert first["effect_high"] > 1 > -1 > first["effect_low"]
    assert 0.2 <= first["low_input"] < first["high_input"] <= 0.8
    assert (found.points, found.replicates) == (2000, 1)
    assert np.isnan(found.luck_share), "the packaged split knows nothing of worlds of the prior"
    assert (found.table[["value", "low", "high"]] >= 0).all(axis=None)


def test_a_world_counts_once_and_what_lacks_a_value_is_left_out_and_named(case: Case) -> None:
    runs = runs_of(case, 300)
    runs.loc[3, "attacks"] = np.nan
    runs.loc[5, "status"] = "failed"
    again = runs.assign(future=1)
    other = runs.assign(case="another")
    found = shares_in_worlds(case, SEED, pd.concat([runs, again, other]), "attacks")
    assert found.points == 298
    assert list(found.lacking["replicate"]) == [3, 5]


def test_a_constant_has_no_shares(case: Case) -> None:
    found = shares_in_worlds(case, SEED, runs_of(case, 100).assign(attacks=4.0), "attacks")
    assert (found.table[["value", "low", "high"]] == 0).all(axis=None)
    assert (found.table["p"] == 1).all()


def test_a_date_and_too_few_worlds_are_refused(case: Case) -> None:
    runs = runs_of(case, 49)
    with pytest.raises(UserMistake, match="49 worlds have a value"):
        shares_in_worlds(case, SEED, runs, "attacks")
    with pytest.raises(UserMistake, match="a date"):
        shares_in_worlds(case, SEED, runs, "first_report_date")
