"""F11 of one rule to three, of long names, of one limit, of tiny values, and of a rule that does not hold up."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
import pandas as pd

from sim.analysis.discovery.rules import Rules, find_rules
from sim.figures.discovery import draw as discovery
from sim.figures.drawing.layout import Footer
from tests.figures.checks import Drawn, Examples

ROWS = 1200
WORLDS = np.arange(ROWS)
FINDING = "In this model under breach, in worlds drawn from the prior, a run loses more than 100 officers"
UNITS = {"officers.s0": "officers", "officers.s1": "1/day"}


def _inputs(names: str = "officers.s", scale: float = 1.0, count: int = 8) -> pd.DataFrame:
    drawn = np.random.default_rng(4).random((ROWS, count)) * scale
    return pd.DataFrame(drawn, columns=[f"{names}{n}" for n in range(count)])


def _noisy(y: pd.Series) -> np.ndarray:
    return y.to_numpy() ^ (np.random.default_rng(5).random(ROWS) < 0.05)


@cache
def rules(name: str) -> Rules:
    """The rules of each example."""
    if name == "long names":
        x = _inputs("governments.a_setting_whose_name_goes_on_and_on_")
        return find_rules(x, _noisy((x.iloc[:, 0] < 0.5) & (x.iloc[:, 1] > 0.3) & (x.iloc[:, 2] < 0.7)), WORLDS)
    if name == "tiny values":
        x = _inputs(scale=3e-9)
        return find_rules(x, _noisy((x["officers.s0"] > 1e-9) & (x["officers.s1"] < 2e-9)), WORLDS)
    if name == "one limit":
        x = _inputs()
        return find_rules(x, _noisy(x["officers.s0"] > 0.8), WORLDS)
    if name == "does not hold up":
        x = _inputs()
        y = _noisy(x["officers.s0"] > 0.8)
        y[1::2] = np.random.default_rng(6).permutation(y[1::2])
        return find_rules(x, y, WORLDS)
    x = _inputs()
    one = (x["officers.s0"] > 0.55) & (x["officers.s1"] < 0.5)
    two = (x["officers.s2"] > 0.2) & (x["officers.s2"] < 0.6) & (x["officers.s3"] < 0.3)
    three = (x["officers.s0"] < 0.35) & (x["officers.s4"] > 0.7)
    return find_rules(x, _noisy(one | two | three if name == "three rules" else one | two), WORLDS)


def draw(name: str, footer: Footer) -> Drawn:
    found = rules(name)
    rule = found.rules[0]
    title = f"{FINDING} in {100 * rule.judged.density:.0f} of 100 runs where {len(rule.limits)} limits hold"
    asked, noun = "exits_surge_month>100 (officers who leave from 29 February to 31 March)", "runs"
    figure = discovery.draw(found, title=title, asked=asked, units=UNITS, noun=noun, footer=footer)
    alt = discovery.alt(found, title=title, sentences="Here its sentences stand.")
    return Drawn(figure, discovery.table(found), alt)


NAMES = ("reference", "three rules", "one limit", "long names", "tiny values", "does not hold up")
EXAMPLES: Examples = {name: partial(draw, name) for name in NAMES}
