"""Findings as data: a claim in words, and what of two worlds, or of one, must lie where for it to be so.

experiments/findings.yaml holds them and its head tells every field. The file is read strictly: what it names must be
there, and a mistake names the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sim.analysis.agreement import voting
from sim.arrays import FloatArray
from sim.ensemble.cases.priors import priors_of
from sim.ensemble.cases.unknowns import POSTERIOR, PRIOR
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.outcomes import Outcome, check_outcome, outcome_of
from sim.paths import findings_file
from sim.record import strict_yaml
from sim.record.fields import Fields
from sim.settings.overrides import key_of

DOCUMENTED = "documented"
"""The world of the record, as every other setting has it: no words at all."""
SIDES = {"fewer": (None, 0.0), "more": (0.0, None)}
"""What a finding may say of a difference without naming a size."""
BOUNDS = ("above", "below", "at_least", "at_most")
MOST_BYTES, MOST_WORLDS = 1_000_000, 16
"""Of a file of findings, and of the worlds that one side of a comparison is the mean of."""
_REQUIRED = {"claim", "study", "outcome", "option", "finds"}
_OPTIONAL = {"against", "answer", "relative", "counts", "theories", "worlds", "rests_on"}

World = tuple[str, ...]
"""Settings, as they are typed."""


@dataclass(frozen=True)
class Region:
    """Where an effect must lie: between two ends, None where there is none.

    ``side`` says that it is one side of nought and no size is named.
    """

    low: float | None
    high: float | None
    side: bool = False
    text: str = ""


@dataclass(frozen=True)
class Counts:
    """Which runs count: those whose outcome is above, below, at least or at most a number."""

    bound: str
    number: float

    def of(self, values: FloatArray) -> FloatArray:
        """1 where a run counts, 0 where it does not, NaN where it has no value."""
        passed = {
            "above": values > self.number, "below": values < self.number,
            "at_least": values >= self.number, "at_most": values <= self.number,
        }[self.bound]  # fmt: skip
        return passed.astype(float) + 0 * values


@dataclass(frozen=True)
class Claim:
    """One finding.

    Attributes
    ----------
    name, text
        What it is called, and what it says, in words.
    study
        Folder of experiments/ that it comes from.
    outcome
        What is looked at: weights by name, whose sum over a run's outcomes is its value.
    option, against
        Worlds whose mean is compared, and what with; without ``against`` it is about the option alone.
    region
        Where the effect must lie.
    relative
        Whether the effect is the difference as a share of the mean of ``against``.
    counts
        Which runs count, so that values are shares of runs; None: values themselves.
    theories
        The theories that it is claimed for.
    mode
        Of which worlds it is claimed: ``posterior`` or ``prior``.
    rests_on
        Assumed settings whose halved ranges it is tried under.
    answer
        Which sentence of experiments/ANSWER.md stands on it, if one does.
    """

    name: str
    text: str
    study: str
    outcome: Mapping[str, float]
    option: tuple[World, ...]
    against: tuple[World, ...]
    region: Region
    relative: bool
    counts: Counts | None
    theories: tuple[str, ...]
    mode: str
    rests_on: tuple[str, ...]
    answer: str = ""

    @property
    def worlds(self) -> tuple[World, ...]:
        """Every world that it looks at, each once."""
        return tuple(dict.fromkeys((*self.option, *self.against)))

    @property
    def unit(self) -> str:
        """Of its effect."""
        if self.relative:
            return "of 100 of what it is compared with"
        return "of 100 runs" if self.counts else outcome_of(next(iter(self.outcome))).unit

    @property
    def scale(self) -> float:
        """What its effect is multiplied with where people read it."""
        return 100.0 if self.relative or self.counts else 1.0


def load_claims(path: Path | None = None) -> tuple[Claim, ...]:
    """Read findings, strictly; those that come with the package if no file is named.

    Raises
    ------
    UserMistake
        In one line with file, line, key, value and what would be right: for a file that is not there or is no such
        YAML, a field that is unknown or missing, and an outcome, theory, setting or world that there is not.

    Examples
    --------
    >>> by_name = {claim.name: claim for claim in load_claims()}
    >>> by_name["truce_keeps"].study, by_name["truce_keeps"].region.text
    ('pulled_levers', 'fewer')
    """
    file = findings_file() if path is None else path
    label = "experiments/findings.yaml" if path is None else str(path)
    lines = _lines(file, label)
    given = strict_yaml.read(file, label)
    with _in_line(label, lines):
        fields = Fields("", given, required={"findings"}, optional={"worlds"})
        assert isinstance(given, dict)
        worlds = {DOCUMENTED: (), **_named_worlds(fields, given.get("worlds"))}
        listed = given["findings"]
        if not isinstance(listed, dict) or not listed:
            raise fields.mistake("findings", "must be a mapping, name by name, and not empty")
        return tuple(_claim(_name("findings", name), one, worlds) for name, one in listed.items())


def select(claims: Sequence[Claim], only: Sequence[str]) -> tuple[Claim, ...]:
    """The findings of these names, all where none is named; a name that there is not is a UserMistake."""
    known = {claim.name: claim for claim in claims}
    for name in only:
        if name not in known:
            raise UserMistake("--only", name, f"no such finding; {_near(name, list(known))}")
    return tuple(known[name] for name in dict.fromkeys(only)) if only else tuple(claims)


# Reading


def _claim(name: str, given: object, worlds: Mapping[str, World]) -> Claim:
    prefix = f"findings.{name}."
    fields = Fields(prefix, given, required=_REQUIRED, optional=_OPTIONAL)
    assert isinstance(given, dict)
    option = _side(fields, "option", given["option"], worlds)
    against = _side(fields, "against", given["against"], worlds) if "against" in given else ()
    relative = fields.flag("relative") if "relative" in given else False
    counts = _counts(fields, given["counts"]) if "counts" in given else None
    outcome = _outcome(fields, given["outcome"], counts)
    region = _region(fields, given["finds"], compares=bool(against))
    if relative and not against:
        raise fields.mistake("relative", "a share of what it is compared with: name against")
    if relative and counts:
        raise fields.mistake("relative", "values are shares of runs already (counts)")
    if set(option) == set(against):
        raise fields.mistake("against", "the same worlds as option, which nothing can tell apart")
    theories = _theories(fields, given)
    mode = fields.word("worlds", (POSTERIOR, PRIOR)) if "worlds" in given else POSTERIOR
    study = fields.text("study")
    if not re.fullmatch(r"[\w-]+", study):
        raise fields.mistake("study", "the name of a folder of experiments/")
    return Claim(
        name=name,
        text=fields.text("claim"),
        study=study,
        outcome=outcome,
        option=option,
        against=against,
        region=region,
        relative=relative,
        counts=counts,
        theories=theories,
        mode=mode,
        rests_on=_rests_on(fields, given, theories),
        answer=fields.text_or_empty("answer"),
    )


def _name(where: str, name: object) -> str:
    if not isinstance(name, str) or not re.fullmatch(r"\w[\w-]*", name):
        raise UserMistake(where, name, "a name is made of letters, digits, _ and -, and is no number, true or false")
    return name


def _named_worlds(fields: Fields, given: object) -> dict[str, World]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise fields.mistake("worlds", "must be a mapping from names to lists of settings")
    found = {}
    for name, listed in given.items():
        if _name("worlds", name) == DOCUMENTED:
            raise UserMistake(f"worlds.{name}", None, "is the world of the record already; take another name")
        found[name] = _words(f"worlds.{name}", listed)
    return found


def _words(where: str, given: object) -> World:
    """The settings of a world; what a finding says itself (theory, unknowns, ensemble) is refused here."""
    if not isinstance(given, list) or not all(isinstance(word, str) and "=" in word for word in given):
        raise UserMistake(where, given, "must be a list of settings, key=value, each in quotes where YAML wants them")
    for word in given:
        key = key_of(word)
        if key in ("theory", "unknowns") or key.startswith(("unknowns.", "ensemble.", "executor", "out", "design")):
            raise UserMistake(where, word, "is no setting of a world; a finding has theories and worlds")
    return tuple(given)


def _side(fields: Fields, name: str, given: object, worlds: Mapping[str, World]) -> tuple[World, ...]:
    listed = given if isinstance(given, list) else [given]
    if not 0 < len(listed) <= MOST_WORLDS:
        raise fields.mistake(name, f"the name of a world, or a list of 1 to {MOST_WORLDS} of them")
    found: list[World] = []
    for one in listed:
        if isinstance(one, list):
            found.append(_words(f"{fields.prefix}{name}", one))
        elif isinstance(one, str) and one in worlds:
            found.append(worlds[one])
        else:
            near = _near(str(one), list(worlds))
            raise fields.mistake(name, f"no such world; {near}; [key=value, …] in a list names one here", value=one)
    return tuple(found)


def _outcome(fields: Fields, given: object, counts: Counts | None) -> dict[str, float]:
    weights = given if isinstance(given, dict) else {given: 1}
    if not weights or (counts and len(weights) > 1):
        raise fields.mistake("outcome", "one outcome, or weights by outcome where nothing is counted")
    found = {}
    for name, weight in weights.items():
        if name is None:
            raise fields.mistake("outcome", "names no outcome; `tabletop show outcomes` lists them")
        known: Outcome = check_outcome(f"{fields.prefix}outcome", name, drawn=True)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not weight or abs(weight) > 1e6:
            raise fields.mistake("outcome", "a weight is a number, and not 0", value=weight)
        found[known.name] = float(weight)
    return found


def _counts(fields: Fields, given: object) -> Counts:
    if not isinstance(given, dict) or len(given) != 1 or next(iter(given)) not in BOUNDS:
        raise fields.mistake("counts", f"one of {', '.join(BOUNDS)} with a number, such as {{above: 20}}")
    ((bound, number),) = given.items()
    return Counts(str(bound), _number(fields, "counts", number))


def _region(fields: Fields, given: object, compares: bool) -> Region:
    example = "fewer or more, {at_least: x}, {at_most: x}, {between: [a, b]}, or {size: x, tolerance: t}"
    if isinstance(given, str) and given in SIDES:
        if not compares:
            raise fields.mistake("finds", "fewer or more than what? name against, or say {at_least: x}")
        return Region(*SIDES[given], side=True, text=given)
    if not isinstance(given, dict):
        raise fields.mistake("finds", example)
    numbers = {name: value for name, value in given.items() if name != "between"}
    held = {str(name): _number(fields, "finds", value) for name, value in numbers.items()}
    if set(given) == {"size", "tolerance"} and held["tolerance"] > 0:
        size, most = held["size"], held["tolerance"]
        return Region(size - most, size + most, text=f"{size:g} ± {most:g}")
    if set(given) == {"at_least"}:
        return Region(held["at_least"], None, text=f"at least {held['at_least']:g}")
    if set(given) == {"at_most"}:
        return Region(None, held["at_most"], text=f"at most {held['at_most']:g}")
    ends = given.get("between")
    if set(given) == {"between"} and isinstance(ends, list) and len(ends) == 2:
        low, high = (_number(fields, "finds", end) for end in ends)
        if low < high:
            return Region(low, high, text=f"{low:g} to {high:g}")
    raise fields.mistake("finds", example)


def _number(fields: Fields, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        raise fields.mistake(name, "a number", value=value)
    return float(value)


def _theories(fields: Fields, given: Mapping[str, Any]) -> tuple[str, ...]:
    if "theories" not in given:
        return voting(THEORIES)
    named = fields.texts("theories")
    for name in named:
        if name not in THEORIES:
            raise fields.mistake("theories", f"no such theory; there are {', '.join(THEORIES)}", value=name)
    if not named:
        raise fields.mistake("theories", "at least one; leave it out for all rivals")
    return tuple(theory for theory in THEORIES if theory in named)


def _rests_on(fields: Fields, given: Mapping[str, Any], theories: Sequence[str]) -> tuple[str, ...]:
    if "rests_on" not in given:
        return ()
    named, drawn = fields.texts("rests_on"), drawn_settings(tuple(theories))
    for key in named:
        if key not in drawn:
            right = f"no setting that worlds of these theories draw; {_near(key, list(drawn))}"
            raise fields.mistake("rests_on", right, value=key)
    return tuple(dict.fromkeys(named))


@cache
def drawn_settings(theories: tuple[str, ...]) -> tuple[str, ...]:
    """Settings that a world draws under some of these theories."""
    return tuple(dict.fromkeys(key for theory in theories for key in priors_of(theory)))


def _near(name: str, among: Sequence[str]) -> str:
    close = get_close_matches(name, among, n=3, cutoff=0.5)
    return f"near it: {', '.join(close)}" if close else f"there are {', '.join(among[:12])}{' …' * (len(among) > 12)}"


# Lines


def _lines(file: Path, label: str) -> dict[str, int]:
    """The line of each key of a file, by its dotted name; nothing of a file that cannot be read, as the reader says.

    An alias is refused: what is said by reference could grow without end.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UserMistake(label, None, f"more than {MOST_BYTES:,} bytes are no file of findings")
        content = file.read_bytes()
        for event in yaml.parse(content, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                right = "an alias has no use here; name a world"
                line = f", line {event.start_mark.line + 1}" if event.start_mark else ""
                raise UserMistake(f"{label}{line}", f"*{event.anchor}", right)
        root = yaml.compose(content, Loader=yaml.SafeLoader)
    except (OSError, RecursionError, yaml.YAMLError, ValueError):
        return {}
    return dict(_keys(root, "", 0))


def _keys(node: Any, prefix: str, depth: int) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode) and depth < 4:
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield f"{prefix}{key.value}", key.start_mark.line + 1
                yield from _keys(value, f"{prefix}{key.value}.", depth + 1)


@contextmanager
def _in_line(label: str, lines: Mapping[str, int]) -> Iterator[None]:
    """Within it a mistake names the file and, of the part of its key that the file has, the line."""
    try:
        yield
    except UserMistake as fault:
        key = fault.key
        while key and key not in lines:
            key = key.rpartition(".")[0]
        where = f"{label}, line {lines[key]}" if key else label
        raise UserMistake(f"{where}: {fault.key}" if fault.key else where, fault.value, fault.right) from fault


# What a file rests on


def rests_on_table(claims: Sequence[Claim]) -> pd.DataFrame:
    """Which findings rest on each setting: columns ``setting``, ``findings`` (names, with commas)."""
    rows: dict[str, list[str]] = {}
    for claim in claims:
        for key in claim.rests_on:
            rows.setdefault(key, []).append(claim.name)
    return pd.DataFrame([(key, ", ".join(names)) for key, names in rows.items()], columns=["setting", "findings"])
