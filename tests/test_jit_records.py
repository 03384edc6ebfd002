"""Records that compiled functions take as one address, and pieces that they call by theirs."""

from __future__ import annotations

import copy
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba.core.errors import TypingError

from sim import jit_records
from sim.jit import compiled, inner
from sim.jit_records import ArrayRecord, Piece, call, piece
from tests import processes


class Shelf(ArrayRecord):
    """What the functions of these tests work on."""

    lanes: int
    rows: np.ndarray
    marks: np.ndarray


def shelf(dtype: str = "float64", **other: Any) -> Shelf:
    fields = {"lanes": 3, "rows": np.arange(12.0, dtype=dtype).reshape(4, 3), "marks": np.zeros(2, np.int32)}
    return Shelf(**(fields | other))


@compiled
def add_up(one: Any) -> Any:
    total = one.rows[0, 0]
    for i in range(len(one.rows)):
        for r in range(one.lanes):
            total += one.rows[i, r]
    one.marks[1] += 1
    return total


def test_a_compiled_function_reads_and_writes_what_the_record_holds() -> None:
    one = shelf()
    assert add_up(one) == 66
    one.rows[3, 2] = 0
    assert add_up(one) == 55
    assert one.marks.tolist() == [0, 2]


def test_how_many_rows_there_are_is_the_record_s_and_what_its_numbers_are_is_the_function_s() -> None:
    before = len(add_up.signatures)
    assert add_up(shelf(rows=np.ones((7, 3)))) == 22  # the first one is counted twice
    assert type(add_up(shelf("float32"))) is float
    assert len(add_up.signatures) - before <= 2
    assert shelf().kind is shelf(rows=np.ones((1, 9))).kind
    assert shelf().kind is not shelf("float32").kind


def test_a_record_of_no_rows_has_none() -> None:
    assert inner(lambda one: len(one.rows))(shelf(rows=np.empty((0, 3)))) == 0


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"lanes": 3, "rows": np.ones((2, 2))}, "Shelf has the fields lanes, rows, marks"),
        ({"lanes": 3, "rows": np.ones((2, 2)), "marks": np.ones(2), "more": 1}, "Shelf has the fields"),
        ({"lanes": 3, "rows": np.ones((3, 2)).T, "marks": np.ones(2)}, "Shelf.rows is no array in C order"),
    ],
)
def test_a_field_too_few_too_many_or_in_another_order_is_refused(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        Shelf(**fields)


def test_a_field_stays_what_it_is() -> None:
    one = shelf()
    with pytest.raises(AttributeError, match=r"Shelf\.rows stays what it is"):
        one.rows = np.zeros((4, 3))
    assert add_up(one) == 66


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_has_arrays_of_its_own(copied: Callable[[Shelf], Shelf]) -> None:
    one = shelf()
    other = copied(one)
    other.rows[0, 0] = 1
    assert (add_up(one), add_up(other)) == (66, 68)
    assert (one.marks.tolist(), other.marks.tolist()) == ([0, 1], [0, 1])
    assert copy.copy(one).rows is one.rows


def test_a_field_that_the_record_lacks_is_said_when_the_function_is_compiled() -> None:
    with pytest.raises(TypingError, match="Unknown attribute 'colour'"):
        inner(lambda one: one.colour)(shelf())


# --- pieces


@compiled
def times(one: Any, factor: int) -> Any:
    return one.rows[1, 0] * factor


class Pair(ArrayRecord):
    """Two pieces of one kind."""

    first: Piece
    second: Piece


@compiled
def both(parts: Any, one: Any, factor: int) -> Any:
    return call(parts.first, one, factor) + call(parts.second, one, 10)


def test_what_is_called_by_its_address_gives_what_it_gives() -> None:
    one = shelf()

    @compiled
    def negative(one: Any, factor: int) -> Any:
        return -one.rows[1, 1] * factor

    made, other = piece(times, one, 0), piece(negative, one, 0)
    assert made.kind is other.kind
    assert both(Pair(first=made, second=other), one, 100) == 300 - 40
    before = len(both.signatures)
    assert both(Pair(first=other, second=made), one, 1) == -4 + 30
    assert len(both.signatures) == before  # it is compiled for the kind of a piece, not for a piece


def test_a_piece_is_called_for_what_it_was_made_for_and_nothing_else() -> None:
    one, single = shelf(), shelf("float32")
    made = piece(times, one, 0)
    for wrong in ((single, 1), (one, 1.5), (one,), (one, 1, 1)):
        with pytest.raises(TypingError, match="is no piece that takes"):
            compiled(lambda made, *given: call(made, *given))(made, *wrong)
    with pytest.raises(TypingError, match="is no piece that takes"):
        compiled(lambda one: call(one, 1))(one)


KEPT = """
import numpy as np
from tests.test_jit_records import Pair, both, piece, shelf, times
one = shelf()
made = piece(times, one, 0)
print(both(Pair(first=made, second=made), one, 1), sum(both.stats.cache_hits.values()))
"""


def test_code_that_calls_by_address_is_kept_and_calls_what_stands_there_now(tmp_path: Path) -> None:
    root = Path(jit_records.__file__).parents[1]
    settings = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(root)}
    said = [
        processes.run([sys.executable, "-c", KEPT], cwd=root, env=settings, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert [one.stdout for one in said] == ["33.0 0\n", "33.0 1\n"]


# --- functions that only compiled functions call


def test_an_inner_function_is_compiled_for_types_and_not_for_every_number_that_is_written_out() -> None:
    @inner
    def shifted(x: float, by: int) -> Any:
        return x + by

    @compiled
    def several(x: float, n: int) -> Any:
        return shifted(x, 0) + shifted(x, 1) + shifted(x, n)

    assert several(1.5, 3) == 4.5 + 4
    assert len(shifted._loop.signatures) == 1
    assert shifted(1.5, 2) == 3.5  # a copy for Python
    assert len(shifted._loop.signatures) == 1
