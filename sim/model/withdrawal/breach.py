"""T4: breach of the psychological contract. Rousseau 1995; Robinson & Morrison 2000, J. Org. Behav. 21:525."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats
from sim.model.elementary import exp
from sim.model.jit import compiled
from sim.model.luck import logarithm
from sim.model.parameters import Parameters
from sim.model.withdrawal.interface import Perception, Theory, coefficients
from sim.settings.parameter import rows, uncertainty

ELEMENTARY = "a1cf272e1900"
"""As in :mod:`sim.model.officer_kernels`."""


class Breach(Theory):
    """logit h = b₀ + b_a·a/30 + b_s·s + b_k·kit gap + b_qx·z₊·B with B = ½ kit gap + ½(1 − terms).

    Promises broken drive officers out; danger counts for those to whom promises were broken.
    """

    name = "breach"
    number = "T4"
    text = "broken promises drive officers out, and make danger count"
    # fmt: off
    parameters = rows(
        "theory",
        # role       name             unit         bounds     prior         status
        uncertainty( "base_hazard",   "1/day",     (0, 1),    (3.3e-5, 1e-3), "assumed",
            "e^b₀, odds a day at the reference", scale="log"),
        uncertainty( "arrears",       "1/30 days", (-10, 10), (0.1, 1),     "assumed",
            "b_a, effect of a month's arrears"),
        uncertainty( "slips",         "1",         (-10, 10), (0.1, 1),     "assumed",
            "b_s, effect of one slipped start"),
        uncertainty( "kit",           "1",         (-10, 10), (0.2, 1.5),   "assumed",
            "b_k, effect of missing equipment"),
        uncertainty( "threat_breach", "1",         (-10, 10), (0.2, 1),     "assumed",
            "b_qx, effect of danger under breach"),
        about="breach",
    )
    # fmt: on

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """See the class."""
        t = p.theory
        breach = 0.5 * see.kit_gap + 0.5 * (1 - see.terms)
        base = logarithm(t.base_hazard)  # hazard zero is allowed: log 0 is −∞, and σ(−∞) is 0
        common = base + t.arrears * see.arrears / 30 + t.slips * see.slips + t.kit * see.kit_gap
        c = coefficients(p.dtype, *see.reference(p), t.threat_breach * breach, common)
        hazards(out, see.state.perceived, c)
        if np.count_nonzero(t.base_hazard) < len(t.base_hazard):
            out[:, t.base_hazard == 0] = 0


@compiled
def hazards(out: Floats, perceived: Floats, c: Floats) -> None:
    """T4 (docs/ODD.md, 7.11) into ``out``, ``(officers, runs)``.

    ``c`` has the coefficients, ``(4, runs)``: x₀, 1/σ_x, b_qx·breach, and all that is the same for every officer.
    """
    zero, one = out.dtype.type(0), out.dtype.type(1)
    officers, runs = out.shape
    centre, scale, danger, common = c[0], c[1], c[2], c[3]
    for i in range(officers):
        for r in range(runs):
            z = (perceived[i, r] - centre[r]) * scale[r]
            out[i, r] = one / (one + exp(-((z if z > zero else zero) * danger[r] + common[r])))


THEORY = Breach()
