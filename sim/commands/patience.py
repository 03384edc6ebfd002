"""What a command does while it says nothing: a line now and then on the error stream where no bar can show it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FIRST, EVERY = 10.0, 30.0
"""Seconds until the first line, and between two."""


@contextmanager
def tell(what: str | Callable[[], str]) -> Iterator[None]:
    """Say what is going on once it has taken :data:`FIRST` seconds, then every :data:`EVERY`; what is quick is silent.

    Parameters
    ----------
    what
        What is done ("composing"), or a function that says how far it has come.
    """
    over = threading.Event()

    def say() -> None:
        wait = FIRST
        while not over.wait(wait):
            print(f"tabletop: {what() if callable(what) else what} …", file=sys.stderr, flush=True)
            wait = EVERY

    thread = threading.Thread(target=say, name="patience", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
