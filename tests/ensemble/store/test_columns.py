"""The types under which parts are read together."""

from __future__ import annotations

import pyarrow as pa
import pytest

from sim.ensemble.store.columns import common_schema


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (pa.float32(), pa.date32(), pa.date32()),
        (pa.date32(), pa.int32(), pa.date32()),
        (pa.float32(), pa.string(), pa.string()),
        (pa.float32(), pa.float64(), pa.float64()),
        (pa.int32(), pa.float64(), pa.float64()),
        (pa.date32(), pa.string(), pa.string()),
    ],
)
def test_a_column_that_is_no_number_anywhere_is_that_and_numbers_meet_as_the_wider(
    one: pa.DataType, other: pa.DataType, both: pa.DataType
) -> None:
    """A part of runs without any value holds a date as float32, and must not make numbers of the others' dates."""
    schemas = [pa.schema([("first", pa.string()), ("value", kind)]) for kind in (one, other)]
    assert common_schema(schemas).field("value").type == common_schema(schemas[::-1]).field("value").type == both
    assert common_schema(schemas).names == ["first", "value"]
