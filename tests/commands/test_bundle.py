"""``tabletop bundle`` and ``tabletop verify BUNDLE.zip``, as they are typed, with what goes wrong."""

from __future__ import annotations

import contextlib
import zipfile
from pathlib import Path

import numpy as np
import pytest

from sim import cli
from sim.archives import pack, read_archive
from sim.errors import StoreDamaged
from sim.model import MODEL_VERSION
from sim.reports.bundle.checks import open_bundle
from sim.reports.bundle.contents import manifest
from sim.reports.bundle.names import ABOUT, CASES, MANIFEST, RUNS
from tests.worlds import TINY

WORDS = ("scenario=as_documented,terms_settled", "theory=breach", *TINY, "ensemble.replicates=6")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bundle")
    assert cli.run(["bundle", *WORDS, f"out={folder / 's'}", "--to", str(folder / "b.zip")]) == 0
    return folder


@pytest.fixture
def members(folder) -> dict[str, bytes]:
    return dict(read_archive(folder / "b.zip").members)


def repacked(folder: Path, members: dict[str, bytes], *, sealed: bool = False) -> Path:
    """A bundle that somebody changed; ``sealed``: with a manifest that fits."""
    if sealed:
        members[MANIFEST] = manifest(members)
    path = folder / "changed.zip"
    path.write_bytes(pack(members))
    return path


def test_a_bundle_is_verified_and_its_runs_lived_again(folder, capsys):
    assert cli.run(["verify", str(folder / "b.zip"), "--runs", "5"]) == 0
    said = capsys.readouterr().out
    assert "files have the digests they were packed with" in said
    assert "5 of 5 runs lived again are the same bit for bit" in said


def test_another_store_in_another_folder_gives_the_same_bytes(folder, tmp_path, monkeypatch, capsys):
    (tmp_path / "else where").mkdir()
    monkeypatch.chdir(tmp_path / "else where")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    assert cli.run(["bundle", *WORDS, "out=mine", "--to", "b.zip"]) == 0
    assert Path("b.zip").read_bytes() == (folder / "b.zip").read_bytes()


def test_a_folder_alone_is_taken_as_it_is(folder, capsys):
    assert cli.run(["bundle", str(folder / "s")]) == 0
    said = capsys.readouterr().out
    path = Path(said.partition("written: ")[2].partition(" (")[0])
    names = zipfile.ZipFile(path).namelist()
    assert "comparison/briefing.html" in names
    assert cli.run(["verify", str(path), "--runs", "1"]) == 0


@pytest.mark.parametrize("name", [RUNS, "docs/ODD.md", "record/article.yaml", ABOUT])
def test_a_file_that_was_changed_is_named(folder, members, tmp_path, name, capsys):
    members[name] = members[name].replace(b"e", b"f", 1)
    assert cli.run(["verify", str(repacked(tmp_path, members))]) == 4
    said = capsys.readouterr().err
    assert name in said
    assert "no run was lived again" in said


def test_whatever_byte_is_changed_it_is_told(folder, tmp_path):
    packed, luck = (folder / "b.zip").read_bytes(), np.random.default_rng(1)
    path = tmp_path / "b.zip"
    for at in [*luck.integers(len(packed), size=30), *range(len(packed) - 22, len(packed)), *range(30)]:
        changed = bytearray(packed)
        changed[at] ^= 1 << int(luck.integers(8))
        path.write_bytes(changed)
        with contextlib.suppress(StoreDamaged):
            assert open_bundle(path).faults, at


def test_a_file_that_is_gone_and_one_that_was_added_are_named(folder, members, tmp_path, capsys):
    del members["docs/ODD.md"]
    members["docs/more.md"] = b"more"
    assert cli.run(["verify", str(repacked(tmp_path, members))]) == 4
    said = capsys.readouterr().err
    assert "docs/ODD.md is gone" in said
    assert "docs/more.md was added" in said


def test_a_run_that_was_changed_with_every_digest_is_found_by_living_it_again(folder, members, tmp_path, capsys):
    from sim.reports.bundle import tables

    runs = tables.read_runs(members[RUNS])
    runs.loc[2, "attacks"] += 1
    members[RUNS] = tables.runs_csv(runs)
    path = repacked(tmp_path, members, sealed=True)
    assert cli.run(["verify", str(path)]) == 4
    assert "another digest of its runs" in capsys.readouterr().err
    old = tables.digest_of(tables.read_runs(read_archive(folder / "b.zip").members[RUNS]))
    members[ABOUT] = members[ABOUT].replace(old.encode(), tables.digest_of(runs).encode())
    assert cli.run(["verify", str(repacked(tmp_path, members, sealed=True))]) == 4
    said = capsys.readouterr().err
    assert "attacks is stored as" in said
    assert "1 of 12 runs come out otherwise" in said


def test_a_setting_that_was_changed_with_every_digest_is_told(folder, members, tmp_path, capsys):
    members[CASES] = members[CASES].replace(b",12,", b",13,", 1)
    assert cli.run(["verify", str(repacked(tmp_path, members, sealed=True))]) == 4
    assert "settings/cases.csv, line 2" in capsys.readouterr().err


def test_a_bundle_of_another_version_is_checked_and_not_lived(folder, members, tmp_path, capsys):
    members[ABOUT] = members[ABOUT].replace(b'"model_version": %d' % MODEL_VERSION, b'"model_version": 3')
    assert b'"model_version": 3' in members[ABOUT]
    assert cli.run(["verify", str(repacked(tmp_path, members, sealed=True))]) == 4
    assert "use the version that made it" in capsys.readouterr().err


@pytest.mark.parametrize(("content", "said"), [
    (b"not a zip", "no ZIP archive"), (pack({"a.txt": b"1"}), "is no bundle"),
    (pack({ABOUT: b"{}", MANIFEST: b""}), "was added"),
])  # fmt: skip
def test_other_files_are_no_bundles(tmp_path, content, said, capsys):
    (tmp_path / "x.zip").write_bytes(content)
    assert cli.run(["verify", "x.zip"]) == 4
    err = capsys.readouterr().err
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("words", "said"), [
    (["nowhere"], "nowhere"), (["scenario=nope"], "no such choice"), ([*WORDS, "--date", "soon"], "soon"),
    ([*WORDS, "--case", "x"], "--case=x"), ([*WORDS, "--outcome", "exits"], "--outcome=exits"),
])  # fmt: skip
def test_mistakes_get_one_line(error_line, words, said):
    assert cli.run(["bundle", *words]) == 2
    assert said in error_line()


def test_one_world_alone_is_put_together_without_a_comparison(capsys):
    words = ["theory=breach", "unknowns=fixed", "ensemble.replicates=2", "out=one"]
    assert cli.run(["bundle", *words, "--to", "one.zip"]) == 0
    members = read_archive(Path("one.zip")).members
    assert not [name for name in members if name.startswith("comparison/")]
    assert cli.run(["verify", "one.zip"]) == 0
    assert "2 of 2 runs lived again" in capsys.readouterr().out


def test_a_bundle_that_is_not_there_is_one_line(error_line):
    assert cli.run(["verify", "nowhere.zip"]) == 2
    assert "BUNDLE=nowhere.zip: cannot be read" in error_line()


def test_two_folders_are_one_too_many(folder, tmp_path, error_line, capsys):
    assert cli.run(["bundle", str(folder / "s"), str(tmp_path)]) == 2
    assert "one folder at a time" in error_line()


def test_where_nothing_can_be_written_it_is_said(folder, tmp_path, capsys):
    (tmp_path / "file").write_text("x")
    assert cli.run(["bundle", *WORDS, f"out={folder / 's'}", "--to", "file/b.zip"]) == 2
    assert "cannot be written" in capsys.readouterr().err.splitlines()[-1]


def test_a_place_that_takes_nothing_is_found_out_before_anything_runs(error_line):
    assert cli.run(["bundle", *WORDS, "out=s", "--to", "/proc/b.zip"]) == 2
    assert "--to=/proc/b.zip: cannot be written" in error_line()
    assert not Path("s").exists()
