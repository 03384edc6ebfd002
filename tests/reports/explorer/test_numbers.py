"""The numbers of an explorer's page are a comparison's, and its dots are worlds that there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim import text as words
from sim.analysis.statistics.paired_difference import PairedDifference
from sim.analysis.statistics.summary import by_case
from sim.ensemble.store.store import Store
from sim.figures.drawing.quantile_dotplot import quantile_dots
from sim.language import spoken_in
from sim.model.withdrawal import THEORIES
from sim.reports import comparison_numbers as told
from sim.reports.explorer.numbers import ROW, ROW_OF_ALL, interval, often, weighted
from tests.reports.explorer.conftest import LITTLE, OUTCOMES, Made

NAMES = ("pay_escrow", "insurance", "kit_first", "leaders_briefed", "first_contingent", "foreign_troops")


def runs_of(made: Made, theory: str, label: str) -> pd.DataFrame:
    store = Store.read(made.store)
    cases = store.cases()
    (case,) = cases[(cases["theory.name"] == theory) & cases["label"].str.endswith(label)]["case"]
    return store.runs(cases=[case])


@pytest.fixture(scope="module")
def compared(made: Made):
    return sim.compare(made.store, outcomes=OUTCOMES, baseline="as_documented")


def test_every_row_is_the_comparisons_own(made: Made, compared) -> None:
    texts, theories = made.data["texts"], [theory["key"] for theory in made.data["theories"]]
    theory_of = {case: theory for world in compared.worlds for theory, case in world.cases.items()}
    worlds = {world.name: world for world in compared.worlds}
    seen = 0
    for number in range(1, 64):
        name = " + ".join(name for bit, name in enumerate(NAMES) if number >> bit & 1)
        world = worlds[f"as_documented · {name}"]
        for one in compared.comparisons:
            if one.other not in world.cases.values():
                continue
            row = dict(
                zip(
                    ROW,
                    made.data["compared"][OUTCOMES.index(one.outcome)][theories.index(theory_of[one.other])][number],
                    strict=True,
                )
            )
            for field in ("difference", "low", "high", "better", "worse"):
                value = getattr(one, field)
                assert row[field] == (None if value is None else pytest.approx(value, rel=1e-5, abs=1e-9))
            assert texts[row["text"]] == told.interval(one)
            assert (texts[row["before"]], texts[row["after"]]) == told.levels(one)
            assert texts[row["shares"]] == told.shares(one)
            seen += 1
    assert seen == 63 * len(THEORIES) * len(OUTCOMES)


def test_together_the_theories_that_have_a_vote_count_alike(made: Made, compared) -> None:
    world = next(world for world in compared.others if world.name == "as_documented · pay_escrow + kit_first")
    row = dict(zip(ROW_OF_ALL, made.data["together"][0][5], strict=True))
    verdict = compared.verdict(world, OUTCOMES[0])
    assert (row["least"], row["most"]) == (
        pytest.approx(verdict.least, rel=1e-5),
        pytest.approx(verdict.most, rel=1e-5),
    )
    assert made.data["texts"][row["finding"]] == verdict.finding
    assert made.data["texts"][row["text"]] == told.reach(verdict)
    votes = [one for _, one in compared.votes(world, OUTCOMES[0])]
    assert row["better"] == pytest.approx(np.mean([one.better for one in votes]), rel=1e-5)


def test_dots_and_quantiles_are_values_of_worlds(made: Made) -> None:
    runs = runs_of(made, "breach", "· pay_escrow + kit_first")
    values = np.sort(runs["exits_by_end"].to_numpy(dtype=float))
    place = [theory["key"] for theory in made.data["theories"]].index("breach")
    assert made.data["dots"][0][place][5] == values.tolist(), "of few worlds each is a dot"
    assert made.data["quantiles"][0][place][5][0] == f"{values[0]:.0f}"
    base = runs_of(made, "breach", LITTLE[1]).sort_values("replicate")["exits_by_end"].to_numpy(dtype=float)
    apart = runs.sort_values("replicate")["exits_by_end"].to_numpy(dtype=float) - base
    assert made.data["gaps"][0][place][5] == np.sort(apart).tolist()
    assert len(made.data["dots"][0][-1][5]) == 4 * 12


def test_of_many_worlds_fifty_dots_stand_for_all(enough: Made) -> None:
    values = np.sort(runs_of(enough, "breach", "· pay_escrow")["exits_by_end"].to_numpy(dtype=float))
    place = [theory["key"] for theory in enough.data["theories"]].index("breach")
    assert enough.data["dots"][0][place][1] == quantile_dots(values).tolist()


def test_one_rule_makes_every_median(made: Made) -> None:
    """That of `tabletop run` and of the tables: a value that a run has, which half of them do not exceed."""
    for medians, quantiles in zip(made.data["medians"], made.data["quantiles"], strict=True):
        for of, told_of in zip(medians, quantiles, strict=True):
            assert [words.number(one) for one in of] == [one[2] for one in told_of]
    place = [theory["key"] for theory in made.data["theories"]].index("breach")
    for outcome, name in enumerate(OUTCOMES):
        (row,) = (
            by_case(Store.read(made.store).cases(), runs_of(made, "breach", "· kit_first"), name)
            .dropna()
            .to_dict("records")
        )
        assert made.data["medians"][outcome][place][4] == row["median"]


def test_a_lever_without_any_effect_is_not_called_undecided(no_effect: Made) -> None:
    (told_of,) = {no_effect.data["texts"][rows[1][4]] for rows in no_effect.data["together"]}
    assert told_of == told.UNSEEN
    said = no_effect.data["words"]["findings"][told.UNSEEN]
    assert "No effect is seen under any theory" in said
    assert "at most 17 of 100" in said, "as `tabletop compare` says of as many pairs"


def test_shares_of_few_worlds_say_of_how_many(no_effect: Made, of_one: Made, enough: Made) -> None:
    def shares(page: Made) -> tuple[str, str]:
        first = page.data["compared"][0][-1][1] or page.data["compared"][0][0][1]
        return page.data["texts"][first[ROW.index("shares")]], page.data["texts"][page.data["together"][0][1][8]]

    assert (no_effect.data["base"], *shares(no_effect)) == (20, "0 / 0 / 20", "0 / 0 / 80 of 80")
    assert "of 20 worlds better / worse / the same" in no_effect.page
    assert "all of the record would still have happened in {counts} of {base} worlds" in no_effect.page
    assert of_one.data["base"] == 1
    assert "of 1 world better / worse / the same" in of_one.page
    assert "(the same in the one pair)" in of_one.page
    assert enough.data["base"] == 100
    assert "sur 100 mondes" in enough.page


def test_weeks_end_where_the_outcome_does(made: Made) -> None:
    """The clock ends on a Sunday, so the last week is whole."""
    weeks, place = made.data["weeks"], [theory["key"] for theory in made.data["theories"]].index("breach")
    values = np.sort(runs_of(made, "breach", "· pay_escrow + kit_first")["exits_by_end"].to_numpy(dtype=float))
    assert weeks["days"][-1] == "2024-06-09"
    assert weeks["days"][weeks["from"]] == "2024-03-03", "the first Sunday after levers are pulled"
    fan = weeks["fans"][place][5]
    assert [len(curve) for curve in fan] == [len(weeks["days"]) - weeks["from"]] * 5
    assert fan[2][-1] == weighted([values], [0.5])[0]


def test_samples_of_another_size_count_alike() -> None:
    few, many = np.zeros(3), np.full(300, 9.0)
    assert weighted([few, many], [0.49, 0.51]).tolist() == [0, 9]
    assert weighted([few, np.array([np.nan])], [0.5]).tolist() == [0]
    assert weighted([np.array([np.nan])], [0.5]).size == 0


@pytest.mark.parametrize(("better", "worse", "said"), [
    (0.83, 0.1, "better in 83 of 100 worlds: very likely"), (0.0, 0.0, "the same in every world"),
    (1.0, 0.0, "better in every world"), (0.0, 0.2, "better in no world"), (1 / 3, 0.2, "better in 33 of 100 worlds"),
    (0.999, 0.0, "better in more than 99 of 100 worlds: almost certain"),
    (0.001, 0.0, "better in fewer than 1 of 100 worlds: almost no chance"),
])  # fmt: skip
def test_how_often_it_is_better_is_said_with_a_word_of_likelihood(better, worse, said) -> None:
    assert often(better, worse, 400, "exits_by_end").startswith(said)
    assert often(0.5, 0.5, None, "withdrawal_reports").startswith("fewer in 50"), "no direction of it is good"


@pytest.mark.parametrize(("better", "worse", "runs", "said"), [
    (1.0, 0.0, 1, "better in the one world"), (0.0, 1.0, 1, "not better in the one world"),
    (0.0, 0.0, 1, "the same in the one world"), (1.0, 0.0, 20, "better in all 20 worlds"),
    (0.0, 0.5, 20, "better in none of 20 worlds"), (0.0, 0.0, 20, "the same in all 20 worlds"),
    (0.75, 0.1, 20, "better in 15 of 20 worlds: likely"), (1.0, 0.0, 100, "better in every world"),
])  # fmt: skip
def test_of_few_worlds_it_is_said_how_many(better, worse, runs, said) -> None:
    assert often(better, worse, runs, "exits_by_end") == said


@pytest.mark.parametrize(("better", "said"), [
    (0.99, "mieux dans 99 mondes sur 100 : presque certain"), (1.0, "mieux dans tous les mondes"),
])  # fmt: skip
def test_in_french_worlds_stand_before_the_number_that_they_are_of(better, said) -> None:
    with spoken_in("fr"):
        assert often(better, 0.0, 400, "exits_by_end") == said
        same = PairedDifference("a", "b", "exits_by_end", 100, 0.0, 0.0, 0.0, "m", 0.0, 0.0, 1.0, *[None] * 4, True)
        assert interval(same) == "0 (pareil dans les 100 paires)"
        assert words.of_runs(0.74, noun="futures") == "74 futurs sur 100"
