"""Ctrl-C that is heard: asking to stop must not be lost in compiled code, which may swallow the exception."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def heard() -> Iterator[Callable[[], None]]:
    """Within it an interrupt is remembered besides being raised; the function given raises it again where it was lost.

    Numba's dispatchers look at their arguments in C and take some errors that arise meanwhile for an answer; a
    KeyboardInterrupt that falls there is gone (one in six was). In another thread than the main one, and where somebody
    else handles the signal, nothing changes.
    """
    mine = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not mine or threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.default_int_handler(number, frame)

    def check() -> None:
        if asked:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def kept() -> Iterator[None]:
    """Within it somebody else's code may take the signals that ask to stop; afterwards they are whose they were.

    Handlers can only be set in the main thread; in another one nobody can have taken them.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)


@contextmanager
def deferred() -> Iterator[None]:
    """Within it an interrupt waits; it is raised at the end.

    A process that is being started would read half of what it is sent, and say so in a traceback. The signal is held
    back for what is started here, which inherits that, and remembered here, since another thread may take it.
    """
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    missed: list[tuple[int, FrameType | None]] = []
    masks = hasattr(signal, "pthread_sigmask")
    signal.signal(signal.SIGINT, lambda number, frame: missed.append((number, frame)))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else None
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        if missed:
            handler(*missed[0])
