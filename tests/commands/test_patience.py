"""A long silence says what it is about; a short one stays silent."""

from __future__ import annotations

import time

import pytest

from sim.commands import patience
from sim.commands.screen import progress


def test_what_is_quick_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with patience.tell("composing"), progress(10) as advance:
        advance(10)
    assert capsys.readouterr().err == ""


def test_what_takes_long_says_what_it_does_and_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST", 0.1)
    monkeypatch.setattr(patience, "EVERY", 0.2)
    with progress(1500) as advance:
        time.sleep(0.2)
        advance(600)
        time.sleep(0.25)
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "tabletop: running 1,500 runs; the first on a machine compile the model, for up to a minute …"
    assert second == "tabletop: 600 of 1,500 runs done …"


def test_it_ends_with_what_it_is_about_even_where_that_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "FIRST", 0.1)
    with pytest.raises(ValueError, match="on purpose"), patience.tell("drawing"):
        raise ValueError("on purpose")
    time.sleep(0.2)
    assert capsys.readouterr().err == ""


def test_a_note_waits_for_work_and_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    patience.forget_notes()
    patience.note("it changes nothing")
    assert capsys.readouterr().err == ""
    with progress(10):
        patience.note("it changes nothing")
    patience.say_notes()
    assert capsys.readouterr().err == "tabletop: it changes nothing\n"
    patience.forget_notes()
