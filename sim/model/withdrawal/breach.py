"""T4: breach of the psychological contract. Rousseau 1995; Robinson & Morrison 2000, J. Org. Behav. 21:525."""

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
T = own(PARAMETERS)
CENTRE, SCALE, DANGER, COMMON = W.term_0, W.term_1, W.term_2, W.term_3


@compiled
def terms(tile: Tile) -> None:
    """What today's hazards have in common; hazard zero is allowed, and then nobody leaves."""
    p, t, w = tile.p, tile.t, tile.w
    F = w.dtype.type
    zero, one, half, month, unit = F(0), F(1), F(0.5), F(30), F(LOG2E)
    for r in range(LANES):
        scale, base, kit = one / p[P.officers_baseline_sd + r], t[T.base_hazard + r], w[W.kit_gap + r]
        w[CENTRE + r], w[SCALE + r] = -p[P.officers_baseline + r] * scale, scale
        w[DANGER + r] = -unit * t[T.threat_breach + r] * (half * kit + half * (one - w[W.terms + r]))
        owed = t[T.arrears + r] * w[W.arrears + r] / month
        common = log(base if base > zero else one) + owed + t[T.slips + r] * w[W.slips + r] + t[T.kit + r] * kit
        w[COMMON + r], w[W.top + r] = -unit * common, one if base > zero else zero


@inlined
def score(x: Any, _one: Any, _other: Any, _leads: Any, w: Any, r: int) -> Any:
    """−log₂ of the odds of an officer (docs/ODD.md, 7.11)."""
    zero = type(x)(0)
    z = fma(x, w[SCALE + r], w[CENTRE + r])
    return fma(w[DANGER + r], z if z > zero else zero, w[COMMON + r])


class Breach(CompiledTheory):
    """logit h = b₀ + b_a·a/30 + b_s·s + b_k·kit gap + b_qx·z₊·B with B = ½ kit gap + ½(1 − terms).

    Promises broken drive officers out; danger counts for those to whom promises were broken.
    """

    name = "breach"
    number = "T4"
    text = "broken promises drive officers out, and make danger count"
    parameters = PARAMETERS
    terms = staticmethod(terms)
    score = staticmethod(score)


THEORY = Breach()
