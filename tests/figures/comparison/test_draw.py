"""F2: the differences that are told are those that are drawn, whatever the runs are like."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.figures.comparison import draw as comparison
from sim.figures.comparison.draw import Contrast, Phrases, Scenario
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import Footer

RNG = np.random.default_rng(5)
FEWER = Phrases("loses fewer officers", "loses more")
OUT = Question(
    "exits_by_end",
    axis="officers out by 31 July 2024",
    unit="officers",
    threshold=100,
    finding="more than 100 of 400 officers are out by 31 July 2024",
    threshold_text="more than 100 officers: too few left for the first contingent",
    upper=400,
)
LONG = "as_documented · governments.mode=rules · officers.leader_shock=1.25 · media.report_probability=0.1 · and more"
SKEWED = RNG.gamma(2.2, 22, 100).round()
RUNS: dict[str, dict[str, np.ndarray]] = {
    "two": {"as_documented": SKEWED, "terms_settled": (SKEWED * 0.8).round()},
    "six": {"as_documented": SKEWED, **{f"scenario_{n}": (SKEWED * (0.5 + n / 5)).round() for n in range(5)}},
    "nobody leaves": {"a": np.zeros(50), "b": np.zeros(50)},
    "everybody leaves": {"a": np.full(50, 400.0), "b": np.full(50, 400.0), "c": np.full(50, 400.0)},
    "constant": {"a": np.full(50, 37.0), "b": np.full(50, 35.0)},
    "collapse": {"a": np.where(RNG.random(100) < 0.5, 400, SKEWED), "b": np.zeros(100), "c": np.full(100, 400.0)},
    "one run": {"a": np.array([37.0]), "b": np.array([35.0])},
    "missing": {"a": SKEWED, "b": np.where(RNG.random(100) < 0.4, np.nan, RNG.integers(0, 401, 100))},
    "long names": {LONG: SKEWED, f"{LONG} · 2": SKEWED + 1},
    "few runs": {"a": SKEWED[:7], "b": SKEWED[7:14]},
    "zero-inflated": {"a": np.where(RNG.random(100) < 0.8, 0, SKEWED), "b": np.where(RNG.random(100) < 0.9, 0, SKEWED)},
}


def contrast(a: np.ndarray, b: np.ndarray, paired: bool = True) -> Contrast:
    """Numbers as the analysis gives them."""
    known = ~(np.isnan(a) | np.isnan(b))
    d = (b - a)[known]
    half = 2 * d.std(ddof=1) / len(d) ** 0.5 if len(d) > 1 else None
    ends = (None, None) if half is None else (d.mean() - half, d.mean() + half)
    varies = len(d) > 1 and a.var() > 0
    factor = (np.inf if d.std() == 0 else (a.var() + b[known].var()) / d.var()) if paired and varies else None
    return Contrast(len(d), d if paired else np.empty(0), float((d < 0).mean()), float((d > 0).mean()),
                    float(d.mean()), *ends, "t", factor)  # fmt: skip


def scenarios(runs: Mapping[str, np.ndarray], paired: bool = True) -> list[Scenario]:
    (base, first), *others = runs.items()
    return [Scenario(base, first), *(Scenario(name, some, contrast(first, some, paired)) for name, some in others)]


def drawn(name: str, footer: Footer, *, paired: bool = True) -> Figure:
    return comparison.draw(scenarios(RUNS[name], paired), question=OUT, phrases=FEWER, footer=footer)


def words(figure: Figure) -> str:
    return " | ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))


@pytest.mark.parametrize("name", RUNS)
def test_all_words_lie_on_the_canvas_and_none_overlap(
    name: str, footer: Footer, check_words: Callable[[Figure], None]
) -> None:
    check_words(drawn(name, footer))


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
    assert "loses fewer officers in 64 of 100 paired runs, loses more in 24, the same in 12" in words(figure)
    counts = {}
    for dots in figure.axes[1].findobj(EllipseCollection):
        look = (dots.get_gid(), round(float(dots.get_widths()[0]), 4))
        counts[look] = counts.get(look, 0) + len(dots.get_offsets())
    assert sorted(counts.values()) == [6, 12, 32]
    assert "In this model, b loses fewer officers than a: likely (64 of 100 paired runs)" in words(figure)


def test_where_nothing_pairs_it_says_so_and_draws_no_pairs(footer: Footer) -> None:
    figure = drawn("six", footer, paired=False)
    assert figure.axes[1].findobj(EllipseCollection) == []
    assert "not paired: the runs share no luck" in words(figure)
    assert "drawn at random" in figure.get_suptitle().replace("\n", " ")


def test_the_factor_of_variance_reduction_is_told(footer: Footer) -> None:
    assert "variance-reduction factor" in words(drawn("two", footer))
    assert "variance-reduction factor ∞" in words(drawn("long names", footer))


def test_for_an_outcome_whose_high_side_is_good_more_is_better() -> None:
    kept = Phrases("has more officers left", "has fewer", lower_is_better=False)
    told = Contrast(4, np.array([1.0, 2, 3, -1]), 0.75, 0.25, 1.25)
    assert told.says(kept) == "has more officers left in 3 of 4 paired runs, has fewer in 1 of 4"


def test_one_pair_shows_no_likelihood(footer: Footer) -> None:
    said = words(drawn("one run", footer))
    assert "In the one paired run, b loses fewer officers than a" in said
    assert "95 %" not in said


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
    assert all(f"{name}: " in text for name in RUNS["six"])
