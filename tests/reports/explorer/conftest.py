"""A page of few worlds, made once, with the runs that it is of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sim.cli import run as tabletop

OUTCOMES = ("exits_by_end", "available_on_target")
LITTLE = ("ensemble.replicates=12", "clock.end=2024-06-09")


@dataclass(frozen=True)
class Made:
    """A page, its text and data, and the store of its runs."""

    path: Path
    store: Path
    page: str
    data: dict[str, Any]

    @classmethod
    def of(cls, path: Path, store: Path) -> Made:
        page = path.read_text(encoding="utf-8")
        data = page.partition('<script type="application/json" id="data">')[2].partition("</script>")[0]
        return cls(path, store, page, json.loads(data))


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Six levers under all theories, as somebody types it who has little time."""
    folder = tmp_path_factory.mktemp("explorer")
    path, store = folder / "explore.html", folder / "s"
    shown = [word for name in OUTCOMES for word in ("--outcome", name)]
    assert tabletop(["explore", str(path), *LITTLE, *shown, f"out={store}"]) == 0
    return Made.of(path, store)
