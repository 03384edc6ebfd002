"""Kept worlds under other luck: shares of a variance whose parts are known, and patterns in runs of fresh luck."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration import fresh_luck
from sim.analysis.calibration.bank import BankRequest
from sim.analysis.calibration.fresh_luck import (
    ALL,
    AWAY,
    FRESH_LUCK,
    OWN_FUTURES,
    _nested,
    fresh_runs,
    future_runs,
    half_rule_runs,
    luck_split,
)
from sim.analysis.calibration.study import posterior_case
from sim.analysis.patterns import load_patterns
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.result_tables import outcome_rows
from tests.worlds import SEED

PATTERNS = load_patterns()
OUTCOME, OTHER = "exits_by_record_end", "exits_by_end"


@pytest.fixture
def case():
    return BankRequest(("breach",), PATTERNS, SEED).case("breach")


@pytest.fixture
def split(monkeypatch):
    """The luck split of theories whose values by outcome are made to order."""

    def of(**theories):
        cases = {name: replace(posterior_case(load_posterior(), "breach"), label=name) for name in theories}

        def nested(case, *_):
            values = theories[case.label]
            return dict.fromkeys(values, FRESH_LUCK), values

        monkeypatch.setattr(fresh_luck, "_nested", nested)
        table = luck_split(cases, SEED)
        assert np.allclose(table[["luck", "unknowns", "theory_share"]].sum(axis=1), 1)
        return table.set_index(["outcome", "theory"])

    return of


def toy(mean, between, within, worlds=3000, times=8, seed=1):
    """Values whose worlds differ with one standard deviation and whose luck has another."""
    random = np.random.default_rng(seed)
    return mean + between * random.normal(size=(worlds, 1)) + within * random.normal(size=(worlds, times))


def test_shares_of_known_parts_are_found(split):
    table = split(breach={OUTCOME: toy(10, 3, 4)}, prospects={OUTCOME: toy(14, 3, 4, seed=2)})
    for theory in ("breach", "prospects"):
        found = table.loc[OUTCOME, theory]
        assert found["luck"] == pytest.approx(16 / 25, abs=0.02)
        assert found["unknowns"] == pytest.approx(9 / 25, abs=0.02)
        assert found["theory_share"] == 0
        assert found["low"] < found["luck"] < found["high"]
        assert found["high"] - found["low"] < 0.05
    whole = table.loc[OUTCOME, ALL]  # means 10 and 14 vary by 4
    assert whole[["luck", "unknowns", "theory_share"]].tolist() == pytest.approx([16 / 29, 9 / 29, 4 / 29], abs=0.02)


def test_luck_alone_is_not_taken_for_unknowns_and_the_other_way_round(split):
    table = split(breach={OUTCOME: toy(0, 0, 4)}, prospects={OUTCOME: toy(0, 3, 0, seed=2)})
    assert table.loc[(OUTCOME, "breach"), "unknowns"] == pytest.approx(0, abs=0.02)
    assert table.loc[(OUTCOME, "prospects"), "luck"] == 0


def test_theories_weigh_equally_however_many_worlds_they_have(split):
    table = split(breach={OUTCOME: toy(0, 0, 1, worlds=4000)}, prospects={OUTCOME: toy(0, 3, 0, worlds=400, seed=2)})
    assert table.loc[(OUTCOME, ALL), "luck"] == pytest.approx(1 / 10, abs=0.02)
    assert table.loc[(OUTCOME, ALL), "worlds"] == 400


def test_an_outcome_that_does_not_vary_has_no_row(split):
    still = np.full((5, 8), 7.0)
    table = split(breach={OUTCOME: still, OTHER: toy(0, 1, 1, 50)}, prospects={OUTCOME: still, OTHER: still})
    assert {outcome for outcome, _ in table.index} == {OTHER}
    assert [theory for _, theory in table.index] == ["breach"]


def test_a_theory_without_worlds_is_left_out():
    assert luck_split({"breach": replace(posterior_case(load_posterior(), "breach"), worlds=())}, SEED).empty


def test_past_outcomes_are_split_by_luck_and_later_ones_by_futures():
    case = posterior_case(load_posterior(), "breach")
    how, table = _nested(case, SEED, 6, 2)
    assert how[OUTCOME] == how["deaths_q1_2024"] == FRESH_LUCK
    assert how[OTHER] == OWN_FUTURES
    assert table[OUTCOME].shape == table[OTHER].shape == (6, 2)
    again = pd.concat([outcome_rows(result) for result in future_runs(case, SEED, np.array(case.worlds[:6]), 2)])
    assert again["future"].tolist() == [0, 1] * 6
    assert again[OTHER].tolist() == table[OTHER].ravel().tolist()
    assert (again.groupby("replicate")[OUTCOME].nunique() == 1).all()  # a future has no other past


def test_a_world_keeps_its_unknowns_under_fresh_luck_that_no_bank_has(case):
    worlds = np.array([18, 21])
    (result,) = fresh_runs(case, SEED, worlds, 3)
    assert result.block.world_of_run.tolist() == [18, 18, 18, 21, 21, 21]
    assert result.block.replicates.tolist() == [AWAY + n for n in range(6)]
    exits = result.outcomes[OUTCOME]
    assert len(set(exits.tolist())) > 2
    alone = Block((case,), np.zeros(1, dtype=np.int64), np.array([AWAY + 4]), SEED, worlds=np.array([21]))
    assert simulate(alone).outcomes[OUTCOME][0] == exits[4]


def test_the_half_rule_scores_each_run_of_fresh_luck(case):
    found = half_rule_runs(case, PATTERNS, SEED, np.array([18, 21]), 130)  # more than one block
    assert found["world"].value_counts().to_dict() == {18: 130, 21: 130}
    assert list(found.columns) == ["world", *(one.id for one in PATTERNS.of_runs)]
    rows = pd.concat([outcome_rows(result) for result in fresh_runs(case, SEED, np.array([18, 21]), 130)])
    expected = rows["exits_by_record_end"].between(1, 400) & (rows["exits_before_surge"] <= 40)
    assert found["C5"].tolist() == expected.tolist()
    assert found["C5"].mean() > 0
