"""The faults a person can meet, each with its exit code and one clear line.

Everything a user can get wrong is raised as a :class:`UserMistake`; the command line prints its one line
and leaves with its code, and never shows a traceback for it.
"""

from __future__ import annotations

from typing import ClassVar


class TabletopError(Exception):
    """Base of the project's own faults; ``exit_code`` is what the command line leaves with."""

    exit_code: ClassVar[int] = 1


class UserMistake(TabletopError):
    """Something the user typed or pointed at is wrong: one line with the key, the value and what would be right."""

    exit_code: ClassVar[int] = 2

    def __init__(self, key: str, value: object, right: str) -> None:
        self.key, self.value, self.right = key, value, right
        said = f"{key}={value}: {right}" if value is not None else f"{key}: {right}"
        super().__init__(" ".join(said.split()))

    def __reduce__(self) -> tuple[type[UserMistake], tuple[str, object, str]]:
        """A worker's mistake reaches whoever asked, whole."""
        return type(self), (self.key, self.value, self.right)


class StoreDamaged(TabletopError):
    """The folder is damaged, or belongs to something else (another version, another record, another program)."""

    exit_code: ClassVar[int] = 4
