"""F4 of one input to sixty, with indices that are unknown, nought or all there is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.analysis.lived_record import LIVED
from sim.figures.drawing.layout import Footer
from sim.figures.sensitivity import draw as sensitivity
from sim.figures.sensitivity.draw import COLUMNS, Shares
from tests.figures.checks import Drawn, Examples

OUTCOME = "officers out by 7 March 2024"


def indices(count: int, *, scale: float = 30.0, main: str = "mu_star", beside: str | None = "sigma",
            effects: bool = True, name: str = "officers.setting") -> pd.DataFrame:  # fmt: skip
    rows = []
    for n in range(count):
        value = scale * np.exp(-n / 2.5)
        ends = (
            ((20 - value / 2, 20 + value / 2) if n % 2 else (20 + value / 2, 20 - value / 2))
            if effects
            else (None,) * 2
        )
        rows.append([f"{name}_{n}", main, value, value * 0.8, value * 1.25, 0.1 + n, 3.25 + n, *ends])
        if beside:
            rows.append([f"{name}_{n}", beside, value * 0.6, value * 0.4, value * 0.8, 0.1 + n, 3.25 + n, None, None])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _unknown() -> pd.DataFrame:
    table = indices(4)
    table.loc[2, ["value", "low", "high"]] = np.nan
    table.loc[4, ["effect_low", "effect_high"]] = np.nan
    return table


def below_nought() -> pd.DataFrame:
    """Sobol' indices of a small design, whose intervals reach below what a share can be."""
    table = indices(4, scale=0.3, main="total", beside="first")
    table["low"] -= 0.8
    table.loc[table["index"] == "first", "value"] -= 0.3
    return table


TABLES: dict[str, tuple[Callable[[], pd.DataFrame], Shares]] = {
    "morris": (lambda: indices(8), Shares(0.34, 0.5)),
    "sobol": (lambda: indices(6, scale=0.7, main="total", beside="first"), Shares(0.2, 0.8)),
    "many": (lambda: indices(60), Shares(0.9, 0.1)),
    "one": (lambda: indices(1), Shares(0.5)),
    "without effects": (lambda: indices(5, effects=False), Shares(0.02)),
    "one index": (lambda: indices(5, beside=None), Shares()),
    "nothing moves": (lambda: indices(4, scale=0.0), Shares(1.0, 0.0)),
    "no luck": (lambda: indices(4), Shares(0.0, 1.0)),
    "below nought": (below_nought, Shares(0.2, 0.8)),
    "unknown": (_unknown, Shares(np.float64(0.4), 0.61)),
    "long names": (lambda: indices(5, name="governments.a_setting_with_a_name_that_is_rather_long"), Shares(0.3, 0.7)),
}


def draw(table: pd.DataFrame, shares: Shares, footer: Footer, outcome: str = OUTCOME, worlds: str = "") -> Drawn:
    figure = sensitivity.draw(table, shares=shares, outcome=outcome, unit="officers", footer=footer, worlds=worlds)
    words = sensitivity.alt(table, shares=shares, outcome=outcome, worlds=worlds)
    return Drawn(figure, sensitivity.table(table, shares=shares), words)


def reference(footer: Footer) -> Drawn:
    rows = []
    for n, value in enumerate((30.0, 18, 9, 4, 0.4)):
        ends = (20 - value / 2, 20 + value / 2) if n % 2 else (20 + value / 2, 20 - value / 2)
        rows.append([f"officers.setting_{n}", "mu_star", value, value * 0.8, value * 1.2, 0.5, 2.5, *ends])
        rows.append([f"officers.setting_{n}", "sigma", value / 2, value / 3, value / 1.5, 0.5, 2.5, None, None])
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return draw(table, Shares(0.34, 0.5), footer, "officers out")


EXAMPLES: Examples = {
    **{name: lambda footer, one=one: draw(one[0](), one[1], footer) for name, one in TABLES.items()},
    "worlds": lambda footer: draw(
        indices(40, scale=0.3, main="first", beside=None), Shares(0.55, 0.45), footer, worlds=LIVED
    ),
    "worlds, nothing moves": lambda footer: draw(
        indices(4, scale=0.0, main="first", beside=None), Shares(), footer, worlds=LIVED
    ),
    "reference": reference,
}
