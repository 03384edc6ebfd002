from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _a_disk_that_answers_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of little stores are written, and nobody pulls the plug."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
