"""T2: prospects under ambiguity. Cumulative prospect theory (Tversky & Kahneman 1992) with α-maxmin beliefs."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.model.elementary import exp, log, log1p
from sim.model.jit import compiled
from sim.model.luck import Draws, Purpose, power
from sim.model.parameters import Parameters
from sim.model.withdrawal.interface import Perception, Theory, coefficients
from sim.settings.parameter import rows, uncertainty

ELEMENTARY = "a1cf272e1900"
"""As in :mod:`sim.model.officer_kernels`."""
LEAST_KILLED = 1e-3
"""A smaller share of deaths among casualties counts as this, so that nothing is divided by zero."""
CURVATURE = 0.88
"""α of the value function: Tversky & Kahneman 1992, J. Risk Uncertainty 5:297, p. 311."""


def weight(probability: Floats, gamma: Floats) -> Floats:
    """w(p) = p^γ/(p^γ + (1 − p)^γ)^{1/γ}, Tversky & Kahneman 1992, eq. (6)."""
    up = power(probability, gamma)
    return up / power(up + power(1 - probability, gamma), 1 / gamma)


def value(outcome: Floats, loss_aversion: Floats | float, curvature: float = CURVATURE) -> Floats:
    """v(x) = x^α for gains and −λ(−x)^α for losses, Tversky & Kahneman 1992, eq. (5)."""
    size = power(np.abs(outcome), curvature)
    return np.where(np.asarray(outcome) >= 0, size, -loss_aversion * size)


class Prospects(Theory):
    """V = value(premium·e^{−a/τ_a}) + duty − λ·w(p)·ℓ^.88; h = h_max·σ(−V/s).

    p̂ = α·σ(x + u) + (1 − α)·σ(x − u): an officer weighs the worst that he thinks possible by α. What he perceives is
    the hazard of death, and what he weighs is the loss of life or limb, p = 1 − (1 − p̂)^{1/killed share}. Values in
    units of home pay; the premium counts by the officer's need.
    """

    name = "prospects"
    number = "T2"
    text = "officers weigh pay and duty against a loss whose chance is unclear"
    # fmt: off
    parameters = rows(
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

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """duty_i ~ N(mean, sd)."""
        count = p.layout.officers
        duty = p.theory.duty_mean + p.theory.duty_sd * draws.normal(Purpose.DUTY, count)
        return {"duty": duty}

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """See the class."""
        t = p.theory
        leaders = see.ambiguity * (1 - 0.5 * see.state.leaders_briefed)
        loss = t.loss_aversion * power(t.harm, CURVATURE)
        paid = p.officers.allowance_ratio * np.exp(-see.arrears / p.governments.arrears_scale)
        casualties = 1 / np.maximum(p.officers.killed_share, LEAST_KILLED)
        of_people = see.ambiguity, leaders, t.pessimism, casualties
        of_values = t.weighting, 1 / t.weighting, loss, paid, 1 / t.noise, t.hazard_max
        c = coefficients(p.dtype, *of_people, *of_values)
        duty, follows = see.state.traits["duty"], see.layout.follows
        hazards(out, see.state.perceived, see.state.pay_need, duty, follows, c, p.dtype.type(CURVATURE))


@compiled
def hazards(
    out: Floats, perceived: Floats, pay_need: Floats, duty: Floats, follows: Floats, c: Floats, curvature: Any
) -> None:
    """T2 (docs/ODD.md, 7.11) into ``out``, ``(officers, runs)``.

    ``c`` has the coefficients, ``(10, runs)``: u, u of leaders, α, casualties for each death, γ, 1/γ, λ·ℓ^.88,
    premium·e^{−a/τ_a}, 1/s, h_max.
    """
    zero, one = out.dtype.type(0), out.dtype.type(1)
    officers, runs = out.shape
    plain, leading, alpha, casualties = c[0], c[1], c[2], c[3]
    gamma, inverse, loss, paid, calm, most = c[4], c[5], c[6], c[7], c[8], c[9]
    for i in range(officers):
        for r in range(runs):
            u = leading[r] + follows[i, r] * (plain[r] - leading[r])
            worst = one / (one + exp(-(perceived[i, r] + u)))
            best = one / (one + exp(-(perceived[i, r] - u)))
            death = alpha[r] * worst + (one - alpha[r]) * best
            death = zero if death < zero else death
            death = one if death > one else death
            unharmed = casualties[r] * log1p(-death)
            up = gamma[r] * log(one - exp(unharmed))
            weight = exp(up - inverse[r] * log(exp(up) + exp(gamma[r] * unharmed)))
            gain = exp(curvature * log(pay_need[i, r] * paid[r]))
            value = gain + duty[i, r] - loss[r] * weight
            out[i, r] = most[r] / (one + exp(value * calm[r]))


THEORY = Prospects()
