"""T0: a constant hazard. The null, and the reference for every score."""

from __future__ import annotations

from sim.arrays import Floats
from sim.model.parameters import Parameters
from sim.model.withdrawal.interface import Perception, Theory
from sim.settings.parameter import rows, uncertainty


class Constant(Theory):
    """h = h₀, whatever happens."""

    name = "constant"
    number = "T0"
    text = "officers leave at a steady rate, whatever happens"
    null = True
    # fmt: off
    parameters = rows(
        "theory",
        # role       name           unit     bounds  prior         status
        uncertainty( "base_hazard", "1/day", (0, 1), (8e-5, 4e-4), "derived",
            "h₀, probability a day of wanting out", "police attrition of 3 to 12.6 % a year", scale="log"),
        about="constant",
    )
    # fmt: on

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """h₀ for everybody."""
        out[...] = p.theory.base_hazard


THEORY = Constant()
