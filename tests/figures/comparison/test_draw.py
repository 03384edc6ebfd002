"""F2: the differences that are told are those that are drawn, whatever the runs are like."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure

from sim import text as words
from sim.figures.comparison import draw as comparison
from sim.figures.comparison.draw import Contrast, Phrases
from sim.figures.drawing.layout import Footer
from sim.outcomes import outcome_of
from tests.figures.checks import said
from tests.figures.comparison.examples import FEWER, OUT, RUNS, SKEWED, scenarios


def drawn(name: str, footer: Footer, *, paired: bool = True) -> Figure:
    return comparison.draw(scenarios(RUNS[name], paired), question=OUT, phrases=FEWER, footer=footer)


@pytest.mark.parametrize("name", [name for name in RUNS if name != "one run"])
def test_every_scenario_has_fifty_dots_and_every_pairing_too(name: str, footer: Footer) -> None:
    left, right = drawn(name, footer).axes
    counts = [sum(len(d.get_offsets()) for d in axes.findobj(EllipseCollection)) for axes in (left, right)]
    count = len(RUNS[name])
    assert counts == [50 * count, 50 * (count - 1)]


@pytest.mark.parametrize("name", ["six", "collapse", "zero-inflated"])
def test_no_dots_overlap_or_leave_their_axes(name: str, footer: Footer) -> None:
    figure = drawn(name, footer)
    figure.draw_without_rendering()
    for axes in figure.axes:
        found = axes.findobj(EllipseCollection)
        centres = np.concatenate([dots.get_offsets() for dots in found])
        widths = np.concatenate([dots.get_widths() for dots in found]) + 1.1 / 72
        gaps = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1)) - (widths[:, None] + widths[None]) / 2
        np.fill_diagonal(gaps, 1)
        assert gaps.min() > -1e-6
        low, high = axes.get_xlim()
        assert low - 0.3 <= (centres[:, 0] - widths / 2).min()  # within the page's margin
        assert (centres[:, 0] + widths / 2).max() <= high + 0.3


def test_what_is_said_of_pairs_can_be_counted(footer: Footer) -> None:
    base = np.full(100, 50.0)
    other = np.concatenate([np.full(64, 40.0), np.full(24, 60.0), np.full(12, 50.0)])
    rows = scenarios({"a": base, "b": other})
    figure = comparison.draw(rows, question=OUT, phrases=FEWER, footer=footer)
    assert "loses fewer officers in 64 of 100 paired runs, loses more in 24, the same in 12" in said(figure)
    counts = {}
    for dots in figure.axes[1].findobj(EllipseCollection):
        look = (dots.get_gid(), round(float(dots.get_widths()[0]), 4))
        counts[look] = counts.get(look, 0) + len(dots.get_offsets())
    assert sorted(counts.values()) == [6, 12, 32]
    assert "In this model, b loses fewer officers than a: likely (64 of 100 paired runs)" in said(figure)


def test_where_nothing_pairs_it_says_so_and_draws_no_pairs(footer: Footer) -> None:
    figure = drawn("six", footer, paired=False)
    assert figure.axes[1].findobj(EllipseCollection) == []
    assert "not paired: the runs share no luck" in said(figure)
    assert "drawn at random" in figure.get_suptitle().replace("\n", " ")


def test_the_factor_of_variance_reduction_is_told(footer: Footer) -> None:
    assert "variance-reduction factor" in said(drawn("two", footer))
    assert "variance-reduction factor ∞" in said(drawn("long names", footer))


@pytest.mark.parametrize(
    ("factor", "worth"),
    [(4.0, "variance-reduction factor 4: so many times fewer runs needed"),
     (1.04, "variance-reduction factor 1: pairing gains nothing here"),
     (0.5, "variance-reduction factor 0.5: pairing gains nothing here")],
)  # fmt: skip
def test_luck_that_is_worth_nothing_is_told_so(factor: float, worth: str) -> None:
    assert Contrast(9, np.arange(9.0), 0.5, 0.5, 1.0, vr_factor=factor).worth() == worth


def test_the_side_that_is_the_more_frequent_comes_first() -> None:
    told = Contrast(4, np.array([1.0, 2, 3, -1]), 0.25, 0.75, 1.25)
    assert told.says(FEWER) == "loses more in 3 of 4 paired runs, loses fewer officers in 1 of 4"


def test_for_an_outcome_whose_high_side_is_good_more_is_better() -> None:
    kept = Phrases("has more officers left", "has fewer", lower_is_better=False)
    assert kept == Phrases.of(outcome_of("available_on_target"))
    told = Contrast(4, np.array([1.0, 2, 3, -1]), 0.75, 0.25, 1.25)
    assert told.says(kept) == "has more officers left in 3 of 4 paired runs, has fewer in 1 of 4"


def test_one_pair_shows_no_likelihood(footer: Footer) -> None:
    words = said(drawn("one run", footer))
    assert "In the one paired run, b loses fewer officers than a" in words
    assert "95 %" not in words


@pytest.mark.parametrize("count", [1, 7])
def test_a_comparison_shows_two_to_six(count: int, footer: Footer) -> None:
    rows = scenarios({str(n): SKEWED for n in range(count)})
    with pytest.raises(ValueError, match=f"{count} scenarios: a comparison shows two to 6"):
        comparison.draw(rows, question=OUT, phrases=FEWER, footer=footer)


def test_the_table_gives_back_dots_pairs_and_the_interval() -> None:
    table = comparison.table(scenarios(RUNS["two"]), question=OUT)
    assert table.groupby(["scenario", "mark"]).size()["terms_settled", "difference dot"] == 50
    mean = table[table["mark"] == "mean difference"].iloc[0]
    assert mean["low"] < mean["value"] < mean["high"]
    assert table.loc[table["mark"] == "pairs", "value"].item() == 100


def test_the_alt_text_tells_every_scenario() -> None:
    text = comparison.alt(scenarios(RUNS["six"]), question=OUT, phrases=FEWER)
    assert all(f"{words.spoken(name)}: " in text for name in RUNS["six"])


def test_what_never_goes_the_other_way_is_told_so_with_its_theory(footer: Footer) -> None:
    asked = replace(OUT, threshold=None, theory="squad_threshold")
    runs = {"as_documented": SKEWED, "terms_settled": np.maximum(SKEWED - (np.arange(100) % 4 == 0), 0)}
    figure = comparison.draw(scenarios(runs), question=asked, phrases=FEWER, footer=footer)
    title = " ".join(figure.get_suptitle().split())
    assert title.startswith("In this model under squad threshold, terms settled loses fewer officers than as doc")
    assert re.search(r"in 2\d of 100 paired runs, and the other way in none$", title), title
