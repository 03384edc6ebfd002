"""The verb that puts a session on a page: what it refuses, in a line each."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sim.cli import run

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "no session"),
        (("nowhere", "port=http"), "port=http: a whole number from 1 to 65535, such as port=8765"),
        (("nowhere", "port=70000"), "port=70000: a whole number from 1 to 65535, such as port=8765"),
        ((__file__,), "is a file; a session is a folder of its own"),
        (("nowhere", "language=de"), "one of en, fr"),
        (("nowhere", "hosts=127.0.0.1"), "near it: host"),
        (("nowhere", "host=a", "host=b"), "given twice"),
    ],
)
def test_what_cannot_be_served_is_refused_in_a_line(words: tuple[str, ...], said: str, capsys: Output) -> None:
    assert run(["serve", *words]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1


def test_without_its_extra_the_verb_names_it(monkeypatch: pytest.MonkeyPatch, capsys: Output, tmp_path: Path) -> None:
    for name in [one for one in sys.modules if one.startswith("sim.page")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette", None)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert run(["serve", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        "tabletop: serve: needs the extra [table]: pip install 'haiti-tabletop[table]'\n"
    )


def test_the_verb_says_what_it_does(capsys: Output) -> None:
    assert run(["serve", "--help"]) == 0
    assert "Example: tabletop serve friday" in " ".join(capsys.readouterr().out.split())
