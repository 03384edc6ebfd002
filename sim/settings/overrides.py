"""What a person types: ``key=value`` words in Hydra's grammar, read once, each with its limits and its mistakes.

The grammar is Hydra's own (``a,b``, ``choice``, ``range``, ``glob``, ``interval``, ``sort``, ``shuffle``, casts, lists,
dicts, quotes, ``+``, ``++``, ``~``), parsed without running Hydra. What it gives is listed here in one walk: a range is
counted before it is listed, and a value and the text that shows it never come from two walks.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from sim.errors import UserMistake, no_effect
from sim.settings.parameter import REFERENCE
from sim.settings.schema import near

MOST_CASES = 100_000
"""More values, or combinations of them, than these are taken for a slip of the pen."""
LONGEST_WORD, LONGEST_KEY, DEEPEST = 10_000, 200, 20
"""Letters of a word, bytes of its key, and brackets inside each other, at most; each of them takes time to parse."""

_NUMBER = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][-+]?\d+)?")
_WORD = re.compile(r"[A-Za-z_/][\w/.-]*|\d{4}-\d\d-\d\d", re.ASCII)
_NO_WORD = {"null", "true", "false", "nan", "inf"}
_KEY = re.compile(r"[A-Za-z_]\w*(?:\.[\w-]+)*")
_NAMED = {"scenario.name": "scenario", "theory.name": "theory", "design.name": "design", "executor.name": "executor",
          "unknowns.mode": "unknowns"}  # fmt: skip
"""Names that stand in a group's file, and the group that is chosen instead of typing them."""
_TOLD = ("text", "facts", "origin")
"""Fields of an event that only people read."""
_ROW = "scenario.events."
_RANGE = "unknowns.range."

Choices = Mapping[str, Sequence[str]]
"""The files of each group, by its name."""


@dataclass(frozen=True, slots=True)
class Override:
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
class SweptRange:
    """A setting that a design explores between two ends.

    Where it is ``whole``, both ends and what is between them are equally likely; where it is ``log``, its logarithm is
    what is explored, as the register says of a prior range. What somebody types is explored as it stands.
    """

    key: str
    low: float
    high: float
    whole: bool = False
    log: bool = False


@dataclass(frozen=True, slots=True)
class TypedOverride:
    """One word as it was typed, and what it gives.

    Attributes
    ----------
    word
        As it was typed.
    key
        The setting or group, without ``+`` and ``~``.
    words
        One for each value; none for an interval.
    interval
        The interval that it asks for, if any.
    several
        True where the grammar of several values was used, be it for one.
    taken_away
        True for ``~key``.
    """

    word: str
    key: str
    words: tuple[Override, ...]
    interval: SweptRange | None = None
    several: bool = False
    taken_away: bool = False

    @property
    def value(self) -> str:
        """What stands behind the sign."""
        return self.word.partition("=")[2]


def key_of(word: str) -> str:
    """The setting or group of a word, without ``+`` and ``~``."""
    return word.partition("=")[0].lstrip("+~")


def read_overrides(typed: Sequence[str], choices: Choices) -> list[TypedOverride]:
    """Read the words of a command, and leave out those that later ones undo, with a line for each.

    Words count in the order of typing: where two give the same setting the later one does, and mappings are merged.

    Parameters
    ----------
    typed
        The words as they were typed, ``theory=breach,prospects`` for one.
    choices
        Names of the files of each group.

    Returns
    -------
    One for each word that changes something, in the order of typing.

    Raises
    ------
    UserMistake
        For a word that is none, a group without such a file, too many values, or a reference to anything but a setting.
    """
    return _that_count([read_override(word, choices) for word in typed])


def read_override(word: str, choices: Choices) -> TypedOverride:
    """Read one word as :func:`read_overrides` does, whatever other words may undo; raises what that raises."""
    _check_text(word)
    start, sign, value = word.partition("=")
    prefix = start[: len(start) - len(start.lstrip("+~"))]
    key = start[len(prefix) :]
    if not key.strip() or (not sign and prefix != "~") or prefix not in ("", "+", "++", "~"):
        raise UserMistake(word, None, "settings are key=value, such as scenario=as_documented")
    if re.split(r"[./@]", key)[0] == "hydra":
        raise UserMistake(key, value, "Hydra's own settings have no use here")
    if not _KEY.fullmatch(key):
        raise UserMistake(key, value, "no such setting" + near(key))
    if key in _NAMED and prefix != "~":
        right = f"a name alone changes nothing; choose the file: {_NAMED[key]}={value or '…'}"
        raise UserMistake(key, value, right)
    if key == "scenario.story":
        raise UserMistake(key, value, "a story stands in the scenario's file, and is for people")
    single = None if prefix else single_value(value)
    if isinstance(single, str) or (single is not None and key not in choices):
        # What most words are, in a hundredth of the time that the grammar takes.
        if key in choices:
            _check_choice(key, value, single, choices[key])
        return TypedOverride(word, key, (Override(_freely(word, key), key, single, not key.startswith(_ROW)),))
    parsed = _parse(word, key, value)
    if parsed.is_interval_sweep():
        return TypedOverride(word, key, (), _interval(parsed, value), several=True)
    group = key in choices and prefix != "~"
    if group:
        prefix = ""  # every group has a choice already, so there is nothing to be added
    several, elements = parsed.is_sweep_override(), _elements(parsed, key, value, choices)
    texts = [f"{prefix}{key}={_text(element)}" for element in elements]
    if not several and "(" not in value:
        texts = [prefix + word.lstrip("+~")]
    words = []
    for text, element in zip(texts, map(_unquoted, elements), strict=True):
        _check_value(key, value, element)
        if group:
            _check_choice(key, value if not several else element, element, choices[key])
        plain = not prefix and not key.startswith(_ROW) and isinstance(element, str | int | float)
        plain = plain and "${" not in str(element)
        words.append(Override(_freely(text, key), key, element, plain))
    return TypedOverride(word, key, tuple(words), several=several, taken_away=prefix == "~")


def single_value(text: str) -> int | float | str | None:
    """What Hydra's grammar makes of a single number, name, path or date; None for all that takes more to be read."""
    if len(text) < 400 and _NUMBER.fullmatch(text):
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    return text if _WORD.fullmatch(text) and text.lower() not in _NO_WORD else None


def _freely(text: str, key: str) -> str:
    """The word as Hydra shall see it: rows of an event table may be added, and be given fields, without a ``+``.

    The table has a check of its own, so nobody need know when Hydra wants one.
    """
    free = key.startswith((_ROW, _RANGE)) and not text.startswith("~")
    return f"++{text.lstrip('+')}" if free else text


# The text of a word


def _check_text(word: str) -> None:
    key, value = key_of(word)[:60], word.partition("=")[2]
    shown: tuple[str, str | None] = (key, value) if key and "=" in word else (word, None)
    if len(word) > LONGEST_WORD:
        right = (
            f"{len(word):,} letters, and a word has at most {LONGEST_WORD:,}; a long list goes into a file: design=file"
        )
        raise UserMistake(key, f"{value[:40]}…", right)
    try:
        word.encode()
    except UnicodeEncodeError:
        raise UserMistake(*shown, "is not UTF-8 text") from None
    if len(key_of(word).encode()) > LONGEST_KEY:  # Hydra looks for files of that name, and no disk takes a longer one
        raise UserMistake(f"{key}…", None, "no such setting; `tabletop show parameters` lists them")
    if strange := next((c for c in word if not c.isprintable() and c not in "\n\t\r"), None):
        raise UserMistake(*shown, f"holds the character {strange!r}, which nobody sees")
    depth = deepest = 0
    for letter in value:
        depth += (letter in "([{") - (letter in ")]}")
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise UserMistake(
            key, f"{value[:40]}…", f"{deepest} brackets inside each other, and {DEEPEST} at most make sense"
        )


def _parse(word: str, key: str, value: str) -> Any:
    """Hydra's reading of a word."""
    from hydra.core.override_parser.overrides_parser import OverridesParser  # Hydra loads slowly
    from hydra.errors import HydraException  # Hydra loads slowly

    try:
        return OverridesParser(functions=_functions()).parse_override(word)
    except HydraException as error:
        if isinstance(error.__cause__, _Slip):
            raise UserMistake(key, value, str(error.__cause__)) from None
        reason = " ".join(str(error).split("\n")[0].split())
    except Exception as error:  # what Hydra's parser does not expect, a number of ten thousand digits for one
        reason = " ".join(str(error).split("\n")[0].split()) or type(error).__name__
    raise UserMistake(key, value, f"cannot be read ({reason[:200]}); quote what is text")


class _Slip(ValueError):
    """A function's arguments that make no values."""


@cache
def _functions() -> Any:
    """Hydra's functions of the grammar; a range and a shuffle are listed where they are written."""
    from hydra._internal.grammar.functions import Functions  # Hydra loads slowly
    from hydra.core.override_parser.overrides_parser import create_functions  # Hydra loads slowly
    from hydra.core.override_parser.types import ChoiceSweep  # Hydra loads slowly

    def spread(start: Any, stop: Any = None, step: Any = 1) -> Any:
        return ChoiceSweep(list=[*_numbers(0, start, step)] if stop is None else [*_numbers(start, stop, step)])

    def shuffle(*args: Any, sweep: Any = None, list: Any = None) -> Any:
        given = args[0] if len(args) == 1 else ChoiceSweep(list=[*args], simple_form=True) if args else sweep or list
        if isinstance(given, ChoiceSweep):
            return ChoiceSweep(given.tags, random.sample(given.list, len(given.list)), given.simple_form)
        if isinstance(given, Sequence) and not isinstance(given, str):
            return random.sample(given, len(given))
        raise _Slip("shuffle takes several values, a range or a list")

    spread.__annotations__ = shuffle.__annotations__ = {}  # Hydra would check arguments against the annotations' text
    functions = {**create_functions().functions, "range": spread, "shuffle": shuffle}
    own: Any = Functions()
    for name, function in functions.items():
        own.register(name, function)
    return own


def _numbers(start: Any, stop: Any, step: Any) -> Iterator[int | float]:
    """``start``, ``start + step``, … before ``stop``, which is never one of them; in exact decimals.

    Counted before they are listed.
    """
    ends = (start, stop, step)
    if any(isinstance(end, bool) or not isinstance(end, int | float) or not math.isfinite(end) for end in ends):
        raise _Slip("a range has finite numbers: range(start,stop,step)")
    if not step:
        raise _Slip("a range has a step that is not 0")
    whole = all(isinstance(end, int) for end in ends)
    first, last, by = (Decimal(end) if whole else Decimal(repr(end)) for end in ends)
    count = max(0, math.ceil((last - first) / by))
    if count > MOST_CASES:
        raise _Slip(f"{count:,} values, and a sweep has at most {MOST_CASES:,}")
    if not count:
        raise _Slip("no values; a range needs a step that leads from start towards stop")
    for number in range(count):
        yield int(start) + number * int(step) if whole else float(first + number * by)


def _interval(parsed: Any, value: str) -> SweptRange:
    low, high = float(parsed.value().start), float(parsed.value().end)
    if not -math.inf < low < high < math.inf:
        raise UserMistake(parsed.key_or_group, value, "interval(low,high) with low below high")
    return SweptRange(parsed.key_or_group, low, high)


def _elements(parsed: Any, key: str, value: str, choices: Choices) -> list[Any]:
    """The values of a word, in Hydra's form of them, which keeps quotes."""
    from hydra.core.override_parser.types import ChoiceSweep, Glob  # Hydra loads slowly

    given = parsed._value
    if isinstance(given, ChoiceSweep):
        elements = list(given.list)
    elif isinstance(given, Glob):
        elements = [
            name
            for name in choices.get(key, ())
            if any(fnmatchcase(name, pattern) for pattern in map(str, given.include))
            and not any(fnmatchcase(name, pattern) for pattern in map(str, given.exclude))
        ]
        if not elements:
            raise UserMistake(key, value, "no values; a glob needs a group that has such files")
    else:
        elements = [given]
    if len(elements) > MOST_CASES:
        raise UserMistake(key, value, f"{len(elements):,} values, and a sweep has at most {MOST_CASES:,}")
    return elements


def _unquoted(element: Any) -> Any:
    from hydra.core.override_parser.types import Override  # Hydra loads slowly

    return Override._convert_value(element)


def _text(element: Any) -> str:
    from hydra.core.override_parser.types import Override  # Hydra loads slowly

    text: str = Override._get_value_element_as_str(element)
    return text


# What a value may be


def _check_value(key: str, typed: str, value: Any) -> None:
    """Refuse references to anything but one setting, and names that are no text."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if not isinstance(name, str) or not name or "." in name or "${" in name:
                raise UserMistake(key, typed, f"{name} is no name; names in a mapping are words without a point")
            _check_value(key, typed, inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _check_value(key, typed, inner)
    elif isinstance(value, str):
        check_reference(key, typed, value)


def check_reference(key: str, typed: str, value: str) -> None:
    """Refuse a text that refers to anything but one setting, the environment for one."""
    if "${" in value and not REFERENCE.fullmatch(value):
        right = "only a reference to one setting is followed, as a whole value, such as ${officers.pool}"
        raise UserMistake(key, typed, right)


def _check_choice(group: str, typed: Any, value: Any, options: Sequence[str]) -> None:
    if value is None and group == "experiment":
        return
    listed = ", ".join(options) or "none"
    if not isinstance(value, str) or not value:
        raise UserMistake(group, typed, f"name one of its files: {listed}")
    if value not in options:
        raise UserMistake(group, value, f"no such choice; there are {listed}")


# Words that others undo


def _that_count(typed: Sequence[TypedOverride]) -> list[TypedOverride]:
    """Those words that change something, with a line on each of the others."""
    kept: list[TypedOverride] = []
    for position, override in enumerate(typed):
        later = typed[position + 1 :]
        undone = next(iter(_undone_by(override, later)), None)
        if undone is not None:
            if undone.word != override.word:
                no_effect(override.word, f"{undone.word} comes later")
            continue
        if not override.taken_away and not override.interval and not any(map(any, map(_leaves, override.words))):
            no_effect(override.word, f"an empty mapping takes nothing away; ~{override.key} does")
            continue
        if _only_told(override, typed):
            no_effect(override.word, "only people read it; the runs are those without it")
        kept.append(override)
    return kept


def _undone_by(override: TypedOverride, later: Sequence[TypedOverride]) -> Iterator[TypedOverride]:
    """The last of the later words that together give all that this one gives."""
    if override.taken_away:
        return
    given = {override.key} if override.interval else set().union(*map(_leaves, override.words))
    for other in later:
        if other.taken_away:
            given = {name for name in given if not _within(name, other.key)}
        elif other.interval:
            given.discard(other.key)
        else:
            given -= set[str].intersection(*map(_leaves, other.words))
        if not given and (override.interval or any(map(_leaves, override.words))):
            yield other
            return


def _leaves(word: Override) -> set[str]:
    """The settings that a word gives, by name; a list is one."""

    def below(name: str, value: Any) -> Iterator[str]:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                yield from below(f"{name}.{key}", inner)
        else:
            yield name

    return set(below(word.key, word.value))


def _within(name: str, key: str) -> bool:
    return name == key or name.startswith(f"{key}.")


def _only_told(override: TypedOverride, typed: Sequence[TypedOverride]) -> bool:
    """Whether a word changes nothing of an event but what people read, and no other word makes that event."""
    if not override.key.startswith(_ROW) or override.taken_away:
        return False
    row = ".".join(override.key.split(".")[:3])
    leaves = set().union(*map(_leaves, override.words))
    return all(map(is_only_told, leaves)) and not any(
        _within(other.key, row) and other is not override for other in typed
    )


def is_only_told(key: str) -> bool:
    """Whether a setting is a field of an event that only people read."""
    parts = key.split(".")
    return key.startswith(_ROW) and len(parts) == 4 and parts[3] in _TOLD


def first_choice(typed: Sequence[TypedOverride]) -> list[str]:
    """The words of the first combination, intervals left out."""
    return [override.words[0].text for override in typed if override.words]
