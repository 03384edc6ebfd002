"""A store that somebody else has made, or that takes nothing: nothing is written through it, what it has is shown."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from sim.cli import run as tabletop
from sim.ensemble.store.store import Store
from tests.faults import failing_disk
from tests.worlds import TINY

WORLD = [*TINY, "theory=breach"]
WORDS = [*WORLD, "ensemble.replicates=4"]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    for scenario in ("as_documented", "no_surge"):
        words = [*WORDS, f"scenario={scenario}", f"out={tmp_path / 's'}"]
        assert tabletop(["run", *words, "--no-figures"]) == 0
    return Store.read(tmp_path / "s")


# Links


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A folder of mine that links of somebody else lead to."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    return tmp_path / "mine"


def untouched(mine: Path) -> bool:
    return [(path.name, path.read_text()) for path in mine.iterdir()] == [("letter.txt", "mine")]


@pytest.mark.parametrize("name", ["runs", "days", "cases", "invocations", "figures"])
def test_nothing_is_written_through_a_link_to_a_folder(store: Store, mine: Path, name: str, error_line, capsys) -> None:
    shutil.rmtree(store.folder / name, ignore_errors=True)
    (store.folder / name).symlink_to(mine)
    capsys.readouterr()
    assert tabletop(["run", *WORLD, "ensemble.replicates=6", f"out={store.folder}"]) == 4
    assert f"{store.folder / name} is a link" in error_line()
    assert untouched(mine)


def test_nothing_is_moved_or_removed_through_a_link(store: Store, mine: Path, capsys) -> None:
    days = store.folder / "days"
    shutil.rmtree(mine)
    days.rename(mine)
    part = sorted(mine.iterdir())[0]
    part.write_bytes(part.read_bytes()[:-3])
    days.symlink_to(mine)
    before = sorted(mine.iterdir())
    for words in (["verify"], ["prune", "days", "--yes"], ["verify", "--join"]):
        assert tabletop([words[0], str(store.folder), *words[1:]]) == 4
    assert sorted(mine.iterdir()) == before


def test_damaged_parts_are_not_moved_through_a_link(store: Store, mine: Path) -> None:
    part = sorted((store.folder / "days").iterdir())[0]
    part.write_bytes(b"")
    (store.folder / "damaged").symlink_to(mine)
    assert tabletop(["verify", str(store.folder)]) == 4
    assert part.exists()
    assert untouched(mine)


@pytest.mark.parametrize("words", [["plot", "--figure", "F2"], ["compare"]])
def test_a_link_to_a_file_is_replaced_and_the_file_stays(store: Store, mine: Path, words: list[str]) -> None:
    command = [words[0], str(store.folder), *words[1:]]
    assert tabletop(command) == 0
    pages = [path for path in (store.folder / "figures").rglob("*") if path.is_file()]
    assert pages
    for path in pages:
        path.unlink()
        path.symlink_to(mine / "letter.txt")
    assert tabletop(command) == 0
    assert not any(path.is_symlink() for path in pages)
    assert untouched(mine)


def test_a_store_that_is_reached_through_a_link_is_as_good_as_any(store: Store, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(store.folder)
    assert tabletop(["run", *WORLD, "ensemble.replicates=6", f"out={tmp_path / 'link'}", "--no-figures"]) == 0
    assert len(store.runs()) == 10


# A disk that takes nothing


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_what_is_known_is_shown_though_nothing_can_be_written(store: Store, fault: int, capsys) -> None:
    words = [*WORDS, f"out={store.folder}"]
    capsys.readouterr()
    with failing_disk(fault):
        assert tabletop(["run", *words, "--no-figures"]) == 0
        said = capsys.readouterr()
        assert "0 runs computed" in said.out
        assert said.err.count("\n") == 1
        assert "this command is not noted, and all its runs are known" in said.err
        assert tabletop(["sweep", "scenario=as_documented,no_surge", *words]) == 0
        assert "0 runs computed" in capsys.readouterr().out
        assert tabletop(["compare", "scenario=as_documented,no_surge", *words, "--no-files"]) == 0
        assert tabletop(["compare", str(store.folder)]) == 2  # shown, and then the page cannot be written
        assert "no_surge" in capsys.readouterr().out
        for verb in ("status", "verify"):
            assert tabletop([verb, str(store.folder)]) == 0


def test_what_is_not_known_is_refused_before_it_is_computed(store: Store, error_line, capsys) -> None:
    capsys.readouterr()
    with failing_disk(errno.ENOSPC):
        assert tabletop(["run", *WORLD, "ensemble.replicates=5", f"out={store.folder}"]) == 2
    assert "cannot write invocations: No space left on device" in error_line()
