from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.extending import page


@pytest.fixture
def example(tmp_path) -> Iterator[Callable[[str], Path]]:
    """``example("A scenario")``: the section's files are found until the test ends; the folder of its conf."""
    with ExitStack() as stack:
        yield lambda section: stack.enter_context(page.example(section, tmp_path))
