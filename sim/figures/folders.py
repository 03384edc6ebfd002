"""Names of the folders that pictures lie in: the words that a case is known by, and a hash only where it must."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping

LONGEST = 60
"""Letters of a name."""
_MARK = 6
"""Letters of the id or hash that tells apart what words do not."""


def folder_of(*parts: str) -> str:
    """A name of these parts; where it is cut, a hash of all of them ends it.

    >>> folder_of("comparison", "as_documented · breach")
    'comparison-as_documented-breach'
    """
    name = _plain("-".join(parts))
    if len(name) <= LONGEST:
        return name
    mark = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_MARK]
    return f"{name[: LONGEST - _MARK - 1].rstrip('-._')}-{mark}"


def folders_of_cases(labels: Mapping[str, str]) -> dict[str, str]:
    """The folder of each case by its id, from all the labels of a store; cases of one name add the start of their id.

    Names that differ in nothing but small and large letters are one name to some file systems.
    """
    names = {case: folder_of(label) for case, label in labels.items()}
    taken = _often(name.casefold() for name in names.values())
    return {
        case: name if taken[name.casefold()] == 1 else f"{name[: LONGEST - _MARK - 1]}-{case[:_MARK]}"
        for case, name in names.items()
    }


def _often(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found


def _plain(text: str) -> str:
    """Letters, digits and what no file system minds; everything else is a hyphen."""
    return re.sub(r"[^\w.,=+]+", "-", text).strip("-._") or "unnamed"
