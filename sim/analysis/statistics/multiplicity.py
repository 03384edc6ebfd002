"""Several comparisons at once: how to keep the chance of being misled by any of them small.

Verdicts go by Holm's (1979) step-down p-values, intervals that shall hold together by Bonferroni's level. Neither
assumes anything of how the comparisons depend on each other; and they do, because they share their runs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

METHOD = "Holm's p-values and Bonferroni's simultaneous intervals over all comparisons shown"


def holm(values: Sequence[float | None]) -> list[float | None]:
    """Holm's adjusted p-values, in the order given; None stays None and does not count.

    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    known = [position for position, value in enumerate(values) if value is not None]
    numbers = np.array([values[position] for position in known], dtype=float)
    order = np.argsort(numbers, kind="stable")
    stepped = np.maximum.accumulate(numbers[order] * np.arange(len(numbers), 0, -1))
    adjusted: list[float | None] = [None] * len(values)
    for position, value in zip(order, stepped, strict=True):
        adjusted[known[position]] = min(float(value), 1.0)
    return adjusted


def bonferroni(level: float, count: int) -> float:
    """Level of each of ``count`` intervals so that all of them hold together at ``level``."""
    return 1 - (1 - level) / max(count, 1)
