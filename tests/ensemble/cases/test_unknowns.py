"""What is drawn, what is held, and how a case writes that down."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from sim.ensemble.cases.priors import explored, priors_of, with_ranges
from sim.ensemble.cases.unknowns import GAPS, NOTHING_DRAWN, SHARES, SWITCHES, Prior, Unknowns
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings.packaged import packaged_values
from sim.settings.schema import FIXED

each_theory = pytest.mark.parametrize("theory", THEORIES)
RATIO = "gangs.branching_ratio"


@each_theory
def test_drawn_is_every_uncertain_setting_with_a_range_that_shapes_nothing_and_is_no_switch(theory: str) -> None:
    rows = (*FIXED, *THEORIES[theory].parameters)
    wanted = {p.key for p in rows if p.role == "uncertainty" and p.prior is not None and not p.structural}
    assert wanted > SWITCHES
    assert priors_of(theory).keys() == wanted - SWITCHES
    assert set(SHARES) | set(GAPS) <= priors_of(theory).keys()


@each_theory
def test_a_switch_is_off_where_nobody_throws_it(theory: str) -> None:
    assert {packaged_values(theory)[key] for key in SWITCHES} == {0}


@each_theory
def test_nobody_draws_a_lever_a_clock_or_how_many_officers_there_are(theory: str) -> None:
    assert {key.partition(".")[0] for key in priors_of(theory)} <= {
        "gangs",
        "officers",
        "governments",
        "media",
        "theory",
    }
    assert "officers.pool" not in priors_of(theory)
    assert {p.key for p in explored()} | {p.key for p in explored(theory)} >= priors_of(theory).keys()


@each_theory
def test_the_middle_of_a_gap_is_the_gap_of_the_defaults(theory: str) -> None:
    for key, base in GAPS.items():
        prior, values = priors_of(theory)[key], packaged_values(theory)
        assert (prior.low + prior.high) / 2 == pytest.approx(values[key] - values[base])
        assert prior.low > 0


@each_theory
def test_what_is_drawn_comes_back_from_json_as_it_went(theory: str) -> None:
    whole = {"gangs.counted": Prior(2.0, 6.0, "uniform", whole=True)}
    for unknowns in (
        NOTHING_DRAWN,
        Unknowns(dict(priors_of(theory)) | whole),
        Unknowns(dict(priors_of(theory)), "c0123456789a", 7, date(2024, 4, 1)),
        Unknowns({}, "c0123456789a", 7, None),
    ):
        assert Unknowns.of_plain(json.loads(json.dumps(unknowns.plain()))) == unknowns
    assert NOTHING_DRAWN.plain() == {}


@pytest.mark.parametrize(
    "given", [[0, 1, "normal"], [0, 1], [0, 1, "uniform", False], [0, 1, "uniform", True, 1], None]
)
def test_what_is_no_prior_is_refused(given: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        Prior.of_plain(given)


def test_holding_a_setting_keeps_the_bank_and_the_rest() -> None:
    whole = Unknowns({"a": Prior(0, 1), "b": Prior(0, 1)}, "c0123456789a", 7, date(2024, 4, 1))
    assert whole.without({"a": 0.5, "c": 1}) == Unknowns({"b": Prior(0, 1)}, "c0123456789a", 7, date(2024, 4, 1))


# Ranges


def test_a_range_takes_the_place_of_the_settings_own_and_keeps_its_scale() -> None:
    priors = priors_of("breach")
    changed = with_ranges(priors, {RATIO: [0.4, 0.9], "gangs.death_tail": (2, 2.5)}, "breach")
    assert changed[RATIO] == Prior(0.4, 0.9)
    assert changed["gangs.death_tail"] == Prior(2.0, 2.5, "log")
    same = {key: prior for key, prior in changed.items() if key not in (RATIO, "gangs.death_tail")}
    assert same == {key: prior for key, prior in priors.items() if key in same}
    assert priors_of("breach")[RATIO] != changed[RATIO]


def test_a_range_of_another_theorys_setting_is_left_alone() -> None:
    assert with_ranges(priors_of("constant"), {"theory.slips": [0.2, 0.3]}, "constant") == priors_of("constant")


@pytest.mark.parametrize(
    ("name", "given", "right"),
    [
        (RATIO, 0.4, "two numbers from 0 to 0.95, the smaller one first (attacks per attack)"),
        (RATIO, [0.4], "two numbers from 0 to 0.95"),
        (RATIO, [0.4, 0.5, 0.6], "two numbers from 0 to 0.95"),
        (RATIO, [0.5, 0.4], "two numbers from 0 to 0.95, the smaller one first"),
        (RATIO, [0.4, 0.4], "the smaller one first"),
        (RATIO, [0.4, 2], "two numbers from 0 to 0.95"),
        (RATIO, ["low", "high"], "two numbers from 0 to 0.95"),
        (RATIO, [False, True], "two numbers from 0 to 0.95"),
        (RATIO, [float("nan"), 0.5], "two numbers from 0 to 0.95"),
        (RATIO, None, "two numbers from 0 to 0.95"),
        ("gangs.vacuum_gain", [0, 0.5], "above 0"),
        ("governments.resume_authority", [0.2, 0.3], "is drawn as a gap from another, so it has no range of its own"),
        ("governments.weight_terms", [0.2, 0.3], "is drawn as a share of a whole, so it has no range of its own"),
        ("gangs.branching_ration", [0.4, 0.5], "no setting that is drawn; near it: gangs.branching_ratio"),
        ("officers.pool", [100, 400], "no setting that is drawn"),
        ("officers.reactance", [0.1, 0.4], "no setting that is drawn"),
        ("levers.insurance", [0, 1], "no setting that is drawn"),
    ],
)
def test_what_is_no_range_is_refused_with_its_key_and_value(name: str, given: Any, right: str) -> None:
    with pytest.raises(UserMistake) as caught:
        with_ranges(priors_of("breach"), {name: given}, "breach")
    assert caught.value.key == f"unknowns.range.{name}"
    assert repr(caught.value.value) == repr(given)  # and so for what is no number
    assert right in str(caught.value)
