"""Files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from sim.files import commit, commit_all, copy_folder
from tests.faults import failing_disk


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_there_and_nothing_else(tmp_path: Path) -> None:
    commit(tmp_path / "a.txt", b"one")
    commit(tmp_path / "a.txt", b"two")
    assert (tmp_path / "a.txt").read_bytes() == b"two"
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("fault", [errno.ENOSPC, KeyboardInterrupt])
def test_what_was_there_stays_when_writing_fails(tmp_path: Path, call: str, fault: int | type[BaseException]) -> None:
    commit(tmp_path / "a.txt", b"old")
    with failing_disk(fault, call), pytest.raises((OSError, KeyboardInterrupt)):
        commit(tmp_path / "a.txt", b"new")
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert names(tmp_path) == ["a.txt"]


def test_of_files_that_belong_together_none_appears_before_all_are_written(tmp_path: Path, monkeypatch) -> None:
    flushed: list[list[str]] = []
    monkeypatch.setattr(os, "fsync", lambda _: flushed.append([name for name in names(tmp_path) if name[0] != "."]))
    commit_all({tmp_path / "a.csv": b"1", tmp_path / "a.png": b"2"})
    assert flushed == [[], []]
    assert names(tmp_path) == ["a.csv", "a.png"]


def test_a_copied_folder_is_whole(tmp_path: Path) -> None:
    commit_all({(tmp_path / name): name.encode() for name in ("one", "two")})
    copy_folder(tmp_path, tmp_path.parent / "far" / "away")
    assert names(tmp_path.parent / "far" / "away") == ["one", "two"]


def test_a_folder_that_is_copied_in_part_is_no_folder(tmp_path: Path, monkeypatch) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    commit_all({source / "one": b"1", source / "two": b"2"})
    real = shutil.copyfile

    def full(first, second, **keywords):
        if Path(first).name == "two":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(first, second, **keywords)

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space"):
        copy_folder(source, target)
    assert names(tmp_path) == ["source"]
