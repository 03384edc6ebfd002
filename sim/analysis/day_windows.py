"""Daily series over any days: a quarter, a month, a day, or from one day to another.

Nothing of it is stored. It is computed from what a store keeps day by day, the daily series and the states, so no
outcome, digest or model version changes with it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.arrays import FloatArray
from sim.ensemble.store.store import DAYS, Store
from sim.ensemble.store.tables.interface import RUN
from sim.errors import UserMistake
from sim.outcomes import SERIES, Entry
from sim.outcomes.states import STATES

STATES_TABLE = "states"
EXAMPLE = "such as 2024-Q2, 2024-05, 2024-05-14 or [2024-04-01, 2024-06-30]"
_QUARTER, _MONTH = re.compile(r"(\d{4})-Q([1-4])"), re.compile(r"(\d{4})-(\d{2})")

Measured = Callable[[FloatArray], FloatArray]
FIRST_DAY, TOTAL, LAST = "first_day", "total", "last"
MEASURES: dict[str, tuple[str, Measured]] = {
    TOTAL: ("in all", lambda days: days.sum(axis=1)),
    "mean": ("on average", lambda days: days.mean(axis=1)),
    "highest": ("at most", lambda days: days.max(axis=1)),
    "lowest": ("at least", lambda days: days.min(axis=1)),
    LAST: ("on the last day", lambda days: days[:, -1]),
    FIRST_DAY: ("first day with any", lambda days: np.where((days > 0).any(axis=1), (days > 0).argmax(axis=1), np.nan)),
}
"""By name what becomes of the days of a window, in words and as a function of ``(runs, days)`` that gives ``(runs,)``;
``first_day`` counts from 0, and is a date once it is handed out."""


@dataclass(frozen=True, slots=True)
class DayWindow:
    """Days from one to another, both among them.

    Attributes
    ----------
    first, last
        The days.
    calendar
        The quarter or month, as it was written; empty for days that were named themselves. One in which a run begins
        counts from its first day, as ``deaths_q4_2023`` does.
    """

    first: date
    last: date
    calendar: str = ""

    @classmethod
    def read(cls, given: Any, key: str = "window") -> DayWindow:
        """From text or two dates.

        Raises
        ------
        UserMistake
            For anything else, days that the calendar does not have, and a window that ends before it begins.

        Examples
        --------
        >>> DayWindow.read("2024-Q2").last, DayWindow.read("2024-02").last
        (datetime.date(2024, 6, 30), datetime.date(2024, 2, 29))
        >>> str(DayWindow.read(["2024-04-01", "2024-04-07"]))
        '1 Apr 2024 to 7 Apr 2024'
        """
        if isinstance(given, DayWindow):
            return given
        if isinstance(given, Sequence) and not isinstance(given, str):
            if len(given) != 2:
                raise UserMistake(key, list(given), "two days, [first, last]")
            first, last = (_day(key, given, day) for day in given)
            if last < first:
                raise UserMistake(key, list(given), "ends before it begins, so no day lies in it; [first, last]")
            return cls(first, last)
        text = str(given)
        quarter, month = _QUARTER.fullmatch(text), _MONTH.fullmatch(text)
        if quarter or (month and 1 <= int(month[2]) <= 12):
            year = int(text[:4])
            begins, ends = (3 * int(quarter[2]) - 2, 3 * int(quarter[2])) if quarter else (int(text[5:]),) * 2
            return cls(date(year, begins, 1), date(year, ends, monthrange(year, ends)[1]), text)
        day = _day(key, given, given)
        return cls(day, day)

    def from_start(self, start: date) -> DayWindow:
        """The same, without the days before a run's first of the quarter or month in which it begins."""
        inside = self.calendar and self.first < start <= self.last
        return DayWindow(start, self.last, self.calendar) if inside else self

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        first, last = words.short_day(self.first), words.short_day(self.last)
        return first if first == last else f"{first} to {last}"


def _day(key: str, given: Any, written: Any) -> date:
    """A day of the calendar, or a mistake that shows all that was given."""
    if isinstance(written, date):
        return date(written.year, written.month, written.day)
    try:
        day = date.fromisoformat(str(written))
    except ValueError:
        day = None
    if day is None or day.isoformat() != str(written):  # Python also takes 20240307, and weeks
        raise UserMistake(key, list(given) if given is not written else given, f"days of the calendar, {EXAMPLE}")
    return day


def quarters(first: date, last: date) -> list[DayWindow]:
    """The quarters that days reach the end of, the first from where the days begin.

    >>> [str(one) for one in quarters(date(2023, 10, 2), date(2024, 7, 31))]
    ['2 Oct 2023 to 31 Dec 2023', '1 Jan 2024 to 31 Mar 2024', '1 Apr 2024 to 30 Jun 2024']
    """
    found: list[DayWindow] = []
    day = first
    while True:
        window = DayWindow.read(f"{day.year}-Q{(day.month + 2) // 3}").from_start(first)
        if window.last > last:
            return found
        found.append(window)
        day = window.last + timedelta(days=1)


def kept_by_day() -> tuple[Entry, ...]:
    """What a store keeps, or may keep, of each day: the daily series of the model version, then the states."""
    return (*SERIES, *STATES)


def daily_entry(key: str, name: object) -> Entry:
    """The daily series or state of this name.

    Raises
    ------
    UserMistake
        For a name that there is not, with those near it.
    """
    known = {entry.name: entry for entry in kept_by_day()}
    if str(name) not in known:
        close = get_close_matches(str(name), known, n=3, cutoff=0.5)
        near = f"near it: {', '.join(close)}" if close else "`tabletop show outcomes --series` lists them"
        raise UserMistake(key, name, f"no such daily series; {near}")
    return known[str(name)]


def is_flow(entry: Entry) -> bool:
    """Whether a day's value is what happened on that day, so that days may be added up."""
    return entry.unit.endswith("/day") or entry.unit == "0 or 1"


def measure_of(entry: Entry, named: object = None, key: str = "measure") -> str:
    """How a window of this series is measured: as named, else the total of what happens by day, and a level's last.

    Raises
    ------
    UserMistake
        For a measure that there is not, and for a total of what is no flow.
    """
    if named is None:
        return TOTAL if is_flow(entry) else LAST
    if named not in tuple(MEASURES):
        close = get_close_matches(str(named), MEASURES, n=1, cutoff=0.5)
        near = f"; near it: {close[0]}" if close else ""
        raise UserMistake(key, named, f"one of {', '.join(MEASURES)}{near}")
    if named in (TOTAL, FIRST_DAY) and not is_flow(entry):
        others = ", ".join(name for name in MEASURES if name not in (TOTAL, FIRST_DAY))
        raise UserMistake(key, named, f"{entry.name} is how many there are, or how much, on a day; say one of {others}")
    return str(named)


def daily_series(store: Store, cases: Collection[str], names: Sequence[str]) -> pd.DataFrame:
    """Daily series and states of the good runs of some cases.

    Parameters
    ----------
    cases
        Ids of cases.
    names
        Series and states.

    Returns
    -------
    One row a run and day: ``case``, ``root_seed``, ``replicate``, ``future``, ``day`` (datetime64), and the names.

    Raises
    ------
    UserMistake
        For a name that there is not, and where the store did not keep it.
    """
    entries = [daily_entry("series", name) for name in names]
    keys, found = [*RUN, "day"], pd.DataFrame()
    for table, kept, setting in ((DAYS, SERIES, "ensemble.days"), (STATES_TABLE, STATES, "ensemble.states")):
        mine = [entry.name for entry in entries if entry in kept]
        if not mine:
            continue
        rows = store.table(table, cases, [*keys, *mine])
        if rows.empty:
            raise UserMistake("series", mine[0], f"these runs did not keep it; {setting}=true does")
        found = rows if found.empty else found.merge(rows, on=keys)
    return found


def of_window(rows: pd.DataFrame, name: str, window: DayWindow, measure: str | None = None) -> pd.DataFrame:
    """What a daily series comes to in a window, run by run.

    Parameters
    ----------
    rows
        One row a run and day, with ``day`` and the series, as :func:`daily_series` and ``Runs.days`` give them.
    name
        The series or state.
    window
        The days.
    measure
        One of :data:`MEASURES`; None as :func:`measure_of` says.

    Returns
    -------
    One row a run: ``case``, ``root_seed``, ``replicate``, ``future`` and the series by its name, a float in its own
    unit without the "a day" of a total, or a date (null where there is none) for ``first_day``. Null where the run does
    not see all of the window, and where a day of it has no value.

    Raises
    ------
    UserMistake
        For a series or measure that there is not, and for a window that no run sees all of.

    Examples
    --------
    >>> days = pd.DataFrame({"case": "c", "root_seed": 1, "replicate": [0] * 3 + [1] * 3, "future": 0,
    ...     "day": list(pd.date_range("2024-04-01", periods=3)) * 2, "exits": [0.0, 2.0, 1.0, 0.0, 0.0, 0.0]})
    >>> of_window(days, "exits", DayWindow.read(["2024-04-01", "2024-04-02"]))["exits"].tolist()
    [2.0, 0.0]
    """
    entry = daily_entry("series", name)
    how = measure_of(entry, measure)
    window = window.from_start(rows["day"].min().date())
    day = rows["day"]
    inside = rows[(day >= pd.Timestamp(window.first)) & (day <= pd.Timestamp(window.last))]
    runs = rows[list(RUN)].drop_duplicates().reset_index(drop=True)
    inside = inside.sort_values([*RUN, "day"])
    size = inside.groupby(list(RUN))["day"].transform("size")
    whole = inside[size == window.days]
    if whole.empty:
        right = f"the runs' days are {day.min().date()} to {day.max().date()}"
        raise UserMistake("window", str(window), right)
    values = MEASURES[how][1](whole[name].to_numpy(dtype=np.float64, na_value=np.nan).reshape(-1, window.days))
    measured = whole[list(RUN)].iloc[:: window.days].assign(**{name: values})
    if how == FIRST_DAY:
        measured[name] = pd.Timestamp(window.first) + pd.to_timedelta(measured[name], unit="D")
    return runs.merge(measured, on=list(RUN), how="left")


def of_quarters(rows: pd.DataFrame, name: str, measure: str | None = None) -> pd.DataFrame:
    """What a daily series comes to in each quarter that the runs see to its end, the first from their first day on.

    Returns
    -------
    One row a run: ``case``, ``root_seed``, ``replicate``, ``future``, and a column a quarter: ``2023-Q4`` and so on.
    Parameters and errors are those of :func:`of_window`.
    """
    found = rows[list(RUN)].drop_duplicates()
    for one in quarters(rows["day"].min().date(), rows["day"].max().date()):
        found = found.merge(of_window(rows, name, one, measure).rename(columns={name: one.calendar}), on=list(RUN))
    return found
