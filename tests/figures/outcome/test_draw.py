from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure

from sim.figures.drawing.layout import Footer
from sim.figures.outcome import draw as outcome
from sim.figures.outcome.draw import Question
from tests.figures.outcome.examples import AVAILABLE, DATA, HAZARD, OUT


def _dots(figure: Figure, kind: str) -> int:
    found = figure.findobj(lambda artist: isinstance(artist, EllipseCollection) and kind in artist.get_gid())
    return sum(len(dots.get_offsets()) for dots in found)  # type: ignore[attr-defined]


def _title(values: object, question: Question, footer: Footer) -> str:
    return " ".join(outcome.draw(values, question=question, footer=footer).get_suptitle().split())


@pytest.mark.parametrize("name", [name for name in DATA if not name.startswith("one run")])
def test_there_are_fifty_dots(name: str, footer: Footer) -> None:
    question, values = DATA[name]
    assert _dots(outcome.draw(values, question=question, footer=footer), "dots") == 50


@pytest.mark.parametrize("name", DATA)
def test_dots_are_round_whole_and_apart(name: str, footer: Footer) -> None:
    question, values = DATA[name]
    figure = outcome.draw(values, question=question, footer=footer)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    found = [dots for dots in axes.collections if isinstance(dots, EllipseCollection)]
    centres = np.concatenate([axes.transData.transform(dots.get_offsets()) for dots in found]) / figure.dpi
    widths = np.concatenate([dots.get_widths() for dots in found])
    assert np.allclose(widths, np.concatenate([dots.get_heights() for dots in found]))
    size = widths[0] + 1.1 / 72
    box = axes.get_window_extent().transformed(figure.dpi_scale_trans.inverted())
    assert centres[:, 0].min() - size / 2 >= box.x0
    assert centres[:, 0].max() + size / 2 <= box.x1
    assert centres[:, 1].max() + size / 2 <= box.y1
    distance = np.hypot(*(centres[:, None, :] - centres[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    assert distance.min() > size


@pytest.mark.parametrize("beyond", [1, 32, 80, 200, 399])
def test_filled_dots_are_the_share_of_runs_beyond_the_threshold(beyond: int, footer: Footer) -> None:
    values = np.concatenate([np.full(400 - beyond, 50), np.full(beyond, 150)])
    figure = outcome.draw(values, question=OUT, footer=footer)
    assert _dots(figure, "filled") == pytest.approx(beyond / 8, abs=0.5)
    assert outcome.table(values, question=OUT).query("mark == 'dot'")["beyond"].sum() == _dots(figure, "filled")


def test_the_title_states_the_finding_with_its_word_and_number(footer: Footer) -> None:
    values = np.concatenate([np.full(368, 40), np.full(32, 150)])
    assert _title(values, OUT, footer) == (
        "In this model, more than 100 of 400 officers are out by 7 March 2024 in 4 of 50 dots: "
        "very unlikely (8 of 100 runs)"
    )


def test_a_value_at_the_threshold_is_not_beyond_it(footer: Footer) -> None:
    assert _dots(outcome.draw(np.repeat([100, 101], 25), question=OUT, footer=footer), "filled") == 25
    assert _dots(outcome.draw(np.repeat([299, 300], 25), question=AVAILABLE, footer=footer), "filled") == 25


@pytest.mark.parametrize(("out", "runs"), [(0, "no"), (400, "every")])
def test_a_threshold_out_of_the_runs_reach_is_told_and_neither_drawn_nor_the_title(
    out: int, runs: str, footer: Footer
) -> None:
    """A reader came for the number: a threshold that no run comes near says little of them."""
    values = np.full(400, out)
    figure = outcome.draw(values, question=OUT, footer=footer)
    assert _dots(figure, "filled") == 0
    assert _title(values, OUT, footer) == f"In this model, officers out by 7 March 2024: {out} in every run"
    assert f"More than 100 officers: in {runs} run." in outcome.alt(values, question=OUT)


def test_without_a_threshold_the_title_tells_the_median_and_the_middle_90_of_100(footer: Footer) -> None:
    values = np.arange(1, 101)
    assert (
        _title(values, HAZARD, footer)
        == "In this model, perceived hazard, % a tour: 50 in the median run, 5–95 in 90 of 100"
    )


def test_intervals_are_of_runs_and_there_is_no_mean() -> None:
    text = outcome.alt(np.arange(1, 101), question=OUT)
    assert "The middle half of the runs: 25–75 officers." in text
    assert "The middle 90 of 100 of the runs: 5–95 officers." in text
    assert "mean" not in text


def test_one_run_is_one_dot_and_no_distribution(footer: Footer) -> None:
    figure = outcome.draw([37], question=OUT, footer=footer)
    assert _dots(figure, "dots") == 1
    assert figure.get_suptitle().startswith("In one run of this model")
    assert "the middle" not in outcome.alt([37], question=OUT).lower()
    assert (outcome.table([37], question=OUT)["mark"] == "quantile").sum() == 0


def test_runs_that_reach_the_end_are_a_mass_of_their_own() -> None:
    question, values = DATA["collapse"]
    dots = outcome.table(values, question=question).query("mark == 'dot'")
    assert dots["mass"].sum() == pytest.approx(50 * np.mean(np.asarray(values) == 400), abs=0.5)
    assert f"Everyone out: {dots['mass'].sum()} dots." in outcome.alt(values, question=question)


def test_missing_values_are_left_out_and_said() -> None:
    question, values = DATA["missing"]
    rows = outcome.table(values, question=question).set_index("mark")["value"]
    assert (rows["runs"], rows["runs missing"]) == (90, 90)
    assert "90 runs have no value" in outcome.alt(values, question=question)


@pytest.mark.parametrize("values", [[], [None, None], [np.nan], pd.array([pd.NA], dtype="Int64")])
def test_no_value_at_all_is_refused(values: object, footer: Footer) -> None:
    with pytest.raises(ValueError, match=r"exits_by_record_end: all \d runs lack a value"):
        outcome.draw(values, question=OUT, footer=footer)


def test_impossible_values_are_refused(footer: Footer) -> None:
    with pytest.raises(ValueError, match="exceeds the most there can be"):
        outcome.draw([401, 3], question=OUT, footer=footer)
    with pytest.raises(ValueError, match="infinite"):
        outcome.draw([np.inf, 3], question=HAZARD, footer=footer)


def test_an_axis_that_would_cut_the_data_is_refused(footer: Footer) -> None:
    with pytest.raises(ValueError, match="the axis ends at 60"):
        outcome.draw([10, 80], question=OUT, footer=footer, limit=60)


def test_counts_start_from_zero_and_the_axis_can_be_held(footer: Footer) -> None:
    figure = outcome.draw([210, 250, 260], question=OUT, footer=footer, limit=300)
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert (ticks[0], ticks[-1]) == ("0", "300")


def test_a_threshold_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="needs its finding"):
        Question("x", axis="x", unit="1", threshold=3)


def test_the_table_gives_back_every_dot_and_quantile() -> None:
    table = outcome.table(np.arange(1, 101), question=OUT)
    dots = table.query("mark == 'dot'")
    assert dots["number"].tolist() == list(range(1, 51))
    assert dots["value"].tolist() == list(range(1, 101, 2))
    quantiles = table.query("mark == 'quantile'").set_index("probability")["value"]
    assert quantiles.to_dict() == {0.05: 5, 0.25: 25, 0.75: 75, 0.95: 95}
    assert table.query("mark == 'runs beyond'")["probability"].item() == 0
