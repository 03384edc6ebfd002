"""The one way in which loops are compiled: at first use, and kept on disk where there is a place for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Any:
    """The function as machine code, without Python's global lock; a division by zero gives what IEEE 754 says.

    Numba keeps code beside the file or in the user's cache folder, and raises, as a module is imported, where it may
    write to neither: under another user than the one who installed the package and without a home, as in containers.
    Such a process compiles for itself; ``NUMBA_CACHE_DIR`` may name a folder that it can use.
    """
    try:
        return njit(cache=True, nogil=True, error_model="numpy")(function)
    except RuntimeError:
        return njit(nogil=True, error_model="numpy")(function)
