"""The other worlds, and how a thousand futures of them are lived: what could come of what is decided today.

They are those of every theory that lived the record, but for the one that is played, stepped through every order and
inject so far. An outlook branches them again from where they stand, each option on the same luck, so that options are
paired. None of them knows the luck of the played world.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np

from sim import text as words
from sim.arrays import Array, Ints
from sim.errors import one_line
from sim.model.events import Event
from sim.signals import leave_signals
from sim.tabletop.futures import FUTURES, NOTHING, Agreement, Futures, SeenTurn
from sim.tabletop.kept_states import KeptStates, dependence
from sim.tabletop.measures import MEASURES, Days, Watch
from sim.tabletop.table_event import TableEvent
from sim.tabletop.worlds import NUMBERS, Line, Standing, TableCases
from sim.tabletop.worlds_in_words import FEWEST

REPORTS_WITHIN, DEATHS_WITHIN = 0.5, 0.2
"""How far off a world may be: in the reports of each turn, at least one, and in the deaths since the first day."""


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
        agrees = {name: _agrees(standing[name], seen) for name in standing}
        kept = {name: places[agrees[name][places]] for name, places in everyone.items()}
        # The world that is played is counted as all are, though nobody looks at it: else a count told its theory.
        counts = {name: (int(some.sum()), len(some)) for name, some in agrees.items()}
        if not seen or min(map(len, kept.values())) < FEWEST:
            return Agreement(False, counts, everyone, bool(seen))
        return Agreement(True, counts, kept)

    def look_ahead(
        self,
        options: Mapping[str, Sequence[Event]],
        until: date,
        futures: int = FUTURES,
        *,
        events: Sequence[TableEvent] = (),
        today: date,
        agreement: Agreement | None = None,
        known: Futures | None = None,
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
        known
            Futures of the same days, events and agreement: an option that it has with the same orders is not lived
            again.

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
            if known is None or known.orders.get(option) != asked[option]
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
        for key, kept in known.days.items() if known is not None else ():
            if known is not None and known.orders[key[0]] == asked.get(key[0]):
                parts[key] = [Ahead(kept, known.fault[key])]
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
        with ThreadPoolExecutor(min(self._threads, len(listed)), "futures", initializer=leave_signals) as pool:
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
        simulation.live(until.toordinal(), watch.note_days)
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
