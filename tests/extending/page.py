"""The files that docs/EXTENDING.md shows, by section: written to a folder, and found from there."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sim

ROOT = Path(sim.__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "EXTENDING.md"
REGISTRIES = {
    "sim.model.withdrawal": "THEORIES",
    "sim.ensemble.executors": "EXECUTORS",
    "sim.ensemble.store.tables": "TABLES",
    "sim.ensemble.design.designs": "DESIGNS",
    "sim.analysis.indices": "INDICES",
    "sim.figures.catalog": "FIGURES",
    "sim.outcomes": "REGISTER",
}
"""Packages that look for their modules: each has a ``discover()``, and keeps what it finds in a dict of this name."""

Files = dict[Path, str]


def sections() -> dict[str, Files]:
    """Path and content of the files that each section of the page shows; sections without any are left out."""
    shown = {}
    for section in re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        files = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", section, flags=re.DOTALL)
        if files:
            shown[section.partition("\n")[0].strip()] = {Path(path): text for path, text in files}
    return shown


@contextmanager
def example(section: str, folder: Path) -> Iterator[Path]:
    """The files of a section in ``folder``, found as if they lay in the package; yields the folder of their conf.

    A module is found because the search path of its package now has the folder that it was written to, and because
    the registries look again. The end takes all of it back.
    """
    files = sections()[section]
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    packages = {home: importlib.import_module(".".join(home.parts)) for home in map(home_of, files) if home.parts}
    searched = {home: list(package.__path__) for home, package in packages.items()}
    held = {name: dict(registry(name)) for name in REGISTRIES}
    loaded = set(sys.modules)
    try:
        for home, package in packages.items():
            package.__path__.append(str(folder / home))
        importlib.invalidate_caches()
        for name in REGISTRIES:
            hold(registry(name), sys.modules[name].discover())
        yield folder / "conf"
    finally:
        for home, package in packages.items():
            package.__path__[:] = searched[home]
        for name, content in held.items():
            hold(registry(name), content)
        for name in set(sys.modules) - loaded:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                package, _, module = name.rpartition(".")
                vars(sys.modules.get(package, sim)).pop(module, None)
                del sys.modules[name]


def home_of(path: Path) -> Path:
    """The innermost folder of a file that is a package of the house already; empty for a file of another kind."""
    return next((folder for folder in path.parents if (ROOT / folder / "__init__.py").exists()), Path())


def registry(package: str) -> dict:
    """What a package has found, by name."""
    return vars(importlib.import_module(package))[REGISTRIES[package]]


def hold(registry: dict, content: dict) -> None:
    """Change what a registry holds, and not which object it is: others have imported it by name."""
    registry.clear()
    registry.update(content)
