"""T4: breach of the psychological contract. Rousseau 1995; Robinson & Morrison 2000, J. Org. Behav. 21:525."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats
from sim.model import kernels
from sim.model.luck import Draws, logarithm
from sim.model.parameters import Parameters
from sim.model.withdrawal.interface import Perception, rows


class Breach:
    """logit h = b₀ + b_a·a/30 + b_s·s + b_k·kit gap + b_qx·z₊·B with B = ½ kit gap + ½(1 − terms).

    Promises broken drive officers out; danger counts for those to whom promises were broken.
    """

    name = "breach"
    number = "T4"
    text = "broken promises drive officers out, and make danger count"
    null = False
    parameters = rows(
        "breach",
        ("base_hazard", "1/day", (0, 1), (1e-4, 3e-3), "assumed", "", "e^b₀, odds a day at the reference"),
        ("arrears", "1/30 days", (-10, 10), (0.1, 1), "assumed", "", "b_a, effect of a month's arrears"),
        ("slips", "1", (-10, 10), (0.1, 1), "assumed", "", "b_s, effect of one slipped start"),
        ("kit", "1", (-10, 10), (0.2, 1.5), "assumed", "", "b_k, effect of missing equipment"),
        ("threat_breach", "1", (-10, 10), (0.2, 1), "assumed", "", "b_qx, effect of danger under breach"),
    )

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """None beyond the shared ones."""
        return {}

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """See the class."""
        t = p.theory
        breach = 0.5 * see.kit_gap + 0.5 * (1 - see.terms)
        base = logarithm(t.base_hazard)  # hazard zero is allowed: log 0 is −∞, and σ(−∞) is 0
        common = base + t.arrears * see.arrears / 30 + t.slips * see.slips + t.kit * see.kit_gap
        c = kernels.coefficients(p.dtype, *see.reference(p), t.threat_breach * breach, common)
        kernels.breach(out, see.state.perceived, c)
        if np.count_nonzero(t.base_hazard) < len(t.base_hazard):
            out[:, t.base_hazard == 0] = 0


THEORY = Breach()
