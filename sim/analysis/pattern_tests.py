"""The tests that a pattern is made of: one outcome of a run against a number, a date, a window or another outcome.

What may be said is closed, so that a file of patterns is data: outcomes of the register, rates over days, and the
comparisons of :data:`COMPARISONS`. conf/patterns/record.yaml tells the fields.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.explain.causes import CAUSES
from sim.arrays import FloatArray
from sim.ensemble.store.tables.attribution import TABLE
from sim.errors import UserMistake
from sim.outcomes import Outcome, check_outcome
from sim.record.fields import Fields, is_number

Passes = NDArray[np.bool_]

POOL = "pool"
"""The word that stands for the number of officers of the case, where a value is asked for."""
_BOUNDS = frozenset({"at_least", "at_most", "above", "below", "after", "before"})
_FIELDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = MappingProxyType(
    {
        **{name: (frozenset(), frozenset({"value", "than", "tolerance"})) for name in ("at_least", "at_most")},
        **{name: (frozenset(), frozenset({"value", "than"})) for name in ("above", "below")},
        **{name: (frozenset({"value"}), frozenset()) for name in ("after", "before")},
        "between": (frozenset({"window"}), frozenset()),
        "within": (frozenset({"value", "tolerance"}), frozenset()),
        "drops_by": (frozenset({"without", "value"}), frozenset()),
    }
)
COMPARISONS = tuple(_FIELDS)
"""The closed list. ``drops_by`` is of the ensemble: it compares runs with runs in which a cause is switched off."""
_SLACK = 1e-6
"""Relative: where a tolerance was scaled, an outcome in single precision still meets the limit that it equals."""
_EPOCH = pd.Timestamp(0)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")


class Comparable(Protocol):
    """A number, or a day, of each run that a test can look at."""

    @property
    def outcome(self) -> str:
        """The column of the runs that it comes from."""

    @property
    def per_days(self) -> int | None:
        """Days over which it counts, for a rate a day; None for the number itself."""

    @property
    def is_date(self) -> bool:
        """Whether it is a day."""

    def of(self, runs: pd.DataFrame) -> FloatArray:
        """Its values, one a run; NaN where a run has none, and days since 1970 of a date."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of each run: an outcome, or its rate a day.

    Attributes
    ----------
    outcome
        Name in the register; a date counts as days since 1970.
    per_days
        Days over which the outcome counts, for a rate a day; None for the outcome itself.
    """

    outcome: str
    per_days: int | None = None

    def of(self, runs: pd.DataFrame) -> FloatArray:
        """Its values, one a run; NaN where a run has none."""
        values = values_of(runs[self.outcome], is_date=self.is_date)
        return values if self.per_days is None else values / self.per_days

    @property
    def is_date(self) -> bool:
        """Whether it is a day."""
        return check_outcome("outcome", self.outcome).type == "date"


def values_of(column: pd.Series, *, is_date: bool) -> FloatArray:
    """A column of numbers, or of dates as days since 1970; NaN for null."""
    if is_date:
        return np.asarray((pd.to_datetime(column) - _EPOCH) / pd.Timedelta(days=1), dtype=np.float64)
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


@dataclass(frozen=True, slots=True)
class PatternTest:
    """One test of a pattern.

    Attributes
    ----------
    quantity
        What is looked at.
    comparison
        One of :data:`COMPARISONS`.
    value
        What it is compared with, days since 1970 for a date; :data:`POOL` for the pool of the case; None where
        ``window`` or ``than`` stands in its place. Of ``drops_by`` the least share.
    window
        First and last value that pass, for ``between``.
    than
        Another quantity of the same run.
    tolerance, relative
        In the quantity's unit, or as a share of ``value``; None where the test has none. That of a window is half its
        width.
    missing
        Whether a run without the outcome passes.
    without
        The cause that is switched off, for ``drops_by``.
    """

    quantity: Comparable
    comparison: str
    value: float | str | None = None
    window: tuple[float, float] | None = None
    than: Comparable | None = None
    tolerance: float | None = None
    relative: bool = False
    missing: bool = False
    without: str = ""

    def passes(self, runs: pd.DataFrame, pool: int, tolerance: float = 1.0) -> Passes:
        """Which runs pass.

        Parameters
        ----------
        runs
            One row a run, with the columns of :attr:`outcomes`.
        pool
            Officers of the case.
        tolerance
            What the tolerance is multiplied with.

        Returns
        -------
        One truth value a run.
        """
        values = self.quantity.of(runs)
        passed = self._compare(values, runs, pool, tolerance)
        return (passed | np.isnan(values)) if self.missing else passed

    def _compare(self, values: FloatArray, runs: pd.DataFrame, pool: int, scale: float) -> Passes:
        # A comparison with NaN is false, so a missing outcome fails every one of them.
        if self.window is not None:
            low, high = _stretched(self.window, scale)
            return (values >= low) & (values <= high)
        bound = self.than.of(runs) if self.than is not None else float(pool if self.value == POOL else self.value or 0)
        give = (self.tolerance or 0.0) * scale
        if give and scale != 1:
            give += _SLACK * give
        if self.comparison == "within":
            away = np.abs(values / bound - 1) if self.relative else np.abs(values - bound)
            within: Passes = away <= give
            return within
        compared = {
            "at_least": lambda: values >= bound - give,
            "at_most": lambda: values <= bound + give,
            "above": lambda: values > bound,
            "after": lambda: values > bound,
            "below": lambda: values < bound,
            "before": lambda: values < bound,
        }
        passed: Passes = np.asarray(compared[self.comparison]())
        return passed

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes that it looks at."""
        return (self.quantity.outcome, *((self.than.outcome,) if self.than else ()))

    def last_date(self, tolerance: float = 1.0) -> date | None:
        """For a test of a date, the last day that can still decide it; None where only the whole run can, or a number
        is tested. A report that is to come after a day, for one, may come on any day of a run.
        """
        open_ended = self.comparison in ("after", "at_least") and not self.missing
        if not self.quantity.is_date or self.than is not None or open_ended:
            return None
        if self.window is not None:
            last = _stretched(self.window, tolerance)[1]
        else:
            last = float(self.value or 0) + (self.tolerance or 0.0) * tolerance
        return date.fromordinal(math.floor(last) + _EPOCH.toordinal())

    def canonical(self) -> list[Any]:
        """All that decides who passes, as plain values."""
        quantities = [[one.outcome, one.per_days] for one in (self.quantity, self.than) if one is not None]
        bounds = [self.value, self.window and list(self.window), self.tolerance, self.relative]
        return [self.comparison, quantities, bounds, self.missing, self.without]


def _stretched(window: tuple[float, float], scale: float) -> tuple[float, float]:
    """The window with its half-width scaled, about its middle."""
    low, high = window
    if scale == 1:  # to the bit as it was written
        return low, high
    middle, half = (low + high) / 2, (high - low) / 2 * scale * (1 + _SLACK)
    return middle - half, middle + half


# Reading


def read_test(prefix: str, given: object, *, of_ensemble: bool) -> PatternTest:
    """One test from the fields of a file.

    Parameters
    ----------
    prefix
        What names the place in a mistake.
    given
        What stands there.
    of_ensemble
        Whether the pattern is of the ensemble, whose tests are ``drops_by``.

    Raises
    ------
    UserMistake
        In one line, for whatever is no test.
    """
    comparison = given.get("comparison") if isinstance(given, dict) else None
    if isinstance(given, dict) and "comparison" in given and comparison not in COMPARISONS:
        raise UserMistake(f"{prefix}comparison", comparison, f"must be one of {', '.join(COMPARISONS)}")
    needed, allowed = _FIELDS.get(str(comparison), (frozenset(), frozenset()))
    if comparison is None:  # so that what is named first is that it is missing
        allowed = frozenset({"value", "window", "than", "tolerance", "without"})
    extra = {"per_days", "missing"} - ({"per_days", "missing"} if comparison == "drops_by" else set())
    fields = Fields(prefix, given, required={"outcome", "comparison"} | needed, optional=allowed | extra)
    assert isinstance(given, dict)
    if (comparison == "drops_by") != of_ensemble:
        right = "is of the ensemble; the pattern says `of: ensemble`" if comparison == "drops_by" else (
            "is of single runs; a pattern of the ensemble has drops_by"
        )  # fmt: skip
        raise fields.mistake("comparison", right)
    outcome = check_outcome(f"{prefix}outcome", given["outcome"])
    quantity = Quantity(outcome.name, _per_days(fields, given, outcome))
    if comparison == "drops_by":
        return _drop(fields, given, quantity)
    return read_bounds(prefix, fields, given, quantity)


def read_bounds(
    prefix: str, fields: Fields, given: Mapping[str, Any], quantity: Comparable, ends: str = "window"
) -> PatternTest:
    """The test of a quantity from the rest of its fields: comparison, value, window, than, tolerance, missing.

    Parameters
    ----------
    prefix, fields, given
        As they were read; ``given`` has what the comparison needs.
    quantity
        What is compared.
    ends
        Name of the field that holds the two ends of ``between``.

    Raises
    ------
    UserMistake
        For whatever does not go together.
    """
    comparison, dated = given["comparison"], quantity.is_date
    missing = given.get("missing")
    if "missing" in given and missing not in ("passes", "fails"):
        raise fields.mistake("missing", "must be one of passes, fails")
    if dated != (comparison in ("after", "before")) and comparison in ("after", "before", "above", "below"):
        other = "after or before" if dated else "above or below"
        raise fields.mistake("comparison", f"{quantity.outcome} is {'a date' if dated else 'a number'}; say {other}")
    test: dict[str, Any] = {"missing": missing == "passes"}
    if comparison == "between":
        test["window"] = _window(fields, given, dated, ends)
        return PatternTest(quantity, str(comparison), **test)
    if comparison in _BOUNDS and ("value" in given) == ("than" in given):
        raise fields.mistake("value", "either value or than, one of them" if "value" in given else "is missing")
    if "value" in given:
        test["value"] = POOL if given["value"] == POOL and not dated else _point(fields, "value", given["value"], dated)
    if "than" in given:
        test["than"] = _than(prefix, given["than"], dated)
    if "tolerance" in given:
        test["tolerance"], test["relative"] = _tolerance(fields, given["tolerance"], dated, test.get("value"))
        if test["relative"] and comparison != "within":
            raise fields.mistake("tolerance", "a percentage has its place beside within; write a number")
    return PatternTest(quantity, str(comparison), **test)


def _than(prefix: str, given: object, dated: bool) -> Quantity:
    fields = Fields(f"{prefix}than.", given, required={"outcome"}, optional={"per_days"})
    assert isinstance(given, dict)
    outcome = check_outcome(f"{prefix}than.outcome", given["outcome"])
    if (outcome.type == "date") != dated:
        raise fields.mistake("outcome", "a date is compared with a date, a number with a number")
    return Quantity(outcome.name, _per_days(fields, given, outcome))


def _per_days(fields: Fields, given: Mapping[str, object], outcome: Outcome) -> int | None:
    days = given.get("per_days")
    if "per_days" not in given:
        return None
    if isinstance(days, bool) or not isinstance(days, int) or days < 1:
        raise fields.mistake("per_days", "must be a whole number of days, 1 or more")
    if outcome.type == "date":
        raise fields.mistake("per_days", f"{outcome.name} is a date and has no rate")
    return days


def _point(fields: Fields, name: str, written: object, dated: bool) -> float:
    """A number, or a date as days since 1970."""
    if dated:
        try:
            day = date.fromisoformat(str(written))
        except ValueError:
            day = None
        if day is None or day.isoformat() != str(written):  # Python also takes 20240307, and weeks
            raise fields.mistake(name, "must be a date of the calendar, written 2024-03-07", value=written)
        return float(day.toordinal() - _EPOCH.toordinal())
    if not is_number(written):
        quoted = ", without quotes" if isinstance(written, str) and _NUMBER.fullmatch(written.strip()) else ""
        raise fields.mistake(name, f"must be a finite number{quoted}", value=written)
    return float(written)


def _window(fields: Fields, given: Mapping[str, object], dated: bool, name: str) -> tuple[float, float]:
    window = given[name]
    if not isinstance(window, list) or len(window) != 2:
        raise fields.mistake(name, "must be two values, [first, last]")
    first, last = (_point(fields, name, end, dated) for end in window)
    if last < first:
        raise fields.mistake(name, "ends before it begins; must be [first, last]")
    return first, last


def _tolerance(fields: Fields, written: object, dated: bool, value: object) -> tuple[float, bool]:
    percent = _PERCENT.fullmatch(written) if isinstance(written, str) else None
    if percent:
        if dated or not isinstance(value, float) or value == 0:
            raise fields.mistake("tolerance", "a percentage is of a number other than 0; write the tolerance as one")
        return float(percent[1]) / 100, True
    if not is_number(written) or written < 0:
        raise fields.mistake("tolerance", "must be a number, 0 or more, or a percentage of the value such as 20 %")
    return float(written), False


def _drop(fields: Fields, given: Mapping[str, object], quantity: Quantity) -> PatternTest:
    causes, counted = [cause.name for cause in CAUSES], [c.name for c in TABLE.columns() if c.name.startswith("exits")]
    if quantity.outcome not in counted:
        raise fields.mistake("outcome", f"is not counted without causes; these are: {', '.join(counted)}")
    if given["without"] not in causes:
        raise fields.mistake("without", f"no such cause; there are {', '.join(causes)}")
    share = _point(fields, "value", given["value"], dated=False)
    if not 0 < share <= 1:
        raise fields.mistake("value", "must be a share above 0, at most 1")
    return PatternTest(quantity, "drops_by", share, without=str(given["without"]))
