"""The one way in which loops are compiled: at first use, and kept on disk where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache, cached_property, update_wrapper
from hashlib import sha256
from os import getpid
from pathlib import Path
from time import time
from types import CodeType, FunctionType
from typing import Any

import numpy as np
from numba import njit
from numba.core import types
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.runtime import rtsys

_HOW: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def compiled(function: Callable[..., Any]) -> Any:
    """The function as machine code, without Python's global lock; a division by zero gives what IEEE 754 says.

    It allocates nothing: room to work in is handed to it. So nothing in it is counted, which Numba does for every row
    that a function takes out of an array, under a lock of the processor; for rows of some dozen numbers that takes as
    long as the numbers. And as much again would have to be compiled.

    Numba keeps code beside the file or in the user's cache folder, and raises, as a module is imported, where it may
    write to neither: under another user than the one who installed the package and without a home, as in containers.
    Such a process compiles for itself; ``NUMBA_CACHE_DIR`` may name a folder that it can use.
    """
    loop = _loop(function)
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


def _loop(function: Callable[..., Any], **how: Any) -> Any:
    """Numba's dispatcher of a function, which compiles for types; by itself for each written number, 0 say, anew."""
    if "<" in function.__qualname__:  # <locals> or <lambda>: other functions may have this name
        told_apart(function)
    loop = njit(**_HOW, **how)(function)
    template = loop.get_call_template

    def of_types(arguments: Any, named: Any) -> Any:
        return template(
            tuple(types.unliteral(one) for one in arguments),
            {name: types.unliteral(one) for name, one in named.items()},
        )

    loop.get_call_template = of_types
    return loop


class Inner:
    """A function that compiled functions call. Python, as tests are, calls a copy that its first call compiles.

    Numba makes for a function, beside its code, a way to call it from Python and one to call it by its address; they
    take a quarter as long as many a function of a few numbers, and each would be kept in a file of its own.
    """

    def __init__(self, function: Callable[..., Any], inline: bool) -> None:
        how: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "forceinline": inline}
        self.py_func = function
        self._loop = _loop(function, **how)
        self._numba_type_ = types.Dispatcher(self._loop)  # Numba's name for it
        update_wrapper(self, function)

    def __call__(self, *arguments: Any) -> Any:
        """What the copy for Python gives."""
        return self._for_python(*arguments)

    @cached_property
    def _for_python(self) -> Any:
        return compiled(self.py_func)


def inner(function: Callable[..., Any]) -> Inner:
    """As :func:`compiled`, for functions that only compiled functions call."""
    return Inner(function, inline=False)


def inlined(function: Callable[..., Any]) -> Inner:
    """As :func:`inner`, for what is done to one run, or to a row of them, in each step of a loop.

    It becomes part of whoever calls it, or the loop would not be vectorised.
    """
    return Inner(function, inline=True)


class _Kept(FunctionCache):
    """Numba's cache, which by itself looks at a function's own file alone, and tells what it encloses apart by chance.

    Here a change in this file, or in any of the model or its settings, has a function compiled anew, since it may call
    what stands in another file, and takes the places of rows from the tables of settings. So has a change in the file
    of any function that it encloses, such as a theory that somebody added.
    """

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        function = self._py_func
        code = sha256(repr(_content(function)).encode()).hexdigest()
        return sig, codegen.magic_tuple(), code, tuple(_HOW.items()), _files(function), _stamps()

    def _turn_to(self, sig: Any) -> None:
        """Turn to the file of this function and these types alone.

        Numba has all code of a function in one index and numbers its files; two processes that compile at once may give
        one number to two codes, and then one is called for the other.
        """
        what = repr((sig, self._py_func.__module__, self._py_func.__qualname__))
        name = f"{self._impl.filename_base}-{sha256(what.encode()).hexdigest()[:12]}"
        self._cache_file = IndexDataCacheFile(self._cache_path, name, self._impl.locator.get_source_stamp())

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled for these types, in the place of what was."""
        self._turn_to(sig)
        with self._guard_against_spurious_io_errors():
            self._impl.locator.ensure_cache_path()
            self._cache_file.flush()
        super().save_overload(sig, data)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """What is kept for these types, or None.

        Numba would first teach the compiler all that it knows, a third of a second (and SciPy's linear algebra), which
        code that is ready does not need; where there is none, the compiler does so by itself.
        """
        rtsys.initialize(target_context)
        self._turn_to(sig)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)
        return None  # an error of the disk, which costs no more than compiling


def _files(thing: Any, within: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    """Stamps of the file of a function and of those of all that it encloses, such as a theory that somebody added."""
    function = getattr(thing, "py_func", thing)
    if not isinstance(function, FunctionType) or any(function is other for other in within):
        return ()
    inner = (_files(part, (*within, function)) for part in _enclosed(function))
    return _stamp(Path(function.__code__.co_filename)), *inner


def _stamp(file: Path) -> tuple[str, float, int]:
    """Name, time and size of a file, as Numba stamps the one that it looks at; what stands in none is new each time."""
    try:
        kept = file.stat()
    except OSError:
        return file.name, time(), getpid()
    return file.name, kept.st_mtime, kept.st_size


@cache
def _stamps() -> tuple[tuple[str, float, int], ...]:
    """The stamps of how things are compiled, and of the model and its settings."""
    package = Path(__file__).parent
    rooms = (file for room in ("model", "settings") for file in (package / room).rglob("*.py"))
    files = sorted([*package.glob("jit*.py"), *rooms])
    return tuple(map(_stamp, files))
