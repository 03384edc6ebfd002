"""The whole command line, hundreds of times: it ends in 0, 2, 3 or 4, soon, and a mistake is one line that names it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import processes
from tests.fuzz.budget import LINES, examples
from tests.fuzz.grammar import (
    CHOICES,
    PARAMETERS,
    any_words,
    event_rows,
    fitting_words,
    junk,
    odd_text,
    st_one,
    wild_words,
)  # fmt: skip
from tests.fuzz.shell import Ended, check, desk, named, typed
from tests.fuzz.test_below import conf_texts, file_names, lists, spoil, spoilings
from tests.worlds import TINY

pytestmark = pytest.mark.slow

LITTLE = (*TINY, "ensemble.replicates=2", "executor=serial")
"""Comes last, so that whatever was typed before it, a run takes no time."""


def elsewhere(word: str) -> bool:
    """Whether a word could reach beyond the desk, or start something."""
    key = word.partition("=")[0].lstrip("+~")
    return not key.startswith(("executor", "out", "design.path", "design.store", "experiment"))


def no_nul(text: str) -> str:
    """What a shell can hand over of a text."""
    return text.replace("\x00", "")


tame = any_words.filter(elsewhere)
some_flags = (
    "--all --dry-run --no-figures --outcome --config-path -m -- -x --outcome=attacks --outcome=atacks --as=csv --brief "
    "--no-files --case=us_troops --baseline=x"
)
flags = st.lists(st_one(some_flags.split()), max_size=2)
BAD = ("x", "null", "1.2.3", "'0.5'", "2024-02-31", "[1]", "{a: 1}", "0x10", "5 %", "007", "yes", "1_0x")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of four cases, two scenarios under two theories, with days."""
    folder = tmp_path_factory.mktemp("made") / "s"
    with desk():
        words = ("scenario=as_documented,us_troops", "theory=breach,constant", "ensemble.days=true", *LITTLE)
        assert typed("sweep", *words, f"out={folder}").code == 0
    return folder


# Settings


@examples(0.24, LINES)
@given(st.lists(tame, max_size=3))
def test_a_sweep_is_counted_or_its_mistake_named(words: list[str]) -> None:
    with desk():
        ended = typed("sweep", "--dry-run", "--", *words, "executor=serial")
    if ended.code:
        assert ended.names(*named(words), "scenario.events", *CHOICES), ended


@st.composite
def one_bad_value(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """Words of which one has a value that its setting cannot take."""
    parameter = draw(st_one([p for p in PARAMETERS if p.kind != "text" and not p.key.startswith("theory.")]))
    low, high = parameter.bounds or (0, 1)
    bad = draw(st_one([*BAD, f"{high * 2 + 1}", f"{low - 1}"]))
    before, after = draw(st.lists(fitting_words(), max_size=1)), draw(st.lists(fitting_words(), max_size=1))
    others = [word for word in (*before, *after) if word.partition("=")[0] != parameter.key]
    return parameter.key, bad, [*others, f"{parameter.key}={bad}"]


@examples(0.1, LINES)
@given(one_bad_value())
def test_the_one_bad_value_is_named_as_it_was_typed(given_: tuple[str, str, list[str]]) -> None:
    key, value, words = given_
    with desk():
        ended = typed("sweep", "--dry-run", *words, "executor=serial")
    if ended.code:  # as it happens, it may be able to
        assert ended.line.startswith(f"{key}={value}: "), ended


@examples(0.1, LINES)
@given(st.lists(st.one_of(fitting_words(), wild_words.filter(elsewhere)), max_size=2), flags)
def test_a_run_is_done_or_its_mistake_named(words: list[str], asked: list[str]) -> None:
    with desk():
        ended = typed("run", *asked, *([] if "--no-figures" in asked else ["--no-figures"]), *words, *LITTLE)
    if ended.code:
        assert ended.names(*named(words), *asked, "scenario.events", "ensemble", *CHOICES, "-x", "outcome", "flag"), (
            ended
        )


@examples(0.06, LINES)
@given(st.dictionaries(st_one(["first", "airport_assault"]), event_rows, min_size=1, max_size=2))
def test_a_row_of_an_event_table_is_taken_or_named(rows: dict[str, Any]) -> None:
    words = [f"scenario.events.{name}={_hydra(row)}" for name, row in rows.items()]
    with desk():
        ended = typed("run", "--no-figures", "--", *words, *LITTLE)
    if ended.code:
        assert ended.names(*(f"scenario.events.{name}" for name in rows)), ended


def _hydra(value: Any) -> str:
    """A tree in the grammar of words."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_hydra(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_hydra, value))}]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


# Files


@examples(0.06, LINES)
@given(lists(), st.lists(tame, max_size=1))
def test_a_list_is_counted_or_its_mistake_has_a_line(raw: bytes, words: list[str]) -> None:
    with desk():
        Path("these.csv").write_bytes(raw)
        ended = typed("sweep", "--dry-run", "--", *words, "design=file", "design.path=these.csv", "executor=serial")
    if ended.code:
        assert ended.names("these.csv", "design.store", *named(words), "scenario.events", *CHOICES), ended


@examples(0.08, LINES)
@given(st.dictionaries(file_names, conf_texts(), min_size=1, max_size=2))
def test_a_conf_folder_is_used_or_its_mistake_has_a_file(files: dict[str, str]) -> None:
    with desk():
        for name, text in files.items():
            path = Path("conf", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode("utf-8", "surrogatepass"))
        words = ["scenario=mine"] if any("scenario/mine.yaml" in name for name in files) else []
        ended = typed("sweep", "--dry-run", "--config-path", "conf", *words, "executor=serial")
    if ended.code:
        assert ended.names("conf/", "scenario=mine"), ended


# Stores


VERBS = (
    ["status", "s"],
    ["verify", "s", "--runs", "2"],
    ["query", "s", "SELECT count(*) FROM runs"],
    ["compare", "s", "--no-files"],
    ["plot", "s", "--figure", "F2"],
    ["why", "s", "us_troops"],
    ["sweep", "--dry-run", "theory=breach", *LITTLE, "out=s"],
    ["run", "theory=breach", "--no-figures", *LITTLE, "out=s"],
)
notes = st.one_of(junk, odd_text, st_one(["[]", "{}", "1", '{"format": 1}']))


@examples(0.12, LINES)
@given(st_one(VERBS), spoilings())
def test_a_spoilt_store_is_used_or_called_damaged(
    store: Path, words: list[str], spoiling: tuple[str, str, int, Any]
) -> None:
    table, how, place, kind = spoiling
    with desk(store):
        parts = sorted(Path("s", table).glob("*.parquet"))
        part = parts[place % len(parts)]
        rows = pq.read_table(part)
        part.unlink()
        spoil(Path("s", table), rows, how, place, kind)
        ended = typed(*words)
    if ended.code == 4:
        assert ended.names("s", "s/"), ended


@examples(0.06, LINES)
@given(st_one(VERBS), st_one(["manifest.json", "invocations"]), notes)
def test_a_store_with_an_odd_note_is_used_or_called_damaged(
    store: Path, words: list[str], name: str, text: str
) -> None:
    with desk(store):
        target = Path("s", name) if name.endswith(".json") else next(Path("s", name).glob("*.json"))
        target.write_bytes(text.encode("utf-8", "surrogatepass"))
        ended = typed(*words)
    if ended.code == 4:
        assert ended.names("s/", "s "), ended


# Verbs


known_arguments = (
    "s nowhere s/manifest.json us_troops as_documented breach 0 1 -1 F1 --case --outcome --figure --against --baseline "
    "--as csv json --all --settings exits_by_end exits gangs media.rumour_rate --role facts parameters world x.png "
    "--config-path"
)
arguments = st.lists(st.one_of(odd_text.map(no_nul), st_one([*known_arguments.split(), "SELECT 1", ""])), max_size=4)
verbs = st_one([*["status", "verify", "query", "compare", "plot", "why", "show", "reproduce", "init", "nonsense"], ""])


@examples(0.16, LINES)
@given(verbs, arguments)
def test_any_arguments_of_any_verb_are_taken_or_refused(store: Path, verb: str, words: list[str]) -> None:
    with desk(store):
        if verb == "compare":  # which would run 400 replicates of anything
            words = [word for word in words if "=" not in word] or ["s"]
        asks_for_help = verb == "show" and not [word for word in words if word != "--"]
        typed(verb, *words, *(["facts"] if asks_for_help else []))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["sweep", "--dry-run", "gangs.blocs=range(0,1,1e-9)"], 2),
        (["run", "scenario=as_documented", "media.report_probability='0.1'"], 2),
        (["status", "nowhere"], 2),
        (["sweep", "--dry-run", "theory=breach,constant", "\udcff=1"], 2),
    ],
)
def test_it_is_the_same_from_a_shell(tmp_path: Path, words: list[str], code: int) -> None:
    command = [sys.executable, "-m", "sim", *words]
    done = processes.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    ended = Ended(tuple(words), done.returncode, done.stdout, done.stderr)
    check(ended)
    assert ended.code == code
