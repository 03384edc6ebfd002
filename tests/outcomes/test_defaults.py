"""Which outcomes are meant when nobody names one."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.outcomes import defaults

FULL = {"exits_surge_month": [3.0, 4.0], "exits_by_end": [5.0, 6.0], "available_on_target": [9.0, None]}


@pytest.mark.parametrize(
    ("runs", "compared"),
    [
        (FULL, ("exits_surge_month", "available_on_target")),
        (FULL | {"available_on_target": [None, None]}, ("exits_surge_month",)),
        (FULL | {"exits_surge_month": [None, None]}, ("exits_by_end", "available_on_target")),
        ({"exits_by_end": [1.0]}, ("exits_by_end",)),
    ],
    ids=["all", "ends before the target date", "ends before April", "no other column"],
)
def test_what_no_run_has_a_value_of_is_not_compared_unasked(runs: dict[str, list], compared: tuple[str, ...]) -> None:
    """A run that ends before 1 June has no officers on that day, which is no finding about them."""
    assert defaults.to_compare(pd.DataFrame(runs)) == compared
