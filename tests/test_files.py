"""Files appear whole or not at all, and what killed commands left is cleared away, not what is being written."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from sim import files
from sim.ensemble.store.store import Store
from sim.files import ABANDONED_SECONDS, commit, commit_all, copy_folder, remove_abandoned, temporary_beside
from tests import processes
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


def test_a_link_is_replaced_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "page").symlink_to(tmp_path / "mine")
    commit(tmp_path / "page", b"page")
    assert (tmp_path / "mine").read_text() == "mine"
    assert ((tmp_path / "page").read_text(), (tmp_path / "page").is_symlink()) == ("page", False)


def left_by_the_dead(folder: Path) -> Path:
    """A temporary file of a process that is no more."""
    code = "import sys, pathlib; from sim.files import temporary_beside as t; p = t(pathlib.Path(sys.argv[1])); "
    code += "p.write_bytes(b'half'); print(p)"
    done = processes.run([sys.executable, "-c", code, folder / "part"], capture_output=True, text=True, check=True)
    return Path(done.stdout.strip())


def test_what_a_killed_command_left_goes_as_the_next_one_begins(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s", model_version=1, record="cafe")
    (store.folder / "runs").mkdir()
    left = left_by_the_dead(store.folder / "runs")
    Store.read(store.folder)
    assert left.exists()  # who only reads removes nothing
    Store.open(store.folder, model_version=1, record="cafe", create=False)
    assert left.exists()  # nor does a worker, whose command has done so
    Store.open(store.folder, model_version=1, record="cafe")
    assert not left.exists()


def test_what_is_being_written_stays(tmp_path: Path) -> None:
    mine = temporary_beside(tmp_path / "part")
    mine.write_bytes(b"half")
    os.utime(mine, (0, 0))
    assert remove_abandoned(tmp_path) == []
    assert mine.exists()


@pytest.mark.parametrize(("age", "stays"), [(ABANDONED_SECONDS - 60, True), (ABANDONED_SECONDS + 60, False)])
@pytest.mark.parametrize("name", [".tmp-0123456789abcdef", ".tmp-00000000-1-ab"])
def test_of_other_machines_only_what_is_old_goes(tmp_path: Path, name: str, age: float, stays: bool) -> None:
    (tmp_path / name).write_bytes(b"half")
    os.utime(tmp_path / name, (time.time() - age,) * 2)
    remove_abandoned(tmp_path)
    assert (tmp_path / name).exists() == stays


def test_links_and_folders_of_such_a_name_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "ABANDONED_SECONDS", -1)
    (tmp_path / "mine").write_text("mine")
    (tmp_path / ".tmp-link").symlink_to(tmp_path / "mine")
    (tmp_path / ".tmp-folder").mkdir()
    assert remove_abandoned(tmp_path) == []
    assert len(list(tmp_path.iterdir())) == 3
