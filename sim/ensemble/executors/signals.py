"""Ctrl-C and SIGTERM that are heard: asking to stop must not be lost in compiled code, which may swallow exceptions."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from sim.errors import Terminated, terminate

_OURS = {signal.SIGINT: (signal.default_int_handler,), signal.SIGTERM: (signal.SIG_DFL, terminate)}
"""Handlers that nobody else has put there."""


@contextmanager
def heard() -> Iterator[Callable[[], None]]:
    """Within it a wish to stop is remembered besides being raised; the function given raises it where it was lost.

    Numba's dispatchers look at their arguments in C and take some errors that arise meanwhile for an answer; a
    KeyboardInterrupt that falls there is gone (one in six was). SIGTERM is heard like Ctrl-C, and leaves with 143. In
    another thread than the main one, and where somebody else handles the signal, nothing changes.
    """
    before = {number: signal.getsignal(number) for number in _OURS}
    ours = [number for number, handler in before.items() if handler in _OURS[number]]
    if threading.current_thread() is not threading.main_thread():
        ours = []
    asked: list[type[BaseException]] = []

    def stop(number: int, frame: FrameType | None) -> None:
        asked.append(KeyboardInterrupt if number == signal.SIGINT else Terminated)
        check()

    def check() -> None:
        if asked:
            raise asked[-1]

    for number in ours:
        signal.signal(number, stop)
    try:
        yield check
    finally:
        for number in ours:
            signal.signal(number, before[number])


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
    before = {number: signal.getsignal(number) for number in _OURS}
    handlers = {number: handler for number, handler in before.items() if callable(handler)}
    if threading.current_thread() is not threading.main_thread() or signal.SIGINT not in handlers:
        yield
        return
    missed: list[tuple[int, FrameType | None]] = []
    masks = hasattr(signal, "pthread_sigmask")
    for number in handlers:
        signal.signal(number, lambda number, frame: missed.append((number, frame)))
    # Only Ctrl-C reaches what is started here besides; SIGTERM must end it.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else None
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if missed:
            handlers[signal.Signals(missed[0][0])](*missed[0])
