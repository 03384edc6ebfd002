"""The faults a person can meet, each with its exit code and one clear line.

Everything a user can get wrong is raised as a :class:`UserMistake`; the command line prints its one line
and leaves with its code, and never shows a traceback for it.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

LONGEST_SHOWN = 300
"""Letters of a value that are shown."""


NO_BREAK = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
"""Blanks at which no line ends: French has them before its marks."""
_BLANKS = re.compile(rf"[^\S{NO_BREAK}]+")


def blanks_joined(text: str) -> str:
    """A text in one line: a run of blanks, ends of lines among them, as one; no-break ones stay as they are."""
    return _BLANKS.sub(" ", text).strip()


def one_line(text: str) -> str:
    """A text in one line, with letters that nobody sees, and those that move a terminal's cursor, written out."""
    line = blanks_joined(text)
    return "".join(c if c.isprintable() or c in NO_BREAK else c.encode("unicode_escape").decode() for c in line)


def _as_text(value: object) -> str:
    """A value as it would be typed."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_as_text(inner)}' for name, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_as_text, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


class TabletopError(Exception):
    """Base of the project's own faults; ``exit_code`` is what the command line leaves with."""

    exit_code: ClassVar[int] = 1

    def __init__(self, said: str) -> None:
        super().__init__(one_line(said))  # it shows what was typed, or what a file holds


class UserMistake(TabletopError):
    """Something the user typed or pointed at is wrong: one line with the key, the value and what would be right.

    >>> str(UserMistake("line", 4, "take the turn back first", "undo line=3"))
    'line=4: take the turn back first (undo line=3)'

    Parameters
    ----------
    key, value
        What is wrong.
    right
        What would be right.
    shell
        What helps whoever types at a shell, and nobody else: a page leaves it out.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, key: str, value: object, right: str, shell: str = "") -> None:
        self.key, self.value, self.right, self.shell = key, value, right, shell
        said, shown = _shortened(key), _shortened(_as_text(value))
        told = f"{right} ({shell})" if shell else right
        super().__init__(f"{said}={shown}: {told}" if value is not None else f"{said}: {told}")

    def __reduce__(self) -> tuple[type[UserMistake], tuple[str, object, str, str]]:
        """A worker's mistake reaches whoever asked, whole."""
        return type(self), (self.key, self.value, self.right, self.shell)


def unread(fault: OSError) -> str:
    """Why a file cannot be read, with what would be right where a folder stands in its place, or a file in its path.

    >>> unread(PermissionError(13, "Permission denied")), unread(IsADirectoryError())
    ('cannot be read: Permission denied', 'is a folder; name a file')
    """
    if isinstance(fault, IsADirectoryError):
        return "is a folder; name a file"
    if isinstance(fault, NotADirectoryError):
        return "lies in a file; name a file in a folder"
    return f"cannot be read: {fault.strerror or fault}"


@contextmanager
def of_extra(extra: str, key: str, value: object = None) -> Iterator[None]:
    """Around the import of what one of the extras installs: where that is missing, a UserMistake names the extra.

    Parameters
    ----------
    extra
        Its name in pyproject.toml.
    key, value
        What the user typed that needs it.

    Examples
    --------
    >>> with of_extra("query", "query"):
    ...     import duckdb_of_nobody
    Traceback (most recent call last):
    ...
    sim.errors.UserMistake: query: needs the extra [query]: pip install 'haiti-tabletop[query]'
    """
    try:
        yield
    except ImportError as fault:
        right = f"needs the extra [{extra}]: pip install 'haiti-tabletop[{extra}]'"
        raise UserMistake(key, value, right) from fault


class StoreDamaged(TabletopError):
    """The folder is damaged, or belongs to something else (another version, another record, another program)."""

    exit_code: ClassVar[int] = 4


class Interrupted(KeyboardInterrupt):
    """Ctrl-C came: what is finished is kept, and the exit code is 130.

    Python's own would, once it has passed through code that is made from a text, as that of dataclasses is, kill the
    process at its very end, whatever its exit code.
    """


class Terminated(SystemExit):
    """SIGTERM came, which batch systems send before they kill: what is finished is kept, and the exit code is 143."""

    def __init__(self) -> None:
        super().__init__(143)


class NoEffect(UserWarning):
    """Something that may be said and changes nothing here: one line with what was said, and why."""


def no_effect(what: str, why: str) -> None:
    """Say that ``what`` has no effect, and why: a line on the error stream of the command line, a warning in Python."""
    warnings.warn(NoEffect(one_line(f"{what} has no effect: {why}")), stacklevel=3)
