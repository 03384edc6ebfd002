"""Starting processes without running the caller's script again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def main_left_alone() -> Iterator[None]:
    """Processes start as this block submits, and shall not run the caller's script once more.

    Spawning imports ``__main__`` again to find what was defined there; tasks need nothing of it, and a script without
    ``if __name__ == "__main__":`` would start its own runs in every worker.
    """
    main: Any = sys.modules.get("__main__")
    hidden = {name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)} if main else {}
    for name in hidden:
        setattr(main, name, None)
    try:
        yield
    finally:
        for name, value in hidden.items():
            setattr(main, name, value)
