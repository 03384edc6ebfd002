"""One session that every test of the papers reads."""

from __future__ import annotations

import pytest

from sim.tabletop.board import Board
from tests.tabletop.papers.story import six_turns


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Board:
    """Six turns, ended."""
    return six_turns(tmp_path_factory.mktemp("session")).board
