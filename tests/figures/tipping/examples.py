"""F3 of maps from two by two cells to twenty by twenty, with holes, and with nothing to tip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sim.analysis import tipping as tip
from sim.analysis.tipping import TippingGrid
from sim.figures.drawing.layout import Footer
from sim.figures.tipping import draw as tipping
from sim.figures.tipping.draw import Labels
from tests.figures.checks import Drawn, Examples
from tests.figures.data import STEPS

X, Y = "officers.leader_shock", "officers.threat_sensitivity"
LABELS = Labels(
    "more than 100 of 400 officers are out by 7 March 2024",
    f"{X}: what a leaving leader adds to his members' cumulated hazard, told at some length",
    f"{Y} (logit per log): perceived hazard's response to news above what one is used to",
    {X: 0.4, Y: 0.6},
)


def grid(columns: int, rows: int, share: Callable, runs: int = 40, seed: int = 2) -> TippingGrid:
    xs, ys = np.linspace(0, 1, columns), np.linspace(0, 1, rows)
    p = share(*np.meshgrid(xs, ys))
    hit = np.random.default_rng(seed).random((rows, columns, runs)) < np.broadcast_to(p, (rows, columns))[..., None]
    return TippingGrid(X, Y, xs, ys, hit.astype(float), "exits_by_end", 100.0)


def _holes() -> TippingGrid:
    found = grid(5, 5, lambda x, y: x)
    beyond = found.beyond.copy()
    beyond[2, 2] = np.nan
    beyond[0, :, 7:] = np.nan
    return replace(found, beyond=beyond)


GRIDS: dict[str, Callable[[], TippingGrid]] = {
    "slope": lambda: grid(7, 6, lambda x, y: 1 / (1 + np.exp(-8 * (x + y - 1)))),
    "dense": lambda: grid(20, 20, lambda x, y: 1 / (1 + np.exp(-12 * (x * y - 0.3)))),
    "hill": lambda: grid(10, 8, lambda x, y: np.exp(-12 * ((x - 0.5) ** 2 + (y - 0.5) ** 2)), 200),
    "smallest": lambda: grid(2, 2, lambda x, y: (x + y) / 2),
    "narrow": lambda: grid(2, 12, lambda x, y: y),
    "wide": lambda: grid(14, 2, lambda x, y: x),
    "nobody leaves": lambda: grid(5, 4, lambda x, y: 0 * x),
    "everybody leaves": lambda: grid(5, 4, lambda x, y: 0 * x + 1),
    "one replicate": lambda: grid(5, 4, lambda x, y: x, 1),
    "holes": _holes,
}


def draw(found: TippingGrid, footer: Footer, labels: Labels = LABELS, resamples: int = 20) -> Drawn:
    line = tip.line(found, resamples=resamples)
    figure = tipping.draw(found, line, labels=labels, footer=footer)
    return Drawn(figure, tipping.table(found), tipping.alt(found, line, labels=labels))


def reference(footer: Footer) -> Drawn:
    xs, ys = np.linspace(0, 1, 6), np.linspace(0, 1, 5)
    p = 1 / (1 + np.exp(-8 * (xs[None] + ys[:, None] - 1)))
    grid = tip.TippingGrid("x", "y", xs, ys, (STEPS[None, None, ::4] < p[..., None]).astype(float), "exits", 100.0)
    labels = tipping.Labels("more than 100 of 400 officers are out", "x: a setting", "y: another", {"x": 0.3, "y": 0.5})
    return draw(grid, footer, labels, resamples=50)


EXAMPLES: Examples = {
    **{name: lambda footer, make=make: draw(make(), footer) for name, make in GRIDS.items()},
    "off the map": lambda footer: draw(grid(6, 6, lambda x, y: x), footer, replace(LABELS, baseline={X: 4, Y: 0.5})),
    "reference": reference,
}
