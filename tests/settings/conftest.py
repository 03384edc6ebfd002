"""A conf folder of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    """``own({"gangs/default.yaml": text})``: a folder of these files."""

    def made(files: dict[str, str | bytes], folder: str = "mine") -> Path:
        home = tmp_path / folder
        home.mkdir(exist_ok=True)
        for name, text in files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return home

    return made
