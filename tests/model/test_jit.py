"""Compiled code is kept where it can be, and works where it cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
    for word in ("FunctionCache", "cache=True", "njit("):
        using = [path.name for path in PACKAGE.rglob("*.py") if word in path.read_text(encoding="utf-8")]
        assert using in (["jit.py"], []), word


def test_where_nothing_can_be_kept_a_process_compiles_for_itself() -> None:
    made = subprocess.run(
        [sys.executable, "-c", NOWHERE], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )
    assert made.stdout == "3.0 None\n", made.stderr


LOADED = """
import sys
import numpy as np
from sim.model import officer_kernels as kernels
sums = np.empty(1)
kernels.total(np.ones((3, 1)), sums)
stats = kernels.total.stats
print(sums[0], sum(stats.cache_hits.values()), sum(stats.cache_misses.values()), "scipy.linalg" in sys.modules)
"""


def test_code_that_is_kept_is_loaded_without_the_compiler_and_compiled_where_it_is_not(tmp_path: Path) -> None:
    kept = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    said = [
        subprocess.run(
            [sys.executable, "-c", LOADED], cwd=PACKAGE.parent, env=kept, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert [line[:3] for line in said] == [["3.0", "0", "1"], ["3.0", "1", "0"]]
    assert said[1][3] == "False"


def test_code_that_is_torn_is_compiled_anew(tmp_path: Path) -> None:
    kept = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}

    def said() -> list[str]:
        made = subprocess.run(
            [sys.executable, "-c", LOADED], cwd=PACKAGE.parent, env=kept, capture_output=True, text=True, check=True
        )
        return made.stdout.split()[:3]

    assert said() == ["3.0", "0", "1"]
    for code in (tmp_path / "kept").rglob("*.nbc"):
        code.unlink()
    assert said() == ["3.0", "0", "1"]


def test_how_a_function_was_compiled_is_part_of_what_it_is_kept_under(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = compiling.compiled(lambda x: x)._cache
    sig, codegen = (), compiling.njit(lambda: 0).targetctx.codegen()
    before = cache._index_key(sig, codegen)
    monkeypatch.setitem(compiling._HOW, "nogil", False)
    assert cache._index_key(sig, codegen) != before
