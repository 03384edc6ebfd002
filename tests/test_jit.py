"""Compiled code is kept where it can be, and works where it cannot."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import types

from sim import jit as compiling
from sim.model import elementary
from tests import processes

PACKAGE = Path(compiling.__file__).parent
ASKED = """
import numpy as np
from sim.model.elementary_arrays import _exponentials
values = np.empty(1)
_exponentials(np.zeros(1), values)
"""
"""A little of the model, which calls into another file: e^0."""
NOWHERE = f"""
from numba.core.caching import CacheImpl
CacheImpl._locator_classes = []  # as where neither the package nor a home may be written to
{ASKED}
print(values[0], _exponentials.stats.cache_path)
"""
LOADED = f"""
import sys
{ASKED}
stats, compiler = _exponentials.stats, {{"scipy.linalg", "numba.np.arrayobj"}} & set(sys.modules)
print(values[0], sum(stats.cache_hits.values()), sum(stats.cache_misses.values()), bool(compiler))
"""
COMPILED, FOUND = ["1.0", "0", "1"], ["1.0", "1", "0"]
"""What LOADED says where nothing is kept, and where the code is."""


def said(kept: Path, package: Path = PACKAGE) -> list[str]:
    """What a process says that keeps its code there."""
    made = processes.run(
        [sys.executable, "-c", LOADED],
        cwd=package.parent,
        env={**os.environ, "NUMBA_CACHE_DIR": str(kept)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.split()


def test_nothing_is_compiled_in_another_way() -> None:
    for word in ("FunctionCache", "cache=True", "njit("):
        using = [path.name for path in PACKAGE.rglob("*.py") if word in path.read_text(encoding="utf-8")]
        assert using in (["jit.py"], []), word


def test_where_nothing_can_be_kept_a_process_compiles_for_itself() -> None:
    made = processes.run(
        [sys.executable, "-c", NOWHERE], cwd=PACKAGE.parent, capture_output=True, text=True, check=False
    )
    assert made.stdout == "1.0 None\n", made.stderr


def test_code_that_is_kept_is_loaded_without_the_compiler_and_compiled_anew_where_it_is_torn(tmp_path: Path) -> None:
    first, second = said(tmp_path / "kept"), said(tmp_path / "kept")
    assert [first[:3], second[:3]] == [COMPILED, FOUND]
    assert second[3] == "False"
    for code in (tmp_path / "kept").rglob("*.nbc"):
        code.unlink()
    assert said(tmp_path / "kept")[:3] == COMPILED


def test_an_edit_of_a_file_that_others_call_into_has_them_compiled_anew(tmp_path: Path) -> None:
    package, kept = tmp_path / "sim", tmp_path / "kept"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    assert [said(kept, package)[:3] for _ in range(2)] == [COMPILED, FOUND]
    with open(package / "model/elementary.py", "a", encoding="utf-8") as file:
        file.write("# a remark\n")
    assert said(kept, package)[:3] == COMPILED


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """Under what a function's code is kept; the files are looked at each time."""
    monkeypatch.setattr(compiling, "_stamps", compiling._stamps.__wrapped__)
    codegen = compiling.njit(lambda: 0).targetctx.codegen()
    return lambda function: function._cache._index_key((), codegen)


def stood_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small package that the compiler takes for this one."""
    for name in ("jit.py", "model/withdrawal/one.py", "settings/schema.py", "figures/plot.py"):
        file = tmp_path / "sim" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("pass\n", encoding="utf-8")
    monkeypatch.setattr(compiling, "__file__", str(tmp_path / "sim/jit.py"))
    return tmp_path / "sim"


@pytest.mark.parametrize("name", ["jit.py", "model/withdrawal/one.py", "settings/schema.py"])
def test_the_stamp_of_every_file_of_the_model_is_part_of_what_code_is_kept_under(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: Callable[[Any], Any]
) -> None:
    file = stood_in(tmp_path, monkeypatch) / name
    function = compiling.compiled(lambda x: x)
    before = key(function)
    assert key(function) == before
    file.write_text("pass  # and more\n", encoding="utf-8")
    longer = key(function)
    assert longer != before
    kept = file.stat()
    os.utime(file, (kept.st_atime, kept.st_mtime + 1))  # as long as before, and later
    assert key(function) not in (before, longer)


def test_a_file_that_comes_to_the_model_counts_and_one_elsewhere_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: Callable[[Any], Any]
) -> None:
    package = stood_in(tmp_path, monkeypatch)
    function = compiling.compiled(lambda x: x)
    before = key(function)
    (package / "figures/plot.py").write_text("pass  # and more\n", encoding="utf-8")
    assert key(function) == before
    (package / "model/withdrawal/two.py").write_text("pass\n", encoding="utf-8")
    assert key(function) != before


def test_the_stamps_are_of_the_files_from_which_the_model_is_compiled() -> None:
    files = [
        PACKAGE / "jit.py",
        PACKAGE / "jit_records.py",
        *(PACKAGE / "model").rglob("*.py"),
        *(PACKAGE / "settings").rglob("*.py"),
    ]
    stamps = compiling._stamps()
    assert sorted(name for name, _, _ in stamps) == sorted(file.name for file in files)
    assert {"elementary.py", "philox.py", "lanes.py", "schema.py", "breach.py"} <= {name for name, _, _ in stamps}


def test_how_a_function_was_compiled_is_part_of_what_it_is_kept_under(
    monkeypatch: pytest.MonkeyPatch, key: Callable[[Any], Any]
) -> None:
    function = compiling.compiled(lambda x: x)
    before = key(function)
    monkeypatch.setitem(compiling._HOW, "nogil", False)
    assert key(function) != before


LOGS = {
    "of_sum": """
from sim.model.elementary import log1p
from sim.jit import compiled

@compiled
def of_sum(x):
    return log1p(x[0] - 1)
""",
    "plain": """
from sim.model.elementary import log
from sim.jit import compiled

@compiled
def plain(x):
    return log(x[0])
""",
}
MOMENTS = {
    "moments": """
from sim.jit import compiled

def made(power):
    @compiled
    def moment(x):
        mean = moment = 0.0
        for n in range(len(x)):
            mean += x[n] / len(x)
        for n in range(len(x)):
            moment += (x[n] - mean) ** power / len(x)
        return moment
    return moment

second, third = made(2), made(3)
""",
    "two": """
from moments import second
from sim.jit import compiled

@compiled
def two(x):
    return second(x)
""",
    "three": """
from moments import third
from sim.jit import compiled

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


def test_the_file_of_what_a_function_encloses_is_part_of_it_too(tmp_path: Path, key: Callable[[Any], Any]) -> None:
    """A theory that somebody added stands outside of the model, and its numbers are not in its code."""

    def made(text: str) -> Any:
        file = tmp_path / "theory.py"
        file.write_text(text, encoding="utf-8")
        within: dict[str, Any] = {"__name__": "theory"}
        exec(compile(text, str(file), "exec"), within)
        score = within["score"]

        @compiling.compiled
        def outer(x: Any) -> Any:
            return score(x)

        return outer

    one = made("def score(x):\n    return x + 1.5\n")
    before = key(one)
    assert key(one) == before
    assert key(made("def score(x):\n    return x + 1.25\n")) != before


def test_what_a_function_encloses_is_part_of_what_it_is_kept_under(key: Callable[[Any], Any]) -> None:
    def made(inner: Callable[[Any], Any], number: float) -> Any:
        @compiling.compiled
        def outer(x: Any) -> Any:
            return inner(x) + number

        return outer

    one, other = compiling.compiled(lambda x: x + 1), compiling.compiled(lambda x: x - 1)
    assert key(made(one, 2.0)) == key(made(one, 2.0))
    assert key(made(one, 2.0)) != key(made(other, 2.0))
    assert key(made(one, 2.0)) != key(made(one, 3.0))
