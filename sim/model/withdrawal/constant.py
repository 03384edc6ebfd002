"""T0: a constant hazard. The null, and the reference for every score."""

from __future__ import annotations

from typing import Any

from sim.jit import compiled, inlined
from sim.model.lanes import LANES
from sim.model.tile import Tile, W
from sim.model.withdrawal.compiled import CompiledTheory, own
from sim.settings.parameter import rows, uncertainty

# fmt: off
PARAMETERS = rows(
    "theory",
    # role       name           unit     bounds  prior         status
    uncertainty( "base_hazard", "1/day", (0, 1), (8e-5, 4e-4), "derived",
        "h₀, probability a day of wanting out", "police attrition of 3 to 12.6 % a year", scale="log"),
    about="constant",
)
# fmt: on
T = own(PARAMETERS)


@compiled
def terms(tile: Tile) -> None:
    """h₀."""
    for r in range(LANES):
        tile.w[W.term_0 + r] = tile.t[T.base_hazard + r]


@inlined
def score(_x: Any, _one: Any, _other: Any, _leads: Any, w: Any, r: int) -> Any:
    """h₀ for everybody."""
    return w[W.term_0 + r]


class Constant(CompiledTheory):
    """h = h₀, whatever happens."""

    name = "constant"
    number = "T0"
    text = "officers leave at a steady rate, whatever happens"
    null = True
    logistic = False
    parameters = PARAMETERS
    terms = staticmethod(terms)
    score = staticmethod(score)


THEORY = Constant()
