"""Composing many combinations of groups with few compositions.

A group whose files write nothing but their own part of the configuration (no ``@package``, no defaults from other
groups) can be composed apart: what it gives does not depend on the choices elsewhere. So Hydra is asked once for each
choice within a part, and the parts are put together; twenty compositions do for fifteen scenarios under five theories.
Wherever that cannot be relied on, Hydra composes the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sim.settings.composition import Composer, Composition
from sim.settings.overrides import Override


class CompositionCache:
    """Configurations of the combinations of one sweep, whose words stand in the order of its axes."""

    def __init__(self, files: Composer) -> None:
        self._files = files
        self._self_contained = cache(is_self_contained)  # each file is read once for a sweep, not for each combination
        self._first: Sequence[Override] = ()
        self._whole: Composition | None = None
        self._parts: dict[tuple[str, tuple[str, ...]], Composition] = {}

    def compose(self, words: Sequence[Override]) -> Composition:
        """As :meth:`sim.settings.composition.Composer.compose` does it, but for mere values.

        Parameters
        ----------
        words
            One for each axis of the sweep. Those that are ``plain`` and name a setting may have any value: in what
            comes back they have that of the first combination, and it is for the caller to put in their own.
        """
        if self._whole is None:
            self._first, self._whole = tuple(words), self._files.compose(_texts(words))
            return self._whole
        if [word.key for word in words] != [word.key for word in self._first]:
            return self._files.compose(_texts(words))
        pairs = list(zip(words, self._first, strict=True))
        changed = {_part(word) for word, first in pairs if word != first and not (word.plain and "." in word.key)}
        if not all(self._apart(word) for pair in pairs for word in pair if _part(word) in changed):
            return self._files.compose(_texts(words))
        config, linked = dict(self._whole.config), self._whole.linked
        for part in sorted(changed):
            mixed = [word if _part(word) == part else first for word, first in pairs]
            key = part, tuple(word.text for word in mixed if _part(word) == part)
            if key not in self._parts:
                self._parts[key] = self._files.compose(_texts(mixed))
            config[part] = self._parts[key].config.get(part)
            linked |= self._parts[key].linked
        return self._files.compose(_texts(words)) if linked else Composition(config, linked)

    def _apart(self, word: Override) -> bool:
        if "/" in word.key or "@" in word.text.partition("=")[0]:
            return False
        if "." in word.key:
            return True
        return isinstance(word.value, str) and self._self_contained(self._files.folder / word.key, word.value)


def is_self_contained(group: Path, name: str) -> bool:
    """Whether a file of a group, with those of the group that it starts from, writes only its own part.

    Parameters
    ----------
    group
        Folder of the group.
    name
        Name of the file, without its ending.
    """
    import yaml  # not every command reads YAML

    try:
        text = (group / f"{name}.yaml").read_text(encoding="utf-8")
        tree: Any = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        return False
    if "@package" in text or not isinstance(tree, dict):
        return False
    starts = [entry for entry in tree.get("defaults") or [] if entry != "_self_"]
    return all(
        isinstance(entry, str) and not set("/@$ ") & set(entry) and is_self_contained(group, entry) for entry in starts
    )


def _part(word: Override) -> str:
    return word.key.partition(".")[0]


def _texts(words: Sequence[Override]) -> list[str]:
    return [word.text for word in words]
