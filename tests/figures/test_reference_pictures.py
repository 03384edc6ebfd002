"""Each figure looks as it did: fixed data, drawn small, against a picture that someone has looked at.

``python tests/figures/test_reference_pictures.py`` draws the pictures anew; look at every one before you keep it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.testing.compare import compare_images

from sim.analysis import tipping as tip
from sim.analysis.explain.story import Fate, Story
from sim.ensemble.design.request import request
from sim.figures.comparison import draw as comparison
from sim.figures.comparison.contrast import Contrast, Phrases, Scenario
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import Footer
from sim.figures.drawing.style import context
from sim.figures.outcome import draw as outcome
from sim.figures.sensitivity import draw as sensitivity
from sim.figures.theories import draw as theories
from sim.figures.timeline import draw as timeline
from sim.figures.timeline.strip import Event
from sim.figures.tipping import draw as tipping
from sim.figures.why import draw as why
from sim.model.state import Letter, Stage

FOLDER = Path(__file__).with_name("reference")
DPI, TOLERANCE = 60, 4.0
"""Small pictures; root mean square of the differences, of 255: another version of a font's renderer stays below it."""
FOOTER = Footer(400, "7, replicates 0–399", "0.0.0", "reference")
OUT = Question("exits", "officers out by 7 March 2024", "officers", 100, "more than 100 of 400 officers are out",
               "more than 100 officers", upper=400)  # fmt: skip
STEPS = (np.arange(200) + 0.5) / 200
EXITS = np.round(-45 * np.log(1 - STEPS))


def f1() -> Figure:
    return outcome.draw(np.where(STEPS > 0.9, 400, EXITS), question=OUT, footer=FOOTER)


def f2() -> Figure:
    order = np.random.default_rng(1).permutation(200)
    base = EXITS[order]
    rows = [Scenario("as_documented", base)]
    for name, less in (("terms_settled", np.round(base * 0.3)), ("no_surge", np.where(base > 90, 30, -3)), ("same", 0)):
        d = np.asarray(-less + 0 * base)
        half = 2 * d.std() / len(d) ** 0.5
        rows.append(Scenario(name, base + d, Contrast(200, d, float((d < 0).mean()), float((d > 0).mean()), d.mean(),
                                                      d.mean() - half, d.mean() + half, "t", 4.2)))  # fmt: skip
    return comparison.draw(rows, question=OUT, phrases=Phrases("loses fewer officers", "loses more"), footer=FOOTER)


def f3() -> Figure:
    xs, ys = np.linspace(0, 1, 6), np.linspace(0, 1, 5)
    p = 1 / (1 + np.exp(-8 * (xs[None] + ys[:, None] - 1)))
    grid = tip.Grid("x", "y", xs, ys, (STEPS[None, None, ::4] < p[..., None]).astype(float), "exits", 100.0)
    labels = tipping.Labels("more than 100 of 400 officers are out", "x: a setting", "y: another", {"x": 0.3, "y": 0.5})
    return tipping.draw(grid, tip.line(grid, resamples=50), labels=labels, footer=FOOTER)


def f4() -> Figure:
    rows = []
    for n, value in enumerate((30.0, 18, 9, 4, 0.4)):
        ends = (20 - value / 2, 20 + value / 2) if n % 2 else (20 + value / 2, 20 - value / 2)
        rows.append([f"officers.setting_{n}", "mu_star", value, value * 0.8, value * 1.2, 0.5, 2.5, *ends])
        rows.append([f"officers.setting_{n}", "sigma", value / 2, value / 3, value / 1.5, 0.5, 2.5, None, None])
    table = pd.DataFrame(rows, columns=list(sensitivity.COLUMNS))
    shares = sensitivity.Shares(0.34, 0.5)
    return sensitivity.draw(table, shares=shares, outcome="officers out", unit="officers", footer=FOOTER)


def f5() -> Figure:
    days = [dt.date(2024, 2, 1) + dt.timedelta(n) for n in range(60)]
    exits = np.random.default_rng(1).poisson(np.where(np.arange(60) > 28, 1.5, 0.2), (30, 60))
    rows = pd.DataFrame({
        "case": "c", "root_seed": 7, "replicate": np.repeat(np.arange(30), 60), "day": np.tile(np.array(days), 30),
        "exits": exits.ravel(), "out": exits.cumsum(axis=1).ravel(), "perceived_hazard": 0.005 + exits.ravel() / 2000,
    })  # fmt: skip
    events = [Event(dt.date(2024, 2, 29), "coordinated attacks", "documented"),
              Event(dt.date(2024, 3, 1), "accord signed", "documented"),
              Event(dt.date(2024, 3, 8), "pay into escrow", "player")]  # fmt: skip
    return timeline.draw(rows, pool=400, events=events, footer=FOOTER)


def f6() -> Figure:
    named = {"constant": "T0", "prospects": "T2", "breach": "T4"}
    down, up, open_ = theories.Effect(-12, -15, -9), theories.Effect(3, 1, 5), theories.Effect(0.4, -3, 4)
    rows = [theories.Finding("terms_settled", {"constant": open_, "prospects": down, "breach": down}),
            theories.Finding("us_troops", {"constant": open_, "prospects": down, "breach": up}),
            theories.Finding("no_surge", {"prospects": open_, "breach": down})]  # fmt: skip
    shown = [theories.Pattern("C1", "no reported exit before the surge", {"prospects": 0.72, "breach": 0.31})]
    return theories.draw(rows, shown, theories=named, outcome="officers out by 31 July 2024", footer=FOOTER)


def f7() -> Figure:
    days = [dt.date(2024, 1, 1) + dt.timedelta(n) for n in range(70)]
    surge = np.exp(-(((np.arange(70) - 62) / 9) ** 2))
    parts = {"violence": 1.2 * surge, "rumours": 0.1 * surge, "ambiguity": 0.1 - 0.1 * surge, "arrears": 0 * surge,
             "peers": -0.2 * surge}  # fmt: skip
    frame = pd.DataFrame({
        "day": days, "imminence": 0.3, **parts, "baseline": -5.6, "perceived": -5.6 + sum(parts.values()),
        "hazard": 0.002 * (1 + surge), "felt": 0.001 * (1 + surge), "shock": 0.0,
        "cumulated": np.minimum(np.cumsum(0.006 * (1 + surge)), 0.42), "present": True,
    })  # fmt: skip
    on = days[60]
    fate = Fate(on, None, None, Letter.BLOCKED, Stage.TRAINED, 0.42)
    story = Story(request(["theory=breach"]).case, 7, 7, 172, 21, False, 0.42, frame, fate, {"peers": fate})
    return why.draw(story, footer=FOOTER)


FIGURES: dict[str, Callable[[], Figure]] = {
    "F1-outcome": f1, "F2-comparison": f2, "F3-tipping": f3, "F4-sensitivity": f4, "F5-timeline": f5,
    "F6-theories": f6, "F7-why": f7,
}  # fmt: skip


def write(name: str, folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with context():
        FIGURES[name]().savefig(folder / f"{name}.png", dpi=DPI)
    return folder / f"{name}.png"


@pytest.mark.parametrize("name", FIGURES)
def test_the_figure_looks_as_it_did(name: str, tmp_path: Path) -> None:
    fault = compare_images(str(FOLDER / f"{name}.png"), str(write(name, tmp_path)), TOLERANCE)
    assert fault is None, fault


def test_a_figure_that_looks_otherwise_is_noticed(tmp_path: Path) -> None:
    """Else the tolerance would let everything pass: two dots more beyond the threshold are seen."""
    with context():
        figure = outcome.draw(np.where(STEPS > 0.86, 400, EXITS), question=OUT, footer=FOOTER)
        figure.savefig(tmp_path / "other.png", dpi=DPI)
    assert compare_images(str(FOLDER / "F1-outcome.png"), str(tmp_path / "other.png"), TOLERANCE) is not None


if __name__ == "__main__":
    for each in FIGURES:
        print(write(each, FOLDER))
