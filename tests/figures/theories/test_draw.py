"""F6: a verdict is told by a symbol, in words and by a shade, and the reference has no vote."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.figures.drawing.layout import Footer
from sim.figures.theories import draw as theories
from sim.figures.theories.draw import Effect, PatternShares
from sim.outcomes.entry import FEWER, LOWER, Words
from tests.figures.checks import said
from tests.figures.theories.examples import DOWN, DRAWN, FINDINGS, NAMED, PATTERNS_SHOWN, UP, finding


def drawn(name: str, footer: Footer, **asked: Any) -> Figure:
    findings, patterns, named = DRAWN[name]
    return theories.draw(findings, patterns, theories=named, outcome="officers out", footer=footer, **asked)


@pytest.mark.parametrize("name", ["both", "large numbers"])
def test_words_stay_within_their_cells(name: str, footer: Footer) -> None:
    figure = drawn(name, footer)
    figure.draw_without_rendering()
    for axes in figure.axes:
        for text in axes.texts:
            column = int((text.get_position()[0] - 2.75) // 1.22)
            if 0 <= column < 5:
                right = axes.transData.inverted().transform(text.get_window_extent())[1, 0]
                assert right <= 2.75 + 1.22 * (column + 1) + 0.02, text.get_text()


def test_a_finding_holds_flips_or_is_not_discriminated_and_the_reference_has_no_vote() -> None:
    assert [one.verdict for one in FINDINGS] == ["holds", "flips", "not discriminated", "no effect"]


def test_every_verdict_has_a_symbol_and_words(footer: Footer) -> None:
    text = said(drawn("both", footer))
    verdicts = ("● holds", "⇄ flips", "○ not discriminated", "= no effect", "▼ fewer, 12", "▲ more, 133")
    rest = ("○ cannot tell", "– not run", "✓ yes, >99", "✗ no, <1", "✗ no, 30", "– not tested", "✓ yes |")
    for word in (*verdicts, *rest):
        assert word in text, word


@pytest.mark.parametrize(("sides", "down", "up"), [(FEWER, "fewer", "more"), (LOWER, "lower", "higher")])
def test_the_words_of_a_cell_are_those_of_the_outcome(sides: Words, down: str, up: str, footer: Footer) -> None:
    text = said(drawn("both", footer, sides=sides))
    assert f"▼ {down}, 12" in text
    assert f"▲ {up}, 133" in text


@pytest.mark.parametrize(("lower_is_better", "shades"), [(True, ["worse", "better"]), (False, ["better", "worse"])])
def test_the_shade_of_a_cell_follows_the_good_direction(
    lower_is_better: bool, shades: list[str], footer: Footer
) -> None:
    figure = theories.draw([finding("a", UP, DOWN)], [], theories={"constant": "T0", "threat_efficacy": "T1"},
                           outcome="officers left", lower_is_better=lower_is_better, footer=footer)  # fmt: skip
    cells = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert [to_hex(cell.get_facecolor()).upper() for cell in cells] == [theories._SHADES[shade] for shade in shades]


def test_the_title_counts_the_findings(footer: Footer) -> None:
    title = " ".join(drawn("both", footer).get_suptitle().split())
    assert title == ("In this model, of 4 findings under 4 rival theories: 1 holds, 1 flips, 1 is not discriminated, "
                     "1 does nothing")  # fmt: skip


def test_a_pattern_is_shown_when_half_of_the_runs_pass() -> None:
    table = theories.table([], PATTERNS_SHOWN, theories=NAMED)
    c1 = table[table["row"] == "C1"].set_index("theory")["verdict"]
    assert c1["prospects"] == "shown"
    assert c1["threat_efficacy"] == "not shown"
    assert c1["breach"] == "not tested"


def test_in_the_picture_half_of_the_runs_are_enough_and_the_reference_is_not_counted(footer: Footer) -> None:
    shares = {"constant": 0.9, "threat_efficacy": 0.49, "prospects": 0.5}
    named = {"constant": "T0", "threat_efficacy": "T1", "prospects": "T2", "breach": "T4"}
    text = said(theories.draw([], [PatternShares("C1", "quiet", shares)], theories=named, outcome="x", footer=footer))
    assert "✓ yes, 50" in text
    assert "✗ no, 49" in text
    assert "1 of 2" in text, "of those tested that have a vote"


@pytest.mark.parametrize(("low", "high", "sign"), [(-6.0, -0.1, -1), (-6.0, 0.0, 0), (0.0, 6.0, 0), (0.1, 6.0, 1)])
def test_an_interval_that_touches_nought_does_not_tell_the_side(low: float, high: float, sign: int) -> None:
    assert Effect((low + high) / 2, low, high).sign == sign


def test_the_table_has_every_cell() -> None:
    table = theories.table(FINDINGS, PATTERNS_SHOWN, theories=NAMED)
    assert len(table) == (len(FINDINGS) + len(PATTERNS_SHOWN)) * len(NAMED)
    assert table.loc[(table["row"] == "us_troops") & (table["theory"] == "prospects"), "difference"].item() == 133


def test_the_alt_text_tells_every_row() -> None:
    text = theories.alt(FINDINGS, PATTERNS_SHOWN, theories=NAMED)
    assert all(f"{one.text}: {one.verdict}" in text for one in FINDINGS)
    assert all(f"{one.id}, {one.text}: " in text for one in PATTERNS_SHOWN)


def test_nothing_to_draw_is_refused(footer: Footer) -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        theories.draw([], [], theories=NAMED, outcome="x", footer=footer)
