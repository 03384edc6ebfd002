"""How many examples there are, and what none of them may take: time without end, memory without end, a traceback.

In the suite the examples are always the same. By hand, with others each time::

    FUZZ_LINES=20000 FUZZ_BELOW=200000 python -m pytest -m slow tests/fuzz
"""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings

LINES, BELOW = int(os.environ.get("FUZZ_LINES", "500")), int(os.environ.get("FUZZ_BELOW", "10000"))
"""Examples through the whole command line, and below Hydra's composing, together."""
BY_HAND = bool({"FUZZ_LINES", "FUZZ_BELOW"} & os.environ.keys())
SECONDS, KILOBYTES = 20, 600_000
"""What one example may take: wall time on a busy machine, and growth of the process at its largest."""


def examples(share: float, of: int) -> Any:
    """Settings for a part of the examples; without a database, and the same each time unless they are run by hand."""
    return settings(
        max_examples=max(1, round(share * of)),
        deadline=None,
        database=None,
        derandomize=not BY_HAND,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


class Endless(BaseException):
    """An example that takes too long; no ``except Exception`` swallows it."""


@contextmanager
def bounded() -> Iterator[None]:
    """Within it an example ends in time, and takes no memory to speak of."""

    def stop(*_: object) -> None:
        raise Endless(f"more than {SECONDS} seconds")

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    earlier = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    except Endless as endless:
        raise AssertionError(str(endless)) from None  # which Hypothesis reports with its example
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, earlier)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < KILOBYTES, f"{grown / 1000:,.0f} MB"
