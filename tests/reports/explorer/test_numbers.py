"""The numbers of an explorer's page are a comparison's, and its dots are worlds that there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sim
from sim.ensemble.store.store import Store
from sim.figures.drawing.quantile_dotplot import quantile_dots
from sim.model.withdrawal import THEORIES
from sim.reports import comparison_numbers as told
from sim.reports.explorer.numbers import ROW, ROW_OF_ALL, often, weighted
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
    assert made.data["dots"][0][place][5] == quantile_dots(values).tolist()
    assert made.data["quantiles"][0][place][5][0] == f"{values[0]:.0f}"
    base = runs_of(made, "breach", LITTLE[1]).sort_values("replicate")["exits_by_end"].to_numpy(dtype=float)
    apart = runs.sort_values("replicate")["exits_by_end"].to_numpy(dtype=float) - base
    assert made.data["gaps"][0][place][5] == quantile_dots(np.sort(apart)).tolist()


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
    (1.0, 0.0, "better in every world"), (0.0, 0.2, "better in no world"),
    (0.999, 0.0, "better in more than 99 of 100 worlds: almost certain"),
    (0.001, 0.0, "better in fewer than 1 of 100 worlds: almost no chance"),
])  # fmt: skip
def test_how_often_it_is_better_is_said_with_a_word_of_likelihood(better, worse, said) -> None:
    assert often(better, worse, 400, "exits_by_end").startswith(said)
    assert often(0.5, 0.5, None, "withdrawal_reports").startswith("fewer in 50"), "no direction of it is good"
