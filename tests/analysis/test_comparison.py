"""Worlds against a baseline, under every theory, and what they come to together."""

from __future__ import annotations

import pytest

from sim.analysis.agreement import FLIPS, HOLDS, NOTHING, OPEN, finding, voting
from sim.analysis.alternatives import alternatives, choose
from sim.analysis.comparison import compared
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
    verdict = found.verdict(found.others[0], "exits_by_record_end")
    assert (verdict.finding, verdict.theories) == (HOLDS, 2)
    assert verdict.least < verdict.most < 0
    assert found.leaders() == {"breach": (B, True), "prospects": (B, True)}


def test_signs_that_contradict_each_other_flip_and_so_does_the_ranking():
    found = compared(*world(BOTH | {(B, "prospects"): 38}))
    assert found.verdict(found.others[0], "exits_by_record_end").finding == FLIPS
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


def test_where_only_the_theory_differs_the_theories_are_compared():
    found = compared(*world({(A, "breach"): 30, (A, "prospects"): 20}))
    assert [w.name for w in found.worlds] == ["breach", "prospects"]
    assert found.of(found.others[0], "exits_by_record_end")[0][1].difference == pytest.approx(-10, abs=1)


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
        ({(f"s{n}", "breach"): n for n in range(14)}, {}, "14 cases: at most 12; name some, such as --case NAME"),
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
