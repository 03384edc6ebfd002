"""The one way in which loops are compiled: at first use, and kept on disk where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from types import CodeType, FunctionType
from typing import Any

import numpy as np
from numba import njit
from numba.core.caching import FunctionCache
from numba.core.runtime import rtsys

_HOW: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def compiled(function: Callable[..., Any]) -> Any:
    """The function as machine code, without Python's global lock; a division by zero gives what IEEE 754 says.

    Numba keeps code beside the file or in the user's cache folder, and raises, as a module is imported, where it may
    write to neither: under another user than the one who installed the package and without a home, as in containers.
    Such a process compiles for itself; ``NUMBA_CACHE_DIR`` may name a folder that it can use.
    """
    if "<" in function.__qualname__:  # <locals> or <lambda>: other functions may have this name
        told_apart(function)
    loop = njit(**_HOW)(function)
    with suppress(RuntimeError):
        loop._cache = _Kept(function)
    return loop


def told_apart(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that is made anew for each of several things, under a name that follows from what it is made of.

    Numba numbers functions in the order in which a process compiles them, and knows those of one name and signature by
    their numbers alone, in code that is kept, too. Two processes may give one number to two of them; a third, which
    loads the code of both, would call one for the other.
    """
    function.__qualname__ += f"_{sha256(repr(_content(function)).encode()).hexdigest()[:12]}"
    return function


def _content(thing: Any, within: tuple[Any, ...] = ()) -> Any:
    """What a function, or something that it encloses, is made of, written alike in every process."""
    thing = getattr(thing, "py_func", thing)
    if any(thing is other for other in within):
        return "itself"
    within = *within, thing
    match thing:
        case FunctionType():
            parts = thing.__code__, thing.__defaults__, _enclosed(thing)
            return thing.__module__, thing.__qualname__, *(_content(part, within) for part in parts)
        case CodeType():
            return thing.co_code, thing.co_names, *(_content(part, within) for part in thing.co_consts)
        case tuple() | list():
            return [_content(part, within) for part in thing]
        case np.ndarray():
            return thing.dtype.str, thing.shape, thing.tobytes()
    return repr(thing)


def _enclosed(function: FunctionType) -> list[Any]:
    """What stands in a function's cells; one that calls itself is not in its own yet while it is decorated."""
    found = []
    for cell in function.__closure__ or ():
        with suppress(ValueError):
            found.append(cell.cell_contents)
    return found


class _Kept(FunctionCache):
    """Numba's cache, which by itself neither knows how a function was compiled nor loads it without the compiler."""

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return *super()._index_key(sig, codegen), tuple(_HOW.items())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What is kept for these types, or None.

        Numba would first teach the compiler all that it knows, a third of a second (and SciPy's linear algebra), which
        code that is ready does not need; where there is none, the compiler does so by itself.
        """
        rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)
        return None  # an error of the disk, which costs no more than compiling
