"""What goes wrong: a mistake that is answered in one line, and a disk that takes nothing."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sim.errors import UserMistake


def refusal(call: Callable[..., object], *arguments: object, **keywords: object) -> str:
    """The one line with which a call is refused as its user's mistake."""
    with pytest.raises(UserMistake) as caught:
        call(*arguments, **keywords)
    line = str(caught.value)
    assert "\n" not in line
    assert caught.value.exit_code == 2
    return line


@contextmanager
def failing_disk(fault: int | type[BaseException] = errno.ENOSPC, call: str = "fsync") -> Iterator[None]:
    """While this holds, writing fails in ``os.fsync`` or another ``call``: no space, another errno, or an interrupt."""

    def fail(*_: object) -> None:
        raise OSError(fault, os.strerror(fault)) if isinstance(fault, int) else fault

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, call, fail)
        yield
