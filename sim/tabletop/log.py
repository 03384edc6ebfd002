"""The log of a session: lines that are only ever added, each sealed, and on the disk before it counts.

A line is one JSON object; its last field seals the line together with the one before it (the first 16 hex digits of
SHA-256), so a line that was changed, lost or put elsewhere is noticed. What a machine was writing when it was stopped
was never acknowledged: a last line that is not whole is set aside, and said.

No seal can tell that lines are missing at the end. A file beside the log says which line was the last, and with what
seal; it is written after the line. So a log that goes on beyond it is what a machine left that was stopped in between,
and one that ends before it has lost what was acknowledged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim import text as words
from sim.errors import StoreDamaged, UserMistake, no_effect
from sim.files import append, commit
from sim.language import _

NAME, HEAD = "session.jsonl", "session.head"
"""The log's file in a session's folder, and that which says how far it goes."""
LONGEST_LINE = 1_000_000
"""Bytes; more is no line of ours."""
_SEAL, _DIGITS = ',"seal":"', 16


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the log.

    Attributes
    ----------
    number
        Its place, from 0.
    kind
        What it is (:data:`sim.tabletop.board.KINDS`).
    by
        The role that it comes from, or ``facilitator``.
    at
        When it was written, UTC, ``2024-03-08T09:00:00Z``; nothing of a session's worlds depends on it.
    data
        What it says, as JSON has it.
    """

    number: int
    kind: str
    by: str
    at: str
    data: Mapping[str, Any]


@dataclass
class Log:
    """A session's lines, as read, and how to add one.

    Attributes
    ----------
    path
        The file.
    entries
        What is acknowledged, in order.
    torn
        Bytes behind the last whole line; empty where there are none.
    """

    path: Path
    entries: list[LogLine] = field(default_factory=list)
    torn: bytes = b""
    _seal: str = ""
    _size: int = 0

    @classmethod
    def read(cls, path: Path) -> Log:
        """Read a log; a last line that is not whole is left in ``torn``.

        Raises
        ------
        UserMistake
            There is none.
        StoreDamaged
            It was changed, holds no whole line, or has lost lines that were acknowledged.
        """
        head = _head(path)  # before the log: whoever writes meanwhile adds to the log first
        try:
            whole = path.read_bytes()
        except FileNotFoundError:
            raise UserMistake("session", path.parent, _("no session"), _("tabletop table new DIR begins one")) from None
        except OSError as fault:
            raise UserMistake(
                "session", path.parent, _("cannot be read: {fault}").format(fault=fault.strerror)
            ) from fault
        log = cls(path)
        lines = whole.split(b"\n")
        for number, line in enumerate(lines[:-1]):
            entry = _opened(line, number, log._seal)
            if entry is None:
                # A write that was cut may leave a last line that is none; one that reads well was changed.
                if number < len(lines) - 2 or lines[-1] or _reads_well(line):
                    raise StoreDamaged(f"{path}, line {number + 1}: was changed, or lines before it were")
                break
            log.entries.append(entry[0])
            log._seal, log._size = entry[1], log._size + len(line) + 1
            if head is not None and head[0] == number and head[1] != entry[1]:
                raise StoreDamaged(f"{path}, line {number + 1}: is not the one that was acknowledged ({HEAD})")
        log.torn = whole[log._size :]
        if not log.entries:
            raise StoreDamaged(f"{path}: holds no whole line of a session")
        if head is not None and head[0] >= len(log.entries):
            lost = words.several(head[0] + 1 - len(log.entries), "line")
            raise StoreDamaged(
                f"{path}: ends after line {len(log.entries)}, and {lost} more had been acknowledged ({HEAD} says so): "
                "bring back a whole copy; without that file what is left can be read and goes on"
            )
        if log.torn:
            no_effect(
                _("{bytes} behind the last whole line of {name}").format(
                    bytes=words.several(len(log.torn), "byte"), name=NAME
                ),
                _("it was never acknowledged; a command was writing it when it was stopped, or still is"),
            )
        return log

    @property
    def size(self) -> int:
        """Bytes of the file as it was read and added to; another size means that somebody else wrote to it."""
        return self._size + len(self.torn)

    def copied(self) -> Log:
        """The same lines, to which nothing is added when something is added here."""
        return replace(self, entries=list(self.entries))

    def append(self, kind: str, by: str, data: Mapping[str, Any]) -> LogLine:
        """Add a line; it is on the disk when this returns. Hold the session's lock.

        Raises
        ------
        UserMistake
            It cannot be written; the log is as it was.
        """
        entry = LogLine(len(self.entries), kind, by, _now(), data)
        line, seal = _sealed(entry, self._seal)
        if len(line) > LONGEST_LINE:
            right = _("{n} bytes; one entry takes at most {most}")
            raise UserMistake(kind, None, right.format(n=f"{len(line):,}", most=f"{LONGEST_LINE:,}"))
        self._set_aside()
        try:
            append(self.path, line, self._size)
        except OSError as fault:
            raise UserMistake(
                "session", self.path.parent, _("cannot be written: {fault}").format(fault=fault.strerror)
            ) from fault
        self.entries.append(entry)
        self._seal, self._size = seal, self._size + len(line)
        with suppress(OSError):  # the line is on the disk, and a head that lags says nothing wrong
            told = json.dumps({"n": entry.number, "seal": seal}).encode() + b"\n"
            commit(self.path.with_name(HEAD), told, lasting=False)
        return entry

    def _set_aside(self) -> None:
        """Keep what is behind the last whole line in a file of its own; the next line is written over it."""
        if not self.torn:
            return
        target = self.path.with_name(f"torn-{len(self.entries)}-{hashlib.sha256(self.torn).hexdigest()[:8]}.txt")
        try:
            commit(target, self.torn)
        except OSError as fault:
            raise UserMistake(
                "session", self.path.parent, _("cannot be written: {fault}").format(fault=fault.strerror)
            ) from fault
        no_effect(
            _("what a command was writing when it was stopped"), _("it is set aside in {name}").format(name=target.name)
        )
        self.torn = b""


def _head(path: Path) -> tuple[int, str] | None:
    """Number and seal of the last line that was acknowledged; None where nothing says so."""
    try:
        told = json.loads(path.with_name(HEAD).read_text(encoding="utf-8"))
        return int(told["n"]), str(told["seal"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sealed(entry: LogLine, before: str) -> tuple[bytes, str]:
    """The line of an entry, its end included, and its seal."""
    plain = {"n": entry.number, "at": entry.at, "kind": entry.kind, "by": entry.by, "data": dict(entry.data)}
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    seal = _seal_of(text.encode(), before)
    return f'{text[:-1]}{_SEAL}{seal}"}}\n'.encode(), seal


def _opened(line: bytes, number: int, before: str) -> tuple[LogLine, str] | None:
    """The entry of a line and its seal; None for a line that is not the one that was written there."""
    head, mark, tail = line.rpartition(_SEAL.encode())
    if not mark or len(tail) != _DIGITS + 2 or tail[_DIGITS:] != b'"}' or len(line) > LONGEST_LINE:
        return None
    text = head + b"}"
    seal = tail[:_DIGITS].decode("ascii", "replace")
    if _seal_of(text, before) != seal:
        return None
    try:
        plain = json.loads(text)
        entry = LogLine(plain["n"], plain["kind"], plain["by"], plain["at"], plain["data"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (entry, seal) if entry.number == number and isinstance(entry.data, dict) else None


def _reads_well(line: bytes) -> bool:
    """Whether a line is JSON at all."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _seal_of(text: bytes, before: str) -> str:
    return hashlib.sha256(before.encode() + text).hexdigest()[:_DIGITS]


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
