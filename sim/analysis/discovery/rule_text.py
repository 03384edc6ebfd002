"""A rule in words: its limits with their units, how much it tells, and why this box was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sim import text as words
from sim.analysis.discovery.cases_of_interest import Asked, Better
from sim.analysis.discovery.rules import STABLE, WORTH, Rule, Rules
from sim.analysis.lived_record import which_worlds
from sim.ensemble.cases.case import Case, settings_of

CAUTION = (
    "Limits say where among what was drawn these worlds lie, not what would happen if a setting were changed; shares "
    "are of this model's worlds. Exploratory, not a forecast."
)
OUTSIDE = ("", "that", "both")
"""What a rule is outside of, by its place."""
_NONE = "1"


def units_of(case: Case) -> Mapping[str, str]:
    """The unit of each setting of a case; empty for a pure number."""
    return {key: "" if one.unit == _NONE else one.unit for key, one in settings_of(case.theory).items()}


def limits_in_words(rule: Rule, units: Mapping[str, str]) -> list[str]:
    """One text an input: "officers.frailty_sd is above 1.2"."""
    return [f"{name} is {range_in_words(sides, units.get(name, ''))}" for name, sides in by_input(rule).items()]


def by_input(rule: Rule) -> dict[str, dict[str, float]]:
    """The limits of each input by side, in the order of the rule's."""
    found: dict[str, dict[str, float]] = {}
    for row in rule.limits.to_dict("records"):
        found.setdefault(str(row["input"]), {})[str(row["side"])] = float(row["limit"])
    return found


def range_in_words(sides: Mapping[str, float], unit: str = "") -> str:
    """Limits of one input.

    >>> range_in_words({"above": 1.2345}), range_in_words({"above": 2, "below": 30}, "days")
    ('above 1.23', 'between 2 and 30 days')
    """
    unit = f" {unit}" if unit else ""
    if len(sides) == 2:
        return f"between {words.number(sides['above'])} and {words.number(sides['below'])}{unit}"
    ((side, value),) = sides.items()
    return f"{side} {words.number(value)}{unit}"


def sentences(rules: Rules, asked: Asked, case: Case) -> Iterator[str]:
    """One sentence a rule, the first with the theory; then how much they tell together, and why there are no more."""
    units, said, noun = units_of(case), asked.said(case), noun_of(asked)
    for number, rule in enumerate(rules.rules):
        when = listed(limits_in_words(rule, units))
        inside = words.of_runs(rule.judged.density, runs=rule.judged.inside, noun=noun)
        start = (
            f"{words.model(case.theory, which_worlds(case))}, when"
            if not number
            else f"Outside of {OUTSIDE[number]}, when"
        )
        against = words.of_runs(rule.judged.share, runs=rule.judged.rows)
        rest = "overall" if not number else "of what is left"
        doubt = (
            ""
            if rule.holds_up
            else " (no more than chance gives: this rule does not hold up on worlds it has not seen)"
        )
        yield f"{start} {when}: {said} in {inside}, against {against} {rest}{doubt}."
    if not rules.rules:
        yield f"{words.model(case.theory, which_worlds(case))}, no rule was found for when {said}: {rules.ended}."
        return
    held = "Its box holds" if len(rules.rules) == 1 else "Their boxes hold"
    yield f"{held} {words.of_runs(rules.together)} of the {noun} of which it is true; no further rule: {rules.ended}."


def title(rules: Rules, asked: Asked, case: Case) -> str:
    """The finding of the first rule in short."""
    rule, model, said = rules.rules[0], words.model(case.theory, which_worlds(case)), asked.said(case)
    if not rule.holds_up:
        return f"{model}, no rule that holds up says when {said}"
    inside = words.of_runs(rule.judged.density, runs=rule.judged.inside, noun=noun_of(asked))
    where = f"where {words.several(len(rule.limits), 'limit holds', 'limits hold')}"
    return f"{model}, {said} in {inside} {where}, against {words.of_runs(rule.judged.share)} overall"


def choice(rule: Rule) -> str:
    """Why this box of the path, and what was dropped from it."""
    steps, last = rule.path, int(rule.path["step"].iloc[-1])
    best = float(steps["phi_reduced"].max())
    mine = float(steps["phi_reduced"].iloc[rule.step])
    if rule.chosen_by:
        where = int(steps["phi_reduced"].argmax())
        told = (
            f"Box {rule.step} of {last} on the path, as asked: φ {mine:.2f}; the largest is {best:.2f}, of box {where}"
        )
    else:
        alike = steps.loc[steps["phi_reduced"] >= best - WORTH, "step"]
        near = f", boxes {alike.min()} to {alike.max()} come within {WORTH:g} of it" if len(alike) > 1 else ""
        told = (f"Box {rule.step} of {last} on the path: reduced to the limits that are stable and matter, it agrees "
                f"best with the cases (φ {mine:.2f} on the searched half{near}; --box takes another)")  # fmt: skip
    dropped = [f"{name} ({side})" for name, side in rule.dropped]
    if dropped:
        seldom = f"in fewer than {words.of_runs(STABLE)} bootstrap boxes"
        told += f"; dropped, since {seldom} or of little use: {listed(dropped)}"
    if (rule.limits["appears"] < STABLE).all():
        told += "; no limit is stable, as where two boxes are alike, so all of them were tried"
    return f"{told}."


def noun_of(asked: Asked) -> str:
    """What is counted."""
    return "pairs" if isinstance(asked, Better) else "runs"


def listed(parts: Sequence[Any]) -> str:
    """A list in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, [", ".join(map(str, parts[:-1])), str(parts[-1])]))
