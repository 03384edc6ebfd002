"""F9 of one theory and of five, where nothing moved and everything did, of few kept worlds, and of half the results."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sim.analysis.calibration.results import CalibrationResults
from sim.figures.calibration import draw as calibration
from sim.figures.drawing.layout import Footer
from tests.analysis.calibration.example_results import ALONE, SETTINGS, THEORIES, compatibility, facts, shift, whole
from tests.figures.checks import Drawn, Examples

NUMBERS = {"constant": "T0", "threat_efficacy": "T1", "prospects": "T2", "squad_threshold": "T3", "breach": "T4"}
RIVALS = THEORIES[1:]


def made(**frames: object) -> CalibrationResults:
    theories, kept = frames.pop("theories", THEORIES), frames.pop("kept", 1000)
    return CalibrationResults(facts(theories, kept), **frames)  # type: ignore[arg-type]


DATA = {
    "reference": replace(whole(), shift=shift(RIVALS, 9)),
    "usual": whole(),
    "one theory": made(theories=ALONE, shift=shift(ALONE), compatibility=compatibility(ALONE)),
    "nothing moved": made(shift=shift(told=0), compatibility=compatibility()),
    "everything moved": made(shift=shift(told=len(SETTINGS)), compatibility=compatibility()),
    "thirty worlds": made(kept=30, shift=shift(kept=30, told=3), compatibility=compatibility(kept=30)),
    "no compatibility": made(shift=shift()),
    "no posterior": made(compatibility=compatibility()),
    "nothing kept": made(theories=("constant",), compatibility=compatibility(("constant",))),
    "a long name": made(shift=shift().replace({"setting": {SETTINGS[0]: "governments." + "long" * 20}})),
}


def draw(name: str, footer: Footer) -> Drawn:
    results = DATA[name]
    figure = calibration.draw(results, theories=NUMBERS, footer=footer)
    return Drawn(figure, *(make(results, theories=NUMBERS) for make in (calibration.table, calibration.alt)))


EXAMPLES: Examples = {name: partial(draw, name) for name in DATA}
