"""Words of a sweep become a grid: which settings take several values, and which of them are mere values.

The grammar is Hydra's (``a,b``, ``choice``, ``range``, ``glob``, ``interval``, lists, dicts, quotes, ``+``, ``++``,
``~``), and so is the order of the combinations. Nothing is composed here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from sim.errors import UserMistake
from sim.settings.compose import Composer, composer, one_word

MOST_CASES = 1_000_000
"""More combinations than these are taken for a slip of the pen."""
ONCE = ("ensemble", "executor", "design", "experiment", "out")
"""Groups and settings that say how a sweep is done; they belong to all of it."""


@dataclass(frozen=True, slots=True)
class Word:
    """One ``key=value`` of one case.

    Attributes
    ----------
    text
        As Hydra reads it.
    key
        The setting or group, without ``+`` and ``~``.
    value
        What it says, parsed.
    plain
        True for a single number, word or truth value given to a setting that is there: what needs no composing,
        provided that the key is a setting of the world.
    """

    text: str
    key: str
    value: Any
    plain: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """A setting that a design explores between two ends."""

    key: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A sweep as it was typed: for each key the words that it takes, in the order of typing, and the intervals."""

    axes: tuple[tuple[Word, ...], ...] = ()
    intervals: tuple[Interval, ...] = ()

    @property
    def size(self) -> int:
        """Number of combinations."""
        return math.prod(map(len, self.axes))

    @property
    def swept(self) -> tuple[str, ...]:
        """Keys that take more than one value, or an interval."""
        return (*(axis[0].key for axis in self.axes if len(axis) > 1), *(i.key for i in self.intervals))

    def combinations(self) -> Iterator[tuple[Word, ...]]:
        """Every combination, the last axis fastest, as Hydra's basic sweeper orders them."""
        return product(*self.axes)


def expand(overrides: Sequence[str], config_path: Path | None = None) -> list[tuple[str, ...]]:
    """Every combination of a sweep's words, each as the words of one case.

    Raises
    ------
    UserMistake
        As :func:`read_grid`, and for an interval, which is no list of values.
    """
    with composer(config_path) as files:
        grid = grid_of(files, overrides)
    for interval in grid.intervals:
        raise UserMistake(interval.key, f"interval({interval.low},{interval.high})", "values, not an interval, here")
    return [tuple(word.text for word in words) for words in grid.combinations()]


def grid_of(files: Composer, overrides: Sequence[str]) -> Grid:
    """What a sweep's words say, those of ``hydra.sweeper.params`` in an experiment file included."""
    grid: Grid = files.multirun(overrides, lambda read: read)
    return grid


def read_grid(arguments: Sequence[str], params: Mapping[str, Any], loader: Any) -> Grid:
    """Parse a sweep's words; ``params`` are those of an experiment file, and come first.

    Parameters
    ----------
    loader
        Hydra's config loader, which knows the options of a group for ``glob``.

    Raises
    ------
    UserMistake
        For several values where there can be but one, a key without any value, or more combinations than anyone wants.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser

    words = [f"{key}={_as_typed(value)}" for key, value in params.items() if value is not None]
    found: dict[str, tuple[Word, ...] | Interval] = {}
    for override in OverridesParser.create(config_loader=loader).parse_overrides([*words, *arguments]):
        key = override.get_key_element()
        if override.is_hydra_override():
            continue
        if override.is_sweep_override() and override.key_or_group.partition(".")[0] in ONCE:
            typed = override.get_value_string()
            raise UserMistake(override.key_or_group, typed, "one value for the whole sweep")
        if override.is_interval_sweep():
            found[key] = _interval(override)
        else:
            found[key] = tuple(_words(override))
    axes = tuple(words for words in found.values() if isinstance(words, tuple))
    grid = Grid(axes, tuple(i for i in found.values() if isinstance(i, Interval)))
    if grid.size > MOST_CASES:
        longest = max(axes, key=len)
        right = f"{grid.size:,} combinations in all, and a sweep has at most {MOST_CASES:,}"
        raise UserMistake(longest[0].key, f"{len(longest)} values", right)
    return grid


def words_of(texts: Sequence[str]) -> tuple[Word, ...]:
    """Words with one value each, parsed.

    Raises
    ------
    UserMistake
        For a word that Hydra cannot read, or one with several values.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser

    parser = OverridesParser.create()
    return tuple(word for text in texts for word in _words(parser.parse_override(one_word(text))))


def _as_typed(value: Any) -> str:
    """A YAML value of ``hydra.sweeper.params`` as it would be typed: a list is several values."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(_as_typed, value))
    return str(value)


def _interval(override: Any) -> Interval:
    low, high = float(override.value().start), float(override.value().end)
    if not -math.inf < low < high < math.inf:
        raise UserMistake(override.key_or_group, override.get_value_string(), "interval(low,high) with low below high")
    return Interval(override.key_or_group, low, high)


def _words(override: Any) -> Iterator[Word]:
    key, name = override.get_key_element(), override.key_or_group
    if not override.is_sweep_override():
        yield Word(override.input_line, name, override.value(), _plain(override, override.value()))
        return
    values = list(override.sweep_iterator())
    if not values:
        right = "no values; a glob needs a group that has such files, a range a step that leads from start to stop"
        raise UserMistake(name, override.get_value_string(), right)
    for value, text in zip(values, override.sweep_string_iterator(), strict=True):
        parsed = getattr(value, "text", value)  # of a quoted string
        yield Word(f"{key}={text}", name, parsed, _plain(override, parsed))


def _plain(override: Any, value: Any) -> bool:
    simple = isinstance(value, str | int | float) and "${" not in str(value)
    changes = not (override.is_add() or override.is_force_add() or override.is_delete() or override.package)
    return simple and changes
