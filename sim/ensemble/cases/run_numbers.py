"""One number for a run of a case under one root seed: its replicate, and which future of its past it is."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

LUCK = ("root_seed", "replicate", "future")
"""The columns that name a draw of luck: runs that share them are compared as pairs."""
RUN = ("case", *LUCK)
"""The columns that name a run, in every table that has rows of runs."""
MOST_FUTURES = 2**24 - 1
"""Futures of one past: their numbers plus 1 have 24 bits in the address of a draw."""
FUTURES = 2**31
"""Replicates lie below this, so that a replicate and a future make one number."""


def run_numbers(runs: pd.DataFrame) -> NDArray[np.int64]:
    """The number of each row, ``replicate + future · 2³¹``, from the columns of these names."""
    futures = runs["future"].to_numpy(dtype=np.int64)
    return runs["replicate"].to_numpy(dtype=np.int64) + futures * FUTURES


def run_name(number: int) -> str:
    """How people name a run: its replicate, and after a slash its future unless it is the 0th.

    >>> run_name(17), run_name(17 + 2 * FUTURES)
    ('17', '17/2')
    """
    future, replicate = divmod(int(number), FUTURES)
    return f"{replicate}/{future}" if future else str(replicate)


def named_run(name: str) -> int | None:
    """Undo :func:`run_name`; None for what names no run.

    >>> named_run("17/2") - named_run("17") == 2 * FUTURES, named_run("first")
    (True, None)
    """
    replicate, slash, future = name.strip().partition("/")
    if not (replicate.isdecimal() and (future.isdecimal() if slash else True)) or len(name) > 25:
        return None
    return int(replicate) + int(future or 0) * FUTURES
