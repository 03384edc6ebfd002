"""Status and verify: what a store holds, what is missing, and whether it is what it was; and other programs read it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.cli import run as tabletop
from sim.ensemble.store.store import Store
from sim.ensemble.upkeep.status import status
from sim.ensemble.upkeep.verify import relive, sample_runs, set_damaged_aside
from sim.outcomes import OUTCOMES
from tests.worlds import TINY

WORDS = [*TINY, "ensemble.officers=true", "--no-figures"]


def made(folder: Path, *words: str) -> Store:
    assert tabletop(["run", *WORDS, f"out={folder}", "ensemble.replicates=8", *words]) == 0
    return Store.read(folder)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made(tmp_path / "worlds", "theory=breach")
    return made(tmp_path / "worlds", "theory=prospects", "scenario=no_surge", "governments.mode=rules")


def damage(store: Store, table: str) -> Path:
    part = sorted((store.folder / table).glob("part-*"))[0]
    part.write_bytes(part.read_bytes()[:-7])
    return part


def falsify(store: Store, column: str, value: float) -> None:
    """Another value under a checksum that fits it: what only living a run again can find."""
    for part in (store.folder / "runs").glob("part-*"):
        rows = pq.read_table(part)
        changed = rows[column].to_numpy().copy()
        changed[3] = value
        part.unlink()
        rows = rows.set_column(rows.column_names.index(column), column, pa.array(changed, rows[column].type))
        Store.open(store.folder, model_version=store.model_version, record=store.record).add("runs", rows)
        return


def test_runs_lived_again_from_their_stored_settings_are_the_same(store: Store) -> None:
    sample = sample_runs(store, 100, seed=1)
    assert len(sample) == 16
    assert relive(store, sample, block=3) == []


def test_a_sample_is_as_large_as_asked_and_named_by_its_seed(store: Store) -> None:
    one, same, other = (sample_runs(store, 5, seed) for seed in (1, 1, 2))
    assert len(one) == 5
    assert one.equals(same)
    assert not one.equals(other)


@pytest.mark.parametrize("value", [-1.0, np.nan])
def test_a_value_that_was_changed_behind_its_checksum_is_named(store: Store, value: float, capsys) -> None:
    falsify(store, "attacks", value)
    assert store.damaged() == []
    (difference,) = relive(store, sample_runs(store, 100, seed=1))
    assert (difference.outcome, difference.stored) == ("attacks", pytest.approx(value, nan_ok=True))
    capsys.readouterr()
    assert tabletop(["verify", str(store.folder)]) == 4
    said = capsys.readouterr()
    assert f"replicate {difference.replicate}: attacks is stored as" in said.err
    assert "15 of 16 runs lived again are the same" in said.out


def test_the_last_bit_counts(store: Store) -> None:
    part = sorted((store.folder / "runs").glob("part-*"))[0]
    value = np.float32(pq.read_table(part)["control_share_end"][3].as_py())
    falsify(store, "control_share_end", float(np.nextafter(value, np.float32(2))))
    assert len(relive(store, sample_runs(store, 100, seed=1))) == 1


@pytest.mark.parametrize("table", ["runs", "days", "officers", "cases"])
def test_a_damaged_part_is_named_set_aside_and_done_again(store: Store, table: str, capsys) -> None:
    digest, part = store.digest(), damage(store, table)
    assert tabletop(["status", str(store.folder)]) == 4
    assert part.name in capsys.readouterr().err
    assert tabletop(["verify", str(store.folder)]) == 4
    said = capsys.readouterr().err
    assert f"{part} is damaged; it is now {store.folder / 'damaged' / table / part.name}" in said
    assert said.count("issue once more the commands") == 1  # though it is damaged, and gone, too
    assert (store.folder / "damaged" / table / part.name).exists()
    assert not part.exists()
    assert tabletop(["verify", str(store.folder)]) == 4  # what it held is gone until it is done again
    assert "are gone from" in (said := capsys.readouterr().err) or "have no case any more" in said
    made(store.folder, "theory=breach")
    made(store.folder, "theory=prospects", "scenario=no_surge", "governments.mode=rules")
    assert store.digest() == digest
    found = status(store)
    assert (found["missing"], found["set_aside"], found["damaged"]) == (0, 1, [])
    assert tabletop(["verify", str(store.folder)]) == 0
    assert found["cases"] == 2


def test_the_same_part_can_be_damaged_twice_and_both_are_kept(store: Store) -> None:
    for _ in range(2):
        damage(store, "runs")
        assert len(set_damaged_aside(store)) == 1
        made(store.folder, "theory=breach")
        made(store.folder, "theory=prospects", "scenario=no_surge", "governments.mode=rules")
    assert len(list((store.folder / "damaged" / "runs").iterdir())) == 2


def test_status_counts_what_all_commands_wanted(store: Store, capsys) -> None:
    found = status(store)
    assert {key: found[key] for key in ("cases", "done", "failed", "wanted", "missing", "commands")} == {
        "cases": 2, "done": 16, "failed": 0, "wanted": 16, "missing": 0, "commands": 2,
    }  # fmt: skip
    assert found["digest"] == store.digest()
    assert found["last_command"].startswith("tabletop run unknowns=fixed officers.pool=12")
    damage(store, "runs")
    set_damaged_aside(store)
    assert status(store)["missing"] == 8
    capsys.readouterr()
    assert tabletop(["status", str(store.folder), "--as", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["missing"] == 8


def test_a_folder_that_is_no_store_has_no_status(tmp_path: Path) -> None:
    assert tabletop(["status", str(tmp_path)]) == 4
    assert tabletop(["verify", str(tmp_path / "nowhere")]) == 2


# Other readers


def test_pandas_duckdb_and_polars_read_the_same_runs(store: Store) -> None:
    duckdb = pytest.importorskip("duckdb")
    polars = pytest.importorskip("polars")
    ours = store.runs()[["case", "replicate", "exits_by_end"]].sort_values(["case", "replicate"], ignore_index=True)
    pattern = f"{store.folder}/runs/*.parquet"
    by_pandas = pd.read_parquet(store.folder / "runs")
    by_duckdb = duckdb.sql(f"SELECT * FROM read_parquet('{pattern}')").df()
    by_polars = pd.DataFrame(polars.read_parquet(pattern).to_dict(as_series=False))
    for found in (by_pandas, by_duckdb, by_polars):
        assert {o.name for o in OUTCOMES} <= set(found)
        rows = found[list(ours)].sort_values(["case", "replicate"], ignore_index=True)
        pd.testing.assert_frame_equal(rows, ours, check_dtype=False)


def test_an_officer_row_says_when_he_left_and_agrees_with_the_outcomes(store: Store) -> None:
    officers, runs = store.table("officers"), store.runs()
    assert len(officers) == 16 * 12
    keys = ["case", "root_seed", "replicate"]
    counts = officers.groupby(keys)[["intent_date", "left_date"]].count().reset_index().merge(runs, on=keys)
    assert (counts["left_date"] == counts["exits_by_end"]).all()
    assert (counts["intent_date"] == counts["intents_by_end"]).all()
    assert counts["left_date"].sum() > 0
    left = officers.dropna(subset=["left_date"])
    assert (left["left_date"] >= left["intent_date"]).all()
    assert set(left["letter"]) == {"accepted"}
    assert (officers.groupby([*keys, "squad"])["leader"].sum() == 1).all()
