"""T1: threat and efficacy. Protection motivation (Rogers 1975) and the extended parallel process (Witte 1992)."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats
from sim.model import kernels
from sim.model.luck import Draws, logarithm
from sim.model.parameters import Parameters
from sim.model.withdrawal.interface import Perception, rows


class ThreatEfficacy:
    """logit h = b₀ + b_q z − b_E z_E + b_× z₊(−z_E)₊ with z_E = e_i + κ_A(A − A₀).

    The effect of threat depends on efficacy: fear moves those who doubt that anything would help them.
    """

    name = "threat_efficacy"
    number = "T1"
    text = "fear drives out those who doubt that they could cope"
    null = False
    parameters = rows(
        "threat and efficacy",
        ("base_hazard", "1/day", (0, 1), (2e-4, 6e-3), "assumed", "", "e^b₀, odds a day at the reference"),
        (
            "threat",
            "1",
            (-10, 10),
            (0.2, 0.6),
            "documented",
            "Sheeran, Harris & Epton 2014, Psychol. Bull. 140:511",
            "b_q, effect of perceived hazard",
        ),
        (
            "efficacy",
            "1",
            (-10, 10),
            (0.4, 1.4),
            "derived",
            "odds ratios 2 to 9.5: Balicer 2006, Barnett 2009",
            "b_E, effect of efficacy",
        ),
        (
            "interaction",
            "1",
            (-10, 10),
            (0, 0.4),
            "assumed",
            "Witte 1992; Witte & Allen 2000",
            "b_×, extra effect of threat without efficacy",
        ),
        ("assurance", "1", (0, 50), (0, 2), "assumed", "", "κ_A, efficacy that assurance gives"),
    )

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """None beyond the shared ones."""
        return {}

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """See the class."""
        t = p.theory
        base = logarithm(t.base_hazard)  # hazard zero is allowed: log 0 is −∞
        gain = t.assurance * see.assurance_gain
        c = kernels.coefficients(p.dtype, *see.reference(p), gain, base, t.threat, t.efficacy, t.interaction)
        kernels.threat_efficacy(out, see.state.perceived, see.state.efficacy, c)
        if np.count_nonzero(t.base_hazard) < len(t.base_hazard):
            out[:, t.base_hazard == 0] = 0


THEORY = ThreatEfficacy()
