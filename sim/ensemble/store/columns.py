"""Rows of a table in the columns that its parts have: declared ones on the way in, common ones on the way out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc


def fitted(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Rows with every column of a schema, in its order and types, null where they have none.

    Raises
    ------
    ValueError
        For a column that the schema does not have.
    pyarrow.ArrowInvalid
        For values that the column cannot hold: a moment within a day, a fraction where it is of whole numbers.
    """
    held = set(rows.column_names)
    if unknown := held - set(schema.names):
        raise ValueError(f"no such columns: {sorted(unknown)}")
    columns = [_cast(rows[f.name], f.type) if f.name in held else pa.nulls(len(rows), f.type) for f in schema]
    # Without the metadata that pandas attaches, the same values are the same bytes, whoever made the table.
    return pa.table(columns, schema=schema)


def _cast(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column.cast(kind)


def join(tables: Sequence[pa.Table]) -> pa.Table:
    """Put tables with different columns under each other; what one of them lacks is null there.

    Columns keep the order in which they are first met. Whole numbers and floats meet as floats; types that
    have nothing in common meet as text, so that one odd setting cannot make a store unreadable.
    """
    names = dict.fromkeys(name for table in tables for name in table.column_names)
    filled = [_filled(table) for table in tables]
    schema = pa.schema([(name, _meeting(name, filled)) for name in names])
    return pa.concat_tables([fitted(table, schema) for table in filled])


def common_schema(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """The schema under which parts can be read together: every column, in the type that :func:`join` gives it.

    A column that is float32 here and no number there is what it is there: parts without any value hold it as float32.
    """
    if all(schema.equals(schemas[0]) for schema in schemas[1:]):
        return schemas[0].remove_metadata()
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


def sorted_once(table: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Sort by ``keys`` and keep, of the rows that share all of them, the one that came first."""
    if not len(table):  # columns that never had a value have no type to compare
        return table
    # Arrow's sort is stable, so what came first among equals still does.
    table = table.combine_chunks()
    table = table.take(pc.sort_indices(table, sort_keys=[(key, "ascending") for key in keys]))
    before, after = table.slice(0, len(table) - 1), table.slice(1)
    fresh = reduce(pc.or_, (pc.not_equal(before[key], after[key]) for key in keys))
    return pa.concat_tables([table.slice(0, 1), after.filter(fresh)])
