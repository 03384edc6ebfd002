"""T1: threat and efficacy. Protection motivation (Rogers 1975) and the extended parallel process (Witte 1992)."""

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


class ThreatEfficacy(Theory):
    """logit h = b₀ + b_q z − b_E z_E + b_× z₊(−z_E)₊ with z_E = e_i + κ_A(u_ref − u)/κ_u.

    The effect of threat depends on efficacy: fear moves those who doubt that anything would help them.
    """

    name = "threat_efficacy"
    number = "T1"
    text = "fear drives out those who doubt that they could cope"
    # fmt: off
    parameters = rows(
        "theory",
        # role       name           unit     bounds     prior         status
        uncertainty( "base_hazard", "1/day", (0, 1),    (6.6e-5, 2e-3), "assumed",
            "e^b₀, odds a day at the reference", scale="log"),
        uncertainty( "threat",      "1",     (-10, 10), (0.2, 0.6),   "documented",
            "b_q, effect of perceived hazard", "Sheeran, Harris & Epton 2014, Psychol. Bull. 140:511"),
        uncertainty( "efficacy",    "1",     (-10, 10), (0.4, 1.4),   "derived",
            "b_E, effect of efficacy", "odds ratios 2 to 9.5: Balicer 2006, Barnett 2009"),
        uncertainty( "interaction", "1",     (-10, 10), (0, 0.4),     "assumed",
            "b_×, extra effect of threat without efficacy", "Witte 1992; Witte & Allen 2000"),
        uncertainty( "assurance",   "1",     (0, 50),   (0, 2),       "assumed",
            "κ_A, efficacy that clear plans give"),
        about="threat and efficacy",
    )
    # fmt: on

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """See the class."""
        t = p.theory
        base = logarithm(t.base_hazard)  # hazard zero is allowed: log 0 is −∞
        gain = t.assurance * see.clarity
        c = coefficients(p.dtype, *see.reference(p), gain, base, t.threat, t.efficacy, t.interaction)
        hazards(out, see.state.perceived, see.state.efficacy, c)
        if np.count_nonzero(t.base_hazard) < len(t.base_hazard):
            out[:, t.base_hazard == 0] = 0


@compiled
def hazards(out: Floats, perceived: Floats, efficacy: Floats, c: Floats) -> None:
    """T1 (docs/ODD.md, 7.11) into ``out``, ``(officers, runs)``.

    ``c`` has the coefficients, ``(7, runs)``: x₀, 1/σ_x, κ_A·gain, log base, b_q, b_E, b_×.
    """
    zero, one = out.dtype.type(0), out.dtype.type(1)
    officers, runs = out.shape
    centre, scale, gain, base, threat, doubt, both = c[0], c[1], c[2], c[3], c[4], c[5], c[6]
    for i in range(officers):
        for r in range(runs):
            z = (perceived[i, r] - centre[r]) * scale[r]
            helpless = -(efficacy[i, r] + gain[r])
            fear, despair = z if z > zero else zero, helpless if helpless > zero else zero
            y = base[r] + doubt[r] * helpless + threat[r] * z + both[r] * (fear * despair)
            out[i, r] = one / (one + exp(-y))


THEORY = ThreatEfficacy()
