"""The numbers of a comparison as people read them: differences with sign, unit and interval, counts of 100, factors."""

from __future__ import annotations

import math

from sim import text as words
from sim.analysis.comparison import Verdict, sign
from sim.analysis.statistics.paired_difference import Comparison
from sim.outcomes import BETTER, OUTCOMES, Outcome

_SIDES = {"count": ("fewer", "more"), "date": ("earlier", "later")}


def outcome_of(name: str) -> Outcome:
    """The register's row of an outcome."""
    return next(o for o in OUTCOMES if o.name == name)


def unit_of(name: str) -> str:
    """The unit of a difference: days for a date."""
    outcome = outcome_of(name)
    return "days" if outcome.type == "date" else outcome.unit


def direction(name: str) -> str:
    """Which way is good: "fewer is better"."""
    side = BETTER.get(name)
    if side is None:
        return f'no direction is better; "better" counts {sides(name)[0]}'
    return f"{sides(name)[side == 'higher']} is better"


def sides(name: str) -> tuple[str, str]:
    """The words for less and for more of an outcome."""
    return _SIDES.get(outcome_of(name).type, ("lower", "higher"))


def reach(verdict: Verdict) -> str:
    """How far the mean differences reach over the theories: "+9.8 to +51"."""
    if verdict.least is None or verdict.most is None:
        return ""
    low, high = figure(verdict.least), figure(verdict.most)
    return low if low == high else f"{low} to {high}"


def more_or_less(name: str, difference: float, amount: str) -> str:
    """An amount of an outcome with its unit and side: "4 fewer officers", "3 days earlier"."""
    side, unit = sides(name)[difference > 0], unit_of(name)
    if outcome_of(name).type == "count":
        return f"{amount} {side} {unit}"
    return f"{amount} days {side}" if unit == "days" else f"{amount} {side} ({unit})"


def figure(value: float) -> str:
    """A difference with its sign, to two or three significant digits."""
    text = words.number(short(value))
    return f"+{text}" if value > 0 else text


def interval(one: Comparison) -> str:
    """The mean difference with its 95 % interval: "−4.2 (−4.9 to −3.6)"."""
    if one.difference is None:
        return "no value"
    if one.low is None or one.high is None:
        return f"{figure(one.difference)} (no interval)"
    if one.low == one.high:
        return f"{figure(one.difference)} in every pair" if one.difference else "the same in every pair"
    decimals = _decimals(one.high - one.low)
    mean, low, high = (_fixed(value, decimals) for value in (one.difference, one.low, one.high))
    return f"{mean} ({low} to {high})"


def wide(one: Comparison) -> str:
    """The interval that holds together with all others."""
    if one.wide_low is None or one.wide_high is None:
        return ""
    if one.wide_low == one.wide_high:
        return figure(one.wide_low)
    decimals = _decimals(one.wide_high - one.wide_low)
    return f"{_fixed(one.wide_low, decimals)} to {_fixed(one.wide_high, decimals)}"


def settled(one: Comparison) -> str:
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


def factor(one: Comparison) -> str:
    """The variance-reduction factor: "×5.2"."""
    if one.vr_factor is None:
        return "–" if one.paired else "not paired"
    return "×∞" if math.isinf(one.vr_factor) else f"×{one.vr_factor:,.3g}"


def shares(one: Comparison) -> str:
    """Of 100 pairs, those in which it is better, worse and the same: "74 / 5 / 21"."""
    if one.better is None or one.worse is None or one.tied is None:
        return ""
    base = min(one.pairs, 100) if one.paired else 100
    return " / ".join(_count(share, base) for share in (one.better, one.worse, one.tied))


def _decimals(width: float) -> int:
    """So many that the half-width has one significant digit, or two if they begin with 1, 2 or 3."""
    return max(0, -math.floor(math.log10(width / 8)))


def _fixed(value: float, decimals: int) -> str:
    rounded = round(value, decimals) or 0.0
    return f"{rounded:+,.{decimals}f}".replace("-", "−") if rounded else "0"


def short(value: float) -> float:
    """A value to two or three significant digits, whole from 100 on."""
    return float(f"{value:.2g}") if abs(value) < 10 else float(f"{value:.3g}") if abs(value) < 100 else round(value)


def _count(share: float, base: int) -> str:
    count = math.floor(share * base + 0.5)
    if share > 0 and count == 0:
        return "<1"
    return f">{base - 1}" if share < 1 and count == base else str(count)
