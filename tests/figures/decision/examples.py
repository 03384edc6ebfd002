"""F10 of options that change much, little, nothing or everything, and of forecasts of every kind."""

from __future__ import annotations

import datetime as dt

import numpy as np

from sim.figures.comparison.contrast import Contrast, Phrases
from sim.figures.decision import draw
from sim.figures.decision.draw import BAND, DrawnDecision, ExpectedRange
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import Footer
from tests.figures.checks import Drawn, Examples
from tests.figures.comparison.examples import contrast

RNG = np.random.default_rng(10)
DAYS = [dt.date(2024, 3, 22) + dt.timedelta(days=k) for k in range(120)]
LEFT = Question("available", axis="officers still in the pool on 19 July 2024", unit="officers")
SHARE = Question("control", axis="share of the capital under gang control on 19 July 2024", unit="of the capital")
MORE = Phrases("more", "fewer", lower_is_better=False)
LESS = Phrases("lower", "higher")
POOL = np.clip(400 - RNG.gamma(2.0, 30, 200).round(), 0, 400)
LOSS = RNG.normal(-10, 9, 200).round()
KENYA, HAITI = ExpectedRange("Kenya", 250, 320), ExpectedRange("Haiti", probability=0.6)


def decision(
    values: np.ndarray,
    change: np.ndarray,
    *forecasts: ExpectedRange,
    theories: tuple[str, ...] = ("breach", "squad_threshold"),
    question: Question = LEFT,
    phrases: Phrases = MORE,
    days: int = 120,
    option: str = "depart",
    notes: tuple[str, ...] = ("Not conditioned on what was seen: fewer than 200 agree.",),
) -> DrawnDecision:
    """An option that changes each future by so much in the end, little by little."""
    other = values + change
    grown = change[None, :] * np.linspace(0, 1, days)[:, None]
    by_day = np.quantile(grown, BAND, axis=1)
    sides = np.array_split(np.arange(len(values)), len(theories))
    by_theory = {name: _under(values[s], other[s], phrases) for name, s in zip(theories, sides, strict=True)}
    shows = DAYS[3] if np.abs(change.mean()) > change.std() / 20 else None
    often = "has fewer officers still in the pool than nothing" if change.any() else "changes nothing"
    finding = f"In this model, {option[:60]} {often}: {(change < 0).sum()} of {len(change)} futures"
    return DrawnDecision(
        option, "nothing", finding, question, phrases, (values, other), _under(values, other, phrases), by_theory,
        DAYS[:days], by_day, shows, forecasts, notes,
    )  # fmt: skip


def _under(values: np.ndarray, other: np.ndarray, phrases: Phrases) -> Contrast:
    one = contrast(values, other)
    if phrases.lower_is_better:
        return one
    return Contrast(one.pairs, one.differences, one.worse, one.better, one.difference, one.low, one.high, one.method)


def drawn(made: DrawnDecision, footer: Footer) -> Drawn:
    return Drawn(draw.draw(made, footer=footer), draw.table(made), draw.alt(made))


EXAMPLES: Examples = {
    "reference": lambda footer: drawn(decision(POOL, LOSS, KENYA, HAITI), footer),
    "nothing changes": lambda footer: drawn(decision(POOL, np.zeros(200)), footer),
    "no forecast, one theory": lambda footer: drawn(decision(POOL, LOSS, theories=("breach",), notes=()), footer),
    "many forecasts": lambda footer: drawn(
        decision(POOL, LOSS, *(ExpectedRange(f"Role {k}", 90.0 * k, 90.0 * k + 60) for k in range(5)), HAITI), footer
    ),
    "a share, ten days": lambda footer: drawn(
        decision(RNG.beta(8, 2, 300), RNG.normal(0, 0.02, 300), ExpectedRange("The United Nations", 0.5, 0.9),
                 question=SHARE, phrases=LESS, days=10), footer),
    "few futures": lambda footer: drawn(decision(POOL[:6], LOSS[:6]), footer),
    "everybody leaves": lambda footer: drawn(decision(np.full(100, 400.0), np.full(100, -400.0), KENYA), footer),
    "long names": lambda footer: drawn(
        decision(POOL, LOSS, ExpectedRange("The Kenyan government and its police", 5, 10),
                 option="pay_in_escrow_and_insurance_and_evacuation_and_rules_of_engagement_published"), footer),
    "many ties": lambda footer: drawn(decision(np.repeat([0.0, 1, 4], 100), np.repeat([0.0, 1, 3], 100)), footer),
    "four theories": lambda footer: drawn(
        decision(POOL, LOSS, KENYA, theories=("threat_efficacy", "prospects", "squad_threshold", "breach")), footer),
}  # fmt: skip
