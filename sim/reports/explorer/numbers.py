"""The numbers of an explorer page, as its script reads them.

Every number that the page writes is written here, with the functions that a comparison's page uses; the script draws,
and puts sentences together. Over all theories each that has a vote counts alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.analysis.agreement import OPEN, voting
from sim.analysis.comparison import Compared, sign
from sim.analysis.lever_grid import PULLED_ON, WEEKS, LeverGrid
from sim.analysis.lived_record import still_happened
from sim.analysis.statistics.paired_difference import PairedDifference
from sim.analysis.statistics.summary import good
from sim.arrays import FloatArray
from sim.ensemble.cases.posterior import FEW
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables.interface import LUCK, RUN
from sim.figures.drawing.quantile_dotplot import DOTS
from sim.language import _, plural, translated
from sim.outcomes import outcome_of
from sim.reports import comparison_numbers as told

ALL = "all"
"""The choice of every theory that has a vote, each with the same weight."""
QUANTILES = (5, 25, 50, 75, 95)
"""Of the table behind the dots, and of the fan."""
ROW = ("difference", "low", "high", "better", "worse", "side", "text", "before", "after", "shares", "often")
"""Fields of a row of ``compared``; from ``text`` on they are places in ``texts``."""
ROW_OF_ALL = ("least", "most", "better", "worse", "finding", "side", "text", "mean", "shares", "often")
"""Fields of a row of ``together``; ``finding`` and those from ``text`` on are places in ``texts``."""


class Texts:
    """What is written more than once, kept once: a text is known by its place."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """The place of a text."""
        return self._places.setdefault(text, len(self._places))

    @property
    def listed(self) -> list[str]:
        """All of them, by place."""
        return list(self._places)


def numbers_of(grid: LeverGrid, comparison: Compared, store: Store) -> dict[str, Any]:
    """All numbers of a page.

    Parameters
    ----------
    comparison
        Every combination against nothing done, on the page's outcomes.
    store
        Where the weeks of these runs are.

    Returns
    -------
    ``texts``; by outcome, theory and combination ``dots``, ``gaps`` (dots of the paired differences), ``quantiles``,
    ``medians`` and ``compared`` (rows of :data:`ROW`); by outcome and combination ``together`` (:data:`ROW_OF_ALL`);
    ``weeks`` with ``days``, ``from`` and by theory and combination ``fans``; ``still`` by theory and combination: in
    how many of ``base`` worlds the record would still have happened. docs/EXPLORER.md tells each.
    """
    texts, base = Texts(), told.base_of(comparison.comparisons)
    runs = good(comparison.runs)
    theories = list(grid.cases)
    votes = voting(theories)
    by_outcome = [_of_outcome(grid, runs, outcome, votes) for outcome in comparison.outcomes]
    found = {(one.outcome, one.other): one for one in comparison.comparisons}
    return {
        "dots": [one["dots"] for one in by_outcome],
        "gaps": [one["gaps"] for one in by_outcome],
        "quantiles": [one["quantiles"] for one in by_outcome],
        "medians": [one["medians"] for one in by_outcome],
        "compared": [
            [
                [None, *(_row(found[name, case.id], texts, base) for case in grid.cases[theory][1:])]
                for theory in theories
            ]
            for name in comparison.outcomes
        ],
        "together": [
            [None, *(_together(grid, comparison, found, name, number, texts, base) for number in range(1, grid.size))]
            for name in comparison.outcomes
        ],
        "weeks": _weeks(grid, runs, store, votes),
        "base": base,
        "still": [[_still(case, runs, base) for case in grid.cases[theory]] for theory in theories],
        "texts": texts.listed,
    }


# Rows


def interval(one: PairedDifference) -> str:
    """The mean difference with its interval, as a comparison's page has it, in the language of this context."""
    if one.difference is None:
        return _("no value")
    if one.same:
        return words.many("0 (the same in the one pair)", "0 (the same in all {n} pairs)", one.pairs)
    if one.low is None or one.high is None:
        return _("{difference} (no interval)").format(difference=words.estimate(one.difference, signed=True))
    if one.low == one.high:
        if not one.difference:
            return _("the same in every pair")
        return _("{difference} in every pair").format(difference=words.estimate(one.difference, signed=True))
    low, mean, high = words.interval(one.low, one.difference, one.high, signed=True)
    return _("{mean} ({low} to {high})").format(mean=mean, low=low, high=high)


def often(better: float | None, worse: float | None, runs: int | None, outcome: str) -> str:
    """How often it is better, with the word of likelihood: "better in 83 of 100 worlds: very likely".

    ``runs`` are the worlds that this is a share of; None where there are many. Of few every one is "all 20 worlds".
    """
    if better is None or worse is None:
        return ""
    base = words.out_of(runs)
    if better == worse == 0:
        if base < FEW:
            return words.many("the same in the one world", "the same in all {n} worlds", base)
        return _("the same in every world")
    of = outcome_of(outcome)
    side = _("better") if of.better else translated(of.words.less)
    count = words.hundredth(better, runs=runs)
    if count in ("0", str(base)):
        return _ends(bool(better), base).format(side=side, base=base)
    said = {
        "<": _("{side} in fewer than {count} of {base} worlds: {likely}"),
        ">": _("{side} in more than {count} of {base} worlds: {likely}"),
    }
    pattern = said.get(count[0], _("{side} in {count} of {base} worlds: {likely}"))
    likely = translated(words.likelihood(better))
    return pattern.format(side=side, count=count.strip("<>"), base=base, likely=likely)


def _ends(always: bool, base: int) -> str:
    """The pattern of what happens in all worlds, or in none."""
    if base >= FEW:
        return _("{side} in every world") if always else _("{side} in no world")
    if always:
        return plural("{side} in the one world", "{side} in all {base} worlds", base)
    return plural("not {side} in the one world", "{side} in none of {base} worlds", base)


def _row(one: PairedDifference, texts: Texts, base: int) -> list[Any]:
    before, after = told.levels(one)
    numbers = [_short(value) for value in (one.difference, one.low, one.high, one.better, one.worse)]
    often_said = often(one.better, one.worse, one.pairs if one.paired else None, one.outcome)
    written = (interval(one), before, after, _of(told.shares(one), told.base(one), base), often_said)
    return [*numbers, sign(one), *map(texts, written)]


def _of(shares: str, of: int, base: int) -> str:
    """Shares in a column whose head says that they are of ``base``: where they are of others, with how many."""
    return shares if of == base or not shares else _("{shares} of {base}").format(shares=shares, base=of)


def pooled(known: Sequence[PairedDifference]) -> int | None:
    """Worlds that the mean share of several theories is a share of: all of them, where each has as many."""
    pairs = {one.pairs for one in known if one.paired}
    return len(known) * pairs.pop() if len(pairs) == 1 else None


def _together(
    grid: LeverGrid,
    comparison: Compared,
    found: Mapping[tuple[str, str], PairedDifference],
    name: str,
    number: int,
    texts: Texts,
    base: int,
) -> list[Any]:
    """What the theories with a vote say together of a combination: each with the same weight."""
    listed = [found[name, grid.cases[theory][number].id] for theory in voting(grid.cases)]
    known = [one for one in listed if one.difference is not None]
    world = next(w for w in comparison.others if listed[0].other in w.cases.values())
    verdict = comparison.verdict(world, name)
    finding = told.UNSEEN if verdict.finding == OPEN and known and all(one.same for one in known) else verdict.finding
    if not known:
        none = texts(_("no value"))
        return [None, None, None, None, texts(verdict.finding), 0, none, none, texts(""), texts("")]
    means = [one.difference for one in known if one.difference is not None]
    low, high = min(means), max(means)
    ends = [words.estimate(value, signed=True) for value in (low, high)]
    reach = ends[0] if ends[0] == ends[1] else _("{low} to {high}").format(low=ends[0], high=ends[1])
    better, worse, tied = (
        math.fsum(getattr(one, share) or 0.0 for one in known) / len(known) for share in ("better", "worse", "tied")
    )
    worlds = pooled(known)
    shares = " / ".join(words.split((better, worse, tied), runs=worlds))
    sides = {sign(one) for one in known}
    side = sides.pop() if verdict.finding == "holds" and len(sides) == 1 else 0
    written = (
        reach,
        words.estimate(math.fsum(means) / len(means), signed=True),
        _of(shares, words.out_of(worlds), base),
        often(better, worse, worlds, name),
    )
    return [*map(_short, (low, high, better, worse)), texts(finding), side, *map(texts, written)]


def _still(case: Any, runs: pd.DataFrame, base: int) -> str | None:
    """In how many of ``base`` worlds all of the record would still have happened; None where none of them lived it."""
    if case.mode != POSTERIOR:
        return None
    lived, count = still_happened(case, runs[runs["case"] == case.id])
    return words.hundredth(lived / count, runs=base) if count else None


# Dots


def _of_outcome(grid: LeverGrid, runs: pd.DataFrame, outcome: str, votes: Sequence[str]) -> dict[str, Any]:
    """Dots, dots of differences, quantiles and medians, by theory (all together last) and combination."""
    values, gaps = {}, {}
    for theory, cases in grid.cases.items():
        some = runs[runs["case"].isin([case.id for case in cases])]
        wide = some.pivot(index=list(LUCK), columns="case", values=outcome).astype(float)
        wide = wide.reindex(columns=[case.id for case in cases])
        values[theory] = wide.to_numpy().T
        # Futures of one world are one pair, as in a comparison.
        both = wide.where(wide.notna() & wide.iloc[:, [0]].notna().to_numpy())
        apart = both.sub(wide.iloc[:, 0], axis=0).groupby(level=list(LUCK[:2])).mean()
        gaps[theory] = apart.to_numpy().T
    ways = [*([theory] for theory in grid.cases), list(votes)]
    every = range(grid.size)
    return {
        "dots": [[_dots([values[theory][number] for theory in way]) for number in every] for way in ways],
        "gaps": [[None if not number else _dots([gaps[theory][number] for theory in way]) for number in every]
                 for way in ways],
        "quantiles": [[_quantiles([values[theory][number] for theory in way]) for number in every] for way in ways],
        "medians": [[_median([values[theory][number] for theory in way]) for number in every] for way in ways],
    }  # fmt: skip


def weighted(parts: Sequence[FloatArray], shares: Sequence[float] | FloatArray) -> FloatArray:
    """Quantiles of several samples that count alike, however many values each has; each is a value that a run has.

    Parameters
    ----------
    parts
        Values; NaN is none.
    shares
        Probabilities of the quantiles.

    Returns
    -------
    The smallest value that at least this share of the weight does not exceed; empty without any value.

    Examples
    --------
    >>> weighted([np.array([1.0, 2.0, 3.0, 4.0])], [0.25, 0.5, 0.99])
    array([1., 2., 4.])
    >>> weighted([np.array([0.0]), np.array([5.0, 6.0, 7.0])], [0.5, 0.6])
    array([0., 5.])
    """
    known = [part[~np.isnan(part)] for part in parts]
    known = [part for part in known if len(part)]
    if not known:
        return np.empty(0)
    values = np.concatenate(known)
    weights = np.concatenate([np.full(len(part), 1 / (len(part) * len(known))) for part in known])
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.asarray(shares) - 1e-9)
    return np.asarray(values[order][np.minimum(places, len(values) - 1)])


def _dots(parts: Sequence[FloatArray]) -> list[float | int | None]:
    """The values at probabilities .01, .03, … .99; of no more worlds than dots each world's own."""
    known = [part[~np.isnan(part)] for part in parts]
    every = np.sort(np.concatenate(known))
    if len(every) <= DOTS and len({len(part) for part in known} - {0}) <= 1:
        return [_short(value) for value in every]
    return [_short(value) for value in weighted(parts, (2 * np.arange(1, DOTS + 1) - 1) / (2 * DOTS))]


def _quantiles(parts: Sequence[FloatArray]) -> list[str]:
    return [words.number(value) for value in weighted(parts, np.array(QUANTILES) / 100)]


def _median(parts: Sequence[FloatArray]) -> float | int | None:
    """The one that stands among :func:`_quantiles`, as a number."""
    middle = weighted(parts, [0.5])
    return _short(float(middle[0])) if len(middle) else None


def _short(value: float | None) -> float | int | None:
    """A number with six digits at most, whole where it is whole, as JSON takes it."""
    if value is None or not math.isfinite(value):
        return None
    short = float(f"{value:.6g}")
    return int(short) if short.is_integer() else short


# Weeks


def _weeks(grid: LeverGrid, runs: pd.DataFrame, store: Store, votes: Sequence[str]) -> dict[str, Any]:
    """Quantiles of the officers out by week: of nothing done all weeks, of combinations those that can differ."""
    curves: dict[str, list[FloatArray]] = {}
    days: list[pd.Timestamp] = []
    for theory, cases in grid.cases.items():
        ids = [case.id for case in cases]
        table = store.table(WEEKS, cases=ids, columns=["out"])
        asked = runs.loc[runs["case"].isin(ids), list(RUN)]
        table = table.merge(asked, on=list(RUN))
        days = sorted(table["day"].unique()) or days
        by_case = dict(iter(table.groupby("case")))
        curves[theory] = [_curve(by_case.get(id), len(days)) for id in ids]
    first = int(np.searchsorted(np.array(days, dtype="datetime64[D]"), np.datetime64(PULLED_ON)))
    ways = [*([theory] for theory in grid.cases), list(votes)]
    return {
        "days": [pd.Timestamp(day).date().isoformat() for day in days],
        "said": [words.short_day(pd.Timestamp(day).date()) for day in days],
        "from": first,
        "fans": [
            [_fan([curves[theory][number] for theory in way], first if number else 0) for number in range(grid.size)]
            for way in ways
        ],
    }


def _curve(rows: pd.DataFrame | None, days: int) -> FloatArray:
    """Officers out, ``(runs, days)``; rows come run by run, and day by day."""
    if rows is None:
        return np.empty((0, days))
    return rows["out"].to_numpy(dtype=float).reshape(-1, days)


def _fan(parts: Sequence[FloatArray], first: int) -> list[list[float | int | None]]:
    """By quantile the curve from a week on."""
    weeks = range(first, parts[0].shape[1])
    columns = [weighted([part[:, week] for part in parts], np.array(QUANTILES) / 100) for week in weeks]
    return [[_short(column[q]) if len(column) else None for column in columns] for q in range(len(QUANTILES))]
