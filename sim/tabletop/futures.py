"""A thousand futures of some options, paired: what was lived of them, and what it comes to.

How they are lived is told in :mod:`sim.tabletop.other_worlds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from sim import text as words
from sim.arrays import Array, FloatArray, Ints
from sim.language import _, marked, retold, translated
from sim.model.events import Event
from sim.tabletop.measures import MEASURES, Days
from sim.tabletop.worlds_in_words import LEFT_OUT, NOTHING_SEEN, agreement_sentence

FUTURES = 1000
"""Of all theories together."""
NOTHING, PLAYED, TRIED = marked("nothing"), marked("played"), marked("try")
"""Options that are ours: ordering nothing, which the others are compared with; what was decided in a turn, beside those
that were not taken; levers that somebody tries."""
SLICES: Mapping[str, tuple[float, float]] = {"middle half": (0.25, 0.75), "middle 90": (0.05, 0.95)}


def option_name(option: str) -> str:
    """An option within a sentence; a name that somebody gave it is his, said in no other language, and quoted.

    >>> option_name("nothing"), option_name("pay_first")
    ('no further order', '“pay first”')
    """
    own = {NOTHING: _("no further order"), PLAYED: _("what was decided"), TRIED: _("what you try")}
    return own.get(option) or _("“{name}”").format(name=words.spoken(option))


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
        By theory: worlds that agree, and all of them, the played one counted among them like any other.
    places
        By theory, places among its other worlds that are looked at, in ascending order.
    seen
        Whether anything has been seen yet.
    """

    conditioned: bool
    counts: Mapping[str, tuple[int, int]]
    places: Mapping[str, Ints]
    seen: bool = True

    @property
    def sentence(self) -> str:
        """What is said of it."""
        return agreement_sentence(self.conditioned, self.counts) if self.seen else translated(NOTHING_SEEN)


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
        How many changes by the facilitator's hand the played world alone has had.
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

    def only(self, option: str) -> Futures:
        """Those of one option alone."""
        return replace(
            self,
            options=(option,),
            orders={option: self.orders[option]},
            days={key: days for key, days in self.days.items() if key[0] == option},
            fault={key: fault for key, fault in self.fault.items() if key[0] == option},
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said beside every number that comes from here, in sentences."""
        share = len(next(iter(self.worlds.values())))
        counts = {"n": words.number(self.count), "share": words.number(share)}
        of_each = _("{n} futures of each option, {share} under each theory.")
        said = [(of_each if len(self.options) > 1 else _("{n} futures, {share} under each theory.")).format(**counts)]
        said += [f"{line[0].upper()}{line[1:]}." for line in (retold(one, *LEFT_OUT) for one in self.left_out)]
        if self.agreement is not None:
            said.append(self.agreement.sentence)
        if self.overrides:
            said.append(words.many("{n} override of the facilitator: in the played world alone.",
                                   "{n} overrides of the facilitator: in the played world alone.",
                                   self.overrides))  # fmt: skip
        if failures := sum(self.failed.values()):
            said.append(words.many("{n} run failed and count in nothing.", "{n} runs failed and count in nothing.",
                                   failures))  # fmt: skip
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
