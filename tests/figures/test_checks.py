"""Each check of a figure finds the fault that it is there for, in a page that is right but for that."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from sim.figures.drawing.layout import Page, page
from sim.figures.drawing.style import BLUE, GREEN, INK, ORANGE, SKY, VERMILLION, context
from tests.figures import checks
from tests.figures.checks import FOOTER, Drawn

TITLE = "In this model, more officers leave on Fridays than on Mondays"


def drawn(fault: Callable[[Page], object] = lambda sheet: None, title: str = TITLE, **changed: object) -> Drawn:
    with context():
        sheet = page(5, 2, title=title, footer=FOOTER)
        axes = sheet.axes(0.5, 0.1, 4, 1.5)
        axes.axis("off")
        axes.plot([0, 1], [0, 1], color=INK)
        fault(sheet)
    alt = f"Two lines. {title}. On Fridays 12 of 100 leave."
    return Drawn(sheet.figure, **{"table": pd.DataFrame({"day": ["Friday"], "share": [0.12]}), "alt": alt, **changed})


def plot(*looks: dict[str, object]) -> Callable[[Page], object]:
    return lambda sheet: [sheet.figure.axes[0].plot([0, 1], [1, 0], **look) for look in looks]


FAULTS: dict[str, tuple[Callable[[Drawn], None], Callable[[], Drawn]]] = {
    "a word off the canvas": (
        checks.words_lie_on_the_canvas_and_none_overlap, lambda: drawn(lambda sheet: sheet.write(["W" * 90], 0.2))),
    "words over each other": (
        checks.words_lie_on_the_canvas_and_none_overlap,
        lambda: drawn(lambda sheet: [sheet.write(["words"], 0.5), sheet.write(["other"], 0.55)])),
    "a title that is a name": (
        checks.the_title_states_a_finding_about_the_model, lambda: drawn(title="Exits by day of the week")),
    "a title of the world": (
        checks.the_title_states_a_finding_about_the_model, lambda: drawn(title=TITLE.removeprefix("In this model, "))),
    "no footer": (
        checks.the_footer_says_where_it_comes_from_and_what_it_is_not,
        lambda: drawn(lambda sheet: sheet.figure.texts[-1].remove())),
    "no words for the blind": (
        checks.the_words_for_those_who_cannot_see_it_tell_the_finding_and_more, lambda: drawn(alt="")),
    "words that leave out the finding": (
        checks.the_words_for_those_who_cannot_see_it_tell_the_finding_and_more,
        lambda: drawn(alt="A line that rises from the left to the right, and another one that falls, and so on.")),
    "a number that is none": (
        checks.the_words_for_those_who_cannot_see_it_tell_the_finding_and_more,
        lambda: drawn(alt=f"Two lines. {TITLE}. On Fridays nan of 100 leave.")),
    "no data": (checks.the_data_beside_it_read_back_as_they_were_written, lambda: drawn(table=pd.DataFrame())),
    "numbers among words": (
        checks.the_data_beside_it_read_back_as_they_were_written,
        lambda: drawn(table=pd.DataFrame({"a": [1, 2], "b": [3, 4]}).set_axis(["a", "a"], axis=1))),
    "two lines alike but for their colour": (
        checks.it_is_read_without_colours, lambda: drawn(plot({"color": ORANGE}, {"color": SKY}))),
    "words in colour": (
        checks.it_is_read_without_colours,
        lambda: drawn(lambda sheet: sheet.write(["in blue"], 0.2, color=BLUE))),
    "red against green": (
        checks.red_never_stands_against_green,
        lambda: drawn(plot({"color": GREEN, "marker": "o"}, {"color": VERMILLION, "linestyle": "--"}))),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found(name: str) -> None:
    check, make = FAULTS[name]
    with pytest.raises(AssertionError):
        check(make())


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.__name__)
def test_a_page_without_fault_passes(check: Callable[[Drawn], None]) -> None:
    told_apart = plot({"color": BLUE}, {"color": SKY, "linestyle": "--"}, {"color": ORANGE, "marker": "s"})
    check(drawn(told_apart))


def test_every_check_is_tried() -> None:
    assert {check for check, _ in FAULTS.values()} == set(checks.CHECKS)


def test_dots_and_areas_are_told_apart_too() -> None:
    areas = drawn(lambda sheet: [sheet.figure.axes[0].fill_between([0, 1], [0, n], color=colour)
                                 for n, colour in ((1, ORANGE), (2, SKY))])  # fmt: skip
    points = drawn(lambda sheet: [sheet.figure.axes[0].scatter(*np.eye(2), color=colour) for colour in (ORANGE, SKY)])
    for made in (areas, points):
        with pytest.raises(AssertionError):
            checks.it_is_read_without_colours(made)
