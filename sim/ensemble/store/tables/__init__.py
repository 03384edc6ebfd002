"""The tables of a store, one a file: what its rows are, how they are told apart, and what each column means.

A module of this package that has a ``TABLE`` is a table; there is no list to add it to (docs/EXTENDING.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.discovery import discover as found_in
from sim.ensemble.store.tables.interface import Table


def discover() -> Mapping[str, Table]:
    """The tables of this package's modules by name, those with few keys first: cases, runs, then what runs have."""
    tables: list[Table] = found_in(__name__, "TABLE")
    return {table.name: table for table in sorted(tables, key=lambda table: (len(table.keys), table.name))}


TABLES = discover()
"""All tables by name, that of the cases first."""
