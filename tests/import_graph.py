"""Who imports whom, read from the source: ``python tests/import_graph.py [FOLDER]`` prints what the house rests on.

Every import counts, those inside functions and those for type checkers too: each of them is a thing that a reader must
know before he understands the file. What is found by looking into a folder (theories, outcomes, figures) is imported by
nobody and counts nowhere.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

TOP, HIDDEN, TYPES = "at the top", "in a function", "for type checkers"


@dataclass(frozen=True)
class Import:
    """One imported name: the file that imports it, its full dotted name, where the import stands, and its line."""

    module: str
    name: str
    where: str
    line: int


@dataclass(frozen=True)
class ImportGraph:
    """The imports of a package.

    Attributes
    ----------
    files
        File of each module, by its full dotted name; a package goes by the name of its folder.
    imports
        Every imported name of every module.
    """

    files: Mapping[str, Path]
    imports: tuple[Import, ...]

    @classmethod
    def of(cls, package: Path) -> ImportGraph:
        """Read the package in a folder."""
        root = package.parent
        files = {_name(path.relative_to(root)): path for path in sorted(package.rglob("*.py"))}
        return cls(files, tuple(found for module, path in files.items() for found in _imports(module, path)))

    @cached_property
    def edges(self) -> dict[str, set[str]]:
        """Modules of the package that each module imports."""
        edges: dict[str, set[str]] = {module: set() for module in self.files}
        for found in self.imports:
            target = self.module_of(found.name)
            if target and target != found.module:
                edges[found.module].add(target)
        return edges

    def module_of(self, name: str) -> str:
        """The module of the package that an imported name is, or is in; nothing for a library's."""
        while name and name not in self.files:
            name = name.rpartition(".")[0]
        return name

    @cached_property
    def circles(self) -> list[list[str]]:
        """Modules that import each other, directly or around corners (Tarjan 1972)."""
        return [sorted(group) for group in self._groups if len(group) > 1]

    @cached_property
    def _groups(self) -> list[list[str]]:
        number: dict[str, int] = {}
        lowest: dict[str, int] = {}
        stack: list[str] = []
        groups: list[list[str]] = []

        def visit(module: str) -> None:
            number[module] = lowest[module] = len(number)
            stack.append(module)
            for other in sorted(self.edges[module]):
                if other not in number:
                    visit(other)
                    lowest[module] = min(lowest[module], lowest[other])
                elif other in stack:
                    lowest[module] = min(lowest[module], number[other])
            if lowest[module] == number[module]:
                group = [stack.pop()]
                while group[-1] != module:
                    group.append(stack.pop())
                groups.append(group)

        for module in self.files:
            if module not in number:
                visit(module)
        return groups

    def longest_chain(self, within: str = "") -> list[str]:
        """The longest chain of imports from the top down, of modules whose name begins with ``within``.

        A circle counts with all its members.
        """
        inside = {
            module for module in self.files if module == within or module.startswith(f"{within}." if within else "")
        }
        group_of = {module: tuple(group) for group in self._groups for module in group}
        best: dict[tuple[str, ...], list[str]] = {}
        for group in self._groups:  # Tarjan's order: what is imported comes first
            own = [module for module in group if module in inside]
            below = [best[group_of[other]] for module in own for other in self.edges[module] & inside
                     if group_of[other] != tuple(group)]  # fmt: skip
            best[tuple(group)] = own + max(below, key=len, default=[])
        return max(best.values(), key=len, default=[])

    def hidden(self) -> list[Import]:
        """Imports inside functions, of the package's own modules and of libraries."""
        return [found for found in self.imports if found.where == HIDDEN]


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imports(module: str, path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    top = {id(node) for node in tree.body}
    types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            inside = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (inside, node.module)))
            names = [f"{source}.{alias.name}" for alias in node.names]
        else:
            continue
        where = TYPES if id(node) in types else TOP if id(node) in top else HIDDEN
        yield from (Import(module, name, where, node.lineno) for name in names)


def main(folder: Path) -> None:
    """Print circles, the longest chain, the depth of each room, and how many imports hide inside functions."""
    graph = ImportGraph.of(folder)
    chain = graph.longest_chain()
    print(f"{len(graph.files)} modules; circles: {graph.circles or 'none'}")
    print(f"longest chain of imports, {len(chain)} modules: {' > '.join(chain)}")
    for room in sorted(path.name for path in folder.iterdir() if (path / "__init__.py").exists()):
        inside = graph.longest_chain(f"{folder.name}.{room}")
        print(f"  {room}: {len(inside)} deep: {' > '.join(inside)}")
    own = [found for found in graph.hidden() if graph.module_of(found.name)]
    print(f"imports inside functions: {len(graph.hidden())}, of them {len(own)} of the package's own")
    if "-v" in sys.argv:
        for found in graph.hidden():
            print(f"  {found.module}:{found.line} {found.name}")


if __name__ == "__main__":
    main(Path(next((word for word in sys.argv[1:] if not word.startswith("-")), "sim")).resolve())
