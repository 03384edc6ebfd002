"""F3: what a cell says in colour it says in words, and the line is where the table has it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim import text as words
from sim.analysis import tipping as tip
from sim.analysis.tipping import TippingGrid
from sim.figures.drawing.layout import Footer
from sim.figures.tipping import draw as tipping
from sim.figures.tipping.draw import Labels
from tests.figures.checks import said
from tests.figures.tipping.examples import GRIDS, LABELS, X, Y, _holes, grid


def drawn(found: TippingGrid, footer: Footer, labels: Labels = LABELS) -> Figure:
    return tipping.draw(found, tip.line(found, resamples=20), labels=labels, footer=footer)


@pytest.mark.parametrize("share", [0, 0.001, 0.05, 0.2, 0.3, 0.45, 0.5, 0.55, 0.7, 0.8, 0.95, 0.999, 1])
def test_the_band_of_a_share_is_that_of_its_word(share: float) -> None:
    low, high = tipping.EDGES[tipping.band(share)], tipping.EDGES[tipping.band(share) + 1]
    assert low <= share <= high
    if 0 < share < 1:
        assert words.likelihood(share) == words.likelihood((low + high) / 2)


def test_bands_grow_lighter_one_by_one() -> None:
    greys = [np.dot(colour[:3], (0.299, 0.587, 0.114)) for colour in tipping.colours()]
    assert np.all(np.diff(greys) > 0.05)


def test_the_line_at_fifty_is_drawn_where_half_of_the_runs_pass(footer: Footer) -> None:
    found = grid(11, 4, lambda x, y: x, 400)
    figure = drawn(found, footer)
    (curve,) = [line for line in figure.axes[0].lines if line.get_gid() == "contour 0.5"]
    x, y = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
    line = tip.line(found, resamples=20)
    for row in range(4):
        drawn_at = np.interp(row, np.sort(y), x[np.argsort(y)]) / 10
        assert drawn_at == pytest.approx(line["threshold"][row], abs=0.03)
    assert "50 of 100" in said(figure)


def test_undecided_cells_are_hatched_and_no_others(footer: Footer) -> None:
    found = GRIDS["slope"]()
    hatched = [patch for patch in drawn(found, footer).axes[0].patches if patch.get_gid() == "undecided"]
    places = {(round(p.get_x() + 0.5), round(p.get_y() + 0.5)) for p in hatched}  # type: ignore[attr-defined]
    assert places == {(int(c), int(r)) for r, c in np.argwhere(found.undecided)}
    assert 0 < len(places) < found.undecided.size


def test_every_cell_prints_its_runs(footer: Footer) -> None:
    assert said(drawn(GRIDS["slope"](), footer)).count("n 40") == 42
    assert "Cells have 40 runs each" in said(drawn(GRIDS["dense"](), footer))  # too many cells to print in
    assert "7 to 40 runs each" in said(drawn(_holes(), footer))


def test_the_baseline_is_a_star_at_its_place_or_said_to_lie_off_the_map(footer: Footer) -> None:
    found = grid(6, 6, lambda x, y: x)
    (star,) = [line for line in drawn(found, footer).axes[0].lines if line.get_gid() == "baseline"]
    assert (star.get_xdata(), star.get_ydata()) == (pytest.approx([2.0]), pytest.approx([3.0]))
    away = drawn(found, footer, replace(LABELS, baseline={X: 4, Y: 0.5}))
    assert [line for line in away.axes[0].lines if line.get_gid() == "baseline"] == []
    assert "which lies off this map" in said(away)


def test_the_title_states_where_it_tips(footer: Footer) -> None:
    title = " ".join(drawn(GRIDS["slope"](), footer).get_suptitle().split())
    assert title.startswith(
        "In this model, more than 100 of 400 officers are out by 7 March 2024 in half of the runs where"
    )
    ends = {
        "nobody leaves": "in no run anywhere on this map",
        "everybody leaves": "in every run everywhere on this map",
    }
    for name, end in ends.items():
        assert " ".join(drawn(GRIDS[name](), footer).get_suptitle().split()).endswith(end)


def test_the_table_has_every_cell_with_its_interval() -> None:
    table = tipping.table(_holes())
    assert len(table) == 25
    known = table[table["runs"] > 0]
    assert ((known["low"] <= known["share"]) & (known["share"] <= known["high"])).all()
    assert table.loc[table["runs"] == 0, "share"].isna().all()


def test_the_alt_text_tells_the_line_row_by_row() -> None:
    found = GRIDS["slope"]()
    line = tip.line(found, resamples=20)
    text = tipping.alt(found, line, labels=LABELS)
    assert text.count("At officers.") == len(line)


def test_a_map_without_a_run_is_refused(footer: Footer) -> None:
    found = grid(3, 3, lambda x, y: x)
    empty = replace(found, beyond=np.full_like(found.beyond, np.nan))
    with pytest.raises(ValueError, match="no run has a value"):
        tipping.draw(empty, tip.line(found, resamples=5), labels=LABELS, footer=footer)
