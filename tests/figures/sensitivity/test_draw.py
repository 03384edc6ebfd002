"""F4: the order, the ends and the inert inputs are those of the table, and luck stands beside them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.analysis.lived_record import LIVED
from sim.figures.drawing.layout import Footer
from sim.figures.sensitivity import draw as sensitivity
from sim.figures.sensitivity.draw import Shares
from tests.figures.checks import said
from tests.figures.sensitivity.examples import EXAMPLES, OUTCOME, TABLES, below_nought, indices


def drawn(name: str, footer: Footer) -> Figure:
    table, shares = TABLES[name]
    return sensitivity.draw(table(), shares=shares, outcome=OUTCOME, unit="officers", footer=footer)


def test_inputs_stand_in_the_order_of_their_index_whatever_that_of_the_table(footer: Footer) -> None:
    table = indices(8).sample(frac=1, random_state=1)
    figure = sensitivity.draw(table, shares=Shares(), outcome=OUTCOME, unit="officers", footer=footer)
    names = [(t.get_position()[1], t.get_text()) for t in figure.axes[0].texts if t.get_text().startswith("officers.")]
    assert [name for _, name in sorted(names)] == [f"officers.setting_{n}" for n in range(8)]


def test_the_values_of_an_input_are_printed_at_the_ends_of_its_effect(footer: Footer) -> None:
    figure = drawn("morris", footer)
    notes = {t.get_text(): t.xy for t in figure.axes[1].texts}  # type: ignore[attr-defined]
    assert notes["0.1"][0] == pytest.approx(35)
    assert notes["3.25"][0] == pytest.approx(5)


def test_where_no_effect_is_known_the_range_is_printed_all_the_same(footer: Footer) -> None:
    assert "1.1 to 4.25: too few points at its ends" in said(
        drawn("unknown", footer)
    ) or "2.1 to 5.25: too few" in said(drawn("unknown", footer))
    assert "officers.setting_0 0.1 to 3.25" in said(drawn("without effects", footer))


def test_luck_stands_beside_parameters(footer: Footer) -> None:
    assert "The outcome's variance: luck 34 of 100; parameters 50 of 100; both together 16 of 100" in said(
        drawn("morris", footer)
    )
    assert "luck is 34 of 100 of the variance" in said(drawn("morris", footer))
    assert "variance" not in said(drawn("one index", footer))


def test_inert_inputs_are_named_and_those_without_a_row_counted(footer: Footer) -> None:
    text = said(drawn("many", footer))
    assert "Inert (their interval ends below 5 of 100 of the largest): officers.setting_9, " in text
    assert "Not shown: 45 more inputs" in text
    table = sensitivity.table(TABLES["many"][0](), shares=Shares())
    assert set(table.loc[table["inert"].fillna(False), "setting"]) == {f"officers.setting_{n}" for n in range(9, 60)}


def test_where_nothing_moves_the_title_says_so(footer: Footer) -> None:
    assert f"no input that was varied moves {OUTCOME}" in said(drawn("nothing moves", footer))


def test_of_worlds_the_title_says_what_goes_with_what_and_the_note_that_inputs_depend_on_each_other(
    footer: Footer,
) -> None:
    text = said(EXAMPLES["worlds"](footer).figure)
    assert f"In this model, {LIVED}, officers.setting_0 and officers.setting_1 go most with {OUTCOME}" in text
    assert "luck is 55 of 100 of the variance" in text
    assert "Inputs depend on each other here" in text
    assert "which inputs it goes with" in text
    assert "matter" not in text
    assert f"no input goes with {OUTCOME}" in said(EXAMPLES["worlds, nothing moves"](footer).figure)


def test_what_sampling_puts_below_nought_is_drawn_at_nought_and_never_over_a_name(footer: Footer) -> None:
    lines = drawn("below nought", footer).axes[0].lines
    assert min(float(np.min(line.get_xdata())) for line in lines) == 0
    table = sensitivity.table(below_nought(), shares=Shares())
    assert table["value"].min() < 0, "the data beside the picture have what was found"


def test_the_table_reads_back_as_it_was_written() -> None:
    table = sensitivity.table(indices(5), shares=Shares(0.3, 0.6))
    assert table.set_index("index")["value"][["luck_share", "parameter_share"]].tolist() == [0.3, 0.6]
    again = sensitivity.table(table[table["setting"].notna()], shares=Shares(0.3, 0.6))
    pd.testing.assert_frame_equal(again, table)


def test_the_alt_text_tells_ranges_and_indices() -> None:
    text = sensitivity.alt(indices(3), shares=Shares(0.3), outcome=OUTCOME)
    assert "officers.setting_0, from 0.1 to 3.25: 30 (95 % interval 24 to 37.5)." in text


def test_a_table_that_is_none_is_refused(footer: Footer) -> None:
    asked = {"shares": Shares(), "outcome": OUTCOME, "unit": "officers", "footer": footer}
    with pytest.raises(ValueError, match="lacks low, high"):
        sensitivity.draw(indices(3).drop(columns=["low", "high"]), **asked)
    with pytest.raises(ValueError, match="no index is known"):
        sensitivity.draw(indices(3).assign(value=np.nan), **asked)
    with pytest.raises(ValueError, match="an index twice"):
        sensitivity.draw(pd.concat([indices(3), indices(3)]), **asked)
