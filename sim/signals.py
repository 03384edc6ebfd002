"""Ctrl-C and SIGTERM that are heard: whoever asks to stop gets his way, wherever it falls, and within a bounded time.

All that a handler can do is raise, and Python runs it between any two steps of the main thread. Some of those lie
inside compiled code that takes an error for an answer (Numba's dispatchers, DuckDB, a module that is being imported),
or in a destructor: there the exception is gone, and the command would go on as if nobody had asked. So the wish is
remembered, and raised again where it was lost.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from sim.errors import Interrupted, Terminated

LONGEST = 25.0
"""Seconds that a command has to keep what is finished and leave; batch systems kill after thirty."""
_AGAIN = 0.1
"""Seconds between two looks whether a wish was lost."""
_STOPS: dict[int, tuple[type[Interrupted | Terminated], object]] = {
    signal.SIGINT: (Interrupted, signal.default_int_handler),
    signal.SIGTERM: (Terminated, signal.SIG_DFL),
}
"""What asks to stop: the exception that it raises, and its handler where nobody has put one there."""


class Ear:
    """Hears what asks to stop and raises it, again and again until it arrives.

    Attributes
    ----------
    longest
        Seconds after which the whole process is ended, whatever it does; None: never, as in somebody else's process.
    hook
        What Python calls for other exceptions that nobody can catch.
    """

    def __init__(self, longest: float | None) -> None:
        self.longest = longest
        self._asked: list[int] = []
        self._wish: weakref.ref[BaseException] | None = None
        self._open = True
        self.hook = sys.unraisablehook

    def stop(self, number: int, frame: FrameType | None) -> None:
        """The handler: raise, and see to it that this is not the end of it."""
        wish = _STOPS[number][0]()
        self._wish = weakref.ref(wish)
        self._asked.append(number)
        if len(self._asked) == 1:
            # No threading.Thread: the main thread, which stands still here, may hold the lock that its start needs.
            _thread.start_new_thread(self._insist, ())
        try:
            raise wish
        finally:
            del wish  # this frame is in its traceback and would keep it alive, so that it would never be missed

    def check(self) -> None:
        """Raise again what was asked, where it was lost."""
        if self._asked:
            self.stop(self._asked[-1], None)

    def lost(self) -> bool:
        """Whether somebody has asked whose exception is nowhere on its way."""
        return self._wish is not None and self._wish() is None

    def answer(self) -> None:
        """Take note that the wish has arrived where it belongs."""
        self._wish = None

    def close(self) -> None:
        """Hear no more."""
        self._open = False

    def unraisable(self, what: sys.UnraisableHookArgs) -> None:
        """Python's hook: a wish that falls in a destructor comes again, and there is nothing to say."""
        if not isinstance(what.exc_value, Interrupted | Terminated):
            self.hook(what)

    def _insist(self) -> None:
        began = time.monotonic()
        while self._open and (self.longest is None or time.monotonic() < began + self.longest):
            time.sleep(_AGAIN)
            if self._open and self.lost():
                _ask_main_thread(self._asked[-1])
        if self._open:
            _end(self._asked[-1], self.longest)


def _ask_main_thread(number: int) -> None:
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, number)  # wakes it where it waits
    else:
        _thread.interrupt_main(signal.Signals(number))


def _end(number: int, seconds: float | None) -> None:
    """End the process from outside its main thread: as a kill would, but with a line and the right exit code."""
    said = f"tabletop: told to stop by {signal.Signals(number).name} and not done after {seconds:g} s: ended\n"
    with suppress(OSError, AttributeError, ValueError):
        os.write(sys.stderr.fileno(), said.encode())
    os._exit(128 + number)


_ears: list[Ear] = []
"""Who hears at present: one at most."""


@contextmanager
def heard(longest: float | None = None) -> Iterator[Callable[[], None]]:
    """Within it Ctrl-C and SIGTERM raise ``Interrupted`` and ``Terminated`` until they arrive.

    The function given raises at once what was lost; whoever comes to the end of a piece of work may call it. At the end
    it is called in any case. Within another ``heard`` nothing changes, nor in another thread than the main one, nor for
    a signal that somebody else handles.

    Parameters
    ----------
    longest
        Seconds after which the process is ended, whatever it does; None: never.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    if _ears:
        yield _ears[-1].check
        return
    ear = Ear(longest)
    before = {number: signal.getsignal(number) for number in _STOPS}
    ours = [number for number, handler in before.items() if handler == _STOPS[number][1]]
    _ears.append(ear)
    sys.unraisablehook = ear.unraisable
    try:
        for number in ours:
            signal.signal(number, ear.stop)
        yield ear.check
        if ear.lost():
            ear.check()
    finally:
        ear.close()
        _ears.remove(ear)
        sys.unraisablehook = ear.hook
        for number in ours:
            signal.signal(number, before[number])


def answered() -> None:
    """Say that a wish to stop has arrived where it is obeyed; one that somebody merely catches is raised again."""
    for ear in _ears:
        ear.answer()


@contextmanager
def kept() -> Iterator[None]:
    """Within it somebody else's code may take the signals that ask to stop; afterwards they are whose they were.

    Handlers can only be set in the main thread; in another one nobody can have taken them.
    """
    before = {number: signal.getsignal(number) for number in _STOPS}
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
    before = {number: signal.getsignal(number) for number in _STOPS}
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


def leave_signals() -> None:
    """Leave what asks to stop to the main thread, which waits and would not wake up if another one took it.

    The initializer of a pool of threads.
    """
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, set(_STOPS))
