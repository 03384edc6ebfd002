"""What is gone is missing, is never called sound, and is done again by the command that made it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cli import run as tabletop
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.store.store import Store
from sim.ensemble.upkeep.missing import wanted_runs
from sim.ensemble.upkeep.status import status
from sim.errors import StoreDamaged
from tests.worlds import TINY

WORDS = [*TINY, "ensemble.officers=true", "ensemble.replicates=4", "theory=breach", "--no-figures"]
SCENARIOS = ("as_documented", "no_surge")


def made(folder: Path) -> Store:
    for scenario in SCENARIOS:
        assert tabletop(["run", *WORDS, f"scenario={scenario}", f"out={folder}"]) == 0
    return Store.read(folder)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return made(tmp_path / "s")


@pytest.mark.parametrize("table", ["cases", "runs", "days", "officers"])
@pytest.mark.parametrize("gone", ["folder", "part"])
def test_what_is_gone_is_missing_is_not_sound_and_is_written_again(store: Store, table: str, gone: str, capsys) -> None:
    whole, folder = (
        {name: len(store.table(name)) for name in ("cases", "runs", "days", "officers")},
        store.folder / table,
    )
    digest, count = store.digest(), 8 if gone == "folder" else 4
    if gone == "folder":
        shutil.rmtree(folder)
    else:
        sorted(folder.iterdir())[0].unlink()
    found = status(store)
    assert (found["missing"], found["missing_in"]) == (count, {table: count})
    capsys.readouterr()
    assert tabletop(["verify", str(store.folder)]) == 4
    said = capsys.readouterr()
    assert f"{count} runs " in said.err
    assert f"what finished commands had made is gone ({table})" in said.err
    assert "Traceback" not in said.err
    again = made(store.folder)
    assert {name: len(again.table(name)) for name in whole} == whole
    assert again.digest() == digest
    assert status(again)["missing"] == 0
    capsys.readouterr()
    assert tabletop(["verify", str(store.folder)]) == 0


@pytest.mark.parametrize("words", [["compare"], ["plot"], ["compare", "--as", "json", "--no-files"]])
def test_runs_whose_case_is_gone_are_one_line_for_every_verb(
    store: Store, words: list[str], error_line, capsys
) -> None:
    shutil.rmtree(store.folder / "cases")
    capsys.readouterr()
    assert tabletop([words[0], str(store.folder), *words[1:]]) == 4
    assert "the case of 8 of 8 runs is gone" in error_line()
    with pytest.raises(StoreDamaged, match="8 of 8 runs"):
        sim.load(store.folder)


def test_what_an_interrupted_command_has_not_done_is_missing_and_not_lost(store: Store, capsys) -> None:
    (path, *_) = sorted((store.folder / "invocations").iterdir())
    note = json.loads(path.read_text())
    store.note_invocation({**note, "replicates": [0, 9], "finished": False})
    assert status(store)["missing"] == 5
    capsys.readouterr()
    assert tabletop(["verify", str(store.folder)]) == 0
    assert "5 runs or their rows are still to be done" in capsys.readouterr().out


def test_verify_reads_the_notes_and_each_table_of_runs_once(store: Store, monkeypatch, capsys) -> None:
    asked: list[str] = []

    def counted(name: str, read):
        return lambda *words: asked.append(" ".join([name, *words[1:]])) or read(*words)

    for name in ("read_notes", "finished_runs"):
        monkeypatch.setattr(Store, name, counted(name, getattr(Store, name)))
    assert tabletop(["verify", str(store.folder), "--runs", "0"]) == 0
    tables = ["days", "officers"]  # those that a command asked for; the last is the sample's
    assert sorted(asked) == sorted(["read_notes", *(f"finished_runs {table}" for table in tables), "finished_runs"])


def test_a_store_without_notes_says_that_it_was_not_checked_for_what_is_missing(store: Store, capsys) -> None:
    shutil.rmtree(store.folder / "invocations")
    capsys.readouterr()
    assert tabletop(["verify", str(store.folder)]) == 0
    assert "whether runs or tables are missing was not checked" in capsys.readouterr().out


def test_a_command_notes_the_tables_that_it_asked_for(store: Store) -> None:
    for note in store.invocations():
        assert note["tables"] == ["days", "officers", "runs"]
        assert (note["format"], note["record"]) == (3, store.record)


ODD = {
    "torn": '{"command": ["tabletop", "run"], "ca',
    "a list": "[1, 2]",
    "deep": "[" * 100_000,
    "no text": b"\xff\xfe\x00",
    "replicates": {"cases": ["a"], "root_seed": 7, "replicates": [0, "many"]},
    "too many replicates": {"cases": ["a"], "root_seed": 7, "replicates": [0, 10**12]},
    "backwards": {"cases": ["a"], "root_seed": 7, "replicates": [9, 3]},
    "cases": {"cases": 5, "root_seed": 7, "replicates": [0, 1]},
    "root seed": {"cases": ["a"], "root_seed": "seven", "replicates": [0, 1]},
    "until": {"cases": ["a"], "root_seed": 7, "replicates": [0, 1], "until": {"reached": {"a": 3}}},
    "design": {"design": {"name": "sobol", "sampled": [{"cases": None}]}},
    "started": {"started": 2026},
    "command": {"command": [1, 2]},
    "pruned": {"pruned": ["days"]},
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_note_is_said_and_breaks_nothing(store: Store, odd: str, capsys) -> None:
    content = ODD[odd] if isinstance(ODD[odd], str | bytes) else json.dumps(ODD[odd])
    path = store.folder / "invocations" / "20261130T000000Z-0.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = status(store)
    assert (found["missing"], found["wanted"], list(found["odd_notes"])) == (0, 8, [path.name])
    capsys.readouterr()
    assert tabletop(["status", str(store.folder)]) == 0
    assert f"invocations/{path.name} " in capsys.readouterr().out
    for verb in ("verify", "plot"):
        assert tabletop([verb, str(store.folder)]) == 0, capsys.readouterr().err


def test_what_was_pruned_is_not_wanted_and_what_is_asked_for_again_is() -> None:
    run = {"cases": ["a", "b"], "root_seed": 7, "replicates": [0, 2], "tables": ["days", "runs"]}
    assert len(wanted_runs([run], "days")) == 4
    assert len(wanted_runs([run, {"pruned": {"tables": ["days"], "cases": None}}], "days")) == 0
    one = {"pruned": {"tables": ["days"], "cases": ["a"]}}
    assert wanted_runs([run, one], "days")["case"].tolist() == ["b", "b"]
    assert len(wanted_runs([run, one], "runs")) == 4
    assert len(wanted_runs([run, one, run], "days")) == 4


# Lost manifests


@pytest.mark.parametrize("content", [None, b"", b"{", b"[]", b'{"format": 3}'])
def test_a_manifest_that_is_gone_is_told_by_the_commands_and_written_again(
    store: Store, content, error_line, capsys
) -> None:
    path = store.folder / "manifest.json"
    before = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    capsys.readouterr()
    assert tabletop(["status", str(store.folder)]) == 4
    assert f"format 3, model version {store.model_version}, record {store.record}: `tabletop verify" in error_line()
    assert tabletop(["verify", str(store.folder)]) == 0
    assert path.read_bytes() == before
    assert status(Store.read(store.folder))["missing"] == 0


def test_a_manifest_on_which_the_commands_do_not_agree_is_not_guessed(store: Store) -> None:
    (store.folder / "manifest.json").unlink()
    path = sorted((store.folder / "invocations").iterdir())[0]
    path.write_text(json.dumps(json.loads(path.read_text()) | {"record": "another"}))
    assert tabletop(["verify", str(store.folder)]) == 4
    assert not (store.folder / "manifest.json").exists()


SPAN = {"cases": ["a", "b"], "root_seed": 7, "replicates": [2, 4]}


@pytest.mark.parametrize(
    ("notes", "runs"),
    [
        ([SPAN], [("a", 7, 2, 0), ("a", 7, 3, 0), ("b", 7, 2, 0), ("b", 7, 3, 0)]),
        ([{**SPAN, "only": {"a": [3, 5], "b": [0]}}], [("a", 7, 3, 0), ("a", 7, 5, 0), ("b", 7, 0, 0)]),
        ([{**SPAN, "cases": ["a"]}, {**SPAN, "only": {"a": [3, 5]}}], [("a", 7, 2, 0), ("a", 7, 3, 0), ("a", 7, 5, 0)]),
        ([{**SPAN, "cases": ["a"]}, {**SPAN, "cases": ["a"], "root_seed": 8, "replicates": [2, 3]}],
         [("a", 7, 2, 0), ("a", 7, 3, 0), ("a", 8, 2, 0)]),
        ([{**SPAN, "only": {"a": [3, 5 + 2 * FUTURES]}}], [("a", 7, 3, 0), ("a", 7, 5, 2)]),
        ([{**SPAN, "kept_worlds": {"lists": [[4, 9, 11]], "of": {"b": 0}}}],
         [("a", 7, 2, 0), ("a", 7, 3, 0), ("b", 7, 11, 0), ("b", 7, 4, 1)]),
        ([{"cases": ["a"], "root_seed": 7}], []),
    ],
    ids=["spans", "single runs", "both, each once", "two seeds", "futures", "kept worlds", "nothing"],
)  # fmt: skip
def test_every_run_that_was_asked_for_is_wanted_once(notes: list[dict[str, Any]], runs: list[tuple]) -> None:
    assert list(wanted_runs(notes).itertuples(index=False, name=None)) == runs
