"""Parts: the files that a store's tables are made of, and what puts them together again.

A part is written once and never changed. Its name carries the first sixteen hex digits of the SHA-256 of
its bytes, so the rename that makes it visible also lists its checksum, two writers of the same content meet
in the same name, and a part that was cut short or altered no longer matches what it is called.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.errors import StoreDamaged
from sim.files import commit

# Columns whose type must not depend on what a part happens to hold. Readers that know nothing of this module
# (`pandas.read_parquet` on a table's folder) take every type from the first part they meet.
_DECLARED = {"root_seed": pa.int64(), "message": pa.string(), "label": pa.string()}


def listed(folder: Path) -> list[Path]:
    """Return the parts in ``folder`` by name, without temporary leftovers; a missing folder holds none."""
    return sorted(folder.glob("part-*.parquet"))


def write(folder: Path, table: pa.Table) -> Path:
    """Add ``table`` to ``folder`` as one part and return its path; raises OSError if that fails."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    data = sink.getvalue()
    target = folder / f"part-{hashlib.sha256(data).hexdigest()[:16]}.parquet"
    folder.mkdir(exist_ok=True)
    # A sound part of this name holds these very bytes, and Windows will not replace a file being read.
    if not (target.exists() and is_sound(target)):
        commit(target, data)
    return target


def is_sound(part: Path) -> bool:
    """Tell whether a part's bytes still match its name; raises OSError when it cannot be read."""
    with part.open("rb") as file:
        return part.name == f"part-{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}.parquet"


def read(part: Path, columns: Collection[str] | None = None, *, check: bool = True) -> pa.Table:
    """Read a part, or those of ``columns`` that it holds; ``check`` compares its bytes with its name first.

    Raises StoreDamaged, naming the part and the way out, when it is not what it should be.
    """
    try:
        if check and not is_sound(part):
            raise _damaged(part, "its bytes do not match its name")
        with pq.ParquetFile(part) as file:
            held = file.schema_arrow.names
            return file.read([name for name in held if columns is None or name in columns])
    except (OSError, pa.ArrowException) as fault:
        raise _damaged(part, getattr(fault, "strerror", None) or "it is cut short or altered") from fault


def check_columns(part: Path, rows: pa.Table, keys: Iterable[str], kinds: Mapping[str, pa.DataType]) -> None:
    """Raise StoreDamaged for a part whose columns are not what its table has, whoever wrote it so.

    A column is there once, those of ``keys`` are there, and each holds what ``kinds`` says: text, numbers, dates or
    truth values, in whatever width.
    """
    names = rows.column_names
    if doubled := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
        raise _odd(part, f"the column {doubled[0]} stands in it twice")
    for name in keys:
        if name not in names:
            raise _odd(part, f"it has no column {name}")
        if rows[name].null_count:
            raise _odd(part, f"its column {name} has rows without a value")
    for name in names:
        held = rows.schema.field(name).type
        if name in kinds and not _alike(held, kinds[name]) and rows[name].null_count < len(rows):
            raise _odd(part, f"its column {name} is {held}, and should be {kinds[name]}")


def _alike(held: pa.DataType, kind: pa.DataType) -> bool:
    """Whether two types hold the same sort of thing; days may be counted as whole numbers."""
    if pa.types.is_dictionary(held):
        return _alike(held.value_type, kind)
    if pa.types.is_integer(held) and pa.types.is_date(kind):
        return True
    return _sort(held) == _sort(kind)


def _sort(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return "number"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    return "date" if pa.types.is_date(kind) or pa.types.is_timestamp(kind) else str(kind)


def _odd(part: Path, why: str) -> StoreDamaged:
    """Of a part whose bytes are those that its name says, so that nothing but a person will move it away."""
    return StoreDamaged(f"{part} cannot be used ({why}): move it away and issue the command again")


def _damaged(part: Path, why: str) -> StoreDamaged:
    return StoreDamaged(
        f"{part} cannot be used ({why}): `tabletop verify` moves it away, or "
        "move it away and issue the command again; only its runs are done again"
    )


def compact(table: pa.Table, *, single: bool) -> pa.Table:
    """Give every column its stored type; ``single`` makes floats float32.

    Whole numbers are int32 where they fit and int64 elsewhere, days without a time are date32. Raises
    pyarrow.ArrowInvalid for a moment within a day: a store keeps dates only.
    """
    columns = [_compact(name, table[name], single) for name in table.column_names]
    # Without the metadata pandas attaches, the same values are the same bytes, whoever made the table.
    return pa.table(columns, names=table.column_names)


def _compact(name: str, column: pa.ChunkedArray, single: bool) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _compact(name, column.cast(kind.value_type), single)
    if name in _DECLARED:
        return column.cast(_DECLARED[name])
    if pa.types.is_null(kind):
        return column.cast(_without_values(name) or pa.float32())
    if pa.types.is_timestamp(kind):
        return column.cast(pa.date32())
    if pa.types.is_large_string(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind) and single:
        return column.cast(pa.float32())
    if pa.types.is_integer(kind):
        with suppress(pa.ArrowInvalid):
            return column.cast(pa.int32())
        return column.cast(pa.int64())
    return column


def join(tables: Sequence[pa.Table]) -> pa.Table:
    """Put tables with different columns under each other; what one of them lacks is null there.

    Columns keep the order in which they are first met. Whole numbers and floats meet as floats; types that
    have nothing in common meet as text, so that one odd setting cannot make a store unreadable.
    """
    names = dict.fromkeys(name for table in tables for name in table.column_names)
    filled = [_filled(table) for table in tables]
    schema = pa.schema([(name, _meeting(name, filled)) for name in names])
    return pa.concat_tables([_fitted(table, schema) for table in filled])


def common_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The schema under which parts can be scanned together: every column, in the type that :func:`join` gives it.

    A column that is float32 here and no number there is what it is there: parts without any value hold it as float32.
    """
    names = dict.fromkeys(name for schema in schemas for name in schema.names)

    def kind(name: str) -> pa.DataType:
        kinds = list(dict.fromkeys(schema.field(name).type for schema in schemas if name in schema.names))
        told = [k for k in kinds if not (pa.types.is_integer(k) or pa.types.is_floating(k))]
        return _common(name, told or kinds)

    return pa.schema([(name, kind(name)) for name in names])


def _filled(table: pa.Table) -> pa.Table:
    """Leave out the columns without any value: nulls do not say what they stand for, whatever their type."""
    return table.select([name for name in table.column_names if table[name].null_count < len(table)])


def _meeting(name: str, tables: Iterable[pa.Table]) -> pa.DataType:
    kinds = dict.fromkeys(table.schema.field(name).type for table in tables if name in table.column_names)
    return _common(name, list(kinds) or [_without_values(name) or pa.null()])


def _without_values(name: str) -> pa.DataType | None:
    """What a column that holds nulls alone stands for, where its name tells: dates stay dates if no run has one."""
    return pa.date32() if name.endswith("_date") else None


def _common(name: str, kinds: Sequence[pa.DataType]) -> pa.DataType:
    alone = [pa.schema([(name, kind)]) for kind in kinds]
    try:
        return pa.unify_schemas(alone, promote_options="permissive").field(name).type
    except pa.ArrowTypeError:
        return pa.string()


def _fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    held = table.schema.names
    columns = [
        table[field.name].cast(field.type) if field.name in held else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def sorted_once(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Sort by ``keys`` and keep, of the rows that share all of them, the one that came first."""
    if not len(table):  # columns that never had a value have no type to compare
        return table
    # Arrow's sort is stable, so what came first among equals still does.
    table = table.take(pc.sort_indices(table, sort_keys=[(key, "ascending") for key in keys]))
    before, after = table.slice(0, len(table) - 1), table.slice(1)
    fresh = reduce(pc.or_, (pc.not_equal(before[key], after[key]) for key in keys))
    return pa.concat_tables([table.slice(0, 1), after.filter(fresh)])


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
        return "text", lengths.tobytes() + "".join(column.drop_null().to_pylist()).encode(), nulls
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
