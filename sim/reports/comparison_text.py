"""A comparison in plain words: which case does better, by how much, how sure that is, and what flips it.

Likelihood and confidence are kept apart (ICD 203): "better in 83 of 100 paired runs: very likely in this model" is how
often an event happens in runs; an interval says how well an average is known. Neither is about the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sim import text as words
from sim.analysis.agreement import FLIPS, HOLDS, NOTHING, voting
from sim.analysis.alternatives import Alternative
from sim.analysis.comparison import Compared, sign
from sim.analysis.statistics.paired_difference import PairedDifference
from sim.outcomes import on_days, outcome_of

CAUTION = "Exploratory, not a forecast, not for operational use."


def clock(comparison: Compared) -> dict[str, date]:
    """The days that the clocks of all these cases have in common, by setting."""
    days = {key: set(comparison.cases[key]) for key in map(str, comparison.cases) if key.startswith("clock.")}
    return {key: day for key, (day, *others) in days.items() if not others and isinstance(day, date)}


def meaning(comparison: Compared, name: str) -> str:
    """What an outcome is, with the dates of these cases in the place of their settings."""
    return on_days(outcome_of(name).text, clock(comparison))


def answer(comparison: Compared, most: int | None = None) -> list[str]:
    """What the comparison answers, a sentence an item: who does best, then each world against the baseline.

    ``most`` worlds get a sentence each, those that are best under some theory first; the rest share one.
    """
    loud = [unpaired(comparison)] if unpaired(comparison) else []
    ranked = by_lead(comparison)[:most]
    shown = [world for world in comparison.others if world in ranked]
    rest = [world for world in comparison.others if world not in shown]
    others = ", ".join(f"{world.name} ({comparison.verdict(world, comparison.outcomes[0]).finding})" for world in rest)
    return [
        *loud,
        best(comparison),
        *(of_world(comparison, w) for w in shown),
        *([f"Also compared: {others}."] if others else []),
    ]


def question(comparison: Compared) -> str:
    """What is asked, as a question."""
    outcome = outcome_of(comparison.outcomes[0])
    asked = on_days(outcome.asked, clock(comparison)).replace("{}", outcome.best)
    return f"Which of {len(comparison.worlds)} cases {asked}?"


def by_lead(comparison: Compared) -> list[Alternative]:
    """The worlds but the baseline; first those that are best under most theories."""
    led = [world for world, _ in comparison.leaders().values()]
    return sorted(comparison.others, key=lambda world: -led.count(world.name))


def best(comparison: Compared) -> str:
    """Which world does best on the first outcome, and under which theories."""
    name, leaders = comparison.outcomes[0], comparison.leaders()
    if not leaders:
        return "No run of two cases can be compared."
    outcome = outcome_of(name)
    counted = voting(leaders)
    by: dict[str, list[str]] = {}
    for theory in counted:
        world, sure = leaders[theory]
        by.setdefault(world, []).append(theory if sure else f"{theory} (not told apart from all others)")
    head = f"In this model, {on_days(outcome.led, clock(comparison)).replace('{}', outcome.best)}: "
    if len(by) == 1:
        (world,) = by
        unsure = [theory for theory in counted if not leaders[theory][1]]
        under = f" under each of {len(counted)} theories" if len(counted) > 1 else _under(counted)
        but = f", though not told apart from all others{_under(unsure)}" if unsure else ""
        return f"{head}{world}{under}{but}."
    listed = "; ".join(f"{world}{_under(theories)}" for world, theories in by.items())
    return f"{head}{listed}. The ranking flips between theories."


def of_world(comparison: Compared, world: Alternative) -> str:
    """One world against the baseline: by how much, how often, and whether the theories agree."""
    name = comparison.outcomes[0]
    votes = comparison.votes(world, name)
    finding = comparison.verdict(world, name).finding
    head = f"{world.name} against {comparison.baseline.name}"
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
    sides = outcome_of(name).words
    sizes = {theory: f"{theory} ({words.estimate(one.difference or 0, signed=True)})" for theory, one in known}
    parts = [
        f"{word}{_under(sizes[theory] for theory, _ in groups[side])}"
        for side, word in (("less", sides.less), ("more", sides.more), ("same", "no difference"))
        if groups[side]
    ]
    if groups["open"]:
        parts.append(f"not known{_under(_open(theory, one) for theory, one in groups['open'])}")
    flips = "what is better flips with the theory: " if finding == FLIPS else ""
    return f"{head} ({label}): {flips}{'; '.join(parts)}."


def never_far(comparison: Compared) -> str:
    """The world whose largest regret over the theories is smallest; nothing where there is but one theory."""
    rows = comparison.robustness()
    if rows.empty or len(voting(comparison.baseline.cases)) == 1:
        return ""
    name, first = comparison.outcomes[0], rows.iloc[0]
    if not first["worst"]:
        return f"Never far from best: {first['option']}, which on average is the best of them under every theory."
    amount = f"{words.estimate(float(first['worst']))} {outcome_of(name).difference_unit}"
    return f"Never far from best: {first['option']}, at most {amount} worse than the best of them under any theory."


def unpaired(comparison: Compared) -> str:
    """A loud line where runs do not pair; nothing where all do."""
    loose = [one for one in comparison.comparisons if one.pairs and not one.paired]
    if not loose:
        return ""
    cases = sorted({comparison.name_of(one.other) for one in loose})
    return (
        f"NOT PAIRED: {', '.join(cases)} and {comparison.baseline.name} share no (root_seed, replicate); they are "
        "compared as independent samples, which needs many more runs. Run both with the same ensemble.root_seed."
    )


def notes(comparison: Compared) -> list[str]:
    """How it was computed, and what the words mean."""
    first = [one for one in comparison.comparisons if one.outcome == comparison.outcomes[0]]
    methods = sorted({one.method for one in comparison.comparisons if one.low is not None and one.low != one.high})
    count = sum(one.adjusted_p is not None for one in (*comparison.comparisons, *comparison.rivals))
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
    without = max((one.without for one in comparison.comparisons), default=0)
    if without:
        said.append(f"Up to {without:,} pairs have no value (a day never reached, or beyond the horizon): left out.")
    alone = max((one.alone for one in first), default=0)
    if alone:
        said.append(f"Up to {alone:,} good runs have no partner in the other case and are left out.")
    failed = int((comparison.runs["status"] != "ok").sum())
    if failed:
        said.append(f"{failed:,} runs failed and take no part.")
    said.append(f"Holds: all theories but the reference (constant) agree. {CAUTION}")
    return said


def likelihood(one: PairedDifference) -> str:
    """How often the other case is better, with ICD 203's word: "very likely (83 of 100 paired runs)"."""
    assert one.better is not None
    noun = "paired runs" if one.paired else "pairs of runs drawn at random"
    said = words.phrase(one.better, runs=one.pairs if one.paired else None, noun=noun)
    return said.replace("every run", "every pair").replace("no run", "no pair")


def _by_how_much(known: Sequence[tuple[str, PairedDifference]]) -> str:
    """The means over the theories, and how well the least known of them is known."""
    name = known[0][1].outcome
    ranked = sorted((abs(one.difference or 0), theory, one) for theory, one in known)
    (low, low_in, first), (high, high_in, _) = ranked[0], ranked[-1]
    span = words.estimate(low)
    if words.estimate(high) != span:
        span += f" ({low_in}) to {words.estimate(high)} ({high_in})"
    said = outcome_of(name).apart(first.difference or 0, span)
    widths = [(one.high - one.low) / 2 for _, one in known if one.high is not None and one.low is not None]
    widest = max(widths, default=0.0)
    sure = f", known to ±{words.number(widest, digits=2)} (95 %)" if widest else ""
    return f"{said} on average{sure}"


def _how_often(known: Sequence[tuple[str, PairedDifference]], name: str) -> str:
    ranked = sorted(known, key=lambda pair: pair[1].better or 0)
    (least_in, least), (most_in, most) = ranked[0], ranked[-1]
    outcome = outcome_of(name)
    head = "better" if outcome.better else outcome.words.less
    if likelihood(least) == likelihood(most):
        return f"{head}: {likelihood(least)}"
    return f"{head}: from {likelihood(least)} under {least_in} to {likelihood(most)} under {most_in}"


def _open(theory: str, one: PairedDifference) -> str:
    return theory if not one.more else f"{theory} (about {one.more:,} more replicates would tell)"


def _under(theories: Iterable[str]) -> str:
    named = [theory for theory in theories if theory]
    return f" under {', '.join(named)}" if named else ""


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
