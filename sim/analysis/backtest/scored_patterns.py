"""What a backtest asks of each run: one number or day against a threshold, and what was observed of it, if anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.analysis.day_windows import FIRST_DAY, MEASURES, TOTAL, DayWindow, daily_entry, measure_of
from sim.analysis.pattern_tests import POOL, Comparable, PatternTest, Quantity, read_bounds, values_of
from sim.analysis.statistics.scores import rule_of_succession
from sim.arrays import FloatArray
from sim.ensemble.design.last_day import Clock, last_day
from sim.errors import UserMistake
from sim.outcomes import check_outcome, on_days, outcome_of
from sim.outcomes.states import PHASES
from sim.record.fields import Fields, is_number

COMPARED = {
    "at_least": "at least {}", "at_most": "at most {}", "above": "above {}", "below": "below {}", "after": "after {}",
    "before": "before {}", "between": "from {} to {}", "within": "within {} of {}",
}  # fmt: skip
"""The comparisons, in words."""
TOLERANT = ("at_least", "at_most")
"""Comparisons that may have a tolerance; ``within`` needs one."""
FIXED_IF_SCRIPTED = {"phase": 1.0, "deployed": 0.0}
"""States that governments by script keep at most at this, whatever happens."""
_RULES = "governments: rules lets it move"
_FAR = 20_000
"""Days beyond every clock of interest: an outcome that looks so far looks to the end of its run."""


@dataclass(frozen=True)
class DayQuantity:
    """A daily series or state, measured in a window of days.

    Attributes
    ----------
    series, measure
        What is measured, and how (:data:`sim.analysis.day_windows.MEASURES`).
    window
        The days, those before a run's first left out.
    per_days
        None: a measure has no rate of its own, ``mean`` is one.
    """

    series: str
    window: DayWindow
    measure: str
    per_days: int | None = None

    @property
    def outcome(self) -> str:
        """The column of a table of runs that holds it: its name in words."""
        alike = self.window.days == 1 and not self.is_date
        how = "" if alike else f" {MEASURES[self.measure][0]}"
        return f"{self.series}{how}, {self.window}"

    @property
    def is_date(self) -> bool:
        """Whether it is a day."""
        return self.measure == FIRST_DAY

    def of(self, runs: pd.DataFrame) -> FloatArray:
        """Its values, one a run; NaN where a run has none, and days since 1970 of a date."""
        return values_of(runs[self.outcome], is_date=self.is_date)


@dataclass(frozen=True)
class EarlierPeriods:
    """What the same was in periods of the record: what a climatology is made of.

    Attributes
    ----------
    values
        By period, a number, or whether the pattern held.
    source
        Where that stands.
    """

    values: Mapping[str, float | bool]
    source: str

    @property
    def numbers(self) -> FloatArray | None:
        """The values, where they are numbers."""
        known = list(self.values.values())
        return None if isinstance(known[0], bool) else np.array(known, dtype=np.float64)


@dataclass(frozen=True)
class ScoredPattern:
    """A pattern that each run shows or not, with what is known of the answer.

    Attributes
    ----------
    id, text
        Short name, and what it is in words.
    test
        When a run shows it.
    observed
        What came: whether it held, or the number or day that was observed; None where that is not known.
    source
        Where the answer stands.
    known
        Since when the authors have known the answer; None where the file does not say.
    past
        The same in earlier periods, for the climatology.
    """

    id: str
    text: str
    test: PatternTest
    observed: bool | float | date | None = None
    source: str = ""
    known: date | None = None
    past: EarlierPeriods | None = None

    @property
    def quantity(self) -> Comparable:
        """What is looked at."""
        return self.test.quantity

    def asked(self, clock: Mapping[str, Any]) -> str:
        """The test in words, with the days of a case."""
        what = self.quantity.outcome
        if isinstance(self.quantity, Quantity):
            what = f"{what} ({on_days(outcome_of(what).text, clock)})"
            what += f" a day over {self.quantity.per_days} days" if self.quantity.per_days else ""
        missing = ", or none at all" if self.test.missing else ""
        return f"{what}: {COMPARED[self.test.comparison].format(*self._bounds())}{missing}"

    def _bounds(self) -> list[str]:
        test = self.test
        if test.window is not None:
            return [self._shown(end) for end in test.window]
        assert test.value is not None
        bound = "the pool" if test.value == POOL else self._shown(float(test.value))
        give = "" if not test.tolerance else words.number(100 * test.tolerance if test.relative else test.tolerance)
        if test.comparison == "within":
            return [f"{give} %" if test.relative else give or "0", bound]
        return [f"{bound} (tolerance {give})" if give else bound]

    def _shown(self, value: float) -> str:
        if self.quantity.is_date:
            return words.short_day(date.fromordinal(round(value) + date(1970, 1, 1).toordinal()))
        return words.number(value)

    def holds(self, values: list[Any], pool: int) -> list[bool]:
        """Whether it holds for each of these values of its quantity."""
        given: list[Any] = [pd.Timestamp(value) for value in values] if self.quantity.is_date else values
        if self.quantity.per_days:  # what is observed of a rate is the rate
            given = [value * self.quantity.per_days for value in given]
        frame = pd.DataFrame({self.quantity.outcome: given})
        return [bool(one) for one in self.test.passes(frame, pool)]

    def answer(self, pool: int) -> bool | None:
        """Whether it held; None where that is not known."""
        if self.observed is None or isinstance(self.observed, bool):
            return self.observed
        return self.holds([self.observed], pool)[0]

    @property
    def number(self) -> float | None:
        """The number that was observed, if one was."""
        return float(self.observed) if is_number(self.observed) else None

    def climatology(self, pool: int) -> float:
        """The base rate of earlier periods by the rule of succession; an even chance where none is told."""
        if self.past is None:
            return rule_of_succession(0, 0)
        known = list(self.past.values.values())
        held = known if isinstance(known[0], bool) else self.holds(known, pool)
        return rule_of_succession(sum(map(bool, held)), len(held))

    def known_when(self, written: date) -> str:
        """Whether the authors knew the answer when the file was written, in words."""
        if self.observed is None:
            return "no answer yet"
        if self.known is None:
            return "not said when; taken as known when written"
        known = words.short_day(self.known)
        return f"known since {known}, when written" if self.known <= written else f"came {known}, after it was written"

    def out_of_sample(self, written: date) -> bool:
        """Whether the answer came after the file was written."""
        return self.observed is not None and self.known is not None and self.known > written


_REQUIRED = {"text", "comparison", "value"}
_OPTIONAL = {
    "series", "outcome", "window", "measure", "per_days", "tolerance", "missing", "observed", "source", "known", "past",
}  # fmt: skip


def read_pattern(id: str, given: object, clock: Clock, governments: str) -> ScoredPattern:
    """One pattern from the fields of a file.

    Parameters
    ----------
    id
        Its name; fields are named ``patterns.<id>.<field>`` in a mistake.
    given
        What stands there.
    clock
        The days of the runs.
    governments
        ``scripted`` or ``rules``.

    Raises
    ------
    UserMistake
        For what is no pattern, and for one that no run can tell.
    """
    prefix = f"patterns.{id}."
    comparison = given.get("comparison") if isinstance(given, dict) else None
    if isinstance(given, dict) and "comparison" in given and comparison not in tuple(COMPARED):
        raise UserMistake(f"{prefix}comparison", comparison, f"must be one of {', '.join(COMPARED)}")
    fields = Fields(prefix, given, required=_REQUIRED, optional=_OPTIONAL)
    assert isinstance(given, dict)
    if ("series" in given) == ("outcome" in given):
        raise fields.mistake("series" if "series" in given else "outcome", "either series or outcome, one of them")
    if "tolerance" in given and comparison not in (*TOLERANT, "within"):
        raise fields.mistake(
            "tolerance", f"has no place beside {comparison}; {', '.join(TOLERANT)} and within take one"
        )
    if comparison == "within" and "tolerance" not in given:
        raise fields.mistake("tolerance", "is missing; within needs one")
    reads = _in_days if "series" in given else _outcome
    quantity: Comparable = reads(fields, prefix, given, clock)
    told = dict(given)
    if isinstance(quantity, DayQuantity) and quantity.series == "phase":
        told["value"] = _phases(fields, given["value"])
    test = read_bounds(prefix, fields, told, quantity, ends="value")
    if governments == "scripted" and isinstance(quantity, DayQuantity):
        _check_moves(fields, quantity, test, clock)
    pattern = ScoredPattern(
        id, fields.text("text"), test, _observed(fields, quantity), fields.text_or_empty("source"),
        fields.day_or_none("known"), _past(prefix, given, quantity, clock),
    )  # fmt: skip
    if pattern.observed is not None and not pattern.source:
        raise fields.mistake("source", "is missing; what was observed stands somewhere")
    if pattern.observed is None and (pattern.known or pattern.source):
        name = "known" if pattern.known else "source"
        raise fields.mistake(name, "is of what was observed, and nothing is; say observed, or leave it out")
    return pattern


def _in_days(fields: Fields, prefix: str, given: Mapping[str, Any], clock: Clock) -> DayQuantity:
    entry = daily_entry(f"{prefix}series", given["series"])
    if "per_days" in given:
        raise fields.mistake("per_days", "is of an outcome; a series has the measure mean")
    if "window" not in given:
        raise fields.mistake("window", "is missing; days such as 2024-Q2, 2024-05, 2024-05-14 or [first, last]")
    start, end = date.fromordinal(clock.start), date.fromordinal(clock.end)
    window = DayWindow.read(given["window"], f"{prefix}window").from_start(start)
    if window.first < start:
        raise fields.mistake("window", f"begins before {start}, the first day of the runs, so no run can tell it")
    if window.last > end:
        raise fields.mistake("window", f"ends after {end}, the last day of the runs, so no run can tell it; "
                             "a later horizon can")  # fmt: skip
    return DayQuantity(entry.name, window, measure_of(entry, given.get("measure"), f"{prefix}measure"))


def _outcome(fields: Fields, prefix: str, given: Mapping[str, Any], clock: Clock) -> Quantity:
    outcome = check_outcome(f"{prefix}outcome", given["outcome"])
    for name in ("window", "measure"):
        if name in given:
            raise fields.mistake(name, f"is of a series; {outcome.name} has days of its own")
    days = given.get("per_days")
    if "per_days" in given and (isinstance(days, bool) or not isinstance(days, int) or days < 1):
        raise fields.mistake("per_days", "must be a whole number of days, 1 or more")
    if days and outcome.type == "date":
        raise fields.mistake("per_days", f"{outcome.name} is a date and has no rate")
    longer = Clock(clock.start, clock.end + _FAR, clock.record_end, clock.target_date)
    looks_to = last_day(outcome.name, longer)
    if clock.end < looks_to.toordinal() < longer.end:
        end = date.fromordinal(clock.end)
        raise fields.mistake("outcome", f"looks to {looks_to}, and the runs end on {end}, so no run can tell it; "
                             "a later horizon can")  # fmt: skip
    return Quantity(outcome.name, days)


def _phases(fields: Fields, value: Any) -> Any:
    """Names of phases as their numbers."""
    if isinstance(value, list):
        return [_phases(fields, one) for one in value]
    if isinstance(value, str) and value not in PHASES:
        raise fields.mistake("value", f"one of {', '.join(PHASES)}, or its number", value=value)
    return PHASES.index(value) if isinstance(value, str) else value


def _check_moves(fields: Fields, quantity: DayQuantity, test: PatternTest, clock: Clock) -> None:
    """Refuse what is asked of states after the record that stand still where governments act by script."""
    if quantity.series not in FIXED_IF_SCRIPTED or quantity.window.last.toordinal() <= clock.record_end:
        return
    if quantity.series == "deployed":
        raise fields.mistake("series", f"by script Kenya deploys nobody, so no run can tell it; {_RULES}")
    if max(test.window or (float(str(test.value)),)) > FIXED_IF_SCRIPTED[quantity.series]:
        raise fields.mistake("value", f"by script Kenya is blocked or authorised, so no run can tell it; {_RULES}")


def _observed(fields: Fields, quantity: Comparable) -> bool | float | date | None:
    given = fields.given.get("observed")
    if given is None or isinstance(given, bool):
        return given
    if isinstance(given, str) and quantity.is_date:
        return fields.day("observed")
    if isinstance(given, str) and isinstance(quantity, DayQuantity) and quantity.series == "phase":
        return float(_phases(fields, given))
    if is_number(given) and not quantity.is_date:
        return float(given)
    what = "a date" if quantity.is_date else "a finite number"
    raise fields.mistake("observed", f"true or false, or what was observed, {what}; null where it is not known")


def _past(prefix: str, given: Mapping[str, Any], quantity: Comparable, clock: Clock) -> EarlierPeriods | None:
    if given.get("past") is None:
        return None
    prefix = f"{prefix}past."
    fields = Fields(prefix, given["past"], required={"values", "source"})
    periods = given["past"]["values"]
    if not isinstance(periods, dict) or not periods:
        raise fields.mistake("values", "what it was by period, such as {2023-Q3: 12, 2023-Q4: 15}, and not empty")
    for period, value in periods.items():
        key = f"{prefix}values.{period}"
        _check_period(key, period, quantity, clock)
        if not isinstance(value, bool) and (quantity.is_date or not is_number(value)):
            right = "true or false, whether it held" if quantity.is_date else "a finite number, or whether it held"
            raise UserMistake(key, value, right)
    if len({isinstance(value, bool) for value in periods.values()}) > 1:
        raise fields.mistake("values", "numbers, or whether it held, but not both")
    return EarlierPeriods({str(period): value for period, value in periods.items()}, fields.text("source"))


def _check_period(key: str, period: Any, quantity: Comparable, clock: Clock) -> None:
    first_to_last = re.fullmatch(r"(\d{4}-\d{2}-\d{2}) to (\d{4}-\d{2}-\d{2})", str(period))
    window = DayWindow.read(list(first_to_last.groups()) if first_to_last else period, key)
    record_end = date.fromordinal(clock.record_end)
    if window.last > record_end:
        right = f"ends after {record_end}, the end of the record; a climatology looks back from there"
        raise UserMistake(key, None, right)
    totals = isinstance(quantity, DayQuantity) and quantity.measure == TOTAL
    if isinstance(quantity, DayQuantity) and totals and abs(window.days / quantity.window.days - 1) > 0.15:
        right = f"is of {window.days} days, and the pattern adds up {quantity.window.days}; take periods as long"
        raise UserMistake(key, None, right)
