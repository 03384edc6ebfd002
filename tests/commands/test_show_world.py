"""``tabletop show world`` as a person types it."""

from __future__ import annotations

import json
from io import StringIO

import pandas as pd
import pytest

from sim.cli import run as tabletop
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.store.store import Store

RUN = ["theory=breach", "ensemble.replicates=2", "ensemble.days=false", "--no-figures"]
KEPT = load_posterior().kept("breach")
WORLD = str(KEPT[0])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two kept worlds, a second future of the first, and two runs whose settings are fixed."""
    folder = tmp_path_factory.mktemp("world") / "s"
    assert tabletop(["run", *RUN, "unknowns=posterior", f"out={folder}"]) == 0
    later = [*RUN[:1], "ensemble.replicates=1", f"ensemble.first_replicate={len(KEPT)}", *RUN[2:]]
    assert tabletop(["run", *later, "unknowns=posterior", f"out={folder}"]) == 0
    assert tabletop(["run", *RUN, "unknowns=fixed", "scenario=terms_settled", f"out={folder}"]) == 0
    return folder


def label(store, beginning):
    names = Store.read(store).cases()["label"]
    return names[names.str.startswith(beginning)].iloc[0]


def test_a_world_is_told_from_its_settings_to_its_last_officer(store, capsys):
    name = label(store, "as_documented")
    assert tabletop(["show", "world", "s", name, WORLD]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    row = Store.read("s").runs().query(f"world == {WORLD} and future == 0").iloc[0]
    first = out.splitlines()[0]
    assert first.startswith(f"{name}, world {WORLD}, root seed {row['root_seed']}: ")
    assert (
        f"{row['exits_by_record_end']:.0f} officers out by the record's end, {row['exits_by_end']:.0f} by its" in first
    )
    assert "first report" in first
    assert "What it drew; the 15 most unusual of 91, --all shows the rest" in out
    assert "Its days with an event, an exit or a report" in out
    assert "Who left" in out
    assert out.index("What it drew") < out.index("Its days") < out.index("Who left")


def test_all_its_settings_are_shown_when_asked_for(store, capsys):
    name = label(store, "as_documented")
    assert tabletop(["show", "world", "s", name, WORLD, "--all"]) == 0
    assert "--all shows the rest" not in capsys.readouterr().out


def test_csv_and_json_have_the_settings_with_prior_and_kept_worlds(store, capsys):
    name = label(store, "as_documented")
    assert tabletop(["show", "world", "s", name, WORLD, "--as", "csv"]) == 0
    table = pd.read_csv(StringIO(capsys.readouterr().out))
    assert len(table) == 91
    assert (table["kept_lower"] < table["kept_upper"]).all()
    assert tabletop(["show", "world", "s", name, WORLD, "--as", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 91


def test_a_future_is_named_after_a_slash_and_has_the_same_settings(store, capsys):
    name, told = label(store, "as_documented"), []
    for world in (WORLD, f"{WORLD}/1"):
        assert tabletop(["show", "world", "s", name, world, "--as", "csv"]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]
    assert tabletop(["show", "world", "s", name, f"{WORLD}/1"]) == 0
    assert f"world {WORLD}/1, root seed" in capsys.readouterr().out


def test_a_world_whose_settings_are_fixed_says_so(store, capsys):
    assert tabletop(["show", "world", "s", label(store, "terms_settled"), "0"]) == 0
    assert "Its settings are fixed: nothing is drawn (unknowns=fixed)." in capsys.readouterr().out
    assert tabletop(["show", "world", "s", label(store, "terms_settled"), "0", "--as", "csv"]) == 0
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("world", ["999", "x", f"{WORLD}/7", "-1", "1.5", "9" * 40])
def test_a_world_that_there_is_not_is_a_line_that_says_which_there_are(store, error_line, world):
    assert tabletop(["show", "world", "s", label(store, "as_documented"), "--", world]) == 2
    said = error_line()
    assert said.startswith("tabletop: WORLD=")
    assert f"the store has a good run of: 3 from {KEPT[0]} to {KEPT[1]}" in said


def test_other_mistakes_are_a_line(store, tmp_path, error_line):
    name = label(store, "as_documented")
    assert tabletop(["show", "world", "s", "no such case", WORLD]) == 2
    assert "CASE=no such case: no such case; there are" in error_line()
    assert tabletop(["show", "world", "nowhere", name, WORLD]) == 2
    assert "nowhere: does not exist" in error_line()
    (tmp_path / "empty").mkdir()
    assert tabletop(["show", "world", "empty", name, WORLD]) == 4
    assert "empty is no store" in error_line()
    assert tabletop(["show", "world", "s", name, WORLD, "--root-seed", "5"]) == 2
    assert "--root-seed=5: the case was run under" in error_line()
    assert tabletop(["show", "world", "s", name]) == 2
    assert "WORLD" in error_line()


def test_a_damaged_store_is_said_to_be(store, error_line):
    part = next((store / "runs").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:100])
    assert tabletop(["show", "world", "s", "as_documented · breach", WORLD]) == 4
    assert "runs" in error_line()
