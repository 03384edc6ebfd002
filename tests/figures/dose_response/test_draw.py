"""F8: what is drawn is what the table has, and the words say what the marks are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.figures.dose_response import draw as dose
from sim.figures.drawing.layout import Footer
from tests.figures.checks import lines, said
from tests.figures.data import OUT
from tests.figures.dose_response.examples import DOSE, NUMBERS, SWEEPS, TWO, Sweep, _exits, draw


def drawn(sweep: Sweep, footer: Footer, question=OUT, what=DOSE) -> Figure:
    return dose.draw(sweep.points, theories=NUMBERS, question=question, dose=what, footer=footer)


def title(figure: Figure) -> str:
    return " ".join(figure.get_suptitle().split())


def test_the_line_is_the_median_of_the_runs_at_each_value(footer: Footer) -> None:
    figure = drawn(TWO, footer)
    for panel, theory in enumerate(("prospects", "breach")):  # in the order of their numbers
        (line,) = lines(figure, "median", panel)
        runs = TWO.rows.groupby("case")["out"].quantile(0.5, interpolation="lower")
        assert list(line.get_xdata()) == pytest.approx(TWO.xs)
        assert list(line.get_ydata()) == pytest.approx([runs[f"{theory} {x}"] for x in TWO.xs])


def test_each_line_is_named_where_it_ends_with_the_numbers_of_its_last_point(footer: Footer) -> None:
    words = said(drawn(SWEEPS["one theory"], footer))
    last = SWEEPS["one theory"].points.iloc[-1]
    assert "T4 breach |" in words
    for text in (f"median {last['median']:.0f}", f"middle half {last['lower']:.0f}–{last['upper']:.0f}",
                 f"middle 90 of 100 {last['low']:.0f}–{last['high']:.0f}"):  # fmt: skip
        assert text in words


def test_panels_have_the_same_axes(footer: Footer) -> None:
    axes = drawn(SWEEPS["five theories"], footer).axes
    assert len(axes) == 5
    assert len({one.get_ylim() for one in axes}) == len({one.get_xlim() for one in axes}) == 1
    assert axes[0].get_ylim()[0] == 0  # counts from zero


def test_the_default_is_marked_on_the_axis_or_said_to_lie_elsewhere(footer: Footer) -> None:
    figure = drawn(TWO, footer)
    assert [list(mark.get_xdata()) for mark in lines(figure, "default")] == [[0.2], [0.2]]
    assert "Triangle on the axis: the default, 0.2." in said(figure)
    away = drawn(TWO, footer, what=replace(DOSE, defaults={"breach": 7.0}))
    assert lines(away, "default") == []
    assert "The default, 7, lies outside of what was tried." in said(away)
    apart = drawn(TWO, footer, what=replace(DOSE, defaults={"prospects": 0.4, "breach": 0.2}))
    assert [list(mark.get_xdata()) for mark in lines(apart, "default")] == [[0.4], [0.2]]
    assert "0.4 under prospects, 0.2 under breach" in said(apart)


def test_the_threshold_is_drawn_where_it_is_within_reach_and_told_where_not(footer: Footer) -> None:
    assert "Dashes: more than 100 officers." in said(drawn(TWO, footer))
    low = Sweep(("breach",), (0, 1), lambda theory, x, steps: np.round(5 * steps))
    figure = drawn(low, footer)
    assert "More than 100 officers: far above these axes." in said(figure)
    assert figure.axes[0].get_ylim()[1] < 10


def test_every_point_says_how_many_runs_it_rests_on(footer: Footer) -> None:
    assert "each of 100 runs" in said(drawn(TWO, footer))
    unlike = SWEEPS["unlike numbers of runs"]
    words = said(drawn(unlike, footer))
    assert "n 10 |" in words
    assert all(f"| {count} |" in words for count in unlike.points["runs"][1:])
    assert "n 10–100 at each point" in said(drawn(SWEEPS["unlike numbers of runs at many points"], footer))


def test_the_title_tells_where_each_median_goes_and_a_turn_between(footer: Footer) -> None:
    found = title(drawn(TWO, footer))
    assert found.startswith("In this model, as media.rumour_rate goes from 0 to 1, the median of officers out by")
    assert found.endswith("goes from 27 to 7 under prospects, goes from 14 to 54 under breach")
    assert "goes from 0.492 up to 22.1 and ends at 0.492 under breach" in title(drawn(SWEEPS["a hill"], footer))
    assert "stays at 14 under constant and threat efficacy and squad threshold" in title(
        drawn(SWEEPS["five theories"], footer)
    )


def test_bins_are_not_told_as_causes(footer: Footer) -> None:
    from tests.figures.dose_response.examples import binned

    made = binned(footer)
    assert "which need not mean that one moves the other" in said(made.figure)
    assert made.title.startswith("In this model, over runs whose mean perceived hazard of a tour on 7 March 2024 is")
    assert (made.table["first"] < made.table["last"]).all()


def test_the_table_has_every_point_with_its_spread(footer: Footer) -> None:
    table = draw(TWO.points, footer).table
    assert len(table) == 2 * len(TWO.xs)
    spread = ["low", "lower", "median", "upper", "high"]
    assert list(table.columns) == ["outcome", "against", "theory", "at", "first", "last", "runs", *spread, "threshold",
                                   "default"]  # fmt: skip


def test_without_a_run_there_is_nothing_to_draw(footer: Footer) -> None:
    none = Sweep(("breach",), (0.1, 0.2), lambda theory, x, steps: np.full(len(steps), np.nan))
    with pytest.raises(ValueError, match="no run has a value"):
        drawn(none, footer)
    assert _exits("breach", 0, np.array([0.5])) == [14]
