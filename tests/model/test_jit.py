"""Compiled code is kept where it can be, and works where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sim.model import jit as compiling

PACKAGE = Path(compiling.__file__).parents[1]
NOWHERE = """
from numba.core.caching import CacheImpl
CacheImpl._locator_classes = []  # as where neither the package nor a home may be written to
import numpy as np
from sim.ensemble.engine import philox
from sim.model import officer_kernels as kernels
sums = np.empty(1)
kernels.total(np.ones((3, 1)), sums)
print(sums[0], philox.pairs.stats.cache_path)
"""


def test_nothing_is_compiled_in_another_way() -> None:
    cached = [path.name for path in PACKAGE.rglob("*.py") if "cache=True" in path.read_text(encoding="utf-8")]
    assert cached == ["jit.py"]


def test_where_nothing_can_be_kept_a_process_compiles_for_itself() -> None:
    made = subprocess.run(
        [sys.executable, "-c", NOWHERE], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )
    assert made.stdout == "3.0 None\n", made.stderr
