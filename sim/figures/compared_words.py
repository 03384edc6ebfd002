"""A comparison in plain words: which case does better, by how much, how sure that is, and what flips it.

Likelihood and confidence are kept apart (ICD 203): "better in 83 of 100 paired runs: very likely in this model" is how
often an event happens in runs; an interval says how well an average is known. Neither is about the world.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date

from sim.analysis.compared import Compared, Verdict, sign
from sim.analysis.comparison import Comparison
from sim.analysis.findings import FLIPS, HOLDS, NOTHING, voting
from sim.analysis.worlds import World
from sim.ensemble.outcomes import BETTER, OUTCOMES, Outcome
from sim.figures import words

CAUTION = "Exploratory, not a forecast, not for operational use."
_LEFT = "officers who left "
_SIDES = {"count": ("fewer", "more"), "date": ("earlier", "later")}


def outcome_of(name: str) -> Outcome:
    """The register's row of an outcome."""
    return next(o for o in OUTCOMES if o.name == name)


def unit_of(name: str) -> str:
    """The unit of a difference: days for a date."""
    outcome = outcome_of(name)
    return "days" if outcome.type == "date" else outcome.unit


def meaning(found: Compared, name: str) -> str:
    """What an outcome is, with the dates of these cases in the place of their settings."""
    text = outcome_of(name).text
    for key in ("clock.record_end", "clock.target_date"):
        days = set(found.cases[key]) if key in found.cases else set()
        if key in text and len(days) == 1 and isinstance(day := days.pop(), date):
            text = text.replace(key, words.day(day))
    return text


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
    text = words.number(_short(value))
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
    base = min(one.pairs, 100)
    return " / ".join(_count(share, base) for share in (one.better, one.worse, one.tied))


def answer(found: Compared) -> list[str]:
    """What the comparison answers, a sentence an item: who does best, then each world against the baseline."""
    loud = [unpaired(found)] if unpaired(found) else []
    return [*loud, best(found), *(of_world(found, world) for world in found.others)]


def question(found: Compared) -> str:
    """What is asked, as a question."""
    name = found.outcomes[0]
    most = superlative(sides(name)[BETTER.get(name) == "higher"])
    of = f"Which of {len(found.worlds)} cases"
    text = meaning(found, name)
    if text.startswith(_LEFT):
        return f"{of} loses {most} officers {text.removeprefix(_LEFT)}?"
    return f"{of} has {most} {text}?"


def phrases(name: str) -> tuple[str, str]:
    """Less and more of an outcome, as what a case does: "loses fewer officers", "loses more"."""
    less, more = sides(name)
    outcome = outcome_of(name)
    if outcome.text.startswith(_LEFT):
        return f"loses {less} officers", f"loses {more}"
    return (f"has {less} {outcome.unit}" if outcome.type == "count" else f"is {less}"), f"has {more}"


def best(found: Compared) -> str:
    """Which world does best on the first outcome, and under which theories."""
    name, leaders = found.outcomes[0], found.leaders()
    if not leaders:
        return "No run of two cases can be compared."
    most = sides(name)[BETTER.get(name) == "higher"]
    counted = voting(leaders)
    by: dict[str, list[str]] = {}
    for theory in counted:
        world, sure = leaders[theory]
        by.setdefault(world, []).append(theory if sure else f"{theory} (not told apart from all others)")
    head = f"In this model, {_head(superlative(most), meaning(found, name))}: "
    if len(by) == 1:
        (world,) = by
        unsure = [theory for theory in counted if not leaders[theory][1]]
        under = f" under each of {len(counted)} theories" if len(counted) > 1 else _under(counted)
        but = f", though not told apart from all others{_under(unsure)}" if unsure else ""
        return f"{head}{world}{under}{but}."
    listed = "; ".join(f"{world}{_under(theories)}" for world, theories in by.items())
    return f"{head}{listed}. The ranking flips between theories."


def of_world(found: Compared, world: World) -> str:
    """One world against the baseline: by how much, how often, and whether the theories agree."""
    name = found.outcomes[0]
    votes = found.votes(world, name)
    finding = found.verdict(world, name).finding
    head = f"{world.name} against {found.baseline.name}"
    known = [(theory, one) for theory, one in votes if one.difference is not None]
    if not known:
        return f"{head}: no run of both has a value."
    label = f"{finding} under {len(votes)} theories" if len(votes) > 1 else "one theory"
    if finding == NOTHING:
        total = sum(one.pairs for _, one in known)
        return f"{head} ({label}): the same in every one of {total:,} paired runs."
    if finding == HOLDS:
        return f"{head} ({label}): {_by_how_much(known)}; {_how_often(known, name)}."
    groups = {
        side: [(theory, one) for theory, one in known if sign(one) == value]
        for side, value in (("less", -1), ("more", 1), ("open", None), ("same", 0))
    }
    less, more = sides(name)
    parts = [
        f"{word}{_under(f'{theory} ({figure(one.difference or 0)})' for theory, one in groups[side])}"
        for side, word in (("less", less), ("more", more), ("same", "no difference"))
        if groups[side]
    ]
    if groups["open"]:
        parts.append(f"not known{_under(_open(theory, one) for theory, one in groups['open'])}")
    flips = "what is better flips with the theory: " if finding == FLIPS else ""
    return f"{head} ({label}): {flips}{'; '.join(parts)}."


def never_far(found: Compared) -> str:
    """The world whose largest regret over the theories is smallest; nothing where there is but one theory."""
    rows = found.robustness()
    if rows.empty or len(voting(found.baseline.cases)) == 1:
        return ""
    name, first = found.outcomes[0], rows.iloc[0]
    if not first["worst"]:
        return f"Never far from best: {first['option']}, which on average is the best of them under every theory."
    amount = f"{words.number(_short(float(first['worst'])))} {unit_of(name)}"
    return f"Never far from best: {first['option']}, at most {amount} worse than the best of them under any theory."


def unpaired(found: Compared) -> str:
    """A loud line where runs do not pair; nothing where all do."""
    loose = [one for one in found.comparisons if one.pairs and not one.paired]
    if not loose:
        return ""
    cases = sorted({found.name_of(one.other) for one in loose})
    return (
        f"NOT PAIRED: {', '.join(cases)} and {found.baseline.name} share no (root_seed, replicate); they are compared "
        "as independent samples, which needs many more runs. Run both with the same ensemble.root_seed."
    )


def notes(found: Compared) -> list[str]:
    """How it was computed, and what the words mean."""
    first = [one for one in found.comparisons if one.outcome == found.outcomes[0]]
    methods = sorted({one.method for one in found.comparisons if one.low is not None and one.low != one.high})
    count = sum(one.adjusted_p is not None for one in (*found.comparisons, *found.rivals))
    said = []
    if methods:
        said.append(
            f'Interval: 95 % of the mean difference, {"; ".join(methods)}; "settled" and findings count all {count} '
            'comparisons together (Holm); "alone only": not once they are.'
        )
    pairs = sorted({one.pairs for one in first})
    if pairs:
        said.append(
            f"{_range(pairs)} pairs of runs with the same officers and luck; the factor says how many times fewer runs "
            "that takes than independent seeds."
        )
    without = max((one.without for one in found.comparisons), default=0)
    if without:
        said.append(f"Up to {without:,} pairs have no value (a day never reached, or beyond the horizon): left out.")
    alone = max((one.alone for one in first), default=0)
    if alone:
        said.append(f"Up to {alone:,} good runs have no partner in the other case and are left out.")
    failed = int((found.runs["status"] != "ok").sum())
    if failed:
        said.append(f"{failed:,} runs failed and take no part.")
    said.append(f"Holds: all theories but the reference (constant) agree. {CAUTION}")
    return said


def likelihood(one: Comparison) -> str:
    """How often the other case is better, with ICD 203's word: "very likely (83 of 100 paired runs)"."""
    assert one.better is not None
    noun = "paired runs" if one.paired else "pairs of runs drawn at random"
    said = words.phrase(one.better, runs=one.pairs, noun=noun)
    return said.replace("every run", "every pair").replace("no run", "no pair")


def _by_how_much(known: Sequence[tuple[str, Comparison]]) -> str:
    """The means over the theories, and how well the least known of them is known."""
    name = known[0][1].outcome
    ranked = sorted((abs(one.difference or 0), theory, one) for theory, one in known)
    (low, low_in, first), (high, high_in, _) = ranked[0], ranked[-1]
    span = words.number(_short(low))
    if words.number(_short(high)) != span:
        span += f" ({low_in}) to {words.number(_short(high))} ({high_in})"
    said = more_or_less(name, first.difference or 0, span)
    widths = [(one.high - one.low) / 2 for _, one in known if one.high is not None and one.low is not None]
    widest = max(widths, default=0.0)
    sure = f", known to ±{words.number(float(f'{widest:.2g}'))} (95 %)" if widest else ""
    return f"{said} on average{sure}"


def _how_often(known: Sequence[tuple[str, Comparison]], name: str) -> str:
    ranked = sorted(known, key=lambda pair: pair[1].better or 0)
    (least_in, least), (most_in, most) = ranked[0], ranked[-1]
    head = "better" if name in BETTER else sides(name)[0]
    if likelihood(least) == likelihood(most):
        return f"{head}: {likelihood(least)}"
    return f"{head}: from {likelihood(least)} under {least_in} to {likelihood(most)} under {most_in}"


def _head(most: str, text: str) -> str:
    if text.startswith(_LEFT):
        return f"{most} officers are lost {text.removeprefix(_LEFT)} in"
    return f"{most} {text}"


def _open(theory: str, one: Comparison) -> str:
    return theory if not one.more else f"{theory} (about {one.more:,} more replicates would tell)"


def _under(theories: Iterable[str]) -> str:
    named = [theory for theory in theories if theory]
    return f" under {', '.join(named)}" if named else ""


def superlative(word: str) -> str:
    """ "fewer" becomes "the fewest"."""
    return {"fewer": "the fewest", "more": "the most", "lower": "the lowest", "higher": "the highest",
            "earlier": "the earliest", "later": "the latest"}[word]  # fmt: skip


def _count(share: float, base: int) -> str:
    count = math.floor(share * base + 0.5)
    if share > 0 and count == 0:
        return "<1"
    return f">{base - 1}" if share < 1 and count == base else str(count)


def _decimals(width: float) -> int:
    """So many that the half-width has one significant digit."""
    return max(0, -math.floor(math.log10(width / 2)))


def _fixed(value: float, decimals: int) -> str:
    rounded = round(value, decimals) or 0.0
    return f"{rounded:+,.{decimals}f}".replace("-", "−") if rounded else "0"


def _short(value: float) -> float:
    return float(f"{value:.2g}") if abs(value) < 10 else float(f"{value:.3g}") if abs(value) < 100 else round(value)


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
