"""The tables of the store are found, each says what a part holds, and another one is one file more."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from sim.ensemble.design.plan import Plan
from sim.ensemble.execution.runner import fill
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables import TABLES
from sim.model.withdrawal import THEORIES
from tests.ensemble.tiny_worlds import case
from tests.worlds import TINY


def test_tables_are_found_and_those_with_few_keys_come_first() -> None:
    assert list(TABLES) == ["cases", "runs", "unknowns", "attribution", "days", "officers", "own", "states", "weeks"]
    assert all(name == table.name for name, table in TABLES.items())


def test_parts_hold_the_columns_that_their_table_declares_in_their_types(store: Store) -> None:
    cases = tuple(case(*TINY, f"theory={name}") for name in THEORIES)
    cases = (*cases, *(case(*TINY, "unknowns=prior", f"theory={name}") for name in THEORIES))
    fill(Plan(cases, range(2), 7, kept=("days", "officers", "states", "unknowns", "weeks")), store)
    for name in ("cases", "runs", "days", "officers", "states", "unknowns", "weeks"):
        declared = {column.name: column.type for column in TABLES[name].columns()}
        for part in (store.folder / name).glob("part-*.parquet"):
            held = pq.read_schema(part)
            assert {field.name: field.type for field in held} == {field.name: declared[field.name] for field in held}
        assert set(store.table(name)) == set(declared)


def test_a_table_that_there_is_not_is_named(store: Store) -> None:
    with pytest.raises(ValueError, match="no table 'months'"):
        store.table("months")


def test_rows_of_a_block_go_to_the_tables_in_the_order_that_makes_a_run_finished_last() -> None:
    plan = Plan((case(*TINY, "theory=breach"),), range(1), 7, kept=("runs", "days"))
    assert plan.tables == ("days", "runs")
