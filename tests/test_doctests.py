"""The examples in docstrings do what they say, and what people call tells all that they need to call it."""

from __future__ import annotations

import doctest
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import sim
import sim.record
from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import request
from sim.ensemble.store.store import Store
from sim.mesa_model import DeploymentModel
from sim.settings.composition import compose

PACKAGE = Path(sim.__file__).resolve().parent
WITH_EXAMPLES = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]
ENTRANCES = (sim.run, sim.sweep, sim.compare, sim.load, sim.Runs, sim.record.load, DeploymentModel, Store, Case.varied,
             request, compose)  # fmt: skip
"""What people call who do not type commands."""
EXAMPLES = [
    pytest.param(example, id=example.name)
    for module in WITH_EXAMPLES
    for example in doctest.DocTestFinder().find(import_module(module))
    if example.examples
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_comes_out_as_written(example: doctest.DocTest, tmp_path, monkeypatch) -> None:
    """In an empty folder, so that what an example writes is gone with it."""
    monkeypatch.chdir(tmp_path)
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.DocTestRunner(optionflags=flags).run(example).failed == 0
    assert not [step.source for step in example.examples if doctest.SKIP in step.options], "an example that nobody runs"


@pytest.mark.parametrize("entrance", ENTRANCES, ids=lambda entrance: entrance.__qualname__)
def test_what_people_call_has_an_example_and_tells_its_parameters(entrance) -> None:
    told = inspect.getdoc(entrance)
    assert "Examples\n--------\n>>> " in told
    named = [name for name in inspect.signature(entrance).parameters if name != "self"]
    parts = told.partition("Parameters\n---" if not inspect.isclass(entrance) or "Parameters\n---" in told
                           else "Attributes\n---")[2]  # fmt: skip
    lines = [line for line in parts.splitlines() if line and not line.startswith((" ", "-"))]
    listed = {name.strip() for line in lines for name in line.split(",")}
    assert [name for name in named if name not in listed] == []


@pytest.mark.parametrize("entrance", [e for e in ENTRANCES if not inspect.isclass(e)], ids=lambda e: e.__qualname__)
def test_what_people_call_tells_what_it_gives_and_what_it_refuses(entrance) -> None:
    told = inspect.getdoc(entrance)
    assert "Raises\n------\n" in told
    gives_what_its_name_says = (Case.varied, request)
    assert "Returns\n-------\n" in told or entrance in gives_what_its_name_says


def test_the_package_lists_each_of_its_names_with_a_word() -> None:
    table = re.search(r"^=+ =+\n(.*?)^=+ =+\n", sim.__doc__, flags=re.DOTALL | re.MULTILINE)
    listed = {line.split()[0]: line.split()[1:] for line in table[1].splitlines()}
    assert {*listed, "__version__"} == set(sim.__all__)
    assert all(len(words) > 2 for words in listed.values())
    assert set(listed) <= set(dir(sim))
