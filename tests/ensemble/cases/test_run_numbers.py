"""One number for a run: it goes to a name and comes back, and no two runs of a case have the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.ensemble.cases.run_numbers import FUTURES, named_run, run_name, run_numbers
from sim.ensemble.design.plan import numbers_of
from tests.worlds import make_case

LAST = 2**24 - 2
"""The last future: an address has 24 bits for its number and one more."""


@pytest.mark.parametrize("replicate", [0, 1, 17, FUTURES - 1])
@pytest.mark.parametrize("future", [0, 1, LAST])
def test_a_number_a_name_and_the_columns_say_the_same(replicate: int, future: int) -> None:
    rows = pd.DataFrame({"replicate": np.array([replicate], np.int32), "future": np.array([future], np.int32)})
    (number,) = run_numbers(rows).tolist()
    assert divmod(number, FUTURES) == (future, replicate)
    assert run_name(number) == (f"{replicate}/{future}" if future else str(replicate))
    assert named_run(run_name(number)) == number


@pytest.mark.parametrize("name", ["", "/", "7/", "/7", "a", "7/b", "-1", "7/-1", "1.5", "7/1/2", "9" * 30])
def test_what_names_no_run_is_none(name: str) -> None:
    assert named_run(name) is None


def test_a_kept_case_has_each_world_in_turn_and_then_their_next_futures() -> None:
    case = replace(make_case(), worlds=(3, 8, 20))
    replicates, futures = case.addresses(np.arange(8))
    assert replicates.tolist() == [3, 8, 20, 3, 8, 20, 3, 8]
    assert futures.tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert case.places(replicates, futures).tolist() == list(range(8))
    assert case.places(np.array([4, 8]), np.array([0, 5])).tolist() == [-1, 16]
    assert numbers_of(case, range(4, 7)).tolist() == [8 + FUTURES, 20 + FUTURES, 3 + 2 * FUTURES]


def test_elsewhere_a_run_is_its_replicate_and_has_no_other_future() -> None:
    case = make_case()
    assert case.worlds is None
    replicates, futures = case.addresses(np.array([5, 0, 7]))
    assert (replicates.tolist(), futures.tolist()) == ([5, 0, 7], [0, 0, 0])
    assert case.places(np.array([5, 0]), np.array([0, 1])).tolist() == [5, -1]
    assert numbers_of(case, range(4, 7)).tolist() == [4, 5, 6]


def test_a_longer_list_renames_no_run() -> None:
    """The k-th run is another one; but what has run keeps its world and its future."""
    short, long = (replace(make_case(), worlds=worlds) for worlds in ((3, 20), (3, 8, 20)))
    replicates, futures = short.addresses(np.arange(6))
    assert (long.places(replicates, futures) >= 0).all()
    assert long.places(replicates, futures).tolist() == [0, 2, 3, 5, 6, 8]
