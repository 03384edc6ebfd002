"""F8 of one theory and of five, of two points and of thirty, where nothing moves, and in bins of runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.analysis import dose_response
from sim.figures.dose_response import draw as dose
from sim.figures.dose_response.draw import Dose
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import Footer
from tests.figures.checks import Drawn, Examples
from tests.figures.data import OUT, STEPS

SETTING = "media.rumour_rate"
DOSE = Dose(SETTING, f"{SETTING} (1/day): rumours a day under full attention, told at some length", False,
            {"breach": 0.2, "prospects": 0.2})  # fmt: skip
NUMBERS = {"constant": "T0", "threat_efficacy": "T1", "prospects": "T2", "squad_threshold": "T3", "breach": "T4"}


@dataclass(frozen=True)
class Sweep:
    """Cases and runs of a sweep: ``respond(theory, x, steps)`` gives the values of the runs of one case."""

    theories: Sequence[str]
    xs: Sequence[float]
    respond: Callable[[str, float, np.ndarray], np.ndarray]
    runs: Callable[[float], int] = field(default=lambda x: 100)

    @property
    def cases(self) -> pd.DataFrame:
        return pd.DataFrame([{"case": f"{theory} {x}", "scenario.name": "as_documented", "theory.name": theory,
                              SETTING: x} for theory in self.theories for x in self.xs])  # fmt: skip

    @property
    def rows(self) -> pd.DataFrame:
        parts = []
        for theory in self.theories:
            for x in self.xs:
                steps = STEPS[:: max(200 // self.runs(x), 1)][: self.runs(x)]
                values = {"out": self.respond(theory, x, steps), "felt": x + 0.1 * steps}
                parts.append(pd.DataFrame({"case": f"{theory} {x}", "status": "ok", **values}))
        return pd.concat(parts, ignore_index=True)

    @property
    def points(self) -> pd.DataFrame:
        return dose_response.by_setting(self.cases, self.rows, SETTING, "out")


def _exits(theory: str, x: float, steps: np.ndarray) -> np.ndarray:
    scale = {"breach": 20 + 60 * x, "prospects": 40 - 30 * x}.get(theory, 20)
    return np.minimum(np.round(-scale * np.log(1 - steps)), 400)


TENTHS = tuple(np.round(np.linspace(0, 1, 6), 3))
TWO = Sweep(("prospects", "breach"), TENTHS, _exits)
SWEEPS: dict[str, Sweep] = {
    "one theory": Sweep(("breach",), TENTHS, _exits),
    "five theories": Sweep(tuple(NUMBERS), TENTHS, _exits),
    "two points": Sweep(("breach",), (0.1, 0.4), _exits),
    "one point": Sweep(("breach",), (0.3,), _exits),
    "thirty points": Sweep(("breach", "prospects"), tuple(np.linspace(0, 1, 30)), _exits),
    "nobody leaves": Sweep(("breach",), TENTHS, lambda theory, x, steps: 0 * steps),
    "one run each": Sweep(("breach",), TENTHS, _exits, lambda x: 1),
    "unlike numbers of runs": Sweep(("breach",), TENTHS, _exits, lambda x: int(10 + 90 * x)),
    "unlike numbers of runs at many points": Sweep(("breach",), tuple(np.linspace(0, 1, 30)), _exits,
                                                   lambda x: int(10 + 90 * x)),
    "below zero": Sweep(("breach",), TENTHS, lambda theory, x, steps: 10 * (steps - x)),
    "a hill": Sweep(("breach",), TENTHS, lambda theory, x, steps: 90 * x * (1 - x) + steps),
}  # fmt: skip


def draw(points: pd.DataFrame, footer: Footer, what: Dose = DOSE, question: Question = OUT) -> Drawn:
    figure = dose.draw(points, theories=NUMBERS, question=question, dose=what, footer=footer)
    return Drawn(figure, dose.table(points, question=question, dose=what),
                 dose.alt(points, question=question, dose=what, theories=NUMBERS))  # fmt: skip


def binned(footer: Footer) -> Drawn:
    points = dose_response.by_outcome(TWO.cases, TWO.rows, "felt", "out")
    felt = "mean perceived hazard of a tour on 7 March 2024"
    return draw(points, footer, Dose(felt, f"{felt} (probability), in bins of runs", binned=True))


EXAMPLES: Examples = {
    **{name: lambda footer, sweep=sweep: draw(sweep.points, footer) for name, sweep in SWEEPS.items()},
    "in bins": binned,
    "a default elsewhere": lambda footer: draw(TWO.points, footer, Dose(SETTING, SETTING, False, {"breach": 7.0})),
    "no threshold": lambda footer: draw(TWO.points, footer, question=Question("out", "officers out", "officers")),
    "reference": lambda footer: draw(TWO.points, footer),
}
