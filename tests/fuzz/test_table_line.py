"""The table's verbs with whatever may be typed, and a log that was spoilt: one line, nothing lost, no traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.commands.table import VERBS
from sim.errors import StoreDamaged
from sim.tabletop.log import HEAD, NAME, Log
from sim.tabletop.measures import MEASURES
from sim.tabletop.session import Session
from sim.tabletop.table_settings import read_table
from tests.fuzz.budget import LINES, examples
from tests.fuzz.grammar import numbers, odd_text, st_one
from tests.fuzz.shell import desk, typed

pytestmark = pytest.mark.slow

WORLDS = 12
"""Of the one theory that is played: a turn takes no time."""
_KEYS = (
    "role day why text branch on by level line until measures against days officer squad stayed tag objective owner due"
)
_LEVELS = sorted({level for role in read_table().roles.values() for level in role.orders})
_VALUES = (
    "kenya haiti umpire facilitator 2024-03-08 2024-03-16 2024-02-30 2030-01-01 pay nothing 70% 0.7 5..20 20..5 0 1 "
    "-1 2 1e9 nan 1,2,3 welcome exits table=practice list fire skip postpone preview add here.csv . strength"
)
values = st.one_of(
    st_one([*_VALUES.split(), ""]), odd_text.map(lambda text: text.replace("\x00", "")), numbers.map(str)
)
words = st.one_of(
    st.builds("{}={}".format, st_one(_KEYS.split()), values),
    st.builds("{}={}".format, st_one([*_LEVELS, *(level.partition(".")[2] for level in _LEVELS)]), values),
    st.builds("{}{}{}".format, st_one(list(MEASURES)), st_one([">=", "<=", "=", ">"]), values),
    values,
)


@pytest.fixture(scope="module")
def friday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of few worlds with an option and a forecast, of which one turn was played."""
    folder = tmp_path_factory.mktemp("made") / "friday"
    with desk():
        small = ("table=practice", "theory=breach", "table.horizon_days=10", "ensemble.root_seed=3")
        assert typed("table", "new", str(folder), *small).code == 0
        _with_few_worlds(folder / NAME)
        for verb, *rest in (
            ("branch", "pay", "role=kenya", "pay_escrow=1"),
            ("forecast", "role=kenya", "exits", "0..9"),
            ("advance",),
        ):
            assert typed("table", verb, str(folder), *rest).code == 0
    return folder


def _with_few_worlds(path: Path) -> None:
    """The same session with a short list of worlds."""
    lines = Log.read(path).entries
    path.unlink()
    short = Log(path)
    for line in lines:
        data = json.loads(json.dumps(dict(line.data)))
        if line.kind == "session":
            world = data["played"]["world"]
            kept = data["worlds"]["breach"]
            data["worlds"]["breach"] = sorted({*kept[:WORLDS], world})
        short.append(line.kind, line.by, data)


@examples(0.3, LINES)
@given(st_one([verb for verb in VERBS if verb not in ("new", "brief", "report")]), st.lists(words, max_size=4))
def test_whatever_is_typed_at_a_table_is_done_or_refused_in_a_line(friday: Path, verb: str, given: list[str]) -> None:
    with desk(friday):
        before = Path("friday", NAME).read_bytes()
        ended = typed("table", verb, "friday", "--", *given)
        after = Path("friday", NAME).read_bytes()
        assert after.startswith(before), ended
        if ended.code:
            assert after == before, ended
        Session.read(Path("friday"))


@examples(0.1, LINES)
@given(st.lists(words, max_size=3))
def test_a_table_begins_or_leaves_nothing(given: list[str]) -> None:
    with desk():
        ended = typed("table", "new", "monday", "--", *given, "theory=breach")
        assert Path("monday", NAME).exists() == (ended.code == 0), ended


@examples(0.2, LINES)
@given(st.integers(0, 10**6), st.integers(0, 255), st_one(["byte", "cut", "twice", "gone"]))
def test_a_spoilt_log_is_read_or_called_damaged(friday: Path, place: int, byte: int, how: str) -> None:
    with desk(friday):
        path = Path("friday", NAME)
        whole = path.read_bytes()
        lines = whole.splitlines(keepends=True)
        at, line = place % len(whole), place % len(lines)
        spoilt = {
            "byte": whole[:at] + bytes([byte]) + whole[at + 1 :],
            "cut": whole[:at],
            "twice": b"".join([*lines[: line + 1], *lines[line:]]),
            "gone": b"".join([*lines[:line], *lines[line + 1 :]]),
        }[how]
        path.write_bytes(spoilt)
        ended = typed("table", "state", "friday")
        assert ended.code in ({0} if spoilt == whole else {0, 4}), ended
        if ended.code == 0:
            assert whole.startswith(b"".join(spoilt.splitlines(keepends=True)[:-1])) or how == "gone", ended


def test_a_log_cut_at_every_byte_keeps_every_line_that_was_acknowledged(friday: Path, tmp_path: Path) -> None:
    whole = (friday / NAME).read_bytes()
    ends = [place + 1 for place, letter in enumerate(whole) if letter == ord("\n")]
    folder = tmp_path / "cut"
    folder.mkdir()
    for size in range(ends[0], len(whole) + 1):
        (folder / HEAD).unlink(missing_ok=True)  # what was cut off here was never acknowledged
        (folder / NAME).write_bytes(whole[:size])
        session = Session.read(folder)
        assert len(session.log.entries) == sum(end <= size for end in ends)
        if size % 97 == 0:
            with session.held("a note"):
                session.note("facilitator", "still here")
            again = Session.read(folder)
            assert again.log.torn == b""
            assert again.log.entries[-1].data["text"] == "still here"
            for aside in folder.glob("torn-*"):
                aside.unlink()
            (folder / NAME).write_bytes(whole[:size])
            with pytest.raises(StoreDamaged, match="had been acknowledged"):
                Session.read(folder)
