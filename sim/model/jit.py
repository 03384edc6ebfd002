"""The one way in which loops are compiled: at first use, and kept on disk where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

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
    loop = njit(**_HOW)(function)
    with suppress(RuntimeError):
        loop._cache = _Kept(function)
    return loop


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
