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


def made_of(folder: Path, *words: str, shown: tuple[str, ...] = OUTCOMES) -> Made:
    """The page of these words."""
    path, store = folder / "explore.html", folder / "s"
    flags = [word for name in shown for word in ("--outcome", name)]
    assert tabletop(["explore", str(path), "clock.end=2024-06-09", *words, *flags, f"out={store}"]) == 0
    return Made.of(path, store)


@pytest.fixture(scope="session")
def no_effect(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A lever on which nobody's leaving depends, in few worlds."""
    return made_of(tmp_path_factory.mktemp("nothing"), "levers=us_support", "ensemble.replicates=20")


@pytest.fixture(scope="session")
def of_one(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """One world under each theory."""
    return made_of(tmp_path_factory.mktemp("one"), "levers=pay_escrow,kit_first", "ensemble.replicates=1")


@pytest.fixture(scope="session")
def enough(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """So many worlds that shares are of 100, in French."""
    words = ("levers=pay_escrow", "theory=breach,constant", "ensemble.replicates=120", "language=fr")
    return made_of(tmp_path_factory.mktemp("enough"), *words)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Six levers under all theories, as somebody types it who has little time."""
    return made_of(tmp_path_factory.mktemp("explorer"), *LITTLE[:1])
