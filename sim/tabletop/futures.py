"""The other worlds, and a thousand futures of them: what could come of what is decided today.

They are those of every theory that lived the record, but for the one that is played, stepped through every order and
inject so far. An outlook branches them again from where they stand, each option on the same luck, so that options are
paired. None of them knows the luck of the played world.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from sim import text as words
from sim.arrays import Array, FloatArray, Ints
from sim.errors import one_line
from sim.model.events import Event
from sim.tabletop.kept_states import KeptStates, dependence
from sim.tabletop.measures import MEASURES, Days, Watch
from sim.tabletop.worlds import NUMBERS, Line, Standing, TableCases, TableEvent

FEWEST = 200
"""Worlds of each theory that must agree with what was seen, or none is left out."""
REPORTS_WITHIN, DEATHS_WITHIN = 0.5, 0.2
"""How far off a world may be: in the reports of each turn, at least one, and in the deaths since the first day."""
FUTURES = 1000
"""Of all theories together."""
NOTHING = "nothing"
"""The option of ordering nothing, which the others are compared with."""
SLICES: Mapping[str, tuple[float, float]] = {"middle half": (0.25, 0.75), "middle 90": (0.05, 0.95)}


@dataclass(frozen=True)
class SeenTurn:
    """What those who play have seen of a turn that is over: days with a report, and people killed."""

    first: date
    last: date
    reports: float
    deaths: float


def seen_turns(days: pd.DataFrame, mornings: Sequence[date], today: date) -> tuple[SeenTurn, ...]:
    """What was seen of the played world, turn by turn.

    Parameters
    ----------
    days
        As :class:`~sim.tabletop.worlds.PlayedWorld` has them: date × measures.
    mornings
        First day of each turn that is over, in order.
    today
        The next day to be played.
    """
    ends = [*mornings[1:], today]
    turns = []
    for first, end in zip(mornings, ends, strict=True):
        part = days[(days.index >= first) & (days.index < end)]
        if len(part):
            turns.append(SeenTurn(first, part.index[-1], float(part["reports"].sum()), float(part["deaths"].sum())))
    return tuple(turns)


@dataclass(frozen=True)
class Agreement:
    """Which of the other worlds agree with what was seen, and whether only they are looked at.

    Attributes
    ----------
    conditioned
        Whether the others are left out.
    counts
        By theory: worlds that agree, and all of them.
    places
        By theory, places among its other worlds that are looked at, in ascending order.
    sentence
        What is said of it.
    """

    conditioned: bool
    counts: Mapping[str, tuple[int, int]]
    places: Mapping[str, Ints]
    sentence: str


class OtherWorlds:
    """The worlds of a session that nobody plays.

    Parameters
    ----------
    table
        The session's cases and seed.
    played
        Theory and world that are played, which are none of the others.
    folder
        Where states are kept; None: only in memory.
    threads
        That they are lived on; None: a core each. It changes no number.
    at_once
        Runs that are stepped together; it changes no number.
    """

    def __init__(
        self,
        table: TableCases,
        played: tuple[str, int] | None = None,
        folder: Path | None = None,
        threads: int | None = None,
        at_once: int = 512,
    ) -> None:
        self.table = table
        self.played = played
        self._kept = KeptStates(folder)
        self._threads = threads or _cores()
        self._at_once = at_once
        self._standing: dict[str, tuple[str, Standing]] = {}
        self._begun: dict[str, Standing] = {}
        self._lines: dict[tuple[str, bytes], Line] = {}
        self._lock = threading.Lock()

    def stand(self, events: Sequence[TableEvent], today: date) -> dict[str, Standing]:
        """All worlds of each theory, the played one among them, on the eve of ``today``.

        Parameters
        ----------
        events
            What was ordered and what happened at the table so far; overrides do not reach them.
        """
        if today < self.table.first_day:
            raise ValueError(f"{today} lies before the first day that is played, {self.table.first_day}")
        own = [one for one in events if not one.override]
        last = today.toordinal() - 1
        return dict(zip(self.table.theories, self._each(lambda name: self._stand(name, own, last)), strict=True))

    def agreeing(self, seen: Sequence[SeenTurn], events: Sequence[TableEvent], today: date) -> Agreement:
        """Which of them agree with what was seen since the first day.

        A world agrees whose reports in each turn are within half of those seen, or within one, and whose deaths since
        the first day are within 20 %. Where any theory would keep fewer than :data:`FEWEST`, all are looked at.
        """
        standing = self.stand(events, today)
        everyone = {name: self._others(name) for name in standing}
        kept = {name: places[_agrees(standing[name], seen)[places]] for name, places in everyone.items()}
        counts = {name: (len(kept[name]), len(everyone[name])) for name in standing}
        if not seen:
            return Agreement(False, counts, everyone, "Nothing has been seen yet, so no world is left out.")
        of = ", ".join(f"{some:,} of {all_:,} under {words.spoken(name)}" for name, (some, all_) in counts.items())
        if min(some for some, _ in counts.values()) < FEWEST:
            why = f"fewer than {FEWEST} agree under some theory ({of})"
            return Agreement(False, counts, everyone, f"Not conditioned on what was seen: {why}.")
        rule = "reports of each turn within a half or one, deaths within 20 %"
        return Agreement(True, counts, kept, f"Only worlds that agree with what was seen ({rule}): {of}.")

    def look_ahead(
        self,
        options: Mapping[str, Sequence[Event]],
        until: date,
        futures: int = FUTURES,
        *,
        events: Sequence[TableEvent] = (),
        today: date,
        agreement: Agreement | None = None,
    ) -> Futures:
        """A thousand futures of each option, every theory its equal share, all options on the same luck.

        Parameters
        ----------
        options
            By name what is ordered from today on: events of an event table, dated ``today`` or later or conditional.
            :data:`NOTHING` is added where no option is empty.
        until
            Last day, at most the session's ``last_day``.
        futures
            Of all theories together; each has the same number, spread evenly over its worlds.
        events
            What was ordered and what happened so far.
        today
            The next day to be played, on which futures part.
        agreement
            The worlds to look at, as :meth:`agreeing` says; None: all.

        Raises
        ------
        ValueError
            For a day that lies beyond the session's, and for more futures than there are numbers.
        """
        if not today <= until <= self.table.last_day:
            raise ValueError(f"until={until}: from {today} to {self.table.last_day}")
        asked = {name: tuple(events_) for name, events_ in options.items()}
        if NOTHING not in asked and () not in asked.values():
            asked = {NOTHING: (), **asked}
        share = futures // len(self.table.theories)
        if share < 1:
            raise ValueError(f"futures={futures}: at least one for each of {len(self.table.theories)} theories")
        standing, own = self.stand(events, today), [one for one in events if not one.override]
        runs = {name: self._runs(name, share, agreement) for name in standing}
        if max(int(numbers.max()) for _, numbers in runs.values()) >= NUMBERS:
            raise ValueError(f"futures={futures}: at most {NUMBERS:,} of one world")
        jobs = [
            (option, name, piece)
            for name in standing
            for option in asked
            for piece in _pieces(len(runs[name][0]), self._at_once)
        ]
        here = {name: standing[name].take(places) for name, (places, _) in runs.items()}
        first_number = ((today - self.table.first_day).days + 1) * NUMBERS

        def live(job: tuple[str, str, slice]) -> Ahead:
            option, name, piece = job
            places, numbers = runs[name]
            line = self._line(name, places[piece])
            part = here[name].take(np.arange(piece.start, piece.stop))
            ordered = [*own, *(TableEvent(event, today) for event in asked[option])]
            return _ahead(line, part, ordered, today, until, first_number + numbers[piece])

        lived = self._over(live, jobs)
        parts: dict[tuple[str, str], list[Ahead]] = {}
        for (option, name, _), ahead in zip(jobs, lived, strict=True):
            parts.setdefault((option, name), []).append(ahead)
        return Futures(
            today=today,
            until=until,
            options=tuple(asked),
            orders={name: tuple(given) for name, given in asked.items()},
            worlds={name: self.table.worlds(name)[places] for name, (places, _) in runs.items()},
            numbers={name: numbers for name, (_, numbers) in runs.items()},
            days={key: _side_by_side([one.days for one in some]) for key, some in parts.items()},
            fault={key: np.concatenate([one.fault for one in some]) for key, some in parts.items()},
            messages=tuple(line for some in parts.values() for one in some for line in one.messages),
            left_out=self.table.left_out,
            agreement=agreement,
            overrides=sum(one.override for one in events),
        )

    def _stand(self, theory: str, events: Sequence[TableEvent], last: int) -> Standing:
        line = self._line(theory, None)
        wanted = dependence(line, events, last)
        before = self._standing.get(theory)
        if before and before[0] == wanted:
            return before[1]
        found = None
        if before and before[1].day <= last and before[0] == dependence(line, events, before[1].day):
            found = before[1]
        found = found or self._kept.latest(line, events, last)
        if found is None and theory in self._begun:
            found = self._begun[theory]
        if found is None:
            found = self._begun[theory] = line.begun()
            self._kept.keep(line, events, found)
        standing, _ = line.lived(found, events, last)
        if standing is not found:
            self._kept.keep(line, events, standing)
        self._standing[theory] = (wanted, standing)
        return standing

    def _others(self, theory: str) -> Ints:
        """Places of the worlds of a theory that are not played."""
        worlds = self.table.worlds(theory)
        played = self.played[1] if self.played is not None and self.played[0] == theory else -1
        return np.flatnonzero(worlds != played)

    def _runs(self, theory: str, share: int, agreement: Agreement | None) -> tuple[Ints, Ints]:
        """Places among a theory's worlds, and number of the future of each, ``(share,)`` each."""
        places = self._others(theory) if agreement is None else agreement.places[theory]
        whole, rest = divmod(share, len(places))
        some = places[np.arange(rest) * len(places) // max(rest, 1)]
        numbers = np.concatenate([np.repeat(np.arange(whole), len(places)), np.full(rest, whole)])
        return np.concatenate([np.tile(places, whole), some]), numbers

    def _line(self, theory: str, places: Ints | None) -> Line:
        """Worlds of a theory by their places, with what is fixed about them worked out once."""
        key = theory, b"" if places is None else places.tobytes()
        with self._lock:
            if key not in self._lines:
                worlds = self.table.worlds(theory)
                if len(self._lines) > _LINES:
                    self._lines.clear()
                self._lines[key] = self.table.line(theory, worlds if places is None else worlds[places])
            return self._lines[key]

    def _each(self, live: Callable[[str], Standing]) -> list[Standing]:
        return self._over(live, self.table.theories)

    def _over(self, work: Callable[[Job], Done], jobs: Iterable[Job]) -> list[Done]:
        """The results in the order of the jobs, on the threads; the compiled loops hold no global lock."""
        listed = list(jobs)
        if self._threads == 1 or len(listed) == 1:
            return [work(job) for job in listed]
        with ThreadPoolExecutor(min(self._threads, len(listed)), "futures") as pool:
            return list(pool.map(work, listed))


Job = TypeVar("Job")
Done = TypeVar("Done")
_LINES = 64
"""Groups of worlds whose settings are kept at hand."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _agrees(standing: Standing, seen: Sequence[SeenTurn]) -> Array:
    """Whether each world agrees with what was seen, ``(worlds,)``."""
    agrees = standing.state.fault == 0
    for turn in seen:
        days = slice(turn.first.toordinal() - standing.first, turn.last.toordinal() - standing.first + 1)
        reports = MEASURES["reports"].value(standing.days["reports"][days])
        agrees &= np.abs(reports - turn.reports) <= max(1.0, REPORTS_WITHIN * turn.reports)
    if seen:
        last = seen[-1].last.toordinal() - standing.first + 1
        first = seen[0].first.toordinal() - standing.first
        deaths, told = MEASURES["deaths"].value(standing.days["deaths"][first:last]), sum(t.deaths for t in seen)
        agrees &= np.abs(deaths - told) <= DEATHS_WITHIN * told
    return agrees


def _pieces(runs: int, most: int) -> list[slice]:
    """Runs in pieces of nearly one size."""
    count = -(-runs // most)
    cuts = [runs * k // count for k in range(count + 1)]
    return [slice(low, high) for low, high in pairwise(cuts)]


@dataclass(frozen=True)
class Ahead:
    """What came of some futures: daily measures, and the day of a fault or 0, ``(runs,)``."""

    days: Days
    fault: Ints
    messages: tuple[str, ...] = ()


def _ahead(
    line: Line, standing: Standing, events: Sequence[TableEvent], today: date, until: date, numbers: Ints
) -> Ahead:
    """Live futures; an exception has them lived in halves, so that the run it belongs to fails alone."""
    watch, count = None, until.toordinal() - today.toordinal() + 1
    try:
        simulation = line.going_on(standing, events, line.draws(today, numbers))
        watch = Watch(simulation.state, count)
        watch.live(simulation, until.toordinal())
        return Ahead(watch.days, simulation.state.fault)
    except Exception as error:  # any fault of a theory is data
        runs = len(line.worlds)
        if runs == 1:
            said = one_line(
                f"{words.spoken(line.case.theory)}, world {line.worlds[0]}: {type(error).__name__}: {error}"
            )
            return Ahead(_nothing(count), np.array([today.toordinal()]), (said,))
        halves = [np.arange(runs // 2), np.arange(runs // 2, runs)]
        parts = [_ahead(line.take(h), standing.take(h), events, today, until, numbers[h]) for h in halves]
        return Ahead(
            _side_by_side([part.days for part in parts]),
            np.concatenate([part.fault for part in parts]),
            tuple(message for part in parts for message in part.messages),
        )


def _nothing(days: int) -> Days:
    return {name: np.full((days, 1), np.nan, dtype=np.float32) for name in MEASURES}


def _side_by_side(parts: Sequence[Days]) -> Days:
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts], axis=1) for name in MEASURES}


@dataclass(frozen=True)
class Futures:
    """Futures of some options, paired: run k of a theory has the same world and luck in all of them.

    Attributes
    ----------
    today, until
        First and last day, both lived.
    options
        Their names, in the order given; what is not done comes first where it was added.
    orders
        What each option orders.
    worlds, numbers
        By theory the world of each run, and which of its futures it is, ``(runs,)`` each.
    days
        By option and theory the daily measures, ``(days, runs)`` each.
    fault
        By option and theory the day of a fault in each run, 0 for none, ``(runs,)``.
    messages
        A line for each run that an exception ended.
    left_out
        A line for each theory that has too few worlds.
    agreement
        Which worlds were looked at; None: all.
    overrides
        How many orders of the umpire the played world alone has had.
    """

    today: date
    until: date
    options: tuple[str, ...]
    orders: Mapping[str, tuple[Event, ...]]
    worlds: Mapping[str, Ints]
    numbers: Mapping[str, Ints]
    days: Mapping[tuple[str, str], Days] = field(repr=False)
    fault: Mapping[tuple[str, str], Ints] = field(repr=False)
    messages: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    agreement: Agreement | None = None
    overrides: int = 0

    @property
    def theories(self) -> tuple[str, ...]:
        """The theories, each with an equal share of the futures."""
        return tuple(self.worlds)

    @property
    def dates(self) -> tuple[date, ...]:
        """The days."""
        return tuple(date.fromordinal(day) for day in range(self.today.toordinal(), self.until.toordinal() + 1))

    @property
    def count(self) -> int:
        """Futures of each option, failed ones among them."""
        return sum(len(worlds) for worlds in self.worlds.values())

    @property
    def failed(self) -> dict[str, int]:
        """Failed runs of each option, which no number counts."""
        return {o: sum(int((self.fault[o, name] > 0).sum()) for name in self.theories) for o in self.options}

    @property
    def nothing(self) -> str:
        """The option of ordering nothing, which the others are compared with."""
        empty = [name for name, orders in self.orders.items() if not orders]
        return NOTHING if NOTHING in empty else empty[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said beside every number that comes from here, in sentences."""
        said = [f"{self.count:,} futures of each option, {len(next(iter(self.worlds.values()))):,} under each theory."]
        said += [f"{line[0].upper()}{line[1:]}." for line in self.left_out]
        if self.agreement is not None:
            said.append(self.agreement.sentence)
        if self.overrides:
            said.append(f"{words.several(self.overrides, 'override')} of the umpire: in the played world alone.")
        if failures := sum(self.failed.values()):
            said.append(f"{words.several(failures, 'run')} failed and count in nothing.")
        return tuple(said)

    def good(self, option: str, theory: str) -> Array:
        """Which runs did not fail, ``(runs,)``."""
        return np.asarray(self.fault[option, theory] == 0)

    def values(self, measure: str, option: str, theory: str, last: date | None = None) -> FloatArray:
        """What a measure comes to from today to ``last``, ``(runs,)``; NaN in a failed run."""
        stop = None if last is None else last.toordinal() - self.today.toordinal() + 1
        numbers = MEASURES[measure].value(self.days[option, theory][measure][:stop])
        return np.where(self.good(option, theory), numbers, np.nan)

    def so_far(self, measure: str, option: str, theory: str) -> FloatArray:
        """The same on each evening, ``(days, runs)``; NaN in a failed run."""
        curves = MEASURES[measure].so_far(self.days[option, theory][measure])
        return np.where(self.good(option, theory), curves, np.nan)

    def table(self, measures: Sequence[str] = tuple(MEASURES)) -> pd.DataFrame:
        """One row a future: option, theory, world, future, failed, and each measure from today to the last day."""
        parts = []
        for option in self.options:
            for theory in self.theories:
                told = {
                    "option": option,
                    "theory": theory,
                    "world": self.worlds[theory],
                    "future": self.numbers[theory],
                    "failed": ~self.good(option, theory),
                }
                parts.append(pd.DataFrame(told | {name: self.values(name, option, theory) for name in measures}))
        return pd.concat(parts, ignore_index=True)

    def bands(self, measure: str, option: str | None = None, *, daily: bool = False) -> pd.DataFrame:
        """Median, middle half and middle 90 of 100 of the futures on each day, by theory and over them.

        Parameters
        ----------
        option
            None: all of them.
        daily
            Whether each day's own number is meant, instead of what the measure comes to from today up to that day.

        Returns
        -------
        Columns option, theory (empty over all theories, with equal weights), day, low_90, low_50, median, high_50,
        high_90, runs.
        """
        parts = []
        for chosen in self.options if option is None else (option,):
            curves = {name: self._curves(measure, chosen, name, daily) for name in self.theories}
            of = {name: (kept, np.full(kept.shape[1], 1 / max(kept.shape[1], 1))) for name, kept in curves.items()}
            both = np.concatenate([c for c, _ in of.values()], axis=1), np.concatenate([w for _, w in of.values()])
            for name, (kept, weights) in {"": both, **of}.items():
                found = quantiles(kept, weights, _BAND)
                told = {"option": chosen, "theory": name, "day": list(self.dates)}
                parts.append(pd.DataFrame(told | dict(zip(_BAND_NAMES, found, strict=True)) | {"runs": kept.shape[1]}))
        return pd.concat(parts, ignore_index=True)

    def _curves(self, measure: str, option: str, theory: str, daily: bool) -> FloatArray:
        curves = np.asarray(self.days[option, theory][measure], dtype=np.float64)
        curves = curves if daily else MEASURES[measure].so_far(curves)
        return curves[:, self.good(option, theory)]


_BAND = (0.05, 0.25, 0.5, 0.75, 0.95)
_BAND_NAMES = ("low_90", "low_50", "median", "high_50", "high_90")


def quantiles(values: FloatArray, weights: FloatArray, at: Sequence[float]) -> FloatArray:
    """The smallest value that so much of the weight does not exceed, of each row: ``(rows, runs) -> (at, rows)``.

    >>> quantiles(np.array([[3.0, 1.0, 2.0]]), np.ones(3), [0.5, 0.9]).ravel().tolist()
    [2.0, 3.0]
    """
    if not values.shape[1]:
        return np.full((len(at), len(values)), np.nan)
    order = np.argsort(values, axis=1, kind="stable")
    ranked, weight = np.take_along_axis(values, order, axis=1), np.cumsum(weights[order], axis=1)
    wanted = np.asarray(at)[:, None, None] * weight[None, :, -1:] - 1e-9
    place = (weight[None] < wanted).sum(axis=2)
    return np.take_along_axis(ranked, np.minimum(place, values.shape[1] - 1).T, axis=1).T
