"""F9: what is drawn is what the frames say, and nothing that was not kept is drawn as a share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.analysis.calibration.results import QUANTILES, CalibrationResults
from sim.figures.calibration import draw as calibration
from sim.figures.drawing.layout import Footer
from tests.analysis.calibration.example_results import ALONE, DRAWS, SETTINGS, THEORIES, compatibility, shift, whole
from tests.figures.calibration.examples import DATA, NUMBERS, RIVALS, made
from tests.figures.checks import lines, said


def drawn(results: CalibrationResults, footer: Footer) -> Figure:
    return calibration.draw(results, theories=NUMBERS, footer=footer)


def title(results: CalibrationResults) -> str:
    return calibration.title(results, theories=NUMBERS)


def test_each_panel_has_the_posterior_of_its_theory_in_the_order_of_the_names(footer: Footer) -> None:
    results = whole()
    figure = drawn(results, footer)
    rows = results.of("shift")
    order = SETTINGS[:15]
    for place, theory in enumerate(RIVALS):
        mine = rows[rows["theory"] == theory].set_index("setting")
        for y, setting in enumerate(order):
            ends = [line.get_xdata() for line in lines(figure, "range", place) if line.get_ydata()[0] == y]  # type: ignore[index]
            np.testing.assert_array_equal(ends, [mine.loc[setting, ["q05", "q95"]].to_numpy(float)])
            kind = "told" if mine.loc[setting, "told"] else "untold"
            dots = [line.get_xdata()[0] for line in lines(figure, kind, place) if line.get_ydata()[0] == y]  # type: ignore[index]
            assert dots == [mine.loc[setting, "q50"]]
    names = [text.get_text() for text in figure.axes[0].texts]
    assert [name for name in names if name in SETTINGS] == list(order)


def test_settings_are_sorted_by_how_far_the_record_moved_them_under_any_theory(footer: Footer) -> None:
    rows = shift(told=3)
    rows.loc[(rows["theory"] == "breach") & (rows["setting"] == SETTINGS[2]), "shift"] = -9.0
    table = calibration.table(made(shift=rows), theories=NUMBERS)
    assert list(dict.fromkeys(table["name"]))[:3] == [SETTINGS[2], SETTINGS[0], SETTINGS[1]]


def test_a_setting_that_no_theory_is_told_about_is_named_and_has_no_row(footer: Footer) -> None:
    figure = drawn(DATA["thirty worlds"], footer)
    text = said(figure)
    assert "The record says nothing about 42 of 45 unknowns under any theory: media.report_probability, " in text
    assert "and 36 more." in text
    assert "Few worlds are kept (30 under T1, 30 under T2, 30 under T3, 30 under T4)" in text
    assert len(lines(figure, "told")) == 3 * len(RIVALS)


def test_shares_stand_where_the_table_has_them(footer: Footer) -> None:
    figure, rows = drawn(whole(), footer), compatibility()
    for variant in ("record", "without C3", "C3 two of a squad", "tolerances a third wider"):
        for place, theory in enumerate(THEORIES[1:], len(RIVALS) + 1):
            (mine,) = rows[(rows["theory"] == theory) & (rows["variant"] == variant)].to_dict("records")
            (dot,), (line,) = (lines(figure, f"{kind} {variant}", place) for kind in ("share", "interval"))
            assert list(dot.get_xdata()) == [mine["share"]]
            np.testing.assert_array_equal(line.get_xdata(), [mine["low"], mine["high"]])
    breach = rows[(rows["theory"] == "breach") & rows["variant"].str.startswith("halved ")]["share"]
    (strokes,) = lines(figure, "share halved", len(figure.axes) - 1)
    np.testing.assert_array_equal(strokes.get_xdata(), breach)


def test_a_theory_without_kept_world_gets_an_arrow_to_the_most_and_no_dot(footer: Footer) -> None:
    figure = drawn(whole(), footer)
    place = len(RIVALS)  # T0's column is the first of the block below
    assert [line.get_xdata()[0] for line in lines(figure, "most record", place)] == [3 / DRAWS["constant"]]  # type: ignore[index]
    assert lines(figure, "share record", place) == []
    assert "none of 20,000 at most 3/20,000" in said(figure)
    assert title(whole()).endswith("of 100 prior runs live the record, none under T0")
    assert "T0 constant: all patterns hold none of 20,000 draws; at most 3/20,000" in calibration.alt(
        whole(), theories=NUMBERS
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("one theory", "5.7 of 100 prior runs (under T4) live the record"),
        ("usual", "about 15 of 45 unknowns, most about officers.threat_sensitivity and officers.frailty_sd; 1.2 "
         "(under T2) to 10.5 (under T3) of 100 prior runs"),
        ("nothing moved", "In this model, 180 tests see nothing that the record says about any of 45 unknowns; "),
        ("nothing kept", "In this model, none of 20,000 prior runs lives the record"),
    ],
)  # fmt: skip
def test_the_title_states_the_finding(name: str, words: str) -> None:
    assert words in title(DATA[name])


def test_one_that_moved_is_named_alone() -> None:
    assert f"1 of 45 unknowns, {SETTINGS[0]}" in title(made(theories=ALONE, shift=shift(ALONE, told=1)))


def test_the_table_has_every_cell_of_both_frames() -> None:
    results = whole()
    table = calibration.table(results, theories=NUMBERS)
    settings = table[table["kind"] == "setting"].set_index(["theory", "name"])
    mine = results.of("shift").set_index(["theory", "setting"])
    assert len(settings) == len(mine)
    for column in (*QUANTILES, "shift", "narrowing", "p_holm", "told", "kept"):
        assert (settings[column].astype(float) == mine.loc[settings.index, column].astype(float)).all(), column
    rates = table[table["kind"] == "compatibility"].set_index(["theory", "name"])
    theirs = results.of("compatibility").set_index(["theory", "variant"])
    assert len(rates) == len(theirs)
    for column in ("draws", "kept", "share", "low", "high"):
        assert (rates[column].astype(float) == theirs.loc[rates.index, column]).all(), column


def test_more_than_there_is_room_for_are_counted(footer: Footer) -> None:
    every = shift(ALONE, told=len(SETTINGS))
    rows = pd.concat([every, every.assign(setting=every["setting"] + "_again")])
    figure = drawn(made(theories=ALONE, shift=rows), footer)
    assert len(lines(figure, "told")) == calibration.SHOWN
    assert f"Not shown: {2 * len(SETTINGS) - calibration.SHOWN} more that moved" in said(figure)


def test_a_variant_without_any_draw_is_left_out() -> None:
    rows = compatibility()
    rows.loc[rows["variant"] == "without C3", ["draws", "kept"]] = 0
    rows.loc[rows["variant"] == "without C3", ["share", "low", "high"]] = np.nan
    table = calibration.table(made(compatibility=rows), theories=NUMBERS)
    assert "without C3" not in set(table["name"])


@pytest.mark.parametrize("frame", ["shift", "compatibility"])
def test_rows_that_stand_twice_are_refused(frame: str, footer: Footer) -> None:
    rows = getattr(whole(), frame)
    with pytest.raises(ValueError, match="stands twice"):
        drawn(replace(whole(), **{frame: pd.concat([rows, rows.head(1)])}), footer)


def test_more_variants_than_there_is_room_for_are_refused(footer: Footer) -> None:
    rows = pd.concat([compatibility(ALONE).head(1).assign(variant=f"variant {number}") for number in range(21)])
    with pytest.raises(ValueError, match="21 variants"):
        drawn(made(theories=ALONE, compatibility=rows), footer)


def test_nothing_to_draw_is_refused(footer: Footer) -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        drawn(made(), footer)
