"""Prior draws are whole: frames that belong together, worlds in their order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration import PriorDraws
from tests.analysis.calibration.toys import bank


def parts(**changed):
    frame = pd.DataFrame({"a": [0.1, 0.2, 0.3], "b": [0.4, 0.5, 0.6]})
    whole = {
        "theory": "toy", "worlds": np.array([2, 5, 9]), "quantiles": frame, "outcomes": frame,
        "passes": pd.DataFrame({"C1": [True, False, True], "C2": [True, True, True]}), "pool": 400,
        "statuses": pd.DataFrame({"setting": ["a", "b"], "status": ["assumed", "derived"]}),
    }  # fmt: skip
    return {**whole, **changed}


def test_a_world_is_kept_when_every_pattern_holds():
    draws = PriorDraws(**parts())
    assert draws.kept.tolist() == [True, False, True]
    assert draws.cells.tolist() == [3, 2, 3]
    assert (len(draws), draws.settings, draws.assumed()) == (3, ("a", "b"), ("a",))


def test_the_kept_worlds_alone_are_prior_draws_again():
    draws = PriorDraws(**parts())
    kept = draws.where(draws.kept)
    assert kept.worlds.tolist() == [2, 9]
    assert kept.quantiles["a"].tolist() == [0.1, 0.3]
    assert kept.quantiles.index.equals(kept.outcomes.index)
    assert kept.kept.all()
    assert len(draws.where(np.zeros(3, dtype=bool))) == 0


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"worlds": np.array([2, 9, 5])}, "ascending"),
        ({"worlds": np.array([2, 2, 5])}, "ascending"),
        ({"worlds": np.array([2, 5])}, "its 2 worlds"),
        ({"quantiles": pd.DataFrame({"a": [0.1, 0.2]})}, "quantiles"),
        ({"outcomes": pd.DataFrame({"a": [1, 2, 3]}, index=[1, 2, 3])}, "outcomes"),
        ({"passes": pd.DataFrame({"C1": [1, 0, 1]})}, "true and false"),
        ({"statuses": pd.DataFrame({"setting": ["a"], "status": ["assumed"]})}, "statuses lacks b"),
    ],
    ids=str,
)
def test_frames_that_do_not_belong_together_are_refused(changed, why):
    with pytest.raises(ValueError, match=why):
        PriorDraws(**parts(**changed))


def test_a_bank_without_a_draw_is_one():
    empty = bank({"a": np.array([])}, {"P": np.array([], dtype=bool)})
    assert (len(empty), empty.kept.sum()) == (0, 0)
