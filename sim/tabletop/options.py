"""An option against doing nothing and against the others, on the same futures.

Runs of two options that have the same theory, world and future are a pair: they share their luck, so what they have in
common drops out of the difference. Several futures of one world are a cluster, whose mean is one value, as everywhere
(:mod:`sim.analysis.statistics.paired_difference`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd

from sim import text as words
from sim.analysis.statistics import multiplicity
from sim.analysis.statistics.intervals import Interval, Mean, wilson
from sim.arrays import Array, FloatArray
from sim.errors import UserMistake
from sim.language import _, marked, translated
from sim.settings.schema import near
from sim.tabletop.futures import Futures, option_name
from sim.tabletop.measures import MEASURES, Measure

COMPARED = ("available", "deaths", "reports")
"""Measures that options are compared by when nobody names one."""
STEADY = 7
"""Days in a row on which an interval must exclude 0, for a difference to show from the first of them."""


@dataclass(frozen=True)
class OptionDifference:
    """One measure of one option, less that of another, future by future.

    Attributes
    ----------
    option, against
        Their names.
    measure
        Its name.
    theory
        Empty: over all theories, each with its equal share of the futures.
    pairs, without
        Pairs of futures in which both runs are good, and those left out because one failed or has no number.
    difference, low, high, method
        Mean difference, in the measure's unit, and its 95 % interval, None where the pairs allow none.
    better, worse, tied
        Shares of the pairs in which the option is better, worse and alike; a measure without a good side counts less
        as better.
    better_low, better_high
        95 % interval of ``better`` (Wilson), of as many as there are worlds.
    shows
        The first day from which on the interval excludes 0 on :data:`STEADY` days in a row, or up to the last; None
        where there is none.
    p, adjusted_p
        Two-sided p-value of no difference, and after Holm over all that was compared together.
    option_mean, against_mean
        What the difference is one of.
    differences
        Of each pair.
    """

    option: str
    against: str
    measure: str
    theory: str
    pairs: int
    without: int
    difference: float | None
    low: float | None
    high: float | None
    method: str
    better: float | None
    worse: float | None
    tied: float | None
    better_low: float | None
    better_high: float | None
    shows: date | None
    p: float | None
    adjusted_p: float | None
    option_mean: float | None
    against_mean: float | None
    differences: FloatArray = field(repr=False, compare=False)

    @property
    def of(self) -> Measure:
        """The measure."""
        return MEASURES[self.measure]

    @property
    def same(self) -> bool:
        """Whether there are pairs, and no two runs differ."""
        return self.pairs > 0 and self.better == self.worse == 0

    @property
    def told_apart(self) -> bool:
        """Whether the interval of the mean difference excludes 0."""
        return Interval(self.low, self.high, self.method).excludes_zero

    def finding(self, first: date, last: date) -> str:
        """The head of :meth:`sentence`, without a full stop: which side has more on average, as far as that can be
        told, and in how many futures."""
        return self._head(first, last)[0]

    def sentence(self, first: date, last: date) -> str:
        """What it comes to, in words."""
        head, differs = self._head(first, last)
        return f"{words.joined([head, self._mean(), self._when()])}." if differs else f"{head}."

    def _head(self, first: date, last: date) -> tuple[str, bool]:
        """The finding, and whether there is a difference to be told."""
        told = {
            "model": words.model(self.theory), "option": option_name(self.option),
            "against": option_name(self.against), "measure": translated(self.of.text),
            "when": self.of.over(first, last),
        }  # fmt: skip
        if self.better is None or self.worse is None or self.difference is None:
            said = _("{model}, nothing can be said of {measure}: no pair of futures has a number")
            return said.format(**told), False
        if self.same:
            said = _("{model}, {option} changes nothing in {measure} {when}: the same as {against} in every future")
            return said.format(**told), False
        if not self.told_apart:
            said = _("{model}, {option} and {against} cannot be told apart in {measure} {when}: {often}")
            return said.format(often=self._often(), **told), True
        good, bad = (self.of.words.more, self.of.words.less)[:: self.of.gain]
        side = good if self.difference * self.of.gain > 0 else bad
        said = (
            _("{model}, {option} has {side} {measure} {when} than {against} on average: {often}")
            if self.of.type == "count"
            else _("{model}, {option} has a {side} {measure} {when} than {against} on average: {often}")
        )
        return said.format(side=translated(side), often=self._often(), **told), True

    def _often(self) -> str:
        """In how many futures which side comes about, the more frequent first: never one of them alone."""
        assert self.better is not None
        assert self.worse is not None
        good, bad = (self.of.words.more, self.of.words.less)[:: self.of.gain]
        sides = sorted([(self.better, good), (self.worse, bad)], key=lambda side: -side[0])
        shares = [share for share, _side in sides]
        counts = words.split((*shares, max(0.0, round(1 - sum(shares), 9))), runs=self.pairs)
        first = words.of_runs(shares[0], runs=self.pairs, noun="futures")
        parts = [_("{side} in {count}").format(side=translated(sides[0][1]), count=first)]
        other = _("{side} in {count}") if shares[1] else _("{side} in none")
        parts.append(other.format(side=translated(sides[1][1]), count=words.spelled(counts[1])))
        if counts[2] != "0":
            parts.append(_("the same in {count}").format(count=words.spelled(counts[2])))
        return ", ".join(parts)

    def _mean(self) -> str:
        assert self.difference is not None
        unit = translated(self.of.unit)
        if self.low is None or self.high is None:
            mean = words.estimate(self.difference, signed=True)
            return _("mean difference {mean} {unit}, no interval").format(mean=mean, unit=unit)
        low, mean, high = words.interval(self.low, self.difference, self.high, signed=True)
        said = _("mean difference {mean} {unit} (95 % interval {low} to {high})")
        return said.format(mean=mean, unit=unit, low=low, high=high)

    def _when(self) -> str:
        if self.shows is None:
            return _("no day tells them apart")
        if self.told_apart:
            return _("it shows from {day}").format(day=words.day(self.shows))
        return _("they differ from {day}, and at the end it cannot be told").format(day=words.day(self.shows))


@dataclass(frozen=True)
class ComparedOptions:
    """Options compared on the same futures: each with doing nothing, then with each other."""

    futures: Futures
    differences: tuple[OptionDifference, ...]

    def of(self, option: str, measure: str, theory: str = "", against: str | None = None) -> OptionDifference:
        """One of them; ``against`` is doing nothing where it is not named."""
        wanted = (option, against or self.futures.nothing, measure, theory)
        for one in self.differences:
            if (one.option, one.against, one.measure, one.theory) == wanted:
                return one
        raise KeyError(wanted)

    def table(self) -> pd.DataFrame:
        """One row a comparison, its fields as columns; the differences of single pairs are left out."""
        names = [one.name for one in fields(OptionDifference) if one.name != "differences"]
        rows = [{name: getattr(one, name) for name in names} for one in self.differences]
        return pd.DataFrame(rows, columns=names)

    def sentences(self, *, theories: bool = False) -> tuple[str, ...]:
        """What each comparison over the theories comes to, and under each where that is asked for."""
        chosen = [one for one in self.differences if theories or not one.theory]
        return tuple(one.sentence(self.futures.today, self.futures.until) for one in chosen)

    def agreed(self, option: str, measure: str) -> str:
        """In which theories the option is better, worse, or neither, as far as the intervals tell."""
        wanted = (option, self.futures.nothing, measure)
        of = [one for one in self.differences if (one.option, one.against, one.measure) == wanted and one.theory]
        return agreed(option, measure, of)

    def flipped(self, measure: str) -> tuple[str, ...]:
        """Of options beside each other: which is better under one theory and worse under another, a sentence each."""
        return flipped(self.differences, measure, self.futures.nothing)


def told_of(
    option: str, against: str, measure: str, theory: str, pairs: int, shares: Sequence[float | None],
    interval: Sequence[float | None], shows: date | None,
) -> OptionDifference:  # fmt: skip
    """A difference made again from what the log keeps of it, to be said; no pair of it is there any more.

    Parameters
    ----------
    shares
        Better and worse.
    interval
        Mean difference, and the ends of its interval.
    """
    better, worse = shares
    mean, low, high = interval
    tied = None if better is None or worse is None else max(0.0, round(1 - better - worse, 12))
    return OptionDifference(
        option, against, measure, theory, pairs, 0, mean, low, high, "", better, worse, tied, None, None, shows,
        None, None, None, None, np.empty(0),
    )  # fmt: skip


def flipped(differences: Sequence[OptionDifference], measure: str, base: str) -> tuple[str, ...]:
    """Of options beside each other, and not beside ``base``: those that a theory turns round, a sentence each."""
    pairs: dict[tuple[str, str], list[OptionDifference]] = {}
    for one in differences:
        if one.theory and one.measure == measure and base not in (one.option, one.against):
            pairs.setdefault((one.option, one.against), []).append(one)
    return tuple(
        agreed(option, measure, by_theory, against)
        for (option, against), by_theory in pairs.items()
        if {"better", "worse"} <= {_side(one) for one in by_theory}
    )


def agreed(option: str, measure: str, by_theory: Sequence[OptionDifference], against: str = "") -> str:
    """In which theories the option is better, worse, or neither, as far as the intervals tell; beside doing nothing
    where no other is named."""
    sides: dict[str, list[str]] = {marked("better"): [], marked("worse"): [], marked("neither"): []}
    for one in by_theory:
        sides[_side(one)].append(words.named(one.theory))
    told = [
        _("{side} under {theories}").format(side=translated(side), theories=", ".join(names))
        for side, names in sides.items()
        if names
    ]
    of = {"option": option_name(option), "measure": translated(MEASURES[measure].text)}
    if against:
        beside = _("{option} beside {other}, {measure}: {told}")
        return beside.format(told=words.joined(told), other=option_name(against), **of)
    return _("{option}, {measure}: {told}").format(told=words.joined(told), **of)


def _side(one: OptionDifference) -> str:
    if not one.told_apart or one.difference is None:
        return "neither"
    return "better" if one.difference * one.of.gain > 0 else "worse"


def compared(
    futures: Futures, measures: Sequence[str] = COMPARED, *, against: str | None = None, last: date | None = None
) -> ComparedOptions:
    """Compare all options: each with ``against``, and every two of the others.

    Parameters
    ----------
    futures
        Of at least two options.
    measures
        Names of :data:`~sim.tabletop.measures.MEASURES`.
    against
        An option; None: that of doing nothing.
    last
        The day up to which totals count and on which levels are read; None: the last one lived.

    Raises
    ------
    UserMistake
        For an option that there is not, and where there is nothing to compare with.
    """
    base = futures.nothing if against is None else against
    if base not in futures.options:
        right = _("one of {names}").format(names=", ".join(futures.options))
        raise UserMistake("against", base, f"{right}{near(base)}")
    others = [name for name in futures.options if name != base]
    if not others:
        raise UserMistake("option", None, _("at least one option besides doing nothing"))
    pairs = [(name, base) for name in others] + [(b, a) for a, b in combinations(others, 2)]
    found = [
        _difference(futures, *pair, m, t, last) for pair in pairs for m in measures for t in ("", *futures.theories)
    ]
    adjusted = multiplicity.holm([p for _, p in found])
    rows = tuple(_with(one, p) for (one, _), p in zip(found, adjusted, strict=True))
    return ComparedOptions(futures, rows)


def _with(one: OptionDifference, adjusted: float | None) -> OptionDifference:
    return OptionDifference(**{f.name: getattr(one, f.name) for f in fields(one)} | {"adjusted_p": adjusted})


def _difference(
    futures: Futures, option: str, against: str, measure: str, theory: str, last: date | None
) -> tuple[OptionDifference, float | None]:
    theories = (theory,) if theory else futures.theories
    mine, theirs = (
        np.concatenate([futures.values(measure, name, one, last) for one in theories]) for name in (option, against)
    )
    worlds = _worlds(futures, theories)
    known = ~(np.isnan(mine) | np.isnan(theirs))
    differences, of = mine[known] - theirs[known], worlds[known]
    without = int((~known).sum())
    if not len(differences):
        empty = OptionDifference(
            *(option, against, measure, theory, 0, without, None, None, None, "none", None, None, None, None, None),
            *(None, None, None, None, None, differences),
        )
        return empty, None
    gain = MEASURES[measure].gain
    means = by_world(differences, of)
    mean = Mean.of(means)
    interval = mean.interval()
    better, worse = float((gain * differences > 0).mean()), float((gain * differences < 0).mean())
    sure = wilson(better * len(means), len(means))
    told = OptionDifference(
        option=option,
        against=against,
        measure=measure,
        theory=theory,
        pairs=len(differences),
        without=without,
        difference=mean.value,
        low=interval.low,
        high=interval.high,
        method=interval.method,
        better=better,
        worse=worse,
        tied=max(0.0, round(1 - better - worse, 12)),
        better_low=float(sure[0]),
        better_high=float(sure[1]),
        shows=_shows(futures, option, against, measure, theories, last) if better + worse else None,
        p=mean.p,
        adjusted_p=None,
        option_mean=float(by_world(mine[known], of).mean()),
        against_mean=float(by_world(theirs[known], of).mean()),
        differences=differences,
    )
    return told, mean.p


def _worlds(futures: Futures, theories: Sequence[str]) -> Array:
    """A number of its own for each world of each theory, in the order of the runs."""
    parts = [futures.worlds[name] + (place << 40) for place, name in enumerate(theories)]
    return np.concatenate(parts)


def by_world(values: FloatArray, worlds: Array) -> FloatArray:
    """Means over the futures of each world, ``(…, runs) -> (…, worlds)``; the values where each has one."""
    distinct, place = np.unique(worlds, return_inverse=True)
    if len(distinct) == values.shape[-1]:
        return values
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(distinct)))
    sums: FloatArray = np.add.reduceat(values[..., order], starts, axis=-1)
    return sums / np.bincount(place)


def _shows(
    futures: Futures, option: str, against: str, measure: str, theories: Sequence[str], last: date | None
) -> date | None:
    """The first day from which on the mean difference so far is told from 0."""
    mine, theirs = (
        np.concatenate([futures.so_far(measure, name, one) for one in theories], axis=1) for name in (option, against)
    )
    differences = mine - theirs
    known = ~np.isnan(differences[-1])
    rows = by_world(differences[:, known], _worlds(futures, theories)[known])
    days = len(rows) if last is None else last.toordinal() - futures.today.toordinal() + 1
    run = 0
    for day in range(days):
        run = run + 1 if rows[day].any() and Mean.of(rows[day]).interval().excludes_zero else 0
        if run and (run == STEADY or day == days - 1):
            return futures.dates[day - run + 1]
    return None
