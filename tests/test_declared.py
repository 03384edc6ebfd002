"""What the package imports is what it declares, and the other way round."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.import_graph import HIDDEN, TYPES, Import, ImportGraph

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
GRAPH = ImportGraph.of(ROOT / "sim")
OWNERS = packages_distributions()
NEVER_IMPORTED = {"networkx"}
"""Required since Mesa imports it from 3.3 on, and does not say so."""
COME_WITH_THEM = {"markupsafe"}
"""What a library of an extra is made with and hands out: Jinja2's escaped strings."""
ALONE = {"dask": "distributed", "omegaconf": "hydra-core"}
"""Libraries that come with one that is declared, and are of its making."""


def normal(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    """Names of the distributions that are required, without versions and markers."""
    return {normal(found[0]) for entry in requirements if (found := re.match(r"[A-Za-z0-9._-]+", entry))}


BASE = names(PROJECT["dependencies"])
EXTRAS = {
    name: names(wanted)
    for name, wanted in PROJECT["optional-dependencies"].items()
    if name not in ("dev", "docs", "peers", "test")
}


def distribution(found: Import) -> str:
    """What has to be installed for an import of a library; nothing for the package's own and the standard library's."""
    library = found.name.partition(".")[0]
    if library in sys.stdlib_module_names or library in ("sim", "__future__"):
        return ""
    owners = {normal(owner) for owner in OWNERS.get(library, [library])}
    return ALONE.get(library) or next(iter(owners & (BASE | set().union(*EXTRAS.values()))), min(owners))


IMPORTED = [(found, needs) for found in GRAPH.imports if (needs := distribution(found))]


def test_the_imports_are_seen() -> None:
    assert {"numpy", "mesa", "hydra-core", "pyyaml", "pillow"} <= {needs for _, needs in IMPORTED}


def test_what_is_imported_everywhere_is_required() -> None:
    """The page is imported by its verb alone, which says what its extra is called."""
    always = [(found.module, needs) for found, needs in IMPORTED if found.where not in (HIDDEN, TYPES)]
    elsewhere = [(module, needs) for module, needs in always if not module.startswith("sim.page")]
    assert [(module, needs) for module, needs in elsewhere if needs not in BASE] == []
    page = {needs for module, needs in always if module.startswith("sim.page")}
    assert page - BASE <= EXTRAS["table"] | COME_WITH_THEM


def test_the_page_is_imported_by_its_verb_alone() -> None:
    known = {found.module for found in GRAPH.imports if found.name.startswith("sim.page")}
    assert {module for module in known if not module.startswith("sim.page")} == {"sim.commands.serve"}


def test_what_only_an_extra_installs_is_imported_where_it_is_needed() -> None:
    within = [(found.module, needs) for found, needs in IMPORTED if found.where == HIDDEN and needs not in BASE]
    assert within
    assert [(module, needs) for module, needs in within if needs not in set().union(*EXTRAS.values())] == []


@pytest.mark.parametrize("wanted", sorted(BASE - NEVER_IMPORTED))
def test_what_is_required_is_imported(wanted: str) -> None:
    assert wanted in {needs for _, needs in IMPORTED}


def test_every_requirement_has_a_lower_bound() -> None:
    every = [*PROJECT["dependencies"], *(entry for name in EXTRAS for entry in PROJECT["optional-dependencies"][name])]
    assert [entry for entry in every if ">=" not in entry] == []


def test_the_tests_have_every_extra_of_the_package() -> None:
    tests = names(PROJECT["optional-dependencies"]["test"])
    assert set().union(*EXTRAS.values()) <= tests
