"""YAML read strictly: a field given twice is a mistake, and a date stays the text that was written.

Plain YAML keeps the last of two equal fields without a word, and turns an impossible date into an error that
cannot say which field it stands in.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from sim.errors import UserMistake

try:
    from yaml import CSafeLoader as _SafeLoader  # faster, where there is libyaml
except ImportError:  # a PyYAML built without libyaml: the same, slower
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

MOST_BYTES, DEEPEST = 1_000_000, 20
"""Of a file that :func:`check_plain` lets pass."""


class _StrictLoader(_SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"{key.value} is given twice", problem_mark=key.start_mark
                )
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


def _as_written(loader: _StrictLoader, node: yaml.ScalarNode) -> object:
    return loader.construct_scalar(node)


_StrictLoader.add_constructor("tag:yaml.org,2002:timestamp", _as_written)


def read(path: Path, label: str) -> object:
    """Return what stands in ``path``, with dates as text.

    Raises
    ------
    UserMistake
        In one line under ``label``, where the file cannot be read or is no such YAML.
    """
    return read_with_lines(path, label)[0]


def read_with_lines(path: Path, label: str) -> tuple[object, Mapping[str, int]]:
    """What :func:`read` gives, and the line of each field by its dotted name; it raises the same."""
    try:
        loader = _StrictLoader(path.read_bytes())
        try:
            node = loader.get_single_node()
            given = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except OSError as fault:
        raise UserMistake(label, None, f"cannot be read: {fault.strerror}") from fault
    except (yaml.YAMLError, ValueError) as fault:
        raise UserMistake(label, None, f"must be YAML{_where_and_why(fault)}") from fault
    return given, dict(_lines(node, ""))


def _lines(node: yaml.Node | None, name: str) -> Iterator[tuple[str, int]]:
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if isinstance(key, yaml.ScalarNode):
            inner = f"{name}.{key.value}" if name else str(key.value)
            yield inner, key.start_mark.line + 1
            yield from _lines(value, inner)


@contextmanager
def at_its_line(label: str, lines: Mapping[str, int]) -> Iterator[None]:
    """Within it a mistake in a field, named by its dots, is one of a file, and of the line that comes nearest to it."""
    try:
        yield
    except UserMistake as mistake:
        parts = mistake.key.split(".")
        above = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        line = next((lines[name] for name in above if name in lines), None)
        where = label if line is None else f"{label}, line {line}"
        raise UserMistake(f"{where}: {mistake.key}", mistake.value, mistake.right) from mistake


def check_plain(path: Path, label: str, kind: str) -> None:
    """Refuse a file from somebody else that is not small, flat, and without references, which could grow.

    ``kind`` is what it should be, "file of patterns". What cannot be read is left to :func:`read`.

    Raises
    ------
    UserMistake
        In one line under ``label``.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserMistake(label, None, f"more than {MOST_BYTES:,} bytes are no {kind}")
        depth = 0
        for event in yaml.parse(path.read_bytes(), Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise UserMistake(label, f"*{event.anchor}", "an alias has no use here; write it out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise UserMistake(label, None, f"more than {DEEPEST} levels inside each other")
    except (OSError, yaml.YAMLError, ValueError):
        return


def _where_and_why(fault: Exception) -> str:
    mark, problem = getattr(fault, "problem_mark", None), getattr(fault, "problem", None)
    where = f"; line {mark.line + 1}" if mark else ""
    return f"{where}: {' '.join(str(problem or fault).split())}"
