"""What a design is: it samples ranges of settings, or lists cases, or does neither and takes every combination."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from sim.arrays import FloatArray
from sim.ensemble.cases.case import Case
from sim.errors import UserMistake
from sim.settings.overrides import SweptRange
from sim.settings.variants import Unfit, setting, whole_number


def names(value: Any) -> tuple[str, ...]:
    """The check of ``design.prior``: one name or a list of them; null is none."""
    listed = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple) or not all(isinstance(name, str) for name in listed):
        raise Unfit("all, shared, theory, or a list of groups and settings")
    return tuple(listed)


@dataclass(frozen=True)
class Design:
    """How the cases of a sweep are chosen; the fields of a subclass are what it can be told.

    Attributes
    ----------
    name
        As it is typed, ``design=lhs``, and its file in ``conf/design/`` is called.
    text
        One line on what is tried.
    """

    name: ClassVar[str]
    text: ClassVar[str]


@dataclass(frozen=True)
class Sampling(Design, ABC):
    """A design that tries points of ranges, at each combination of everything else; a subclass says :meth:`unit`.

    Attributes
    ----------
    size
        How many points, as the design counts them.
    seed
        The same design, seed and ranges give the same points.
    prior
        Settings, groups, or ``all``, ``shared``, ``theory``: whose prior ranges are explored besides the intervals that
        are typed.
    """

    size: int = setting(64, whole_number(1, 10**9))
    seed: int = setting(0, whole_number(0))
    prior: tuple[str, ...] = setting((), names)

    def count(self, settings: int) -> int:
        """How many points there are over so many settings, without making them."""
        return self.size

    @abstractmethod
    def unit(self, count: int) -> FloatArray:
        """The points in the unit cube of ``count`` settings, ``(points, count)``, in the design's order."""

    def points(self, ranges: Sequence[SweptRange]) -> list[dict[str, float]]:
        """The settings that are tried, by key, in the design's order; values to six significant digits.

        Whole numbers are equally likely, both ends among them. Without ranges there is nothing to vary, and ``size``
        empty points.
        """
        if not ranges:
            return [{} for _ in range(self.size)]
        rows = self.unit(len(ranges)).tolist()
        return [{r.key: _between(r, share) for r, share in zip(ranges, row, strict=True)} for row in rows]

    def explore(self, ranges: Sequence[SweptRange]) -> list[dict[str, float]]:
        """The points that a sweep tries at one combination of the choices; :meth:`points` of all ranges together."""
        return self.points(ranges)


@dataclass(frozen=True)
class Listed:
    """One row of a list: its line, the words of its case, or the case itself; and its run, if it names one."""

    line: int
    words: tuple[str, ...]
    case: Case | None
    replicate: int | None
    future: int = 0


@dataclass(frozen=True)
class CaseList:
    """The file of a list, its rows, and the one root seed that they name, if any."""

    path: str
    rows: tuple[Listed, ...]
    root_seed: int | None

    def at(self, row: Listed) -> AbstractContextManager[None]:
        """Within it a mistake is one in this row, and names the file and the line."""
        return at_line(self.path, row.line)


@contextmanager
def at_line(path: str, line: int) -> Iterator[None]:
    """Within it a mistake names the file and the line."""
    try:
        yield
    except UserMistake as mistake:
        raise UserMistake("design.path", path, f"line {line}: {mistake}") from mistake


@dataclass(frozen=True)
class Listing(Design, ABC):
    """A design that lists its cases; a subclass says :meth:`cases`."""

    @abstractmethod
    def cases(self, out: str | None) -> CaseList:
        """The cases, and the single runs that are asked for, if any.

        ``out`` is the folder of the store that the sweep adds to, None for the default one. Raises UserMistake for a
        list that cannot be read.
        """


def _between(ends: SweptRange, share: float) -> float:
    if ends.whole:
        low, high = int(ends.low), int(ends.high)
        return min(high, low + math.floor(share * (high - low + 1)))
    span = ends.low * (ends.high / ends.low) ** share if ends.log else ends.low + share * (ends.high - ends.low)
    value = float(f"{span:.6g}")
    return min(max(value, ends.low), ends.high)


def unit_problem(count: int) -> dict[str, Any]:
    """SALib's description of ``count`` inputs from 0 to 1."""
    return {"num_vars": count, "names": [str(n) for n in range(count)], "bounds": [[0.0, 1.0]] * count}
