"""A comparison in words, and as a page."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sim.analysis.comparison import compared
from sim.analysis.statistics.paired_difference import PairedDifference
from sim.ensemble.store.store import Store
from sim.outcomes import outcome_of
from sim.reports import comparison_numbers as numbers
from sim.reports import comparison_page as compared_page
from sim.reports import comparison_text as compared_words
from tests.analysis.tables_of_cases import world

A, B, C = "as_documented", "terms_settled", "us_troops"
TYPED = ["tabletop", "compare", "scenario=as_documented,terms_settled"]


@pytest.fixture(scope="module")
def holds():
    return compared(*world({(A, "breach"): 30, (B, "breach"): 25, (A, "prospects"): 30, (B, "prospects"): 22}))


@pytest.fixture(scope="module")
def flips():
    return compared(*world({(A, "breach"): 30, (B, "breach"): 25, (A, "prospects"): 30, (B, "prospects"): 38}))


def test_the_answer_says_who_by_how_much_how_sure_and_under_which_theories(holds):
    head, detail = compared_words.answer(holds)
    assert head == ("In this model, the fewest officers are lost from 29 February to 31 March 2024 in: terms settled "
                    "under each of 2 theories.")  # fmt: skip
    assert detail.startswith("terms settled against as documented (holds under 2 theories): ")
    much = r"[45](\.\d+)? fewer officers on average \(2\d\.\d+ instead of (29|3\d)\.\d+, breach\) to [78](\.\d+)? \("
    assert re.search(much + r"2\d\.\d+ instead of (29|3\d)\.\d+, prospects\)", detail), detail
    assert re.search(r"; sampling error of this computation at most ±\d\.\d+ officers \(95 %\);", detail)
    assert detail.endswith("never worse; better in all 60 pairs.")


def test_what_is_never_worse_is_told_so_and_not_as_a_likelihood():
    one = PairedDifference("a", "b", "exits_by_end", 50, -1.0, -1.5, -0.5, "m", 0.44, 0.0, 0.56, *[None] * 4, True)
    assert compared_words.how_often(one) == "never worse; better in 22 of 50 paired runs"
    assert compared_words.how_often(replace(one, better=0.0, worse=0.44)) == (
        "never better; worse in 22 of 50 paired runs"
    )
    assert compared_words.how_often(replace(one, worse=0.1)) == "better: unlikely (22 of 50 paired runs)"
    assert compared_words.how_often(replace(one, better=0.0)) == "the same in all 50 pairs"
    assert compared_words.how_often(replace(one, better=0.0, pairs=1)) == "the same in the one pair"
    assert compared_words.how_often(replace(one, better=0.0, pairs=400)) == "the same in every pair"
    felt = replace(one, outcome="withdrawal_reports")  # no side of it is good
    assert compared_words.how_often(felt) == "never more; fewer in 22 of 50 paired runs"


@pytest.mark.parametrize(("pairs", "head", "note"), [
    (1, "of 1 pair |", "One pair of runs shows a difference, and not how likely it is"),
    (20, "of 20 pairs |", "20 pairs of runs are few: counts are of them, not of 100"),
    (120, "of 100 pairs |", None),
])  # fmt: skip
def test_counts_are_of_what_their_heading_says_and_few_pairs_are_said_to_be_few(pairs, head, note):
    found = compared(*world({(A, "breach"): 30, (B, "breach"): 25}, replicates=pairs))
    text = compared_page.markdown(found, TYPED)
    assert f"better / worse / same {head}" in text
    assert ("are few" in text or "One pair" in text) == (note is not None)
    assert note is None or note in text
    assert "1 pairs" not in text


def test_a_count_that_is_of_fewer_than_its_column_says_so():
    one = PairedDifference("a", "b", "exits_by_end", 50, -1.0, -1.5, -0.5, "m", 0.44, 0.0, 0.56, *[None] * 4, True)
    rest = [replace(one, pairs=400)] * 2
    assert numbers.base_of([one, *rest]) == 100
    assert [numbers.shares(each, 100) for each in (one, rest[0])] == ["22 / 0 / 28 of 50", "44 / 0 / 56"]
    assert numbers.interval(replace(one, pairs=1, better=0.0, difference=0.0)) == "0 (the same in the one pair)"


def test_both_levels_stand_beside_every_difference(holds):
    for text in (compared_page.markdown(holds, TYPED), compared_page.markdown(holds, TYPED, brief=True)):
        assert re.search(r"2\d\.\d+ instead of (29|3\d)\.\d+", text)
    assert "| mean of as_documented | mean of the case | mean difference (95 %) |" in compared_page.markdown(
        holds, TYPED
    )


def test_of_many_cases_the_page_has_a_ranking():
    names = [A, *(f"lever_{number}" for number in range(14))]
    found = compared(*world({(name, "breach"): 40 - place for place, name in enumerate(names)}))
    text = compared_page.markdown(found, TYPED)
    ranked = text[text.index("## Ranking") :].splitlines()
    rows = [line.split("|")[1].strip(" `") for line in ranked if line.startswith("| `")]
    assert rows[:15] == names[::-1]
    assert len([line for line in text.splitlines() if line.startswith("- lever")]) == 3


def test_what_no_run_can_tell_is_not_promised_to_more_replicates():
    from tests.analysis.test_comparison import acting

    found = acting("2024-04-20")
    (_, detail) = compared_words.answer(found)
    assert ("(under breach only): the same in all 60 pairs of runs: no number of replicates will tell them apart by 31 "
            "March 2024, since nothing differs before 20 April 2024. It acts later than this outcome looks; the "
            "first that it moves, officers who left by the run's last day (exits_by_end) (under breach only): "
            ) in detail  # fmt: skip
    (one,) = (one for one in found.comparisons if one.outcome == "exits_surge_month")
    assert numbers.settled(one, found.never(one)) == "none can"
    assert numbers.settled(one, False) == "all the same"
    (_, open_) = compared_words.answer(acting("2024-03-06"))
    assert "if pairs differ at all, at most 7 of 100 do (95 %)" in open_  # Wilson's of 0 of 60
    (_, never) = compared_words.answer(acting("2031-01-01", by_end=0))
    assert "since nothing differs before 1 January 2031" in never


def test_a_finding_of_one_theory_names_it_and_does_not_say_that_theories_agree(holds):
    """Nor does it count one comparison as a family."""
    alone = compared(*world({(A, "breach"): 30, (B, "breach"): 10}))
    (_, detail) = compared_words.answer(alone)
    assert detail.startswith("terms settled against as documented (under breach only): ")
    notes = " ".join(compared_words.notes(alone))
    assert "under the one theory that has a vote; what another would say is not known" in notes
    assert ("all 1 comparisons" in notes, "all theories" in notes) == (False, False)
    assert "all theories but the reference (constant) agree" in " ".join(compared_words.notes(holds))


def test_the_brief_counts_pairs_of_a_case_and_theory_and_says_the_outcome_in_words(holds):
    text = compared_page.markdown(holds, TYPED, brief=True)
    assert "(exits_surge_month), in 60 pairs of runs for each case and theory." in text
    assert "Compared on officers who left from 29 February to 31 March 2024" in text


def test_of_cases_that_are_the_same_in_every_pair_none_is_called_the_best():
    cases, runs = world({(A, "breach"): 30, (B, "breach"): 30})
    runs["exits_surge_month"] = runs.groupby("replicate")["exits_surge_month"].transform("first")
    head, _ = compared_words.answer(compared(cases, runs))
    assert head == (
        "In this model, no case differs from as documented in any pair of runs under breach, as to officers who left "
        "from 29 February to 31 March 2024."
    )


def test_where_theories_contradict_each_other_the_answer_says_so_first(flips):
    head, detail = compared_words.answer(flips)
    assert "as documented under prospects; terms settled under breach. The ranking flips between theories." in head
    assert "flips under 2 theories" in detail
    assert "fewer under breach (−" in detail
    assert "more under prospects (+" in detail


def test_what_cannot_be_told_says_how_many_more_replicates_would(holds):
    open_ = compared(*world({(A, "breach"): 30, (B, "breach"): 29.9}, replicates=40))
    (_, detail) = compared_words.answer(open_)
    assert re.search(
        r"not known under breach \(\+0\.\d+: [\d.]+ instead of [\d.]+; about [\d,]+ more replicates would tell\)",
        detail,
    )


def test_runs_that_do_not_pair_are_announced_loudly():
    found = compared(*world({(A, "breach"): 30, (B, "breach"): 5}, seeds={A: 1, B: 2}))
    assert compared_words.answer(found)[0].startswith("NOT PAIRED: terms settled and as documented share no")
    assert numbers.factor(found.comparisons[0]) == "not paired"
    assert "NOT PAIRED" in compared_page.markdown(found, TYPED)


def test_likelihood_and_sampling_error_never_share_a_line(holds):
    text = compared_page.markdown(holds, TYPED, brief=True)
    likely = [line for line in text.splitlines() if "(likelihood, in this model)" in line]
    sure = [line for line in text.splitlines() if "(sampling error;" in line]
    assert likely
    assert sure
    assert not any("interval" in line for line in likely)
    assert not any(re.search(r"likely|certain|chance", line) for line in sure)


def test_the_brief_has_question_answer_how_sure_and_what_flips_it(flips):
    text = compared_page.markdown(flips, TYPED, brief=True)
    assert text.startswith("# Which of 2 cases loses the fewest officers from 29 February to 31 March 2024?")
    for heading in ("## How sure", "## What flips it"):
        assert heading in text
    assert "Never far from best: as documented" in text
    assert "not a forecast" in text
    assert "assumed settings" in text


def test_a_cost_in_another_outcome_is_named():
    cases, runs = world({(A, "breach"): 30, (B, "breach"): 25})
    runs.loc[runs["case"] == cases["case"][1], "civilian_harm"] += 50.0 + runs["replicate"] % 7
    text = compared_page.markdown(compared(cases, runs), TYPED, brief=True)
    assert (
        "(civilians killed, by gangs, security forces and vigilantes): worse under every theory with terms settled (+"
        in text
    )


def test_a_brief_about_many_cases_tells_of_the_best_ones_and_names_the_rest():
    names = (A, B, C, "kit_first", "gang_truce", "leaders_briefed")
    found = compared(*world({(name, "breach"): 30 - place for place, name in enumerate(names)}))
    said = compared_words.answer(found, most=3)
    assert [line.split(" ")[0] for line in said] == ["In", "leaders", "gang", "kit", "Also"]
    assert said[-1] == "Also compared: terms settled (holds), us troops (holds)."


def test_the_full_page_has_a_table_an_outcome_and_names_its_methods(holds):
    text = compared_page.markdown(holds, TYPED)
    for outcome in holds.outcomes:
        assert f"## {outcome}: " in text
    assert "Hall's skewness-corrected t" in text
    assert "(Holm)" in text
    assert "scenario=as_documented,terms_settled" in text


def test_the_html_page_holds_everything_itself_and_shows_names_as_text():
    cases, runs = world({(A, "breach"): 30, ("<b>*sly*|name", "breach"): 25})
    text = compared_page.html(compared(cases, runs), TYPED)
    assert text.count("data:image/png;base64,") == 1
    assert not re.search(r"<script|<link|https?://|src=\"(?!data:)", text)
    assert "<b>" not in text
    assert "&lt;b&gt;*sly*" in text


def test_files_are_written_to_a_folder_of_the_store(holds, tmp_path):
    store = Store.open(tmp_path / "store", model_version=1, record="r")
    found = replace(holds, store=store)
    full = compared_page.save(found, store, TYPED)
    brief = compared_page.save(found, store, TYPED, brief=True)
    names = {path.name for path in (*full, *brief)}
    assert names == {
        "F2-brief.png",
        "F2-comparison.png",
        "comparison.csv",
        "comparison.md",
        "comparison.html",
        "brief.md",
        "brief.html",
    }
    assert {path.parent for path in full} == {store.figures("compare-as_documented-terms_settled")}
    assert "](F2-comparison.png)" in (full[0].parent / "comparison.md").read_text(encoding="utf-8")


def test_a_date_is_compared_in_days_and_has_no_picture(holds):
    one = PairedDifference("a", "b", "first_report_date", 9, -3.4, -5.0, -1.0, "m", *[None] * 6, None, True)
    assert outcome_of(one.outcome).difference_unit == "days"
    assert outcome_of(one.outcome).apart(-3.4, "3") == "3 days earlier"
    assert outcome_of(one.outcome).direction.startswith("no direction is better")


@pytest.mark.parametrize(
    ("low", "mean", "high", "said"),
    [
        (-4.91, -4.21, -3.64, "−4.2 (−4.9 to −3.6)"),
        (-1.912, -1.826, -1.749, "−1.83 (−1.91 to −1.75)"),
        (-239.06, -236.47, -233.9, "−236.5 (−239.1 to −233.9)"),
        (-0.4, 0.01, 0.5, "0 (−0.4 to +0.5)"),
        (None, 2.0, None, "+2 (no interval)"),
        (0.0, 0.0, 0.0, "the same in every pair"),
        (100.0, 100.0, 100.0, "+100 in every pair"),
    ],
)
def test_an_interval_prints_as_many_decimals_as_it_knows(low, mean, high, said):
    one = PairedDifference("a", "b", "exits_by_end", 9, mean, low, high, "m", *[None] * 6, None, True)
    assert numbers.interval(one) == said


def test_a_picture_needs_values():
    cases, runs = world({(A, "breach"): 30, (B, "breach"): 25})
    runs.loc[runs["case"] == cases["case"][1], "exits_surge_month"] = float("nan")
    text = compared_page.html(compared(cases, runs), TYPED)
    assert "data:image" not in text
    assert "has no value: no run of both has one" in text
