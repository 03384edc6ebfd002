"""All questions asked of one small bank: the answers belong together, and to the runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration import study
from sim.analysis.calibration.bank import BankRequest, fill_theory, prior_draws
from sim.analysis.calibration.study import answer, facts_of, posterior_case, settings_table, undisclosed
from sim.analysis.patterns import load_patterns
from sim.ensemble.cases.conditioning import bank_case_of
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.ensemble.executors.serial import Serial
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.record import load as load_record
from sim.settings.packaged import packaged_values
from tests.analysis.calibration.toys import bank as toy
from tests.worlds import SEED

ASKED = BankRequest(("squad_threshold", "constant"), load_patterns(), SEED, keep=100, cap=900)
"""The first theory keeps about one world in eight, the second none."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The store, how far each theory came, and the answers; small where size makes no other answer."""
    store = Store.open(tmp_path_factory.mktemp("study") / "s", model_version=MODEL_VERSION, record=load_record().hash)
    tried = [fill_theory(ASKED, theory, store)[0] for theory in ASKED.theories]
    facts, heard = facts_of(ASKED, tried, 1.0, "tabletop calibrate", interrupted=False), []
    with pytest.MonkeyPatch.context() as patch:
        for name, size in {"TRUTHS": 64, "SAMPLED": 4, "FRESH": 3, "SPLIT": 8}.items():
            patch.setattr(study, name, size)
        answers = answer(ASKED, store, tried, facts, Serial(), heard.append)
    return store, tried, answers, heard


def test_the_answers_count_what_the_bank_has(made):
    _, (squads, constant), answers, heard = made
    assert squads.draws == constant.draws == 900
    assert len(constant.kept) == 0
    record = answers.results.compatibility.query("variant == 'record'").set_index("theory")
    assert record.loc["squad_threshold", ["draws", "kept"]].tolist() == [900, len(squads.kept)]
    assert record.loc["squad_threshold", "share"] == pytest.approx(len(squads.kept) / 900)
    assert record.loc["constant", "high"] == pytest.approx(3 / 900, rel=0.5)
    assert answers.results.bank.kept == {"squad_threshold": len(squads.kept), "constant": 0}
    assert len(heard) == 4


def test_a_theory_with_few_worlds_is_compared_and_not_described(made):
    results = made[2].results
    for name in ("shift", "self_check", "coverage", "cells", "undisclosed", "luck", "half_rule"):
        assert set(getattr(results, name)["theory"]) == {"squad_threshold"}, name
    assert {"squad_threshold", "constant"} <= set(results.confusion["theory"])
    assert set(results.self_check_passed) == {"squad_threshold"}


def test_every_drawn_setting_is_described(made):
    drawn = set(ASKED.case("squad_threshold").unknowns.drawn)
    assert set(made[2].results.shift["setting"]) == drawn
    settings = settings_table(ASKED)
    assert set(settings["setting"]) == drawn | set(ASKED.case("constant").unknowns.drawn)
    assert not settings.duplicated(["theory", "setting"]).any()
    assert (settings.loc[settings["theory"] == "", "setting"].str.startswith("theory.") == False).all()  # noqa: E712
    assert set(settings["scale"]) == {"uniform", "log", "gap", "share"}
    row = settings.set_index("setting").loc["gangs.trigger_days"]
    assert row[["unit", "low", "high"]].tolist() == ["days", 14.0, 365.0]


def test_the_list_goes_with_its_luck(made):
    posterior, luck = made[2].posterior, made[2].results.luck
    assert len(posterior.luck) == len(luck)
    for row in posterior.luck:
        assert set(row) == {"outcome", "theory", "luck", "unknowns", "theory_share"}
        assert row["luck"] + row["unknowns"] + row["theory_share"] == pytest.approx(1, abs=2e-4)
    assert set(made[2].results.half_rule["worlds"]) == {4}
    assert set(made[2].results.half_rule["runs"]) == {3}


def test_the_truths_of_the_self_check_are_no_part_of_the_bank(made):
    store, (squads, _), answers, _ = made
    runs = store.runs(cases=[ASKED.case("squad_threshold").id], columns=["status"])
    assert runs["root_seed"].value_counts().to_dict() == {SEED: 900, SEED + 1: 64}
    assert prior_draws(ASKED, store, "squad_threshold", squads.draws).worlds.tolist() == list(range(900))
    assert len(answers.posterior.kept("squad_threshold")) == min(100, len(squads.kept))


def test_the_undisclosed_number_is_a_quantile_that_some_world_has():
    values = [float(n) for n in range(1, 101)] + [999.0] * 50
    outcomes = pd.DataFrame({"exits_by_record_end": values, "exits_in_surge": [np.nan] * 90 + values[90:]})
    draws = toy({"a": np.linspace(0.01, 0.99, 150)}, {"C": [True] * 100 + [False] * 50}, outcomes=outcomes)
    table = undisclosed([draws]).set_index("outcome")
    ends = ["q05", "q25", "q50", "q75", "q95"]
    assert table.loc["exits_by_record_end", ["kept", *ends]].tolist() == [100, 5, 25, 50, 75, 95]
    assert table.loc["exits_in_surge", ["kept", *ends]].tolist() == [10, 91, 93, 95, 98, 100]


def test_the_undisclosed_number_of_no_world_has_no_row():
    outcomes = pd.DataFrame({"exits_by_record_end": [1.0], "exits_in_surge": [1.0]})
    assert undisclosed([toy({"a": [0.5]}, {"C": [False]}, outcomes=outcomes)]).empty


def test_the_case_of_a_list_is_the_documented_world_to_its_own_end():
    packaged = load_posterior()
    case = posterior_case(packaged, "breach")
    assert case.mode == POSTERIOR
    assert case.worlds == packaged.kept("breach")
    assert case.values["clock.end"] == packaged_values("breach")["clock.end"]
    assert case.unknowns.bank == bank_case_of(packaged, "breach").id
    assert case.luck_seed(7) == packaged.root_seed
