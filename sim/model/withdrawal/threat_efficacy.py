"""T1: threat and efficacy. Protection motivation (Rogers 1975) and the extended parallel process (Witte 1992)."""

from __future__ import annotations

from typing import Any

from sim.jit import compiled, inlined
from sim.model.elementary import fma, log
from sim.model.lanes import LANES
from sim.model.officers import LOG2E
from sim.model.parameters import P
from sim.model.tile import Tile, W
from sim.model.withdrawal.compiled import CompiledTheory, own
from sim.settings.parameter import rows, uncertainty

# fmt: off
PARAMETERS = rows(
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
T = own(PARAMETERS)
CENTRE, SCALE, GAIN, BASE, THREAT, DOUBT, BOTH = (
    *(W.term_0, W.term_1, W.term_2, W.term_3, W.term_4, W.term_5, W.term_6),
)


@compiled
def terms(tile: Tile) -> None:
    """What today's hazards have in common; hazard zero is allowed, and then nobody leaves."""
    p, t, w = tile.p, tile.t, tile.w
    F = w.dtype.type
    zero, one, unit = F(0), F(1), F(LOG2E)
    for r in range(LANES):
        scale, base = one / p[P.officers_baseline_sd + r], t[T.base_hazard + r]
        w[CENTRE + r], w[SCALE + r] = -p[P.officers_baseline + r] * scale, scale
        w[GAIN + r] = t[T.assurance + r] * w[W.clarity + r]
        w[W.top + r] = one if base > zero else zero
        w[BASE + r] = -unit * log(base if base > zero else one)
    for r in range(LANES):
        w[THREAT + r], w[DOUBT + r] = -unit * t[T.threat + r], unit * t[T.efficacy + r]
        w[BOTH + r] = -unit * t[T.interaction + r]


@inlined
def score(x: Any, efficacy: Any, _other: Any, _leads: Any, w: Any, r: int) -> Any:
    """−log₂ of the odds of an officer (docs/ODD.md, 7.11)."""
    zero = type(x)(0)
    z = fma(x, w[SCALE + r], w[CENTRE + r])
    coping = efficacy + w[GAIN + r]
    fear, despair = z if z > zero else zero, -coping if coping < zero else zero
    return fma(w[BOTH + r], fear * despair, fma(w[THREAT + r], z, fma(w[DOUBT + r], coping, w[BASE + r])))


class ThreatEfficacy(CompiledTheory):
    """logit h = b₀ + b_q z − b_E z_E + b_× z₊(−z_E)₊ with z_E = e_i + κ_A(u_ref − u)/κ_u.

    The effect of threat depends on efficacy: fear moves those who doubt that anything would help them.
    """

    name = "threat_efficacy"
    number = "T1"
    text = "fear drives out those who doubt that they could cope"
    parameters = PARAMETERS
    reads = ("efficacy",)
    terms = staticmethod(terms)
    score = staticmethod(score)


THEORY = ThreatEfficacy()
