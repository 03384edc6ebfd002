"""A log keeps what it has acknowledged, whatever happens to the machine, and notices what was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.errors import NoEffect, StoreDamaged, UserMistake
from sim.tabletop.log import HEAD, LONGEST_LINE, Log
from tests.faults import failing_disk, refusal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


def written(path: Path, *texts: str) -> Log:
    log = Log(path)
    for text in texts:
        log.append("note", "facilitator", {"text": text})
    return log


def texts(log: Log) -> list[Any]:
    return [line.data["text"] for line in log.entries]


def test_what_was_added_is_read_again(path: Path) -> None:
    written(path, "one", "Nairobi — “two”", 'three,"seal":"0123456789abcdef"}')
    assert texts(Log.read(path)) == ["one", "Nairobi — “two”", 'three,"seal":"0123456789abcdef"}']


@pytest.mark.filterwarnings("ignore::sim.errors.NoEffect")
def test_a_log_cut_at_any_byte_keeps_every_whole_line(path: Path) -> None:
    written(path, "one", "two", "three")
    path.with_name(HEAD).unlink()
    whole = path.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == ord("\n")]
    for size in range(len(whole) + 1):
        path.write_bytes(whole[:size])
        lines = sum(end <= size for end in ends)
        if not lines:
            with pytest.raises(StoreDamaged, match="no whole line"):
                Log.read(path)
            continue
        log = Log.read(path)
        assert texts(log) == ["one", "two", "three"][:lines]
        assert log.torn == whole[ends[lines - 1] : size]


def test_what_was_torn_is_set_aside_by_the_next_line(path: Path) -> None:
    written(path, "one", "two")
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    path.with_name(HEAD).unlink()
    with pytest.warns(NoEffect, match="never acknowledged"):
        log = Log.read(path)
    with pytest.warns(NoEffect, match="was stopped has no effect: it is set aside in torn-1-"):
        log.append("note", "facilitator", {"text": "after"})
    assert texts(Log.read(path)) == ["one", "after"]
    (aside,) = path.parent.glob("torn-*")
    assert aside.read_bytes() == whole[whole.index(b"\n") + 1 : -7]


def test_a_line_that_was_changed_is_noticed_wherever_it_is(path: Path) -> None:
    written(path, "one", "two", "three")
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"two", b"TWO"))
    with pytest.raises(StoreDamaged, match="line 2"):
        Log.read(path)


def test_a_line_that_is_gone_or_given_twice_is_noticed(path: Path) -> None:
    written(path, "one", "two", "three")
    first, second, third = path.read_bytes().splitlines(keepends=True)
    for damaged in (first + third, first + second + second + third, second + third, first + third + second):
        path.write_bytes(damaged)
        with pytest.raises(StoreDamaged):
            Log.read(path)


def test_a_log_that_lost_its_end_is_noticed_and_one_that_ran_ahead_is_none_the_worse(path: Path) -> None:
    log = written(path, "one", "two")
    head, behind = path.with_name(HEAD), path.with_name(HEAD).read_bytes()
    log.append("note", "facilitator", {"text": "three"})
    whole = path.read_bytes()
    for cut in (whole[:-40], whole[: whole.rindex(b"\n", 0, -1) + 1]):
        path.write_bytes(cut)
        with pytest.raises(StoreDamaged, match="ends after line 2, and 1 line more had been acknowledged"):
            Log.read(path)
    path.write_bytes(whole)
    head.write_bytes(behind)  # the machine stopped between the line and the head
    assert texts(Log.read(path)) == ["one", "two", "three"]
    head.write_bytes(behind.replace(b'"n": 1', b'"n": 2'))
    with pytest.raises(StoreDamaged, match="line 3: is not the one"):
        Log.read(path)
    head.write_bytes(b"{")
    assert texts(Log.read(path)) == ["one", "two", "three"], "a head that says nothing is none"


def test_a_full_disk_leaves_the_log_as_it_was(path: Path) -> None:
    log = written(path, "one")
    before = path.read_bytes()
    with failing_disk():
        assert "No space left" in refusal(log.append, "note", "facilitator", {"text": "two"})
    assert path.read_bytes() == before
    log.append("note", "facilitator", {"text": "three"})
    assert texts(Log.read(path)) == ["one", "three"]


def test_a_line_has_an_end(path: Path) -> None:
    with pytest.raises(UserMistake, match="at most"):
        written(path, "x" * LONGEST_LINE)
    assert not path.exists()


def test_no_session_is_a_mistake_of_whoever_typed(path: Path) -> None:
    with pytest.raises(UserMistake, match="table new"):
        Log.read(path)
