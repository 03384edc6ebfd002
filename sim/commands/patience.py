"""What a command does while it says nothing: a line now and then on the error stream where no bar can show it.

What it has to note waits until it works, so that a mistake is one line.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FIRST, EVERY = 10.0, 30.0
"""Seconds until the first line, and between two."""
_held: dict[str, bool] = {}
"""What there is to note, and whether it has been said."""


def note(line: str) -> None:
    """Keep a line until work begins or the command ends: a mistake that comes to light by then is said alone."""
    _held.setdefault(line, False)


def say_notes() -> None:
    """Say what was kept, each line once."""
    for line in [line for line, said in _held.items() if not said]:
        _held[line] = True
        print(f"tabletop: {line}", file=sys.stderr, flush=True)


def forget_notes() -> None:
    """What was kept is not said any more."""
    _held.clear()


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
            say_notes()
            print(f"tabletop: {what() if callable(what) else what} …", file=sys.stderr, flush=True)
            wait = EVERY

    thread = threading.Thread(target=say, name="patience", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
