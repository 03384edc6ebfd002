"""F1 of runs as skewed, as equal and as few as they come."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from sim.figures.drawing.layout import Footer
from sim.figures.outcome import draw as outcome
from sim.figures.outcome.draw import Question
from tests.figures import data
from tests.figures.checks import Drawn, Examples

RNG = np.random.default_rng(1)
OUT = Question(
    "exits_by_record_end",
    axis="officers out by 7 March 2024",
    unit="officers",
    threshold=100,
    finding="more than 100 of 400 officers are out by 7 March 2024",
    threshold_text="more than 100 officers",
    upper=400,
)
AVAILABLE = Question(
    "available_on_target",
    axis="officers available on 1 June 2024",
    unit="officers",
    threshold=300,
    finding="fewer than 300 officers are available on 1 June 2024",
    threshold_text="fewer than 300 officers",
    beyond="below",
)
HAZARD = Question("perceived_hazard_record_end", axis="perceived hazard, % a tour", unit="%")
DATA: dict[str, tuple[Question, object]] = {
    "skewed": (OUT, RNG.gamma(2.2, 22, 400).round()),
    "zero-inflated": (OUT, np.where(RNG.random(400) < 0.6, 0, RNG.gamma(1.2, 60, 400).round().clip(0, 400))),
    "collapse": (OUT, np.where(RNG.random(400) < 0.68, 400, RNG.gamma(2, 40, 400).round().clip(0, 399))),
    "everyone out": (OUT, np.full(400, 400)),
    "nobody out": (OUT, np.zeros(400)),
    "constant": (OUT, np.full(400, 137)),
    "at the threshold": (OUT, np.full(400, 100)),
    "narrow": (OUT, RNG.integers(95, 106, 400)),
    "even": (OUT, RNG.integers(0, 401, 400)),
    "few runs": (OUT, [3, 8, 8, 20, 110, 140, 400]),
    "one run": (OUT, [37]),
    "one run out": (OUT, [400]),
    "missing": (OUT, [None, pd.NA, 5, 90, 300, np.nan] * 30),
    "below": (AVAILABLE, (400 - RNG.gamma(2.2, 44, 400).round()).clip(0)),
    "no threshold": (HAZARD, RNG.lognormal(0, 0.6, 400)),
    "negative": (HAZARD, RNG.normal(-40, 60, 400).round()),
}
DATA["reference"] = data.OUT, np.where(data.STEPS > 0.9, 400, data.EXITS)


def draw(name: str, footer: Footer) -> Drawn:
    question, values = DATA[name]
    figure = outcome.draw(values, question=question, footer=footer)
    return Drawn(figure, outcome.table(values, question=question), outcome.alt(values, question=question))


EXAMPLES: Examples = {name: partial(draw, name) for name in DATA}
