"""The digests that every installation is asked for are all known."""

from __future__ import annotations

import json

import pytest

from tests.digests import DIGESTS, KNOWN, main


def test_every_digest_is_known_and_nothing_else() -> None:
    assert json.loads(KNOWN.read_text(encoding="utf-8")).keys() == DIGESTS.keys()


def test_another_digest_is_said_and_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(DIGESTS, "run", lambda: "0")
    assert main(["run"]) == 1
    known = json.loads(KNOWN.read_text(encoding="utf-8"))["run"]
    assert capsys.readouterr().out.split() == ["run", "0", "not", known]


def test_a_name_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rum"]) == 2
    assert capsys.readouterr().err.startswith("rum: there are run,")
