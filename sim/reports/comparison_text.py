"""A comparison in plain words: which case does better, by how much, how sure that is, and what flips it.

Likelihood and confidence are kept apart (ICD 203): "better in 83 of 100 paired runs: very likely in this model" is how
often an event happens in runs; an interval says how well an average is known. Neither is about the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sim import text as words
from sim.analysis.agreement import FLIPS, HOLDS, NOTHING, OPEN, voting
from sim.analysis.alternatives import Alternative
from sim.analysis.comparison import Compared, Verdict, mode_of, sign
from sim.analysis.lived_record import still_happened
from sim.analysis.outcome_windows import NEVER
from sim.analysis.statistics.paired_difference import PairedDifference
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import departures
from sim.ensemble.cases.posterior import FEW
from sim.ensemble.cases.unknowns import FIXED, POSTERIOR, PRIOR
from sim.outcomes import on_days, outcome_of
from sim.reports import comparison_numbers as numbers
from sim.reports.registers import all_parameters

ROOM = 2
"""Cases that the brief has room to tell about one by one."""


def meaning(comparison: Compared, name: str) -> str:
    """What an outcome is, with the dates of these cases in the place of their settings."""
    return on_days(outcome_of(name).text, numbers.clock(comparison))


def answer(comparison: Compared, most: int | None = None) -> list[str]:
    """What the comparison answers, a sentence an item: who does best, then each world against the baseline.

    ``most`` worlds get a sentence each, those that are best under some theory, and then the best on the whole; the rest
    share one.
    """
    loud = [unpaired(comparison)] if unpaired(comparison) else []
    shown = list(comparison.others) if most is None else numbers.by_lead(comparison)[:most]
    rest = [world for world in comparison.others if world not in shown]
    told = ", ".join(
        f"{words.spoken(world.name)} ({comparison.verdict(world, comparison.outcomes[0]).finding})" for world in rest
    )
    return [
        *loud,
        best(comparison),
        *(of_world(comparison, w) for w in shown),
        *([f"Also compared: {told}."] if told else []),
    ]


def room(comparison: Compared, few: int) -> int | None:
    """How many worlds get a sentence each: all where there are no more than ``few``, else three."""
    return None if len(comparison.others) <= few else 3


def question(comparison: Compared) -> str:
    """What is asked, as a question."""
    outcome = outcome_of(comparison.outcomes[0])
    asked = on_days(outcome.asked, numbers.clock(comparison)).replace("{}", outcome.best)
    return f"Which of {len(comparison.worlds)} cases {asked}?"


def best(comparison: Compared) -> str:
    """Which world does best on the first outcome, and under which theories."""
    name, leaders = comparison.outcomes[0], comparison.leaders()
    if not leaders:
        return "No run of two cases can be compared."
    outcome = outcome_of(name)
    counted = voting(leaders)
    seen = [
        one for world in comparison.others for _, one in comparison.votes(world, name) if one.difference is not None
    ]
    if seen and all(one.same for one in seen):
        under = f" under any of {len(counted)} theories" if len(counted) > 1 else _under(counted)
        alike = f"no case differs from {words.spoken(comparison.baseline.name)} in any pair of runs{under}"
        return f"In this model, {alike}, as to {meaning(comparison, name)}."
    by: dict[str, list[str]] = {}
    for theory in counted:
        world, sure = leaders[theory]
        by.setdefault(words.spoken(world), []).append(theory if sure else f"{theory} (not told apart from all others)")
    head = f"In this model, {on_days(outcome.led, numbers.clock(comparison)).replace('{}', outcome.best)}: "
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
    head = f"{words.spoken(world.name)} against {words.spoken(comparison.baseline.name)}"
    said = f"{head} {_against(comparison, world, name)}"
    if (later := comparison.later.get(world.name)) and later != name:
        asked = f"{meaning(comparison, later)} ({later})"
        moved = _against(comparison, world, later)
        said += f" It acts later than this outcome looks; the first that it moves, {asked} {moved}"
    return said


def _against(comparison: Compared, world: Alternative, name: str) -> str:
    """What a world does to an outcome, after its name: whether it holds, by how much, how often."""
    votes = comparison.votes(world, name)
    finding = comparison.verdict(world, name).finding
    known = [(theory, one) for theory, one in votes if one.difference is not None]
    if not known:
        return "has no value: no run of both has one."
    if all(one.same for _, one in known):
        label = _agreed(NOTHING if finding == NOTHING else numbers.UNSEEN, votes)
        return f"({label}): {same(comparison, [one for _, one in known])}."
    label = _agreed(finding, votes)
    if finding == HOLDS:
        return f"({label}): {_by_how_much(known)}; {_how_often(known)}."
    groups = {
        side: [(theory, one) for theory, one in known if sign(one) == value]
        for side, value in (("less", -1), ("more", 1), ("open", None), ("same", 0))
    }
    sides = outcome_of(name).words
    parts = [
        f"{word}{_under(f'{theory} ({_change(one)})' for theory, one in groups[side])}"
        for side, word in (("less", sides.less), ("more", sides.more), ("same", "no difference"))
        if groups[side]
    ]
    if groups["open"]:
        parts.append(f"not known{_under(_open(comparison, theory, one) for theory, one in groups['open'])}")
    flips = "what is better flips with the theory: " if finding == FLIPS else ""
    return f"({label}): {flips}{'; '.join(parts)}."


def _agreed(finding: str, votes: Sequence[tuple[str, PairedDifference]]) -> str:
    """How far the theories agree; where only one was run, which, since another may say otherwise."""
    if len(votes) > 1:
        return f"{finding} under {len(votes)} theories"
    return f"under {words.spoken(votes[0][0])} only" if votes and votes[0][0] else "one theory"


def same(comparison: Compared, alike: Sequence[PairedDifference]) -> str:
    """What it means that no pair differs: that none can, or that few do, if any."""
    total = sum(one.pairs for one in alike)
    said = f"the same in {numbers.all_of(total, 'pair')} of runs"
    if all(comparison.never(one) for one in alike):
        first, until = (
            min(map(comparison.differ_from, alike)),
            max(day for one in alike if (day := comparison.until(one))),
        )
        when = "at all" if first == NEVER else f"before {words.day(first)}"
        return (
            f"{said}: no number of replicates will tell them apart by {words.day(until)}, since nothing differs {when}"
        )
    return f"{said}; if pairs differ at all, at most {numbers.at_most(alike)} of 100 do (95 %)"


def never_far(comparison: Compared) -> str:
    """The world whose largest regret over the theories is smallest; nothing where there is but one theory."""
    rows = comparison.robustness()
    if rows.empty or len(voting(comparison.baseline.cases)) == 1:
        return ""
    name, first = comparison.outcomes[0], rows.iloc[0]
    option = words.spoken(str(first["option"]))
    if not first["worst"]:
        return f"Never far from best: {option}, which on average is the best of them under every theory."
    amount = f"{words.estimate(float(first['worst']))} {outcome_of(name).difference_unit}"
    return f"Never far from best: {option}, at most {amount} worse than the best of them under any theory."


def unpaired(comparison: Compared) -> str:
    """A loud line where runs do not pair; nothing where all do."""
    loose = [one for one in comparison.comparisons if one.pairs and not one.paired]
    if not loose:
        return ""
    cases = sorted({words.spoken(comparison.name_of(one.other)) for one in loose})
    return (
        f"NOT PAIRED: {', '.join(cases)} and {words.spoken(comparison.baseline.name)} share no (root_seed, replicate); "
        "they are compared as independent samples, which needs many more runs. Run both with the same "
        "ensemble.root_seed."
    )


def worlds(comparison: Compared) -> list[str]:
    """Which worlds the runs are of, and in how many the record would still have happened; nothing where fixed."""
    rows = comparison.cases.to_dict("records")
    if all(mode_of(row)[0] == FIXED for row in rows):
        return []
    cases = {str(row["case"]): Case.from_row(row) for row in rows}
    first = {theory: cases[case] for theory, case in comparison.baseline.cases.items()}
    lived = [theory for theory, case in first.items() if case.mode == POSTERIOR]
    others = [theory for theory, case in first.items() if case.mode != POSTERIOR]
    said = [f"Worlds that lived the record: {', '.join(map(words.spoken, lived))}."] if lived else []
    if others and any(first[theory].mode == PRIOR for theory in others):
        said.append(f"Worlds drawn from the prior: {', '.join(map(words.spoken, others))}.")
    still = _still(comparison, cases)
    if still:
        said.append(f"With what each case changes, the record would still have happened in: {'; '.join(still)}.")
    for world in comparison.apart:
        with_what = comparison.on_prior.name if comparison.on_prior else "the baseline as two samples"
        said.append(
            f"{words.spoken(world.name)} is set apart: no world that lived the record has its officers, so it is on "
            f"the prior, and compared with {words.spoken(with_what)}."
        )
    return said


def _still(comparison: Compared, cases: Mapping[str, Case]) -> list[str]:
    """By world in how many of its runs the record would still have happened, where it changes something before."""
    told = []
    for world in (comparison.baseline, *comparison.others):
        mine = [cases[case] for case in world.cases.values()]
        changed = [case for case in mine if case.mode == POSTERIOR and departures(case)]
        counts = [still_happened(case, comparison.runs[comparison.runs["case"] == case.id]) for case in changed]
        shares = [lived / count for lived, count in counts if count]
        if shares:
            low, high = words.hundredth(min(shares)), words.hundredth(max(shares))
            reach = low if low == high else f"{low} to {high}"
            told.append(f"{words.spoken(world.name)} {reach} of 100 runs")
    return told


def notes(comparison: Compared) -> list[str]:
    """How it was computed, and what the words mean."""
    first = [one for one in comparison.comparisons if one.outcome == comparison.outcomes[0]]
    methods = sorted({one.method for one in comparison.comparisons if one.low is not None and one.low != one.high})
    count = sum(one.adjusted_p is not None for one in (*comparison.comparisons, *comparison.rivals))
    said = worlds(comparison)
    if methods:
        together = (
            f' "Settled" and findings count all {count} comparisons together (Holm); "alone only": not once they are.'
        )
        said.append(
            f"Interval: sampling error of this computation, 95 % of the mean difference ({'; '.join(methods)}); it "
            f"does not say how far the model is from the world.{together if count > 1 else ''}"
        )
    if pairs := pairs_each(comparison):
        said.append(
            f"{pairs} of runs with the same officers and luck; the factor says how many times fewer runs "
            "that takes than independent seeds."
        )
    if (few := numbers.fewest(comparison.comparisons)) is not None:
        said.append(few_pairs(few))
    without = max((one.without for one in comparison.comparisons), default=0)
    if without:
        said.append(f"Up to {without:,} pairs have no value (a day never reached, or beyond the horizon): left out.")
    alone = max((one.alone for one in first), default=0)
    if alone:
        said.append(f"Up to {alone:,} good runs have no partner in the other case and are left out.")
    failed = int((comparison.runs["status"] != "ok").sum())
    if failed:
        said.append(f"{failed:,} runs failed and take no part.")
    alike = "all theories but the reference (constant) agree"
    if max((verdict.theories for verdict in comparison.verdicts), default=0) < 2:
        alike = "under the one theory that has a vote; what another would say is not known"
    said.append(f"Holds: {alike}. {words.CAUTION}")
    return said


def pairs_each(comparison: Compared) -> str:
    """How many pairs of runs there are of a case under a theory, on the first outcome: "60 pairs", "40 to 60 pairs"."""
    pairs = {one.pairs for one in comparison.comparisons if one.outcome == comparison.outcomes[0]}
    return f"{_range(sorted(pairs))} pair{'' if pairs == {1} else 's'}" if pairs else ""


def few_pairs(pairs: int) -> str:
    """That so few pairs tell little; from 100 on nothing is to be said."""
    if pairs == 1:
        return "One pair of runs shows a difference, and not how likely it is: ensemble.replicates says how many."
    return (
        f"{pairs} pairs of runs are few: counts are of them, not of 100, and what happens in fewer than one of them is "
        f"not seen; from {FEW} on (ensemble.replicates) a middle 90 of 100 is."
    )


def how_often(one: PairedDifference) -> str:
    """How often the other case is better, with ICD 203's word: "better: very likely (83 of 100 paired runs)".

    Where it is never worse, or never better, that is said, and no word of likelihood that would hide it.
    """
    assert one.better is not None
    assert one.worse is not None
    good, bad = _sides(one)
    if one.better == one.worse == 0:
        return f"the same in {_count(one, 1)}"
    if one.worse == 0:
        return f"never {bad}; {good} in {_count(one, one.better)}"
    if one.better == 0:
        return f"never {good}; {bad} in {_count(one, one.worse)}"
    return f"{good}: {words.phrase(one.better, runs=_runs(one), noun=_noun(one))}"


def each_often(votes: Sequence[tuple[str, PairedDifference]]) -> str:
    """The same theory by theory; what holds of all of them is said once."""
    (_, first), *_ = votes
    good, bad = _sides(first)
    if all(one.paired and one.worse == 0 and one.better and one.pairs == first.pairs for _, one in votes):
        counts = [
            f"{words.hundredth(one.better or 0, runs=one.pairs)} ({words.spoken(theory)})" for theory, one in votes
        ]
        return f"never {bad}; {good} in {', '.join(counts)} of {min(first.pairs, 100)} {_noun(first)}"
    return "; ".join(f"{words.spoken(theory)} {how_often(one)}" for theory, one in votes)


def _sides(one: PairedDifference) -> tuple[str, str]:
    """The words for the good side and the other; where no side is good, for less and more."""
    outcome = outcome_of(one.outcome)
    return ("better", "worse") if outcome.better else (outcome.words.less, outcome.words.more)


def _count(one: PairedDifference, share: float) -> str:
    every = numbers.all_of(one.pairs, "pair") if one.paired and one.pairs < FEW else "every pair"
    return every if share == 1 else words.of_runs(share, runs=_runs(one), noun=_noun(one))


def _runs(one: PairedDifference) -> int | None:
    return one.pairs if one.paired else None


def _noun(one: PairedDifference) -> str:
    return "paired runs" if one.paired else "pairs of runs drawn at random"


def _change(one: PairedDifference) -> str:
    """A difference and what it is one of: "−1.8: 7.6 instead of 9.4"."""
    first, second = numbers.levels(one)
    return f"{words.estimate(one.difference or 0, signed=True)}: {second} instead of {first}"


def _by_how_much(known: Sequence[tuple[str, PairedDifference]]) -> str:
    """The means over the theories with what they are of, and how well the least known of them is computed."""
    ranked = sorted(known, key=lambda pair: abs(pair[1].difference or 0))
    (low_in, least), (high_in, most) = ranked[0], ranked[-1]
    said = f"{_amount(least)} on average ({_levels(least, low_in if len(known) > 1 else '')})"
    if len(known) > 1:
        said += f" to {words.estimate(abs(most.difference or 0))} ({_levels(most, high_in)})"
    widths = [(one.high - one.low) / 2 for _, one in known if one.high is not None and one.low is not None]
    widest = max(widths, default=0.0)
    unit = outcome_of(least.outcome).difference_unit
    sure = f"; sampling error of this computation at most ±{words.number(widest, digits=2)} {unit} (95 %)"
    return said + (sure if widest else "")


def _amount(one: PairedDifference) -> str:
    return outcome_of(one.outcome).apart(one.difference or 0, words.estimate(abs(one.difference or 0)))


def _levels(one: PairedDifference, theory: str) -> str:
    first, second = numbers.levels(one)
    return f"{second} instead of {first}" + (f", {words.spoken(theory)}" if theory else "")


def _how_often(known: Sequence[tuple[str, PairedDifference]]) -> str:
    """How often over the theories, from the least to the most."""
    ranked = sorted(known, key=lambda pair: pair[1].better or 0)
    (least_in, least), (most_in, most) = ranked[0], ranked[-1]
    if how_often(least) == how_often(most):
        return how_often(least)
    good, bad = _sides(least)
    for side, share, word in ((bad, "worse", good), (good, "better", bad)):
        if all(getattr(one, share) == 0 for _, one in known):
            of = "better" if share == "worse" else "worse"
            ends = sorted(known, key=lambda pair: getattr(pair[1], of))
            said = [f"{_count(one, getattr(one, of))} ({words.spoken(theory)})" for theory, one in (ends[0], ends[-1])]
            return f"never {side} under any theory; {word} in {' to '.join(said)}"
    return f"{how_often(least)} under {words.spoken(least_in)}, {how_often(most)} under {words.spoken(most_in)}"


def _open(comparison: Compared, theory: str, one: PairedDifference) -> str:
    if one.same:
        return f"{theory} ({same(comparison, [one])})"
    more = f"; about {one.more:,} more replicates would tell" if one.more else ""
    return f"{theory} ({_change(one)}{more})"


def _under(theories: Iterable[str]) -> str:
    named = [theory for theory in theories if theory]
    return f" under {', '.join(map(words.spoken, named))}" if named else ""


def _range(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


# The brief


def brief_parts(comparison: Compared, figure: str | None) -> Iterator[str]:
    """What a brief says, in Markdown: question, answer, how sure, what flips it, the figure at its address."""
    name = comparison.outcomes[0]
    yield f"# {as_shown(question(comparison))}"
    yield "\n".join(f"**{line}**\n" if number == 0 else f"- {line}" for number, line in
                    enumerate(map(as_shown, answer(comparison, most=ROOM))))  # fmt: skip
    yield "## How sure"
    yield listed(_how_sure(comparison))
    yield "## What flips it"
    yield listed(_flips(comparison))
    if figure:
        yield figure
    assumed = sum(parameter.status == "assumed" for parameter in all_parameters())
    yield (
        f"Compared on {meaning(comparison, name)} ({name}), in {pairs_each(comparison) or 'no pairs'} of "
        "runs for each case and theory. "
        f"The model rests on {assumed:,} assumed settings (`tabletop show assumptions`), and the record gives no "
        "number of withdrawals to fit to. Stepping out is a legitimate choice."
    )


def _how_sure(comparison: Compared) -> Iterator[str]:
    """Likelihood of an event in runs, and confidence in an average: two things, each in a line of its own."""
    for world in numbers.by_lead(comparison)[:ROOM]:
        name = comparison.later.get(world.name, comparison.outcomes[0])
        votes = [(theory, one) for theory, one in comparison.votes(world, name) if one.better is not None]
        if not votes or all(sign(one) == 0 for _, one in votes):
            continue
        often = "how often it does better (likelihood, in this model)"
        yield f"{words.spoken(world.name)}, {often}: {each_often(votes)}."
        known = "; ".join(f"{words.spoken(theory)} {_computed(one)}" for theory, one in votes)
        how = f"how well the average is computed (sampling error; {outcome_of(name).difference_unit}, 95 % interval)"
        yield f"{words.spoken(world.name)}, {how}: {known}."
    yield (
        "Neither says how likely anything is in the world: theories and assumed values are uncertain beyond what runs "
        "can show."
    )


def _computed(one: PairedDifference) -> str:
    """A mean difference, its interval, and the two means that it is the difference of."""
    base, level = numbers.levels(one)
    return f"{numbers.interval(one)}, {level} instead of {base}"


def _flips(comparison: Compared) -> Iterator[str]:
    """What would make one choose otherwise: theories that disagree, and what is paid in other outcomes."""
    name = comparison.outcomes[0]
    first = [comparison.verdict(world, name) for world in comparison.others]
    several = max(verdict.theories for verdict in first) > 1
    if flipping := _names(first, FLIPS):
        yield f"The theory: whether it does better than {words.spoken(comparison.baseline.name)} flips for {flipping}."
    if unknown := _names(first, OPEN):
        yield f"More runs{', or the theory,' if several else ''} may yet decide: not discriminated are {unknown}."
    if (agreed := _names(first, HOLDS, NOTHING)) and several:
        yield f"Not the theory, for {agreed}: all that have a vote agree."
    for outcome in comparison.outcomes[1:]:
        good = outcome_of(outcome).better
        verdicts = [
            verdict for verdict in comparison.verdicts if verdict.outcome == outcome and verdict.least is not None
        ]
        worse = [
            f"{words.spoken(verdict.world)} ({numbers.reach(verdict)} {outcome_of(outcome).difference_unit})"
            for verdict in verdicts
            if good and verdict.finding == HOLDS and ((verdict.least or 0) > 0) == (good == "lower")
        ]
        minded = f"What else one minds ({meaning(comparison, outcome)})"
        if worse:
            yield f"{minded}: worse under every theory with {', '.join(worse)}."
        if good and (flipping := _names(verdicts, FLIPS)):
            yield f"{minded}: better or worse with the theory for {flipping}."
    if line := never_far(comparison):
        yield line
    if any(mode_of(row)[0] != FIXED for row in comparison.cases.to_dict("records")):
        yield "The settings: what nobody knows is drawn in each world, within ranges that are assumed themselves."
    else:
        yield "The settings: each theory ran at its default settings here; experiments/regret/ goes over their ranges."


def _names(verdicts: Sequence[Verdict], *findings: str) -> str:
    return ", ".join(words.spoken(verdict.world) for verdict in verdicts if verdict.finding in findings)


def listed(lines: Iterable[str]) -> str:
    """Sentences as a list in Markdown."""
    return "\n".join(f"- {as_shown(line)}" for line in lines)


def as_shown(line: str) -> str:
    """Plain words as Markdown that shows them as they are."""
    for sign_ in "\\`*<[]|":
        line = line.replace(sign_, f"\\{sign_}")
    return line
