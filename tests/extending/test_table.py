"""The table of docs/EXTENDING.md, as it stands there."""

from __future__ import annotations

import sim
from sim.analysis.query import query
from sim.ensemble.upkeep.status import status
from sim.reports import data_dictionary

SETTINGS = {"officers.pool": 40, "clock.end": "2024-03-08"}


def test_the_table_of_the_page_is_filled_read_asked_checked_and_explained(example, tmp_path):
    example("A table of the store")
    words = {"theory": "breach", "replicates": 6, "out": tmp_path / "store"}
    kept = sim.run(**words, settings={**SETTINGS, "ensemble.days": True})
    assert kept.store.table("weekly_exits").empty
    again = sim.run(**words, settings={**SETTINGS, "ensemble.days": False})
    assert (again.report.computed, again.store.digest()) == (6, kept.store.digest())
    store, runs = again.store, again.outcomes
    weeks = store.table("weekly_exits")
    assert weeks.groupby("replicate")["exits"].sum().tolist() == runs["exits_by_end"].tolist()
    assert query(store, "SELECT count(*) AS n FROM weekly_exits")["n"].tolist() == [len(weeks)]
    assert status(store)["parts"] == len(list(store.folder.rglob("part-*.parquet")))
    assert data_dictionary.columns("weekly_exits")["meaning"].tolist()[-1] == "officers who left in that week"


def test_a_damaged_part_of_the_table_of_the_page_costs_its_rows_only(example, tmp_path):
    example("A table of the store")
    words = {"theory": "breach", "replicates": 3, "out": tmp_path / "store"}
    runs = sim.run(**words, settings={**SETTINGS, "ensemble.days": False})
    (part,) = (runs.store.folder / "weekly_exits").glob("part-*.parquet")
    whole = runs.store.table("weekly_exits")
    part.write_bytes(part.read_bytes()[:-1])
    assert runs.store.damaged() == [part]
    runs.store.set_aside(part)
    again = sim.run(**words, settings={**SETTINGS, "ensemble.days": False})
    assert again.report.computed == 3
    assert again.store.table("weekly_exits").equals(whole)
