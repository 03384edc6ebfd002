"""F10 shows what was computed: dots, forecasts on the same axis, and the day from which on a difference shows."""

from __future__ import annotations

import numpy as np
import pytest

from sim.figures.catalog import FIGURES
from sim.figures.decision import draw
from sim.figures.decision.draw import ExpectedRange
from sim.figures.interface import Wanted
from tests.figures.checks import FOOTER, said
from tests.figures.decision.examples import DAYS, HAITI, KENYA, LOSS, POOL, decision


def test_both_branches_and_the_forecast_stand_on_one_axis() -> None:
    figure = draw.draw(decision(POOL, LOSS, ExpectedRange("Kenya", 20, 700)), footer=FOOTER)
    words = said(figure)
    assert "Kenya expected 20–700" in words
    ticks = [float(label.get_text().replace(",", "")) for label in figure.axes[0].get_xticklabels()]
    assert max(ticks) >= 700 > POOL.max()


def test_a_probability_stands_beside_the_models_own_share() -> None:
    made = decision(POOL, LOSS, HAITI)
    own = round(100 * (LOSS > 0).mean())
    assert made.chances == [f"Haiti expected depart to do better in 60 of 100; here it does in {own} of 100 futures."]
    assert made.chances[0] in draw.alt(made)


def test_the_day_on_which_it_shows_is_marked_or_said_not_to_be() -> None:
    shown, never = decision(POOL, LOSS), decision(POOL, np.zeros(200))
    day = f"{DAYS[3].day} {DAYS[3]:%B %Y}"
    assert f"From {day} on (dashed)" in said(draw.draw(shown, footer=FOOTER))
    assert "On no day can its mean be told from 0." in said(draw.draw(never, footer=FOOTER))


def test_the_table_has_a_row_for_each_mark() -> None:
    table = draw.table(decision(POOL, LOSS, KENYA, HAITI))
    counts = table["mark"].value_counts()
    assert counts.to_dict() == {"day": 600, "dot": 100, "difference": 50, "interval": 4, "mean": 3, "forecast": 2}
    means = table[table["mark"] == "mean"].set_index("of")
    assert means.loc["all theories", "value"] == pytest.approx(LOSS.mean())
    assert means.loc["breach", "futures"] == 100


def test_no_store_draws_it() -> None:
    kind = FIGURES["F10"]
    assert kind.recipes(None, Wanted()).left_out == ["F10 is of a session: tabletop table compare"]  # type: ignore[arg-type]
