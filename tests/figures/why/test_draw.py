"""F7: readable for whoever left, stayed, left at once or was not let go, and for two runs that part."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from sim.analysis.explain.story import PARTS
from sim.figures.drawing.layout import Footer
from sim.figures.why import draw as why
from sim.figures.why.draw import Pair
from sim.model.state import Letter
from tests.figures.checks import said
from tests.figures.why.examples import END, PAIRS, START, STORIES, _force, _story


def _lines(figure: Figure, gid: str) -> list[np.ndarray]:
    """Curves of that name, end marks left out."""
    found = [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]
    return [np.asarray(line.get_ydata(), dtype=float) for line in found[::2]]


def test_the_force_is_laid_beside_the_force(footer: Footer) -> None:
    figure = why.draw(_force(), footer=footer, pair=Pair(_force(0.5), "no_surge", date(2024, 2, 29), "attacks"))
    assert len(_lines(figure, "in no_surge")) == 2
    assert "parts from no_surge, first in attacks" in said(figure)


def test_the_parts_that_are_drawn_add_up_to_what_is_drawn_as_their_sum(footer: Footer) -> None:
    figure = why.draw(_story(arrears=0.5), footer=footer)
    (together,) = _lines(figure, "together")
    assert np.allclose(sum(_lines(figure, name)[0] for name in PARTS), together)


def test_every_curve_is_named_at_its_end_with_its_last_value(footer: Footer) -> None:
    story = _story(arrears=0.9)
    figure, last = why.draw(story, footer=footer), story.days[story.days["day"] == story.fate.intent].iloc[0]  # type: ignore[union-attr]
    for name in PARTS:
        assert f"{name} ×{np.exp(last[name]):.3g}" in said(figure)
    assert f"all together ×{np.exp(last['perceived'] + 5.6):.3g}" in said(figure)
    assert figure.findobj(lambda artist: type(artist).__name__ == "Legend") == []


def test_arrears_are_drawn_only_where_pay_was_owed(footer: Footer) -> None:
    assert "arrears" not in said(why.draw(_story(), footer=footer))


def test_parts_differ_in_colour_line_and_marker(footer: Footer) -> None:
    figure = why.draw(_story(arrears=0.9), footer=footer)
    first = {
        name: next(line for line in figure.axes[0].lines if line.get_gid() == name) for name in [*PARTS, "together"]
    }
    assert len({to_rgb(line.get_color()) for line in first.values()}) == 6
    looks = {(line.get_marker(), str(line._dash_pattern), line.get_linewidth()) for line in first.values()}  # type: ignore[attr-defined]
    assert len(looks) == 6


def test_the_curves_of_one_who_left_end_on_the_day_he_did(footer: Footer) -> None:
    story = _story()
    assert len(_lines(why.draw(story, footer=footer), "together")[0]) == (date(2024, 3, 5) - START).days + 1


def test_one_who_was_not_let_go_goes_on_perceiving_but_wants_out_no_more(footer: Footer) -> None:
    figure = why.draw(_story(letter=Letter.BLOCKED), footer=footer)
    assert len(_lines(figure, "together")[0]) == (END - START).days + 1
    assert len(_lines(figure, "cumulated")[0]) == len(_lines(figure, "felt")[0]) == (date(2024, 3, 5) - START).days + 1


def test_the_day_of_intent_is_marked_and_said(footer: Footer) -> None:
    figure = why.draw(_story(), footer=footer)
    assert "5 March 2024: he comes to want out, and leaves" in said(figure)
    assert "record ends" not in said(figure)  # he had left before
    waited = said(why.draw(_story(left=date(2024, 5, 4)), footer=footer))
    assert "5 March 2024: he comes to want out" in waited
    assert "4 May 2024: he leaves" in waited
    assert "7 March 2024: the record ends" in waited


def test_a_leader_s_leaving_is_marked_with_what_it_added(footer: Footer) -> None:
    figure = why.draw(_story(shock=date(2023, 11, 5)), footer=footer)
    assert "5 November 2023: his leader has left, which adds 0.75" in said(figure)


def test_the_first_day_two_runs_part_is_marked_and_the_other_drawn_from_there_on(footer: Footer) -> None:
    pair = PAIRS["late"]()
    figure = why.draw(_story(), footer=footer, pair=pair)
    words = "1 March 2024: parts from terms_settled, first in pay escrow; there he wants out on 5 March 2024"
    assert words in said(figure)
    risk, cumulated = _lines(figure, "in terms_settled")
    assert len(risk) == len(cumulated) == 6  # the eve, and to the day on which he left
    assert len(figure.findobj(lambda artist: artist.get_gid() == "mark")) == 2


def test_the_axis_reaches_the_day_on_which_the_runs_part_even_where_he_left_before(footer: Footer) -> None:
    figure = why.draw(_story(intent=date(2023, 10, 12)), footer=footer, pair=PAIRS["late"]())
    assert figure.axes[0].get_xlim()[1] == date(2024, 3, 1).toordinal()
    assert "parts from terms_settled" in said(figure)


def test_runs_that_never_part_are_drawn_as_one(footer: Footer) -> None:
    figure = why.draw(_story(), footer=footer, pair=PAIRS["never"]())
    assert _lines(figure, "in terms_settled") == []
    assert "parts" not in said(figure)


def test_what_cumulates_starts_at_zero_and_stands_against_the_tolerance(footer: Footer) -> None:
    figure = why.draw(_story(intent=None, tolerance=64), footer=footer)
    assert figure.axes[2].get_ylim()[0] == 0
    assert figure.axes[2].get_ylim()[1] > 64
    assert "his tolerance: 64" in said(figure)


@pytest.mark.parametrize("loud", [0.001, 0.1, 9.0, 30.0])
def test_the_axis_of_multiples_has_a_few_ticks_at_any_size(loud: float, footer: Footer) -> None:
    axes = why.draw(_story(loud=loud), footer=footer).axes[0]
    low, high = axes.get_ylim()
    assert 1 <= len([tick for tick in axes.get_yticks() if low <= tick <= high]) <= 20
    assert low < 0 < high


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("left in March", "officer 172 came to want out on 5 March 2024 and left; without violence he would not have"),
        ("stayed", "officer 172 stayed to 31 July 2024: 0.252 of his tolerance of 0.42 was used up"),
        ("was not let go", "and was not let go; without violence"),
        ("waits still", "and waited for his squad; without violence"),
        ("waited for his squad", "came to want out on 5 March 2024 and left on 4 May 2024;"),
        ("was killed", "officer 172 was killed in theatre on 2 June 2024;"),
        ("the force", "In this run under breach, 123 of 400 officers are out by 31 July 2024"),
    ],
)
def test_the_title_says_what_became_of_him_and_why(name: str, said: str, footer: Footer) -> None:
    story = STORIES[name]()
    assert said in why.finding(story)
    assert " ".join(why.draw(story, footer=footer).get_suptitle().split()) == why.finding(story)


def test_the_table_holds_the_days_the_marks_and_the_paired_run() -> None:
    story, pair = _story(), PAIRS["late"]()
    found = why.table(story, pair=pair)
    assert len(found) == len(story.days)
    assert {*PARTS, "baseline", "perceived", "cumulated", "other_perceived", "other_cumulated", "mark"} <= set(found)
    marks = found[found["mark"] != ""].set_index("day")["mark"]
    assert marks.to_dict() == {date(2024, 3, 5): "intent and left", date(2024, 3, 1): "part"}
    assert np.allclose(found["perceived"], found["baseline"] + found[list(PARTS)].sum(axis=1))
    assert np.allclose(found["other_perceived"], pair.story.days["perceived"])
    assert {"other_out", "out"} <= set(why.table(_force(), pair=Pair(_force(), "x", None, "")))


def test_the_alt_text_tells_the_panels_the_finding_the_ends_and_the_marks() -> None:
    told = why.alt(_story(), pair=PAIRS["late"]())
    for words in ("3 panels", "perceived odds of harm", why.finding(_story()), "violence ×", "his tolerance: 0.42",
                  "parts from terms_settled", "he comes to want out"):  # fmt: skip
        assert words in told
    assert "2 panels" in why.alt(_force())
