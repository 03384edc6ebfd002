"""YAML read strictly: a field given twice is a mistake, and a date stays the text that was written.

Plain YAML keeps the last of two equal fields without a word, and turns an impossible date into an error that
cannot say which field it stands in. Whoever names a mistake in what the fields say asks for their lines, too.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from sim.errors import UserMistake, unread

try:
    from yaml import CSafeLoader as _SafeLoader  # faster, where there is libyaml
except ImportError:  # a PyYAML built without libyaml: the same, slower
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

MOST_BYTES, DEEPEST = 1_000_000, 20
"""Of a file that may come from somebody else."""

Lines = Mapping[tuple[str, ...], int]
"""The line of each field, by the names that lead to it; items of a list are called by their place, from 0."""

EXPONENT = ("tag:yaml.org,2002:float", re.compile(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d{1,3}$"), list("-+0123456789"))
"""What makes 1e-3 a number, as it is in conf/; plain YAML wants 1.0e-3. Whoever writes for this reader needs it too."""


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
_StrictLoader.add_implicit_resolver(*EXPONENT)


def read(path: Path, label: str) -> object:
    """Return what stands in ``path``, with dates as text.

    Raises
    ------
    UserMistake
        In one line under ``label``, where the file cannot be read or is no such YAML.
    """
    return parse(_bytes(path, label), label)


def read_with_lines(path: Path, label: str, kind: str) -> tuple[object, Lines]:
    """What :func:`read` gives of a plain file (:func:`check_plain`), which it raises as well, and where it stands.

    Parameters
    ----------
    path, label, kind
        As of :func:`check_plain`.

    Returns
    -------
    The content, and the line of each field.
    """
    check_plain(path, label, kind)
    content, node = _load(_bytes(path, label), label)
    lines: dict[tuple[str, ...], int] = {}
    _note_lines(node, (), lines)
    return content, lines


@contextmanager
def at_its_line(label: str, lines: Lines) -> Iterator[None]:
    """Within it a mistake in a field, named by its dots, is one of a file, and of the line that comes nearest to it."""
    try:
        yield
    except UserMistake as mistake:
        by_name = {".".join(path): line for path, line in lines.items()}
        parts = mistake.key.split(".")
        above = (".".join(parts[:count]) for count in range(len(parts), 0, -1))
        line = next((by_name[name] for name in above if name in by_name), None)
        where = label if line is None else f"{label}, line {line}"
        raise UserMistake(f"{where}: {mistake.key}", mistake.value, mistake.right) from mistake


def parse(text: bytes | str, label: str) -> object:
    """What a text says; it raises as :func:`read`."""
    return _load(text, label)[0]


def _load(text: bytes | str, label: str) -> tuple[object, yaml.Node | None]:
    """The content of the one document, and the node that it was made from."""
    try:
        loader = _StrictLoader(text)
        try:
            node = loader.get_single_node()
            return (None if node is None else loader.construct_document(node)), node
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as fault:
        raise UserMistake(label, None, f"must be YAML{_where_and_why(fault, text)}") from fault


def check_plain(path: Path, label: str, kind: str) -> None:
    """A file may come from somebody else: it is small, flat, and says nothing by reference, which could grow.

    Parameters
    ----------
    path
        The file; one that cannot be read passes, since :func:`read` says it in its own words.
    label
        What a mistake calls the file.
    kind
        What it is ("file of patterns").

    Raises
    ------
    UserMistake
        It is not.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserMistake(label, None, f"more than {MOST_BYTES:,} bytes are no {kind}")
        check_flat(path.read_bytes(), label)
    except (OSError, yaml.YAMLError, ValueError):
        return


def check_flat(text: bytes | str, label: str) -> None:
    """That a text holds no alias and no more than :data:`DEEPEST` levels; a UserMistake, or what YAML raises."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            right = f"an alias has no use here; write it out (line {line})"
            raise UserMistake(label, f"*{event.anchor}", right)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise UserMistake(label, None, f"more than {DEEPEST} levels inside each other")


def _bytes(path: Path, label: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise UserMistake(label, None, unread(fault)) from fault


def _note_lines(node: yaml.Node | None, path: tuple[str, ...], lines: dict[tuple[str, ...], int]) -> None:
    """Lines of fields below a node; the text is flat."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            lines[here] = key.start_mark.line + 1
            _note_lines(value, here, lines)
    elif isinstance(node, yaml.SequenceNode):
        for place, value in enumerate(node.value):
            here = (*path, str(place))
            lines[here] = value.start_mark.line + 1
            _note_lines(value, here, lines)


def _where_and_why(fault: Exception, text: bytes | str) -> str:
    mark, problem = getattr(fault, "problem_mark", None), getattr(fault, "problem", None)
    where = f"; line {mark.line + 1}" if mark else ""
    if isinstance(fault, yaml.reader.ReaderError):  # a letter that no text has
        before = text[: fault.position]
        line = 1 + (before.count(b"\n") if isinstance(before, bytes) else before.count("\n"))
        where = f"; line {line}"
    return f"{where}: {' '.join(str(problem or fault).split())}"
