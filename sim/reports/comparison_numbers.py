"""The numbers of a comparison as people read them: differences with sign, unit and interval, counts of 100, factors."""

from __future__ import annotations

from sim import text as words
from sim.analysis.comparison import Verdict, sign
from sim.analysis.statistics.paired_difference import PairedDifference


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
    if one.low is None or one.high is None:
        return f"{words.estimate(one.difference, signed=True)} (no interval)"
    if one.low == one.high:
        every = f"{words.estimate(one.difference, signed=True)} in every pair"
        return every if one.difference else "the same in every pair"
    low, mean, high = words.interval(one.low, one.difference, one.high, signed=True)
    return f"{mean} ({low} to {high})"


def wide(one: PairedDifference) -> str:
    """The interval that holds together with all others."""
    if one.wide_low is None or one.wide_high is None:
        return ""
    low, _, high = words.interval(one.wide_low, one.difference or 0.0, one.wide_high, signed=True)
    return low if low == high else f"{low} to {high}"


def settled(one: PairedDifference) -> str:
    """What more replicates would do: "settled", "1,200 more", and why not."""
    if one.difference is None:
        return "no value"
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


def shares(one: PairedDifference) -> str:
    """Of 100 pairs, those in which it is better, worse and the same: "74 / 5 / 21"."""
    if one.better is None or one.worse is None or one.tied is None:
        return ""
    return " / ".join(words.split((one.better, one.worse, one.tied), runs=one.pairs if one.paired else None))
