"""Worlds against a baseline, under every theory, and what they come to together."""

from __future__ import annotations

import json
from datetime import date

import pytest

from sim.analysis.agreement import FLIPS, HOLDS, NOTHING, OPEN, finding, voting
from sim.analysis.alternatives import alternatives, choose
from sim.analysis.comparison import FAMILY, compared
from sim.errors import UserMistake
from tests.analysis.tables_of_cases import world
from tests.faults import refusal

A, B, C = "as_documented", "terms_settled", "us_troops"
BOTH = {(A, "breach"): 30, (B, "breach"): 25, (A, "prospects"): 30, (B, "prospects"): 22}


def test_cases_become_worlds_and_the_record_is_the_baseline():
    found = compared(*world({(B, "breach"): 25, (A, "breach"): 30}))
    assert [w.name for w in found.worlds] == [A, B]
    assert found.table[["world", "theory", "against"]].drop_duplicates().to_numpy().tolist() == [[B, "breach", A]]


def test_a_sign_that_all_theories_share_holds():
    found = compared(*world(BOTH))
    verdict = found.verdict(found.others[0], "exits_surge_month")
    assert (verdict.finding, verdict.theories) == (HOLDS, 2)
    assert verdict.least < verdict.most < 0
    assert found.leaders() == {"breach": (B, True), "prospects": (B, True)}


def test_signs_that_contradict_each_other_flip_and_so_does_the_ranking():
    found = compared(*world(BOTH | {(B, "prospects"): 38}))
    assert found.verdict(found.others[0], "exits_surge_month").finding == FLIPS
    assert found.leaders() == {"breach": (B, True), "prospects": (A, True)}
    robust = found.robustness().set_index("option")
    assert robust["worst"].idxmin() == A
    assert robust.loc[A, "breach"] == pytest.approx(5, abs=1)
    assert robust.loc[B, "breach"] == robust.loc[A, "prospects"] == 0


def test_what_does_not_differ_has_no_effect_once_that_is_believed():
    found = compared(*world(dict.fromkeys(BOTH, 0), replicates=400))
    assert found.verdict(found.others[0], "civilian_harm").finding == NOTHING
    few = compared(*world(dict.fromkeys(BOTH, 0), replicates=20))
    assert few.verdict(few.others[0], "civilian_harm").finding == OPEN


def test_the_reference_has_no_vote_unless_it_stands_alone():
    assert voting(["constant", "breach"]) == ("breach",)
    assert voting(["constant"]) == ("constant",)


@pytest.mark.parametrize(
    ("signs", "said"),
    [([1, 1], HOLDS), ([-1], HOLDS), ([1, -1, None], FLIPS), ([0, 0], NOTHING), ([1, 0], OPEN), ([None, None], OPEN)],
)
def test_a_finding_is_what_the_signs_come_to(signs, said):
    assert finding(signs) == said


def test_the_worlds_but_the_baseline_meet_each_other_too():
    found = compared(*world({(A, "breach"): 30, (B, "breach"): 25, (C, "breach"): 24.9}))
    assert [(found.name_of(one.baseline), found.name_of(one.other)) for one in found.rivals] == [(B, C)]
    ((name, sure),) = found.leaders().values()
    assert name in (B, C)
    assert not sure


def test_a_baseline_is_named_by_its_world_its_beginning_or_its_case():
    tables = world({(A, "breach"): 30, (B, "breach"): 25})
    for name in (B, "terms", "000000000001"):
        assert compared(*tables, baseline=name).baseline.name == B


def test_only_the_worlds_asked_for_are_compared():
    tables = world({(A, "breach"): 30, (B, "breach"): 25, (C, "breach"): 24})
    assert [w.name for w in compared(*tables, only=[C]).worlds] == [A, C]


def test_theories_are_no_options_to_choose_between():
    said = refusal(compared, *world({(A, "breach"): 30, (A, "prospects"): 20}))
    assert said == ("compare: needs two cases that differ, and there is only as_documented; theories are no options to "
                    "choose between: name another, such as scenario=terms_settled")  # fmt: skip


def test_a_row_says_what_the_difference_is_one_of():
    found = compared(*world({(A, "breach"): 30, (B, "breach"): 25}))
    runs = found.runs.groupby("case")["exits_surge_month"].mean()
    row = found.table.iloc[0]
    assert (row["baseline_mean"], row["other_mean"]) == pytest.approx(tuple(runs))
    assert row["other_mean"] - row["baseline_mean"] == pytest.approx(row["difference"])


def test_as_many_worlds_as_there_are_are_compared_and_each_meets_the_best():
    names = [A, *(f"lever_{number}" for number in range(FAMILY + 5))]
    found = compared(*world({(name, "breach"): 90 - place for place, name in enumerate(names)}, replicates=8))
    assert len(found.others) == FAMILY + 5
    assert {found.name_of(one.other) for one in found.rivals} == {names[-1]}
    assert len(found.rivals) == FAMILY + 4
    assert found.leaders()["breach"][0] == names[-1]


# What acts later than the outcome looks


def acting(day: str | None, *, by_end: float = -3, **clock: object):
    """The record's world beside one in which something happens on a day, that only shows after the record's end."""
    cases, runs = world({(A, "breach"): 30, (B, "breach"): 30})
    runs["exits_surge_month"] = runs.groupby("replicate")["exits_surge_month"].transform("first")
    runs["exits_by_end"] = runs["exits_surge_month"] + 40 + by_end * (runs["case"] == cases["case"][1])
    runs["exits_by_end"] -= runs["replicate"] % 3 * (runs["case"] == cases["case"][1])
    runs["target_shortfall"] = 0.0
    cases = cases.assign(**{"clock.start": date(2023, 10, 2), "clock.end": date(2024, 7, 31), **clock})
    cases["scenario.events"] = ["[]", json.dumps([[day, None, [["kenya.slips", "add", 1]]]])]
    return compared(cases, runs)


def test_what_acts_later_is_compared_on_the_first_later_outcome_that_it_moves():
    found = acting("2024-04-20")
    assert found.later == {B: "exits_by_end"}
    assert list(found.table["outcome"]) == [*found.outcomes, "exits_by_end"]
    assert found.verdict(found.others[0], "exits_by_end").finding == HOLDS
    (one,) = (one for one in found.comparisons if one.outcome == "exits_surge_month")
    assert found.never(one)
    assert found.verdict(found.others[0], "exits_surge_month").finding == NOTHING


def test_what_could_have_shown_within_the_window_is_not_called_impossible():
    found = acting("2024-03-06")
    assert found.later == {B: "exits_by_end"}
    assert not any(found.never(one) for one in found.comparisons if one.outcome == "exits_surge_month")
    assert found.verdict(found.others[0], "exits_surge_month").finding == OPEN


def test_what_already_shows_within_the_window_is_not_asked_later():
    assert compared(*world({(A, "breach"): 30, (B, "breach"): 25})).later == {}


def test_worlds_that_differ_after_the_clock_only_are_one_world():
    found = acting("2031-01-01", by_end=0)
    shown = [one for one in found.comparisons if one.outcome == "exits_surge_month"]
    assert all(found.never(one) for one in shown)


def test_two_cases_of_one_name_are_told_apart_by_their_ids():
    cases, runs = world({(A, "breach"): 30, (B, "breach"): 25})
    cases["label"] = "as_documented · breach"
    names = [w.name for w in alternatives(cases)]
    assert names == ["as_documented · 000000000000", "as_documented · 000000000001"]
    with pytest.raises(UserMistake, match="cases fit: as_documented"):
        compared(cases, runs, baseline="as_documented")


@pytest.mark.parametrize(
    ("means", "words", "said"),
    [
        ({(A, "breach"): 3}, {}, "needs two cases that differ, and there is only as_documented"),
        ({(A, "breach"): 3, (B, "breach"): 2}, {"only": [A]}, "needs two cases that differ"),
        ({(A, "breach"): 3, (B, "breach"): 2}, {"baseline": "nowhere"}, "no such case; there are as_documented"),
        ({(A, "breach"): 3, (B, "breach"): 2}, {"outcomes": ["exits"]}, "--outcome=exits: "),
        ({(A, "breach"): 3, (B, "prospects"): 2}, {}, "no other case shares a theory with the baseline"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_is_said_in_one_line(means, words, said):
    assert said in refusal(compared, *world(means, replicates=3), **words)


def test_an_outcome_that_the_runs_do_not_have_is_a_mistake():
    with pytest.raises(UserMistake, match="these runs do not have it"):
        compared(*world(BOTH), outcomes=["rumours"])


def test_the_beginning_of_a_name_must_not_fit_two():
    cases, _ = world({("kit_first", "breach"): 1, ("kit_last", "breach"): 2})
    with pytest.raises(UserMistake, match="2 cases fit: kit_first, kit_last"):
        choose(alternatives(cases), "kit", "--case")
