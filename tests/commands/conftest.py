from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def error_line(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """``error_line()``: the one line on the error stream."""

    def line() -> str:
        text = capsys.readouterr().err
        assert text.count("\n") == 1, text
        assert "Traceback" not in text
        return text.strip()

    return line


@pytest.fixture
def store(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A copy of the store that a module has ``made``, to spoil: ``s`` in the folder that one is in."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made, tmp_path / "s")
    capsys.readouterr()
    return tmp_path / "s"
