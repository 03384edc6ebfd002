"""The numbers of a comparison as people read them: differences with sign, unit and interval, counts of 100, factors."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

import pandas as pd

from sim import text as words
from sim.analysis.agreement import voting
from sim.analysis.alternatives import Alternative
from sim.analysis.comparison import Compared, Verdict, sign
from sim.analysis.statistics.intervals import wilson
from sim.analysis.statistics.paired_difference import PairedDifference
from sim.ensemble.cases.posterior import FEW
from sim.outcomes import outcome_of

_EPOCH = date(1970, 1, 1)
UNSEEN = "no difference seen"
"""Said in the place of a finding where no pair differs, and that none can is not known."""


def reach(verdict: Verdict) -> str:
    """How far the mean differences reach over the theories: "+9.8 to +51"."""
    if verdict.least is None or verdict.most is None:
        return ""
    low, high = (words.estimate(value, signed=True) for value in (verdict.least, verdict.most))
    return low if low == high else f"{low} to {high}"


def interval(one: PairedDifference) -> str:
    """The mean difference with its 95 % interval: "−4.2 (−4.9 to −3.6)"."""
    if one.difference is None:
        return "no value"
    if one.same:
        return f"0 (the same in {all_of(one.pairs, 'pair')})"
    if one.low is None or one.high is None:
        return f"{words.estimate(one.difference, signed=True)} (no interval)"
    if one.low == one.high:
        every = f"{words.estimate(one.difference, signed=True)} in every pair"
        return every if one.difference else "the same in every pair"
    low, mean, high = words.interval(one.low, one.difference, one.high, signed=True)
    return f"{mean} ({low} to {high})"


def levels(one: PairedDifference) -> tuple[str, str]:
    """What the baseline and the other case have on average, to the decimals of their difference: "9.4", "7.6"."""
    if one.baseline_mean is None or one.other_mean is None:
        return "no value", "no value"
    both = (one.baseline_mean, one.other_mean)
    if outcome_of(one.outcome).type == "date":
        first, second = (words.short_day(_EPOCH + timedelta(days=round(days))) for days in both)
    elif one.low is not None and one.high is not None and one.high > one.low:
        first, second = (words.fixed(value, words.known_decimals(one.low, one.high)) for value in both)
    else:
        first, second = map(words.estimate, both)
    return first, second


def wide(one: PairedDifference) -> str:
    """The interval that holds together with all others."""
    if one.wide_low is None or one.wide_high is None:
        return ""
    low, _, high = words.interval(one.wide_low, one.difference or 0.0, one.wide_high, signed=True)
    return low if low == high else f"{low} to {high}"


def settled(one: PairedDifference, never: bool) -> str:
    """What more replicates would do: "settled", "1,200 more", and why not; ``never`` where no run can differ."""
    if one.difference is None:
        return "no value"
    if one.same:
        return "none can" if never else "all the same"
    if one.low is not None and one.low == one.high:
        return "settled"
    if one.more is None:
        return "cannot tell"
    if one.more:
        return f"{one.more:,} more"
    return "settled" if sign(one) is not None else "alone only"


def factor(one: PairedDifference) -> str:
    """The variance-reduction factor: "×5.2"."""
    if one.vr_factor is None:
        return "–" if one.paired else "not paired"
    return f"×{words.estimate(one.vr_factor)}"


def shares(one: PairedDifference, of: int | None = None) -> str:
    """Of 100 pairs, or of all where there are fewer, those in which it is better, worse and the same: "74 / 5 / 21".

    ``of`` is what the column's head says that they are of (:func:`base_of`); where they are not, they say it.
    """
    if one.better is None or one.worse is None or one.tied is None:
        return ""
    told = " / ".join(words.split((one.better, one.worse, one.tied), runs=one.pairs if one.paired else None))
    return told if of in (None, base(one)) else f"{told} of {base(one)}"


def base(one: PairedDifference) -> int:
    """What the counts of :func:`shares` are of: 100, or all pairs where there are fewer."""
    return words.out_of(one.pairs if one.paired else None)


def base_of(listed: Iterable[PairedDifference]) -> int:
    """What the counts of most of these comparisons are of, for the head of their column; 100 without any."""
    counts = Counter(base(one) for one in listed if one.better is not None)
    return max(counts, key=lambda of: (counts[of], of), default=100)


def fewest(listed: Iterable[PairedDifference]) -> int | None:
    """Pairs of the comparison that has fewest, where these are too few to read shares of 100 from them; else None."""
    least = min((one.pairs for one in listed if one.pairs), default=FEW)
    return least if least < FEW else None


def at_most(alike: Iterable[PairedDifference]) -> int:
    """Where no pair differs: of how many in 100 pairs that may be so at most (95 %), over the one that knows least."""
    return math.ceil(100 * max(float(wilson(0, one.pairs)[1]) for one in alike))


def all_of(count: int, noun: str) -> str:
    """Every one of some: "all 400 pairs", "the one pair"."""
    return f"the one {noun}" if count == 1 else f"all {count:,} {noun}s"


def ranking(comparison: Compared) -> pd.DataFrame:
    """All worlds on the first outcome, the one that is never far from best first.

    Returns
    -------
    One row a world: ``case``; its mean under each theory; ``furthest from best``, its largest regret over the theories
    with a vote, where the outcome has a good direction; ``finding`` against the baseline.
    """
    name, robust = comparison.outcomes[0], comparison.robustness()
    worst = {} if robust.empty else dict(zip(robust["option"], robust["worst"], strict=True))
    means = _means(comparison)
    gain, theories = outcome_of(name).gain, voting(comparison.baseline.cases)
    merit = {world: sum(gain * of.get(theory, 0.0) for theory in theories) for world, of in means.items()}
    order = sorted(means, key=lambda world: (worst.get(world, float("inf")), -merit[world]))
    findings = {verdict.world: verdict.finding for verdict in comparison.verdicts if verdict.outcome == name}
    rows = [
        {"case": world, **{theory: _amount(means[world].get(theory)) for theory in comparison.baseline.cases},
         **({"furthest from best": _amount(worst.get(world))} if worst else {}),
         "finding": findings.get(world, "baseline")}
        for world in order
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _means(comparison: Compared) -> dict[str, dict[str, float]]:
    """The mean of each world under each theory, over the runs that pair; of the baseline those of its first pairs."""
    known: dict[str, dict[str, float]] = {world.name: {} for world in comparison.worlds}
    for other in comparison.others:
        for theory, one in comparison.of(other, comparison.outcomes[0]):
            if one.other_mean is not None:
                known[other.name][theory] = one.other_mean
            if one.baseline_mean is not None:
                known[comparison.baseline.name].setdefault(theory, one.baseline_mean)
    return known


def _amount(value: float | None) -> str:
    return "" if value is None or value != value else words.estimate(value)


def clock(comparison: Compared) -> dict[str, date]:
    """The days that the clocks of all these cases have in common, by setting."""
    days = {key: set(comparison.cases[key]) for key in map(str, comparison.cases) if key.startswith("clock.")}
    return {key: day for key, (day, *others) in days.items() if not others and isinstance(day, date)}


def by_lead(comparison: Compared) -> list[Alternative]:
    """The worlds but the baseline; first those that are best under most theories, then as they are ranked."""
    led = [world for world, _ in comparison.leaders().values()]
    rank = list(ranking(comparison)["case"])
    return sorted(comparison.others, key=lambda world: (-led.count(world.name), rank.index(world.name)))
