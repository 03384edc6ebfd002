"""Compiled code is kept where it can be, and works where it cannot."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import types

from sim.model import elementary
from sim.model import jit as compiling
from tests import processes

PACKAGE = Path(compiling.__file__).parents[1]
NOWHERE = """
from numba.core.caching import CacheImpl
CacheImpl._locator_classes = []  # as where neither the package nor a home may be written to
import numpy as np
from sim.model import philox
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
    made = processes.run(
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
        processes.run(
            [sys.executable, "-c", LOADED], cwd=PACKAGE.parent, env=kept, capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert [line[:3] for line in said] == [["3.0", "0", "1"], ["3.0", "1", "0"]]
    assert said[1][3] == "False"


def test_code_that_is_torn_is_compiled_anew(tmp_path: Path) -> None:
    kept = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}

    def said() -> list[str]:
        made = processes.run(
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


LOGS = {
    "of_sum": """
from sim.model.elementary import log1p
from sim.model.jit import compiled

@compiled
def of_sum(x):
    return log1p(x[0] - 1)
""",
    "plain": """
from sim.model.elementary import log
from sim.model.jit import compiled

@compiled
def plain(x):
    return log(x[0])
""",
}
MOMENTS = {
    "moments": """
from sim.model.jit import compiled

def made(power):
    @compiled
    def moment(x):
        centred = x - x.mean()
        return (centred**power).sum() / len(x)
    return moment

second, third = made(2), made(3)
""",
    "two": """
from moments import second
from sim.model.jit import compiled

@compiled
def two(x):
    return second(x)
""",
    "three": """
from moments import third
from sim.model.jit import compiled

@compiled
def three(x):
    return third(x)
""",
}
SAID = """
import sys
from importlib import import_module
import numpy as np
for name in sys.argv[1:]:
    function = getattr(import_module(name), name)
    print(round(function(np.array([0.5, 0.5, 0.5, 4.5])), 6), sum(function.stats.cache_hits.values()))
"""


@pytest.mark.parametrize(
    ("files", "optimised", "right"),
    [(LOGS, "0", {"of_sum": "-0.693147", "plain": "-0.693147"}), (MOMENTS, "3", {"two": "3.0", "three": "6.0"})],
    ids=["logarithms", "moments"],
)
def test_code_that_several_processes_kept_is_not_taken_for_one_another(
    files: dict[str, str], optimised: str, right: dict[str, str], tmp_path: Path
) -> None:
    """A closure of each caller is the second function that its process compiles, and both closures have one name.

    With Numba's names alone (0.68.1) the last process said -0.693147 and 0.405465 (log1p of ½), and 3.0 and 3.0. The
    logarithms are compiled without the optimiser, which puts them into such short callers; then nothing is called.
    """
    for name, source in files.items():
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    settings = {"PYTHONPATH": str(PACKAGE.parent), "NUMBA_CACHE_DIR": str(tmp_path / "kept"), "NUMBA_OPT": optimised}

    def said(*names: str) -> list[str]:
        command = [sys.executable, "-c", SAID, *names]
        made = processes.run(
            command, cwd=tmp_path, env={**os.environ, **settings}, capture_output=True, text=True, check=True
        )
        return made.stdout.splitlines()

    for name, value in right.items():
        assert said(name) == [f"{value} 0"]
    assert said(*right) == [f"{value} 1" for value in right.values()]


def test_functions_that_are_made_anew_have_names_that_follow_from_what_they_are_made_of() -> None:
    def made(part: Any) -> str:
        def add(x: Any) -> Any:
            return x + part

        return str(compiling.compiled(add).py_func.__qualname__)

    def times(number: float) -> Any:
        return compiling.compiled(lambda x: x * number)

    long = np.arange(2000.0)
    longer = long.copy()
    longer[1000] = 0.5
    parts = [1.0, np.float32(1), (1.0, 2.0), long, longer, times(2.0), times(3.0), lambda x: x, lambda x: -x]
    names = [made(part) for part in parts]
    assert len(set(names)) == len(names)
    assert names[:6] == [made(part) for part in (1.0, np.float32(1), (1.0, 2.0), long.copy(), longer, times(2.0))]
    found = {
        maker(kind).__qualname__
        for maker in (elementary._exp, elementary._log, elementary._log1p, elementary._log1p_near)
        for kind in (types.float32, types.float64)
    }
    assert len(found) == 8


def test_a_function_that_calls_itself_is_told_apart_too() -> None:
    def made(step: int) -> Any:
        def down(n: int) -> int:
            return down(n - step) if n > 0 else n

        before = down.__qualname__
        return compiling.told_apart(down).__qualname__.removeprefix(before)

    assert made(2) != made(3)
    assert made(2) == made(2)


def test_a_name_is_the_same_in_another_process() -> None:
    asked = "from numba import types; from sim.model import elementary as e; print(e._log(types.float32).__qualname__)"
    made = processes.run([sys.executable, "-c", asked], cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == elementary._log(types.float32).__qualname__
