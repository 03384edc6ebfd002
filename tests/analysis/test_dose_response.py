"""An outcome against what was turned: each run counts once, where it belongs."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from sim.analysis import dose_response

CASES = pd.DataFrame({
    "case": ["a", "b", "c", "d"], "label": ["a", "b", "c", "d"], "scenario.name": "w",
    "theory.name": ["breach", "breach", "constant", "constant"], "media.rumour_rate": [0.1, 0.2, 0.1, 0.2],
    "theory.slips": [0.3, 0.3, None, None],
})  # fmt: skip


def runs(**values: object) -> pd.DataFrame:
    return pd.DataFrame({"status": "ok", **values})


def test_the_one_number_that_differs_within_each_theory_was_turned() -> None:
    assert dose_response.turned(CASES) == "media.rumour_rate"
    assert dose_response.turned(CASES.assign(**{"gangs.blocs": [1, 2, 3, 4]})) is None  # two
    assert dose_response.turned(CASES.head(1)) is None  # none
    assert dose_response.turned(CASES.assign(**{"media.rumour_rate": 0.1, "levers.kit": [True, False] * 2})) is None
    own = CASES.assign(**{"media.rumour_rate": 0.1, "theory.slips": [0.1, 0.2, None, None]})
    assert dose_response.turned(own) == "theory.slips"


def test_quantiles_are_those_of_good_runs_that_have_a_value() -> None:
    rows = runs(case=["a"] * 5 + ["b"] * 2 + ["d"], out=[1, 2, 3, np.nan, 9, 7, 7, 4])
    rows.loc[4, "status"] = "failed"
    found = dose_response.by_setting(CASES, rows, "media.rumour_rate", "out").set_index(["theory", "at"])
    assert list(found.index) == [("constant", 0.2), ("breach", 0.1), ("breach", 0.2)]
    assert list(found["runs"]) == [1, 3, 2]
    assert list(found.loc[("breach", 0.1), ["low", "lower", "median", "upper", "high"]]) == [1, 1, 2, 3, 3]


def test_bins_hold_every_run_once_and_about_as_many_each() -> None:
    rng = np.random.default_rng(1)
    rows = runs(case=rng.choice(["a", "b"], 237), felt=rng.random(237), out=rng.integers(0, 50, 237))
    found = dose_response.by_outcome(CASES, rows, "felt", "out")
    assert found["runs"].sum() == 237
    assert len(found) == dose_response.BINS
    assert found["runs"].between(23, 24).all()
    assert (found["last"].to_numpy()[:-1] < found["first"].to_numpy()[1:]).all()
    assert ((found["first"] <= found["at"]) & (found["at"] <= found["last"])).all()


def test_equal_values_lie_in_one_bin_and_few_runs_in_few() -> None:
    rows = runs(case="a", felt=[0.0] * 30 + [1.0] * 10, out=range(40))
    found = dose_response.by_outcome(CASES, rows, "felt", "out")
    assert list(found["runs"]) == [30, 10]
    few = dose_response.by_outcome(CASES, rows.head(7).assign(felt=range(7)), "felt", "out")
    assert list(few["runs"]) == [7]


def events(*sizes: float, day: str = "2024-03-06") -> list[str]:
    return [json.dumps([["2024-03-01", None, [["kenya.slips", "add", 1.0]]],
                        [day, None, [["levers.foreign_troops", "set", size], ["levers.us_support", "set", 1.0]]]])
            for size in sizes]  # fmt: skip


def test_the_size_of_an_event_is_a_dose_too() -> None:
    plain = CASES.assign(**{"media.rumour_rate": 0.1})
    cases = plain.assign(**{"scenario.events": events(100, 200, 100, 200)})
    assert dose_response.turned(cases) == "levers.foreign_troops on 2024-03-06"
    rows = runs(case=["a", "b"], out=[3.0, 4.0])
    found = dose_response.by_setting(cases, rows, "levers.foreign_troops on 2024-03-06", "out")
    assert list(zip(found["at"], found["median"], strict=True)) == [(100, 3), (200, 4)]
    moved = plain.assign(**{"scenario.events": [*events(100), *events(100, day="2024-03-07"), *events(100, 100)]})
    assert dose_response.turned(moved) is None  # another day is no size
    both = CASES.assign(**{"scenario.events": events(100, 200, 100, 200)})
    assert dose_response.turned(both) is None


def test_a_size_that_is_drawn_is_no_dose_and_hides_none() -> None:
    """An amount may be the value of a setting in each run, named by it."""
    drawn = ["2024-03-01", None, [["kenya.imminence", "set", "${governments.imminence_accord}"]]]
    troops = [["2024-03-06", None, [["levers.foreign_troops", "add", size]]] for size in (500.0, 1000.0)]
    held = ["2024-03-01", None, [["kenya.imminence", "set", 0.9]]]
    cases = pd.DataFrame({"case": ["a", "b"], "theory.name": "breach"})
    two = cases.assign(**{"scenario.events": [json.dumps([drawn, one]) for one in troops]})
    assert dose_response.turned(two) == "levers.foreign_troops on 2024-03-06"
    apart = cases.assign(**{"scenario.events": [json.dumps([one, troops[0]]) for one in (drawn, held)]})
    assert dose_response.turned(apart) is None
