"""Patterns that worlds are held against, C1 to C6 of the record or one's own: data, read from a file.

The record gives no number of withdrawals (fact ``withdrawal_report``), so none of its patterns rewards one; its
tolerances were fixed beforehand. conf/patterns/record.yaml holds them and tells how a file of patterns is written.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.analysis.pattern_tests import Passes, PatternTest, read_test
from sim.analysis.statistics.intervals import relative_drop
from sim.analysis.statistics.summary import good
from sim.ensemble.design.last_day import Clock, last_day
from sim.errors import UserMistake
from sim.outcomes import check_outcome
from sim.paths import conf_folder
from sim.record import strict_yaml
from sim.record.fields import Fields

HALF = 0.5
"""A theory shows a pattern when at least this share of its replicates passes."""
WIDER, NARROWER = 4 / 3, 2 / 3
"""What every tolerance is multiplied with where a calibration is repeated with wider and with narrower ones."""

PATTERNS: tuple[Pattern, ...]
"""The patterns of the record; read from the packaged file when first asked for, as the two constants below are."""
REASONS: tuple[str, ...]
"""What officers named, as causes of :data:`sim.analysis.explain.causes.CAUSES` (C4)."""
C4_DROP: float
"""Violence off, and ambiguity off, each lower the exits of the surge by at least this share (C4)."""


@dataclass(frozen=True)
class Pattern:
    """One pattern, and the tests that show it.

    Attributes
    ----------
    id
        Short name, the column of whoever scores runs.
    text, rule
        What it is, and when it holds, in words.
    facts
        Ids of the facts of the record that it rests on.
    tests
        All of them hold where the pattern does.
    of_ensemble
        Whether it is of many runs together, so that no single run passes or fails it.
    """

    id: str
    text: str
    rule: str
    facts: tuple[str, ...]
    tests: tuple[PatternTest, ...]
    of_ensemble: bool = False

    @property
    def passes(self) -> Callable[[pd.DataFrame, int], Passes] | None:
        """Takes runs and the pool, and says which runs pass; None for a pattern of the ensemble."""
        return None if self.of_ensemble else self.holds

    def holds(self, runs: pd.DataFrame, pool: int, tolerance: float = 1.0) -> Passes:
        """Which runs pass, by the pattern's tests; parameters as of :meth:`Patterns.passes`."""
        return _all_of(self.tests, runs, pool, tolerance)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes that its tests look at, each once."""
        return tuple(dict.fromkeys(name for test in self.tests for name in test.outcomes))


@dataclass(frozen=True)
class PatternVariant:
    """The patterns with one of them changed: what the answer rests on.

    Attributes
    ----------
    name, text
        What it is called, and what is changed, in words.
    pattern
        Id of the pattern that is changed.
    tests
        What takes the place of its tests; empty where the pattern is left out.
    """

    name: str
    text: str
    pattern: str
    tests: tuple[PatternTest, ...] = ()


@dataclass(frozen=True)
class Patterns:
    """All patterns of one file.

    Attributes
    ----------
    name
        Of the file, without its ending.
    patterns
        In the order of the file.
    variants
        What a calibration is repeated with.
    source
        The file.

    Examples
    --------
    >>> record = load_patterns()
    >>> [pattern.id for pattern in record.of_runs], record.last_day
    (['C1', 'C2', 'C3', 'C5', 'C6'], datetime.date(2024, 3, 31))
    """

    name: str
    patterns: tuple[Pattern, ...]
    variants: tuple[PatternVariant, ...]
    source: Path

    @property
    def of_runs(self) -> tuple[Pattern, ...]:
        """The patterns that a single run passes or fails."""
        return tuple(pattern for pattern in self.patterns if not pattern.of_ensemble)

    @property
    def digest(self) -> str:
        """12 hex digits of what decides which runs pass: the tests of the patterns of single runs.

        Words, facts, variants, patterns of the ensemble and the order in the file do not count: with any of these
        changed the same worlds are kept.
        """
        content = {one.id: sorted(json.dumps(test.canonical()) for test in one.tests) for one in self.of_runs}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes that :meth:`passes` and the variants look at, each once."""
        named = [name for pattern in self.of_runs for name in pattern.outcomes]
        return tuple(dict.fromkeys([*named, *(n for one in self.variants for t in one.tests for n in t.outcomes)]))

    @cached_property
    def last_day(self) -> date:
        """The last day that a pattern of single runs, or a variant, looks at under the packaged clock."""
        return self.last_day_under(_packaged_clock())

    def last_day_under(self, clock: Clock) -> date:
        """The last day that a pattern of single runs, or a variant, looks at; a run up to then decides all of them.

        Parameters
        ----------
        clock
            The days of the case.
        """
        tests = [test for pattern in self.of_runs for test in pattern.tests]
        tests += [test for variant in self.variants for test in variant.tests]
        days = [_last_day(test, name, clock) for test in tests for name in test.outcomes]
        return max(days)

    def passes(self, runs: pd.DataFrame, pool: int, tolerance: float = 1.0) -> pd.DataFrame:
        """Which runs pass which pattern.

        Parameters
        ----------
        runs
            One row a run, with the outcomes of :attr:`outcomes` as columns of the store (dates datetime64 or objects).
        pool
            Officers of the case.
        tolerance
            What every tolerance is multiplied with: 4/3 a third wider, 2/3 a third narrower.

        Returns
        -------
        Truth values with the index of ``runs``, a column a pattern of single runs. A missing outcome does not pass,
        unless its test says so.

        Raises
        ------
        UserMistake
            For an outcome that the runs do not have.

        Examples
        --------
        >>> quiet = pd.DataFrame({"first_report_date": [pd.NaT], "max_squad_share_3d": 0.5, "exits_by_record_end": 3,
        ...     "exits_before_surge": 0, "deaths_q4_2023": 1092, "deaths_q1_2024": 1656, "deaths_surge_week": 200})
        >>> load_patterns().passes(quiet, pool=400).iloc[0].to_dict()
        {'C1': True, 'C2': False, 'C3': True, 'C5': True, 'C6': True}
        """
        for pattern in self.of_runs:
            _check_there(pattern.outcomes, runs)
        return pd.DataFrame(
            {pattern.id: pattern.holds(runs, pool, tolerance) for pattern in self.of_runs}, index=runs.index
        )

    def variant_passes(self, variant: PatternVariant, runs: pd.DataFrame, passed: pd.DataFrame, pool: int) -> Passes:
        """Which runs pass all patterns of single runs as a variant has them.

        Parameters
        ----------
        variant
            One of :attr:`variants`.
        runs, pool
            As of :meth:`passes`.
        passed
            What :meth:`passes` gave for them.
        """
        rest = np.asarray(passed.drop(columns=variant.pattern).all(axis=1), dtype=bool)
        _check_there([name for test in variant.tests for name in test.outcomes], runs)
        return rest & _all_of(variant.tests, runs, pool, 1.0)


def _all_of(tests: tuple[PatternTest, ...], runs: pd.DataFrame, pool: int, tolerance: float) -> Passes:
    passed = np.ones(len(runs), dtype=bool)
    for test in tests:
        passed &= test.passes(runs, pool, tolerance)
    return passed


def _check_there(names: tuple[str, ...] | list[str], runs: pd.DataFrame) -> None:
    for name in names:
        check_outcome("patterns", name, among=runs)


def _last_day(test: PatternTest, outcome: str, clock: Clock) -> date:
    decided = test.last_date(WIDER)
    return last_day(outcome, clock) if decided is None else min(decided, date.fromordinal(clock.end))


@cache
def _packaged_clock() -> Clock:
    given = strict_yaml.read(conf_folder() / "clock" / "default.yaml", "conf/clock/default.yaml")
    assert isinstance(given, dict)
    clock = Clock.of({f"clock.{name}": value for name, value in given.items()})
    assert clock is not None, "conf/clock/default.yaml lacks a day"
    return clock


# Reading


def load_patterns(path: Path | None = None) -> Patterns:
    """Read a file of patterns, strictly.

    Parameters
    ----------
    path
        The file; the packaged patterns of the record if None.

    Raises
    ------
    UserMistake
        In one line with file, key, value and what would be right: for a file that is not there or is no such YAML, a
        field that is unknown or missing, no pattern of single runs at all, an outcome or comparison that there is not,
        a window whose end is before its begin.

    Examples
    --------
    >>> load_patterns().patterns[1].rule
    'first report on 1 to 11 March 2024'
    """
    file = conf_folder() / "patterns" / "record.yaml" if path is None else Path(path)
    label = "conf/patterns/record.yaml" if path is None else str(file)
    strict_yaml.check_plain(file, label, "file of patterns")
    return patterns_of(strict_yaml.read(file, label), file, label)


def patterns_of(given: object, source: Path, label: str | None = None) -> Patterns:
    """The patterns that a file's content says, as :func:`load_patterns`, which it raises as well.

    Parameters
    ----------
    given
        The content as plain values, dates as text: of a file, or of the config group ``patterns``.
    source
        The file that it came from.
    label
        What a mistake calls the file; its path if None.

    Examples
    --------
    >>> few = {"text": "few leave", "rule": "at most 9", "tests": [
    ...     {"outcome": "exits_by_record_end", "comparison": "at_most", "value": 9}]}
    >>> patterns_of({"patterns": {"few": few}}, Path("mine.yaml")).passes(
    ...     pd.DataFrame({"exits_by_record_end": [9, 10]}), pool=400)["few"].tolist()
    [True, False]
    """
    label = str(source) if label is None else label
    fields = Fields(f"{label}: ", given, required={"patterns"}, optional={"variants"})
    assert isinstance(given, dict)
    patterns = tuple(_pattern(label, key, one) for key, one in _named(fields, label, given, "patterns"))
    if all(pattern.of_ensemble for pattern in patterns):
        raise UserMistake(f"{label}: patterns", None, "holds no pattern of single runs; a world is kept by these")
    ids = [pattern.id for pattern in patterns if not pattern.of_ensemble]
    listed = _named(fields, label, given, "variants") if given.get("variants") is not None else ()
    variants = tuple(_variant(label, key, one, ids) for key, one in listed)
    return Patterns(source.stem, patterns, variants, source)


def _named(fields: Fields, label: str, given: Mapping[str, Any], name: str) -> Iterator[tuple[str, object]]:
    entries = given[name]
    if not isinstance(entries, dict) or not entries:
        raise fields.mistake(name, "must be a mapping, name by name, and not empty")
    for key, entry in entries.items():
        if not isinstance(key, str) or not re.fullmatch(r"\w[\w -]*", key):
            raise UserMistake(f"{label}: {name}", key, "a name is made of letters, digits, _, - and blanks")
        yield key, entry


def _pattern(label: str, key: str, given: object) -> Pattern:
    prefix = f"{label}: patterns.{key}."
    fields = Fields(prefix, given, required={"text", "rule", "tests"}, optional={"facts", "of"})
    assert isinstance(given, dict)
    if "of" in given:
        fields.word("of", ("runs", "ensemble"))
    of_ensemble = given.get("of") == "ensemble"
    facts = tuple(fields.texts("facts")) if "facts" in given else ()
    tests = _tests(fields, prefix, given["tests"], of_ensemble=of_ensemble)
    return Pattern(key, fields.text("text"), fields.text("rule"), facts, tests, of_ensemble)


def _variant(label: str, key: str, given: object, ids: list[str]) -> PatternVariant:
    prefix = f"{label}: variants.{key}."
    fields = Fields(prefix, given, required={"text", "pattern"}, optional={"tests"})
    assert isinstance(given, dict)
    if given["pattern"] not in ids:
        raise fields.mistake("pattern", f"no pattern of single runs; there are {', '.join(ids)}")
    if "tests" not in given and len(ids) == 1:
        raise fields.mistake("pattern", "without it no pattern of single runs is left")
    tests = _tests(fields, prefix, given["tests"], of_ensemble=False) if "tests" in given else ()
    return PatternVariant(key, fields.text("text"), str(given["pattern"]), tests)


def _tests(fields: Fields, prefix: str, given: object, *, of_ensemble: bool) -> tuple[PatternTest, ...]:
    if not isinstance(given, list) or not given:
        raise fields.mistake("tests", "must be a list of tests, and not empty")
    return tuple(
        read_test(f"{prefix}tests.{number}.", one, of_ensemble=of_ensemble) for number, one in enumerate(given, 1)
    )


# The record's


@cache
def _record() -> Patterns:
    return load_patterns()


def _reasons() -> tuple[PatternTest, ...]:
    """The tests of the record's patterns of the ensemble, one a reason that officers named."""
    return tuple(test for pattern in _record().patterns if pattern.of_ensemble for test in pattern.tests)


def __getattr__(name: str) -> Any:
    if name == "PATTERNS":
        return _record().patterns
    if name == "REASONS":
        return tuple(test.without for test in _reasons())
    if name == "C4_DROP":
        return min(float(test.value or 0) for test in _reasons())
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def scores(runs: pd.DataFrame, pool: int) -> dict[str, float]:
    """Share of replicates that pass each pattern but C4; a null outcome does not pass."""
    return {p.id: float(p.holds(runs, pool).mean()) for p in _record().of_runs if len(runs)}


def tested(runs: pd.DataFrame, pool: int) -> dict[str, float]:
    """Share of the good runs that pass each pattern but C4, of those patterns whose days the runs see.

    A pattern lies beyond the runs' horizon where no run has that of its outcomes which looks at the latest day. A date
    is never beyond it: none means that it did not come.
    """
    ok = good(runs)
    unknown = [one.id for one in _record().of_runs if any(ok[name].isna().all() for name in _latest(one))]
    return {one: share for one, share in scores(ok, pool).items() if one not in unknown}


def _latest(pattern: Pattern) -> list[str]:
    days = {
        name: last_day(name, _packaged_clock())
        for name in pattern.outcomes
        if check_outcome("patterns", name).type != "date"
    }
    return [name for name, day in days.items() if day == max(days.values())]


def agreement(runs: pd.DataFrame, pool: int) -> str:
    """In one line how far the runs of a case are from the record."""
    shares, texts = tested(runs, pool), {pattern.id: pattern.text for pattern in _record().patterns}
    if not shares:
        return "The record: these runs see none of its patterns."
    count = len(good(runs))
    told = [f"{one} {words.of_runs(share, runs=count)}" for one, share in shares.items()]
    missed = [f"{one} ({texts[one]})" for one, share in shares.items() if share < HALF]
    said = f"How far these runs are from the record, pattern by pattern: {', '.join(told)} runs show it"
    return f"{said}; most lack {', '.join(missed)}." if missed else f"{said}."


def drops_without_reasons(runs: pd.DataFrame, attribution: pd.DataFrame) -> dict[str, float]:
    """By how much exits in the surge fall without each of the :data:`REASONS`, over the runs that both have.

    Parameters
    ----------
    runs
        Runs of one case, with columns root_seed, replicate, status and exits_in_surge.
    attribution
        Rows of the store's table of attribution of the same case: cause, root_seed, replicate, future, exits_in_surge.

    Returns
    -------
    1 − Σ exits without / Σ exits, by reason; NaN where that was not run, or nobody leaves.
    """
    keys, drops = ["root_seed", "replicate", "future"], {}
    for test in _reasons():
        exits = test.quantity.outcome
        without = attribution.loc[attribution["cause"] == test.without, [*keys, exits]]
        pairs = good(runs).merge(without, on=keys, suffixes=("", "_without"))
        both = pairs[[exits, f"{exits}_without"]].dropna().to_numpy(dtype=float)
        drops[test.without] = relative_drop(both[:, 0], both[:, 1]).share
    return drops


def both_reasons(drops: Mapping[str, float]) -> bool | None:
    """C4: whether each of the :data:`REASONS` lowers exits by at least :data:`C4_DROP`; None where one is not known.

    >>> both_reasons({"violence": 0.3, "ambiguity": 0.02}), both_reasons({"violence": 0.3, "ambiguity": 0.1})
    (False, True)
    """
    tests = _reasons()
    if any(np.isnan(drops[test.without]) for test in tests):
        return None
    return all(bool(drops[test.without] >= float(test.value or 0)) for test in tests)
