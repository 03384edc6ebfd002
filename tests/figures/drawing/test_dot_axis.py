"""Values stand where the axis says that they stand."""

from __future__ import annotations

import numpy as np
import pytest

from sim.figures.drawing.distribution import Question, read
from sim.figures.drawing.dot_axis import SIDE, Scale, fit

OUT = Question("exits", "officers out", "officers", 100, "more than 100 are out", "more than 100", upper=400)


def test_the_ends_of_the_scale_are_the_ends_of_its_ground() -> None:
    scale = Scale(low=-10.0, high=40.0, width=5.0, upper=None, mass=0.0, ticks=np.array([]))
    assert scale(np.array([-10.0, 15.0, 40.0])) == pytest.approx([SIDE, SIDE + 2.5, SIDE + 5.0])


def test_the_mass_at_the_end_has_a_place_of_its_own_right_of_the_rest() -> None:
    scale = fit([read(np.array([5.0, 80.0, 400.0, 400.0] * 20), OUT)], width=7.0)
    assert scale.upper == 400
    assert float(scale(400.0)) == scale.mass > SIDE + scale.width
    assert float(scale(399.0)) < SIDE + scale.width
    assert 400 not in scale.ticks


@pytest.mark.parametrize(("values", "low"), [([0.0, 30.0], 0.0), ([12.0, 30.0], 0.0), ([-12.0, 30.0], -20.0)])
def test_the_axis_begins_at_nought_or_below_the_least(values: list[float], low: float) -> None:
    asked = Question("x", "change", "officers")
    assert fit([read(np.array(values * 30), asked)], width=7.0).low == low


def test_a_limit_that_would_cut_runs_is_refused() -> None:
    with pytest.raises(ValueError, match="the axis ends at 90, below 100"):
        fit([read(np.array([5.0, 80.0] * 20), OUT)], width=7.0, limit=90)
