"""YAML read strictly: a field given twice is a mistake, and a date stays the text that was written.

Plain YAML keeps the last of two equal fields without a word, and turns an impossible date into an error that
cannot say which field it stands in.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from sim.errors import UserMistake

try:
    from yaml import CSafeLoader as _SafeLoader  # faster, where there is libyaml
except ImportError:  # a PyYAML built without libyaml: the same, slower
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]


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
    try:
        return yaml.load(path.read_bytes(), Loader=_StrictLoader)
    except OSError as fault:
        raise UserMistake(label, None, f"cannot be read: {fault.strerror}") from fault
    except (yaml.YAMLError, ValueError) as fault:
        raise UserMistake(label, None, f"must be YAML{_where_and_why(fault)}") from fault


def _where_and_why(fault: Exception) -> str:
    mark, problem = getattr(fault, "problem_mark", None), getattr(fault, "problem", None)
    where = f"; line {mark.line + 1}" if mark else ""
    return f"{where}: {' '.join(str(problem or fault).split())}"
