"""The hash of a table's values: the same if and only if nothing was lost and nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def digest(table: pa.Table) -> str:
    """Return the SHA-256 of a table's rows in their order, whatever its column order and column types."""
    state = hashlib.sha256()
    for name in sorted(table.column_names):
        for piece in _canonical(name, table[name]):
            state.update(piece)
    return state.hexdigest()


def _canonical(name: str, column: pa.ChunkedArray) -> Iterator[bytes]:
    """Spell a column as bytes that depend on its values only: name, kind, length, nulls, values.

    Whole numbers are spelled alike whether int, float or bool holds them, because one null is enough for
    pandas to hand over a column of floats. A column without any value is not spelled at all, so that the
    columns only failed rows fill leave no trace.
    """
    kind, values, nulls = _spelled(column.combine_chunks())
    if not nulls.all():
        header = f"{name}\0{kind}\0{len(nulls)}\0"
        yield from (header.encode(), nulls.astype("u1").tobytes(), values)


def _spelled(column: pa.Array) -> tuple[str, bytes, np.ndarray]:
    nulls = column.is_null().to_numpy(zero_copy_only=False)
    if pa.types.is_null(column.type):
        return "none", b"", nulls
    if pa.types.is_string(column.type):
        lengths = pc.binary_length(column).fill_null(0).to_numpy().astype("<i8")
        return "text", lengths.tobytes() + _letters(column.drop_null()), nulls
    if pa.types.is_date32(column.type):
        days = column.cast(pa.int32()).fill_null(0).to_numpy()
        return "date", days.astype("<i8").tobytes(), nulls
    if not pa.types.is_floating(column.type):
        whole = column.cast(pa.int64()).fill_null(0).to_numpy()
        return "whole", whole.astype("<i8").tobytes(), nulls
    numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    nulls = np.isnan(numbers)
    # Adding zero makes a negative zero positive; 2**53 is where floats stop holding every whole number.
    numbers = np.where(nulls, 0.0, numbers) + 0.0
    if (np.abs(numbers) < 2**53).all() and (numbers == np.floor(numbers)).all():
        return "whole", numbers.astype("<i8").tobytes(), nulls
    return "number", numbers.astype("<f8").tobytes(), nulls


def _letters(texts: pa.StringArray) -> bytes:
    """The UTF-8 of texts without nulls, one after the other, as Arrow holds it."""
    if not len(texts):
        return b""
    _, places, letters = texts.buffers()
    ends = np.frombuffer(places, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return b"" if letters is None else memoryview(letters)[ends[0] : ends[-1]].tobytes()
