"""F2 of two to six scenarios that differ much, little, always or never."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.figures.comparison import draw as comparison
from sim.figures.comparison.draw import Contrast, Phrases, Scenario
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import Footer
from tests.figures.checks import Drawn, Examples
from tests.figures.data import EXITS
from tests.figures.data import OUT as EXITS_ASKED

RNG = np.random.default_rng(5)
FEWER = Phrases("loses fewer officers", "loses more")
OUT = Question(
    "exits_by_end",
    axis="officers out by 31 July 2024",
    unit="officers",
    threshold=100,
    finding="more than 100 of 400 officers are out by 31 July 2024",
    threshold_text="more than 100 officers: too few left for the first contingent",
    upper=400,
)
LONG = "as_documented · governments.mode=rules · officers.leader_shock=1.25 · media.report_probability=0.1 · and more"
SKEWED = RNG.gamma(2.2, 22, 100).round()
RUNS: dict[str, dict[str, np.ndarray]] = {
    "two": {"as_documented": SKEWED, "terms_settled": (SKEWED * 0.8).round()},
    "six": {"as_documented": SKEWED, **{f"scenario_{n}": (SKEWED * (0.5 + n / 5)).round() for n in range(5)}},
    "nobody leaves": {"a": np.zeros(50), "b": np.zeros(50)},
    "everybody leaves": {"a": np.full(50, 400.0), "b": np.full(50, 400.0), "c": np.full(50, 400.0)},
    "constant": {"a": np.full(50, 37.0), "b": np.full(50, 35.0)},
    "collapse": {"a": np.where(RNG.random(100) < 0.5, 400, SKEWED), "b": np.zeros(100), "c": np.full(100, 400.0)},
    "one run": {"a": np.array([37.0]), "b": np.array([35.0])},
    "missing": {"a": SKEWED, "b": np.where(RNG.random(100) < 0.4, np.nan, RNG.integers(0, 401, 100))},
    "long names": {LONG: SKEWED, f"{LONG} · 2": SKEWED + 1},
    "few runs": {"a": SKEWED[:7], "b": SKEWED[7:14]},
    "zero-inflated": {"a": np.where(RNG.random(100) < 0.8, 0, SKEWED), "b": np.where(RNG.random(100) < 0.9, 0, SKEWED)},
}


def contrast(a: np.ndarray, b: np.ndarray, paired: bool = True) -> Contrast:
    """Numbers as the analysis gives them."""
    known = ~(np.isnan(a) | np.isnan(b))
    d = (b - a)[known]
    half = 2 * d.std(ddof=1) / len(d) ** 0.5 if len(d) > 1 else None
    ends = (None, None) if half is None else (d.mean() - half, d.mean() + half)
    varies = len(d) > 1 and a.var() > 0
    factor = (np.inf if d.std() == 0 else (a.var() + b[known].var()) / d.var()) if paired and varies else None
    return Contrast(len(d), d if paired else np.empty(0), float((d < 0).mean()), float((d > 0).mean()),
                    float(d.mean()), *ends, "t", factor)  # fmt: skip


def scenarios(runs: Mapping[str, np.ndarray], paired: bool = True) -> list[Scenario]:
    (base, first), *others = runs.items()
    return [Scenario(base, first), *(Scenario(name, some, contrast(first, some, paired)) for name, some in others)]


def draw(rows: list[Scenario], footer: Footer, question: Question = OUT) -> Drawn:
    figure = comparison.draw(rows, question=question, phrases=FEWER, footer=footer)
    words = comparison.alt(rows, question=question, phrases=FEWER)
    return Drawn(figure, comparison.table(rows, question=question), words)


def reference(footer: Footer) -> Drawn:
    order = np.random.default_rng(1).permutation(200)
    base = EXITS[order]
    rows = [Scenario("as_documented", base)]
    for name, less in (("terms_settled", np.round(base * 0.3)), ("no_surge", np.where(base > 90, 30, -3)), ("same", 0)):
        d = np.asarray(-less + 0 * base)
        half = 2 * d.std() / len(d) ** 0.5
        rows.append(Scenario(name, base + d, Contrast(200, d, float((d < 0).mean()), float((d > 0).mean()), d.mean(),
                                                      d.mean() - half, d.mean() + half, "t", 4.2)))  # fmt: skip
    return draw(rows, footer, EXITS_ASKED)


EXAMPLES: Examples = {
    **{name: lambda footer, runs=runs: draw(scenarios(runs), footer) for name, runs in RUNS.items()},
    "not paired": lambda footer: draw(scenarios(RUNS["six"], paired=False), footer),
    "reference": reference,
}
