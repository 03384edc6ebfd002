from __future__ import annotations

from pathlib import Path

import pytest

from sim.ensemble.store.store import Store
from tests.ensemble.tiny_worlds import opened


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return opened(tmp_path / "worlds")
