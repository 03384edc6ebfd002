"""Any reader takes a table as it lies; and stores of the format before are read, and never added to."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import run as tabletop
from sim.ensemble.store.store import Store
from sim.model.withdrawal import THEORIES
from tests.ensemble.store.format_1 import as_format_1
from tests.ensemble.store.format_2 import as_format_2
from tests.worlds import TINY

WORDS = [*TINY, "ensemble.replicates=6", "ensemble.officers=true"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One command for each theory, so that each has a part of its own in every table."""
    for theory in THEORIES:
        assert tabletop(["run", *WORDS, f"theory={theory}", f"out={tmp_path / 's'}", "--no-figures"]) == 0
    return Store.read(tmp_path / "s")


READERS = {
    "pandas": lambda folder: pd.read_parquet(folder),
    "pyarrow": lambda folder: pytest.importorskip("pyarrow.dataset").dataset(folder).to_table().to_pandas(),
    "polars": lambda folder: pd.DataFrame(
        pytest.importorskip("polars").read_parquet(f"{folder}/*.parquet").to_dict(as_series=False)
    ),
    "duckdb": lambda folder: pytest.importorskip("duckdb").sql(f"FROM read_parquet('{folder}/*.parquet')").df(),
}


@pytest.mark.parametrize("reader", READERS)
def test_any_reader_takes_every_table_whole(store: Store, reader: str) -> None:
    for table in ("cases", "runs", "days", "officers"):
        rows = READERS[reader](store.folder / table)
        assert len(rows) == len(store.table(table))
        assert set(rows) == set(store.table(table))
    cases = READERS[reader](store.folder / "cases")
    own = cases.set_index("theory.name")["theory.base_hazard"]
    assert own.notna().to_dict() == {name: "theory.base_hazard" in _settings(name) for name in THEORIES}


def _settings(theory: str) -> set[str]:
    return {parameter.key for parameter in THEORIES[theory].parameters}


def test_every_id_of_a_case_begins_with_a_letter_that_no_number_has(store: Store) -> None:
    assert store.cases()["case"].str.fullmatch("c[0-9a-f]{11}").all()


FORMATS = {1: (as_format_1, "[0-9a-f]{12}"), 2: (as_format_2, "c[0-9a-f]{11}")}
"""Formats that are read, how a store is put into each, and what the ids of its cases look like."""
each_format = pytest.mark.parametrize("number", FORMATS)


@each_format
def test_a_store_of_a_format_before_is_read_by_every_verb_that_reads(store: Store, number: int, capsys) -> None:
    words = [*WORDS, "theory=breach", "scenario=no_surge", f"out={store.folder}"]
    assert tabletop(["run", *words, "--no-figures"]) == 0
    runs, cases = store.runs(), store.cases()
    put, ids = FORMATS[number]
    old = put(store)
    folder = str(old.folder)
    assert (old.format, old.read_only) == (number, True)
    values = [name for name in runs if name != "case" and runs[name].notna().any()]
    of_old, of_new = (
        rows.assign(label=rows["case"].map(known.set_index("case")["label"])).sort_values(["label", "replicate"])
        for rows, known in ((old.runs(), old.cases()), (runs, cases))
    )
    assert (of_old["future"] == 0).all()
    told = ["label", *values]
    pd.testing.assert_frame_equal(
        of_old[told].reset_index(drop=True), of_new[told].reset_index(drop=True), check_dtype=False
    )
    assert sorted(old.cases()["label"]) == sorted(cases["label"])
    assert sim.load(folder).by_case("exits_by_end")["runs"].tolist() == [6] * (1 + len(THEORIES))
    assert old.cases()["case"].str.fullmatch(ids).all()
    assert set(old.cases()["case"]).isdisjoint(cases["case"])
    for table in ("runs", "days", "officers"):
        assert len(old.finished(table)) == len(runs)
        assert {future for *_, future in old.finished(table)} == {0}
    joined = 'SELECT future FROM runs JOIN days USING ("case", root_seed, replicate, future)'
    for words in (["status"], ["verify", "--seed", "1"], ["plot", "--figure", "F1"], ["query", "FROM runs"],
                  ["query", joined], ["compare", "--no-files"], ["prune", "days", "--yes"]):  # fmt: skip
        capsys.readouterr()
        assert tabletop([words[0], folder, *words[1:]]) == 0, capsys.readouterr().err


@each_format
def test_nothing_is_added_to_a_store_of_a_format_before(store: Store, number: int, error_line, capsys) -> None:
    old = FORMATS[number][0](store)
    before = sorted(path.name for path in old.folder.rglob("*"))
    capsys.readouterr()
    assert tabletop(["run", *WORDS, f"out={old.folder}", "--no-figures"]) == 4
    assert error_line() == (
        f"tabletop: {old.folder} is a store of format {number}, which is read here and not added to: choose another "
        "out=, or use the version that made it"
    )
    assert sorted(path.name for path in old.folder.rglob("*")) == before


@each_format
def test_cases_of_an_old_store_are_run_under_their_new_ids(store: Store, number: int, tmp_path: Path) -> None:
    new, old = sorted(store.cases()["case"]), FORMATS[number][0](store)
    table = tmp_path / "cases.csv"
    old.cases()[["case"]].to_csv(table, index=False)
    words = ["design=file", f"design.path={table}", f"design.store={old.folder}", f"out={tmp_path / 'again'}"]
    assert tabletop(["sweep", *words, "ensemble.replicates=1"]) == 0
    assert sorted(Store.read(tmp_path / "again").cases()["case"]) == new
