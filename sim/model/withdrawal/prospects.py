"""T2: prospects under ambiguity. Cumulative prospect theory (Tversky & Kahneman 1992) with α-maxmin beliefs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.jit import compiled, inlined
from sim.model.elementary import exp, exp2, fma, log, log1p, power
from sim.model.elementary_arrays import exponentials, powers
from sim.model.lanes import LANES
from sim.model.luck import Draws, Purpose
from sim.model.officers import LEAST_KILLED, LOG2E
from sim.model.parameters import P, Parameters
from sim.model.state import L
from sim.model.tile import Tile, W
from sim.model.withdrawal.compiled import CompiledTheory, own
from sim.settings.parameter import rows, uncertainty

CURVATURE = 0.88
"""α of the value function: Tversky & Kahneman 1992, J. Risk Uncertainty 5:297, p. 311."""

# fmt: off
PARAMETERS = rows(
    "theory",
    # role       name             unit         bounds       prior        status
    uncertainty( "pessimism",     "1",         (0, 1),      (0.3, 0.7),  "assumed",
        "α, weight of the worst case", "Hurwicz; Ghirardato et al. 2004"),
    uncertainty( "loss_aversion", "1",         (0, 20),     (1.1, 2.25), "documented",
        "λ", "Tversky & Kahneman 1992 (2.25); Walasek et al. 2018 (1.31)"),
    uncertainty( "weighting",     "1",         (0.28, 2),   (0.5, 0.8),  "documented",
        "γ of the probability weights", "Tversky & Kahneman 1992 (.61, .69)"),
    uncertainty( "harm",          "home pays", (0, 1e6),    (19, 190),   "assumed",
        "ℓ, mean loss of a casualty, of life or limb", scale="log"),
    uncertainty( "duty_mean",     "value",     (-100, 100), (2, 8),      "assumed",
        "mean pull of duty"),
    uncertainty( "duty_sd",       "value",     (0, 100),    (0.3, 1.5),  "assumed",
        "spread of duty"),
    uncertainty( "noise",         "value",     (0.01, 100), (0.5, 2),    "assumed",
        "s, how noisy the choice is", scale="log"),
    uncertainty( "hazard_max",    "1/day",     (0, 1),      (0.0033, 0.033), "assumed",
        "h_max, chance a day that a decided officer acts", scale="log"),
    about="prospects",
)
# fmt: on
T = own(PARAMETERS)
NEAR, NEARER, SPREAD, SPREADER, WORST, HARMS = W.term_0, W.term_1, W.term_2, W.term_3, W.term_4, W.term_5
GAMMA, INVERSE, LOSS, PAID, CALM = W.term_6, W.term_7, W.term_8, W.term_9, W.term_10


def weight(probability: Floats, gamma: Floats) -> Floats:
    """w(p) = p^γ/(p^γ + (1 − p)^γ)^{1/γ}, Tversky & Kahneman 1992, eq. (6)."""
    up = powers(probability, gamma)
    return up / powers(up + powers(1 - probability, gamma), 1 / gamma)


def value(outcome: Floats, loss_aversion: Floats | float, curvature: float = CURVATURE) -> Floats:
    """v(x) = x^α for gains and −λ(−x)^α for losses, Tversky & Kahneman 1992, eq. (5)."""
    size = powers(np.abs(outcome), curvature)
    return np.where(np.asarray(outcome) >= 0, size, -loss_aversion * size)


@compiled
def terms(tile: Tile) -> None:
    """What today's hazards have in common: ambiguity, of leaders, too; what is lost, and what is paid."""
    s, p, t, w = tile.s, tile.p, tile.t, tile.w
    F = w.dtype.type
    one, half, two, unit, least, bent = F(1), F(0.5), F(2), F(LOG2E), F(LEAST_KILLED), F(CURVATURE)
    for r in range(LANES):
        u = w[W.ambiguity + r]
        leading = u * (one - half * s[L.leaders_briefed + r])
        w[NEAR + r], w[NEARER + r] = -unit * u, -unit * (leading - u)
        w[SPREAD + r] = exp2(two * unit * u)
        w[SPREADER + r] = exp2(two * unit * leading) - w[SPREAD + r]
        killed = p[P.officers_killed_share + r]
        w[HARMS + r] = one / (killed if killed > least else least)
    for r in range(LANES):
        w[WORST + r] = t[T.pessimism + r]
        w[GAMMA + r], w[INVERSE + r] = unit * t[T.weighting + r], -unit / t[T.weighting + r]
        w[CALM + r], w[W.top + r] = unit / t[T.noise + r], t[T.hazard_max + r]
        w[LOSS + r] = -t[T.loss_aversion + r] * power(t[T.harm + r], bent)
        trust = exp(-w[W.arrears + r] / p[P.governments_arrears_scale + r])
        w[PAID + r] = power(p[P.officers_allowance_ratio + r] * trust, bent)


@inlined
def score(x: Any, duty: Any, gain: Any, leads: Any, w: Any, r: int) -> Any:
    """−log₂ of the odds that a decided officer acts (docs/ODD.md, 7.11)."""
    F = type(x)
    one, lead = F(1), F(leads)
    worst = exp2(fma(F(-LOG2E), x, fma(lead, w[NEARER + r], w[NEAR + r])))
    best = worst * fma(lead, w[SPREADER + r], w[SPREAD + r])
    alpha = w[WORST + r]
    death = alpha / (one + worst) + (one - alpha) / (one + best)
    death = one if death > one else death
    unharmed = w[HARMS + r] * log1p(-death)
    up = w[GAMMA + r] * log(one - exp2(F(LOG2E) * unharmed))
    weight = exp2(fma(w[INVERSE + r], log(exp2(up) + exp2(w[GAMMA + r] * unharmed)), up))
    return w[CALM + r] * fma(gain, w[PAID + r], fma(w[LOSS + r], weight, duty))


class Prospects(CompiledTheory):
    """V = value(premium·e^{−a/τ_a}) + duty − λ·w(p)·ℓ^.88; h = h_max·σ(−V/s).

    p̂ = α·σ(x + u) + (1 − α)·σ(x − u): an officer weighs the worst that he thinks possible by α. What he perceives is
    the hazard of death, and what he weighs is the loss of life or limb, p = 1 − (1 − p̂)^{1/killed share}. Values in
    units of home pay; the premium counts by the officer's need.
    """

    name = "prospects"
    number = "T2"
    text = "officers weigh pay and duty against a loss whose chance is unclear"
    parameters = PARAMETERS
    reads = ("duty", "gain")
    terms = staticmethod(terms)
    score = staticmethod(score)

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """duty_i ~ N(mean, sd), and how his need makes the premium count, need^.88."""
        count = p.layout.officers
        duty = p.theory.duty_mean + p.theory.duty_sd * draws.normal(Purpose.DUTY, count)
        need = CURVATURE * p.officers.pay_need_sd * draws.normal(Purpose.PAY_NEED, count)
        return {"duty": duty, "gain": exponentials(need)}


THEORY = Prospects()
