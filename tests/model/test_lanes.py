"""How runs lie in memory: rows that follow each other, and tiles that are whole."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model import lanes
from sim.model.lanes import LANES
from sim.model.parameters import DERIVED, NUMBERS, P
from sim.model.state import DAYS, HOT, LEVELS, WATCHED, D, H, L


def test_rows_follow_each_other_without_a_gap() -> None:
    rows = lanes.offsets("rows", ["one", "two", "three"])
    assert (rows.one, rows.two, rows.three) == (0, LANES, 2 * LANES)


@pytest.mark.parametrize(
    ("table", "names"),
    [(L, LEVELS), (D, DAYS), (H, HOT), (P, [*(key.replace(".", "_") for key in NUMBERS), *DERIVED])],
    ids=["levels", "days", "hot", "settings"],
)
def test_every_row_of_a_table_has_a_place_of_its_own(table: object, names: list[str]) -> None:
    assert [getattr(table, name) for name in names] == [place * LANES for place in range(len(names))]


def test_what_is_watched_comes_first() -> None:
    assert LEVELS[: len(WATCHED)] == WATCHED


@pytest.mark.parametrize(
    ("runs", "count"), [(1, 1), (LANES - 1, 1), (LANES, 1), (LANES + 1, 2), (3 * LANES, 3), (3 * LANES + 1, 4)]
)
def test_runs_fill_whole_tiles(runs: int, count: int) -> None:
    assert lanes.tiles(runs) == count


def test_a_row_of_a_tile_is_whole_lines_of_the_cache() -> None:
    assert LANES * np.dtype(np.float32).itemsize % 64 == 0
